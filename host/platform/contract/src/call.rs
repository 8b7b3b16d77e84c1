//! What every typed call has in common: look the export up once per loaded
//! plugin, enter, sort faults from answers.

use crate::tape::{Answered, Asked};
use futures::future::BoxFuture;
use rialto_plugin_host::{Fault, Payload, Run, RunError, RunState};
use std::sync::Arc;
use wasmtime::{
    Store,
    component::{Instance, InstancePre},
};

/// Find the indices of an exported interface, once per loaded plugin.
pub(crate) fn indices<G: Send + Sync + 'static>(
    run: &mut Run,
    entry: &'static str,
    find: impl FnOnce(&InstancePre<RunState>) -> wasmtime::Result<G>,
) -> Result<Arc<G>, RunError> {
    let found = run.plugin().lookup(find);
    found.map_err(|cause| run.wrong_answer(entry, format!("the export cannot be used: {}", cause.root_cause())))
}

/// Enter, and tell a fault from an answer.
pub(crate) async fn ask<T, F>(run: &mut Run, entry: &'static str, input: Payload, call: F) -> Result<T, RunError>
where
    T: Send,
    F: for<'a> FnOnce(&'a mut Store<RunState>, Instance) -> BoxFuture<'a, wasmtime::Result<Result<T, Fault>>> + Send,
{
    match run.enter(entry, input, call).await? {
        Ok(answer) => Ok(answer),
        Err(fault) => Err(run.fault(entry, fault)),
    }
}

/// What an entry is given, beside its digest where the run is taped.
pub(crate) fn given(run: &Run, digest: Payload, asked: impl FnOnce() -> Asked) -> Payload {
    if run.is_taped() { digest.with(Arc::new(asked())) } else { digest }
}

/// What it answered, beside its digest where the run is taped.
pub(crate) fn taken(run: &Run, digest: Payload, answered: impl FnOnce() -> Answered) -> Payload {
    if run.is_taped() { digest.with(Arc::new(answered())) } else { digest }
}

/// Record an answer that has been checked.
pub(crate) fn accept<T: serde::Serialize + Clone>(
    run: &mut Run,
    entry: &'static str,
    answer: T,
    said: fn(T) -> Answered,
) -> Result<T, RunError> {
    let output = taken(run, Payload::json(&answer), || said(answer.clone()));
    run.answered(entry, &output)?;
    Ok(answer)
}

/// Record that an entry did what it was asked.
pub(crate) fn done(run: &mut Run, entry: &'static str, digest: Payload) -> Result<(), RunError> {
    let output = taken(run, digest, || Answered::Done {});
    run.answered(entry, &output)
}

/// Make `check` hold, or the answer is wrong.
pub(crate) fn hold(run: &mut Run, entry: &'static str, check: Result<(), String>) -> Result<(), RunError> {
    check.map_err(|detail| run.wrong_answer(entry, detail))
}
