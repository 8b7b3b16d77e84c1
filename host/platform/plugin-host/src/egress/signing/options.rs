//! What a request says about its signature besides the scheme: names with JSON
//! texts. A name that a scheme does not know is refused, for it is a mistake.

use crate::capability::{Fault, Options};
use serde::de::DeserializeOwned;

/// The options of one request.
pub(super) struct Bag<'a>(pub(super) &'a Options);

impl Bag<'_> {
    /// Refuse every option but these.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Fault> {
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, _)) => {
                let shown: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
                Err(Fault::invalid(format!("the scheme has no option `{shown}` ({})", known.join(", "))))
            }
        }
    }

    /// An option whose JSON text is a string.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Fault> {
        self.read(name, "a JSON string")
    }

    /// The same, where it must be given.
    pub(super) fn needed(&self, name: &str) -> Result<String, Fault> {
        let given = self.text(name)?.filter(|text| !text.is_empty());
        given.ok_or_else(|| Fault::invalid(format!("the scheme needs the option `{name}`")))
    }

    /// A list of strings.
    pub(super) fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Fault> {
        self.read(name, "a JSON list of strings")
    }

    /// A whole number.
    pub(super) fn whole(&self, name: &str) -> Result<Option<i64>, Fault> {
        self.read(name, "a whole number")
    }

    /// A JSON object.
    pub(super) fn object(&self, name: &str) -> Result<Option<serde_json::Map<String, serde_json::Value>>, Fault> {
        self.read(name, "a JSON object")
    }

    fn read<T: DeserializeOwned>(&self, name: &str, what: &str) -> Result<Option<T>, Fault> {
        let Some((_, json)) = self.0.iter().find(|(key, _)| key == name) else { return Ok(None) };
        serde_json::from_str(json).map(Some).map_err(|_| Fault::invalid(format!("the option `{name}` must be {what}")))
    }
}

/// Which of these words a text is.
pub(super) fn word<T: Copy>(name: &str, given: Option<&str>, words: &[(&str, T)]) -> Result<T, Fault> {
    let wanted = given.unwrap_or(words[0].0);
    words.iter().find(|(word, _)| *word == wanted).map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        Fault::invalid(format!("the option `{name}` must be one of {}", known.join(", ")))
    })
}
