//! The nouns of a campaign: what it wants, for whom, with what, at what cost.
//! No I/O.

use jiff::Timestamp;
use rialto_delivery::{LedgerCount, OnUncertain, Reason};
use rialto_kernel::{Currency, Money};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Where a campaign stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CampaignState {
    /// Being planned; nothing has left.
    Draft,
    /// Launched; sends are being made.
    Running,
    /// Held until resumed.
    Paused,
    /// Every person of the audience has a final row.
    Finished,
    /// Stopped for good.
    Cancelled,
    /// Ran elsewhere and was imported.
    Past,
}

impl CampaignState {
    const ALL: [Self; 6] = [Self::Draft, Self::Running, Self::Paused, Self::Finished, Self::Cancelled, Self::Past];

    /// The word as it is stored and shown.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Finished => "finished",
            Self::Cancelled => "cancelled",
            Self::Past => "past",
        }
    }

    /// The value of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// What goes out over one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelMessage {
    /// `email`, `webhook` …
    pub channel: String,
    /// The message.
    pub message: Uuid,
    /// The installation of the connector that carries it.
    pub installation: Uuid,
    /// From whom; email needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<Uuid>,
    /// Through which mail server; the workspace's first if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail_server: Option<Uuid>,
}

/// A number the campaign wants to reach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// A metric of the catalogue, such as `redemption-rate`.
    pub metric: String,
    /// The value expected, in the metric's unit.
    pub expected: f64,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
}

/// A campaign to be planned.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCampaign {
    /// A short name for files and links, unique in the workspace; made from the
    /// name if absent.
    #[serde(default)]
    pub code: Option<String>,
    /// What people call it.
    pub name: String,
    /// The type, such as `coupon-mailing`.
    #[serde(default)]
    pub kind: String,
    /// What it is for, such as `win-back`.
    #[serde(default)]
    pub objective: String,
    /// The unit it belongs to; the whole workspace if absent.
    #[serde(default)]
    pub unit: Option<Uuid>,
    /// The segment it addresses.
    #[serde(default)]
    pub segment: Option<Uuid>,
    /// Or a rule of its own.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub rule: Option<serde_json::Value>,
    /// The consent topic it is sent under.
    #[serde(default)]
    pub topic: String,
    /// The currency of its costs; the workspace's if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub currency: Option<Currency>,
    /// What one send costs, minor units.
    #[serde(default)]
    pub unit_cost_minor: i64,
    /// The most all sends may cost, minor units; no bound if absent.
    #[serde(default)]
    pub budget_minor: Option<i64>,
    /// Not before.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub starts_at: Option<Timestamp>,
    /// What has not left by then never will.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ends_at: Option<Timestamp>,
    /// What to do with a send whose fate cannot be known; parked if absent.
    #[serde(default)]
    pub on_uncertain: Option<OnUncertain>,
    /// What goes out, a channel each.
    #[serde(default)]
    pub messages: Vec<ChannelMessage>,
    /// What it wants to reach.
    #[serde(default)]
    pub goals: Vec<Goal>,
    /// The offers it carries.
    #[serde(default)]
    pub offers: Vec<Uuid>,
    /// The experiment it is measured by; its held-out arm is not written to.
    #[serde(default)]
    pub experiment: Option<Uuid>,
}

/// A change to a draft: what is absent stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignPatch {
    /// Another name.
    pub name: Option<String>,
    /// Another type.
    pub kind: Option<String>,
    /// Another objective.
    pub objective: Option<String>,
    /// Another segment, in place of a rule.
    pub segment: Option<Uuid>,
    /// Another rule, in place of a segment.
    #[schema(value_type = Option<Object>)]
    pub rule: Option<serde_json::Value>,
    /// Another topic.
    pub topic: Option<String>,
    /// Another cost of a send.
    pub unit_cost_minor: Option<i64>,
    /// Another budget.
    pub budget_minor: Option<i64>,
    /// Another begin.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub starts_at: Option<Timestamp>,
    /// Another end.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ends_at: Option<Timestamp>,
    /// Another way with uncertain sends.
    pub on_uncertain: Option<OnUncertain>,
    /// All messages anew.
    pub messages: Option<Vec<ChannelMessage>>,
    /// All goals anew.
    pub goals: Option<Vec<Goal>>,
    /// All offers anew.
    pub offers: Option<Vec<Uuid>>,
    /// Another experiment.
    pub experiment: Option<Uuid>,
}

