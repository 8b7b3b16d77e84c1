//! `rialto attribution`

use crate::{
    config::{Common, Settings},
    open, output,
};
use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use rialto_contract::{
    Ahead,
    attribution::{Credits, Fit, Prepared, batches},
};
use rialto_kernel::{Id, Keys, OsRandom, SharedClock, SharedRandom, SystemClock, WorkspaceId};
use rialto_plugin_host::{Doors, Grants, HostConfig, PluginHost, PluginKind, Run, RunError, RunRequest};
use rialto_plugins::{installations_of_kind, open_run};
use rialto_sdk_harness::paths_file::{self, PathsFile};
use serde_json::{Map, Value, json};
use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Attribution
#[derive(Debug, Subcommand)]
pub enum Attribution {
    /// Share the conversions of a file of paths out over its channels
    Run(RunPaths),
}

/// Share the conversions of a file of paths out over its channels
#[derive(Debug, Args)]
pub struct RunPaths {
    /// The file: `path;conv;value;null`, channels joined by ` > `, counts per row
    #[arg(long, value_name = "FILE")]
    paths: PathBuf,
    /// A plugin file, or the id, name or plugin id (`publisher/name`) of an installation
    #[arg(long, value_name = "ID|FILE")]
    plugin: String,
    /// A setting of the model, such as model=linear
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = setting)]
    settings: Vec<(String, Value)>,
    /// The workspace's short name, where an installation is named
    #[arg(long, value_name = "NAME")]
    workspace: Option<String>,
}

/// `key=value`; a value that reads as JSON is taken as such.
pub(super) fn setting(text: &str) -> Result<(String, Value), String> {
    let (key, value) = text.split_once('=').ok_or("write it as key=value")?;
    if key.is_empty() {
        return Err("the key is empty".to_owned());
    }
    Ok((key.to_owned(), serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()))))
}

impl Attribution {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let Self::Run(command) = self;
        Box::pin(command.run(common)).await
    }
}

impl RunPaths {
    async fn run(self, common: &Common) -> anyhow::Result<()> {
        let settings = Settings::read(common)?;
        let paths = read(&self.paths)?;
        let given: Map<String, Value> = self.settings.iter().cloned().collect();
        let file = Path::new(&self.plugin);
        let shared = if file.is_file() {
            from_file(&settings, file, &given, &paths).await?
        } else {
            from_installation(&settings, &self.plugin, self.workspace.as_deref(), given, &paths).await?
        };
        let shown = shown(&paths, &shared, &self.plugin);
        output::answer(common.json, &shown, |_| table(&paths, &shared.credits))
    }
}

/// What a model answered, and what it was given to share out.
struct Shared {
    credits: Credits,
    conversions: f64,
    value: f64,
}

fn read(path: &Path) -> anyhow::Result<PathsFile> {
    let spinner = output::spinner("reading the paths");
    let at = || path.display().to_string();
    let file = File::open(path).with_context(at)?;
    let paths = paths_file::parse(BufReader::with_capacity(1 << 20, file)).with_context(at)?;
    spinner.finish_and_clear();
    Ok(paths)
}

async fn from_file(
    settings: &Settings,
    file: &Path,
    given: &Map<String, Value>,
    paths: &PathsFile,
) -> anyhow::Result<Shared> {
    let clock: SharedClock = Arc::new(SystemClock);
    let random: SharedRandom = Arc::new(OsRandom);
    // With a data folder the compiled plugin is kept; without one nothing is.
    let host = if settings.key_file.exists() {
        open::plugin_host(settings, settings.keys(random.as_ref())?, &clock, &random)?
    } else {
        let keys = Keys::generate(random.as_ref());
        let config = HostConfig { package_bytes: settings.limits.plugin_bytes_max, ..HostConfig::default() };
        PluginHost::new(config, keys, clock, random)?
    };
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    let plugin = host.load(bytes, &Grants::default()).await.with_context(|| file.display().to_string())?;
    let nobody = WorkspaceId(Id::nil());
    let request = RunRequest::new(&plugin, PluginKind::Attribution, nobody, Id::nil()).doors(Doors::default());
    let mut run = host.run(request).await?;
    let outcome = fit(&mut run, &Value::Object(given.clone()).to_string(), paths).await;
    run.finish().await;
    Ok(outcome?)
}

