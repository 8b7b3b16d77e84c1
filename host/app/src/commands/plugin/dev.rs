//! `rialto plugin dev`: watch a folder, build, reload into a host, test, and
//! tell what the plugin does there. What does not build or load changes
//! nothing: the version before keeps serving.

mod said;
mod watch;

use super::{super::attribution::setting, local};
use crate::{
    client::{Client, Target},
    config::Common,
    words,
};
use anyhow::{Context as _, bail};
use clap::Args;
use rialto_conformance::{Conformance, Effort, suite};
use rialto_kernel::{Clock as _, SystemClock};
use rialto_sdk_harness::language::Language;
use said::Said;
use serde_json::{Map, Value, json};
use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};
use watch::{Desk, Turn, Watch};

/// How often the folder is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How often the host is asked what the plugin did.
const ASK_EVERY: u32 = 10;
/// Paths of the suite's large run while a plugin is worked on.
const PATHS: usize = 100_000;

/// Watch a plugin
#[derive(Debug, Args)]
pub struct Dev {
    /// The plugin's folder
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// A setting, such as host=example.com
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = setting)]
    settings: Vec<(String, Value)>,
    /// Build, reload and test once, and end
    #[arg(long)]
    once: bool,
    #[command(flatten)]
    target: Target,
}

/// A host of this command's own: its folder goes with it.
struct OwnHost {
    child: Child,
    data: PathBuf,
}

impl Drop for OwnHost {
    fn drop(&mut self) {
        let _ = self.child.start_kill();
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

impl Dev {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let language = Language::of(&self.dir)?;
        let (target, _own) = match &self.target.server {
            Some(_) => (self.target.clone(), None),
            None => {
                let (target, own) = own_host(common).await?;
                (target, Some(own))
            }
        };
        let client = Client::open(&target, common).await?;
        let settings: Map<String, Value> = self.settings.iter().cloned().collect();
        let mut bench = Workbench { dir: &self.dir, language, settings: &settings, client: &client, installed: None };
        tokio::select! {
            ended = self.watch(common, &mut bench) => ended,
            () = asked_to_end() => Ok(()),
        }
    }

    async fn watch(&self, common: &Common, bench: &mut Workbench<'_>) -> anyhow::Result<()> {
        let (mut watch, mut told) = (Watch::of(bench.dir, bench.language), None);
        for tick in 0_u32.. {
            match watch.turn(bench).await? {
                None => {}
                Some(Turn::Serves(served)) => {
                    Said::serves(&served).say(common)?;
                    match tested(common, served.bytes, bench.settings).await {
                        Ok(list) => Said::Suite(&list).say(common)?,
                        Err(cause) if self.once => return Err(cause),
                        Err(cause) => Said::Untested { why: words::chain(&cause) }.say(common)?,
                    }
                }
                Some(Turn::Kept(cause)) => {
                    Said::Kept { why: words::chain(&cause), serving: bench.installed.is_some() }.say(common)?;
                    if self.once {
                        return Err(cause);
                    }
                }
            }
            if self.once {
                return Ok(());
            }
            if let Some(id) = bench.installed.as_deref().filter(|_| tick % ASK_EVERY == 0) {
                tell_runs(common, bench.client, id, &mut told).await?;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }
}

/// The plugin's folder, and the host it is loaded into.
struct Workbench<'a> {
    dir: &'a Path,
    language: Language,
    settings: &'a Map<String, Value>,
    client: &'a Client,
    installed: Option<String>,
}

impl Desk for Workbench<'_> {
    async fn build(&mut self) -> anyhow::Result<Vec<u8>> {
        let (dir, language, number) = (self.dir.to_owned(), self.language, SystemClock.now_us() / 1_000);
        Ok(tokio::task::spawn_blocking(move || language.packed_quickly(&dir, number)).await??)
    }

    async fn reload(&mut self, bytes: &[u8]) -> anyhow::Result<String> {
        let package = self.client.post_bytes("/plugins?allow_older=true", "application/wasm", bytes.to_vec()).await?;
        match &self.installed {
            Some(id) => next(self.client, id, &package).await?,
            None => self.installed = Some(self.first(&package).await?),
        }
        Ok(package["version"].as_str().unwrap_or_default().to_owned())
    }
}

impl Workbench<'_> {
    /// The installation of an earlier session, or a new one.
    async fn first(&self, package: &Value) -> anyhow::Result<String> {
        let plugin = package["plugin"].as_str().unwrap_or_default();
        let page = self.client.get("/installations?limit=500").await?;
        let known = page["items"].as_array().into_iter().flatten().find(|one| one["plugin"] == plugin);
        if let Some(id) = known.and_then(|one| one["id"].as_str()) {
            next(self.client, id, package).await?;
            return Ok(id.to_owned());
        }
        let name = plugin.rsplit('/').next().unwrap_or(plugin);
        let new = json!({ "package": package["digest"], "name": name, "settings": self.settings });
        let made = self.client.post("/installations", &new).await?;
        let (Some(id), Some(version)) = (made["id"].as_str(), made["waiting"][0]["id"].as_str()) else {
            bail!("the host answered no version to approve");
        };
        approve(self.client, id, version).await?;
        Ok(id.to_owned())
    }
}

