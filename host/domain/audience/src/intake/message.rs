//! One call of the tracking spec, read and checked. Clients differ in what
//! they leave out and what they send as null; what is wrong is told with its
//! JSON pointer.

use super::{channel::channel_of, time};
use crate::{
    limits::{EVENT_NAME_BYTES_MAX, PROPERTIES_BYTES_MAX},
    normalise::{IdentityKind, normalise},
};
use rialto_kernel::{Currency, Id, Money, money::parse_minor, problem::FieldError};
use serde_json::{Map, Value as Json};

/// The calls of the spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Call {
    Track,
    Identify,
    Page,
    Screen,
    Group,
    Alias,
}

impl Call {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Track => "track",
            Self::Identify => "identify",
            Self::Page => "page",
            Self::Screen => "screen",
            Self::Group => "group",
            Self::Alias => "alias",
        }
    }

    fn of(name: &str) -> Option<Self> {
        let all = [Self::Track, Self::Identify, Self::Page, Self::Screen, Self::Group, Self::Alias];
        all.into_iter().find(|call| call.name() == name)
    }
}

/// A call, checked.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub call: Call,
    pub message_id: Option<String>,
    pub user_id: Option<String>,
    pub anonymous_id: Option<String>,
    pub previous_id: Option<String>,
    pub group_id: Option<String>,
    pub at: i64,
    pub name: String,
    pub channel: Option<String>,
    pub campaign: Option<Id>,
    pub value: Option<Money>,
    pub properties: String,
    pub traits: Map<String, Json>,
    pub locale: String,
    pub zone: String,
}

/// What holds for every message of a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Envelope<'a> {
    pub sent_at: Option<i64>,
    pub received_at: i64,
    pub context: Option<&'a Map<String, Json>>,
}

/// Read one call; `call` is the one that the address names.
pub(super) fn read(json: &Json, call: Option<Call>, envelope: Envelope<'_>) -> Result<Message, Vec<FieldError>> {
    let mut reader = Reader { errors: Vec::new() };
    let Some(map) = json.as_object() else {
        return Err(vec![FieldError { field: "/".to_owned(), message: "must be an object".to_owned() }]);
    };
    let message = reader.message(map, call, envelope);
    match message {
        Some(message) if reader.errors.is_empty() => Ok(message),
        _ => Err(reader.errors),
    }
}

struct Reader {
    errors: Vec<FieldError>,
}

impl Reader {
    fn fail<T>(&mut self, field: &str, message: impl Into<String>) -> Option<T> {
        self.errors.push(FieldError { field: field.to_owned(), message: message.into() });
        None
    }

    fn message(&mut self, map: &Map<String, Json>, call: Option<Call>, envelope: Envelope<'_>) -> Option<Message> {
        let call = match (map.get("type").and_then(Json::as_str).and_then(Call::of), call) {
            (Some(said), _) => said,
            (None, Some(call)) => call,
            (None, None) => return self.fail("/type", "must be one of track, identify, page, screen, group, alias"),
        };
        let user_id = self.id(map, "userId");
        let anonymous_id = self.id(map, "anonymousId");
        if user_id.is_none() && anonymous_id.is_none() && self.errors.is_empty() {
            return self.fail("/userId", "a userId or an anonymousId is needed");
        }
        let previous_id = self.id(map, "previousId");
        if call == Call::Alias && previous_id.is_none() {
            self.fail::<()>("/previousId", "is needed by alias");
        }
        let context = map.get("context").and_then(Json::as_object).or(envelope.context);
        let properties = self.object(map, "properties");
        let traits = self.object(map, "traits");
        let at = self.at(map, envelope);
        let name = self.name(map, call);
        let campaign = context.and_then(|c| c.get("campaign")).and_then(Json::as_object);
        let part = |name: &str| campaign.and_then(|c| c.get(name)).and_then(Json::as_str);
        let text = |name: &str| {
            let text = context.and_then(|c| c.get(name)).and_then(Json::as_str).unwrap_or("");
            text.chars().filter(|c| !c.is_control()).take(64).collect::<String>()
        };
        Some(Message {
            call,
            message_id: self.message_id(map),
            user_id,
            anonymous_id,
            previous_id,
            group_id: self.id(map, "groupId"),
            at: at?,
            name: name?,
            channel: channel_of(part("medium"), part("source")).map(str::to_owned),
            campaign: part("id").or_else(|| part("name")).and_then(|id| id.parse().ok()),
            value: value_of(&properties),
            properties: self.stored(call, properties, &traits, context)?,
            traits: if call == Call::Identify || call == Call::Group { traits } else { Map::new() },
            locale: text("locale"),
            zone: text("timezone"),
        })
    }

