//! From what people write to ids, and from ids to what people read.

use super::compile::Filter;
use crate::{
    MeasureError,
    catalogue::{Dimension, dimension::Values},
};
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, placeholders, sql_dynamic};
use std::collections::BTreeMap;

/// Ids looked up in one statement.
const IDS_MAX: usize = 500;

/// Where the name and the code of an id are.
fn table(dimension: Dimension) -> Option<(&'static str, &'static str, &'static str)> {
    Some(match dimension {
        Dimension::Campaign => ("campaign", "name", "code"),
        Dimension::SalesChannel => ("sales_channel", "name", "code"),
        Dimension::Offer => ("offer", "name", "code"),
        Dimension::Run => ("attribution_run", "model", ""),
        Dimension::Occurrence => ("occurrence", "channel", ""),
        _ => return None,
    })
}

/// Names of ids.
pub(crate) async fn names(
    conn: &mut Conn,
    ws: WorkspaceId,
    dimension: Dimension,
    ids: &[Id],
) -> Result<BTreeMap<Id, String>, MeasureError> {
    let mut names = BTreeMap::new();
    let Some((table, name, _)) = table(dimension) else { return Ok(names) };
    for chunk in ids.chunks(IDS_MAX) {
        let text =
            format!("SELECT id, {name} FROM {table} WHERE workspace = $1 AND id IN ({})", placeholders(2, chunk.len()));
        let found = sql_dynamic(text).bind(ws).bind_all(chunk.iter().copied()).fetch_all::<(Id, String)>(conn).await?;
        names.extend(found);
    }
    Ok(names)
}

/// What a question narrows a dimension to: ids as they are, codes looked up.
pub(crate) async fn filter(
    conn: &mut Conn,
    ws: WorkspaceId,
    dimension: Dimension,
    values: &[String],
) -> Result<Filter, MeasureError> {
    if dimension.values() != Values::Ids {
        return Ok(Filter::Texts(dimension, values.to_vec()));
    }
    let mut ids = Vec::with_capacity(values.len());
    for value in values {
        ids.push(match value.parse::<Id>() {
            Ok(id) => id,
            Err(_) => by_code(conn, ws, dimension, value).await?,
        });
    }
    Ok(Filter::Ids(dimension, ids))
}

async fn by_code(conn: &mut Conn, ws: WorkspaceId, dimension: Dimension, code: &str) -> Result<Id, MeasureError> {
    let unknown = || {
        let shown = code.escape_debug();
        MeasureError::invalid(format!("where.{dimension}"), format!("`{shown}` is neither an id nor a known code"))
    };
    let Some((table, _, column)) = table(dimension).filter(|(_, _, code)| !code.is_empty()) else {
        return Err(unknown());
    };
    let text = format!("SELECT id FROM {table} WHERE workspace = $1 AND {column} = $2");
    let found: Option<(Id,)> = sql_dynamic(text).bind(ws).bind(code).fetch_optional(conn).await?;
    found.map(|(id,)| id).ok_or_else(unknown)
}
