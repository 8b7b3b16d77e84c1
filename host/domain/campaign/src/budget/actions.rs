//! The verbs of budgets.

use super::{
    Budget, BudgetLine, BudgetLinePatch, LINE_MINOR_MAX, LINES_MAX, LineKind, NewBudgetLine, budget_of, csv, sql,
};
use crate::{
    actions::{READ, WRITE, require},
    check,
    error::{Error, Result, problem},
    model::Campaign,
    sql::campaign_find,
};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Id, Money, WorkspaceId, from_micros, to_micros};
use rialto_sales::rates::converted;
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::{Caller, IfMatch};
use serde_json::json;

/// The budget of a campaign against what was spent.
///
/// # Errors
/// When there is no such campaign, the caller may not see it, or an amount has
/// no dated rate.
pub async fn budget_get(host: &Host, caller: &Caller, campaign: Id) -> Result<Budget> {
    let mut conn = host.store.read(caller.workspace).await?;
    let held = seen(&mut conn, caller, campaign).await?;
    budget_of(&mut conn, caller.workspace, &held, host.now_in(caller.workspace), caller.locale).await
}

/// The same as a file for a spreadsheet.
///
/// # Errors
/// As [`budget_get`].
pub(crate) async fn budget_csv(host: &Host, caller: &Caller, campaign: Id) -> Result<String> {
    Ok(csv::csv(&budget_get(host, caller, campaign).await?, caller.locale))
}

/// The lines of a campaign.
///
/// # Errors
/// When there is no such campaign, or the caller may not see it.
pub async fn line_page(host: &Host, caller: &Caller, campaign: Id) -> Result<Vec<BudgetLine>> {
    let mut conn = host.store.read(caller.workspace).await?;
    let held = seen(&mut conn, caller, campaign).await?;
    sql::line_list(&mut conn, caller.workspace, held.id).await
}

async fn seen(conn: &mut Conn, caller: &Caller, campaign: Id) -> Result<Campaign> {
    let held = campaign_find(conn, caller.workspace, campaign).await?;
    require(conn, caller, held.unit, READ).await?;
    Ok(held)
}

/// Plan a line.
///
/// # Errors
/// When a field is wrong, or its currency has no dated rate into the campaign's.
pub async fn line_create(host: &Host, caller: &Caller, campaign: Id, new: NewBudgetLine) -> Result<BudgetLine> {
    let (ws, host_in, caller_in) = (caller.workspace, host.clone(), caller.clone());
    host.store
        .write(ws, "budget.create", move |conn| {
            Box::pin(async move {
                let held = campaign_find(conn, ws, campaign).await?;
                require(conn, &caller_in, held.unit, WRITE).await?;
                let line = drafted(&host_in, &caller_in, &held, new)?;
                let others = sql::line_list(conn, ws, campaign).await?;
                if others.len() >= LINES_MAX {
                    return Err(Error::field("kind", format!("a budget has at most {LINES_MAX} lines")));
                }
                check_line(conn, ws, &held, &line, &others).await?;
                sql::line_put(conn, ws, &line).await?;
                let entry = AuditEntry::new(&host_in, &caller_in, "budget.create", "campaign", campaign);
                audit(conn, &entry.detail(json!({ "line": line.id, "planned": line.planned }))).await?;
                Ok(line)
            })
        })
        .await
}

fn drafted(host: &Host, caller: &Caller, campaign: &Campaign, new: NewBudgetLine) -> Result<BudgetLine> {
    let currency = new.currency.unwrap_or(campaign.currency);
    let now = from_micros(host.now_us());
    let name = if new.name.trim().is_empty() { new.kind.word().to_owned() } else { check::line("name", &new.name)? };
    let planned = planned(new.planned_minor, new.unit_cost_minor, new.quantity)?;
    Ok(BudgetLine {
        id: host.id(),
        campaign: campaign.id,
        kind: new.kind,
        channel: channel(&new.channel)?,
        name,
        planned: Money { minor: planned, currency },
        committed: Money { minor: new.committed_minor, currency },
        unit_cost_minor: new.unit_cost_minor,
        quantity: new.quantity,
        priced_at: new.priced_at.unwrap_or_else(|| from_micros(host.now_in(caller.workspace))),
        note: check::bounded("note", &new.note)?,
        version: 1,
        created_by: caller.actor.to_string(),
        created_at: now,
        updated_at: now,
    })
}

fn channel(text: &str) -> Result<String> {
    if text.trim().is_empty() { Ok(String::new()) } else { check::line("channel", text) }
}

/// One truth: an amount, or a unit cost times a quantity; both only if they agree.
fn planned(minor: Option<i64>, unit_cost: Option<i64>, quantity: Option<i64>) -> Result<i64> {
    let product = match (unit_cost, quantity) {
        (Some(cost), Some(count)) => {
            let whole = cost.checked_mul(count);
            Some(whole.ok_or_else(|| Error::field("quantity", "times the unit cost is more than can be planned"))?)
        }
        (None, None) => None,
        (Some(_), None) => return Err(Error::field("quantity", "is needed with `unit_cost_minor`")),
        (None, Some(_)) => return Err(Error::field("unit_cost_minor", "is needed with `quantity`")),
    };
    match (minor, product) {
        (Some(minor), Some(product)) if minor != product => {
            Err(Error::field("planned_minor", format!("is not unit cost times quantity, {product}; leave one out")))
        }
        (Some(minor), _) | (None, Some(minor)) => Ok(minor),
        (None, None) => Err(Error::field("planned_minor", "give an amount, or a unit cost and a quantity")),
    }
}

