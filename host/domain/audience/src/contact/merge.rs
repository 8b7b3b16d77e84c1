//! Two contacts that are one person. The loser points at the winner, reads
//! follow the pointer, undoing it takes the pointer away. Events, sends,
//! identities, traits and consents stay where they were written.

use super::{model::ContactMerge, sql};
use crate::{Error, consent::gate_turn, error::Result, limits::CLUSTER_CONTACTS_MAX};
use rialto_kernel::{Id, WorkspaceId, from_micros};
use rialto_store::{Conn, sql};
use std::collections::HashMap;

/// A merge to be made.
#[derive(Debug, Clone)]
pub struct NewMerge {
    /// The id of the merge.
    pub id: Id,
    /// Who stays.
    pub winner: Id,
    /// Who is to point at the winner.
    pub loser: Id,
    /// Why.
    pub reason: String,
    /// Who does it.
    pub actor: String,
    /// When, UTC microseconds.
    pub at: i64,
}

type MergeRow = (Id, Id, Id, String, String, i64, Option<i64>);

/// Make `loser` point at `winner` (or at who stands for each of them).
///
/// # Errors
/// When either does not exist, both are one person already, or the person
/// would come of more than 1,000 contacts.
pub async fn contact_merge(conn: &mut Conn, workspace: WorkspaceId, new: NewMerge) -> Result<ContactMerge> {
    turns_in_order(conn, workspace, new.winner, new.loser).await?;
    let winner = sql::contact_root(conn, workspace, new.winner).await?.ok_or(Error::NotFound("contact"))?;
    let loser = sql::contact_root(conn, workspace, new.loser).await?.ok_or(Error::NotFound("contact"))?;
    if winner == loser {
        return Err(Error::Conflict {
            code: "one-person-already",
            detail: "the two contacts are one person already".to_owned(),
        });
    }
    let people =
        sql::person_ids(conn, workspace, winner).await?.len() + sql::person_ids(conn, workspace, loser).await?.len();
    if people > CLUSTER_CONTACTS_MAX {
        return Err(Error::TooMany { limit: "cluster-contacts", max: CLUSTER_CONTACTS_MAX as u64 });
    }
    // One step of pointer for everyone: paths are kept short when they are made.
    sql("UPDATE contact SET merged_into = $3, version = version + 1, updated_at = $4
         WHERE workspace = $1 AND (id = $2 OR merged_into = $2)")
    .bind(workspace)
    .bind(loser)
    .bind(winner)
    .bind(new.at)
    .execute(conn)
    .await?;
    let row: MergeRow = (new.id, winner, loser, new.reason, new.actor, new.at, None);
    merge_insert(conn, workspace, &row).await?;
    Ok(shown(row))
}

/// Take a merge back: everybody points where the remaining merges say.
///
/// # Errors
/// When there is no such merge, or it is undone already.
pub async fn contact_unmerge(conn: &mut Conn, workspace: WorkspaceId, id: Id, now: i64) -> Result<ContactMerge> {
    let found: Option<MergeRow> = sql(
        "SELECT id, winner, loser, reason, actor, at, undone_at FROM contact_merge WHERE workspace = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(id)
    .fetch_optional(conn)
    .await?;
    let mut merge = found.ok_or(Error::NotFound("merge"))?;
    turns_in_order(conn, workspace, merge.1, merge.2).await?;
    let root = sql::contact_root(conn, workspace, merge.1).await?.ok_or(Error::NotFound("contact"))?;
    let undone = sql("UPDATE contact_merge SET undone_at = $3 WHERE workspace = $1 AND id = $2 AND undone_at IS NULL")
        .bind(workspace)
        .bind(id)
        .bind(now)
        .execute(conn)
        .await?;
    if undone == 0 {
        return Err(Error::Conflict { code: "undone-already", detail: "this merge is undone already".to_owned() });
    }
    repoint(conn, workspace, root, now).await?;
    merge.6 = Some(now);
    Ok(shown(merge))
}

/// The merges in which any of these contacts lost or won, oldest first.
pub(crate) async fn merge_list(conn: &mut Conn, workspace: WorkspaceId, people: &[Id]) -> Result<Vec<ContactMerge>> {
    let mut all: Vec<ContactMerge> = Vec::new();
    for id in people {
        let rows: Vec<MergeRow> = sql("SELECT id, winner, loser, reason, actor, at, undone_at FROM contact_merge
             WHERE workspace = $1 AND loser = $2 ORDER BY at LIMIT 100")
        .bind(workspace)
        .bind(*id)
        .fetch_all(conn)
        .await?;
        all.extend(rows.into_iter().map(shown));
    }
    all.sort_by_key(|merge| (merge.at, merge.id));
    Ok(all)
}

/// Take both persons' locks, the lower id first so that two merges never wait
/// for each other.
async fn turns_in_order(conn: &mut Conn, workspace: WorkspaceId, a: Id, b: Id) -> Result<()> {
    let (first, second) = if a <= b { (a, b) } else { (b, a) };
    gate_turn(conn, workspace, first).await?;
    gate_turn(conn, workspace, second).await
}

async fn merge_insert(conn: &mut Conn, workspace: WorkspaceId, row: &MergeRow) -> Result<()> {
    sql("INSERT INTO contact_merge (workspace, id, winner, loser, reason, actor, at, undone_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)")
    .bind(workspace)
    .bind(row.0)
    .bind(row.1)
    .bind(row.2)
    .bind(&row.3)
    .bind(&row.4)
    .bind(row.5)
    .execute(conn)
    .await?;
    Ok(())
}

/// Point everybody who stood behind `root` where the merges still in force lead.
async fn repoint(conn: &mut Conn, workspace: WorkspaceId, root: Id, now: i64) -> Result<()> {
    let people = sql::person_ids(conn, workspace, root).await?;
    let mut next: HashMap<Id, Id> = HashMap::new();
    for id in &people {
        let row: Option<(Id,)> =
            sql("SELECT winner FROM contact_merge WHERE workspace = $1 AND loser = $2 AND undone_at IS NULL
             ORDER BY at DESC, id DESC LIMIT 1")
            .bind(workspace)
            .bind(*id)
            .fetch_optional(conn)
            .await?;
        next.extend(row.map(|(winner,)| (*id, winner)));
    }
    for id in people.iter().filter(|id| **id != root) {
        let end = follow(&next, *id);
        if end == root {
            continue;
        }
        sql("UPDATE contact SET merged_into = $3, version = version + 1, updated_at = $4
             WHERE workspace = $1 AND id = $2")
        .bind(workspace)
        .bind(*id)
        .bind((end != *id).then_some(end))
        .bind(now)
        .execute(conn)
        .await?;
    }
    Ok(())
}

/// Where the steps from `id` end; bounded, though merges form no circle.
fn follow(next: &HashMap<Id, Id>, id: Id) -> Id {
    let mut at = id;
    for _ in 0..next.len() {
        match next.get(&at) {
            Some(on) => at = *on,
            None => break,
        }
    }
    at
}

fn shown((id, winner, loser, reason, actor, at, undone): MergeRow) -> ContactMerge {
    ContactMerge { id, winner, loser, reason, actor, at: from_micros(at), undone_at: undone.map(from_micros) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_followed_to_its_end() {
        let id = Id::from_u128;
        let next = HashMap::from([(id(1), id(2)), (id(2), id(3))]);
        assert_eq!(follow(&next, id(1)), id(3));
        assert_eq!(follow(&next, id(3)), id(3));
        let circle = HashMap::from([(id(1), id(2)), (id(2), id(1))]);
        follow(&circle, id(1));
    }
}