/// What the suite finds of a package.
async fn tested(common: &Common, bytes: Vec<u8>, settings: &Map<String, Value>) -> anyhow::Result<Conformance> {
    let effort = Effort { paths: PATHS, ..Effort::default() };
    let subject = local::subject(common, bytes, settings, false).await?.with_effort(effort);
    Ok(Conformance::of(suite::run(&subject, |_, _, _| ()).await))
}

/// Ctrl-C, or a request to end: either way the host of this command's own goes
/// with it.
async fn asked_to_end() {
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// The next version of an installation serves; this command's user approves
/// what it wishes.
async fn next(client: &Client, id: &str, package: &Value) -> anyhow::Result<()> {
    let new = json!({ "package": package["digest"], "activate": true, "allow_older": true });
    let version = client.post(&format!("/installations/{id}/versions"), &new).await?;
    match (version["state"].as_str(), version["id"].as_str()) {
        (Some("active"), _) => Ok(()),
        (_, Some(version)) => approve(client, id, version).await,
        _ => bail!("the host answered no version to approve"),
    }
}

async fn approve(client: &Client, id: &str, version: &str) -> anyhow::Result<()> {
    let path = format!("/installations/{id}/versions/{version}/approve");
    client.post(&path, &json!({ "activate": true })).await.map(drop)
}

/// Tell of runs that were not told yet, the log lines of each with it.
async fn tell_runs(common: &Common, client: &Client, id: &str, told: &mut Option<String>) -> anyhow::Result<()> {
    let page = client.get(&format!("/installations/{id}/runs?limit=20")).await?;
    let runs: Vec<&Value> = page["items"].as_array().into_iter().flatten().collect();
    let newest = runs.first().and_then(|run| run["id"].as_str()).map(str::to_owned);
    let fresh = runs.iter().take_while(|run| run["id"].as_str() != told.as_deref());
    for run in fresh.collect::<Vec<_>>().into_iter().rev() {
        let at = format!("/installations/{id}/runs/{}", run["id"].as_str().unwrap_or_default());
        Said::Run(&client.get(&at).await?).say(common)?;
    }
    *told = newest.or(told.take());
    Ok(())
}

/// A host on loopback with a folder of its own, and a token for it.
async fn own_host(common: &Common) -> anyhow::Result<(Target, OwnHost)> {
    let program = std::env::current_exe()?;
    let data = std::env::temp_dir().join(format!("rialto-dev-{}", std::process::id()));
    crate::config::create_private_dir(&data)?;
    // The suite is run here, not there as well.
    std::fs::write(data.join("rialto.toml"), "[limits]\nconformance_s_max = 0\n")?;
    // On its own folder alone, whatever database the environment names.
    let alone = || {
        let mut command = Command::new(&program);
        command.env_remove("RIALTO_DATABASE").env_remove("RIALTO_CONFIG");
        command
    };
    let key = alone().args(["key", "create", "--kind", "admin", "--json", "--data"]).arg(&data).output().await?;
    if !key.status.success() {
        bail!("no token could be made: {}", String::from_utf8_lossy(&key.stderr).trim());
    }
    let key: Value = serde_json::from_slice(&key.stdout)?;
    let mut serve = alone();
    serve.args(["serve", "--listen", "127.0.0.1:0", "--private-hosts", "--json", "--data"]).arg(&data);
    serve.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut own = OwnHost { child: serve.spawn()?, data };
    let out = own.child.stdout.take().context("the host says nothing")?;
    let hello = BufReader::new(out).lines().next_line().await?.context("the host did not start")?;
    let hello: Value = serde_json::from_str(&hello)?;
    let token = key["secret"].as_str().or(key["token"].as_str()).map(str::to_owned);
    let server = hello["url"].as_str().map(str::to_owned);
    Said::Host { url: server.as_deref().unwrap_or_default(), data: &own.data }.say(common)?;
    Ok((Target { server, token, workspace: None }, own))
}
