//! Reading a rule: every mistake is told with the JSON pointer of its place.

use super::{
    families::{self, CONTACT_FIELDS, ContactSort, Family},
    rule::{Activity, Compare, Condition, Measure, Node, Said, Scalar, Test, Window},
};
use crate::{
    consent::TOPIC_ALL,
    contact::traits::instant,
    limits::{
        EVENT_NAME_BYTES_MAX, KEY_BYTES_MAX, RULE_CONDITIONS_MAX, RULE_DEPTH_MAX, RULE_VALUES_MAX, TRAIT_TEXT_BYTES_MAX,
    },
};
use rialto_kernel::problem::FieldError;
use serde_json::{Map, Value as Json};

const DAY_US: f64 = 86_400_000_000.0;
const DAYS_MAX: f64 = 36_525.0;
const FAMILY_NAMES: &str = "contact, trait, tag, consent, identity, snapshot, event, order, redemption, send";

/// Read a rule.
pub(super) fn rule(json: &Json) -> Result<Node, Vec<FieldError>> {
    let mut reader = Reader { errors: Vec::new(), conditions: 0 };
    let node = reader.node(json, "", 1);
    if reader.conditions > RULE_CONDITIONS_MAX {
        reader.fail::<()>("", format!("has more than {RULE_CONDITIONS_MAX} conditions"));
    }
    match node {
        Some(node) if reader.errors.is_empty() => Ok(node),
        _ => Err(reader.errors),
    }
}

struct Reader {
    errors: Vec<FieldError>,
    conditions: usize,
}

/// The members of a condition that are not read yet, and where it stands.
struct Members<'a> {
    map: &'a Map<String, Json>,
    at: &'a str,
    read: Vec<&'static str>,
}

impl<'a> Members<'a> {
    fn take(&mut self, name: &'static str) -> Option<&'a Json> {
        self.read.push(name);
        self.map.get(name).filter(|value| !value.is_null())
    }

    fn pointer(&self, name: &str) -> String {
        format!("{}/{}", self.at, name.replace('~', "~0").replace('/', "~1"))
    }
}

impl Reader {
    fn fail<T>(&mut self, at: &str, message: impl Into<String>) -> Option<T> {
        let field = if at.is_empty() { "/".to_owned() } else { at.to_owned() };
        if self.errors.len() < RULE_CONDITIONS_MAX {
            self.errors.push(FieldError { field, message: message.into() });
        }
        None
    }

    fn node(&mut self, json: &Json, at: &str, depth: usize) -> Option<Node> {
        let Some(map) = json.as_object() else {
            return self.fail(at, "must be an object: a group (`all`, `any`, `not`) or a condition (`on`)");
        };
        if depth > RULE_DEPTH_MAX {
            return self.fail(at, format!("is nested deeper than {RULE_DEPTH_MAX} levels"));
        }
        if map.contains_key("on") {
            self.conditions += 1;
            return self.condition(map, at).map(Node::If);
        }
        if map.len() != 1 {
            return self.fail(at, "must have exactly one of `all`, `any`, `not`, or be a condition with `on`");
        }
        match map.iter().next() {
            Some((name, of)) if name == "not" => {
                Some(Node::Not(Box::new(self.node(of, &format!("{at}/not"), depth + 1)?)))
            }
            Some((name, of)) if name == "all" || name == "any" => self.group(name, of, at, depth),
            _ => self.fail(at, "must have `all`, `any`, `not` or `on`"),
        }
    }

    fn group(&mut self, name: &str, of: &Json, at: &str, depth: usize) -> Option<Node> {
        let at = format!("{at}/{name}");
        let Some(items) = of.as_array() else { return self.fail(&at, "must be a list of rules") };
        if items.len() > RULE_CONDITIONS_MAX {
            return self.fail(&at, format!("has more than {RULE_CONDITIONS_MAX} members"));
        }
        if name == "any" && items.is_empty() {
            return self.fail(&at, "must have at least one member: nobody fits none");
        }
        let read: Vec<Option<Node>> =
            items.iter().enumerate().map(|(i, item)| self.node(item, &format!("{at}/{i}"), depth + 1)).collect();
        let nodes = read.into_iter().collect::<Option<Vec<Node>>>()?;
        Some(if name == "all" { Node::All(nodes) } else { Node::Any(nodes) })
    }

