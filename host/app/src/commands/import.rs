//! `rialto import`

use crate::{
    App,
    client::Target,
    config::{Common, Settings},
    open, output,
};
use anyhow::{Context as _, bail};
use clap::Args;
use indicatif::ProgressBar;
use rialto_audience::import::{self, ImportOptions, ImportState, NewImport, import_find, start_import};
use rialto_jobs::{Runner, RunnerOptions, RunnerParts};
use rialto_kernel::{Id, WorkspaceId};
use rialto_web::Caller;
use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// How often progress is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Rows that were left out, shown in the text.
const ERRORS_SHOWN: usize = 10;

/// Read a file in
#[derive(Debug, Args)]
pub struct Import {
    /// contacts, products, orders, offers, redemptions, placements or events
    kind: String,
    /// The file: CSV with a header
    file: PathBuf,
    /// Which column a header means, such as "E-Mail=email" or "Age=trait:age" or "X=ignore"
    #[arg(long, value_name = "HEADER=COLUMN")]
    map: Vec<String>,
    /// What separates the cells: , ; | or tab; guessed when left out
    #[arg(long, value_name = "CHAR")]
    delimiter: Option<String>,
    /// Keep columns nobody knows as traits or properties
    #[arg(long)]
    keep_unknown: bool,
    /// What the kind wants to know besides, such as currency=USD
    #[arg(long = "with", value_name = "KEY=VALUE")]
    with: Vec<String>,
    #[command(flatten)]
    target: Target,
}

impl Import {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        if self.target.server.is_some() {
            bail!("`rialto import` works on the data folder; over HTTP use POST /api/v1/imports/{}", self.kind);
        }
        let settings = Settings::read(common)?;
        let app = open::app(&settings).await?;
        let workspace = open::workspace(&app.host, self.target.workspace.as_deref(), settings.locale).await?;
        let options = ImportOptions {
            delimiter: self.delimiter.clone(),
            map: pairs("--map", &self.map)?,
            keep_unknown: self.keep_unknown,
            with: pairs("--with", &self.with)?,
        };
        let file_name = self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let new = NewImport {
            id: app.host.id(),
            kind: self.kind,
            path: self.file.clone(),
            file_name,
            digest: String::new(),
            options,
        };
        let begun = start_import(&app.host, &Caller::local(workspace), new).await?;
        let worker = Worker::begin(&settings, &app)?;
        let outcome = follow(&app, workspace, begun.id, begun.bytes_total).await;
        worker.end().await;
        let done = outcome?;
        let errors = import::import_errors_csv(&app.host, workspace, begun.id).await?;
        app.host.store.close().await;
        output::answer(common.json, &done, |done| {
            let mut lines = vec![format!("{} rows taken in, {} left out", done.rows_good, done.rows_bad)];
            if done.rows_bad > 0 {
                lines.extend(errors.lines().take(ERRORS_SHOWN + 1).map(|line| format!("  {line}")));
            }
            lines.join("\n")
        })?;
        if done.state != ImportState::Done {
            bail!("{}", done.error.as_deref().unwrap_or("the import was stopped"));
        }
        Ok(())
    }
}

fn pairs(flag: &str, texts: &[String]) -> anyhow::Result<BTreeMap<String, String>> {
    texts
        .iter()
        .map(|text| text.split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned())))
        .collect::<Option<_>>()
        .with_context(|| format!("{flag}: write it as A=B"))
}

async fn follow(app: &App, workspace: WorkspaceId, id: Id, bytes: i64) -> anyhow::Result<import::Import> {
    let bar: ProgressBar = output::bar(u64::try_from(bytes).unwrap_or(0), "importing", true);
    loop {
        let now = import_find(&app.host, workspace, id).await?;
        bar.set_position(u64::try_from(now.bytes_read).unwrap_or(0));
        if now.state != ImportState::Running {
            bar.finish_and_clear();
            return Ok(now);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Works on imports while this command runs, unless a running host does it.
struct Worker {
    stop: CancellationToken,
    task: Option<tokio::task::JoinHandle<()>>,
    _lock: Option<open::WorkLock>,
}

impl Worker {
    fn begin(settings: &Settings, app: &App) -> anyhow::Result<Self> {
        let stop = CancellationToken::new();
        let lock = open::work_lock(settings)?;
        let task = lock.is_some().then(|| {
            let host = &app.host;
            // Only imports and what follows from them: a command sends nothing.
            let runner = Runner::new(RunnerParts {
                store: host.store.clone(),
                clock: Arc::clone(&host.clock),
                random: Arc::clone(&host.random),
                name: format!("{}-import", host.name),
                handlers: vec![Arc::new(import::ImportJob::new(host.clone()))],
                consumers: Vec::new(),
                options: RunnerOptions { workers: 1, ..RunnerOptions::default() },
            });
            let stop = stop.clone();
            tokio::spawn(async move { runner.run(stop).await })
        });
        Ok(Self { stop, task, _lock: lock })
    }

    async fn end(self) {
        self.stop.cancel();
        if let Some(task) = self.task {
            let _ = task.await;
        }
    }
}
