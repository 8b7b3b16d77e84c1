//! The person's lock: one row a person, written first by whoever decides a
//! send or records an opt-out, so that one of the two is always later.

use crate::{
    Error,
    error::Result,
    lists::{LIST_MAX, in_list, padded},
};
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, sql, sql_dynamic};

/// Take the lock of the person behind this contact until the transaction ends.
/// After a merge both contacts have one lock.
///
/// # Errors
/// When there is no such contact.
pub async fn gate_turn(conn: &mut Conn, workspace: WorkspaceId, contact: Id) -> Result<()> {
    let turned = sql("INSERT INTO gate (workspace, contact, turns)
         SELECT c.workspace, COALESCE(c.merged_into, c.id), 1 FROM contact c WHERE c.workspace = $1 AND c.id = $2
         ON CONFLICT (workspace, contact) DO UPDATE SET turns = gate.turns + 1")
    .bind(workspace)
    .bind(contact)
    .execute(conn)
    .await?;
    if turned == 1 { Ok(()) } else { Err(Error::NotFound("contact")) }
}

/// Take the locks of the persons behind these contacts, in one order
/// everywhere, so that two transactions never wait for each other. A contact
/// that is gone has no lock.
///
/// # Errors
/// When the store fails.
pub async fn gate_turns(conn: &mut Conn, workspace: WorkspaceId, contacts: &[Id]) -> Result<()> {
    for chunk in contacts.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!(
            "INSERT INTO gate (workspace, contact, turns)
             SELECT DISTINCT c.workspace, COALESCE(c.merged_into, c.id), 1 FROM contact c
             WHERE c.workspace = $1 AND c.id IN {} ORDER BY 2
             ON CONFLICT (workspace, contact) DO UPDATE SET turns = gate.turns + 1",
            in_list(2, list.len())
        );
        sql_dynamic(text).bind(workspace).bind_all(list).execute(conn).await?;
    }
    Ok(())
}
