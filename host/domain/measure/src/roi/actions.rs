//! Return on investment against plan: planned figures from the goals and the
//! budget, actual ones from the metrics catalogue.

use super::{
    sentence::{Told, sentence},
    split::{Factors, in_proportion, roi, roi_split, value_split},
};
use crate::{MeasureError, Question};
use rialto_campaign::{Campaign, budget_of};
use rialto_kernel::{Currency, Locale, Problem, WorkspaceId};
use rialto_slice::Host;
use serde::Serialize;
use utoipa::ToSchema;

/// How the parts are made, with its source.
const METHOD: &str = "Shapley value over the orders of changing the factors (Shapley 1953; Shorrocks 2013), \
                      whole units by largest remainder";

/// One side of the comparison.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct RoiSide {
    /// What it costs, minor units.
    pub cost_minor: Option<i64>,
    /// What conversions are worth, minor units.
    pub value_minor: Option<i64>,
    /// Return on investment; 0.5 is a gain of half the cost.
    pub roi: Option<f64>,
    /// Different people reached.
    pub people: Option<f64>,
    /// Of them, the share who converted.
    pub conversion_rate: Option<f64>,
    /// What one who converted is worth, minor units.
    pub value_per_person: Option<f64>,
}

/// A part of the difference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct RoiPart {
    /// In percentage points; the parts sum to the whole.
    pub points: f64,
    /// In minor units, where it is a part of the revenue or cost.
    pub minor: i64,
}

/// The difference taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct RoiParts {
    /// Actual less planned, percentage points; `cost + revenue`.
    pub points: f64,
    /// What the cost did; its amount is actual less planned cost.
    pub cost: RoiPart,
    /// What the revenue did; its amount is actual less planned value.
    pub revenue: RoiPart,
    /// Of the revenue: how many people were reached.
    pub volume: Option<RoiPart>,
    /// Of the revenue: how many of them converted.
    pub rate: Option<RoiPart>,
    /// Of the revenue: what one who converted is worth.
    pub price: Option<RoiPart>,
}

/// Return on investment against plan.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RoiAnswer {
    /// The campaign.
    #[schema(value_type = uuid::Uuid)]
    pub campaign: rialto_kernel::Id,
    /// The currency of all amounts: the campaign's.
    #[schema(value_type = String)]
    pub currency: Currency,
    /// As planned: budget and goals.
    pub plan: RoiSide,
    /// As it came in: the metrics catalogue.
    pub actual: RoiSide,
    /// The difference; absent where it cannot be computed.
    pub parts: Option<RoiParts>,
    /// What cannot be computed, and because of what.
    pub cannot: Vec<String>,
    /// The difference in one sentence, in the caller's language.
    pub sentence: Option<String>,
    /// The same in English and 简体中文.
    #[schema(value_type = Object)]
    pub sentences: serde_json::Value,
    /// How the parts are made.
    pub method: String,
}

/// Return on investment of a campaign against its plan. `conversion` names the
/// conversion definition where there are several.
///
/// # Errors
/// When a figure has no dated rate, the definition is not known, or the store fails.
pub async fn roi_of(
    host: &Host,
    ws: WorkspaceId,
    locale: Locale,
    campaign: &Campaign,
    conversion: Option<&str>,
) -> Result<RoiAnswer, MeasureError> {
    let plan = planned(host, ws, campaign).await?;
    let actual = actual(host, ws, campaign, conversion).await?;
    let mut cannot = Vec::new();
    let parts = parts(&plan, &actual, locale, &mut cannot);
    let told = parts.map(|parts| told(&plan, &actual, &parts, campaign.currency));
    let said = |locale| told.flatten().map(|told| sentence(&told, locale));
    Ok(RoiAnswer {
        campaign: campaign.id,
        currency: campaign.currency,
        sentence: said(locale),
        sentences: serde_json::json!({ "en": said(Locale::En), "zh-CN": said(Locale::ZhCn) }),
        plan,
        actual,
        parts,
        cannot,
        method: METHOD.to_owned(),
    })
}

/// The planned figures: the lines of the budget (else its bound), and the goals.
async fn planned(host: &Host, ws: WorkspaceId, campaign: &Campaign) -> Result<RoiSide, MeasureError> {
    let mut conn = host.store.read(ws).await?;
    let budget = budget_of(&mut conn, ws, campaign, host.now_in(ws), Locale::En).await.map_err(other)?;
    let cost = if budget.lines.is_empty() { campaign.budget_minor } else { Some(budget.totals.planned_minor) };
    let goal = |name: &str| campaign.goals.iter().find(|goal| goal.metric == name).map(|goal| goal.expected);
    let people = goal("audience");
    let ratio = |over: Option<f64>, under: Option<f64>| over.zip(under.filter(|u| *u > 0.0)).map(|(o, u)| o / u);
    let rate = goal("conversion-rate").or_else(|| ratio(goal("converted-people"), people));
    let converted = goal("converted-people").or_else(|| Some(people? * rate?));
    let by_parts = converted.zip(goal("value-per-person")).map(|(converted, value)| converted * value);
    let by_roi = goal("roi").zip(cost).map(|(roi, cost)| minor_f64(cost) * (1.0 + roi));
    let value = goal("conversion-value").or(by_parts).or(by_roi).and_then(minor);
    let price = goal("value-per-person").or_else(|| ratio(value.map(minor_f64), converted));
    Ok(side(cost, value, people, rate, price))
}

