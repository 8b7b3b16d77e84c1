//! `rialto doctor`

use crate::{
    config::{Common, Settings, create_private_dir},
    open, output,
    standing::{self, Standing},
};
use anyhow::bail;
use clap::Args;
use rialto_identity::{audit_verify, workspace_list};
use rialto_kernel::{Keys, OsRandom, SharedClock, SharedRandom, SystemClock};
use rialto_store::{MIGRATIONS, Wall};
use serde::Serialize;
use std::sync::Arc;

/// Look whether everything is in order
#[derive(Debug, Args)]
pub struct Doctor {
    /// Also check every workspace's audit log, row by row
    #[arg(long)]
    audit: bool,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    what: &'static str,
    good: bool,
    detail: String,
}

impl Doctor {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let settings = Settings::read(common)?;
        let mut findings = vec![data_folder(&settings), master_key(&settings), sandbox(&settings)];
        findings.push(database(&settings).await);
        findings.push(wall(&settings).await);
        findings.push(sending(&settings).await);
        if self.audit && findings.iter().all(|finding| finding.good) {
            findings.push(finding("audit log", audit(&settings).await));
        }
        let good = findings.iter().all(|finding| finding.good);
        output::answer(common.json, &findings, |findings| {
            let line = |f: &Finding| format!("{} {}: {}", if f.good { "ok  " } else { "FAIL" }, f.what, f.detail);
            findings.iter().map(line).collect::<Vec<_>>().join("\n")
        })?;
        if good { Ok(()) } else { bail!("something is not in order") }
    }
}

fn finding(what: &'static str, outcome: anyhow::Result<String>) -> Finding {
    match outcome {
        Ok(detail) => Finding { what, good: true, detail },
        Err(error) => Finding { what, good: false, detail: format!("{error:#}").replace('\n', " ") },
    }
}

fn data_folder(settings: &Settings) -> Finding {
    let try_it = || {
        create_private_dir(&settings.data_dir)?;
        let probe = settings.data_dir.join(".doctor");
        std::fs::write(&probe, b"x")?;
        std::fs::remove_file(&probe)?;
        Ok(format!("{} can be written", settings.data_dir.display()))
    };
    finding("data folder", try_it())
}

fn master_key(settings: &Settings) -> Finding {
    let told = |keys: Keys| match keys.previous() {
        None => "is there and only its owner reads it".to_owned(),
        Some(_) => "is being replaced: `rialto key rotate-master` goes on with it".to_owned(),
    };
    finding("master key", settings.keys(&OsRandom).map(told))
}

fn sandbox(settings: &Settings) -> Finding {
    let clock: SharedClock = Arc::new(SystemClock);
    let random: SharedRandom = Arc::new(OsRandom);
    let made = settings.keys(random.as_ref()).and_then(|keys| open::plugin_host(settings, keys, &clock, &random));
    finding("plugin sandbox", made.map(|_| "this machine can run plugins".to_owned()))
}

async fn database(settings: &Settings) -> Finding {
    let look = async {
        let store = open::store(settings).await?;
        let missing = open::migrations_missing(&store).await?;
        store.close().await;
        match missing.len() {
            0 => Ok(format!("answers; all {} migrations are applied", MIGRATIONS.len())),
            all if all == MIGRATIONS.len() => Ok("answers; nothing is in it yet".to_owned()),
            some => bail!("{some} migrations are missing: run `rialto migrate`"),
        }
    };
    finding("database", look.await)
}

/// Row-level security, the second wall between workspaces.
async fn wall(settings: &Settings) -> Finding {
    let look = async {
        let store = open::store(settings).await?;
        let fresh = open::migrations_missing(&store).await?.len() == MIGRATIONS.len();
        let wall = store.wall().await?;
        store.close().await;
        match wall {
            _ if fresh => Ok("nothing is in the database yet".to_owned()),
            Wall::NotNeeded => {
                Ok("the embedded database is this host's alone; every query names its workspace".to_owned())
            }
            Wall::Stands { tables } => Ok(format!("row-level security stands around {tables} tables")),
            Wall::Open(open) => bail!("row-level security is missing on {}: run `rialto migrate`", open.join(", ")),
        }
    };
    finding("walls between workspaces", look.await)
}

/// Whether the database is this folder's own, so that a host here would send.
async fn sending(settings: &Settings) -> Finding {
    let look = async {
        let store = open::store(settings).await?;
        let found = match open::migrations_missing(&store).await?.is_empty() {
            true => standing::look(&store, &settings.data_dir).await?,
            false => Standing::New,
        };
        store.close().await;
        match found {
            Standing::New => Ok("the first host to start makes the database its own".to_owned()),
            Standing::Own => Ok("the database is this folder's own".to_owned()),
            Standing::Doubtful(why) => bail!("held: {why}; if it is the one, run `rialto host confirm`"),
        }
    };
    finding("sending", look.await)
}

async fn audit(settings: &Settings) -> anyhow::Result<String> {
    let app = open::app(settings).await?;
    let mut rows = 0;
    for (workspace, slug) in workspace_list(&app.host).await? {
        let check = audit_verify(&app.host.store, &app.host.keys, workspace).await?;
        if let (Some(number), Some(reason)) = (check.broken_at, check.reason) {
            bail!("workspace {slug}, entry {number}: {reason}");
        }
        rows += check.rows;
    }
    app.host.store.close().await;
    Ok(format!("{rows} entries, unbroken"))
}
