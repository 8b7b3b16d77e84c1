//! One plain sentence made of the figures, in both languages. Nothing in it is
//! written in: a figure that is not there makes no clause.

use super::split::RoiSplit;
use rialto_kernel::{Currency, Locale, Money};

/// What the sentence tells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    pub(super) split: RoiSplit,
    pub(super) currency: Currency,
    /// Actual less planned, minor units.
    pub(super) cost_minor: i64,
    /// Actual less planned, minor units.
    pub(super) value_minor: i64,
    /// What people, rate and price did, hundredths of a point; they sum to the
    /// revenue part.
    pub(super) factors: Option<[i64; 3]>,
}

pub(super) fn sentence(told: &Told, locale: Locale) -> String {
    match locale {
        Locale::ZhCn => chinese(told),
        Locale::En => english(told),
    }
}

fn english(told: &Told) -> String {
    let split = told.split;
    let gap = split.actual - split.plan;
    let (actual, plan) = (percent(split.actual, " "), percent(split.plan, " "));
    if gap == 0 && split.cost == 0 {
        return format!("ROI came in as planned, at {actual}.");
    }
    let way = match gap {
        0 => "as planned in all".to_owned(),
        gap if gap < 0 => format!("{} under plan", points(-gap)),
        gap => format!("{} over plan", points(gap)),
    };
    let cost = clause(split.cost, told.cost_minor, told.currency, ("costs were", "higher", "lower"));
    let revenue = clause(split.revenue, told.value_minor, told.currency, ("revenue was", "higher", "lower"));
    let mut text = format!("ROI came in {way} ({actual} instead of {plan}): {cost}, and {revenue}");
    if let Some([people, rate, price]) = told.factors.filter(|_| split.revenue != 0) {
        text.push_str(&format!(
            "; of the revenue part, {} came from the number of people reached, {} from the conversion rate and {} from the \
             value of a person who converted",
            signed(people),
            signed(rate),
            signed(price),
        ));
    }
    text.push('.');
    text
}

fn clause(part: i64, minor: i64, currency: Currency, (what, more, less): (&str, &str, &str)) -> String {
    let word = if minor < 0 { less } else { more };
    if minor == 0 {
        return format!("{} because {what} as planned", signed_points(part));
    }
    format!("{} because {what} {} {word} than planned", signed_points(part), Money { minor: minor.abs(), currency })
}

fn chinese(told: &Told) -> String {
    let split = told.split;
    let gap = split.actual - split.plan;
    let (actual, plan) = (percent(split.actual, ""), percent(split.plan, ""));
    if gap == 0 && split.cost == 0 {
        return format!("投资回报率（ROI）与计划一致，为 {actual}。");
    }
    let way = match gap {
        0 => "总体与计划持平".to_owned(),
        gap if gap < 0 => format!("比计划低 {} 个百分点", number(-gap)),
        gap => format!("比计划高 {} 个百分点", number(gap)),
    };
    let changed = |what: &str, part: i64, minor: i64| {
        let money = Money { minor: minor.abs(), currency: told.currency };
        let how = match minor {
            0 => "与计划一致".to_owned(),
            minor if minor < 0 => format!("比计划少 {money}"),
            _ => format!("比计划多 {money}"),
        };
        format!("{what}{how}，影响 {} 个百分点", signed(part))
    };
    let mut text = format!(
        "投资回报率（ROI）{way}（实际 {actual}，计划 {plan}）：{}；{}",
        changed("费用", split.cost, told.cost_minor),
        changed("收入", split.revenue, told.value_minor),
    );
    if let Some([people, rate, price]) = told.factors.filter(|_| split.revenue != 0) {
        text.push_str(&format!(
            "。收入部分中，触达人数 {}、转化率 {}、人均转化金额 {}",
            signed(people),
            signed(rate),
            signed(price)
        ));
    }
    text.push('。');
    text
}

/// Hundredths as a plain decimal without idle zeros.
fn number(hundredths: i64) -> String {
    let (whole, part) = (hundredths.abs() / 100, hundredths.abs() % 100);
    let sign = if hundredths < 0 { "−" } else { "" };
    match (part, part % 10) {
        (0, _) => format!("{sign}{whole}"),
        (part, 0) => format!("{sign}{whole}.{}", part / 10),
        (part, _) => format!("{sign}{whole}.{part:02}"),
    }
}

fn signed(hundredths: i64) -> String {
    if hundredths > 0 { format!("+{}", number(hundredths)) } else { number(hundredths) }
}

fn percent(hundredths: i64, space: &str) -> String {
    format!("{}{space}%", number(hundredths))
}

fn points(hundredths: i64) -> String {
    if hundredths.abs() == 100 {
        format!("{} point", number(hundredths))
    } else {
        format!("{} points", number(hundredths))
    }
}

fn signed_points(hundredths: i64) -> String {
    let points = points(hundredths);
    if hundredths > 0 { format!("+{points}") } else { points }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(split: RoiSplit, cost_minor: i64, value_minor: i64, factors: Option<[i64; 3]>) -> Told {
        Told { split, currency: "USD".parse().unwrap(), cost_minor, value_minor, factors }
    }

    #[test]
    fn the_sentence_says_the_figures_and_no_others() {
        let split = RoiSplit { plan: 5_000, actual: 3_800, cost: -900, revenue: -300 };
        let one = told(split, 12_000, -4_000, Some([-250, 100, -150]));
        assert_eq!(
            sentence(&one, Locale::En),
            "ROI came in 12 points under plan (38 % instead of 50 %): −9 points because costs were 120.00 USD higher than planned, \
             and −3 points because revenue was 40.00 USD lower than planned; of the revenue part, −2.5 came from the number of \
             people reached, +1 from the conversion rate and −1.5 from the value of a person who converted."
        );
        assert_eq!(
            sentence(&one, Locale::ZhCn),
            "投资回报率（ROI）比计划低 12 个百分点（实际 38%，计划 50%）：费用比计划多 120.00 USD，影响 −9 个百分点；\
             收入比计划少 40.00 USD，影响 −3 个百分点。收入部分中，触达人数 −2.5、转化率 +1、人均转化金额 −1.5。"
        );
        let same = RoiSplit { plan: 1_234, actual: 1_234, cost: 0, revenue: 0 };
        assert_eq!(sentence(&told(same, 0, 0, None), Locale::En), "ROI came in as planned, at 12.34 %.");
    }
}
