//! SQL of the delivery policies and of what caps count.

use crate::policy::Cap;
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, Value, placeholders, sql, sql_dynamic};
use std::collections::HashMap;

/// The most ids of one list.
const LIST_MAX: usize = 1_024;

/// A policy as stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct PolicyRow {
    pub(crate) rules: String,
    pub(crate) version: i64,
    pub(crate) updated_by: String,
    pub(crate) updated_at: i64,
}

pub(crate) async fn policy_find(conn: &mut Conn, ws: WorkspaceId) -> Result<Option<PolicyRow>, StoreError> {
    sql("SELECT rules, version, updated_by, updated_at FROM delivery_policy WHERE workspace = $1")
        .bind(ws)
        .fetch_optional(conn)
        .await
}

/// Write a policy if the one before it has the version `was`; whether it had.
pub(crate) async fn policy_put(
    conn: &mut Conn,
    ws: WorkspaceId,
    was: i64,
    row: &PolicyRow,
) -> Result<bool, StoreError> {
    let put = sql("INSERT INTO delivery_policy (workspace, rules, version, updated_by, updated_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace) DO UPDATE SET rules = excluded.rules, version = excluded.version,
                updated_by = excluded.updated_by, updated_at = excluded.updated_at
         WHERE delivery_policy.version = $6")
    .bind(ws)
    .bind(&row.rules)
    .bind(row.version)
    .bind(&row.updated_by)
    .bind(row.updated_at)
    .bind(was)
    .execute(conn)
    .await?;
    Ok(put == 1)
}

/// What a unit sets, as stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct UnitPolicyRow {
    pub(crate) unit: Id,
    #[sqlx(flatten)]
    pub(crate) row: PolicyRow,
}

