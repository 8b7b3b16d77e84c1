//! [`Fault`]: why something could not be done, typed, so that `?` works and the
//! host can act on the code. Never carries a secret or personal data.

use serde::Serialize;

pub use crate::bindings::host::rialto::types::types::Fault;

impl Fault {
    /// A fault with an open code (`rate-limited`, `bad-settings`, …) and one
    /// sentence for a person.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), retry_after_ms: None, details: Vec::new() }
    }

    /// The installation's settings cannot be used; name the field and the remedy.
    pub fn bad_settings(message: impl Into<String>) -> Self {
        Self::new("bad-settings", message)
    }

    /// What was handed over cannot be used.
    pub fn invalid_input(message: impl Into<String>) -> Self {
        Self::new("invalid-input", message)
    }

    /// The other side said no, and will go on saying so.
    pub fn denied(message: impl Into<String>) -> Self {
        Self::new("denied", message)
    }

    /// The other side is not there just now.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new("unavailable", message)
    }

    /// Too much in too short a time.
    pub fn rate_limited(message: impl Into<String>) -> Self {
        Self::new("rate-limited", message)
    }

    /// The plugin has no such ability.
    pub fn unsupported(ability: &str) -> Self {
        Self::new("unsupported", format!("this plugin has no ability `{ability}`"))
    }

    /// The plugin's own mistake.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new("internal", message)
    }

    /// Say when trying again may help.
    pub fn retry_after_ms(mut self, wait_ms: u64) -> Self {
        self.retry_after_ms = Some(wait_ms);
        self
    }

    /// Add a detail for programs; a value that cannot be JSON is left out.
    pub fn detail(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        if let Ok(json) = serde_json::to_string(&value) {
            self.details.push((name.into(), json));
        }
        self
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::invalid_input(format!("the JSON cannot be read: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn question_mark_turns_json_errors_into_invalid_input() {
        fn read(text: &str) -> Result<u32, Fault> {
            Ok(serde_json::from_str(text)?)
        }
        assert_eq!(read("7"), Ok(7));
        assert_eq!(read("[").unwrap_err().code, "invalid-input");
    }

    #[test]
    fn details_are_json_texts() {
        let fault = Fault::rate_limited("slow down").retry_after_ms(1_500).detail("status", 429);
        assert_eq!(fault.retry_after_ms, Some(1_500));
        assert_eq!(fault.details, vec![("status".to_owned(), "429".to_owned())]);
    }
}
