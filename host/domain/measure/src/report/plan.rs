//! What the host adds to a report about a campaign: its plan and money, and on
//! charts by days the annotations. A report has no door to budgets and notes,
//! so no plugin needs one; every number is the catalogue's or the budget's.

use super::render::ANNOTATIONS;
use crate::{
    MeasureError,
    query::home,
    roi::{RoiAnswer, RoiPart, roi_of},
};
use rialto_campaign::{Annotation, Budget, Campaign, LineStatus, annotations_between, budget_of, campaign_get};
use rialto_contract::report::{BLOCKS_MAX, Block, Column, Document};
use rialto_kernel::{Id, Locale, Problem, WorkspaceId, to_micros};
use rialto_slice::Host;
use rialto_web::Caller;
use serde::Deserialize;

/// Annotations shown in one report.
const ANNOTATIONS_MAX: u32 = 100;

#[derive(Debug, Default, Deserialize)]
struct Parameters {
    #[serde(default)]
    campaign: String,
    #[serde(default)]
    locale: Option<Locale>,
}

/// Add what there is to a report whose parameters name a campaign by its id; a
/// campaign without a budget or goals gets no section.
pub(super) async fn add(
    host: &Host,
    ws: WorkspaceId,
    locale: Locale,
    parameters: &str,
    document: &mut Document,
) -> Result<(), MeasureError> {
    let wanted: Parameters = serde_json::from_str(parameters).unwrap_or_default();
    let Ok(id) = wanted.campaign.trim().parse::<Id>() else { return Ok(()) };
    let Ok(campaign) = campaign_get(host, &Caller::system(ws), id).await else { return Ok(()) };
    let locale = wanted.locale.unwrap_or(locale);
    let (notes, zone) = notes(host, ws, &campaign).await?;
    mark(document, &notes, &zone);
    if let Some(section) = section(host, ws, locale, &campaign).await?
        && document.blocks.len() + section.len() <= BLOCKS_MAX
    {
        document.blocks.extend(section);
    }
    Ok(())
}

async fn notes(
    host: &Host,
    ws: WorkspaceId,
    campaign: &Campaign,
) -> Result<(Vec<Annotation>, jiff::tz::TimeZone), MeasureError> {
    let mut conn = host.store.read(ws).await?;
    let zone = home(&mut conn, ws).await?.zone;
    let now = host.now_in(ws);
    let span = (campaign.starts_at.or(campaign.launched_at).map_or(i64::MIN, to_micros), now);
    let notes = annotations_between(&mut conn, ws, Some(campaign.id), span, ANNOTATIONS_MAX).await.map_err(other)?;
    Ok((notes, zone))
}

/// Hand the annotations to every chart by days.
fn mark(document: &mut Document, notes: &[Annotation], zone: &jiff::tz::TimeZone) {
    if notes.is_empty() {
        return;
    }
    let days: Vec<(String, String)> =
        notes.iter().map(|note| (note.at.to_zoned(zone.clone()).date().to_string(), note.text.clone())).collect();
    let Ok(json) = serde_json::to_string(&days) else { return };
    for block in document.blocks.iter_mut().filter(|block| block.kind == "chart") {
        if block.columns.iter().any(|column| column.name == "day") {
            block.options.push((ANNOTATIONS.to_owned(), json.clone()));
        }
    }
}

async fn section(
    host: &Host,
    ws: WorkspaceId,
    locale: Locale,
    campaign: &Campaign,
) -> Result<Option<Vec<Block>>, MeasureError> {
    let budget = {
        let mut conn = host.store.read(ws).await?;
        budget_of(&mut conn, ws, campaign, host.now_in(ws), locale).await
    };
    let heading = text_block("heading", locale.pick("Plan and money", "计划与资金"));
    let budget = match budget {
        Ok(budget) if budget.lines.is_empty() && campaign.goals.is_empty() => return Ok(None),
        Ok(budget) => budget,
        // The report is worth having without the money; why it is not there is said.
        Err(rialto_campaign::Error::Problem(why)) => {
            return Ok(Some(vec![heading, text_block("callout", &why.detail)]));
        }
        Err(cause) => return Err(other(cause)),
    };
    let mut blocks = vec![heading];
    if !budget.lines.is_empty() {
        money(&mut blocks, &budget, locale);
    }
    match roi_of(host, ws, locale, campaign, None).await {
        Ok(roi) => {
            returns(&mut blocks, &roi, locale);
            blocks.extend(roi.sentence.iter().map(|sentence| text_block("text", sentence)));
            blocks.extend(roi.cannot.iter().map(|why| text_block("callout", why)));
        }
        Err(cause) => blocks.push(text_block("callout", &Problem::from(cause).detail)),
    }
    Ok(Some(blocks))
}