async fn check_line(
    conn: &mut Conn,
    ws: WorkspaceId,
    campaign: &Campaign,
    line: &BudgetLine,
    others: &[BudgetLine],
) -> Result<()> {
    let amounts = [
        ("planned_minor", Some(line.planned.minor)),
        ("committed_minor", Some(line.committed.minor)),
        ("unit_cost_minor", line.unit_cost_minor),
        ("quantity", line.quantity),
    ];
    for (field, minor) in amounts {
        if minor.is_some_and(|minor| !(0..=LINE_MINOR_MAX).contains(&minor)) {
            return Err(Error::field(field, format!("must be from 0 to {LINE_MINOR_MAX}")));
        }
    }
    let same = |other: &&BudgetLine| other.id != line.id && other.kind == line.kind && other.channel == line.channel;
    if line.kind == LineKind::Sends && others.iter().any(|other| same(&other)) {
        return Err(Error::field("channel", "there is a line for the sends of this channel already; change that one"));
    }
    // Refused now, not when somebody reads the sum.
    converted(conn, ws, line.planned, campaign.currency, to_micros(line.priced_at)).await.map_err(problem)?;
    Ok(())
}

/// Change a line.
///
/// # Errors
/// When there is none, it was changed meanwhile, or a field is wrong.
pub async fn line_patch(
    host: &Host,
    caller: &Caller,
    (campaign, id): (Id, Id),
    expected: IfMatch,
    patch: BudgetLinePatch,
) -> Result<BudgetLine> {
    let (ws, host_in, caller_in) = (caller.workspace, host.clone(), caller.clone());
    host.store
        .write(ws, "budget.change", move |conn| {
            Box::pin(async move {
                let held = campaign_find(conn, ws, campaign).await?;
                require(conn, &caller_in, held.unit, WRITE).await?;
                let mut line = sql::line_find(conn, ws, campaign, id).await?;
                expected.check(line.version)?;
                apply(&mut line, patch)?;
                line.version += 1;
                line.updated_at = from_micros(host_in.now_us());
                let others = sql::line_list(conn, ws, campaign).await?;
                check_line(conn, ws, &held, &line, &others).await?;
                sql::line_put(conn, ws, &line).await?;
                let entry = AuditEntry::new(&host_in, &caller_in, "budget.change", "campaign", campaign);
                audit(conn, &entry.detail(json!({ "line": id, "planned": line.planned }))).await?;
                Ok(line)
            })
        })
        .await
}

fn apply(line: &mut BudgetLine, patch: BudgetLinePatch) -> Result<()> {
    if let Some(text) = patch.channel {
        line.channel = channel(&text)?;
    }
    if let Some(name) = patch.name {
        line.name = check::line("name", &name)?;
    }
    if let Some(note) = patch.note {
        line.note = check::bounded("note", &note)?;
    }
    let parts = patch.unit_cost_minor.is_some() || patch.quantity.is_some();
    if parts {
        line.unit_cost_minor = patch.unit_cost_minor.or(line.unit_cost_minor);
        line.quantity = patch.quantity.or(line.quantity);
        line.planned.minor = planned(patch.planned_minor, line.unit_cost_minor, line.quantity)?;
    } else if let Some(minor) = patch.planned_minor {
        (line.unit_cost_minor, line.quantity, line.planned.minor) = (None, None, minor);
    }
    line.committed.minor = patch.committed_minor.unwrap_or(line.committed.minor);
    line.priced_at = patch.priced_at.unwrap_or(line.priced_at);
    Ok(())
}

/// Take a line away.
///
/// # Errors
/// When there is none, or the caller may not.
pub async fn line_delete(host: &Host, caller: &Caller, campaign: Id, id: Id) -> Result<()> {
    let (ws, host_in, caller_in) = (caller.workspace, host.clone(), caller.clone());
    host.store
        .write(ws, "budget.delete", move |conn| {
            Box::pin(async move {
                let held = campaign_find(conn, ws, campaign).await?;
                require(conn, &caller_in, held.unit, WRITE).await?;
                if !sql::line_delete(conn, ws, campaign, id).await? {
                    return Err(Error::NotFound("budget line"));
                }
                let entry = AuditEntry::new(&host_in, &caller_in, "budget.delete", "campaign", campaign);
                audit(conn, &entry.detail(json!({ "line": id }))).await?;
                Ok(())
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::planned;

    #[test]
    fn an_amount_is_told_once() {
        assert_eq!(planned(Some(100), None, None).ok(), Some(100));
        assert_eq!(planned(None, Some(5), Some(1_000)).ok(), Some(5_000));
        assert_eq!(planned(Some(5_000), Some(5), Some(1_000)).ok(), Some(5_000));
        for (minor, cost, count, field) in [
            (None, None, None, "planned_minor"),
            (Some(4_999), Some(5), Some(1_000), "planned_minor"),
            (None, Some(5), None, "quantity"),
            (None, None, Some(5), "unit_cost_minor"),
            (None, Some(i64::MAX), Some(2), "quantity"),
        ] {
            let said = planned(minor, cost, count).expect_err(field).to_string();
            assert!(said.starts_with(field), "{said}");
        }
    }
}
