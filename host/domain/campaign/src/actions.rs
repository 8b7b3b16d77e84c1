//! The verbs of planning: make, change, look up, note spend.

use crate::{
    budget::{LineKind, sql::line_find},
    check,
    error::{Error, Result, problem},
    lookup,
    model::{Campaign, CampaignPatch, CampaignState, NewCampaign, NewSpend, Spend},
    sql,
};
use rialto_delivery::{LedgerCounts, LedgerOf, OnUncertain, ledger_counts};
use rialto_identity::{AuditEntry, audit, unit_path};
use rialto_kernel::{Currency, Id, Page, PageQuery, WorkspaceId, from_micros, to_micros};
use rialto_sales::{happened, rates::converted};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::{Caller, IfMatch};
use serde_json::json;

/// The permission to look at campaigns.
pub const READ: &str = "campaign.read";
/// The permission to plan them.
pub const WRITE: &str = "campaign.write";
/// The permission to launch, pause, resume and cancel them.
pub const LAUNCH: &str = "campaign.launch";

/// Refuse unless the caller holds a permission where the campaign belongs.
pub(crate) async fn require(conn: &mut Conn, caller: &Caller, unit: Option<Id>, permission: &str) -> Result<()> {
    match unit {
        Some(unit) => {
            let path = unit_path(conn, caller.workspace, unit).await.map_err(problem)?;
            caller.require_in(permission, &path)?;
        }
        None if permission == READ => caller.require(permission)?,
        None => caller.require_everywhere(permission)?,
    }
    Ok(())
}

/// A campaign the caller may see.
///
/// # Errors
/// When there is none, or the caller may not.
pub async fn campaign_get(host: &Host, caller: &Caller, id: Id) -> Result<Campaign> {
    let mut conn = host.store.read(caller.workspace).await?;
    let campaign = sql::campaign_find(&mut conn, caller.workspace, id).await?;
    require(&mut conn, caller, campaign.unit, READ).await?;
    Ok(campaign)
}

/// Campaigns, newest first, of some states, whose name or code holds a text.
///
/// # Errors
/// When the caller may not, or the page is wrong.
pub async fn campaign_page(
    host: &Host,
    caller: &Caller,
    states: &[CampaignState],
    search: &str,
    page: &PageQuery,
) -> Result<Page<Campaign>> {
    caller.require(READ)?;
    let limit = page.limit()?;
    let before = page.after::<Id>()?;
    let words: Vec<&str> = states.iter().map(|state| state.word()).collect();
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = sql::campaign_list(&mut conn, caller.workspace, &words, search, before, limit + 1).await?;
    let mut page = Page::from_rows(rows, limit, |campaign| campaign.id)?;
    let mut seen = Vec::with_capacity(page.items.len());
    for campaign in page.items {
        if require(&mut conn, caller, campaign.unit, READ).await.is_ok() {
            seen.push(campaign);
        }
    }
    page.items = seen;
    Ok(page)
}

/// Plan a campaign.
///
/// # Errors
/// When a field is wrong or the code is taken.
pub async fn campaign_create(host: &Host, caller: &Caller, new: NewCampaign) -> Result<Campaign> {
    let (workspace, host_in, caller_in) = (caller.workspace, host.clone(), caller.clone());
    host.store
        .write(workspace, "campaign.create", move |conn| {
            Box::pin(async move {
                require(conn, &caller_in, new.unit, WRITE).await?;
                let currency = match new.currency {
                    Some(currency) => currency,
                    None => own_currency(conn, workspace).await?,
                };
                let campaign = drafted(&host_in, &caller_in, currency, new)?;
                check::goals(&host_in, &campaign.goals)?;
                check::plan(conn, workspace, &campaign).await?;
                sql::campaign_put(conn, workspace, &campaign).await.map_err(|e| taken(e, &campaign.code))?;
                sql::campaign_parts_put(conn, workspace, &campaign).await?;
                let entry = AuditEntry::new(&host_in, &caller_in, "campaign.create", "campaign", campaign.id);
                audit(conn, &entry.detail(json!({ "name": campaign.name }))).await?;
                Ok(campaign)
            })
        })
        .await
}

