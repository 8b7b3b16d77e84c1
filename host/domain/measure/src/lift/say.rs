//! The sentence that follows from the figures, in English and 简体中文. Every
//! word that judges is chosen by a figure; none is written in.

use super::{
    interval::Interval,
    view::{Design, Group, LiftResult, Naive, Sentence},
};

/// A ratio this near to one is told as "about as much".
const ALIKE: f64 = 0.05;

/// What the figures say.
pub(crate) fn sentence(result: &LiftResult) -> Sentence {
    match result.design {
        Design::Randomised => held_out(result),
        Design::Matched => by_matching(result),
    }
}

fn held_out(result: &LiftResult) -> Sentence {
    let (Some(found), Some(treated), Some(held)) =
        (&result.randomised, group(result, "treated"), group(result, "held_out"))
    else {
        return Sentence {
            en: "One of the two sides is empty: nothing can be told.".to_owned(),
            zh_cn: "其中一组没有人：无法得出结论。".to_owned(),
        };
    };
    let points =
        Interval { estimate: found.rate.estimate * 100.0, low: found.rate.low * 100.0, high: found.rate.high * 100.0 };
    let (a, b) = (percent(treated.rate * 100.0), percent(held.rate * 100.0));
    let (low, high) = (signed(points.low), signed(points.high));
    let mut en = format!(
        "Of {} to be written to, {a} % converted; of {} held out, {b} %: {} points ({low} … {high}), {}.",
        treated.people,
        held.people,
        signed(points.estimate),
        verdict(&points, false)
    );
    let mut zh = format!(
        "拟触达 {} 人，转化率 {a}%；对照组 {} 人，转化率 {b}%：相差 {} 个百分点（95% 置信区间 {low} 至 {high}），{}。",
        treated.people,
        held.people,
        signed(points.estimate),
        verdict(&points, true)
    );
    if let Some(change) = &found.change {
        en.push_str(&format!(" Spend a person changed by {}, {}.", span(change, false), verdict(change, false)));
        zh.push_str(&format!("人均消费变化 {}，{}。", span(change, true), verdict(change, true)));
    }
    Sentence { en, zh_cn: zh }
}

fn by_matching(result: &LiftResult) -> Sentence {
    let (mut en, mut zh) = naive(&result.naive);
    match &result.matched {
        Some(found) => match &found.change {
            Some(change) => {
                en.push_str(&format!(
                    " Matched on what they spent before, the change is {}: {}.",
                    span(change, false),
                    verdict(change, false)
                ));
                zh.push_str(&format!("按以往消费匹配后，变化为 {}：{}。", span(change, true), verdict(change, true)));
            }
            None => {
                en.push_str(" Nobody alike spent anything: a change cannot be told.");
                zh.push_str("同类人群没有消费：无法得出变化。");
            }
        },
        None => {
            en.push_str(" There is nobody alike to match them with, or no time before to match on: it cannot be told what the campaign did.");
            zh.push_str("没有可匹配的同类人群，或没有活动前的数据：无法判断活动的效果。");
        }
    }
    Sentence { en, zh_cn: zh }
}

fn naive(naive: &Naive) -> (String, String) {
    let (Some(now), before) = (naive.ratio, naive.ratio_before) else {
        return (
            "Those we did not write to spent nothing, so there is no ratio.".to_owned(),
            "未触达人群没有消费，无法计算比值。".to_owned(),
        );
    };
    let more = now >= 1.0 + ALIKE;
    let Some(before) = before else {
        return (
            format!("Those we wrote to spent {now:.2} × as much a person as the others."),
            format!("触达人群的人均消费是其他人的 {now:.2} 倍。"),
        );
    };
    let (link, link_zh) = match before {
        b if b >= 1.0 + ALIKE && more => ("but they already spent", "但活动前同样长的时间里就已是"),
        b if b >= 1.0 + ALIKE => ("and before they spent", "活动前同样长的时间里是"),
        b if b <= 1.0 - ALIKE && more => ("though before they spent only", "而活动前同样长的时间里只有"),
        _ => ("and before they spent", "活动前同样长的时间里是"),
    };
    let already = if link.starts_with("but") { " before" } else { "" };
    (
        format!(
            "Those we wrote to spent {now:.2} × as much a person as the others, {link} {before:.2} × as much{already}."
        ),
        format!("触达人群的人均消费是其他人的 {now:.2} 倍，{link_zh} {before:.2} 倍。"),
    )
}

