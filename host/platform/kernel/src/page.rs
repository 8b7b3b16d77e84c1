//! Lists come in pages, with an opaque cursor to go on from.

use crate::Problem;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The most rows a page may hold.
pub const PAGE_LIMIT_MAX: u32 = 500;
/// Rows a page holds when nobody says.
pub const PAGE_LIMIT_DEFAULT: u32 = 50;

/// Which page: `?limit=50&cursor=…`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Rows wanted, 1 to 500.
    #[serde(default, deserialize_with = "number_or_text")]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

impl PageQuery {
    /// Rows wanted, checked.
    ///
    /// # Errors
    /// When the limit is not between 1 and [`PAGE_LIMIT_MAX`].
    pub fn limit(&self) -> Result<u32, Problem> {
        match self.limit.unwrap_or(PAGE_LIMIT_DEFAULT) {
            limit @ 1..=PAGE_LIMIT_MAX => Ok(limit),
            _ => Err(Problem::invalid("limit", format!("must be between 1 and {PAGE_LIMIT_MAX}"))),
        }
    }

    /// The key to go on after, if there is a cursor.
    ///
    /// # Errors
    /// When the cursor is not one that this list gave.
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>, Problem> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        URL_SAFE_NO_PAD
            .decode(cursor)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .map(Some)
            .ok_or_else(|| Problem::invalid("cursor", "use the `next` of an earlier page of the same list"))
    }
}

/// A number, also where a flattened query string gives it as text.
fn number_or_text<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Number(u32),
        Text(String),
    }
    match Option::<Form>::deserialize(from)? {
        None => Ok(None),
        Some(Form::Number(number)) => Ok(Some(number)),
        Some(Form::Text(text)) => {
            text.parse().map(Some).map_err(|_| serde::de::Error::custom("limit must be a whole number"))
        }
    }
}

/// One page of a list.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The cursor of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page from up to `limit + 1` rows: the one too many only tells that
    /// more follow. `key` gives the sort key of a row.
    ///
    /// # Errors
    /// When a key cannot be written as JSON.
    pub fn from_rows<K: Serialize>(mut rows: Vec<T>, limit: u32, key: impl Fn(&T) -> K) -> Result<Self, Problem> {
        let limit = limit as usize;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = match rows.last() {
            Some(last) if more => {
                let bytes = serde_json::to_vec(&key(last)).map_err(|e| Problem::internal(e.to_string()))?;
                Some(URL_SAFE_NO_PAD.encode(bytes))
            }
            _ => None,
        };
        Ok(Self { items: rows, next })
    }

    /// The same page with each row turned into another shape.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next }
    }
}
