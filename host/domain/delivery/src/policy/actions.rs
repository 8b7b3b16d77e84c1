//! Reading and setting policies. A change holds from the next decision on, and
//! has a number of its own in the workspace: sends note the last one they knew.

use super::{DeliveryPolicy, PolicyParts, PolicyRules, UnitPolicy, unit::effective};
use crate::{Error, fan_out::problem, sql};
use rialto_identity::{AuditEntry, audit, unit_path};
use rialto_kernel::{Id, Problem, WorkspaceId, from_micros, problem::FieldError};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::{Caller, IfMatch};

/// The permission to look at policies.
const READ: &str = "delivery.read";
/// The permission to set them.
const ADMIN: &str = "delivery.admin";

/// What holds for the sends of a unit's campaigns.
#[derive(Debug, Clone, Default)]
pub(crate) struct EffectivePolicy {
    /// Its rules.
    pub(crate) rules: PolicyRules,
    /// The number of the last change of any policy of the workspace.
    pub(crate) version: i64,
}

/// The policy that holds in a unit (in the workspace itself for `None`), inside
/// the caller's transaction. What decides and what counts beforehand ask here.
///
/// # Errors
/// When the store fails, or what it holds cannot be read.
pub(crate) async fn policy_of(
    conn: &mut Conn,
    workspace: WorkspaceId,
    unit: Option<Id>,
) -> Result<EffectivePolicy, Error> {
    let whole = whole(conn, workspace).await?;
    let version = sql::policy_change_last(conn, workspace).await?.max(whole.version);
    let Some(unit) = unit else { return Ok(EffectivePolicy { rules: whole.rules, version }) };
    let rows = sql::unit_policy_chain(conn, workspace, unit).await?;
    let chain = rows.iter().map(parts).collect::<Result<Vec<_>, Error>>()?;
    Ok(EffectivePolicy { rules: effective(whole.rules, chain).0, version })
}

/// What the workspace sets.
async fn whole(conn: &mut Conn, workspace: WorkspaceId) -> Result<DeliveryPolicy, Error> {
    let Some(row) = sql::policy_find(conn, workspace).await? else { return Ok(DeliveryPolicy::default()) };
    Ok(DeliveryPolicy {
        rules: serde_json::from_str(&row.rules).map_err(|_| Error::Stored("delivery policy"))?,
        version: row.version,
        updated_by: Some(row.updated_by),
        updated_at: Some(from_micros(row.updated_at)),
    })
}

fn parts(stored: &sql::UnitPolicyRow) -> Result<(Id, PolicyParts), Error> {
    let parts = serde_json::from_str(&stored.row.rules).map_err(|_| Error::Stored("delivery policy"))?;
    Ok((stored.unit, parts))
}

/// What a unit sets, and what holds in it.
async fn unit_policy(conn: &mut Conn, workspace: WorkspaceId, unit: Id) -> Result<UnitPolicy, Error> {
    let whole = whole(conn, workspace).await?;
    let rows = sql::unit_policy_chain(conn, workspace, unit).await?;
    let chain = rows.iter().map(parts).collect::<Result<Vec<_>, Error>>()?;
    let held = rows.last().filter(|held| held.unit == unit).map(|held| &held.row);
    let own = chain.last().filter(|(of, _)| *of == unit).map(|(_, own)| own.clone()).unwrap_or_default();
    let (effective, from) = effective(whole.rules, chain);
    Ok(UnitPolicy {
        unit,
        own,
        effective,
        from,
        version: held.map_or(0, |row| row.version),
        updated_by: held.map(|row| row.updated_by.clone()),
        updated_at: held.map(|row| from_micros(row.updated_at)),
    })
}

/// The workspace's policy; that of nobody's making until it is set.
///
/// # Errors
/// When the store fails.
pub async fn policy_get(host: &Host, workspace: WorkspaceId) -> Result<DeliveryPolicy, Error> {
    let mut conn = host.store.read(workspace).await?;
    whole(&mut conn, workspace).await
}

/// The rules that hold in a unit; in the workspace itself for `None`.
///
/// # Errors
/// When the store fails.
pub async fn policy_in(host: &Host, workspace: WorkspaceId, unit: Option<Id>) -> Result<PolicyRules, Error> {
    let mut conn = host.store.read(workspace).await?;
    Ok(policy_of(&mut conn, workspace, unit).await?.rules)
}

/// What a unit sets, and what holds in it.
///
/// # Errors
/// When there is no such unit, or the caller may not.
pub async fn unit_policy_get(host: &Host, caller: &Caller, unit: Id) -> Result<UnitPolicy, Error> {
    let mut conn = host.store.read(caller.workspace).await?;
    require(&mut conn, caller, unit, READ).await?;
    unit_policy(&mut conn, caller.workspace, unit).await
}

async fn require(conn: &mut Conn, caller: &Caller, unit: Id, permission: &str) -> Result<(), Error> {
    let path = unit_path(conn, caller.workspace, unit).await.map_err(problem)?;
    Ok(caller.require_in(permission, &path)?)
}