/// What an interval lets one say.
fn verdict(interval: &Interval, chinese: bool) -> &'static str {
    match (interval.side(), chinese) {
        (0, false) => "cannot be told from nothing",
        (0, true) => "无法与零区分",
        (1, false) => "more than chance explains",
        (1, true) => "高于偶然所能解释的范围",
        (_, false) => "less, and more than chance explains",
        (_, true) => "低于零，超出偶然所能解释的范围",
    }
}

fn group<'r>(result: &'r LiftResult, name: &str) -> Option<&'r Group> {
    result.groups.iter().find(|group| group.group == name)
}

/// `+3 % (−4 % … +11 %)`.
fn span(interval: &Interval, chinese: bool) -> String {
    let figure = |share: f64| signed(share * 100.0);
    let (middle, low, high) = (figure(interval.estimate), figure(interval.low), figure(interval.high));
    match chinese {
        true => format!("{middle}%（95% 置信区间 {low}% 至 {high}%）"),
        false => format!("{middle} % ({low} % … {high} %)"),
    }
}

fn signed(number: f64) -> String {
    let text = percent(number.abs());
    let zero = text.chars().all(|c| matches!(c, '0' | '.'));
    match (zero, number < 0.0) {
        (true, _) => text,
        (false, true) => format!("−{text}"),
        (false, false) => format!("+{text}"),
    }
}

/// Whole above ten, one place below.
fn percent(number: f64) -> String {
    if number.abs() < 10.0 { format!("{number:.1}") } else { format!("{number:.0}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lift::matched::Matched;

    fn result(now: f64, before: f64, change: (f64, f64, f64)) -> LiftResult {
        let interval = |(estimate, low, high): (f64, f64, f64)| Interval { estimate, low, high };
        LiftResult {
            design: Design::Matched,
            naive: Naive { ratio: Some(now), ratio_before: Some(before) },
            matched: Some(Matched {
                change: Some(interval(change)),
                value_minor: interval((0.0, 0.0, 0.0)),
                rate: interval((0.0, 0.0, 0.0)),
                treated: 10,
                treated_matched: 9,
                others_matched: 20,
                strata: 2,
                balance: Vec::new(),
            }),
            ..LiftResult::default()
        }
    }

    #[test]
    fn the_figures_choose_the_words() {
        let said = sentence(&result(2.3, 2.2, (0.03, -0.04, 0.11)));
        assert_eq!(
            said.en,
            "Those we wrote to spent 2.30 × as much a person as the others, but they already spent 2.20 × as much before. \
             Matched on what they spent before, the change is +3.0 % (−4.0 % … +11 %): cannot be told from nothing."
        );
        assert_eq!(
            said.zh_cn,
            "触达人群的人均消费是其他人的 2.30 倍，但活动前同样长的时间里就已是 2.20 倍。\
             按以往消费匹配后，变化为 +3.0%（95% 置信区间 −4.0% 至 +11%）：无法与零区分。"
        );
        let more = sentence(&result(1.5, 1.0, (0.42, 0.2, 0.6))).en;
        assert!(more.contains("and before they spent 1.00") && more.ends_with("more than chance explains."), "{more}");
        let less = sentence(&result(0.5, 1.0, (-0.42, -0.6, -0.2)));
        assert!(less.en.contains("less") && less.zh_cn.contains("低于零"), "{less:?}");
    }
}
