//! The job that makes a backup. Killed in the middle it begins again; taken
//! over, what the earlier run left is thrown away.

use super::{
    Source, actions, file_of,
    make::{Made, make},
    sql,
};
use crate::archive::{Draft, Watch, disk_full};
use async_trait::async_trait;
use rialto_identity::{AuditEntry, audit};
use rialto_jobs::{JobFailure, JobHandler, JobRun, Step, host_epoch};
use rialto_kernel::{Id, Problem, from_micros};
use rialto_slice::Host;
use rialto_web::Actor;
use serde::Deserialize;
use serde_json::json;
use std::{fs, path::Path, time::Duration};

/// How often it says how far it is.
const SAY_EVERY: Duration = Duration::from_secs(1);
/// How long one that is called off may take to put down what it has.
const PUT_DOWN_MAX: Duration = Duration::from_secs(5);

/// Makes backups.
pub(super) struct BackupJob {
    host: Host,
}

impl BackupJob {
    /// The kind of its jobs.
    pub(super) const KIND: &'static str = "host.backup";

    pub(super) fn new(host: Host) -> Self {
        Self { host }
    }
}

#[derive(Deserialize)]
struct Payload {
    backup: Id,
    /// The database's mark when it was asked for.
    epoch: Option<String>,
}

/// Calls a backup off when nobody waits for it any more.
struct Leash(Watch);

impl Drop for Leash {
    fn drop(&mut self) {
        self.0.call_off();
    }
}

#[async_trait]
impl JobHandler for BackupJob {
    fn kind(&self) -> &'static str {
        Self::KIND
    }

    fn together_max(&self) -> usize {
        1
    }

    async fn run(&self, job: &mut JobRun) -> Result<Step, JobFailure> {
        let Payload { backup, epoch } = job.payload()?;
        let row = {
            let mut conn = job.store.read(job.workspace).await?;
            sql::backup_find(&mut conn, job.workspace, backup).await?
        };
        if row.is_none_or(|row| row.finished_at.is_some()) {
            return Ok(Step::Done(json!({ "backup": backup })));
        }
        if host_epoch(&self.host.store).await? != epoch {
            let detail = "the database was restored while this backup was being made: ask for another";
            return Err(JobFailure::permanent(Problem::conflict("restored", detail)));
        }
        actions::folder_made(&self.host)?;
        let file = file_of(&self.host, backup);
        left_away(&file).map_err(|cause| Problem::internal(format!("{cause:#}")))?;
        match self.made(job, &file).await? {
            Some(made) => self.keep(job, backup, &file, made).await,
            None => Ok(Step::Again(Duration::ZERO)),
        }
    }
}

impl BackupJob {
    /// Make it, and say every second how far it is; nothing when it is called off.
    async fn made(&self, job: &mut JobRun, file: &Path) -> Result<Option<Made>, JobFailure> {
        let source = Source {
            store: self.host.store.clone(),
            keys: self.host.keys.clone(),
            data_dir: self.host.data_dir.clone(),
            made_at: from_micros(self.host.now_us()),
        };
        let watch = Watch::default();
        let _leash = Leash(watch.clone());
        let making = make(source, file, &watch);
        tokio::pin!(making);
        let stop = job.stop.clone();
        loop {
            tokio::select! {
                done = &mut making => return done.map(Some).map_err(failure),
                () = stop.cancelled() => {
                    watch.call_off();
                    let _ = tokio::time::timeout(PUT_DOWN_MAX, making).await;
                    return Ok(None);
                }
                () = tokio::time::sleep(SAY_EVERY) => {
                    let (done, total) = watch.progress();
                    job.save(json!({}), done, total).await?;
                }
            }
        }
    }

    async fn keep(&self, job: &mut JobRun, id: Id, file: &Path, made: Made) -> Result<Step, JobFailure> {
        let (workspace, now, fence) = (job.workspace, self.host.now_us(), job.fence());
        let name = self.host.name.split('/').next().unwrap_or("").to_owned();
        let (bytes, sha256) = (i64::try_from(made.bytes).unwrap_or(i64::MAX), made.sha256.clone());
        let packed = made.contents.parts.iter().map(|part| part.bytes).sum();
        let entry = AuditEntry::by(&self.host, workspace, &Actor::System, "backup.made", "backup", id)
            .detail(json!({ "bytes": bytes, "sha256": sha256 }));
        let kept = self.host.store.write(workspace, "backup.made", move |conn| {
            Box::pin(async move {
                let kept = sql::backup_finish(conn, workspace, id, (&name, bytes, &sha256), now).await?;
                fence.save(conn, &json!({}), packed, packed).await?;
                audit(conn, &entry).await?;
                Ok::<_, Problem>(kept)
            })
        });
        if !kept.await? {
            let _ = fs::remove_file(file);
        }
        actions::tidy(&self.host, workspace).await?;
        Ok(Step::Done(json!({ "backup": id, "bytes": made.bytes, "sha256": made.sha256 })))
    }
}

/// What an earlier run left.
fn left_away(file: &Path) -> anyhow::Result<()> {
    Draft::clear(file)?;
    match fs::remove_file(file) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => Err(cause.into()),
        _ => Ok(()),
    }
}

/// A full disk does not get emptier by trying again.
fn failure(cause: anyhow::Error) -> JobFailure {
    if disk_full(&cause) {
        return JobFailure::permanent(actions::full(None));
    }
    JobFailure { problem: Problem::internal(format!("{cause:#}")), permanent: false }
}