/// Refuse what has mistakes; each is told.
fn faultless(mistakes: Vec<FieldError>) -> Result<(), Error> {
    let Some(first) = mistakes.first() else { return Ok(()) };
    let mut problem = Problem::new(422, "invalid-input", format!("{}: {}", first.field, first.message));
    problem.errors = mistakes;
    Err(problem.into())
}

/// The number of a change that is about to be made. Whoever makes another one
/// waits for this transaction, or is told to try again.
async fn next_change(conn: &mut Conn, workspace: WorkspaceId) -> Result<i64, Error> {
    let counted = sql::policy_change_last(conn, workspace).await?;
    // A policy from before changes were counted has had as many as its version.
    let number = counted.max(whole(conn, workspace).await?.version) + 1;
    let first = sql::policy_change_put(conn, workspace, counted, number).await?;
    if first { Ok(number) } else { Err(Error::Raced) }
}

/// Set the workspace's whole policy anew.
///
/// # Errors
/// When a field is wrong (each is named), or it was changed meanwhile.
pub async fn policy_put(
    host: &Host,
    caller: &Caller,
    expected: IfMatch,
    rules: PolicyRules,
) -> Result<DeliveryPolicy, Error> {
    faultless(rules.mistakes())?;
    let (workspace, now_us, actor) = (caller.workspace, host.now_us(), caller.actor.to_string());
    let (host_in, caller_in) = (host.clone(), caller.clone());
    host.store
        .write(workspace, "delivery.policy", move |conn| {
            Box::pin(async move {
                let held = whole(conn, workspace).await?;
                expected.check(held.version)?;
                let text = serde_json::json!(rules).to_string();
                let version = next_change(conn, workspace).await?;
                let row = sql::PolicyRow { rules: text, version, updated_by: actor, updated_at: now_us };
                if !sql::policy_put(conn, workspace, held.version, &row).await? {
                    return Err(Error::Raced);
                }
                let entry = AuditEntry::new(&host_in, &caller_in, "delivery.policy", "workspace", workspace.0);
                let detail = serde_json::json!({ "version": version, "was": held.rules, "is": rules });
                audit(conn, &entry.detail(detail)).await?;
                whole(conn, workspace).await
            })
        })
        .await
}

/// Set anew what a unit sets itself.
///
/// # Errors
/// When there is no such unit, the caller may not, a field is wrong (each is
/// named), or it was changed meanwhile.
pub async fn unit_policy_put(
    host: &Host,
    caller: &Caller,
    unit: Id,
    expected: IfMatch,
    own: PolicyParts,
) -> Result<UnitPolicy, Error> {
    let (workspace, now_us, actor) = (caller.workspace, host.now_us(), caller.actor.to_string());
    let (host_in, caller_in) = (host.clone(), caller.clone());
    host.store
        .write(workspace, "delivery.policy-unit", move |conn| {
            Box::pin(async move {
                require(conn, &caller_in, unit, ADMIN).await?;
                faultless(own.mistakes())?;
                let held = unit_policy(conn, workspace, unit).await?;
                expected.check(held.version)?;
                let rules = serde_json::json!(own).to_string();
                let version = next_change(conn, workspace).await?;
                let row = sql::PolicyRow { rules, version, updated_by: actor, updated_at: now_us };
                if !sql::unit_policy_put(conn, workspace, held.version, &sql::UnitPolicyRow { unit, row }).await? {
                    return Err(Error::Raced);
                }
                let entry = AuditEntry::new(&host_in, &caller_in, "delivery.policy", "unit", unit);
                let detail = serde_json::json!({ "version": version, "was": held.own, "is": own });
                audit(conn, &entry.detail(detail)).await?;
                unit_policy(conn, workspace, unit).await
            })
        })
        .await
}

/// Take away what a unit sets itself: what is above it holds again.
///
/// # Errors
/// When it sets nothing, there is no such unit, the caller may not, or it was
/// changed meanwhile.
pub async fn unit_policy_delete(host: &Host, caller: &Caller, unit: Id, expected: IfMatch) -> Result<(), Error> {
    let workspace = caller.workspace;
    let (host_in, caller_in) = (host.clone(), caller.clone());
    host.store
        .write(workspace, "delivery.policy-unit", move |conn| {
            Box::pin(async move {
                require(conn, &caller_in, unit, ADMIN).await?;
                let held = unit_policy(conn, workspace, unit).await?;
                if held.version == 0 {
                    return Err(Error::NotFound("delivery policy"));
                }
                expected.check(held.version)?;
                let version = next_change(conn, workspace).await?;
                if !sql::unit_policy_delete(conn, workspace, unit, held.version).await? {
                    return Err(Error::Raced);
                }
                let entry = AuditEntry::new(&host_in, &caller_in, "delivery.policy-delete", "unit", unit);
                let detail = serde_json::json!({ "version": version, "was": held.own });
                Ok(audit(conn, &entry.detail(detail)).await?)
            })
        })
        .await
}
