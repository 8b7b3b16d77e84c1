//! Measuring: the metrics catalogue and its one door [`query()`], conversion
//! definitions, paths from touches, attribution runs and report runs.
//!
//! It reads every area's tables and writes none but its own. No other page,
//! alert or report computes a number: whoever needs one asks here.

pub mod attribution;
pub mod catalogue;
pub mod conversion;
mod error;
pub mod exposure;
pub mod gains;
pub mod lift;
pub mod metrics;
mod names;
pub mod query;
pub mod receipt;
pub mod report;
pub mod roi;

pub use error::MeasureError;
pub use exposure::exposures_derive;
pub use query::{Answer, AnswerRow, CatalogueDoor, Compare, Question, answer, query};

use rialto_slice::{Host, Slice};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What keeps a campaign here when its import is taken back.
const CAMPAIGN_USES: rialto_audience::import::NamedIn = rialto_audience::import::NamedIn {
    object: "campaign",
    places: &[("lift_run", "campaign", "its lift was computed"), ("attribution_run", "campaign", "it was credited")],
};

/// The measure slice.
#[must_use]
pub fn slice(host: &Host) -> Slice {
    rialto_campaign::register_goal_check(host, roi::goals::goal_metric);
    rialto_audience::import::register_uses(host, Arc::new(CAMPAIGN_USES));
    let mut slice = Slice::new("measure");
    slice.api = OpenApiRouter::new()
        .routes(routes!(query::api::list))
        .routes(routes!(query::api::read))
        .routes(routes!(query::api::ask))
        .routes(routes!(conversion::api::list, conversion::api::create))
        .routes(routes!(conversion::api::read, conversion::api::change))
        .routes(routes!(attribution::api::list, attribution::api::start))
        .routes(routes!(attribution::api::compare))
        .routes(routes!(attribution::api::read))
        .routes(routes!(attribution::api::credit))
        .routes(routes!(attribution::api::paths))
        .routes(routes!(report::api::list, report::api::start))
        .routes(routes!(report::api::read))
        .routes(routes!(receipt::api::attribution))
        .routes(routes!(receipt::api::report))
        .routes(routes!(receipt::api::verify))
        .routes(routes!(roi::api::goals))
        .routes(routes!(roi::api::roi))
        .routes(routes!(exposure::api::derive))
        .routes(routes!(lift::api::list, lift::api::start))
        .routes(routes!(lift::api::read))
        .routes(routes!(gains::api::read));
    slice.jobs = vec![
        Arc::new(attribution::job::Attribute::new(host)),
        Arc::new(report::job::Write::new(host)),
        Arc::new(exposure::job::Derive::new(host)),
        Arc::new(lift::job::Lift::new(host)),
    ];
    slice
}
