//! The shapes of gains.

use super::chart::Point;
use crate::lift::view::Sentence;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Whether the truth is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GainsState {
    /// The campaign is over.
    Known,
    /// It is not over by the workspace's clock: nothing is told.
    NotYetKnown,
}

/// A ranking and how it did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = GainsRanking)]
pub struct Ranking {
    /// `recommendation` or `spend`.
    pub by: String,
    /// The recommendation, where it is one.
    pub recommendation: Option<Uuid>,
    /// Nothing after this instant was looked at.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
    /// Of the people written to, those the ranking says something about.
    pub ranked: u64,
    /// The chart.
    pub points: Vec<Point>,
    /// 0 for a ranking by lot, 1 for a perfect one.
    pub gini: Option<f64>,
}

/// How rankings did on a campaign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Gains {
    /// The campaign.
    pub campaign: Uuid,
    /// Whether the truth is known.
    pub state: GainsState,
    /// When it is known.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub known_at: Option<Timestamp>,
    /// People the campaign wrote to; 0 until it is known.
    pub people: u64,
    /// Those of them who redeemed; 0 until it is known.
    pub redeemed: u64,
    /// The rankings; none until it is known.
    pub rankings: Vec<Ranking>,
    /// What follows.
    pub sentence: Sentence,
}