    /// An id that a client gives: a text, or a number.
    fn id(&mut self, map: &Map<String, Json>, name: &str) -> Option<String> {
        let at = format!("/{name}");
        let text = match map.get(name) {
            None | Some(Json::Null) => return None,
            Some(Json::String(text)) if text.is_empty() => return None,
            Some(Json::String(text)) => text.clone(),
            Some(Json::Number(number)) => number.to_string(),
            Some(_) => return self.fail(&at, "must be a text"),
        };
        match normalise(IdentityKind::UserId, &text) {
            Ok(id) => Some(id),
            Err(crate::Error::Field { message, .. }) => self.fail(&at, message),
            Err(other) => self.fail(&at, other.to_string()),
        }
    }

    fn message_id(&mut self, map: &Map<String, Json>) -> Option<String> {
        match map.get("messageId") {
            None | Some(Json::Null) => None,
            Some(Json::String(id)) if id.is_empty() => None,
            Some(Json::String(id)) if id.len() > EVENT_NAME_BYTES_MAX || id.contains('\0') => {
                self.fail("/messageId", format!("must be at most {EVENT_NAME_BYTES_MAX} bytes, without U+0000"))
            }
            Some(Json::String(id)) => Some(id.clone()),
            Some(_) => self.fail("/messageId", "must be a text"),
        }
    }

    fn object(&mut self, map: &Map<String, Json>, name: &str) -> Map<String, Json> {
        match map.get(name) {
            None | Some(Json::Null) => Map::new(),
            Some(Json::Object(object)) => object.clone(),
            Some(_) => {
                self.fail::<()>(&format!("/{name}"), "must be an object");
                Map::new()
            }
        }
    }

    fn at(&mut self, map: &Map<String, Json>, envelope: Envelope<'_>) -> Option<i64> {
        let given = |name: &str| map.get(name).filter(|value| !value.is_null());
        let happened = match given("originalTimestamp").or_else(|| given("timestamp")).map(time::read) {
            Some(None) => return self.fail("/timestamp", "must be an instant such as 2026-01-31T09:00:00Z"),
            Some(at) => at,
            None => None,
        };
        let sent = given("sentAt").and_then(time::read).or(envelope.sent_at);
        match time::corrected(happened, sent, envelope.received_at) {
            Ok(at) => Some(at),
            Err(message) => self.fail("/timestamp", message),
        }
    }

    fn name(&mut self, map: &Map<String, Json>, call: Call) -> Option<String> {
        let (field, needed) = match call {
            Call::Track => ("event", true),
            Call::Page | Call::Screen => ("name", false),
            _ => return Some(call.name().to_owned()),
        };
        let at = format!("/{field}");
        let text = map.get(field).and_then(Json::as_str).map(str::trim).filter(|text| !text.is_empty());
        match text {
            Some(text) if text.len() > EVENT_NAME_BYTES_MAX => {
                self.fail(&at, format!("is longer than {EVENT_NAME_BYTES_MAX} bytes"))
            }
            Some(text) if text.contains('\0') => self.fail(&at, "holds U+0000"),
            Some(text) => Some(text.to_owned()),
            None if needed => self.fail(&at, "is needed by track: what happened"),
            None => Some(call.name().to_owned()),
        }
    }