async fn own_currency(conn: &mut Conn, workspace: WorkspaceId) -> Result<Currency> {
    lookup::workspace_currency(conn, workspace).await?.ok_or(Error::NotFound("workspace"))
}

fn taken(error: Error, code: &str) -> Error {
    match error {
        Error::Store(rialto_store::StoreError::Duplicate { .. }) => {
            Error::field("code", format!("`{code}` is taken; choose another"))
        }
        other => other,
    }
}

fn drafted(host: &Host, caller: &Caller, currency: Currency, new: NewCampaign) -> Result<Campaign> {
    let now = from_micros(host.now_in(caller.workspace));
    let id = host.id();
    let name = check::line("name", &new.name)?;
    let code = match new.code {
        Some(code) => check::code(&code)?,
        None => check::code_from(&name, id),
    };
    Ok(Campaign {
        id,
        code,
        name,
        kind: new.kind,
        objective: new.objective,
        state: CampaignState::Draft,
        unit: new.unit,
        segment: new.segment,
        rule: new.rule,
        snapshot: None,
        experiment: new.experiment,
        topic: new.topic,
        currency,
        unit_cost_minor: new.unit_cost_minor,
        budget_minor: new.budget_minor,
        starts_at: new.starts_at,
        ends_at: new.ends_at,
        launched_at: None,
        finished_at: None,
        on_uncertain: new.on_uncertain.unwrap_or(OnUncertain::Park),
        messages: new.messages,
        goals: new.goals,
        offers: new.offers,
        source: "api".to_owned(),
        version: 1,
        created_by: caller.actor.to_string(),
        created_at: now,
        updated_at: now,
    })
}

/// Change a draft.
///
/// # Errors
/// When there is none, it is no draft any more, was changed meanwhile, or a
/// field is wrong.
pub async fn campaign_patch(
    host: &Host,
    caller: &Caller,
    id: Id,
    expected: IfMatch,
    patch: CampaignPatch,
) -> Result<Campaign> {
    let (workspace, host_in, caller_in) = (caller.workspace, host.clone(), caller.clone());
    host.store
        .write(workspace, "campaign.patch", move |conn| {
            Box::pin(async move {
                let mut campaign = sql::campaign_find(conn, workspace, id).await?;
                require(conn, &caller_in, campaign.unit, WRITE).await?;
                expected.check(campaign.version)?;
                if campaign.state != CampaignState::Draft {
                    return Err(Error::state(campaign.state, "only a draft can be changed; plan a new campaign"));
                }
                if let Some(goals) = &patch.goals {
                    check::goals(&host_in, goals)?;
                }
                apply(&mut campaign, patch)?;
                campaign.version += 1;
                campaign.updated_at = from_micros(host_in.now_in(workspace));
                check::plan(conn, workspace, &campaign).await?;
                sql::campaign_put(conn, workspace, &campaign).await?;
                sql::campaign_parts_put(conn, workspace, &campaign).await?;
                let entry = AuditEntry::new(&host_in, &caller_in, "campaign.change", "campaign", id);
                audit(conn, &entry.detail(json!({ "version": campaign.version }))).await?;
                Ok(campaign)
            })
        })
        .await
}

fn apply(campaign: &mut Campaign, patch: CampaignPatch) -> Result<()> {
    if patch.segment.is_some() && patch.rule.is_some() {
        return Err(Error::field("rule", "name a segment or a rule, not both"));
    }
    if let Some(name) = patch.name {
        campaign.name = check::line("name", &name)?;
    }
    if let Some(segment) = patch.segment {
        (campaign.segment, campaign.rule) = (Some(segment), None);
    }
    if let Some(rule) = patch.rule {
        (campaign.segment, campaign.rule) = (None, Some(rule));
    }
    let texts = [
        (&mut campaign.kind, patch.kind),
        (&mut campaign.objective, patch.objective),
        (&mut campaign.topic, patch.topic),
    ];
    for (held, new) in texts {
        if let Some(new) = new {
            *held = new;
        }
    }
    campaign.unit_cost_minor = patch.unit_cost_minor.unwrap_or(campaign.unit_cost_minor);
    campaign.experiment = patch.experiment.or(campaign.experiment);
    campaign.budget_minor = patch.budget_minor.or(campaign.budget_minor);
    campaign.starts_at = patch.starts_at.or(campaign.starts_at);
    campaign.ends_at = patch.ends_at.or(campaign.ends_at);
    campaign.on_uncertain = patch.on_uncertain.unwrap_or(campaign.on_uncertain);
    campaign.messages = patch.messages.unwrap_or_else(|| std::mem::take(&mut campaign.messages));
    campaign.goals = patch.goals.unwrap_or_else(|| std::mem::take(&mut campaign.goals));
    campaign.offers = patch.offers.unwrap_or_else(|| std::mem::take(&mut campaign.offers));
    Ok(())
}

