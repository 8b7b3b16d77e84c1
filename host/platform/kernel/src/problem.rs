//! What went wrong, in the one form both doors give it: problem+json (RFC
//! 9457) over HTTP, one line and a non-zero exit on the command line.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One mistake in an input: where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldError {
    /// The field, as a JSON pointer or a column name.
    pub field: String,
    /// What is wrong with it and what would be right.
    pub message: String,
}

/// A refusal or a failure. Its text never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The HTTP status that fits.
    pub status: u16,
    /// A stable code for programs, such as `campaign-not-draft`.
    pub code: String,
    /// One sentence for a person: what happened and what to do.
    pub detail: String,
    /// The fields at fault, if any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Seconds after which trying again may help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u64>,
    /// Further members of the problem document.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub more: serde_json::Map<String, serde_json::Value>,
}

impl Problem {
    /// A problem of this status and code.
    #[must_use]
    pub fn new(status: u16, code: &str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            detail: detail.into(),
            errors: Vec::new(),
            retry_after_s: None,
            more: serde_json::Map::new(),
        }
    }

    /// 422: one field is wrong.
    #[must_use]
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::new(422, "invalid-input", format!("{field}: {message}")).at(field, message)
    }

    /// 400: the request cannot be read at all.
    #[must_use]
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(400, "malformed", detail)
    }

    /// 401: who is asking is not known.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(401, "unauthenticated", "sign in, or send an API token as `Authorization: Bearer …`")
    }

    /// 403: who is asking may not.
    #[must_use]
    pub fn forbidden(permission: &str) -> Self {
        Self::new(403, "forbidden", format!("this needs the permission `{permission}`"))
    }

    /// 404: there is no such thing, or none that the caller may see.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(404, "not-found", format!("there is no such {what}"))
    }

    /// 409: the thing is not in a state that allows this.
    #[must_use]
    pub fn conflict(code: &str, detail: impl Into<String>) -> Self {
        Self::new(409, code, detail)
    }

    /// 413: over a named bound.
    #[must_use]
    pub fn too_large(limit: &str, value: u64) -> Self {
        Self::new(413, "too-large", format!("over the limit `{limit}` of {value}"))
    }

    /// 503: something this needs is away for now.
    #[must_use]
    pub fn unavailable(detail: impl Into<String>) -> Self {
        let mut problem = Self::new(503, "unavailable", detail);
        problem.retry_after_s = Some(5);
        problem
    }

    /// 500: a fault of ours. The detail is shown, so it names no data.
    #[must_use]
    pub fn internal(detail: impl Into<String>) -> Self {
        Self::new(500, "internal", detail)
    }

    /// Name a further field at fault.
    #[must_use]
    pub fn at(mut self, field: &str, message: impl Into<String>) -> Self {
        self.errors.push(FieldError { field: field.to_owned(), message: message.into() });
        self
    }

    /// Add a member to the problem document.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<serde_json::Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Problem {}