    fn condition(&mut self, map: &Map<String, Json>, at: &str) -> Option<Condition> {
        let mut members = Members { map, at, read: vec!["on"] };
        let on = map.get("on").and_then(Json::as_str).unwrap_or("");
        let condition = match on {
            "contact" => self.contact(&mut members),
            "trait" => self.fact(&mut members),
            "tag" => self.text(&mut members, "name", KEY_BYTES_MAX).map(|name| Condition::Tag { name }),
            "consent" => self.consent(&mut members),
            "identity" => self.identity(&mut members),
            "snapshot" => self.snapshot(&mut members),
            _ => match families::family(on) {
                Some(family) => self.activity(&mut members, family),
                None => return self.fail(&members.pointer("on"), format!("must be one of {FAMILY_NAMES}")),
            },
        };
        let strange: Vec<String> =
            map.keys().filter(|key| !members.read.contains(&key.as_str())).map(|key| members.pointer(key)).collect();
        for pointer in &strange {
            self.fail::<()>(pointer, format!("is not known to a condition on `{on}`"));
        }
        condition.filter(|_| strange.is_empty())
    }

    fn text(&mut self, members: &mut Members<'_>, name: &'static str, bytes_max: usize) -> Option<String> {
        let at = members.pointer(name);
        match members.take(name) {
            Some(Json::String(text)) => self.bounded(text, &at, bytes_max),
            _ => self.fail(&at, "must be a text"),
        }
    }

    fn text_or(&mut self, members: &mut Members<'_>, name: &'static str, default: &str) -> Option<String> {
        if members.map.get(name).is_none_or(Json::is_null) {
            members.read.push(name);
            return Some(default.to_owned());
        }
        self.text(members, name, KEY_BYTES_MAX)
    }

    fn bounded(&mut self, text: &str, at: &str, bytes_max: usize) -> Option<String> {
        if text.is_empty() {
            return self.fail(at, "must not be empty");
        }
        if text.len() > bytes_max {
            return self.fail(at, format!("is longer than {bytes_max} bytes"));
        }
        if text.contains('\0') {
            return self.fail(at, "holds U+0000");
        }
        Some(text.to_owned())
    }

    fn contact(&mut self, members: &mut Members<'_>) -> Option<Condition> {
        let field = self.text(members, "field", KEY_BYTES_MAX)?;
        let Some((_, column, sort)) = CONTACT_FIELDS.iter().find(|(name, ..)| *name == field) else {
            let names: Vec<&str> = CONTACT_FIELDS.iter().map(|(name, ..)| *name).collect();
            return self.fail(&members.pointer("field"), format!("must be one of {}", names.join(", ")));
        };
        let test = self.test(members, *sort == ContactSort::Id)?;
        let fits = match sort {
            ContactSort::Text => {
                matches!(
                    test,
                    Test::Is(Scalar::Text(_))
                        | Test::IsNot(Scalar::Text(_))
                        | Test::StartsWith(_)
                        | Test::Contains(_)
                        | Test::Exists
                        | Test::Missing
                ) || matches!(&test, Test::In(values) | Test::NotIn(values) if values.iter().all(is_text))
            }
            ContactSort::Id => matches!(
                test,
                Test::Is(_) | Test::IsNot(_) | Test::In(_) | Test::NotIn(_) | Test::Exists | Test::Missing
            ),
            ContactSort::Instant => {
                matches!(test, Test::Before(_) | Test::After(_) | Test::InLast(_) | Test::InNext(_))
            }
        };
        if fits {
            Some(Condition::Contact { column, test })
        } else {
            self.fail(&members.pointer("op"), format!("does not fit the field `{field}`"))
        }
    }

