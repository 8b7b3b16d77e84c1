//! Typed traits. The first kind a key is given is its kind in the workspace;
//! a later value of another kind is turned into it where nothing is lost
//! (`"12"` into 12, 12 into `"12"`), and refused by name where it would be.

use crate::{
    Error,
    error::Result,
    limits::{KEY_BYTES_MAX, TRAIT_TEXT_BYTES_MAX},
    lists::{LIST_MAX, in_list, padded},
    normalise::{bounded, short_name},
};
use jiff::{Timestamp, civil};
use rialto_kernel::{Id, WorkspaceId, from_micros};
use rialto_store::{BulkInsert, Conn, sql_dynamic};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::{
    collections::{BTreeMap, HashMap},
    str::FromStr,
};

/// The kind of a trait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TraitKind {
    /// A text.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Bool,
    /// An instant.
    Instant,
}

impl TraitKind {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Bool => "bool",
            Self::Instant => "instant",
        }
    }
}

impl FromStr for TraitKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "number" => Ok(Self::Number),
            "bool" => Ok(Self::Bool),
            "instant" => Ok(Self::Instant),
            _ => Err(format!("`{}` is not a kind of trait (text, number, bool, instant)", text.escape_debug())),
        }
    }
}

/// The value of a trait. In JSON it is what it looks like; an instant is an
/// RFC 3339 text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum TraitValue {
    /// Yes or no.
    Bool(bool),
    /// A finite number.
    Number(f64),
    /// An instant.
    Instant(Timestamp),
    /// A text.
    Text(String),
}

impl TraitValue {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> TraitKind {
        match self {
            Self::Bool(_) => TraitKind::Bool,
            Self::Number(_) => TraitKind::Number,
            Self::Instant(_) => TraitKind::Instant,
            Self::Text(_) => TraitKind::Text,
        }
    }

    /// From JSON; `null` is none (the trait goes).
    ///
    /// # Errors
    /// When it is a list or an object, too long, or not finite.
    pub fn from_json(field: &str, value: &Json) -> Result<Option<Self>> {
        Ok(Some(match value {
            Json::Null => return Ok(None),
            Json::Bool(yes) => Self::Bool(*yes),
            Json::Number(number) => Self::number(field, number.as_f64())?,
            Json::String(text) => match text.parse::<Timestamp>() {
                Ok(at) => Self::Instant(at),
                Err(_) => Self::Text(bounded(field, text, TRAIT_TEXT_BYTES_MAX)?),
            },
            Json::Array(_) | Json::Object(_) => {
                return Err(Error::field(field, "must be a text, a number, true, false, an instant or null"));
            }
        }))
    }

    /// From a cell of a file, by the kind its column has.
    ///
    /// # Errors
    /// When the cell is not of that kind.
    pub fn from_cell(field: &str, text: &str, kind: TraitKind) -> Result<Self> {
        let cell = Self::Text(bounded(field, text, TRAIT_TEXT_BYTES_MAX)?);
        cell.coerce(kind).map_err(|message| Error::field(field, message))
    }

    fn number(field: &str, number: Option<f64>) -> Result<Self> {
        number.filter(|n| n.is_finite()).map(Self::Number).ok_or_else(|| Error::field(field, "must be a finite number"))
    }

    /// The same value as another kind, if nothing is lost.
    ///
    /// # Errors
    /// A message that names the kind the key has.
    pub fn coerce(self, kind: TraitKind) -> Result<Self, String> {
        if self.kind() == kind {
            return Ok(self);
        }
        let turned = match (&self, kind) {
            (Self::Number(n), TraitKind::Text) => Some(Self::Text(n.to_string())),
            (Self::Bool(b), TraitKind::Text) => Some(Self::Text(b.to_string())),
            (Self::Instant(at), TraitKind::Text) => Some(Self::Text(at.to_string())),
            (Self::Text(t), TraitKind::Number) => plain_number(t).map(Self::Number),
            (Self::Text(t), TraitKind::Bool) => yes_or_no(t).map(Self::Bool),
            (Self::Text(t), TraitKind::Instant) => instant(t).map(Self::Instant),
            (Self::Number(n), TraitKind::Bool) if *n == 0.0 || *n == 1.0 => Some(Self::Bool(*n == 1.0)),
            _ => None,
        };
        turned.ok_or_else(|| format!("is a {} in this workspace, and the value given is not one", kind.as_str()))
    }

