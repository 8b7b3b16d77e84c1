//! `rialto import`

use super::worker::Worker;
use crate::{
    App,
    client::{Client, Target},
    config::{Common, Settings},
    open, output,
};
use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use rialto_audience::import::{self, ImportOptions, ImportState, NewImport, import_find, start_import};
use rialto_jobs::JobHandler;
use rialto_web::Caller;
use serde_json::Value;
use std::{collections::BTreeMap, future::Future, path::PathBuf, sync::Arc, time::Duration};
use uuid::Uuid;

/// How often progress is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Rows that were left out, shown in the text.
const ERRORS_SHOWN: usize = 10;

/// Read a file in
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Import {
    #[command(subcommand)]
    then: Option<Then>,
    #[command(flatten)]
    read: ReadIn,
}

#[derive(Debug, Subcommand)]
enum Then {
    /// Look at a file without reading it in: what it is, what its columns are taken for, what is wrong
    Preview(Box<ReadIn>),
    /// Take an import back: what it made and nobody changed or used since
    Undo(Named),
    /// The bad rows of an import, as a file to be mended and sent again
    Errors(Named),
}

/// An import there is.
#[derive(Debug, Args)]
struct Named {
    /// The import's id
    id: Uuid,
    #[command(flatten)]
    target: Target,
}

impl Import {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        match self.then {
            Some(Then::Preview(read)) => read.named()?.preview(common).await,
            Some(Then::Undo(named)) => named.undo(common).await,
            Some(Then::Errors(named)) => named.errors(common).await,
            None => self.read.named()?.run(common).await,
        }
    }
}

impl Named {
    async fn undo(self, common: &Common) -> anyhow::Result<()> {
        let client = Client::open(&self.target, common).await?;
        let at = format!("/imports/{}", self.id);
        client.post(&format!("{at}/undo"), &Value::Null).await?;
        // A data folder that no host serves has nobody else to do it.
        let worker = match &client {
            Client::Local { app, .. } => Some(Worker::begin(&Settings::read(common)?, app, handlers(app))?),
            Client::Remote { .. } => None,
        };
        let done: import::Import = loop {
            let now: import::Import = serde_json::from_value(client.get(&at).await?)?;
            if now.undo.as_ref().is_some_and(|undo| !undo.running) {
                break now;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        };
        if let Some(worker) = worker {
            worker.end().await;
        }
        let kept = client.get(&format!("{at}/kept?limit={ERRORS_SHOWN}")).await?;
        output::answer(common.json, &done, |done| {
            let undo = done.undo.clone().unwrap_or_default();
            let mut lines = vec![format!("{} removed, {} kept", undo.removed, undo.kept)];
            let line = |kept: &Value| {
                let text = |name: &str| kept[name].as_str().unwrap_or("").to_owned();
                format!("  {} {}: {}", text("object"), text("id"), text("reason"))
            };
            lines.extend(kept["items"].as_array().into_iter().flatten().map(line));
            lines.join("\n")
        })
    }

    async fn errors(self, common: &Common) -> anyhow::Result<()> {
        let client = Client::open(&self.target, common).await?;
        let text = client.get(&format!("/imports/{}/errors.csv", self.id)).await?;
        output::say(text.as_str().unwrap_or("").trim_end())
    }
}

/// What to read, and how.
#[derive(Debug, Args)]
struct ReadIn {
    /// contacts, products, orders, offers, redemptions, placements or events
    #[arg(default_value = "", hide_default_value = true)]
    kind: String,
    /// The file: CSV in any encoding or a workbook (XLSX), with a header
    #[arg(default_value = "-", hide_default_value = true)]
    file: PathBuf,
    /// Which column a header means, such as "E-Mail=email" or "Age=trait:age" or "X=ignore"
    #[arg(long, value_name = "HEADER=COLUMN")]
    map: Vec<String>,
    /// What separates the cells: , ; | or tab; guessed when left out
    #[arg(long, value_name = "CHAR")]
    delimiter: Option<String>,
    /// The encoding of a file of text, such as GB18030; guessed when left out
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// The sheet of a workbook; the first that shows when left out
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// The zone of instants without one, such as Asia/Shanghai; UTC when left out
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// The order of dates such as 3/4/2026: dmy or mdy
    #[arg(long, value_name = "ORDER")]
    dates: Option<String>,
    /// The country of telephone numbers without a code, such as CN
    #[arg(long, value_name = "COUNTRY")]
    region: Option<String>,
    /// Keep columns nobody knows as traits or properties
    #[arg(long)]
    keep_unknown: bool,
    /// What the kind wants to know besides, such as currency=USD
    #[arg(long = "with", value_name = "KEY=VALUE")]
    with: Vec<String>,
    #[command(flatten)]
    target: Target,
}

impl ReadIn {
    /// Itself, where it says what to read. A verb after `import` stands in the
    /// place of the two, so the parser cannot ask for them.
    fn named(&self) -> anyhow::Result<&Self> {
        if self.kind.is_empty() || self.file.as_os_str() == "-" {
            bail!("say what to read in: `rialto import KIND FILE`");
        }
        Ok(self)
    }

