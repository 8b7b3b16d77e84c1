//! Creatives and what came of them. No I/O.

use crate::error::{Error, Result};
use jiff::Timestamp;
use rialto_kernel::{Money, problem::FieldError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The longest title, code or list of words, in bytes.
pub const WORDS_BYTES_MAX: usize = 200;
/// The longest description or body, in bytes.
pub const TEXT_BYTES_MAX: usize = 64 * 1024;

/// A reusable asset or a past case. What may be several is words parted by
/// commas: `season`, `theme`, `objectives`, `categories`, `audience`, `channel`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Creative {
    /// The id.
    pub id: Uuid,
    /// What files and people call it; unique.
    pub code: String,
    /// `asset` (to be used again) or `case` (something that was done).
    pub kind: String,
    /// `own` or `outside`.
    pub origin: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// Its themes.
    pub theme: String,
    /// How people take part: `lucky-draw`, `coupon`, `quiz` …
    pub interaction: String,
    /// Seasons and festivals it is made for.
    pub season: String,
    /// Marketing channels it is made for.
    pub channel: String,
    /// The type of campaign it belongs to.
    pub campaign_type: String,
    /// Objectives it serves.
    pub objectives: String,
    /// Product categories it shows.
    pub categories: String,
    /// Audiences it is meant for.
    pub audience: String,
    /// Where it can be seen.
    pub link: String,
    /// Its own text, if it has one.
    pub body: String,
    /// Whether it is put away.
    pub archived: bool,
    /// All that came of it together.
    pub past: PastResults,
    /// Its version, for `If-Match`.
    pub version: i64,
    /// Who put it in.
    pub created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// Everything that came of something, together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PastResults {
    /// How many results there are.
    pub results: i64,
    /// Sends, or people it was tried on.
    pub tried: i64,
    /// How many of these did what was wanted.
    pub reached: i64,
    /// How many clicked, where that was counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clicks: Option<i64>,
    /// What it brought in, one amount a currency.
    #[schema(value_type = Vec<Object>)]
    pub revenue: Vec<Money>,
    /// The newest result.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_at: Option<Timestamp>,
}

/// A creative to be put in.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreativeInput {
    /// Its title.
    pub title: String,
    /// What files call it; the id if absent.
    #[serde(default)]
    pub code: Option<String>,
    /// `asset` or `case`; `case` if absent.
    #[serde(default)]
    pub kind: Option<String>,
    /// `own` or `outside`; `own` if absent.
    #[serde(default)]
    pub origin: Option<String>,
    /// What it is about.
    #[serde(default)]
    pub description: String,
    /// Its themes.
    #[serde(default)]
    pub theme: String,
    /// How people take part.
    #[serde(default)]
    pub interaction: String,
    /// Seasons and festivals.
    #[serde(default)]
    pub season: String,
    /// Marketing channels.
    #[serde(default)]
    pub channel: String,
    /// The type of campaign.
    #[serde(default)]
    pub campaign_type: String,
    /// Objectives it serves.
    #[serde(default)]
    pub objectives: String,
    /// Product categories.
    #[serde(default)]
    pub categories: String,
    /// Audiences.
    #[serde(default)]
    pub audience: String,
    /// Where it can be seen.
    #[serde(default)]
    pub link: String,
    /// Its own text.
    #[serde(default)]
    pub body: String,
}

/// A change to a creative: what is absent stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CreativePatch {
    /// Another title.
    pub title: Option<String>,
    /// `asset` or `case`.
    pub kind: Option<String>,
    /// `own` or `outside`.
    pub origin: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// Its themes.
    pub theme: Option<String>,
    /// How people take part.
    pub interaction: Option<String>,
    /// Seasons and festivals.
    pub season: Option<String>,
    /// Marketing channels.
    pub channel: Option<String>,
    /// The type of campaign.
    pub campaign_type: Option<String>,
    /// Objectives it serves.
    pub objectives: Option<String>,
    /// Product categories.
    pub categories: Option<String>,
    /// Audiences.
    pub audience: Option<String>,
    /// Where it can be seen.
    pub link: Option<String>,
    /// Its own text.
    pub body: Option<String>,
    /// Put away, or back.
    pub archived: Option<bool>,
}

/// What came of a creative once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreativeResult {
    /// The id.
    pub id: Uuid,
    /// The campaign it was used in, if one of ours.
    pub campaign: Option<Uuid>,
    /// What was wanted.
    pub objective: String,
    /// Which use this was; once for each creative.
    pub label: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Sends, or people it was tried on.
    pub tried: i64,
    /// How many of these did what was wanted.
    pub reached: i64,
    /// How many clicked, if that was counted.
    pub clicks: Option<i64>,
    /// What it brought in, if that is known.
    #[schema(value_type = Option<Object>)]
    pub revenue: Option<Money>,
}

