//! Gains: of the people a campaign wrote to, which share of those who in fact
//! redeemed stood in the top of a ranking that was made before. Held against
//! the truth only once the campaign is over by the workspace's clock.

mod actions;
pub(crate) mod api;
mod chart;
mod sql;
mod view;

pub use actions::gains;
pub use chart::{POINTS, Point, chart, gini};
pub use view::{Gains, GainsState, Ranking};
