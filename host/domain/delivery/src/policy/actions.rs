//! Reading and setting the policy. A change holds from the next decision on.

use super::{DeliveryPolicy, PolicyRules};
use crate::{Error, sql};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Problem, WorkspaceId, from_micros};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::{Caller, IfMatch};

/// The policy as it stands, inside the caller's transaction.
///
/// # Errors
/// When the store fails, or what it holds cannot be read.
pub(crate) async fn policy_of(conn: &mut Conn, workspace: WorkspaceId) -> Result<DeliveryPolicy, Error> {
    let Some(row) = sql::policy_find(conn, workspace).await? else { return Ok(DeliveryPolicy::default()) };
    Ok(DeliveryPolicy {
        rules: serde_json::from_str(&row.rules).map_err(|_| Error::Stored("delivery policy"))?,
        version: row.version,
        updated_by: Some(row.updated_by),
        updated_at: Some(from_micros(row.updated_at)),
    })
}

/// The workspace's policy; that of nobody's making until it is set.
///
/// # Errors
/// When the store fails.
pub async fn policy_get(host: &Host, workspace: WorkspaceId) -> Result<DeliveryPolicy, Error> {
    let mut conn = host.store.read(workspace).await?;
    policy_of(&mut conn, workspace).await
}

/// Set the whole policy anew.
///
/// # Errors
/// When a field is wrong (each is named), or it was changed meanwhile.
pub async fn policy_put(
    host: &Host,
    caller: &Caller,
    expected: IfMatch,
    rules: PolicyRules,
) -> Result<DeliveryPolicy, Error> {
    let mistakes = rules.mistakes();
    if let Some(first) = mistakes.first() {
        let mut problem = Problem::new(422, "invalid-input", format!("{}: {}", first.field, first.message));
        problem.errors = mistakes;
        return Err(problem.into());
    }
    let (workspace, now_us, actor) = (caller.workspace, host.now_us(), caller.actor.to_string());
    let (host_in, caller_in) = (host.clone(), caller.clone());
    host.store
        .write(workspace, "delivery.policy", move |conn| {
            Box::pin(async move {
                let held = policy_of(conn, workspace).await?;
                expected.check(held.version)?;
                let text = serde_json::json!(rules).to_string();
                let row =
                    sql::PolicyRow { rules: text, version: held.version + 1, updated_by: actor, updated_at: now_us };
                if !sql::policy_put(conn, workspace, &row).await? {
                    return Err(Error::Raced);
                }
                let entry = AuditEntry::new(&host_in, &caller_in, "delivery.policy", "workspace", workspace.0);
                let detail = serde_json::json!({ "version": row.version, "was": held.rules, "is": rules });
                audit(conn, &entry.detail(detail)).await?;
                policy_of(conn, workspace).await
            })
        })
        .await
}
