//! The nouns of approval. No I/O.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// How plans are approved in this workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanSettings {
    /// Whether a launch needs an approved plan.
    pub approval_required: bool,
    /// Whether whoever asked may approve.
    pub self_approval: bool,
    /// Only plans of at least so much need approval, minor units of the
    /// workspace's currency; all if absent.
    pub threshold_minor: Option<i64>,
    /// The version, for `If-Match`; 0 before anybody set anything.
    pub version: i64,
    /// Who set them.
    pub updated_by: String,
}

/// How plans are to be approved from now on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanSettingsChange {
    /// Whether a launch needs an approved plan.
    pub approval_required: bool,
    /// Whether whoever asked may approve; no if absent.
    #[serde(default)]
    pub self_approval: bool,
    /// Only plans of at least so much need approval; all if absent.
    #[serde(default)]
    pub threshold_minor: Option<i64>,
}

/// Somebody asked for a plan to be approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CampaignApproval)]
pub struct Approval {
    /// The id.
    pub id: Uuid,
    /// The campaign.
    pub campaign: Uuid,
    /// The version of the plan: SHA-256 over its sections.
    pub plan: String,
    /// `requested`, `approved`, `refused`; `void` when the plan was changed since.
    pub state: String,
    /// What was changed since: `goals`, `budget`, `audience`, `messages`, `offers`, `schedule`.
    pub changed: Vec<String>,
    /// What whoever asked said.
    pub request: String,
    /// Who asked.
    pub requested_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub requested_at: Timestamp,
    /// What whoever decided said.
    pub answer: String,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub decided_at: Option<Timestamp>,
}

/// Ask for a plan to be approved.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApproval {
    /// What is to be said about it.
    #[serde(default)]
    pub comment: String,
}

/// Approve or refuse.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// `true` approves, `false` refuses.
    pub approved: bool,
    /// Why; a refusal needs it.
    #[serde(default)]
    pub comment: String,
}

/// The plan as it stands now.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PlanState {
    /// The version: SHA-256 over the sections.
    pub plan: String,
    /// The sections.
    #[schema(value_type = Object)]
    pub sections: serde_json::Value,
    /// Whether a launch needs it approved.
    pub required: bool,
    /// Whether it is approved as it stands.
    pub approved: bool,
    /// The latest approval that was asked for.
    pub latest: Option<Approval>,
}