/// The actual figures: the catalogue's.
async fn actual(
    host: &Host,
    ws: WorkspaceId,
    campaign: &Campaign,
    conversion: Option<&str>,
) -> Result<RoiSide, MeasureError> {
    let cost = ask(host, ws, campaign, "spend", None).await?.and_then(minor);
    let people = ask(host, ws, campaign, "audience", None).await?;
    let converted = ask(host, ws, campaign, "converted-people", conversion).await?;
    let value = ask(host, ws, campaign, "conversion-value", conversion).await?.and_then(minor);
    let rate = people.filter(|n| *n > 0.0).zip(converted).map(|(people, converted)| converted / people);
    let price = converted.filter(|n| *n > 0.0).zip(value).map(|(converted, value)| minor_f64(value) / converted);
    Ok(side(cost, value, people, rate, price))
}

async fn ask(
    host: &Host,
    ws: WorkspaceId,
    campaign: &Campaign,
    metric: &str,
    conversion: Option<&str>,
) -> Result<Option<f64>, MeasureError> {
    let mut question = Question::of(metric).only("campaign", campaign.id);
    question.currency = Some(campaign.currency.to_string());
    if let Some(code) = conversion {
        question = question.only("conversion", code);
    }
    Ok(crate::query(host, ws, Locale::En, &question).await.map_err(MeasureError::Other)?.total)
}

fn side(
    cost_minor: Option<i64>,
    value_minor: Option<i64>,
    people: Option<f64>,
    conversion_rate: Option<f64>,
    value_per_person: Option<f64>,
) -> RoiSide {
    let roi = value_minor.zip(cost_minor).and_then(|(value, cost)| roi(value, cost)).map(|h| share(h) / 100.0);
    RoiSide { cost_minor, value_minor, roi, people, conversion_rate, value_per_person }
}

fn parts(plan: &RoiSide, actual: &RoiSide, locale: Locale, cannot: &mut Vec<String>) -> Option<RoiParts> {
    for (missing, en, zh) in [
        (plan.cost_minor.is_none_or(|c| c <= 0), NO_PLANNED_COST.0, NO_PLANNED_COST.1),
        (plan.value_minor.is_none(), NO_PLANNED_VALUE.0, NO_PLANNED_VALUE.1),
        (actual.cost_minor.is_none_or(|c| c <= 0), NOTHING_SPENT.0, NOTHING_SPENT.1),
    ] {
        if missing {
            cannot.push(locale.pick(en, zh).to_owned());
        }
    }
    let (planned, came) = (plan.value_minor.zip(plan.cost_minor)?, actual.value_minor.zip(actual.cost_minor)?);
    let split = roi_split(planned, came)?;
    let value_minor = came.0 - planned.0;
    let factors = match factors(plan, actual, locale) {
        Ok((before, after)) => value_split(before, after, value_minor),
        Err(why) => {
            cannot.push(why);
            None
        }
    };
    let shares = factors.map(|minors| {
        let points = in_proportion(split.revenue, &minors, value_minor).unwrap_or_else(|| vec![0; 3]);
        [0, 1, 2].map(|at| RoiPart { points: share(points.get(at).copied().unwrap_or(0)), minor: minors[at] })
    });
    Some(RoiParts {
        points: share(split.actual - split.plan),
        cost: RoiPart { points: share(split.cost), minor: came.1 - planned.1 },
        revenue: RoiPart { points: share(split.revenue), minor: value_minor },
        volume: shares.map(|parts| parts[0]),
        rate: shares.map(|parts| parts[1]),
        price: shares.map(|parts| parts[2]),
    })
}

const NO_PLANNED_COST: (&str, &str) = (
    "the planned ROI cannot be computed because no cost is planned: add budget lines",
    "无法计算计划投资回报率：没有计划费用，请添加预算科目",
);
const NO_PLANNED_VALUE: (&str, &str) = (
    "the planned ROI cannot be computed because no revenue is planned: add a goal for `conversion-value`",
    "无法计算计划投资回报率：没有计划收入，请为“转化金额”设定目标",
);
const NOTHING_SPENT: (&str, &str) =
    ("the actual ROI cannot be computed because nothing was spent so far", "无法计算实际投资回报率：目前没有任何花费");
const NO_PLANNED_FACTORS: (&str, &str) = (
    "the revenue part cannot be split because the plan does not say how many people are reached and how many convert: add \
     goals for `audience` and `conversion-rate`",
    "无法拆分收入部分：计划没有说明触达人数和转化率，请为“触达人群”和“转化率”设定目标",
);
const NOBODY_REACHED: (&str, &str) =
    ("the revenue part cannot be split because nobody was reached so far", "无法拆分收入部分：目前没有触达任何人");

