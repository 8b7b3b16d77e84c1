//! What keeps an object that an import made: rows elsewhere that name it. Each
//! area lists its own tables; the texts are made here, and only from those lists.

use super::Uses;
use crate::lists::{LIST_MAX, in_list, padded};
use async_trait::async_trait;
use rialto_kernel::{Id, Problem, WorkspaceId};
use rialto_store::{Conn, StoreError, sql_dynamic};
use std::collections::HashMap;

/// A table, its column that may name an object, and what to say when it does.
pub type Naming = (&'static str, &'static str, &'static str);

/// Those of the objects that rows of these tables name, and where.
///
/// # Errors
/// When the store fails.
pub async fn named_in(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ids: &[Id],
    places: &[Naming],
) -> Result<Vec<(Id, &'static str)>, StoreError> {
    let mut found = Vec::new();
    for chunk in ids.chunks(LIST_MAX) {
        let list = padded(chunk);
        for (table, column, reason) in places {
            let named = in_list(2, list.len());
            let text = format!("SELECT DISTINCT {column} FROM {table} WHERE workspace = $1 AND {column} IN {named}");
            let rows: Vec<(Id,)> = sql_dynamic(text).bind(workspace).bind_all(list.clone()).fetch_all(conn).await?;
            found.extend(rows.into_iter().map(|(id,)| (id, *reason)));
        }
    }
    Ok(found)
}

/// The versions of objects; one that is gone has none.
///
/// # Errors
/// When the store fails.
pub async fn versions(
    conn: &mut Conn,
    workspace: WorkspaceId,
    table: &'static str,
    ids: &[Id],
) -> Result<HashMap<Id, i64>, StoreError> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!("SELECT id, version FROM {table} WHERE workspace = $1 AND id IN {}", in_list(2, list.len()));
        let rows: Vec<(Id, i64)> = sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        found.extend(rows);
    }
    Ok(found)
}

/// Remove the rows of these tables that belong to objects, in this order.
///
/// # Errors
/// When the store fails.
pub async fn remove(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ids: &[Id],
    own: &[(&'static str, &'static str)],
) -> Result<(), StoreError> {
    for chunk in ids.chunks(LIST_MAX) {
        let list = padded(chunk);
        for (table, column) in own {
            let text = format!("DELETE FROM {table} WHERE workspace = $1 AND {column} IN {}", in_list(2, list.len()));
            sql_dynamic(text).bind(workspace).bind_all(list.clone()).execute(conn).await?;
        }
    }
    Ok(())
}

/// Remove versioned objects with their own rows, but for those that are named
/// elsewhere or are not as the import left them; answers these. The last of
/// `own` is the object's table.
///
/// # Errors
/// When the store fails.
pub async fn take_back_versioned(
    conn: &mut Conn,
    with: &super::TakeBack,
    ids: &[Id],
    places: &[Naming],
    own: &[(&'static str, &'static str)],
) -> Result<Vec<(Id, String)>, StoreError> {
    let Some((table, _)) = own.last() else { return Ok(Vec::new()) };
    let mut kept: HashMap<Id, String> = HashMap::new();
    for (id, held) in versions(conn, with.workspace, table, ids).await? {
        // Each later batch of the same import that changed the object counted it up once.
        if held != 1 + with.again.get(&id).copied().unwrap_or(0) {
            kept.insert(id, "changed".to_owned());
        }
    }
    for (id, reason) in named_in(conn, with.workspace, ids, places).await? {
        kept.entry(id).or_insert_with(|| reason.to_owned());
    }
    let free: Vec<Id> = ids.iter().copied().filter(|id| !kept.contains_key(id)).collect();
    remove(conn, with.workspace, &free, own).await?;
    Ok(kept.into_iter().collect())
}

/// An area that is asked whether its tables name objects of one sort.
#[derive(Debug, Clone, Copy)]
pub struct NamedIn {
    /// Which objects, as [`super::ImportKind::made_objects`] calls them.
    pub object: &'static str,
    /// Where they may be named.
    pub places: &'static [Naming],
}

#[async_trait]
impl Uses for NamedIn {
    async fn used(
        &self,
        conn: &mut Conn,
        workspace: WorkspaceId,
        object: &str,
        ids: &[Id],
    ) -> Result<Vec<(Id, &'static str)>, Problem> {
        if object != self.object {
            return Ok(Vec::new());
        }
        Ok(named_in(conn, workspace, ids, self.places).await?)
    }
}
