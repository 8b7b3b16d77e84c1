//! `rialto import`

use crate::{
    App,
    client::{Client, Target},
    config::{Common, Settings},
    open, output,
};
use anyhow::{Context as _, bail};
use clap::Args;
use indicatif::ProgressBar;
use rialto_audience::import::{self, ImportOptions, ImportState, NewImport, import_find, start_import};
use rialto_jobs::{Runner, RunnerOptions, RunnerParts};
use rialto_web::Caller;
use serde_json::Value;
use std::{collections::BTreeMap, future::Future, path::PathBuf, sync::Arc, time::Duration};
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
        let options = ImportOptions {
            delimiter: self.delimiter.clone(),
            map: pairs("--map", &self.map)?,
            keep_unknown: self.keep_unknown,
            with: pairs("--with", &self.with)?,
        };
        let (done, errors) = match &self.target.server {
            Some(_) => self.over_http(common, &options).await?,
            None => self.in_data_folder(common, options).await?,
        };
        output::answer(common.json, &done, |done| {
            let mut lines = vec![format!("{} rows taken in, {} left out", done.rows_good, done.rows_bad)];
            if done.rows_bad > 0 {
                lines.extend(errors.iter().map(|line| format!("  {line}")));
            }
            lines.join("\n")
        })?;
        if done.state != ImportState::Done {
            bail!("{}", done.error.as_deref().unwrap_or("the import was stopped"));
        }
        Ok(())
    }

    fn file_name(&self) -> String {
        self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    async fn in_data_folder(
        &self,
        common: &Common,
        options: ImportOptions,
    ) -> anyhow::Result<(import::Import, Vec<String>)> {
        let settings = Settings::read(common)?;
        let app = open::app(&settings).await?;
        let workspace = open::workspace(&app.host, self.target.workspace.as_deref(), settings.locale).await?;
        let new = NewImport {
            kind: self.kind.clone(),
            path: self.file.clone(),
            file_name: self.file_name(),
            digest: String::new(),
            options,
        };
        let begun = start_import(&app.host, &Caller::local(workspace), new).await?;
        let worker = Worker::begin(&settings, &app)?;
        let outcome =
            follow(begun.bytes_total, || async { Ok(import_find(&app.host, workspace, begun.id).await?) }).await;
        worker.end().await;
        let done = outcome?;
        let csv = import::import_errors_csv(&app.host, workspace, done.id).await?;
        app.host.store.close().await;
        Ok((done, csv.lines().skip(1).take(ERRORS_SHOWN).map(str::to_owned).collect()))
    }

    async fn over_http(
        &self,
        common: &Common,
        options: &ImportOptions,
    ) -> anyhow::Result<(import::Import, Vec<String>)> {
        let client = Client::open(&self.target, common).await?;
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("kind", &self.kind).append_pair("file_name", &self.file_name());
        query.append_pair("map", &serde_json::to_string(&options.map)?);
        query.append_pair("with", &serde_json::to_string(&options.with)?);
        query.append_pair("keep_unknown", if options.keep_unknown { "true" } else { "false" });
        if let Some(delimiter) = &options.delimiter {
            query.append_pair("delimiter", delimiter);
        }
        let path = format!("/imports?{}", query.finish());
        let spinner = output::spinner("uploading");
        let begun: import::Import = serde_json::from_value(client.post_file(&path, "text/csv", &self.file).await?)?;
        spinner.finish_and_clear();
        let at = format!("/imports/{}", begun.id);
        let look = || async { Ok(serde_json::from_value(client.get(&at).await?)?) };
        let done = follow(begun.bytes_total, look).await?;
        let errors = client.get(&format!("{at}/errors?limit={ERRORS_SHOWN}")).await?;
        let line = |error: &Value| {
            let text = |name: &str| error[name].as_str().unwrap_or("").to_owned();
            format!("row {}, {}: {}", error["row"], text("field"), text("message"))
        };
        Ok((done, errors["items"].as_array().into_iter().flatten().map(line).collect()))
    }
}

fn pairs(flag: &str, texts: &[String]) -> anyhow::Result<BTreeMap<String, String>> {
    texts
        .iter()
        .map(|text| text.split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned())))
        .collect::<Option<_>>()
        .with_context(|| format!("{flag}: write it as A=B"))
}

/// Look again and again until the import has ended.
async fn follow<F, Fut>(bytes: i64, mut look: F) -> anyhow::Result<import::Import>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = anyhow::Result<import::Import>>,
{
    let bar: ProgressBar = output::bar(u64::try_from(bytes).unwrap_or(0), "importing", true);
    loop {
        let now = look().await?;
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
