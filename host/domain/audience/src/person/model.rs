//! What a person asks for, as people see it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestKind {
    /// All that is known of a person.
    Export,
    /// That it be erased.
    Erasure,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    /// A job works on it, or will.
    Running,
    /// It is done.
    Done,
    /// Its document was removed: its days are over, or the person was erased.
    Expired,
}

/// One request about a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PersonRequest {
    /// The id.
    pub id: Uuid,
    /// What was asked for.
    pub kind: RequestKind,
    /// The contact that stands for the person.
    pub contact: Uuid,
    /// All contacts that were merged into that person.
    pub contacts: Vec<Uuid>,
    /// How far it is.
    pub state: RequestState,
    /// Why, as whoever asked put it.
    pub reason: String,
    /// The job that works on it.
    pub job: Uuid,
    /// Bytes of the document of an export.
    pub bytes: i64,
    /// What an erasure erased and what it left: for the person.
    #[schema(value_type = Option<Object>)]
    pub certificate: Option<serde_json::Value>,
    /// The certificate's signature, in hex: `rialto erasure verify` checks it.
    pub signature: Option<String>,
    /// Who asked for it.
    pub created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was done.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Timestamp>,
}

impl RequestKind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Erasure => "erasure",
        }
    }

    pub(super) fn of(word: &str) -> Self {
        if word == "export" { Self::Export } else { Self::Erasure }
    }
}

impl RequestState {
    pub(super) fn of(word: &str) -> Self {
        match word {
            "done" => Self::Done,
            "expired" => Self::Expired,
            _ => Self::Running,
        }
    }
}
