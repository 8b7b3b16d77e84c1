//! The option bag: named values that may grow without a new contract. A reader
//! ignores names it does not know; a value that does not fit reads as absent.

use serde::{Serialize, de::DeserializeOwned};

/// Names and JSON texts, a name at most once.
pub type Options = Vec<(String, String)>;

/// Typed reading and writing of [`Options`].
pub trait OptionBag: Sized {
    /// The value called `name`, if it is there and fits `T`.
    fn value<T: DeserializeOwned>(&self, name: &str) -> Option<T>;

    /// The bag with `name` set to `value`; a value that cannot be JSON changes nothing.
    fn with(self, name: &str, value: impl Serialize) -> Self;
}

impl OptionBag for Options {
    fn value<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let (_, text) = self.iter().find(|(key, _)| key == name)?;
        serde_json::from_str(text).ok()
    }

    fn with(mut self, name: &str, value: impl Serialize) -> Self {
        if let Ok(text) = serde_json::to_string(&value) {
            self.retain(|(key, _)| key != name);
            self.push((name.to_owned(), text));
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_of_a_name_wins() {
        let bag = Options::new().with("mark", "bar").with("rows", 3).with("mark", "line");
        assert_eq!(bag.value::<String>("mark").as_deref(), Some("line"));
        assert_eq!(bag.value::<u32>("rows"), Some(3));
        assert_eq!(bag.value::<u32>("mark"), None, "a value that does not fit reads as absent");
        assert_eq!(bag.len(), 2);
    }
}
