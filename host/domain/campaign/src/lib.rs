//! rialto-campaign