    /// The columns `text` and `number`.
    pub(crate) fn columns(&self) -> (Option<String>, Option<f64>) {
        match self {
            Self::Text(text) => (Some(text.clone()), None),
            Self::Number(number) => (None, Some(*number)),
            Self::Bool(yes) => (None, Some(f64::from(u8::from(*yes)))),
            Self::Instant(at) => (None, Some(micros_real(at.as_microsecond()))),
        }
    }

    /// From the columns.
    pub(crate) fn from_columns(kind: &str, text: Option<String>, number: Option<f64>) -> Self {
        match (kind.parse(), text, number) {
            (Ok(TraitKind::Bool), _, Some(n)) => Self::Bool(n != 0.0),
            #[allow(clippy::cast_possible_truncation, reason = "instants were stored from whole microseconds")]
            (Ok(TraitKind::Instant), _, Some(n)) => Self::Instant(from_micros(n as i64)),
            (_, _, Some(n)) => Self::Number(n),
            (_, text, None) => Self::Text(text.unwrap_or_default()),
        }
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::Bool(yes) => Json::Bool(*yes),
            Self::Number(n) => serde_json::Number::from_f64(*n).map_or(Json::Null, Json::Number),
            Self::Instant(at) => Json::String(at.to_string()),
            Self::Text(text) => Json::String(text.clone()),
        }
    }
}

/// Microseconds as the real number that `trait.number` holds; exact until the year 2255.
#[allow(clippy::cast_precision_loss, reason = "below 2^53 until the year 2255")]
pub(crate) fn micros_real(us: i64) -> f64 {
    us as f64
}

/// A number that would print the same: no leading zero, no plus, no space.
fn plain_number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let leading_zero = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') && digits.bytes().any(|b| b.is_ascii_digit());
    let short = digits.len() <= 17;
    (plain && short && !leading_zero).then(|| text.parse().ok()).flatten().filter(|n: &f64| n.is_finite())
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

/// An RFC 3339 instant, or a date or local time taken as UTC.
pub(crate) fn instant(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let local = text
        .parse::<civil::DateTime>()
        .ok()
        .or_else(|| text.parse::<civil::Date>().ok().map(|date| date.at(0, 0, 0, 0)))?;
    Some(local.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}

/// The kind that all of these cells have; text when they differ.
pub(crate) fn kind_of_cells<'a>(cells: impl IntoIterator<Item = &'a str>) -> TraitKind {
    let mut kinds = [true; 3];
    let mut any = false;
    for cell in cells {
        any = true;
        kinds[0] &= plain_number(cell).is_some();
        kinds[1] &= matches!(cell.to_ascii_lowercase().as_str(), "true" | "false");
        kinds[2] &= instant(cell).is_some();
    }
    match kinds {
        _ if !any => TraitKind::Text,
        [true, ..] => TraitKind::Number,
        [_, true, _] => TraitKind::Bool,
        [_, _, true] => TraitKind::Instant,
        _ => TraitKind::Text,
    }
}

/// A trait to be set on a contact.
#[derive(Debug, Clone)]
pub(crate) struct TraitPut {
    pub contact: Id,
    pub key: String,
    pub value: TraitValue,
    pub at: i64,
}

/// A key as stored.
pub(crate) fn trait_key(field: &str, raw: &str) -> Result<String> {
    short_name(field, raw, KEY_BYTES_MAX)
}

/// Give each new key its kind; answers the kind of every key asked for.
pub(crate) async fn trait_keys_claim(
    conn: &mut Conn,
    workspace: WorkspaceId,
    wanted: &BTreeMap<String, TraitKind>,
    now: i64,
) -> Result<HashMap<String, TraitKind>> {
    let keys: Vec<String> = wanted.keys().cloned().collect();
    let mut known = trait_kinds(conn, workspace, &keys).await?;
    let mut rows = BulkInsert::new("trait_key", &["workspace", "key", "kind", "created_at"], "ON CONFLICT DO NOTHING");
    for (key, kind) in wanted.iter().filter(|(key, _)| !known.contains_key(*key)) {
        rows.push([workspace.into(), key.into(), kind.as_str().into(), now.into()]);
    }
    let new = rows.len() as u64;
    if new > 0 {
        if rows.execute(conn).await? < new {
            // Another transaction named some of them first: its kind holds.
            return trait_kinds(conn, workspace, &keys).await;
        }
        known.extend(
            wanted
                .iter()
                .filter(|(key, _)| !known.contains_key(*key))
                .map(|(k, v)| (k.clone(), *v))
                .collect::<Vec<_>>(),
        );
    }
    Ok(known)
}

