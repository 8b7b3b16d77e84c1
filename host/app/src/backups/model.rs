//! What a backup is to whoever asks for one.

use jiff::Timestamp;
use rialto_kernel::{Id, from_micros};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Where a backup stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BackupState {
    /// Waits for a free worker, or to be tried again.
    Pending,
    /// Is being made.
    Running,
    /// Whole, in the data folder of the host that was asked.
    Done,
    /// Whole, but its file is not in this host's data folder: another host made
    /// it, or it was made before the database was restored.
    Elsewhere,
    /// Came to nothing; `problem` says why.
    Failed,
    /// Was called off.
    Cancelled,
}

/// How far a backup is, in bytes packed; 0 of 0 while nobody knows.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct BackupProgress {
    /// Bytes packed.
    pub(crate) done: i64,
    /// Bytes to be packed.
    pub(crate) total: i64,
}

/// A backup.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Backup {
    /// Its id.
    pub(crate) id: Uuid,
    /// What whoever asked called it.
    pub(crate) name: String,
    /// Where it stands.
    pub(crate) state: BackupState,
    /// How far it is.
    pub(crate) progress: BackupProgress,
    /// Why it came to nothing, or is tried again.
    pub(crate) problem: Option<String>,
    /// Bytes of its file, once it is whole.
    pub(crate) bytes: Option<i64>,
    /// SHA-256 of its file in hex, once it is whole.
    pub(crate) sha256: Option<String>,
    /// The host whose data folder has the file.
    pub(crate) host: Option<String>,
    /// The job that makes it.
    pub(crate) job: Uuid,
    /// Who asked for it.
    pub(crate) created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
    /// When it was whole.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) finished_at: Option<Timestamp>,
}

/// A backup as it is kept, with its job.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Row {
    pub(super) id: Id,
    name: String,
    job: Id,
    host: String,
    bytes: i64,
    sha256: String,
    created_by: String,
    created_at: i64,
    pub(super) finished_at: Option<i64>,
    job_state: Option<String>,
    job_error: Option<String>,
    done: Option<i64>,
    total: Option<i64>,
}

impl Row {
    /// As it is shown; `here` where the file is in this host's data folder.
    pub(super) fn shown(self, here: bool) -> Backup {
        let state = match (self.finished_at, self.job_state.as_deref()) {
            (Some(_), _) if here => BackupState::Done,
            (Some(_), _) => BackupState::Elsewhere,
            (None, Some("pending")) => BackupState::Pending,
            (None, Some("running")) => BackupState::Running,
            (None, Some("cancelled")) => BackupState::Cancelled,
            (None, _) => BackupState::Failed,
        };
        let whole = self.finished_at.is_some();
        Backup {
            id: self.id,
            name: self.name,
            state,
            progress: BackupProgress { done: self.done.unwrap_or(0), total: self.total.unwrap_or(0) },
            problem: self.job_error.filter(|_| !whole),
            bytes: whole.then_some(self.bytes),
            sha256: whole.then_some(self.sha256),
            host: whole.then_some(self.host),
            job: self.job,
            created_by: self.created_by,
            created_at: from_micros(self.created_at),
            finished_at: self.finished_at.map(from_micros),
        }
    }

    /// Whether nobody works on it any more and it is not whole.
    pub(super) fn came_to_nothing(&self) -> bool {
        self.finished_at.is_none() && !matches!(self.job_state.as_deref(), Some("pending" | "running"))
    }
}