/// A result to be kept.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewResult {
    /// Which use this was; once for each creative.
    pub label: String,
    /// What was wanted.
    #[serde(default)]
    pub objective: String,
    /// The campaign it was used in, if one of ours.
    #[serde(default)]
    pub campaign: Option<Uuid>,
    /// When; now if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// Sends, or people it was tried on.
    pub tried: i64,
    /// How many of these did what was wanted.
    pub reached: i64,
    /// How many clicked, if that was counted.
    #[serde(default)]
    pub clicks: Option<i64>,
    /// What it brought in, if that is known: `{"minor": …, "currency": …}`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub revenue: Option<Money>,
}

impl Creative {
    /// Every mistake in it.
    pub(crate) fn check(&self) -> Result<()> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, message: String| {
            errors.push(FieldError { field: field.to_owned(), message });
        };
        for (field, text) in [("title", &self.title), ("code", &self.code)] {
            if text.trim().is_empty() {
                wrong(field, "must not be empty".to_owned());
            }
        }
        let lines = [
            ("title", &self.title),
            ("code", &self.code),
            ("theme", &self.theme),
            ("interaction", &self.interaction),
            ("season", &self.season),
            ("channel", &self.channel),
            ("campaign_type", &self.campaign_type),
            ("objectives", &self.objectives),
            ("categories", &self.categories),
            ("audience", &self.audience),
        ];
        for (field, text) in lines {
            if text.len() > WORDS_BYTES_MAX || text.chars().any(char::is_control) {
                wrong(field, format!("must be one line of at most {WORDS_BYTES_MAX} bytes"));
            }
        }
        for (field, text) in [("description", &self.description), ("body", &self.body)] {
            if text.len() > TEXT_BYTES_MAX || text.contains('\0') {
                wrong(field, format!("must have at most {TEXT_BYTES_MAX} bytes"));
            }
        }
        if !matches!(self.kind.as_str(), "asset" | "case") {
            wrong("kind", "must be asset or case".to_owned());
        }
        if !matches!(self.origin.as_str(), "own" | "outside") {
            wrong("origin", "must be own or outside".to_owned());
        }
        let web = url::Url::parse(&self.link).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !self.link.is_empty() && (!web || self.link.len() > 2_048) {
            wrong("link", "must be a web address".to_owned());
        }
        if errors.is_empty() { Ok(()) } else { Err(Error::Fields(errors)) }
    }
}

impl CreativePatch {
    /// Lay the change over a creative.
    pub(crate) fn apply(self, to: &mut Creative) {
        let texts = [
            (self.title, &mut to.title),
            (self.kind, &mut to.kind),
            (self.origin, &mut to.origin),
            (self.description, &mut to.description),
            (self.theme, &mut to.theme),
            (self.interaction, &mut to.interaction),
            (self.season, &mut to.season),
            (self.channel, &mut to.channel),
            (self.campaign_type, &mut to.campaign_type),
            (self.objectives, &mut to.objectives),
            (self.categories, &mut to.categories),
            (self.audience, &mut to.audience),
            (self.link, &mut to.link),
            (self.body, &mut to.body),
        ];
        for (new, place) in texts {
            if let Some(new) = new {
                *place = new.trim().to_owned();
            }
        }
        to.archived = self.archived.unwrap_or(to.archived);
    }
}

impl NewResult {
    /// Every mistake in it.
    pub(crate) fn check(&self) -> Result<()> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, message: &str| {
            errors.push(FieldError { field: field.to_owned(), message: message.to_owned() });
        };
        if self.label.trim().is_empty()
            || self.label.len() > WORDS_BYTES_MAX
            || self.label.chars().any(char::is_control)
        {
            wrong("label", "must be one line of 1 to 200 bytes");
        }
        if self.objective.len() > WORDS_BYTES_MAX || self.objective.chars().any(char::is_control) {
            wrong("objective", "must be one line of at most 200 bytes");
        }
        if self.tried < 0 {
            wrong("tried", "must not be below zero");
        }
        if self.reached < 0 || self.reached > self.tried {
            wrong("reached", "must be between zero and `tried`");
        }
        if self.clicks.is_some_and(|clicks| clicks < 0) {
            wrong("clicks", "must not be below zero");
        }
        if errors.is_empty() { Ok(()) } else { Err(Error::Fields(errors)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(tried: i64, reached: i64) -> NewResult {
        NewResult {
            label: "spring".to_owned(),
            objective: String::new(),
            campaign: None,
            at: None,
            tried,
            reached,
            clicks: None,
            revenue: None,
        }
    }

    #[test]
    fn a_result_cannot_reach_more_than_it_tried() {
        assert!(result(10, 10).check().is_ok());
        for bad in [result(10, 11), result(-1, 0), result(1, -1)] {
            assert!(bad.check().is_err());
        }
        assert!(NewResult { label: " ".to_owned(), ..result(1, 1) }.check().is_err());
    }
}