async fn from_installation(
    settings: &Settings,
    named: &str,
    workspace: Option<&str>,
    given: Map<String, Value>,
    paths: &PathsFile,
) -> anyhow::Result<Shared> {
    let app = open::app(settings).await?;
    let workspace = open::workspace(&app.host, workspace, settings.locale).await?;
    let mut conn = app.host.store.read(workspace).await?;
    let known = installations_of_kind(&mut conn, workspace, PluginKind::Attribution).await?;
    drop(conn);
    let wanted = named.parse::<Id>().ok();
    let found = known.iter().find(|one| Some(one.id) == wanted || one.name == named || one.plugin == named);
    let Some(found) = found else {
        bail!("`{named}` is neither a file nor an enabled installation of an attribution plugin");
    };
    let mut open = open_run(&app.host, workspace, found.id, PluginKind::Attribution, Doors::default()).await?;
    let mut merged: Map<String, Value> = serde_json::from_str(&open.settings_json)?;
    merged.extend(given);
    let outcome = fit(&mut open.run, &Value::Object(merged).to_string(), paths).await;
    open.finish().await;
    app.host.store.close().await;
    Ok(outcome?)
}

async fn fit(run: &mut Run, settings: &str, file: &PathsFile) -> Result<Shared, RunError> {
    let (limits, channels) = (run.limits().clone(), file.channels.len());
    let bar = output::bar(file.len() as u64, "fitting", false);
    let mut fit = Fit::start(run, settings, file.channels.clone()).await?;
    let parts = batches(file.to_paths(), &limits);
    let mut prepared = Ahead::new(parts.map(move |part| (part.value.len() as u64, Prepared::of(part, channels))));
    while let Some((paths, part)) = prepared.next().await? {
        fit.observe(part?).await?;
        bar.inc(paths);
    }
    let credits = fit.credit().await?;
    let (conversions, value) = fit.observed();
    fit.close().await?;
    bar.finish_and_clear();
    Ok(Shared { credits, conversions, value })
}

fn shown(paths: &PathsFile, shared: &Shared, plugin: &str) -> Value {
    let credits = &shared.credits;
    let channels: Vec<Value> = paths
        .channels
        .iter()
        .zip(credits.conversions.iter().zip(&credits.value))
        .map(
            |(channel, (conversions, value))| json!({ "channel": channel, "conversions": conversions, "value": value }),
        )
        .collect();
    let nulls: u64 = paths.nulls.iter().map(|count| u64::from(*count)).sum();
    json!({
        "plugin": plugin,
        "channels": channels,
        "totals": { "paths": paths.len(), "conversions": shared.conversions, "value": shared.value, "nulls": nulls },
    })
}

fn table(paths: &PathsFile, credits: &Credits) -> String {
    let widest = paths.channels.iter().map(|channel| channel.chars().count()).max().unwrap_or(7).max(7);
    let mut lines = vec![format!("{:widest$}  {:>14}  {:>16}", "channel", "conversions", "value")];
    for (channel, (conversions, value)) in paths.channels.iter().zip(credits.conversions.iter().zip(&credits.value)) {
        lines.push(format!("{channel:widest$}  {conversions:>14.4}  {value:>16.2}"));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_json_where_they_read_as_such() {
        assert_eq!(setting("order=2").unwrap(), ("order".to_owned(), json!(2)));
        assert_eq!(setting("model=linear").unwrap(), ("model".to_owned(), json!("linear")));
        assert_eq!(setting("a=b=c").unwrap(), ("a".to_owned(), json!("b=c")));
        assert!(setting("model").is_err() && setting("=1").is_err());
    }
}