    fn snapshot(&mut self, members: &mut Members<'_>) -> Option<Condition> {
        let text = self.text(members, "id", KEY_BYTES_MAX)?;
        match text.parse() {
            Ok(id) => Some(Condition::Snapshot { id }),
            Err(_) => self.fail(&members.pointer("id"), "must be the id of an audience snapshot"),
        }
    }

    fn fact(&mut self, members: &mut Members<'_>) -> Option<Condition> {
        let key = self.text(members, "key", KEY_BYTES_MAX);
        let test = self.test(members, false);
        Some(Condition::Trait { key: key?, test: test? })
    }

    fn consent(&mut self, members: &mut Members<'_>) -> Option<Condition> {
        let channel = self.text(members, "channel", KEY_BYTES_MAX);
        let topic = self.text_or(members, "topic", TOPIC_ALL);
        let at = members.pointer("state");
        let state = match self.text_or(members, "state", "granted")?.as_str() {
            "granted" => Said::Granted,
            "withdrawn" => Said::Withdrawn,
            "none" => Said::Nothing,
            _ => return self.fail(&at, "must be granted, withdrawn or none"),
        };
        Some(Condition::Consent { channel: channel?, topic: topic?, state })
    }

    fn identity(&mut self, members: &mut Members<'_>) -> Option<Condition> {
        let kind = self.text(members, "kind", KEY_BYTES_MAX)?;
        let issuer = match members.map.contains_key("issuer") {
            true => Some(self.text(members, "issuer", KEY_BYTES_MAX)?),
            false => None,
        };
        match kind.parse() {
            Ok(kind) => Some(Condition::Identity { kind, issuer }),
            Err(message) => self.fail(&members.pointer("kind"), message),
        }
    }

    fn test(&mut self, members: &mut Members<'_>, ids: bool) -> Option<Test> {
        let op = self.text(members, "op", KEY_BYTES_MAX)?;
        let at = members.pointer("value");
        if op == "exists" || op == "missing" {
            return Some(if op == "exists" { Test::Exists } else { Test::Missing });
        }
        let Some(value) = members.take("value") else { return self.fail(&at, format!("is needed by `{op}`")) };
        match op.as_str() {
            "is" => self.scalar(value, &at, ids).map(Test::Is),
            "is_not" => self.scalar(value, &at, ids).map(Test::IsNot),
            "in" => self.scalars(value, &at, ids).map(Test::In),
            "not_in" => self.scalars(value, &at, ids).map(Test::NotIn),
            "starts_with" => self.string(value, &at).map(Test::StartsWith),
            "contains" => self.string(value, &at).map(Test::Contains),
            "between" => self.between(value, &at),
            "before" => self.instant(value, &at).map(Test::Before),
            "after" => self.instant(value, &at).map(Test::After),
            "in_last_days" => self.days(value, &at).map(Test::InLast),
            "in_next_days" => self.days(value, &at).map(Test::InNext),
            other => match Compare::NAMES.iter().find(|(name, _)| *name == other) {
                Some((_, compare)) => self.number(value, &at).map(|n| Test::Compare(*compare, n)),
                None => self.fail(
                    &members.pointer("op"),
                    "must be one of is, is_not, in, not_in, starts_with, contains, eq, ne, lt, lte, gt, gte, \
                     between, before, after, in_last_days, in_next_days, exists, missing",
                ),
            },
        }
    }

    fn scalar(&mut self, value: &Json, at: &str, id: bool) -> Option<Scalar> {
        match value {
            Json::String(text) if id => match text.parse() {
                Ok(id) => Some(Scalar::Id(id)),
                Err(_) => self.fail(at, "must be an id"),
            },
            Json::String(text) => self.bounded(text, at, TRAIT_TEXT_BYTES_MAX).map(Scalar::Text),
            Json::Bool(yes) if !id => Some(Scalar::Number(f64::from(u8::from(*yes)))),
            Json::Number(_) if !id => self.number(value, at).map(Scalar::Number),
            _ => self.fail(at, if id { "must be an id" } else { "must be a text, a number, true or false" }),
        }
    }