    /// What is kept of a call as its properties: its own, and where it happened.
    fn stored(
        &mut self,
        call: Call,
        mut properties: Map<String, Json>,
        traits: &Map<String, Json>,
        context: Option<&Map<String, Json>>,
    ) -> Option<String> {
        let mut kept = Map::new();
        for name in ["page", "campaign", "userAgent", "library"] {
            if let Some(value) = context.and_then(|c| c.get(name)).filter(|value| !value.is_null()) {
                kept.insert(name.to_owned(), value.clone());
            }
        }
        if call == Call::Group && !traits.is_empty() {
            properties.insert("traits".to_owned(), Json::Object(traits.clone()));
        }
        if !kept.is_empty() {
            properties.insert("context".to_owned(), Json::Object(kept));
        }
        let text = Json::Object(properties).to_string();
        if text.len() > PROPERTIES_BYTES_MAX {
            return self.fail("/properties", format!("are longer than {PROPERTIES_BYTES_MAX} bytes"));
        }
        Some(text)
    }
}

/// The value of an event: `revenue`, `total` or `value`, with its `currency`.
fn value_of(properties: &Map<String, Json>) -> Option<Money> {
    let currency: Currency = properties.get("currency")?.as_str()?.trim().to_uppercase().parse().ok()?;
    let amount = ["revenue", "total", "value"].into_iter().find_map(|name| properties.get(name))?;
    let text = match amount {
        Json::Number(number) => number.to_string(),
        Json::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    let minor = parse_minor(&text, currency).ok().or_else(|| rounded(&text, currency))?;
    Some(Money { minor, currency })
}

/// Shops compute with binary fractions: 19.990000000000002 is 19.99.
#[allow(clippy::cast_possible_truncation, reason = "bounded below 2^53")]
fn rounded(text: &str, currency: Currency) -> Option<i64> {
    let minor = text.parse::<f64>().ok()? * f64::from(10_u32.pow(currency.digits()));
    (minor.abs() < 9e15).then(|| minor.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_790_000_000_000_000;

    fn read_one(json: Json) -> Result<Message, Vec<String>> {
        let envelope = Envelope { sent_at: None, received_at: NOW, context: None };
        read(&json, None, envelope).map_err(|errors| errors.into_iter().map(|e| e.field).collect())
    }

    #[test]
    fn mistakes_are_told_all_at_once() {
        assert_eq!(read_one(json!({"type": "track", "userId": "u"})).unwrap_err(), ["/event"]);
        assert_eq!(read_one(json!({"type": "x"})).unwrap_err(), ["/type"]);
        assert_eq!(read_one(json!({"type": "page"})).unwrap_err(), ["/userId"]);
        assert_eq!(read_one(json!({"type": "alias", "userId": "u"})).unwrap_err(), ["/previousId"]);
        assert_eq!(
            read_one(json!({"type": "track", "userId": {}, "properties": [], "timestamp": "x", "event": "\u{0}"}))
                .unwrap_err(),
            ["/userId", "/properties", "/timestamp", "/event"]
        );
        assert_eq!(read_one(json!(3)).unwrap_err(), ["/"]);
    }

    #[test]
    fn a_sale_has_its_value() {
        let sale = |properties: Json| {
            read_one(json!({"type": "track", "userId": 7, "event": "Order Completed", "properties": properties}))
                .unwrap()
        };
        assert_eq!(sale(json!({"total": 27.5, "currency": "usd"})).value.map(|v| v.minor), Some(2_750));
        assert_eq!(
            sale(json!({"total": 19.990_000_000_000_002, "currency": "USD"})).value.map(|v| v.minor),
            Some(1_999)
        );
        assert_eq!(sale(json!({"total": 500, "currency": "JPY"})).value.map(|v| v.minor), Some(500));
        assert_eq!(sale(json!({"total": 27.5})).value, None);
        assert_eq!(sale(json!({})).user_id.as_deref(), Some("7"));
    }
}
