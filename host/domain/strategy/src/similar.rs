//! How well a lesson fits a plan. Pure.

use crate::model::Lesson;
use rialto_kernel::Locale;

/// What is compared of a plan.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    pub(crate) objective: String,
    pub(crate) kind: String,
    pub(crate) channels: Vec<String>,
    pub(crate) month: Option<u8>,
    pub(crate) words: Vec<String>,
}

const SAME_OBJECTIVE: u32 = 4;
const SAME_KIND: u32 = 3;
const SAME_CHANNEL: u32 = 2;
const SAME_SEASON: u32 = 1;
const SAME_WORD: u32 = 1;

/// The score and its reasons; a score of nothing means it does not fit. The
/// season alone makes nothing similar.
pub(crate) fn fit(plan: &Plan, lesson: &Lesson, locale: Locale) -> (u32, Vec<String>) {
    let mut score = 0;
    let mut reasons = Vec::new();
    let mut add = |points: u32, en: String, zh: String| {
        score += points;
        reasons.push(match locale {
            Locale::En => en,
            Locale::ZhCn => zh,
        });
    };
    if same(&plan.objective, &lesson.objective) {
        add(SAME_OBJECTIVE, format!("same objective: {}", plan.objective), format!("目标相同：{}", plan.objective));
    }
    if same(&plan.kind, &lesson.kind) {
        add(SAME_KIND, format!("same type of campaign: {}", plan.kind), format!("活动类型相同：{}", plan.kind));
    }
    let channels: Vec<&str> =
        plan.channels.iter().filter(|one| lesson.channels.contains(one)).map(String::as_str).collect();
    if !channels.is_empty() {
        let names = channels.join(", ");
        add(SAME_CHANNEL, format!("same channel: {names}"), format!("渠道相同：{names}"));
    }
    let words: Vec<&str> = plan.words.iter().filter(|word| speaks_of(lesson, word)).map(String::as_str).collect();
    if !words.is_empty() {
        let names = words.join(", ");
        let points = SAME_WORD * u32::try_from(words.len()).unwrap_or(u32::MAX).min(3);
        add(points, format!("speaks of: {names}"), format!("涉及：{names}"));
    }
    if score > 0 && plan.month.zip(lesson.month).is_some_and(|(one, other)| months_apart(one, other) <= 1) {
        score += SAME_SEASON;
        reasons.push(locale.pick("same season", "季节相同").to_owned());
    }
    (score, reasons)
}

fn same(one: &str, other: &str) -> bool {
    !one.is_empty() && one.eq_ignore_ascii_case(other)
}

/// Around the year: December and January are one apart.
fn months_apart(one: u8, other: u8) -> u8 {
    let apart = one.abs_diff(other) % 12;
    apart.min(12 - apart)
}

fn speaks_of(lesson: &Lesson, word: &str) -> bool {
    let word = word.to_lowercase();
    let texts = [&lesson.texts.en, &lesson.texts.zh_cn];
    let said = texts.into_iter().flatten().any(|text| text.title.to_lowercase().contains(&word));
    said || lesson.tags.iter().any(|tag| tag.to_lowercase() == word)
}

/// Words of a plan's name worth looking for.
pub(crate) fn words_of(name: &str) -> Vec<String> {
    const CHARS_MIN: usize = 4;
    const WORDS_MAX: usize = 12;
    let mut words: Vec<String> = name
        .split(|c: char| !c.is_alphanumeric())
        // A Chinese word is short; a short Latin one says little.
        .filter(|word| word.chars().count() >= if word.is_ascii() { CHARS_MIN } else { 2 })
        .map(str::to_lowercase)
        .collect();
    words.dedup();
    words.truncate(WORDS_MAX);
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LessonState, LessonText, LessonTexts};
    use rialto_kernel::from_micros;
    use uuid::Uuid;

    fn lesson(objective: &str, kind: &str, channels: &[&str], month: Option<u8>) -> Lesson {
        Lesson {
            id: Uuid::nil(),
            campaign: None,
            unit: None,
            state: LessonState::Kept,
            objective: objective.to_owned(),
            kind: kind.to_owned(),
            channels: channels.iter().map(|one| (*one).to_owned()).collect(),
            month,
            tags: vec!["Coffee".to_owned()],
            texts: LessonTexts {
                en: Some(LessonText { title: "Coupons for bakery".to_owned(), text: String::new() }),
                zh_cn: None,
            },
            figures: Vec::new(),
            kept_by: None,
            kept_at: None,
            version: 1,
            created_by: String::new(),
            created_at: from_micros(0),
            updated_at: from_micros(0),
        }
    }

    #[test]
    fn a_lesson_fits_by_what_it_shares_with_the_plan_and_says_so() {
        let plan = Plan {
            objective: "win-back".to_owned(),
            kind: "coupon-mailing".to_owned(),
            channels: vec!["email".to_owned()],
            month: Some(12),
            words: words_of("Bakery and coffee for all"),
        };
        let (score, reasons) =
            fit(&plan, &lesson("win-back", "coupon-mailing", &["email", "sms"], Some(1)), Locale::En);
        assert_eq!(score, 4 + 3 + 2 + 2 + 1);
        assert_eq!(reasons.len(), 5, "{reasons:?}");
        assert_eq!(
            fit(&plan, &lesson("", "survey", &["sms"], Some(12)), Locale::ZhCn).1,
            ["涉及：bakery, coffee", "季节相同"]
        );
    }

    #[test]
    fn the_season_alone_makes_nothing_similar() {
        let plan = Plan { month: Some(6), ..Plan::default() };
        assert_eq!(fit(&plan, &lesson("win-back", "x", &["email"], Some(6)), Locale::En), (0, Vec::new()));
        assert_eq!(months_apart(12, 1), 1);
        assert_eq!(months_apart(3, 9), 6);
    }
}
