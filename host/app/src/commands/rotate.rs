//! `rialto key rotate-master`

use crate::{
    compose,
    config::{Common, Settings},
    keyring, open, output,
};
use anyhow::bail;
use clap::Args;
use rialto_jobs::host_list;
use rialto_kernel::{Clock as _, Keys, OsRandom, SystemClock};
use serde_json::json;

/// A host that was not heard of for so long does not live.
const ALIVE_US: i64 = 60_000_000;

/// Replace the master key: what is sealed is sealed anew. May be stopped and begun again
#[derive(Debug, Args)]
pub struct RotateMaster {
    /// Hosts go on working meanwhile: all of them were started with both keys
    #[arg(long)]
    while_serving: bool,
}

impl RotateMaster {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let settings = Settings::read(common)?;
        let store = open::store(&settings).await?;
        if !open::migrations_missing(&store).await?.is_empty() {
            bail!("the schema is not up to date: run `rialto migrate`");
        }
        // Held to the end: a host that starts meanwhile might know one key only.
        let lock = open::work_lock(&settings)?;
        if !self.while_serving {
            let now_us = SystemClock.now_us();
            let alive = host_list(&store).await?.into_iter().any(|row| row.heartbeat_at > now_us - ALIVE_US);
            if lock.is_none() || alive {
                bail!(
                    "a host works on this database: stop it, or start every host with both keys and use --while-serving"
                );
            }
        }
        let held = settings.keys(&OsRandom)?;
        let keys = match held.previous() {
            Some(_) => held,
            None if settings.key_is_given() => bail!(
                "the master key comes from the environment: put the new one there, and the one in use as RIALTO_MASTER_KEY_PREVIOUS"
            ),
            None => {
                let keys = Keys::generate(&OsRandom).after(&held);
                settings.replace_key(&keys)?;
                keys
            }
        };
        let keys = keyring::ready(&store, keys).await?;
        keyring::keep(&store, &keys, &OsRandom, SystemClock.now_us()).await?;
        store.close().await;
        let (resealed, broken) = anew(&settings).await?;
        if !settings.key_is_given() {
            settings.replace_key(&Keys::from_hex(keys.to_hex().lines().next().unwrap_or_default())?)?;
        }
        drop(lock);
        let given = settings.key_is_given();
        let shown = json!({ "resealed": resealed, "broken": broken, "key_file": settings.key_file, "given": given });
        output::answer(common.json, &shown, |_| {
            let kept = if given {
                "take RIALTO_MASTER_KEY_PREVIOUS away now".to_owned()
            } else {
                format!("{} holds the new master key alone", settings.key_file.display())
            };
            format!("{resealed} values sealed anew, {broken} that no key opens; {kept}")
        })
    }
}

/// Seal everything anew, until a whole pass finds nothing more.
async fn anew(settings: &Settings) -> anyhow::Result<(u64, u64)> {
    let app = compose(open::parts(settings, "http://localhost".to_owned()).await?)?;
    let spinner = output::spinner("sealing anew");
    let mut done = 0;
    let broken = loop {
        let pass =
            keyring::reseal(&app.host, u64::MAX, |count| spinner.set_message(format!("{}", done + count))).await?;
        done += pass.done;
        if pass.done == 0 {
            break pass.broken;
        }
    };
    spinner.finish_and_clear();
    app.host.store.close().await;
    Ok((done, broken))
}
