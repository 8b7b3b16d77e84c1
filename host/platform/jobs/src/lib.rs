//! Durable work: jobs, outbox consumers and schedules, as rows that any host
//! may claim under a lease and that survive any kill.
//!
//! To add a job: write a type that implements [`JobHandler`], list it in the
//! slice's `jobs.rs`, and [`enqueue`] it inside the transaction that is its
//! cause. A handler may be run again after a kill at any point: keep its
//! progress in the checkpoint, and fence every write with [`JobRun::save`].

mod enqueue;
mod error;
mod handler;
mod outbox;

pub use enqueue::{FAILURES_MAX, NewJob, enqueue};
pub use error::JobError;
pub use handler::{Fence, JobFailure, JobHandler, JobRun, Step};
pub use outbox::{Consumer, OutboxItem, outbox_push};
