//! Durable work: jobs, outbox consumers and schedules, as rows that any host
//! may claim under a lease and that survive any kill.
//!
//! To add a job: write a type that implements [`JobHandler`], list it in the
//! slice's `jobs.rs`, and [`enqueue`] it inside the transaction that is its
//! cause. A handler may be run again after a kill at any point: keep its
//! progress in the checkpoint, and fence every write with [`JobRun::save`].
//!
//! The [`Runner`] promises: one run of a job at a time, decided by leases on
//! the database's clock; a dead host's jobs are taken over within 20 seconds,
//! and at once by its own next start ([`Instance`]); a run that lost its lease can save nothing; nothing is dropped silently,
//! what keeps failing becomes a dead letter that can be replayed.

mod admin;
mod backoff;
mod enqueue;
mod error;
mod handler;
mod hold;
mod instance;
mod model;
mod outbox;
pub mod person;
mod runner;
mod schedule;
mod sql;
mod unscoped;

pub use admin::{
    job_cancel, job_find, job_list, job_progress, job_replay, outbox_parked_list, outbox_replay, schedule_list,
    schedule_remove, schedule_set, schedule_stands,
};
pub use enqueue::{FAILURES_MAX, NewJob, enqueue};
pub use error::JobError;
pub use handler::{Fence, JobFailure, JobHandler, JobRun, Step};
pub use hold::Hold;
pub use instance::{
    HEARTBEAT, HOST_NAME_MAX, HostRow, Instance, NewInstance, TakenBack, host_epoch, host_epoch_first, host_list,
    host_restored, jobs_waiting,
};
pub use model::{Job, JobFilter, JobProgress, JobState, NewSchedule, ParkedItem, Schedule};
pub use outbox::{Consumer, OutboxItem, outbox_push};
pub use runner::{Drained, Runner, RunnerOptions, RunnerParts};
pub use schedule::next_fire;
