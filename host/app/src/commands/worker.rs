//! Work on jobs while a command runs.

use crate::{App, config::Settings, open};
use rialto_jobs::{JobHandler, Runner, RunnerOptions, RunnerParts};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Works on some kinds of job while a command runs, unless a running host does it.
pub(super) struct Worker {
    stop: CancellationToken,
    task: Option<tokio::task::JoinHandle<()>>,
    _lock: Option<open::WorkLock>,
}

impl Worker {
    pub(super) fn begin(settings: &Settings, app: &App, handlers: Vec<Arc<dyn JobHandler>>) -> anyhow::Result<Self> {
        let stop = CancellationToken::new();
        let lock = open::work_lock(settings)?;
        let task = lock.is_some().then(|| {
            let host = &app.host;
            let runner = Runner::new(RunnerParts {
                store: host.store.clone(),
                clock: Arc::clone(&host.clock),
                random: Arc::clone(&host.random),
                name: format!("{}-command", host.name),
                handlers,
                consumers: Vec::new(),
                options: RunnerOptions { workers: 1, ..RunnerOptions::default() },
            });
            let stop = stop.clone();
            tokio::spawn(async move { runner.run(stop).await })
        });
        Ok(Self { stop, task, _lock: lock })
    }

    pub(super) async fn end(self) {
        self.stop.cancel();
        if let Some(task) = self.task {
            let _ = task.await;
        }
    }
}
