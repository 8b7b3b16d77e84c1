//! Strategy: what a company wants and what it has learned. Today the lessons of
//! finished campaigns: drafted from the numbers, edited by a person, kept, and
//! found again when a similar campaign is planned. It measures nothing itself.

mod actions;
mod api;
mod draft;
mod error;
mod figures;
mod model;
mod similar;
mod sql;

pub use actions::{
    READ, WRITE, lesson_create, lesson_delete, lesson_draft, lesson_get, lesson_page, lesson_patch, lesson_similar,
};
pub use error::Error;
pub use model::{Figure, Lesson, LessonPatch, LessonState, LessonText, LessonTexts, NewLesson, SimilarLesson};

use rialto_slice::{Host, Slice};

/// What belongs to units.
const UNIT_USES: &[rialto_slice::units::UnitUse] = &[rialto_slice::units::UnitUse {
    what: "lessons",
    table: "lesson",
    find: "SELECT CAST(1 AS BIGINT) FROM lesson WHERE workspace = $1 AND unit = $2 LIMIT 1",
}];

/// What keeps a campaign here when its import is taken back.
const CAMPAIGN_USES: rialto_audience::import::NamedIn = rialto_audience::import::NamedIn {
    object: "campaign",
    places: &[("lesson", "campaign", "a lesson was drawn from it")],
};

/// The strategy slice.
#[must_use]
pub fn slice(host: &Host) -> Slice {
    rialto_slice::units::declare(host, UNIT_USES);
    rialto_audience::import::register_uses(host, std::sync::Arc::new(CAMPAIGN_USES));
    Slice { api: api::routes(), ..Slice::new("strategy") }
}
