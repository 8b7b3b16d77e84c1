//! Taking an import back: what it made and nobody changed or used since is
//! removed again, a batch a transaction; the rest is kept and listed with its
//! reason. What an import changed that was there before stays as it is.

use super::{
    Import, ImportKind, ImportState, ImportUndo, TakeBack,
    actions::{import_find, kind_of},
    sql,
};
use crate::{Error, error::Result};
use async_trait::async_trait;
use rialto_identity::{AuditEntry, audit};
use rialto_jobs::{JobFailure, JobHandler, JobRun, NewJob, Step, enqueue};
use rialto_kernel::{Id, Problem, WorkspaceId, to_micros};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::Caller;
use serde::{Deserialize, Serialize};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// Where else an object is used. Each area answers for its own tables.
#[async_trait]
pub trait Uses: Send + Sync {
    /// Those of the objects that are in use, and where.
    ///
    /// # Errors
    /// When the store fails.
    async fn used(
        &self,
        conn: &mut Conn,
        workspace: WorkspaceId,
        object: &str,
        ids: &[Id],
    ) -> Result<Vec<(Id, &'static str)>, Problem>;
}

/// Who is asked before something is removed.
#[derive(Default)]
pub struct AllUses(Mutex<Vec<Arc<dyn Uses>>>);

/// Have an area asked before an object is removed; a slice does it when it is made.
pub fn register_uses(host: &Host, uses: Arc<dyn Uses>) {
    host.slot::<AllUses>().0.lock().unwrap_or_else(PoisonError::into_inner).push(uses);
}

/// Begin to take an import back.
///
/// # Errors
/// When there is none, it is still running or taken back already, its kind
/// cannot be taken back, or the caller may not.
pub async fn import_undo(host: &Host, caller: &Caller, id: Id) -> Result<Import> {
    let import = import_find(host, caller.workspace, id).await?;
    let kind = kind_of(host, &import.kind)?;
    caller.require(kind.permission())?;
    if kind.made_objects().is_empty() {
        let detail = format!("an import of {} cannot be taken back: {}", import.kind, kind.kept_because());
        return Err(Error::Conflict { code: "import-kept", detail });
    }
    if import.state == ImportState::Running {
        let detail = "the import is running; stop it first".to_owned();
        return Err(Error::Conflict { code: "import-running", detail });
    }
    let (workspace, now, job) = (caller.workspace, host.now_us(), host.id());
    let entry = AuditEntry::new(host, caller, "import.undo", "import", id)
        .detail(serde_json::json!({"kind": import.kind, "file": import.file_name}));
    host.store
        .write(workspace, "import.undo", move |conn| {
            Box::pin(async move {
                let begun = ImportUndo { running: true, ..ImportUndo::default() };
                if !sql::import_undo_begin(conn, workspace, id, &begun).await? {
                    let detail = "the import has been taken back already".to_owned();
                    return Err(Error::Conflict { code: "import-undone", detail });
                }
                let new = NewJob::new(workspace, UndoJob::KIND, serde_json::json!({"import": id}), now);
                enqueue(conn, job, now, new.keyed(format!("undo:{id}"))).await?;
                audit(conn, &entry).await?;
                Ok(())
            })
        })
        .await?;
    import_find(host, workspace, id).await
}

/// Takes imports back.
pub struct UndoJob {
    host: Host,
}

impl UndoJob {
    /// The kind of its jobs.
    pub const KIND: &'static str = "audience.import-undo";

    /// The handler of this host.
    #[must_use]
    pub fn new(host: Host) -> Self {
        Self { host }
    }
}

#[derive(Deserialize)]
struct Payload {
    import: Id,
}

/// How far it is: which object, and which batches of it are done.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Progress {
    object: usize,
    after: i64,
    removed: u64,
    kept: u64,
}

#[async_trait]
impl JobHandler for UndoJob {
    fn kind(&self) -> &'static str {
        Self::KIND
    }

    async fn run(&self, job: &mut JobRun) -> Result<Step, JobFailure> {
        let Payload { import } = job.payload()?;
        let found = import_find(&self.host, job.workspace, import).await?;
        let kind = kind_of(&self.host, &found.kind)?;
        match self.take_back(job, &found, kind).await? {
            Some(done) => Ok(Step::Done(serde_json::json!({"removed": done.removed, "kept": done.kept}))),
            None => Ok(Step::Again(Duration::ZERO)),
        }
    }
}