/// Whom of those a campaign missed to plan another for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FollowUp {
    /// What people call the new one.
    pub(crate) name: String,
    /// Those who were not written to for one of these. Not `held_out`, `suppressed`
    /// or `duplicate_person`: they are not to be written to.
    #[serde(default)]
    pub(crate) reasons: Vec<Reason>,
    /// And those whose send the other side turned away.
    #[serde(default)]
    pub(crate) rejected: bool,
}

/// A campaign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Campaign {
    /// The id.
    pub id: Uuid,
    /// Its short name.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// The type.
    pub kind: String,
    /// What it is for.
    pub objective: String,
    /// Where it stands.
    pub state: CampaignState,
    /// The unit it belongs to.
    pub unit: Option<Uuid>,
    /// The segment it addresses.
    pub segment: Option<Uuid>,
    /// Or a rule of its own.
    #[schema(value_type = Option<Object>)]
    pub rule: Option<serde_json::Value>,
    /// The audience as it was frozen at launch.
    pub snapshot: Option<Uuid>,
    /// The experiment it is measured by.
    pub experiment: Option<Uuid>,
    /// The consent topic.
    pub topic: String,
    /// The currency of its costs.
    #[schema(value_type = String)]
    pub currency: Currency,
    /// What one send costs, minor units.
    pub unit_cost_minor: i64,
    /// The most all sends may cost, minor units.
    pub budget_minor: Option<i64>,
    /// Not before.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub starts_at: Option<Timestamp>,
    /// Not at or after.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ends_at: Option<Timestamp>,
    /// When it was launched.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub launched_at: Option<Timestamp>,
    /// When it was over.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Timestamp>,
    /// What to do with uncertain sends.
    pub on_uncertain: OnUncertain,
    /// What goes out.
    pub messages: Vec<ChannelMessage>,
    /// What it wants to reach.
    pub goals: Vec<Goal>,
    /// The offers it carries.
    pub offers: Vec<Uuid>,
    /// `api` or `import`.
    pub source: String,
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

/// What a launch would do, counted by the code that decides at launch.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Preflight {
    /// People in the audience.
    pub audience: i64,
    /// A channel each.
    pub channels: Vec<ChannelPreflight>,
    /// What the sends would cost.
    #[schema(value_type = Object)]
    pub cost: Money,
    /// What stands in the way of a launch; empty when nothing does.
    pub blockers: Vec<Blocker>,
}

/// One channel of a preflight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChannelPreflight {
    /// The channel.
    pub channel: String,
    /// How many would be sent, and how many not, by reason; they sum to the audience.
    pub rows: Vec<LedgerCount>,
    /// Of those that would be sent, how many wait for the end of their quiet hours.
    pub after_quiet_hours: i64,
    /// What this channel's sends would cost, minor units.
    pub cost_minor: i64,
}

/// One thing in the way of a launch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Blocker {
    /// The field at fault.
    pub field: String,
    /// What to do about it.
    pub message: String,
}

/// Money that went out for a campaign besides its sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Spend {
    /// The id.
    pub id: Uuid,
    /// The campaign.
    pub campaign: Uuid,
    /// For which channel.
    pub channel: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// How much.
    #[schema(value_type = Object)]
    pub amount: Money,
    /// What for.
    pub note: String,
    /// The line of the budget it was spent on; by its channel if absent.
    pub budget_line: Option<Uuid>,
    /// Who entered it.
    pub created_by: String,
}

/// Money that went out, to be recorded.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSpend {
    /// For which channel.
    pub channel: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// How much; in another currency than the campaign's it needs a dated rate.
    #[schema(value_type = Object)]
    pub amount: Money,
    /// What for.
    #[serde(default)]
    pub note: String,
    /// The line of the budget it was spent on; by its channel if absent.
    #[serde(default)]
    pub budget_line: Option<Uuid>,
}