/// The kinds of these keys, as far as they have one.
pub(crate) async fn trait_kinds(
    conn: &mut Conn,
    workspace: WorkspaceId,
    keys: &[String],
) -> Result<HashMap<String, TraitKind>> {
    let mut known = HashMap::new();
    for chunk in keys.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text =
            format!("SELECT key, kind FROM trait_key WHERE workspace = $1 AND key IN {}", in_list(2, list.len()));
        let rows: Vec<(String, String)> = sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        known.extend(rows.into_iter().filter_map(|(key, kind)| kind.parse().ok().map(|kind| (key, kind))));
    }
    Ok(known)
}

/// Set traits; the later of two values of the same time and key stays. The
/// kinds are those the keys have.
pub(crate) async fn traits_put(
    conn: &mut Conn,
    workspace: WorkspaceId,
    source: &str,
    puts: Vec<TraitPut>,
) -> Result<u64> {
    const COLUMNS: &[&str] = &["workspace", "contact", "key", "kind", "text", "number", "source", "at"];
    let mut latest: BTreeMap<(Id, String), TraitPut> = BTreeMap::new();
    for put in puts {
        let slot = (put.contact, put.key.clone());
        if latest.get(&slot).is_none_or(|held| held.at <= put.at) {
            latest.insert(slot, put);
        }
    }
    let mut rows = BulkInsert::new(
        "trait",
        COLUMNS,
        "ON CONFLICT (workspace, contact, key) DO UPDATE SET kind = excluded.kind, text = excluded.text, \
         number = excluded.number, source = excluded.source, at = excluded.at WHERE excluded.at >= trait.at",
    );
    for ((contact, key), put) in latest {
        let (text, number) = put.value.columns();
        rows.push([
            workspace.into(),
            contact.into(),
            key.into(),
            put.value.kind().as_str().into(),
            text.into(),
            number.into(),
            source.into(),
            put.at.into(),
        ]);
    }
    if rows.is_empty() { Ok(0) } else { Ok(rows.execute(conn).await?) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_key_keeps_its_kind_and_takes_what_fits() {
        let text = |t: &str| TraitValue::Text(t.to_owned());
        assert_eq!(text("12.5").coerce(TraitKind::Number), Ok(TraitValue::Number(12.5)));
        assert_eq!(TraitValue::Number(12.0).coerce(TraitKind::Text), Ok(text("12")));
        assert_eq!(text("Yes").coerce(TraitKind::Bool), Ok(TraitValue::Bool(true)));
        assert!(text("007").coerce(TraitKind::Number).unwrap_err().contains("number"));
        assert!(text("soon").coerce(TraitKind::Instant).is_err());
        assert!(TraitValue::Bool(true).coerce(TraitKind::Number).is_err());
        assert!(text("1e400").coerce(TraitKind::Number).is_err());
    }

    #[test]
    fn json_says_its_own_kind() {
        assert_eq!(TraitValue::from_json("a", &json!(null)).unwrap(), None);
        let at = TraitValue::from_json("a", &json!("2026-01-02T03:04:05Z")).unwrap().unwrap();
        assert_eq!(at.kind(), TraitKind::Instant);
        let (text, number) = at.columns();
        assert_eq!(TraitValue::from_columns("instant", text, number), at);
        assert!(TraitValue::from_json("a", &json!([1])).is_err());
    }

    #[test]
    fn a_column_is_what_all_its_cells_are() {
        assert_eq!(kind_of_cells(["1", "2.5"]), TraitKind::Number);
        assert_eq!(kind_of_cells(["1", "x"]), TraitKind::Text);
        assert_eq!(kind_of_cells(["01234", "99999"]), TraitKind::Text);
        assert_eq!(kind_of_cells(["true", "False"]), TraitKind::Bool);
        assert_eq!(kind_of_cells(["2026-01-02", "2026-01-02T03:04:05Z"]), TraitKind::Instant);
        assert_eq!(kind_of_cells([]), TraitKind::Text);
    }
}
