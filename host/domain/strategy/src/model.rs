//! The nouns of lessons. No I/O.

use jiff::Timestamp;
use rialto_kernel::Locale;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Where a lesson stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LessonState {
    /// Written by the host or a person, not yet agreed to.
    Draft,
    /// Agreed to; offered to whoever plans something similar.
    Kept,
    /// No longer offered.
    Archived,
}

impl LessonState {
    const ALL: [Self; 3] = [Self::Draft, Self::Kept, Self::Archived];

    /// The word as it is stored and shown.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Kept => "kept",
            Self::Archived => "archived",
        }
    }

    /// The value of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// A lesson in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LessonText {
    /// One line.
    pub title: String,
    /// What happened and what to do differently; a paragraph a line.
    #[serde(default)]
    pub text: String,
}

/// A lesson in the languages it is written in; at least one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LessonTexts {
    /// English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<LessonText>,
    /// 简体中文.
    #[serde(default, rename = "zh-CN", skip_serializing_if = "Option::is_none")]
    pub zh_cn: Option<LessonText>,
}

impl LessonTexts {
    /// The text in a language, or in the other where there is none.
    #[must_use]
    pub fn of(&self, locale: Locale) -> Option<&LessonText> {
        match locale {
            Locale::En => self.en.as_ref().or(self.zh_cn.as_ref()),
            Locale::ZhCn => self.zh_cn.as_ref().or(self.en.as_ref()),
        }
    }
}

/// A number a lesson rests on, as it was when the lesson was drafted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Figure {
    /// The metric of the catalogue.
    pub metric: String,
    /// `count`, `ratio` or `money:USD` (minor units).
    pub unit: String,
    /// The campaign's value.
    pub value: f64,
    /// What was planned, where the campaign had a goal on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<f64>,
    /// The median of earlier campaigns of the same type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual: Option<f64>,
    /// How many campaigns that median is of.
    #[serde(default)]
    pub campaigns: u32,
}

/// A lesson.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Lesson {
    /// The id.
    pub id: Uuid,
    /// The campaign that taught it, if one did.
    pub campaign: Option<Uuid>,
    /// The unit it belongs to; the whole workspace if absent.
    pub unit: Option<Uuid>,
    /// Where it stands.
    pub state: LessonState,
    /// The objective it speaks of.
    pub objective: String,
    /// The type of campaign it speaks of.
    pub kind: String,
    /// Channels it speaks of.
    pub channels: Vec<String>,
    /// The month of the year it happened in, 1 to 12.
    pub month: Option<u8>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// What it says.
    pub texts: LessonTexts,
    /// The numbers it rests on.
    pub figures: Vec<Figure>,
    /// Who agreed to it.
    pub kept_by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub kept_at: Option<Timestamp>,
    /// Its version, for `If-Match`.
    pub version: i64,
    /// Who made it.
    pub created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// A lesson written by a person.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLesson {
    /// The campaign that taught it.
    #[serde(default)]
    pub campaign: Option<Uuid>,
    /// The unit it belongs to; the campaign's if absent.
    #[serde(default)]
    pub unit: Option<Uuid>,
    /// The objective it speaks of; the campaign's if absent.
    #[serde(default)]
    pub objective: Option<String>,
    /// The type of campaign it speaks of; the campaign's if absent.
    #[serde(default)]
    pub kind: Option<String>,
    /// Channels it speaks of; the campaign's if absent.
    #[serde(default)]
    pub channels: Option<Vec<String>>,
    /// Words to find it by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What it says, in at least one language.
    pub texts: LessonTexts,
}

/// A change to a lesson: what is absent stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LessonPatch {
    /// Another state: `kept` agrees to it.
    pub state: Option<LessonState>,
    /// Another objective.
    pub objective: Option<String>,
    /// Another type of campaign.
    pub kind: Option<String>,
    /// Other channels.
    pub channels: Option<Vec<String>>,
    /// Other words to find it by.
    pub tags: Option<Vec<String>>,
    /// Other words; a language that is absent stays.
    pub texts: Option<LessonTexts>,
}

/// A lesson that fits a plan, and why.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SimilarLesson {
    /// The lesson.
    pub lesson: Lesson,
    /// How well it fits; more is better.
    pub score: u32,
    /// Why, in the caller's language.
    pub reasons: Vec<String>,
}
