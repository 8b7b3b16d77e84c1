//! Contacts an import made, taken back: their own rows go, unless somebody has
//! changed or used them since.

use super::TakeBack;
use crate::{
    error::Result,
    lists::{LIST_MAX, in_list, padded},
};
use rialto_kernel::Id;
use rialto_store::{Conn, sql_dynamic};
use std::collections::BTreeMap;

/// What keeps a contact: texts that answer the contacts they find, with the
/// list as `{}`, and the reason. `$2` is when the import ended.
const KEEPING: [(&str, &str); 9] = [
    (
        "SELECT id FROM contact WHERE workspace = $1 AND id IN {} AND (updated_at > $2 OR merged_into IS NOT NULL)",
        "changed",
    ),
    (
        "SELECT merged_into FROM contact WHERE workspace = $1 AND merged_into IN {} AND $2 > 0",
        "another contact was merged into it",
    ),
    ("SELECT contact FROM identity WHERE workspace = $1 AND contact IN {} AND created_at > $2", "changed"),
    ("SELECT contact FROM trait WHERE workspace = $1 AND contact IN {} AND at > $2", "changed"),
    ("SELECT contact FROM tag WHERE workspace = $1 AND contact IN {} AND at > $2", "changed"),
    (
        "SELECT contact FROM consent_record WHERE workspace = $1 AND contact IN {} AND (at > $2 OR actor <> $3)",
        "it has said more about consent",
    ),
    ("SELECT contact FROM event WHERE workspace = $1 AND contact IN {} AND $2 > 0", "it has events"),
    ("SELECT contact FROM audience_member WHERE workspace = $1 AND contact IN {} AND $2 > 0", "it is on a snapshot"),
    (
        "SELECT contact FROM experiment_assignment WHERE workspace = $1 AND contact IN {} AND $2 > 0",
        "it is in an experiment",
    ),
];
/// The tables that hold a contact's own rows, and the column that names it.
const OWN: [(&str, &str); 7] = [
    ("identity", "contact"),
    ("trait", "contact"),
    ("tag", "contact"),
    ("consent", "contact"),
    ("consent_record", "contact"),
    ("gate", "contact"),
    ("contact", "id"),
];

/// Remove contacts but for those that must stay; answers these.
pub(super) async fn take_back(conn: &mut Conn, with: &TakeBack, ids: &[Id]) -> Result<Vec<(Id, String)>> {
    let mut kept: BTreeMap<Id, String> = BTreeMap::new();
    for chunk in ids.chunks(LIST_MAX) {
        let list = padded(chunk);
        for (text, reason) in KEEPING {
            let by_actor = text.contains("$3");
            let text = text.replace("{}", &in_list(if by_actor { 4 } else { 3 }, list.len()));
            let mut query = sql_dynamic(text).bind(with.workspace).bind(with.ended_at);
            if by_actor {
                query = query.bind(&with.actor);
            }
            let rows: Vec<(Id,)> = query.bind_all(list.clone()).fetch_all(conn).await?;
            for (id,) in rows {
                kept.entry(id).or_insert_with(|| reason.to_owned());
            }
        }
        let free: Vec<Id> = chunk.iter().copied().filter(|id| !kept.contains_key(id)).collect();
        if free.is_empty() {
            continue;
        }
        let list = padded(&free);
        for (table, column) in OWN {
            let text = format!("DELETE FROM {table} WHERE workspace = $1 AND {column} IN {}", in_list(2, list.len()));
            sql_dynamic(text).bind(with.workspace).bind_all(list.clone()).execute(conn).await?;
        }
    }
    Ok(kept.into_iter().collect())
}
