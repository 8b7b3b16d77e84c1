//! A lesson's words from a campaign's numbers, in both languages. Pure: every
//! number in a sentence is one of the figures given.

use crate::model::{Figure, LessonText, LessonTexts};
use rialto_campaign::NotSent;
use rialto_kernel::{Currency, Locale, Money, words};

/// What a draft is written from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Material {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) figures: Vec<Figure>,
    /// Titles of the figures' metrics, English and Chinese, in the figures' order.
    pub(crate) titles: Vec<[String; 2]>,
    /// Why people were not written to, most first, with how many.
    pub(crate) not_sent: Vec<(String, f64)>,
    /// Sentences of other areas: return against plan, lift. English and Chinese.
    pub(crate) measured: Vec<[String; 2]>,
}

/// A rate this far from what is usual, relatively, is worth a word.
const FAR: f64 = 0.2;
/// Share of an audience lost to one reason that is worth doing something about.
const LOST_SHARE: f64 = 0.05;

/// The draft.
pub(crate) fn written(material: &Material) -> LessonTexts {
    LessonTexts { en: Some(text(material, Locale::En)), zh_cn: Some(text(material, Locale::ZhCn)) }
}

fn text(material: &Material, locale: Locale) -> LessonText {
    let mut lines: Vec<String> = material
        .figures
        .iter()
        .zip(&material.titles)
        .map(|(figure, titles)| sentence(figure, &titles[usize::from(locale == Locale::ZhCn)], &material.kind, locale))
        .collect();
    lines.extend(material.measured.iter().map(|texts| texts[usize::from(locale == Locale::ZhCn)].clone()));
    let advice = advice(material, locale);
    if advice.is_empty() {
        lines.push(
            locale
                .pick(
                    "Nothing here stands out from what is usual; say what you would do again.",
                    "各项数字与往常无明显差别；请写下值得再做一次的部分。",
                )
                .to_owned(),
        );
    }
    lines.extend(advice);
    let title = match locale {
        Locale::En => format!("What {} taught", material.name),
        Locale::ZhCn => format!("“{}”的经验", material.name),
    };
    LessonText { title, text: lines.join("\n") }
}

fn sentence(figure: &Figure, title: &str, kind: &str, locale: Locale) -> String {
    let value = shown(figure.value, &figure.unit);
    let mut said = match locale {
        Locale::En => format!("{title}: {value}"),
        Locale::ZhCn => format!("{title}：{value}"),
    };
    if let Some(expected) = figure.expected {
        let (plan, met) = (shown(expected, &figure.unit), figure.value >= expected);
        said += &match (locale, met) {
            (Locale::En, true) => format!(", the goal of {plan} reached"),
            (Locale::En, false) => format!(", short of the goal of {plan}"),
            (Locale::ZhCn, true) => format!("，达到目标 {plan}"),
            (Locale::ZhCn, false) => format!("，未达到目标 {plan}"),
        };
    }
    if let Some(usual) = figure.usual {
        let (median, n) = (shown(usual, &figure.unit), figure.campaigns);
        let how = match (away(figure), locale) {
            (Some(true), _) => locale.pick("above", "高于"),
            (Some(false), _) => locale.pick("below", "低于"),
            (None, _) => locale.pick("close to", "接近"),
        };
        said += &match locale {
            Locale::En => format!("; {how} the median {median} of {n} earlier campaigns of type {kind}"),
            Locale::ZhCn => format!("；{how}此前 {n} 个“{kind}”类活动的中位数 {median}"),
        };
    }
    said.push_str(locale.pick(".", "。"));
    said
}

/// Whether a figure is far above (`true`) or below what is usual.
fn away(figure: &Figure) -> Option<bool> {
    let usual = figure.usual?;
    let apart = figure.value - usual;
    (apart.abs() > FAR * usual.abs()).then_some(apart > 0.0)
}

