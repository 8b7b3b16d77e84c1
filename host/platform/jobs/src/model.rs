//! Jobs, schedules and parked outbox rows as an admin sees them.

use crate::JobError;
use rialto_kernel::{Id, WorkspaceId};
use serde::Serialize;
use serde_json::Value;
use std::str::FromStr;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for its time or for a free worker.
    Pending,
    /// A host works on it under a lease.
    Running,
    /// Finished well.
    Done,
    /// A dead letter: failed for good, waits to be replayed.
    Dead,
    /// Was called off.
    Cancelled,
}

impl JobState {
    /// As it is stored.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
            Self::Cancelled => "cancelled",
        }
    }
}

impl FromStr for JobState {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        [Self::Pending, Self::Running, Self::Done, Self::Dead, Self::Cancelled]
            .into_iter()
            .find(|state| state.word() == word)
            .ok_or_else(|| format!("`{}` is none of pending, running, done, dead, cancelled", word.escape_debug()))
    }
}

/// A job.
#[derive(Debug, Clone, Serialize)]
pub struct Job {
    /// Its id.
    pub id: Id,
    /// Which handler.
    pub kind: String,
    /// What makes it unique among its kind, if anything.
    pub key: Option<String>,
    /// What it was queued with.
    pub payload: Value,
    /// Where it stands.
    pub state: JobState,
    /// Not before this instant, UTC microseconds.
    pub due_at: i64,
    /// How often it was claimed.
    pub attempt: i64,
    /// Failures in a row.
    pub failures: i64,
    /// Failures in a row that make it a dead letter.
    pub failures_max: i64,
    /// How far it is.
    pub progress: JobProgress,
    /// What it answered.
    pub result: Option<Value>,
    /// What it failed with last.
    pub error: Option<String>,
    /// Whether somebody called it off while it ran.
    pub cancel_requested: bool,
    /// When it was queued, UTC microseconds.
    pub created_at: i64,
    /// When it ended, UTC microseconds.
    pub finished_at: Option<i64>,
}

/// How far a job is: `done` of `total`, 0 of 0 while nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct JobProgress {
    /// Where it stands.
    pub state: JobState,
    /// Parts done.
    pub done: i64,
    /// Parts in all.
    pub total: i64,
}

/// Which jobs to list; `None` is any.
#[derive(Debug, Clone, Default)]
pub struct JobFilter {
    /// Only in this state.
    pub state: Option<JobState>,
    /// Only of this kind.
    pub kind: Option<String>,
}

/// A schedule to keep: wall time in a zone, as people mean it.
#[derive(Debug, Clone)]
pub struct NewSchedule {
    /// Whose.
    pub workspace: WorkspaceId,
    /// Which handler its jobs go to.
    pub kind: &'static str,
    /// What names it among its kind; setting it again replaces it.
    pub key: String,
    /// What each job is queued with.
    pub payload: Value,
    /// Minute, hour, day, month, weekday.
    pub cron: String,
    /// IANA zone, such as `Europe/Berlin`.
    pub zone: String,
    /// Whether it fires.
    pub enabled: bool,
}

/// A schedule.
#[derive(Debug, Clone, Serialize)]
pub struct Schedule {
    /// Its id.
    pub id: Id,
    /// Which handler its jobs go to.
    pub kind: String,
    /// What names it among its kind.
    pub key: String,
    /// What each job is queued with.
    pub payload: Value,
    /// Minute, hour, day, month, weekday.
    pub cron: String,
    /// IANA zone.
    pub zone: String,
    /// When it fires next, UTC microseconds.
    pub next_at: i64,
    /// When it fired last, UTC microseconds.
    pub last_at: Option<i64>,
    /// Whether it fires.
    pub enabled: bool,
}

/// An outbox row that failed so often that it waits for a person.
#[derive(Debug, Clone, Serialize)]
pub struct ParkedItem {
    /// The batch.
    pub id: Id,
    /// Who was to take it in.
    pub consumer: String,
    /// What it is about.
    pub topic: String,
    /// How often it failed.
    pub failures: i64,
    /// What it failed with last.
    pub error: Option<String>,
    /// When it was written, UTC microseconds.
    pub created_at: i64,
}

/// A row of `job`, without what only the runner needs.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct JobRow {
    id: Id,
    kind: String,
    key: Option<String>,
    payload: String,
    state: String,
    due_at: i64,
    attempt: i64,
    failures: i64,
    failures_max: i64,
    progress_done: i64,
    progress_total: i64,
    result: Option<String>,
    error: Option<String>,
    cancel_requested: bool,
    created_at: i64,
    finished_at: Option<i64>,
}

impl JobRow {
    pub(crate) fn read(self) -> Result<Job, JobError> {
        let state = state_of(&self.state)?;
        Ok(Job {
            id: self.id,
            kind: self.kind,
            key: self.key,
            payload: serde_json::from_str(&self.payload)?,
            state,
            due_at: self.due_at,
            attempt: self.attempt,
            failures: self.failures,
            failures_max: self.failures_max,
            progress: JobProgress { state, done: self.progress_done, total: self.progress_total },
            result: self.result.as_deref().map(serde_json::from_str).transpose()?,
            error: self.error,
            cancel_requested: self.cancel_requested,
            created_at: self.created_at,
            finished_at: self.finished_at,
        })
    }
}

/// A stored state; an unknown word can only be written by a newer program.
pub(crate) fn state_of(word: &str) -> Result<JobState, JobError> {
    word.parse().map_err(|reason: String| JobError::Data(serde::de::Error::custom(reason)))
}
