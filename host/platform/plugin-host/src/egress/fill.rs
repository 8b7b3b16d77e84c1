//! Placeholders, filled at the door and nowhere else: `{{secret:name}}` and
//! `{{address}}`. In an address they become slots *before* it is read, so
//! that a value can never change where a request goes.

use super::{field::Field, target::Target};
use crate::{
    capability::{Fault, SecretValue},
    grants::Place,
};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The most placeholders in one address.
const SLOTS_MAX: usize = 16;

/// What a placeholder stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Name {
    Secret(String),
    Address,
}

/// Values found for the names of one request.
#[derive(Default)]
pub(crate) struct Values(pub(crate) BTreeMap<Name, SecretValue>);

impl Values {
    fn get(&self, name: &Name) -> Result<&SecretValue, Fault> {
        self.0.get(name).ok_or_else(|| match name {
            Name::Secret(name) => Fault::denied(format!("there is no secret `{name}`")),
            Name::Address => Fault::denied("there is no address in this run"),
        })
    }
}

/// An address with slots where placeholders stood.
pub(crate) struct Slotted {
    pub(crate) text: String,
    pub(crate) slots: Vec<Name>,
}

/// Put slots where placeholders stand.
pub(crate) fn slotted(url: &str) -> Result<Slotted, Fault> {
    let (mut text, mut slots) = (String::new(), Vec::new());
    let mut rest = url;
    while let Some((before, name, after)) = next_placeholder(rest) {
        text.push_str(before);
        text.push_str(&slot(slots.len()));
        slots.push(name);
        rest = after;
        if slots.len() > SLOTS_MAX {
            return Err(Fault::invalid(format!("more than {SLOTS_MAX} placeholders in an address")));
        }
    }
    text.push_str(rest);
    Ok(Slotted { text, slots })
}

fn slot(at: usize) -> String {
    format!("rialto0slot{at}end")
}

/// Fill the slots of a checked address. None may stand in its host.
pub(crate) fn fill_url(target: &Target, slots: &[Name], values: &Values) -> Result<url::Url, Fault> {
    let mut url = target.url.clone();
    if (0..slots.len()).any(|at| target.host.contains(&slot(at))) {
        return Err(Fault::denied("a placeholder cannot stand in the host"));
    }
    // From the last to the first: `slot1` is the beginning of no other, the
    // word `end` sees to that.
    for (at, name) in slots.iter().enumerate() {
        let mark = slot(at);
        let encoded = percent(values.get(name)?.expose());
        if url.path().contains(&mark) {
            allowed(target, name, Place::Path, None)?;
            let path = url.path().replace(&mark, &encoded);
            url.set_path(&path);
        }
        if let Some(query) = url.query().filter(|query| query.contains(&mark)) {
            allowed(target, name, Place::Query, None)?;
            let query = query.replace(&mark, &encoded);
            url.set_query(Some(&query));
        }
    }
    Ok(url)
}

/// Fill a header's value.
pub(crate) fn fill_header(target: &Target, text: &str, values: &Values) -> Result<Zeroizing<Vec<u8>>, Fault> {
    fill(target, text.as_bytes(), Place::Header, &Field::None, values, <[u8]>::to_vec)
}

/// Fill a body, encoded for its type.
pub(crate) fn fill_body(
    target: &Target,
    body: &[u8],
    content_type: &str,
    values: &Values,
) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let field = Field::of(content_type);
    let encode: fn(&[u8]) -> Vec<u8> = match field {
        Field::Json => json,
        Field::Form => |value| percent(value).into_bytes(),
        Field::None => <[u8]>::to_vec,
    };
    fill(target, body, Place::Body, &field, values, encode)
}

fn fill(
    target: &Target,
    text: &[u8],
    place: Place,
    field: &Field,
    values: &Values,
    encode: fn(&[u8]) -> Vec<u8>,
) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let mut filled = Zeroizing::new(Vec::with_capacity(text.len() + 64));
    let mut copied = 0;
    for (range, name) in placeholders(text) {
        allowed(target, &name, place, field.at(text, range.start).as_deref())?;
        filled.extend_from_slice(&text[copied..range.start]);
        filled.extend_from_slice(&encode(values.get(&name)?.expose()));
        copied = range.end;
    }
    filled.extend_from_slice(&text[copied..]);
    Ok(filled)
}

/// Only where the grant says, only what the grant says.
pub(crate) fn allowed(target: &Target, name: &Name, place: Place, field: Option<&str>) -> Result<(), Fault> {
    let grant = &target.grant;
    let in_place = match place {
        Place::Field | Place::Body => {
            grant.places.contains(&Place::Body)
                || grant.places.contains(&Place::Field) && field.is_some_and(|field| grant.fields.contains(field))
        }
        place => grant.places.contains(&place),
    };
    match name {
        Name::Address if target.grant.address => Ok(()),
        Name::Address => Err(Fault::denied(format!("addresses are not granted for {}", target.host))),
        Name::Secret(secret) if !target.grant.secrets.contains(secret) => {
            Err(Fault::denied(format!("the secret `{secret}` is not granted for {}", target.host)))
        }
        Name::Secret(secret) if !in_place => Err(Fault::denied(match field {
            Some(field) => {
                let shown: String = field.chars().filter(|c| !c.is_control()).take(64).collect();
                format!("the secret `{secret}` is not granted in the field `{shown}` of requests to {}", target.host)
            }
            None => {
                format!("the secret `{secret}` is not granted in the {} of requests to {}", place.as_str(), target.host)
            }
        })),
        Name::Secret(_) => Ok(()),
    }
}