fn money(blocks: &mut Vec<Block>, budget: &Budget, locale: Locale) {
    let unit = format!("money:{}", budget.currency);
    for (name, title, minor) in [
        ("planned-cost", locale.pick("Planned", "计划"), budget.totals.planned_minor),
        ("committed-cost", locale.pick("Committed", "已承诺"), budget.totals.committed_minor),
        ("actual-cost", locale.pick("Spent", "实际花费"), budget.totals.actual_minor),
    ] {
        let column = numbers(name, title, &unit, vec![minor]);
        blocks.push(Block {
            kind: "figure".to_owned(),
            text: title.to_owned(),
            columns: vec![column],
            options: vec![],
        });
    }
    let lines = &budget.lines;
    let of = |read: fn(&LineStatus) -> i64| lines.iter().map(read).collect::<Vec<_>>();
    let names = Column {
        name: "line".to_owned(),
        title: locale.pick("Budget line", "预算科目").to_owned(),
        unit: "text".to_owned(),
        texts: lines.iter().map(|status| status.line.name.clone()).collect(),
        numbers: Vec::new(),
    };
    let columns = vec![
        names,
        numbers("planned", locale.pick("Planned", "计划"), &unit, of(|status| status.planned_minor)),
        numbers("committed", locale.pick("Committed", "已承诺"), &unit, of(|status| status.committed_minor)),
        numbers("actual", locale.pick("Spent", "实际花费"), &unit, of(|status| status.actual_minor)),
        numbers("left", locale.pick("Left", "剩余"), &unit, of(|status| status.left_minor)),
    ];
    let title = locale.pick("Plan against actual", "预实对比").to_owned();
    blocks.push(Block { kind: "table".to_owned(), text: title, columns, options: vec![] });
    for warning in &budget.warnings {
        blocks.push(text_block("callout", &warning.message));
    }
}

/// Return on investment on both sides, and the difference taken apart.
fn returns(blocks: &mut Vec<Block>, roi: &RoiAnswer, locale: Locale) {
    for (name, title, side) in [
        ("planned-roi", locale.pick("ROI as planned", "计划投资回报率"), roi.plan.roi),
        ("actual-roi", locale.pick("ROI as it came in", "实际投资回报率"), roi.actual.roi),
    ] {
        let Some(number) = side else { continue };
        let column = Column { numbers: vec![number], ..numbers(name, title, "ratio", Vec::new()) };
        let (kind, text) = ("figure".to_owned(), title.to_owned());
        blocks.push(Block { kind, text, columns: vec![column], options: vec![] });
    }
    let Some(parts) = &roi.parts else { return };
    let rows: Vec<(&str, RoiPart)> = [
        (locale.pick("Cost", "费用"), Some(parts.cost)),
        (locale.pick("Revenue", "收入"), Some(parts.revenue)),
        (locale.pick("Revenue: people reached", "收入：触达人数"), parts.volume),
        (locale.pick("Revenue: conversion rate", "收入：转化率"), parts.rate),
        (locale.pick("Revenue: value per person", "收入：人均价值"), parts.price),
    ]
    .into_iter()
    .filter_map(|(name, part)| Some((name, part?)))
    .collect();
    let names = Column {
        texts: rows.iter().map(|(name, _)| (*name).to_owned()).collect(),
        ..numbers("part", locale.pick("Part", "部分"), "text", Vec::new())
    };
    let points = Column {
        numbers: rows.iter().map(|(_, part)| part.points).collect(),
        ..numbers("points", locale.pick("Percentage points", "百分点"), "number", Vec::new())
    };
    let unit = format!("money:{}", roi.currency);
    let minors = rows.iter().map(|(_, part)| part.minor).collect();
    let amounts = numbers("difference", locale.pick("Actual less planned", "实际减计划"), &unit, minors);
    let text = locale.pick("ROI against plan", "投资回报率与计划对比").to_owned();
    blocks.push(Block { kind: "table".to_owned(), text, columns: vec![names, points, amounts], options: vec![] });
}

#[allow(clippy::cast_precision_loss, reason = "minor units below 2^53, as every number of a report")]
fn numbers(name: &str, title: &str, unit: &str, minors: Vec<i64>) -> Column {
    Column {
        name: name.to_owned(),
        title: title.to_owned(),
        unit: unit.to_owned(),
        texts: Vec::new(),
        numbers: minors.into_iter().map(|minor| minor as f64).collect(),
    }
}

fn text_block(kind: &str, text: &str) -> Block {
    Block { kind: kind.to_owned(), text: text.to_owned(), columns: Vec::new(), options: Vec::new() }
}

fn other(error: rialto_campaign::Error) -> MeasureError {
    MeasureError::Other(Problem::from(error))
}
