//! The nouns of notes. No I/O.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A comment on a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CampaignComment)]
pub struct Comment {
    /// The id.
    pub id: Uuid,
    /// The campaign.
    pub campaign: Uuid,
    /// The comment it answers: always the first of its thread.
    pub parent: Option<Uuid>,
    /// The text; empty when it was deleted.
    pub body: String,
    /// Users it mentions.
    pub mentions: Vec<Uuid>,
    /// Who wrote it.
    pub author: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last edited.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub edited_at: Option<Timestamp>,
    /// When it was deleted.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub deleted_at: Option<Timestamp>,
}

/// A comment to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComment {
    /// The text.
    pub body: String,
    /// The comment it answers.
    #[serde(default)]
    pub parent: Option<Uuid>,
    /// Users it mentions.
    #[serde(default)]
    pub mentions: Vec<Uuid>,
}

/// Another text for a comment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentPatch {
    /// The text.
    pub body: String,
    /// Users it mentions; those of before if absent.
    #[serde(default)]
    pub mentions: Option<Vec<Uuid>>,
}

/// What happened on a day, for charts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Annotation {
    /// The id.
    pub id: Uuid,
    /// The campaign it belongs to; all when absent.
    pub campaign: Option<Uuid>,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What.
    pub text: String,
    /// Who wrote it.
    pub author: String,
}

/// An annotation to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnnotation {
    /// The campaign it belongs to; all if absent.
    #[serde(default)]
    pub campaign: Option<Uuid>,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What: one line.
    pub text: String,
}
