//! What templates may name: the person, and nothing else by itself. Links and
//! the campaign's values are added by whoever renders.

use rialto_audience::Addressee;
use serde_json::{Map, Value as Json, json};

/// A person as templates see one.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// The given name.
    pub first_name: &'a str,
    /// The family name.
    pub last_name: &'a str,
    /// The name to show.
    pub name: &'a str,
    /// The language.
    pub locale: &'a str,
    /// Traits by key.
    pub traits: &'a std::collections::BTreeMap<String, Json>,
}

impl<'a> From<&'a Addressee> for Person<'a> {
    fn from(person: &'a Addressee) -> Self {
        Self {
            first_name: &person.first_name,
            last_name: &person.last_name,
            name: &person.name,
            locale: &person.locale,
            traits: &person.traits,
        }
    }
}

/// The context of a person: `first_name`, `last_name`, `name`, `locale`,
/// `traits.KEY`. An empty value is left out, so that `default` applies.
#[must_use]
pub fn context_of(person: &Person<'_>) -> Map<String, Json> {
    let mut context = Map::new();
    let texts = [
        ("first_name", person.first_name),
        ("last_name", person.last_name),
        ("name", person.name),
        ("locale", person.locale),
    ];
    for (name, text) in texts {
        if !text.is_empty() {
            context.insert(name.to_owned(), json!(text));
        }
    }
    let traits: Map<String, Json> = person.traits.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    context.insert("traits".to_owned(), Json::Object(traits));
    context
}