/// What a unit and those above it set, the root's first.
pub(crate) async fn unit_policy_chain(
    conn: &mut Conn,
    ws: WorkspaceId,
    unit: Id,
) -> Result<Vec<UnitPolicyRow>, StoreError> {
    sql("SELECT p.unit AS unit, p.rules AS rules, p.version AS version, p.updated_by AS updated_by,
                p.updated_at AS updated_at
         FROM unit own
         JOIN unit above ON above.workspace = own.workspace AND above.path = substr(own.path, 1, length(above.path))
         JOIN delivery_policy_unit p ON p.workspace = above.workspace AND p.unit = above.id
         WHERE own.workspace = $1 AND own.id = $2 ORDER BY length(above.path)")
    .bind(ws)
    .bind(unit)
    .fetch_all(conn)
    .await
}

/// Write what a unit sets if it has the version `was`, 0 for none; whether it had.
pub(crate) async fn unit_policy_put(
    conn: &mut Conn,
    ws: WorkspaceId,
    was: i64,
    put: &UnitPolicyRow,
) -> Result<bool, StoreError> {
    let done = sql("INSERT INTO delivery_policy_unit (workspace, unit, rules, version, updated_by, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (workspace, unit) DO UPDATE SET rules = excluded.rules, version = excluded.version,
                updated_by = excluded.updated_by, updated_at = excluded.updated_at
         WHERE delivery_policy_unit.version = $7")
    .bind(ws)
    .bind(put.unit)
    .bind(&put.row.rules)
    .bind(put.row.version)
    .bind(&put.row.updated_by)
    .bind(put.row.updated_at)
    .bind(was)
    .execute(conn)
    .await?;
    Ok(done == 1)
}

/// Take away what a unit set if it has this version; whether it had.
pub(crate) async fn unit_policy_delete(
    conn: &mut Conn,
    ws: WorkspaceId,
    unit: Id,
    was: i64,
) -> Result<bool, StoreError> {
    let done = sql("DELETE FROM delivery_policy_unit WHERE workspace = $1 AND unit = $2 AND version = $3")
        .bind(ws)
        .bind(unit)
        .bind(was)
        .execute(conn)
        .await?;
    Ok(done == 1)
}

/// The number of the last change of any policy; 0 where none was counted.
pub(crate) async fn policy_change_last(conn: &mut Conn, ws: WorkspaceId) -> Result<i64, StoreError> {
    let row: Option<(i64,)> =
        sql("SELECT last FROM delivery_policy_change WHERE workspace = $1").bind(ws).fetch_optional(conn).await?;
    Ok(row.map_or(0, |(last,)| last))
}

/// Give a change its number if the one before it has `was`; whether it had.
pub(crate) async fn policy_change_put(
    conn: &mut Conn,
    ws: WorkspaceId,
    was: i64,
    number: i64,
) -> Result<bool, StoreError> {
    let done = sql("INSERT INTO delivery_policy_change (workspace, last) VALUES ($1, $2)
         ON CONFLICT (workspace) DO UPDATE SET last = excluded.last WHERE delivery_policy_change.last = $3")
    .bind(ws)
    .bind(number)
    .bind(was)
    .execute(conn)
    .await?;
    Ok(done == 1)
}

/// A person as the policy sees one.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct PersonHead {
    pub(crate) contact: Id,
    pub(crate) root: Id,
    pub(crate) zone: String,
    pub(crate) region: String,
    /// The workspace's zone.
    pub(crate) otherwise: String,
}

/// The persons behind these contacts.
pub(crate) async fn person_heads(
    conn: &mut Conn,
    ws: WorkspaceId,
    contacts: &[Id],
) -> Result<HashMap<Id, PersonHead>, StoreError> {
    let mut found = HashMap::with_capacity(contacts.len());
    for chunk in contacts.chunks(LIST_MAX) {
        let ids = padded(chunk);
        let text = format!(
            "SELECT c.id AS contact, r.id AS root, r.zone AS zone, r.region AS region, w.zone AS otherwise
             FROM contact c
             JOIN contact r ON r.workspace = c.workspace AND r.id = COALESCE(c.merged_into, c.id)
             JOIN workspace w ON w.id = c.workspace
             WHERE c.workspace = $1 AND c.id IN ({})",
            placeholders(2, ids.len())
        );
        let rows: Vec<PersonHead> = sql_dynamic(text).bind(ws).bind_all(ids).fetch_all(conn).await?;
        found.extend(rows.into_iter().map(|row| (row.contact, row)));
    }
    Ok(found)
}

/// Every contact of these persons, with its root.
pub(crate) async fn person_contacts(
    conn: &mut Conn,
    ws: WorkspaceId,
    roots: &[Id],
) -> Result<HashMap<Id, Id>, StoreError> {
    let mut all: HashMap<Id, Id> = roots.iter().map(|root| (*root, *root)).collect();
    for chunk in roots.chunks(LIST_MAX) {
        let ids = padded(chunk);
        let text = format!(
            "SELECT id, merged_into FROM contact
             WHERE workspace = $1 AND merged_into IS NOT NULL AND merged_into IN ({})",
            placeholders(2, ids.len())
        );
        let rows: Vec<(Id, Id)> = sql_dynamic(text).bind(ws).bind_all(ids).fetch_all(conn).await?;
        all.extend(rows);
    }
    Ok(all)
}

/// How many sends that count for a cap left to each of these contacts after one
/// instant and before another. What is uncertain counts: they may have got it.
pub(crate) async fn send_reached(
    conn: &mut Conn,
    ws: WorkspaceId,
    cap: &Cap,
    (from_us, until_us): (i64, i64),
    contacts: &[Id],
) -> Result<Vec<(Id, i64)>, StoreError> {
    let mut all = Vec::new();
    for chunk in contacts.chunks(LIST_MAX) {
        let ids = padded(chunk);
        let mut values: Vec<Value> = vec![from_us.into(), until_us.into()];
        let mut narrowed = String::new();
        for (column, wanted) in [("channel", &cap.channel), ("topic", &cap.topic)] {
            if let Some(wanted) = wanted {
                values.push(wanted.as_str().into());
                narrowed.push_str(&format!(" AND {column} = ${}", values.len() + 1));
            }
        }
        let text = format!(
            "SELECT contact, CAST(COUNT(*) AS BIGINT) FROM send
             WHERE workspace = $1 AND dispatched_at IS NOT NULL AND dispatched_at > $2 AND dispatched_at < $3{narrowed}
             AND state IN ('dispatching', 'accepted', 'uncertain') AND contact IN ({}) GROUP BY contact",
            placeholders(values.len() + 2, ids.len())
        );
        let rows: Vec<(Id, i64)> = sql_dynamic(text).bind(ws).bind_all(values).bind_all(ids).fetch_all(conn).await?;
        all.extend(rows);
    }
    Ok(all)
}

/// Which of these contacts have had this wave's message on its way already.
pub(crate) async fn send_gone_to(
    conn: &mut Conn,
    ws: WorkspaceId,
    occurrence: Id,
    contacts: &[Id],
) -> Result<Vec<Id>, StoreError> {
    let mut all = Vec::new();
    for chunk in contacts.chunks(LIST_MAX) {
        let ids = padded(chunk);
        let text = format!(
            "SELECT contact FROM send WHERE workspace = $1 AND occurrence = $2
             AND state IN ('dispatching', 'accepted', 'uncertain') AND contact IN ({})",
            placeholders(3, ids.len())
        );
        let rows: Vec<(Id,)> = sql_dynamic(text).bind(ws).bind(occurrence).bind_all(ids).fetch_all(conn).await?;
        all.extend(rows.into_iter().map(|(id,)| id));
    }
    Ok(all)
}

/// Note by which policy rows were refused.
pub(crate) async fn send_policy_note(
    conn: &mut Conn,
    ws: WorkspaceId,
    version: i64,
    sends: &[Id],
) -> Result<(), StoreError> {
    for chunk in sends.chunks(LIST_MAX) {
        let ids = padded(chunk);
        let text = format!(
            "UPDATE send SET policy_version = $2 WHERE workspace = $1 AND id IN ({})",
            placeholders(3, ids.len())
        );
        sql_dynamic(text).bind(ws).bind(version).bind_all(ids).execute(conn).await?;
    }
    Ok(())
}

/// What a send was decided by.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct SendBasis {
    pub(crate) policy_version: Option<i64>,
    pub(crate) dispatched_at: Option<i64>,
    pub(crate) settled_at: Option<i64>,
    pub(crate) message: Id,
    pub(crate) message_version: i64,
    pub(crate) installation: Id,
    pub(crate) unit: Option<Id>,
}

pub(crate) async fn send_basis(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Option<SendBasis>, StoreError> {
    sql("SELECT s.policy_version, s.dispatched_at, s.settled_at, o.message, o.message_version, o.installation,
                o.unit
         FROM send s JOIN occurrence o ON o.workspace = s.workspace AND o.id = s.occurrence
         WHERE s.workspace = $1 AND s.id = $2")
    .bind(ws)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// The sends of a campaign to either of two contacts.
pub(crate) async fn send_ids_of(
    conn: &mut Conn,
    ws: WorkspaceId,
    campaign: Id,
    contact: Id,
    root: Id,
) -> Result<Vec<Id>, StoreError> {
    let rows: Vec<(Id,)> = sql("SELECT id FROM send
         WHERE workspace = $1 AND campaign = $2 AND contact IN ($3, $4) ORDER BY id LIMIT 100")
    .bind(ws)
    .bind(campaign)
    .bind(contact)
    .bind(root)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The digest of the plugin that a run was of; `None` once the run is no longer kept.
pub(crate) async fn run_digest(conn: &mut Conn, ws: WorkspaceId, run: Id) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = sql("SELECT digest FROM plugin_run WHERE workspace = $1 AND id = $2")
        .bind(ws)
        .bind(run)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|(digest,)| digest))
}

/// The zone of the workspace.
pub(crate) async fn workspace_zone(conn: &mut Conn, ws: WorkspaceId) -> Result<String, StoreError> {
    let row: Option<(String,)> = sql("SELECT zone FROM workspace WHERE id = $1").bind(ws).fetch_optional(conn).await?;
    Ok(row.map(|(zone,)| zone).unwrap_or_default())
}

fn padded(ids: &[Id]) -> Vec<Value> {
    let mut list: Vec<Value> = ids.iter().map(|id| Value::from(*id)).collect();
    if let Some(last) = list.last().cloned() {
        list.resize(list.len().next_power_of_two(), last);
    }
    list
}