    fn options(&self) -> anyhow::Result<ImportOptions> {
        Ok(ImportOptions {
            delimiter: self.delimiter.clone(),
            encoding: self.encoding.clone(),
            sheet: self.sheet.clone(),
            zone: self.zone.clone(),
            dates: self.dates.clone(),
            region: self.region.clone(),
            map: pairs("--map", &self.map)?,
            keep_unknown: self.keep_unknown,
            with: pairs("--with", &self.with)?,
        })
    }

    async fn preview(&self, common: &Common) -> anyhow::Result<()> {
        let client = Client::open(&self.target, common).await?;
        let path = format!("/imports/preview?{}", self.query(&self.options()?)?);
        let shown: import::ImportPreview =
            serde_json::from_value(client.post_file(&path, "application/octet-stream", &self.file).await?)?;
        output::answer(common.json, &shown, preview_lines)
    }

    async fn run(&self, common: &Common) -> anyhow::Result<()> {
        let options = self.options()?;
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
        let worker = Worker::begin(&settings, &app, handlers(&app))?;
        let outcome =
            follow(begun.bytes_total, || async { Ok(import_find(&app.host, workspace, begun.id).await?) }).await;
        worker.end().await;
        let done = outcome?;
        let csv = import::import_errors_csv(&app.host, workspace, done.id, settings.locale).await?;
        app.host.store.close().await;
        Ok((done, csv.lines().skip(1).take(ERRORS_SHOWN).map(str::to_owned).collect()))
    }

    fn query(&self, options: &ImportOptions) -> anyhow::Result<String> {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("kind", &self.kind).append_pair("file_name", &self.file_name());
        query.append_pair("map", &serde_json::to_string(&options.map)?);
        query.append_pair("with", &serde_json::to_string(&options.with)?);
        query.append_pair("keep_unknown", if options.keep_unknown { "true" } else { "false" });
        for (name, value) in [
            ("delimiter", &options.delimiter),
            ("encoding", &options.encoding),
            ("sheet", &options.sheet),
            ("zone", &options.zone),
            ("dates", &options.dates),
            ("region", &options.region),
        ] {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        Ok(query.finish())
    }

    async fn over_http(
        &self,
        common: &Common,
        options: &ImportOptions,
    ) -> anyhow::Result<(import::Import, Vec<String>)> {
        let client = Client::open(&self.target, common).await?;
        let path = format!("/imports?{}", self.query(options)?);
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

fn preview_lines(shown: &import::ImportPreview) -> String {
    let report = &shown.report;
    let mut lines = vec![match (&report.encoding, &report.sheet) {
        (_, Some(sheet)) => format!("{}, sheet {sheet}", report.format),
        (encoding, None) => {
            let encoding = encoding.as_deref().unwrap_or("");
            format!("{}, {encoding}, cells separated by {}", report.format, report.delimiter.escape_debug())
        }
    }];
    lines.extend(report.columns.iter().map(|used| format!("  {} -> {}", used.header, used.column)));
    lines.extend(report.unknown.iter().map(|header| format!("  {header} -> left out")));
    lines.extend(report.notes.iter().map(|note| format!("note: {note}")));
    lines.extend(shown.problems.iter().map(|problem| format!("problem: {problem}")));
    lines.push(format!("{} rows tried, {} errors", shown.tried, shown.errors.len()));
    lines
        .extend(shown.errors.iter().take(ERRORS_SHOWN).map(|e| format!("  row {}, {}: {}", e.row, e.field, e.message)));
    lines.join("\n")
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

/// Imports and what follows from them: a command sends nothing.
fn handlers(app: &App) -> Vec<Arc<dyn JobHandler>> {
    vec![Arc::new(import::ImportJob::new(app.host.clone())), Arc::new(import::UndoJob::new(app.host.clone()))]
}
