//! The nouns of a budget. No I/O.

use jiff::Timestamp;
use rialto_kernel::{Currency, Money};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What a line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BudgetLineKind)]
pub enum LineKind {
    /// Space and time bought.
    Media,
    /// Making what is shown.
    Production,
    /// What is given away.
    Prizes,
    /// A place.
    Venue,
    /// People's time.
    Staff,
    /// Software and services.
    Tool,
    /// The sends of the ledger; its actual is theirs.
    Sends,
    /// Anything else.
    Other,
}

impl LineKind {
    const ALL: [Self; 8] =
        [Self::Media, Self::Production, Self::Prizes, Self::Venue, Self::Staff, Self::Tool, Self::Sends, Self::Other];

    /// The word as it is stored and shown.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Media => "media",
            Self::Production => "production",
            Self::Prizes => "prizes",
            Self::Venue => "venue",
            Self::Staff => "staff",
            Self::Tool => "tool",
            Self::Sends => "sends",
            Self::Other => "other",
        }
    }

    /// The value of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A line of a budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BudgetLine {
    /// The id.
    pub id: Uuid,
    /// The campaign.
    pub campaign: Uuid,
    /// What it is for.
    pub kind: LineKind,
    /// For which channel; empty for all.
    pub channel: String,
    /// What people call it.
    pub name: String,
    /// What is planned, in the line's own currency.
    pub planned: Money,
    /// What is ordered or signed already.
    pub committed: Money,
    /// What one costs, where the plan is so many times that.
    pub unit_cost_minor: Option<i64>,
    /// How many.
    pub quantity: Option<i64>,
    /// The day whose rate turns the amounts into the campaign's currency.
    #[schema(value_type = String, format = DateTime)]
    pub priced_at: Timestamp,
    /// What else is to be known.
    pub note: String,
    /// Its version, for `If-Match`.
    pub version: i64,
    /// Who made it.
    pub created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// A line to be planned: an amount, or a unit cost times a quantity.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBudgetLine {
    /// What it is for.
    pub kind: LineKind,
    /// For which channel; all if absent.
    #[serde(default)]
    pub channel: String,
    /// What people call it; the kind if absent.
    #[serde(default)]
    pub name: String,
    /// What is planned, minor units; `unit_cost_minor` × `quantity` if absent.
    #[serde(default)]
    pub planned_minor: Option<i64>,
    /// What is ordered or signed already, minor units.
    #[serde(default)]
    pub committed_minor: i64,
    /// The currency of its amounts; the campaign's if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub currency: Option<Currency>,
    /// What one costs, minor units.
    #[serde(default)]
    pub unit_cost_minor: Option<i64>,
    /// How many.
    #[serde(default)]
    pub quantity: Option<i64>,
    /// The day whose rate counts; now if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub priced_at: Option<Timestamp>,
    /// What else is to be known.
    #[serde(default)]
    pub note: String,
}

/// A change to a line: what is absent stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetLinePatch {
    /// Another channel.
    pub channel: Option<String>,
    /// Another name.
    pub name: Option<String>,
    /// Another amount; a unit cost and a quantity are forgotten unless they are given too.
    pub planned_minor: Option<i64>,
    /// Another commitment.
    pub committed_minor: Option<i64>,
    /// Another unit cost.
    pub unit_cost_minor: Option<i64>,
    /// Another quantity.
    pub quantity: Option<i64>,
    /// Another day of the rate.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub priced_at: Option<Timestamp>,
    /// Another note.
    pub note: Option<String>,
}

/// A line against what was spent, in the campaign's currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BudgetLineStatus)]
pub struct LineStatus {
    /// The line.
    pub line: BudgetLine,
    /// What is planned.
    pub planned_minor: i64,
    /// What is committed.
    pub committed_minor: i64,
    /// What was spent: `spend` rows of the line, or the ledger's sends.
    pub actual_minor: i64,
    /// What is left of the plan; below zero when over.
    pub left_minor: i64,
}

/// What was spent without a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BudgetUnplanned)]
pub struct Unplanned {
    /// `sends` or `spend`.
    pub what: String,
    /// On which channel.
    pub channel: String,
    /// How much, in the campaign's currency.
    pub actual_minor: i64,
}

/// The sums of a budget, minor units of the campaign's currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct BudgetTotals {
    /// What is planned.
    pub planned_minor: i64,
    /// What is committed.
    pub committed_minor: i64,
    /// The campaign's cost: spend and sends, planned or not.
    pub actual_minor: i64,
    /// What of that is the ledger's sends.
    pub sends_minor: i64,
    /// What is left of the plan; below zero when over.
    pub left_minor: i64,
}

/// Something about the money that somebody should see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BudgetWarning {
    /// `over_planned`, `over_committed` or `unplanned`.
    pub code: String,
    /// The line; absent for the whole.
    pub line: Option<Uuid>,
    /// In the caller's language.
    pub message: String,
}

/// A budget as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CampaignBudget)]
pub struct Budget {
    /// The currency everything is summed in: the campaign's.
    #[schema(value_type = String)]
    pub currency: Currency,
    /// Its lines.
    pub lines: Vec<LineStatus>,
    /// What was spent without a line.
    pub unplanned: Vec<Unplanned>,
    /// The sums.
    pub totals: BudgetTotals,
    /// What somebody should see.
    pub warnings: Vec<BudgetWarning>,
}
