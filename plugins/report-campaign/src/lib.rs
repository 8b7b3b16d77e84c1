//! report-campaign