    /// One value or a list of them.
    fn scalars(&mut self, value: &Json, at: &str, ids: bool) -> Option<Vec<Scalar>> {
        let Some(items) = value.as_array() else { return self.scalar(value, at, ids).map(|one| vec![one]) };
        if items.is_empty() || items.len() > RULE_VALUES_MAX {
            return self.fail(at, format!("must have between 1 and {RULE_VALUES_MAX} values"));
        }
        let read: Vec<Option<Scalar>> =
            items.iter().enumerate().map(|(i, item)| self.scalar(item, &format!("{at}/{i}"), ids)).collect();
        let all = read.into_iter().collect::<Option<Vec<Scalar>>>()?;
        let texts = all.iter().filter(|scalar| matches!(scalar, Scalar::Text(_))).count();
        if texts != 0 && texts != all.len() {
            return self.fail(at, "must hold texts or numbers, not both");
        }
        Some(all)
    }

    fn string(&mut self, value: &Json, at: &str) -> Option<String> {
        match value.as_str() {
            Some(text) => self.bounded(text, at, TRAIT_TEXT_BYTES_MAX),
            None => self.fail(at, "must be a text"),
        }
    }

    fn number(&mut self, value: &Json, at: &str) -> Option<f64> {
        match value.as_f64().filter(|n| n.is_finite()) {
            Some(n) => Some(n),
            None => self.fail(at, "must be a number"),
        }
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "checked against the bound")]
    fn whole(&mut self, value: &Json, at: &str) -> Option<i64> {
        match value.as_i64() {
            Some(n) if n.abs() <= 1 << 53 => Some(n),
            _ => self.fail(at, "must be a whole number"),
        }
    }

    fn between(&mut self, value: &Json, at: &str) -> Option<Test> {
        match value.as_array().map(Vec::as_slice) {
            Some([low, high]) => {
                let (low, high) = (self.number(low, &format!("{at}/0"))?, self.number(high, &format!("{at}/1"))?);
                if low <= high { Some(Test::Between(low, high)) } else { self.fail(at, "begins above its end") }
            }
            _ => self.fail(at, "must be a list of two numbers"),
        }
    }

    fn instant(&mut self, value: &Json, at: &str) -> Option<i64> {
        match value.as_str().and_then(instant) {
            Some(instant) => Some(instant.as_microsecond()),
            None => self.fail(at, "must be an instant such as 2026-01-31T09:00:00Z"),
        }
    }

    fn days(&mut self, value: &Json, at: &str) -> Option<i64> {
        match value.as_f64().filter(|days| (0.0..=DAYS_MAX).contains(days)) {
            #[allow(clippy::cast_possible_truncation, reason = "bounded by a century")]
            Some(days) => Some((days * DAY_US).round() as i64),
            None => self.fail(at, format!("must be a number of days up to {DAYS_MAX}")),
        }
    }

    fn activity(&mut self, members: &mut Members<'_>, family: &'static Family) -> Option<Condition> {
        let mut filters = Vec::new();
        for field in family.fields {
            if let Some(value) = members.take(field.name) {
                let at = members.pointer(field.name);
                let values = self.scalars(value, &at, field.id)?;
                if values.iter().any(|v| matches!(v, Scalar::Text(t) if t.len() > EVENT_NAME_BYTES_MAX * 2)) {
                    return self.fail(&at, "is too long");
                }
                if values.iter().any(|v| matches!(v, Scalar::Number(_))) {
                    return self.fail(&at, "must be a text or a list of texts");
                }
                filters.push((field, values));
            }
        }
        let window = self.window(members);
        let measure = self.measure(members, family);
        Some(Condition::Activity(Activity { family, filters, window: window?, measure: measure? }))
    }

    fn window(&mut self, members: &mut Members<'_>) -> Option<Window> {
        let mut window = Window::default();
        if let Some(value) = members.take("within_days") {
            window.within = Some(self.days(value, &members.pointer("within_days"))?);
        }
        if let Some(value) = members.take("from") {
            window.from = Some(self.instant(value, &members.pointer("from"))?);
        }
        if let Some(value) = members.take("to") {
            window.to = Some(self.instant(value, &members.pointer("to"))?);
        }
        Some(window)
    }

