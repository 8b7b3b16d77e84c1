//! The audit log: who did what, when. Rows are only ever added, each sealed to
//! the one before by a keyed hash, so that a row changed, taken out or added by
//! hand is found by [`audit_verify`]. It never holds a secret.
//!
//! Other areas: build an [`AuditEntry`] before the write, and call [`audit`] as
//! the **last** statement of the transaction that makes the change (on
//! PostgreSQL it holds the workspace's chain until the commit).

use crate::sql;
use rialto_kernel::{Id, Keys, Purpose, WorkspaceId};
use rialto_slice::Host;
use rialto_store::{Conn, Store, StoreError};
use rialto_web::{Actor, Caller};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// The longest detail kept with an entry, as JSON text.
pub const DETAIL_BYTES_MAX: usize = 16 * 1024;

/// One thing somebody did.
#[derive(Debug, Clone)]
pub struct AuditEntry {
    pub(crate) workspace: WorkspaceId,
    pub(crate) id: Id,
    pub(crate) at: i64,
    pub(crate) actor: String,
    pub(crate) action: &'static str,
    pub(crate) object: &'static str,
    pub(crate) object_id: String,
    pub(crate) detail: Value,
    keys: Keys,
}

impl AuditEntry {
    /// What a caller does: `AuditEntry::new(&host, &caller, "campaign.launch", "campaign", id)`.
    #[must_use]
    pub fn new(
        host: &Host,
        caller: &Caller,
        action: &'static str,
        object: &'static str,
        object_id: impl ToString,
    ) -> Self {
        Self::by(host, caller.workspace, &caller.actor, action, object, object_id)
    }

    /// What an actor does in a workspace, where there is no caller: jobs and triggers.
    #[must_use]
    pub fn by(
        host: &Host,
        workspace: WorkspaceId,
        actor: &Actor,
        action: &'static str,
        object: &'static str,
        object_id: impl ToString,
    ) -> Self {
        Self {
            workspace,
            id: host.id(),
            at: host.now_us(),
            actor: actor.to_string(),
            action,
            object,
            object_id: object_id.to_string(),
            detail: Value::Null,
            keys: host.keys.clone(),
        }
    }

    /// The same entry with what else is to be known: counts, names, the
    /// difference. No secret and no personal datum beyond ids.
    #[must_use]
    pub fn detail(mut self, detail: Value) -> Self {
        self.detail = if detail.to_string().len() > DETAIL_BYTES_MAX {
            Value::String(format!("left out: over the limit `audit-detail-bytes` of {DETAIL_BYTES_MAX}"))
        } else {
            detail
        };
        self
    }
}

/// Add an entry, inside the transaction of what it tells of.
///
/// # Errors
/// When the store fails; the transaction decides what stays.
pub async fn audit(conn: &mut Conn, entry: &AuditEntry) -> Result<(), StoreError> {
    let (number, before) = sql::audit_next(conn, entry.workspace).await?;
    let row = AuditRow {
        number,
        id: entry.id,
        at: entry.at,
        actor: entry.actor.clone(),
        action: entry.action.to_owned(),
        object: entry.object.to_owned(),
        object_id: entry.object_id.clone(),
        detail: entry.detail.to_string(),
        hash: Vec::new(),
    };
    let hash = chain(&entry.keys, entry.workspace, &before, &row);
    sql::audit_insert(conn, entry.workspace, &row, &hash).await
}

/// One row of the log.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct AuditRow {
    pub(crate) number: i64,
    pub(crate) id: Id,
    pub(crate) at: i64,
    pub(crate) actor: String,
    pub(crate) action: String,
    pub(crate) object: String,
    pub(crate) object_id: String,
    pub(crate) detail: String,
    pub(crate) hash: Vec<u8>,
}

/// What checking a workspace's log showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditCheck {
    /// Whether every row is as it was written and none is missing.
    pub intact: bool,
    /// Rows that hold, from the first.
    pub rows: i64,
    /// The number of the first row that does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken_at: Option<i64>,
    /// What is wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

/// Check a workspace's whole log against its keyed hashes.
///
/// # Errors
/// When the store fails.
pub async fn audit_verify(store: &Store, keys: &Keys, workspace: WorkspaceId) -> Result<AuditCheck, StoreError> {
    let mut conn = store.read(workspace).await?;
    // The head is read first: rows added meanwhile are checked but not missed.
    let head = sql::audit_head(&mut conn, workspace).await?;
    let mut walk = Walk { last: 0, hash: Vec::new(), broken: None, at_head: None };
    let wanted = head.as_ref().map(|(number, _)| *number);
    sql::audit_each(&mut conn, workspace, |row| {
        walk.step(keys, workspace, row, wanted);
        Ok(())
    })
    .await?;
    Ok(walk.conclude(head))
}

