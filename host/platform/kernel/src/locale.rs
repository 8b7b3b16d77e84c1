//! The languages Rialto speaks.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// English or simplified Chinese.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Locale {
    /// English.
    #[default]
    #[serde(rename = "en")]
    En,
    /// 简体中文.
    #[serde(rename = "zh-CN")]
    ZhCn,
}

impl Locale {
    /// The BCP 47 tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhCn => "zh-CN",
        }
    }

    /// The best of our languages for an `Accept-Language` header.
    #[must_use]
    pub fn negotiate(header: Option<&str>) -> Self {
        let mut best = (Self::En, 0.0_f32);
        for part in header.unwrap_or("").split(',') {
            let (tag, quality) = part.split_once(";q=").unwrap_or((part, "1"));
            let quality: f32 = quality.trim().parse().unwrap_or(0.0);
            if let Ok(locale) = tag.trim().parse::<Self>()
                && quality > best.1
            {
                best = (locale, quality);
            }
        }
        best.0
    }

    /// The text of this language.
    #[must_use]
    pub fn pick<'a>(self, en: &'a str, zh: &'a str) -> &'a str {
        match self {
            Self::En => en,
            Self::ZhCn => zh,
        }
    }
}

impl FromStr for Locale {
    type Err = String;

    fn from_str(tag: &str) -> Result<Self, String> {
        match tag.to_ascii_lowercase().split(['-', '_']).next() {
            Some("en") => Ok(Self::En),
            Some("zh") => Ok(Self::ZhCn),
            _ => Err(format!("`{}` is not a language Rialto speaks (en, zh-CN)", tag.escape_debug())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_better_liked_language_wins() {
        assert_eq!(Locale::negotiate(Some("fr, zh-CN;q=0.9, en;q=0.8")), Locale::ZhCn);
        assert_eq!(Locale::negotiate(Some("en-GB,zh;q=0.1")), Locale::En);
        assert_eq!(Locale::negotiate(None), Locale::En);
    }
}
