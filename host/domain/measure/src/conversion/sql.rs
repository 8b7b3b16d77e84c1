//! Rows of conversion definitions.

use super::{
    Definition,
    rule::{Counting, Rule},
};
use crate::MeasureError;
use rialto_kernel::{Id, WorkspaceId, from_micros};
use rialto_store::{Conn, sql};

type Row = (Id, String, String, String, i64, String, i64, String, i64, i64);

fn definition(row: Row) -> Result<Definition, MeasureError> {
    let (id, code, name, rule, window_days, counting, version, created_by, created_at, updated_at) = row;
    let rule: Rule = serde_json::from_str(&rule)?;
    let counting = match counting.as_str() {
        "once-per-contact" => Counting::OncePerContact,
        _ => Counting::Every,
    };
    let (created_at, updated_at) = (from_micros(created_at).to_string(), from_micros(updated_at).to_string());
    Ok(Definition { id, code, name, rule, window_days, counting, version, created_by, created_at, updated_at })
}

pub(crate) async fn definition_find(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
) -> Result<Option<Definition>, MeasureError> {
    sql("SELECT id, code, name, rule, window_days, counting, version, created_by, created_at, updated_at
         FROM conversion_definition WHERE workspace = $1 AND id = $2")
    .bind(ws)
    .bind(id)
    .fetch_optional::<Row>(conn)
    .await?
    .map(definition)
    .transpose()
}

pub(crate) async fn definition_by_code(
    conn: &mut Conn,
    ws: WorkspaceId,
    code: &str,
) -> Result<Option<Definition>, MeasureError> {
    sql("SELECT id, code, name, rule, window_days, counting, version, created_by, created_at, updated_at
         FROM conversion_definition WHERE workspace = $1 AND code = $2")
    .bind(ws)
    .bind(code)
    .fetch_optional::<Row>(conn)
    .await?
    .map(definition)
    .transpose()
}

pub(crate) async fn definition_list(
    conn: &mut Conn,
    ws: WorkspaceId,
    after: Option<Id>,
    limit: u32,
) -> Result<Vec<Definition>, MeasureError> {
    sql("SELECT id, code, name, rule, window_days, counting, version, created_by, created_at, updated_at
         FROM conversion_definition WHERE workspace = $1 AND id > $2 ORDER BY id LIMIT $3")
    .bind(ws)
    .bind(after.unwrap_or(Id::nil()))
    .bind(limit)
    .fetch_all::<Row>(conn)
    .await?
    .into_iter()
    .map(definition)
    .collect()
}

pub(crate) async fn definition_insert(
    conn: &mut Conn,
    ws: WorkspaceId,
    definition: &Definition,
    now_us: i64,
) -> Result<(), MeasureError> {
    sql("INSERT INTO conversion_definition (workspace, id, code, name, rule, window_days, counting, version, created_by,
                                            created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $9)")
    .bind(ws)
    .bind(definition.id)
    .bind(&definition.code)
    .bind(&definition.name)
    .bind(serde_json::to_string(&definition.rule)?)
    .bind(definition.window_days)
    .bind(definition.counting.as_str())
    .bind(&definition.created_by)
    .bind(now_us)
    .execute(conn)
    .await?;
    Ok(())
}

/// Change it if it still has the version it was read with.
pub(crate) async fn definition_update(
    conn: &mut Conn,
    ws: WorkspaceId,
    definition: &Definition,
    now_us: i64,
) -> Result<bool, MeasureError> {
    let changed = sql(
        "UPDATE conversion_definition SET name = $4, rule = $5, window_days = $6, counting = $7, version = version + 1, updated_at = $8
         WHERE workspace = $1 AND id = $2 AND version = $3",
    )
    .bind(ws)
    .bind(definition.id)
    .bind(definition.version)
    .bind(&definition.name)
    .bind(serde_json::to_string(&definition.rule)?)
    .bind(definition.window_days)
    .bind(definition.counting.as_str())
    .bind(now_us)
    .execute(conn)
    .await?;
    Ok(changed == 1)
}