struct Walk {
    last: i64,
    hash: Vec<u8>,
    broken: Option<(i64, &'static str)>,
    at_head: Option<Vec<u8>>,
}

impl Walk {
    fn step(&mut self, keys: &Keys, workspace: WorkspaceId, row: AuditRow, head: Option<i64>) {
        if self.broken.is_some() {
            return;
        }
        if row.number != self.last + 1 {
            self.broken = Some((self.last + 1, "a row is missing"));
        } else if chain(keys, workspace, &self.hash, &row) != row.hash {
            self.broken = Some((row.number, "the row was changed"));
        } else {
            self.last = row.number;
            if head == Some(row.number) {
                self.at_head = Some(row.hash.clone());
            }
            self.hash = row.hash;
        }
    }

    fn conclude(self, head: Option<(i64, Vec<u8>)>) -> AuditCheck {
        let broken = self.broken.or(match head {
            Some((number, _)) if number > self.last => Some((self.last + 1, "the newest rows are missing")),
            Some((number, hash)) if self.at_head.as_ref() != Some(&hash) => Some((number, "the row was changed")),
            None if self.last > 0 => Some((1, "the end of the chain is missing")),
            _ => None,
        });
        AuditCheck {
            intact: broken.is_none(),
            rows: self.last,
            broken_at: broken.map(|(number, _)| number),
            reason: broken.map(|(_, reason)| reason),
        }
    }
}

fn chain(keys: &Keys, workspace: WorkspaceId, before: &[u8], row: &AuditRow) -> Vec<u8> {
    let parts: [&[u8]; 10] = [
        before,
        workspace.0.as_bytes(),
        &row.number.to_le_bytes(),
        row.id.as_bytes(),
        &row.at.to_le_bytes(),
        row.actor.as_bytes(),
        row.action.as_bytes(),
        row.object.as_bytes(),
        row.object_id.as_bytes(),
        row.detail.as_bytes(),
    ];
    keys.mac(Purpose::Audit, &parts).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(keys: &Keys, workspace: WorkspaceId, count: i64) -> Vec<AuditRow> {
        let mut before = Vec::new();
        let mut rows = Vec::new();
        for number in 1..=count {
            let mut row = AuditRow {
                number,
                id: Id::nil(),
                at: number,
                actor: "system".to_owned(),
                action: "a.b".to_owned(),
                object: "thing".to_owned(),
                object_id: String::new(),
                detail: "null".to_owned(),
                hash: Vec::new(),
            };
            row.hash = chain(keys, workspace, &before, &row);
            before.clone_from(&row.hash);
            rows.push(row);
        }
        rows
    }

    fn check(rows: Vec<AuditRow>, head: Option<(i64, Vec<u8>)>) -> Option<i64> {
        let keys = Keys::new([1; 32]);
        let mut walk = Walk { last: 0, hash: Vec::new(), broken: None, at_head: None };
        let wanted = head.as_ref().map(|(number, _)| *number);
        for row in rows {
            walk.step(&keys, WorkspaceId(Id::nil()), row, wanted);
        }
        walk.conclude(head).broken_at
    }

    #[test]
    fn what_was_tampered_with_is_found() {
        let (keys, workspace) = (Keys::new([1; 32]), WorkspaceId(Id::nil()));
        let whole = log(&keys, workspace, 5);
        let head = Some((5, whole[4].hash.clone()));
        assert_eq!(check(whole.clone(), head.clone()), None);
        let mut changed = whole.clone();
        changed[2].actor = "somebody else".to_owned();
        assert_eq!(check(changed, head.clone()), Some(3));
        let mut cut = whole.clone();
        cut.remove(1);
        assert_eq!(check(cut, head.clone()), Some(2));
        assert_eq!(check(whole[..3].to_vec(), head.clone()), Some(4));
        assert_eq!(check(whole.clone(), Some((5, vec![0; 32]))), Some(5));
        assert_eq!(check(whole.clone(), None), Some(1));
        let forged = log(&Keys::new([2; 32]), workspace, 5);
        let forged_head = Some((5, forged[4].hash.clone()));
        assert_eq!(check(forged, forged_head), Some(1), "without the key nobody can write a log that holds");
    }
}