/// Whether the name may go to this host at all.
pub(crate) fn granted(target: &Target, name: &Name) -> Result<(), Fault> {
    match name {
        Name::Secret(secret) if !target.grant.secrets.contains(secret) => {
            Err(Fault::denied(format!("the secret `{secret}` is not granted for {}", target.host)))
        }
        _ => Ok(()),
    }
}

/// Every name that a text's placeholders stand for.
pub(crate) fn names_in(text: &[u8]) -> Vec<Name> {
    placeholders(text).into_iter().map(|(_, name)| name).collect()
}

fn next_placeholder(text: &str) -> Option<(&str, Name, &str)> {
    let (range, name) = placeholders(text.as_bytes()).into_iter().next()?;
    Some((&text[..range.start], name, &text[range.end..]))
}

/// Placeholders and where they stand. What only looks like one is text.
fn placeholders(text: &[u8]) -> Vec<(std::ops::Range<usize>, Name)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = memchr::memmem::find(&text[from..], b"{{").map(|at| from + at) {
        let Some(len) = memchr::memmem::find(&text[open + 2..], b"}}") else { break };
        let close = open + 2 + len;
        let name = match &text[open + 2..close] {
            b"address" => Some(Name::Address),
            inner => inner.strip_prefix(b"secret:").and_then(secret_name),
        };
        match name {
            Some(name) => {
                found.push((open..close + 2, name));
                from = close + 2;
            }
            None => from = open + 2,
        }
    }
    found
}

fn secret_name(bytes: &[u8]) -> Option<Name> {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let fits = (1..=64).contains(&bytes.len()) && bytes.iter().all(plain);
    fits.then(|| Name::Secret(String::from_utf8_lossy(bytes).into_owned()))
}

fn percent(value: &[u8]) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~') {
            text.push(char::from(*byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

fn json(value: &[u8]) -> Vec<u8> {
    let text = serde_json::Value::from(String::from_utf8_lossy(value).into_owned()).to_string();
    text.as_bytes()[1..text.len() - 1].to_vec()
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Policy, target},
        *,
    };
    use crate::grants::HostGrant;

    fn policy() -> Policy {
        let grant = HostGrant::https("api.example.com").with_secrets(["key"]).with_address();
        Policy { hosts: vec![grant], ..Policy::default() }
    }

    fn values() -> Values {
        let mut values = Values::default();
        values.0.insert(Name::Secret("key".into()), SecretValue::new("a/b?c\"d"));
        values.0.insert(Name::Address, SecretValue::new("a@b.example"));
        values
    }

    fn filled(url: &str) -> Result<String, Fault> {
        let slotted = slotted(url)?;
        let target = target::check(&policy(), &slotted.text, "GET")?;
        fill_url(&target, &slotted.slots, &values()).map(String::from)
    }

    #[test]
    fn values_cannot_leave_their_place() {
        assert_eq!(
            filled("https://api.example.com/bot{{secret:key}}/x?to={{address}}").unwrap(),
            "https://api.example.com/bota%2Fb%3Fc%22d/x?to=a%40b%2Eexample"
        );
        assert_eq!(filled("https://api.example.com/{{other}}").unwrap(), "https://api.example.com/%7B%7Bother%7D%7D");
    }

    #[test]
    fn a_placeholder_cannot_be_the_host_or_an_ungranted_secret() {
        for url in [
            "https://{{secret:key}}.evil.test/",
            "https://{{secret:key}}/",
            "https://api.example.com.{{address}}/",
            "https://{{secret:key}}@api.example.com/",
            "https://api.example.com:{{secret:key}}/",
            "https://api.example.com/{{secret:other}}",
        ] {
            assert!(filled(url).is_err(), "{url}");
        }
    }

    #[test]
    fn what_people_write_does_not_pull_secrets_into_a_body() {
        let target = target::check(&policy(), "https://api.example.com/", "POST").unwrap();
        let body = br#"{"text":"hi {{secret:key}}"}"#;
        assert_eq!(fill_body(&target, body, "application/json", &values()).unwrap_err().code, "denied");
        let body = br#"{"to":"{{address}}"}"#;
        assert_eq!(**fill_body(&target, body, "application/json", &values()).unwrap(), br#"{"to":"a@b.example"}"#[..]);
    }

    #[test]
    fn a_body_that_may_hold_a_secret_gets_it_encoded() {
        let mut policy = policy();
        policy.hosts[0].places.insert(Place::Body);
        let target = target::check(&policy, "https://api.example.com/", "POST").unwrap();
        let body = br#"{"k":"{{secret:key}}"}"#;
        assert_eq!(**fill_body(&target, body, "application/json", &values()).unwrap(), br#"{"k":"a/b?c\"d"}"#[..]);
        assert_eq!(
            **fill_body(&target, b"k={{secret:key}}", "application/x-www-form-urlencoded", &values()).unwrap(),
            b"k=a%2Fb%3Fc%22d"[..]
        );
    }
}
