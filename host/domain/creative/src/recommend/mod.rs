//! Recommendations: a recommender plugin ranks what the host shows it, and the
//! host keeps the question and the answer with its reasons. People go into the
//! sandbox as numbers without names; a plugin never learns who they are.

mod actions;
mod api;
mod asking;
mod candidates;
mod lessons;
mod model;
mod people;
mod sql;

pub use actions::{recommend, recommendation_get};
pub(crate) use api::routes;
pub use candidates::CANDIDATES_MAX;
pub use model::{CandidateKind, NewRecommendation, RankedCandidate, RankedReason, Recommendation};
