//! A budget against what was spent. Every amount is turned into the campaign's
//! currency row by row at the rate of its day, as the metric `spend` does it:
//! the two always agree.

use super::{
    Budget, BudgetLine, BudgetTotals, BudgetWarning, LineKind, LineStatus, Unplanned,
    sql::{Outflow, line_list, send_outflows, spend_outflows},
};
use crate::{
    error::{Error, Result, problem},
    model::Campaign,
};
use rialto_kernel::{Currency, Id, Locale, Money, WorkspaceId, to_micros};
use rialto_sales::rates::{DAY_US, Exchange};
use rialto_store::Conn;
use std::collections::BTreeMap;

/// The budget of a campaign as it stands at an instant.
///
/// # Errors
/// When an amount has no dated rate into the campaign's currency, or the store fails.
pub async fn budget_of(
    conn: &mut Conn,
    ws: WorkspaceId,
    campaign: &Campaign,
    now: i64,
    locale: Locale,
) -> Result<Budget> {
    let lines = line_list(conn, ws, campaign.id).await?;
    let mut exchange = Exchange::to(ws, campaign.currency);
    let mut spent: BTreeMap<Id, i64> = BTreeMap::new();
    let mut unplanned: BTreeMap<(&str, String), i64> = BTreeMap::new();
    let mut totals = BudgetTotals::default();
    for (what, flows) in [
        ("sends", send_outflows(conn, ws, campaign.id, now).await?),
        ("spend", spend_outflows(conn, ws, campaign.id, now).await?),
    ] {
        for flow in flows {
            let minor = worth(conn, &mut exchange, &flow).await?;
            totals.actual_minor += minor;
            totals.sends_minor += if what == "sends" { minor } else { 0 };
            match line_of(&lines, what == "sends", &flow) {
                Some(line) => *spent.entry(line).or_default() += minor,
                None => *unplanned.entry((what, flow.channel)).or_default() += minor,
            }
        }
    }
    let mut status = Vec::with_capacity(lines.len());
    for line in lines {
        let at = to_micros(line.priced_at);
        let planned_minor = exchange.convert(conn, line.planned, at).await.map_err(problem)?;
        let committed_minor = exchange.convert(conn, line.committed, at).await.map_err(problem)?;
        let actual_minor = spent.get(&line.id).copied().unwrap_or(0);
        totals.planned_minor += planned_minor;
        totals.committed_minor += committed_minor;
        status.push(LineStatus {
            left_minor: planned_minor - actual_minor,
            line,
            planned_minor,
            committed_minor,
            actual_minor,
        });
    }
    totals.left_minor = totals.planned_minor - totals.actual_minor;
    let unplanned: Vec<Unplanned> = unplanned
        .into_iter()
        .map(|((what, channel), actual_minor)| Unplanned { what: what.to_owned(), channel, actual_minor })
        .collect();
    let warnings = warnings(&status, &unplanned, &totals, campaign.currency, locale);
    Ok(Budget { currency: campaign.currency, lines: status, unplanned, totals, warnings })
}

async fn worth(conn: &mut Conn, exchange: &mut Exchange, flow: &Outflow) -> Result<i64> {
    let currency: Currency = flow.currency.parse().map_err(|_| Error::Stored("currency"))?;
    let one =
        exchange.convert(conn, Money { minor: flow.minor, currency }, flow.day * DAY_US).await.map_err(problem)?;
    Ok(one.saturating_mul(flow.times))
}

/// The line that money belongs to: sends to the line of sends of their channel,
/// or of all channels; spend to the line it names, else to the only other line
/// of its channel.
fn line_of(lines: &[BudgetLine], sends: bool, flow: &Outflow) -> Option<Id> {
    if sends {
        let of = |channel: &str| lines.iter().find(|l| l.kind == LineKind::Sends && l.channel == channel);
        return of(&flow.channel).or_else(|| of("")).map(|line| line.id);
    }
    if let Some(named) = flow.budget_line {
        return lines.iter().find(|line| line.id == named).map(|line| line.id);
    }
    let mut fitting = lines.iter().filter(|l| l.kind != LineKind::Sends && l.channel == flow.channel);
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Some(only.id),
        _ => None,
    }
}

fn warnings(
    lines: &[LineStatus],
    unplanned: &[Unplanned],
    totals: &BudgetTotals,
    currency: Currency,
    locale: Locale,
) -> Vec<BudgetWarning> {
    let money = |minor| Money { minor, currency };
    let mut found = Vec::new();
    let mut warn = |code: &str, line: Option<Id>, en: String, zh: String| {
        let message = if locale == Locale::En { en } else { zh };
        found.push(BudgetWarning { code: code.to_owned(), line, message });
    };
    for status in lines {
        let (name, id) = (&status.line.name, Some(status.line.id));
        if status.actual_minor > status.planned_minor {
            let over = money(status.actual_minor - status.planned_minor);
            let (en, zh) = (format!("“{name}” is over its plan by {over}"), format!("“{name}”超出计划 {over}"));
            warn("over_planned", id, en, zh);
        }
        if status.committed_minor > status.planned_minor {
            let over = money(status.committed_minor - status.planned_minor);
            let en = format!("“{name}” has more committed than planned, by {over}");
            warn("over_committed", id, en, format!("“{name}”已承诺金额超出计划 {over}"));
        }
    }
    for one in unplanned {
        let (spent, channel) = (money(one.actual_minor), &one.channel);
        let en = format!("{spent} went out on {channel} without a budget line ({})", one.what);
        warn("unplanned", None, en, format!("渠道 {channel} 有 {spent} 支出没有对应的预算科目（{}）", one.what));
    }
    if totals.actual_minor > totals.planned_minor && !lines.is_empty() {
        let over = money(totals.actual_minor - totals.planned_minor);
        let (en, zh) = (format!("the campaign is over its budget by {over}"), format!("营销活动超出预算 {over}"));
        warn("over_planned", None, en, zh);
    }
    found
}
