//! `rialto plugin dev`: watch a folder, build, reload into a host, test, and
//! tell what the plugin does there. What does not build or load changes
//! nothing: the version before keeps serving.

use super::{super::attribution::setting, local};
use crate::{
    client::{Client, Target},
    config::Common,
    output, words,
};
use anyhow::{Context as _, bail};
use clap::Args;
use rialto_conformance::{Effort, Verdict, suite};
use rialto_kernel::{Clock as _, SystemClock};
use rialto_sdk_harness::language::Language;
use serde_json::{Map, Value, json};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

/// How often the folder is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How often the host is asked what the plugin did.
const ASK_EVERY: u32 = 10;
/// The most files that are watched.
const FILES_MAX: usize = 2_000;
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
                let (target, own) = own_host().await?;
                (target, Some(own))
            }
        };
        let client = Client::open(&target, common).await?;
        tokio::select! {
            ended = self.watch(common, language, &client) => ended,
            _ = tokio::signal::ctrl_c() => Ok(()),
        }
    }

    async fn watch(&self, common: &Common, language: Language, client: &Client) -> anyhow::Result<()> {
        let (mut seen, mut installed, mut told) = (BTreeMap::new(), None, None);
        for tick in 0_u32.. {
            let now = files(&self.dir, language)?;
            if now != seen {
                seen = now;
                if let Err(cause) = self.reload(common, language, client, &mut installed).await {
                    output::say(&words::chain(&cause))?;
                    if self.once {
                        return Err(cause);
                    }
                }
            }
            if self.once {
                return Ok(());
            }
            if let Some(id) = installed.as_deref().filter(|_| tick % ASK_EVERY == 0) {
                tell_runs(client, id, &mut told).await?;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }

    /// Build, upload, let it serve; then run the suite.
    async fn reload(
        &self,
        common: &Common,
        language: Language,
        client: &Client,
        installed: &mut Option<String>,
    ) -> anyhow::Result<()> {
        let began = Instant::now();
        let (dir, number) = (self.dir.clone(), SystemClock.now_us() / 1_000);
        let built = tokio::task::spawn_blocking(move || language.packed_quickly(&dir, number)).await?;
        let bytes = built?;
        let build = began.elapsed();
        let package = client.post_bytes("/plugins?allow_older=true", "application/wasm", bytes.clone()).await?;
        let id = match installed.take() {
            Some(id) => next(client, &id, &package).await.map(|()| id)?,
            None => self.first(client, &package).await?,
        };
        *installed = Some(id);
        let all = began.elapsed();
        let shown = json!({
            "version": package["version"], "build_ms": millis(build), "reload_ms": millis(all) - millis(build),
            "all_ms": millis(all),
        });
        output::answer(common.json, &shown, |_| {
            let version = package["version"].as_str().unwrap_or_default();
            format!(
                "{version} serves after {} ms: built in {}, reloaded in {}",
                millis(all),
                millis(build),
                millis(all) - millis(build)
            )
        })?;
        self.suite(common, bytes).await
    }

    /// The installation of an earlier session, or a new one.
    async fn first(&self, client: &Client, package: &Value) -> anyhow::Result<String> {
        let plugin = package["plugin"].as_str().unwrap_or_default();
        let page = client.get("/installations?limit=500").await?;
        let known = page["items"].as_array().into_iter().flatten().find(|one| one["plugin"] == plugin);
        if let Some(id) = known.and_then(|one| one["id"].as_str()) {
            next(client, id, package).await?;
            return Ok(id.to_owned());
        }
        let name = plugin.rsplit('/').next().unwrap_or(plugin);
        let settings: Map<String, Value> = self.settings.iter().cloned().collect();
        let new = json!({ "package": package["digest"], "name": name, "settings": settings });
        let made = client.post("/installations", &new).await?;
        let (Some(id), Some(version)) = (made["id"].as_str(), made["waiting"][0]["id"].as_str()) else {
            bail!("the host answered no version to approve");
        };
        approve(client, id, version).await?;
        Ok(id.to_owned())
    }

    /// What of the suite does not pass.
    async fn suite(&self, common: &Common, bytes: Vec<u8>) -> anyhow::Result<()> {
        let given: Map<String, Value> = self.settings.iter().cloned().collect();
        let effort = Effort { paths: PATHS, ..Effort::default() };
        let subject = local::subject(common, bytes, &given, false).await?.with_effort(effort);
        let results = suite::run(&subject, |_, _, _| ()).await;
        for result in results.iter().filter(|one| one.verdict == Verdict::Failed) {
            output::say(&super::test::line(result))?;
        }
        let list = rialto_conformance::Conformance::of(results);
        output::say(&words::lines(&super::test::sum(&list)))
    }
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
async fn tell_runs(client: &Client, id: &str, told: &mut Option<String>) -> anyhow::Result<()> {
    let page = client.get(&format!("/installations/{id}/runs?limit=20")).await?;
    let runs: Vec<&Value> = page["items"].as_array().into_iter().flatten().collect();
    let newest = runs.first().and_then(|run| run["id"].as_str()).map(str::to_owned);
    let fresh = runs.iter().take_while(|run| run["id"].as_str() != told.as_deref());
    for run in fresh.collect::<Vec<_>>().into_iter().rev() {
        let at = format!("/installations/{id}/runs/{}", run["id"].as_str().unwrap_or_default());
        let whole = client.get(&at).await?;
        let cost = local::time(whole["cpu_us"].as_u64().unwrap_or(0));
        let error = whole["error"].as_str().map(|why| format!(": {why}")).unwrap_or_default();
        output::say(&format!(
            "{} {} {cost}{error}",
            whole["kind"].as_str().unwrap_or(""),
            whole["outcome"].as_str().unwrap_or("")
        ))?;
        for line in whole["logs"].as_array().into_iter().flatten() {
            output::say(&format!("  {}", line))?;
        }
    }
    *told = newest.or(told.take());
    Ok(())
}

/// Files that make the plugin, with when they changed.
fn files(dir: &Path, language: Language) -> anyhow::Result<BTreeMap<PathBuf, (u64, std::time::SystemTime)>> {
    let mut found = BTreeMap::new();
    let mut open: Vec<PathBuf> = language.sources().iter().map(|one| dir.join(one)).collect();
    while let Some(path) = open.pop() {
        let Ok(about) = std::fs::metadata(&path) else { continue };
        if about.is_dir() {
            open.extend(std::fs::read_dir(&path)?.flatten().map(|entry| entry.path()));
        } else {
            found.insert(path, (about.len(), about.modified()?));
        }
        if found.len() > FILES_MAX {
            bail!("{} has more than {FILES_MAX} files to watch", dir.display());
        }
    }
    Ok(found)
}

/// A host on loopback with a folder of its own, and a token for it.
async fn own_host() -> anyhow::Result<(Target, OwnHost)> {
    let program = std::env::current_exe()?;
    let data = std::env::temp_dir().join(format!("rialto-dev-{}", std::process::id()));
    crate::config::create_private_dir(&data)?;
    // The suite is run here, not there as well.
    std::fs::write(data.join("rialto.toml"), "[limits]\nconformance_s_max = 0\n")?;
    let key = Command::new(&program).args(["key", "create", "--kind", "admin", "--json", "--data"]).arg(&data).output();
    let key = key.await?;
    if !key.status.success() {
        bail!("no token could be made: {}", String::from_utf8_lossy(&key.stderr).trim());
    }
    let key: Value = serde_json::from_slice(&key.stdout)?;
    let mut serve = Command::new(&program);
    serve.args(["serve", "--listen", "127.0.0.1:0", "--private-hosts", "--json", "--data"]).arg(&data);
    serve.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut own = OwnHost { child: serve.spawn()?, data };
    let out = own.child.stdout.take().context("the host says nothing")?;
    let hello = BufReader::new(out).lines().next_line().await?.context("the host did not start")?;
    let hello: Value = serde_json::from_str(&hello)?;
    let token = key["secret"].as_str().or(key["token"].as_str()).map(str::to_owned);
    let server = hello["url"].as_str().map(str::to_owned);
    output::say(&format!("{}  {}", server.as_deref().unwrap_or_default(), own.data.display()))?;
    Ok((Target { server, token, workspace: None }, own))
}

fn millis(time: Duration) -> u128 {
    time.as_millis()
}