impl UndoJob {
    async fn take_back(
        &self,
        job: &mut JobRun,
        import: &Import,
        kind: Arc<dyn ImportKind>,
    ) -> Result<Option<Progress>> {
        let mut progress: Progress = job.checkpoint()?.unwrap_or_default();
        let workspace = job.workspace;
        while let Some(object) = kind.made_objects().get(progress.object).copied() {
            let again = Arc::new(self.again(workspace, import.id, object).await?);
            loop {
                if job.stop.is_cancelled() {
                    return Ok(None);
                }
                let mut conn = self.host.store.read(workspace).await?;
                let next = sql::import_made_next(&mut conn, workspace, import.id, object, progress.after).await?;
                drop(conn);
                let Some((batch, ids)) = next else { break };
                let of = Arc::new(self.of(workspace, import.id, object, batch, &ids).await?);
                let with = TakeBack {
                    workspace,
                    import: import.id,
                    object,
                    ended_at: import.finished_at.map_or(0, to_micros),
                    actor: import.created_by.clone(),
                    again: Arc::clone(&again),
                    of,
                };
                progress = self.one(job, &kind, with, Progress { after: batch, ..progress }, ids).await?;
            }
            progress = Progress { object: progress.object + 1, after: -1, ..progress };
        }
        let (id, done) = (import.id, ImportUndo { running: false, removed: progress.removed, kept: progress.kept });
        self.host
            .store
            .write(workspace, "import.undone", move |conn| {
                Box::pin(async move { sql::import_undo_put(conn, workspace, id, &done).await })
            })
            .await?;
        Ok(Some(progress))
    }

    /// How often the import added to an object after it had made it.
    async fn again(&self, workspace: WorkspaceId, import: Id, object: &str) -> Result<HashMap<Id, i64>> {
        let (mut counts, mut after) = (HashMap::new(), -1);
        let grown = format!("{object}.grown");
        let mut conn = self.host.store.read(workspace).await?;
        while let Some((batch, ids)) = sql::import_made_next(&mut conn, workspace, import, &grown, after).await? {
            after = batch;
            for id in ids {
                *counts.entry(id).or_insert(0) += 1;
            }
        }
        Ok(counts)
    }

    /// What the objects of a batch are made of, where they are pairs of others.
    async fn of(
        &self,
        workspace: WorkspaceId,
        import: Id,
        object: &str,
        batch: i64,
        ids: &[Id],
    ) -> Result<HashMap<Id, Vec<Id>>> {
        let mut conn = self.host.store.read(workspace).await?;
        let name = format!("{object}.of");
        let found = sql::import_made_next(&mut conn, workspace, import, &name, batch - 1).await?;
        let Some((_, parts)) = found.filter(|(at, _)| *at == batch) else { return Ok(HashMap::new()) };
        let each = parts.len().checked_div(ids.len()).unwrap_or(0).max(1);
        Ok(ids.iter().copied().zip(parts.chunks_exact(each).map(<[Id]>::to_vec)).collect())
    }

    async fn one(
        &self,
        job: &JobRun,
        kind: &Arc<dyn ImportKind>,
        with: TakeBack,
        progress: Progress,
        ids: Vec<Id>,
    ) -> Result<Progress> {
        let (kind, fence, workspace) = (Arc::clone(kind), job.fence(), with.workspace);
        let uses = self.host.slot::<AllUses>().0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.host
            .store
            .write(workspace, "import.undo-batch", move |conn| {
                Box::pin(async move {
                    conn.see_all();
                    let mut kept: HashMap<Id, String> = HashMap::new();
                    for area in &uses {
                        for (id, place) in area.used(conn, workspace, with.object, &ids).await? {
                            kept.entry(id).or_insert_with(|| place.to_owned());
                        }
                    }
                    let free: Vec<Id> = ids.iter().copied().filter(|id| !kept.contains_key(id)).collect();
                    if !free.is_empty() {
                        kept.extend(kind.take_back(conn, &with, &free).await?);
                    }
                    let all: HashSet<Id> = ids.iter().copied().collect();
                    let next = Progress {
                        removed: progress.removed + (all.len().saturating_sub(kept.len())) as u64,
                        kept: progress.kept + kept.len() as u64,
                        ..progress
                    };
                    sql::import_kept_add(conn, workspace, with.import, with.object, kept).await?;
                    let checkpoint = serde_json::to_value(next).unwrap_or_default();
                    fence.save(conn, &checkpoint, next.removed + next.kept, 0).await?;
                    Ok::<_, Error>(next)
                })
            })
            .await
    }
}
