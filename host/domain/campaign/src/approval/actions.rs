//! The verbs of approval: ask, decide, look, set how it is done.

use super::{
    Approval, Decision, NewApproval, PlanSettings, PlanSettingsChange, PlanState,
    snapshot::{changed, digest, sections},
    sql::{self, ApprovalRow},
};
use crate::{
    actions::{READ, WRITE, require},
    budget::budget_of,
    check,
    error::{Error, Result, problem},
    lookup::workspace_currency,
    model::{Blocker, Campaign, CampaignState},
    sql::campaign_find,
};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Id, Locale, Money, Page, PageQuery, Problem, WorkspaceId, from_micros};
use rialto_sales::rates::convert;
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::{Caller, IfMatch};
use serde_json::{Value, json};

/// The permission to approve and refuse plans.
pub const APPROVE: &str = "campaign.approve";

/// Why the plan as it stands may not be launched, if it may not: the workspace
/// asks for approval and this version of the plan has none. Call it in the
/// transaction that launches too, so that no change slips in between.
///
/// # Errors
/// When the store fails.
pub async fn launch_allowed(
    conn: &mut Conn,
    ws: WorkspaceId,
    campaign: &Campaign,
    now: i64,
) -> Result<Option<Blocker>> {
    if !required(conn, ws, campaign, now).await? {
        return Ok(None);
    }
    let current = sections(conn, ws, campaign).await?;
    if sql::approved(conn, ws, campaign.id, &digest(&current)).await? {
        return Ok(None);
    }
    let latest = sql::approval_list(conn, ws, campaign.id, None, 1).await?.pop();
    let message = match latest.map(|row| shown(row, campaign.id, &current)) {
        None => "the plan needs approval: ask for it, then launch".to_owned(),
        Some(latest) => match latest.state.as_str() {
            "requested" => "the plan waits for approval".to_owned(),
            "refused" => "the plan was refused; change it and ask again".to_owned(),
            _ => format!("the plan was changed after it was approved ({}); ask again", latest.changed.join(", ")),
        },
    };
    Ok(Some(Blocker { field: "approval".to_owned(), message }))
}

/// Whether a launch needs an approved plan: always when the setting says so,
/// or from the threshold on. A plan whose worth cannot be told needs it.
async fn required(conn: &mut Conn, ws: WorkspaceId, campaign: &Campaign, now: i64) -> Result<bool> {
    let settings = sql::settings_find(conn, ws).await?;
    let Some(threshold) = settings.threshold_minor.filter(|_| settings.approval_required) else {
        return Ok(settings.approval_required);
    };
    let planned = match budget_of(conn, ws, campaign, now, Locale::En).await {
        Ok(budget) => budget.totals.planned_minor.max(campaign.budget_minor.unwrap_or(0)),
        Err(Error::Problem(_)) => return Ok(true),
        Err(other) => return Err(other),
    };
    let Some(home) = workspace_currency(conn, ws).await? else { return Ok(true) };
    let worth = convert(conn, ws, planned, campaign.currency, home, now).await.map_err(problem)?;
    // No bound and no budget is no small plan: its cost is not known.
    let unknown = planned == 0 && campaign.budget_minor.is_none() && campaign.unit_cost_minor > 0;
    Ok(unknown || worth.is_none_or(|Money { minor, .. }| minor >= threshold))
}

/// The plan of a campaign as it stands, and whether it is approved.
///
/// # Errors
/// When there is no such campaign, or the caller may not see it.
pub async fn plan_get(host: &Host, caller: &Caller, id: Id) -> Result<PlanState> {
    let ws = caller.workspace;
    let mut conn = host.store.read(ws).await?;
    let campaign = campaign_find(&mut conn, ws, id).await?;
    require(&mut conn, caller, campaign.unit, READ).await?;
    let current = sections(&mut conn, ws, &campaign).await?;
    let plan = digest(&current);
    let latest = sql::approval_list(&mut conn, ws, id, None, 1).await?.pop();
    Ok(PlanState {
        required: required(&mut conn, ws, &campaign, host.now_in(ws)).await?,
        approved: sql::approved(&mut conn, ws, id, &plan).await?,
        latest: latest.map(|row| shown(row, id, &current)),
        sections: current,
        plan,
    })
}

fn shown(row: ApprovalRow, campaign: Id, current: &Value) -> Approval {
    let before: Value = serde_json::from_str(&row.plan).unwrap_or(Value::Null);
    let changed = if digest(current) == row.digest { Vec::new() } else { changed(&before, current) };
    let void = !changed.is_empty() && row.state != "refused";
    Approval {
        id: row.id,
        campaign,
        plan: row.digest,
        state: if void { "void".to_owned() } else { row.state },
        changed,
        request: row.request,
        requested_by: row.requested_by,
        requested_at: from_micros(row.requested_at),
        answer: row.answer,
        decided_by: row.decided_by,
        decided_at: row.decided_at.map(from_micros),
    }
}

/// Approvals of a campaign, newest first.
pub(crate) async fn approval_page(host: &Host, caller: &Caller, id: Id, page: &PageQuery) -> Result<Page<Approval>> {
    let (limit, before, ws) = (page.limit()?, page.after::<Id>()?, caller.workspace);
    let mut conn = host.store.read(ws).await?;
    let campaign = campaign_find(&mut conn, ws, id).await?;
    require(&mut conn, caller, campaign.unit, READ).await?;
    let current = sections(&mut conn, ws, &campaign).await?;
    let rows = sql::approval_list(&mut conn, ws, id, before, limit + 1).await?;
    Ok(Page::from_rows(rows, limit, |row| row.id)?.map(|row| shown(row, id, &current)))
}