    fn measure(&mut self, members: &mut Members<'_>, family: &Family) -> Option<Measure> {
        const NAMES: [&str; 3] = ["count", "sum_minor", "last_days_ago"];
        let given: Vec<&'static str> = NAMES.into_iter().filter(|name| members.take(name).is_some()).collect();
        let name = match given.as_slice() {
            [] => return Some(Measure::Count(Compare::Gte, 1)),
            [name] => *name,
            [_, second, ..] => {
                return self.fail(&members.pointer(second), "cannot stand beside another measure");
            }
        };
        let at = members.pointer(name);
        let map = members.map.get(name).and_then(Json::as_object);
        let Some(map) = map else { return self.fail(&at, "must be an object with `op` and `value`") };
        let mut inner = Members { map, at: &at, read: Vec::new() };
        let op = self.text(&mut inner, "op", KEY_BYTES_MAX)?;
        let Some((_, compare)) = Compare::NAMES.iter().find(|(known, _)| *known == op) else {
            return self.fail(&inner.pointer("op"), "must be one of eq, ne, lt, lte, gt, gte");
        };
        let value = inner.take("value");
        let value_at = inner.pointer("value");
        let Some(value) = value else { return self.fail(&value_at, "is needed") };
        let measure = match name {
            "count" => Measure::Count(*compare, self.whole(value, &value_at)?),
            "last_days_ago" => Measure::LastAgo(*compare, self.days(value, &value_at)?),
            _ => self.sum(&mut inner, family, *compare, value)?,
        };
        match map.keys().find(|key| !inner.read.contains(&key.as_str())) {
            Some(key) => self.fail(&inner.pointer(key), format!("is not known to `{name}`")),
            None => Some(measure),
        }
    }

    fn sum(&mut self, inner: &mut Members<'_>, family: &Family, compare: Compare, value: &Json) -> Option<Measure> {
        if family.amount.is_none() {
            return self.fail(inner.at, format!("a {} has no amount", family.name));
        }
        let amount = self.whole(value, &inner.pointer("value"))?;
        let currency = self.text(inner, "currency", KEY_BYTES_MAX)?;
        match currency.parse() {
            Ok(currency) => Some(Measure::Sum(compare, amount, currency)),
            Err(message) => self.fail(&inner.pointer("currency"), message),
        }
    }
}

fn is_text(scalar: &Scalar) -> bool {
    matches!(scalar, Scalar::Text(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn places(json: Json) -> Vec<String> {
        rule(&json).expect_err("a mistake").into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        assert_eq!(places(json!({"all": [{"on": "trait", "key": "a"}]})), ["/all/0/op"]);
        assert_eq!(places(json!({"all": [{"on": "x"}, {"any": []}]})), ["/all/0/on", "/all/1/any"]);
        assert_eq!(places(json!({"on": "tag", "name": "a", "b/c": 1})), ["/b~1c"]);
        assert_eq!(places(json!({"on": "event", "count": {"op": "gte"}})), ["/count/value"]);
        assert_eq!(places(json!({"on": "event", "count": {"op": "like", "value": 1}})), ["/count/op"]);
        assert_eq!(
            places(json!({"on": "redemption", "sum_minor": {"op": "gte", "value": 1, "currency": "USD"}})),
            ["/sum_minor"]
        );
        assert_eq!(places(json!({"on": "contact", "field": "created_at", "op": "is", "value": "a"})), ["/op"]);
        assert_eq!(places(json!({"on": "event", "campaign": "x"})), ["/campaign"]);
        assert_eq!(places(json!([])), ["/"]);
        assert_eq!(places(json!({"on": "trait", "key": "a", "op": "between", "value": [2, 1]})), ["/value"]);
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let mut deep = json!({"on": "tag", "name": "a"});
        for _ in 0..9 {
            deep = json!({"not": deep});
        }
        assert!(rule(&deep).is_err());
        let one = json!({"on": "tag", "name": "a"});
        let inner = json!({"all": vec![one; 40]});
        assert!(rule(&json!({"all": [inner, inner]})).is_err());
    }
}