/// The campaign's ledger in numbers.
///
/// # Errors
/// When there is no such campaign, or the caller may not see it.
pub async fn campaign_ledger(host: &Host, caller: &Caller, id: Id) -> Result<(CampaignState, LedgerCounts)> {
    let mut conn = host.store.read(caller.workspace).await?;
    let campaign = sql::campaign_find(&mut conn, caller.workspace, id).await?;
    require(&mut conn, caller, campaign.unit, READ).await?;
    let counts = ledger_counts(&mut conn, caller.workspace, LedgerOf::Campaign(id)).await.map_err(problem)?;
    Ok((campaign.state, counts))
}

/// Note money that went out for a campaign besides its sends.
///
/// # Errors
/// When there is no such campaign, the currency has no dated rate into the
/// campaign's, or a field is wrong.
pub async fn spend_create(host: &Host, caller: &Caller, campaign: Id, new: NewSpend) -> Result<Spend> {
    let (workspace, host_in, caller_in) = (caller.workspace, host.clone(), caller.clone());
    happened(host, new.at).map_err(problem)?;
    host.store
        .write(workspace, "campaign.spend", move |conn| {
            Box::pin(async move {
                let held = sql::campaign_find(conn, workspace, campaign).await?;
                require(conn, &caller_in, held.unit, WRITE).await?;
                // Refused now for want of a rate, not when somebody reads the sum.
                converted(conn, workspace, new.amount, held.currency, to_micros(new.at)).await.map_err(problem)?;
                if let Some(line) = new.budget_line {
                    let line = line_find(conn, workspace, campaign, line).await;
                    let line = line.map_err(|_| Error::field("budget_line", "the campaign has no such line"))?;
                    if line.kind == LineKind::Sends {
                        let told = "the actual of a line of sends is the ledger's; name another line";
                        return Err(Error::field("budget_line", told));
                    }
                }
                let spend = Spend {
                    id: host_in.id(),
                    campaign,
                    channel: check::line("channel", &new.channel)?,
                    at: new.at,
                    amount: new.amount,
                    note: check::bounded("note", &new.note)?,
                    budget_line: new.budget_line,
                    created_by: caller_in.actor.to_string(),
                };
                sql::spend_insert(conn, workspace, &spend, host_in.now_in(workspace)).await?;
                let entry = AuditEntry::new(&host_in, &caller_in, "campaign.spend", "campaign", campaign);
                audit(conn, &entry.detail(json!({ "spend": spend.id, "minor": spend.amount.minor }))).await?;
                Ok(spend)
            })
        })
        .await
}

/// Money that went out for a campaign, newest first.
///
/// # Errors
/// When there is no such campaign, or the caller may not see it.
pub async fn spend_page(host: &Host, caller: &Caller, campaign: Id, page: &PageQuery) -> Result<Page<Spend>> {
    let limit = page.limit()?;
    let before = page.after::<Id>()?;
    let mut conn = host.store.read(caller.workspace).await?;
    let held = sql::campaign_find(&mut conn, caller.workspace, campaign).await?;
    require(&mut conn, caller, held.unit, READ).await?;
    let rows = sql::spend_list(&mut conn, caller.workspace, campaign, before, limit + 1).await?;
    Ok(Page::from_rows(rows, limit, |spend| spend.id)?)
}