/// What revenue is made of on both sides. Where nobody converted there is no
/// actual value of a person: it is taken as planned and gets no part.
fn factors(plan: &RoiSide, actual: &RoiSide, locale: Locale) -> Result<(Factors, Factors), String> {
    let said = |(en, zh): (&'static str, &'static str)| locale.pick(en, zh).to_owned();
    let all = |side: &RoiSide, price: Option<f64>| {
        Some(Factors { people: side.people.filter(|n| *n > 0.0)?, rate: side.conversion_rate?, price: price? })
    };
    let before = all(plan, plan.value_per_person).ok_or_else(|| said(NO_PLANNED_FACTORS))?;
    let after = all(actual, actual.value_per_person.or(plan.value_per_person)).ok_or_else(|| said(NOBODY_REACHED))?;
    Ok((before, after))
}

fn told(plan: &RoiSide, actual: &RoiSide, parts: &RoiParts, currency: Currency) -> Option<Told> {
    let (planned, came) = (plan.value_minor.zip(plan.cost_minor)?, actual.value_minor.zip(actual.cost_minor)?);
    let factors = match (parts.volume, parts.rate, parts.price) {
        (Some(volume), Some(rate), Some(price)) => Some([volume, rate, price].map(|part| hundredths(part.points))),
        _ => None,
    };
    Some(Told {
        split: roi_split(planned, came)?,
        currency,
        cost_minor: parts.cost.minor,
        value_minor: parts.revenue.minor,
        factors,
    })
}

#[allow(clippy::cast_precision_loss, reason = "hundredths of points, far below 2^53")]
fn share(hundredths: i64) -> f64 {
    hundredths as f64 / 100.0
}

#[allow(clippy::cast_possible_truncation, reason = "made by `share` from a whole number")]
fn hundredths(points: f64) -> i64 {
    (points * 100.0).round() as i64
}

#[allow(clippy::cast_precision_loss, reason = "minor units below 2^53")]
fn minor_f64(minor: i64) -> f64 {
    minor as f64
}

#[allow(clippy::cast_possible_truncation, reason = "bounded in the same line")]
fn minor(value: f64) -> Option<i64> {
    (value.is_finite() && value.abs() < 9e15).then(|| value.round() as i64)
}

fn other(error: rialto_campaign::Error) -> MeasureError {
    MeasureError::Other(Problem::from(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(cost: i64, value: i64, people: f64, rate: f64, price: f64) -> RoiSide {
        side(Some(cost), Some(value), Some(people), Some(rate), Some(price))
    }

    #[test]
    fn parts_sum_on_every_level() {
        let plan = whole(100_000, 200_000, 1_000.0, 0.1, 2_000.0);
        let actual = whole(120_000, 240_000, 1_200.0, 0.08, 2_500.0);
        let mut cannot = Vec::new();
        let parts = parts(&plan, &actual, Locale::En, &mut cannot).unwrap();
        assert!(cannot.is_empty(), "{cannot:?}");
        let hundredth = |part: f64| hundredths(part);
        assert_eq!(hundredth(parts.cost.points) + hundredth(parts.revenue.points), hundredth(parts.points));
        let three = [parts.volume.unwrap(), parts.rate.unwrap(), parts.price.unwrap()];
        assert_eq!(three.iter().map(|part| part.minor).sum::<i64>(), parts.revenue.minor);
        assert_eq!(three.iter().map(|p| hundredth(p.points)).sum::<i64>(), hundredth(parts.revenue.points));
        assert_eq!(parts.revenue.minor, 40_000);
    }

    #[test]
    fn what_is_missing_is_told() {
        let says = |plan: &RoiSide, actual: &RoiSide| {
            let mut cannot = Vec::new();
            let found = parts(plan, actual, Locale::En, &mut cannot);
            (found.is_some(), cannot.join("; "))
        };
        let good = whole(100, 200, 10.0, 0.5, 40.0);
        let (some, why) = says(&whole(0, 200, 10.0, 0.5, 40.0), &good);
        assert!(!some && why.contains("no cost is planned"), "{why}");
        let (some, why) = says(&good, &whole(0, 200, 10.0, 0.5, 40.0));
        assert!(!some && why.contains("nothing was spent"), "{why}");
        let (some, why) = says(&good, &side(Some(50), Some(0), Some(0.0), None, None));
        assert!(some && why.contains("nobody was reached"), "{why}");
        let (some, why) = says(&side(Some(100), Some(200), None, None, None), &good);
        assert!(some && why.contains("`audience`"), "{why}");
        // Nobody converted: the value of a person is as planned and has no part.
        let mut cannot = Vec::new();
        let found =
            parts(&good, &side(Some(50), Some(0), Some(10.0), Some(0.0), None), Locale::En, &mut cannot).unwrap();
        assert_eq!(found.price.unwrap().minor, 0);
        assert_eq!(found.rate.unwrap().minor, -200);
    }
}