/// Ask for the plan as it stands to be approved.
pub(crate) async fn approval_request(host: &Host, caller: &Caller, id: Id, new: NewApproval) -> Result<Approval> {
    let (ws, host_in, caller_in) = (caller.workspace, host.clone(), caller.clone());
    host.store
        .write(ws, "approval.request", move |conn| {
            Box::pin(async move {
                let campaign = campaign_find(conn, ws, id).await?;
                require(conn, &caller_in, campaign.unit, WRITE).await?;
                if campaign.state != CampaignState::Draft {
                    return Err(Error::state(campaign.state, "only the plan of a draft is approved"));
                }
                let current = sections(conn, ws, &campaign).await?;
                let plan = digest(&current);
                let latest = sql::approval_list(conn, ws, id, None, 1).await?.pop();
                if latest.is_some_and(|row| row.digest == plan && row.state == "requested") {
                    return Err(Problem::conflict("requested", "this version waits for approval already").into());
                }
                let row = ApprovalRow {
                    id: host_in.id(),
                    digest: plan,
                    plan: current.to_string(),
                    state: "requested".to_owned(),
                    request: check::bounded("comment", &new.comment)?,
                    requested_by: caller_in.actor.to_string(),
                    requested_at: host_in.now_us(),
                    answer: String::new(),
                    decided_by: None,
                    decided_at: None,
                };
                sql::approval_insert(conn, ws, id, &row).await?;
                let entry = AuditEntry::new(&host_in, &caller_in, "approval.request", "campaign", id);
                audit(conn, &entry.detail(json!({ "plan": row.digest }))).await?;
                Ok(shown(row, id, &current))
            })
        })
        .await
}

/// Approve or refuse what was asked for.
pub(crate) async fn approval_decide(
    host: &Host,
    caller: &Caller,
    (campaign, id): (Id, Id),
    decision: Decision,
) -> Result<Approval> {
    let (ws, host_in, caller_in) = (caller.workspace, host.clone(), caller.clone());
    host.store
        .write(ws, "approval.decide", move |conn| {
            Box::pin(async move {
                let held = campaign_find(conn, ws, campaign).await?;
                require(conn, &caller_in, held.unit, APPROVE).await?;
                let row = sql::approval_find(conn, ws, campaign, id).await?.ok_or(Error::NotFound("approval"))?;
                let current = sections(conn, ws, &held).await?;
                let row = decided(conn, &host_in, &caller_in, row, &current, decision).await?;
                if !sql::approval_decide(conn, ws, campaign, &row).await? {
                    return Err(Problem::conflict("decided", "it was decided meanwhile").into());
                }
                let entry = AuditEntry::new(&host_in, &caller_in, "approval.decide", "campaign", campaign);
                audit(conn, &entry.detail(json!({ "plan": row.digest, "state": row.state }))).await?;
                Ok(shown(row, campaign, &current))
            })
        })
        .await
}

async fn decided(
    conn: &mut Conn,
    host: &Host,
    caller: &Caller,
    row: ApprovalRow,
    current: &Value,
    decision: Decision,
) -> Result<ApprovalRow> {
    let by = caller.actor.to_string();
    if row.state != "requested" {
        return Err(Problem::conflict("decided", format!("it was {} already", row.state)).into());
    }
    if row.requested_by == by && !sql::settings_find(conn, caller.workspace).await?.self_approval {
        return Err(Problem::conflict("self-approval", "whoever asks does not approve: somebody else decides").into());
    }
    if decision.approved && digest(current) != row.digest {
        let before: Value = serde_json::from_str(&row.plan).unwrap_or(Value::Null);
        let sections = changed(&before, current).join(", ");
        let message = format!("the plan was changed after it was asked for ({sections}); ask again");
        return Err(Problem::conflict("plan-changed", message).into());
    }
    if !decision.approved && decision.comment.trim().is_empty() {
        return Err(Error::field("comment", "say why it is refused"));
    }
    Ok(ApprovalRow {
        state: if decision.approved { "approved" } else { "refused" }.to_owned(),
        answer: check::bounded("comment", &decision.comment)?,
        decided_by: Some(by),
        decided_at: Some(host.now_us()),
        ..row
    })
}

/// How plans are approved here.
///
/// # Errors
/// When the caller may not see it.
pub async fn settings_get(host: &Host, caller: &Caller) -> Result<PlanSettings> {
    caller.require(READ)?;
    let mut conn = host.store.read(caller.workspace).await?;
    sql::settings_find(&mut conn, caller.workspace).await
}

/// Set how plans are approved from now on.
pub(crate) async fn settings_change(
    host: &Host,
    caller: &Caller,
    expected: IfMatch,
    change: PlanSettingsChange,
) -> Result<PlanSettings> {
    caller.require_everywhere(APPROVE)?;
    if change.threshold_minor.is_some_and(|minor| minor < 0) {
        return Err(Error::field("threshold_minor", "must not be negative"));
    }
    let (ws, now_us, by) = (caller.workspace, host.now_us(), caller.actor.to_string());
    let entry = AuditEntry::new(host, caller, "plan.settings", "plan_setting", ws.0)
        .detail(json!({ "approval_required": change.approval_required, "self_approval": change.self_approval }));
    host.store
        .write(ws, "plan.settings", move |conn| {
            Box::pin(async move {
                let held = sql::settings_find(conn, ws).await?;
                expected.check(held.version)?;
                let settings = PlanSettings {
                    approval_required: change.approval_required,
                    self_approval: change.self_approval,
                    threshold_minor: change.threshold_minor,
                    version: held.version + 1,
                    updated_by: by,
                };
                if !sql::settings_put(conn, ws, &settings, now_us).await? {
                    return Err(Problem::conflict("changed", "they were changed meanwhile").into());
                }
                audit(conn, &entry).await?;
                Ok(settings)
            })
        })
        .await
}