fn advice(material: &Material, locale: Locale) -> Vec<String> {
    let mut lines = Vec::new();
    let figure = |metric: &str| material.figures.iter().find(|figure| figure.metric == metric);
    let audience = figure("audience").map_or(0.0, |figure| figure.value);
    if let Some((reason, people)) = material.not_sent.first()
        && audience > 0.0
        && people / audience >= LOST_SHARE
    {
        let share = shown(people / audience, "ratio");
        let reason = NotSent::from_word(reason).map(NotSent::sentence).unwrap_or(reason);
        let reason = words::said(reason, locale);
        lines.push(match locale {
            Locale::En => {
                format!("{share} of the audience were not written to ({reason}); mend that before the next one.")
            }
            Locale::ZhCn => format!("受众中有 {share} 未能触达（{reason}）；下次活动前请先解决。"),
        });
    }
    let far = |metric: &str| figure(metric).and_then(away);
    let said = match (far("click-rate"), far("redemption-rate")) {
        (Some(true), Some(false)) => Some((
            "People clicked more than usual and redeemed less: the message works, look at the offer.",
            "点击高于往常而核销偏低：内容有效，请检查优惠本身。",
        )),
        (Some(false), Some(true)) => Some((
            "People clicked less than usual and redeemed more: the offer works, look at the message.",
            "点击低于往常而核销偏高：优惠有效，请改进内容。",
        )),
        (Some(true), _) => Some((
            "The message drew more clicks than usual: keep it in the library.",
            "内容点击高于往常：请存入创意库。",
        )),
        (_, Some(true)) => {
            Some(("The offer was redeemed more than usual: use it again.", "优惠核销高于往常：可再次使用。"))
        }
        (Some(false), _) => {
            Some(("The message drew fewer clicks than usual: try another.", "内容点击低于往常：请换一种内容。"))
        }
        (_, Some(false)) => {
            Some(("The offer was redeemed less than usual: try another.", "优惠核销低于往常：请换一种优惠。"))
        }
        _ => None,
    };
    lines.extend(said.map(|(en, zh)| locale.pick(en, zh).to_owned()));
    lines
}

/// A number as people write it: `27.0 %`, `1234`, `12.50 USD`.
fn shown(value: f64, unit: &str) -> String {
    if unit == "ratio" {
        return format!("{:.1} %", value * 100.0);
    }
    match unit.strip_prefix("money:").and_then(|code| code.parse::<Currency>().ok()) {
        // Far beyond any sum of money, the number alone.
        Some(currency) if value.abs() < 9e15 => {
            #[allow(clippy::cast_possible_truncation, reason = "bounded above")]
            let minor = value.round() as i64;
            Money { minor, currency }.to_string()
        }
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(metric: &str, unit: &str, value: f64) -> Figure {
        Figure { metric: metric.to_owned(), unit: unit.to_owned(), value, expected: None, usual: None, campaigns: 0 }
    }

    fn material() -> Material {
        let mut clicks = figure("click-rate", "ratio", 0.10);
        (clicks.usual, clicks.campaigns) = (Some(0.05), 4);
        let mut redeemed = figure("redemption-rate", "ratio", 0.02);
        (redeemed.usual, redeemed.campaigns, redeemed.expected) = (Some(0.04), 4, Some(0.03));
        Material {
            name: "Autumn".to_owned(),
            kind: "coupon-mailing".to_owned(),
            figures: vec![
                figure("audience", "count", 600.0),
                figure("spend", "money:CNY", 125_050.0),
                clicks,
                redeemed,
            ],
            titles: [
                ("Audience", "触达人群"),
                ("Spend", "实际花费"),
                ("Click rate", "点击率"),
                ("Redemption rate", "核销率"),
            ]
            .map(|(en, zh)| [en.to_owned(), zh.to_owned()])
            .to_vec(),
            not_sent: vec![("no_consent".to_owned(), 60.0)],
            measured: vec![["ROI came in as planned, at 12 %.".to_owned(), "投资回报率与计划一致。".to_owned()]],
        }
    }

    #[test]
    fn every_sentence_says_a_figure_and_what_it_is_held_against() {
        let draft = written(&material());
        let english = draft.en.unwrap().text;
        for said in [
            "Audience: 600.",
            "Spend: 1250.50 CNY.",
            "Click rate: 10.0 %; above the median 5.0 % of 4 earlier campaigns of type coupon-mailing.",
            "Redemption rate: 2.0 %, short of the goal of 3.0 %; below the median 4.0 %",
            "10.0 % of the audience were not written to (no consent for this channel and topic)",
            "look at the offer",
            "ROI came in as planned, at 12 %.",
        ] {
            assert!(english.contains(said), "no `{said}` in:\n{english}");
        }
        let chinese = draft.zh_cn.unwrap();
        assert_eq!(chinese.title, "“Autumn”的经验");
        assert!(
            chinese.text.contains("点击率：10.0 %；高于此前 4 个“coupon-mailing”类活动的中位数 5.0 %。"),
            "{}",
            chinese.text
        );
        assert!(chinese.text.contains("投资回报率与计划一致。"), "{}", chinese.text);
    }

    #[test]
    fn a_campaign_like_all_others_is_said_to_be_one() {
        let mut usual = material();
        usual.not_sent.clear();
        for figure in &mut usual.figures {
            figure.usual = figure.usual.map(|_| figure.value * 1.1);
        }
        assert!(written(&usual).en.unwrap().text.contains("Nothing here stands out"));
    }
}
