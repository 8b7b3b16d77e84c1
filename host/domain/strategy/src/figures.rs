//! The numbers of a campaign that a lesson rests on: asked of the metrics
//! catalogue, with what earlier campaigns of the same type came to, and the
//! sentences of return and lift. It computes no metric itself.

use crate::{draft::Material, error::Result, model::Figure};
use rialto_campaign::Campaign;
use rialto_kernel::{Id, Locale, Problem, WorkspaceId, to_micros};
use rialto_measure::{Question, lift::lift_latest, metrics, query, roi::roi_of};
use rialto_slice::Host;
use std::collections::{BTreeMap, HashMap};

/// What a lesson tells of, in this order, where the campaign has it.
const METRICS: &[&str] = &[
    "audience",
    "accepted",
    "open-rate",
    "click-rate",
    "unsubscribes",
    "bounces",
    "redeemers",
    "redemption-rate",
    "spend",
];

/// Metrics that may be held against those of campaigns of another size.
fn comparable(metric: &str) -> bool {
    metric.ends_with("-rate")
}

/// Gather a campaign's numbers; `earlier` are campaigns of the same type that
/// began before it, `conversion` the definition its return is computed by.
pub(crate) async fn gather(
    host: &Host,
    ws: WorkspaceId,
    campaign: &Campaign,
    earlier: &[Id],
    conversion: Option<&str>,
) -> Result<Material> {
    let mut material = Material { name: campaign.name.clone(), kind: campaign.kind.clone(), ..Material::default() };
    let goals: HashMap<&str, f64> = campaign.goals.iter().map(|goal| (goal.metric.as_str(), goal.expected)).collect();
    let mut wanted: Vec<&str> = METRICS.to_vec();
    wanted.extend(goals.keys().copied().filter(|name| !METRICS.contains(name)));
    for name in wanted {
        let Some(metric) = metrics::find(name) else { continue };
        let Some((value, unit)) = one(host, ws, name, campaign.id).await? else { continue };
        if value == 0.0 && !goals.contains_key(name) {
            continue;
        }
        let others = if comparable(name) { each(host, ws, name, earlier).await? } else { Vec::new() };
        material.titles.push([metric.title.en.to_owned(), metric.title.zh.to_owned()]);
        material.figures.push(Figure {
            metric: name.to_owned(),
            unit,
            value,
            expected: goals.get(name).copied(),
            campaigns: u32::try_from(others.len()).unwrap_or(u32::MAX),
            usual: median(others),
        });
    }
    material.not_sent = not_sent(host, ws, campaign.id).await?;
    material.measured.extend(return_on_plan(host, ws, campaign, conversion).await?);
    let lift = lift_latest(host, ws, campaign.id).await.map_err(Problem::from)?;
    material.measured.extend(lift.map(|found| [found.sentence.en, found.sentence.zh_cn]));
    Ok(material)
}

/// Return on investment against plan in one sentence, where both are known.
async fn return_on_plan(
    host: &Host,
    ws: WorkspaceId,
    campaign: &Campaign,
    conversion: Option<&str>,
) -> Result<Option<[String; 2]>> {
    let found = roi_of(host, ws, Locale::En, campaign, conversion).await.map_err(Problem::from);
    let answer = match found {
        Ok(answer) => answer,
        // No definition of a conversion, or several and none named: the lesson is silent on the return.
        Err(problem) if problem.status == 422 && conversion.is_none() => return Ok(None),
        Err(problem) => return Err(problem.into()),
    };
    let said = |locale: Locale| answer.sentences[locale.tag()].as_str().map(str::to_owned);
    Ok(said(Locale::En).zip(said(Locale::ZhCn)).map(|(en, zh)| [en, zh]))
}

fn of_campaigns(metric: &str, campaigns: &[Id]) -> Question {
    let ids = campaigns.iter().map(ToString::to_string).collect();
    Question { filter: BTreeMap::from([("campaign".to_owned(), ids)]), ..Question::of(metric) }
}

async fn one(host: &Host, ws: WorkspaceId, metric: &str, campaign: Id) -> Result<Option<(f64, String)>> {
    match query(host, ws, Locale::En, &of_campaigns(metric, &[campaign])).await {
        Ok(answer) => Ok(answer.total.filter(|value| value.is_finite()).map(|value| (value, answer.unit))),
        // A goal on a metric that needs more than a campaign to be answered is left to the plan's own page.
        Err(problem) if problem.status == 422 => Ok(None),
        Err(problem) => Err(problem.into()),
    }
}

async fn each(host: &Host, ws: WorkspaceId, metric: &str, campaigns: &[Id]) -> Result<Vec<f64>> {
    if campaigns.is_empty() {
        return Ok(Vec::new());
    }
    let question = Question { by: vec!["campaign".to_owned()], ..of_campaigns(metric, campaigns) };
    let answer = query(host, ws, Locale::En, &question).await?;
    Ok(answer.rows.into_iter().filter_map(|row| row.value).filter(|value| value.is_finite()).collect())
}

async fn not_sent(host: &Host, ws: WorkspaceId, campaign: Id) -> Result<Vec<(String, f64)>> {
    let question = Question { by: vec!["reason".to_owned()], ..of_campaigns("not-sent", &[campaign]) };
    let answer = query(host, ws, Locale::En, &question).await?;
    let reasons = answer.rows.into_iter().filter_map(|row| Some((row.keys.into_iter().next()?, row.value?)));
    // Held out is what was wanted, not a loss.
    let mut reasons: Vec<(String, f64)> = reasons.filter(|(reason, _)| reason != "held_out").collect();
    reasons.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    Ok(reasons)
}

/// The middle value, or the mean of the middle two.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => Some(values[middle]),
        _ => Some(f64::midpoint(values[middle - 1], values[middle])),
    }
}

/// The month of the year a campaign began in, in UTC.
pub(crate) fn month_of(campaign: &Campaign) -> Option<u8> {
    let began = campaign.launched_at.or(campaign.starts_at)?;
    u8::try_from(began.to_zoned(jiff::tz::TimeZone::UTC).month()).ok()
}

/// When a campaign began, for what came before it.
pub(crate) fn began(campaign: &Campaign) -> Option<i64> {
    campaign.starts_at.or(campaign.launched_at).map(to_micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_between_the_middle_two() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }
}
