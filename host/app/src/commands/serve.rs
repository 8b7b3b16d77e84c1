//! `rialto serve`

use crate::{
    App, compose,
    config::{Common, Settings},
    open, output, standing,
};
use anyhow::{Context as _, bail};
use clap::Args;
use rialto_audience::person::erasures_reapply;
use rialto_identity::{CLOCKS_EVERY, clocks_read, rhythms_keep};
use rialto_jobs::{Hold, Instance, NewInstance, TakenBack};
use rialto_kernel::Ids;
use rialto_slice::{Host, HostParts};
use rialto_telemetry::{Metrics, init_logs};
use rialto_web::{behind, server};
use serde_json::json;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long open requests and running jobs may take once the host is to stop.
const STOP_MAX: Duration = Duration::from_secs(28);
/// How long the database's connections may take to close after that.
const CLOSE_MAX: Duration = Duration::from_secs(2);
/// The status of a host that was told twice to stop: as if by SIGTERM.
const STOPPED_AT_ONCE: i32 = 143;
/// How often metrics are folded.
const TIDY_EVERY: Duration = Duration::from_secs(5);

/// Serve the API and work on jobs until stopped
#[derive(Debug, Args)]
pub struct Serve {
    /// Where to listen
    #[arg(long, value_name = "ADDR", help = "Where to listen, such as 127.0.0.1:7420")]
    listen: Option<String>,
    /// This host's name among those on one database, the same at every start;
    /// one that is kept in the data folder when left out
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// How the outside reaches this host, such as https://m.example.com
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Let grants open the way to private addresses (a plugin's target in this network)
    #[arg(long)]
    private_hosts: bool,
}

impl Serve {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let mut settings = Settings::read(common)?;
        settings.private_hosts |= self.private_hosts;
        init_logs(&settings.log)?;
        let metrics = Metrics::of_process();
        let listen = self.listen.unwrap_or_else(|| settings.listen.clone());
        let Some(_lock) = open::work_lock(&settings)? else {
            bail!("another `rialto serve` works on {}; stop it first", settings.data_dir.display());
        };
        let listener = TcpListener::bind(&listen).await.with_context(|| format!("cannot listen on {listen}"))?;
        let address = listener.local_addr()?;
        let url =
            self.public_url.or(settings.public_url.clone()).unwrap_or_else(|| format!("http://{}", reach(address)));
        let parts = open::parts(&settings, url.trim_end_matches('/').to_owned()).await?;
        let (app, instance) = begin(parts, &settings, self.name).await?;
        clocks_read(&app.host).await?;
        rhythms_keep(&app.host).await?;
        let again = erasures_reapply(&app.host).await?;
        if again > 0 {
            tracing::warn!(again, "the database was restored from before these erasures: they are done again");
        }

        let stop = CancellationToken::new();
        tokio::spawn(stop_on_signal(stop.clone()));
        tokio::spawn(tidy(metrics, stop.clone()));
        tokio::spawn(follow_clocks(app.host.clone(), stop.clone()));
        let runner = tokio::spawn({
            let (runner, stop, health) = (app.runner.clone(), stop.clone(), app.health.clone());
            async move {
                health.set_worker(true);
                runner.run(stop).await;
                health.set_worker(false);
            }
        });
        let replaced = tokio::spawn(standing::live(instance.clone(), app.host.clone(), stop.clone()));
        let held = app.host.slot::<Hold>().why();
        let hello = json!({
            "listen": address.to_string(), "url": app.host.public_url, "docs": crate::compose::PAGE_AT,
            "host": app.host.name, "held": held,
        });
        output::answer(common.json, &hello, |_| greeting(&url, held.as_deref()))?;
        tracing::info!(%address, url = app.host.public_url, host = app.host.name, "serving");
        let serving = {
            let (router, stop) = (behind(app.router, settings.trusted_proxies), stop.clone());
            async move {
                let served = server::serve(listener, router, stop.clone()).await;
                stop.cancel();
                // All leases are handed back when the runner ends.
                (served, runner.await.is_ok())
            }
        };
        tokio::select! {
            (served, put_down) = serving => {
                served?;
                if put_down {
                    instance.end().await?;
                }
            }
            Ok(true) = replaced => bail!("a later start of `{}` has taken over: this one stops at once", app.host.name),
            () = after(&stop, STOP_MAX) => tracing::warn!("what was still running is left to the next start, or to another host"),
        }
        if tokio::time::timeout(CLOSE_MAX, app.host.store.close()).await.is_err() {
            tracing::warn!("the database's connections did not close in time");
        }
        tracing::info!("stopped");
        Ok(())
    }
}

/// The host under its name: what its earlier start had leased is its own again,
/// and it is held where the database may be a copy.
async fn begin(mut parts: HostParts, settings: &Settings, name: Option<String>) -> anyhow::Result<(App, Instance)> {
    let name = settings.host_name(name, parts.random.as_ref())?;
    let held = standing::examine(&parts.store, &parts.data_dir, parts.random.as_ref()).await?;
    let instance = Ids::new(Arc::clone(&parts.clock), Arc::clone(&parts.random)).make();
    // The lock on the data folder proves that nobody else works on its database.
    let new = NewInstance { name, instance, alone: settings.sqlite_file().is_some(), held: held.is_some() };
    let (instance, taken) = Instance::begin(&parts.store, new).await?;
    if taken != TakenBack::default() {
        tracing::info!(jobs = taken.jobs, items = taken.items, "took back what an earlier start had begun");
    }
    parts.name = instance.owner();
    let app = compose(parts)?;
    if let Some(why) = held {
        tracing::warn!(why, "the host holds back what it would send, until `rialto host confirm`");
        app.host.slot::<Hold>().set(why);
    }
    Ok((app, instance))
}

fn greeting(url: &str, held: Option<&str>) -> String {
    let page = crate::compose::PAGE_AT;
    let first = format!("Rialto serves {url} (API page: {url}{page})");
    match held {
        None => first,
        Some(why) => format!("{first}\nIt sends nothing: {why}. If it is the one, say so with `rialto host confirm`"),
    }
}

/// Some time after the host was asked to stop.
async fn after(stop: &CancellationToken, time: Duration) {
    stop.cancelled().await;
    tokio::time::sleep(time).await;
}

/// The address as a client on this machine says it.
fn reach(address: SocketAddr) -> String {
    if address.ip().is_unspecified() { format!("127.0.0.1:{}", address.port()) } else { address.to_string() }
}

async fn tidy(metrics: Metrics, stop: CancellationToken) {
    while tokio::time::timeout(TIDY_EVERY, stop.cancelled()).await.is_err() {
        metrics.tidy();
    }
}

/// Follow the clocks of workspaces that other hosts move. While the database
/// does not answer, what was known holds: it hides more, never less.
async fn follow_clocks(host: Host, stop: CancellationToken) {
    while tokio::time::timeout(CLOCKS_EVERY, stop.cancelled()).await.is_err() {
        if let Err(cause) = clocks_read(&host).await {
            tracing::warn!(%cause, "where the workspaces stand cannot be read");
        }
    }
}

/// The first signal stops the host in good order, the second at once.
#[cfg(unix)]
async fn stop_on_signal(stop: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = match signal(SignalKind::terminate()) {
        Ok(terminate) => Some(terminate),
        Err(cause) => {
            tracing::warn!(%cause, "SIGTERM is not heard");
            None
        }
    };
    for order in ["stopping", "stopping at once"] {
        let terminated = async {
            match &mut terminate {
                Some(terminate) => drop(terminate.recv().await),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = terminated => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        tracing::info!("{order}");
        if stop.is_cancelled() {
            std::process::exit(STOPPED_AT_ONCE);
        }
        stop.cancel();
    }
}

#[cfg(not(unix))]
async fn stop_on_signal(stop: CancellationToken) {
    let _ = tokio::signal::ctrl_c().await;
    stop.cancel();
    let _ = tokio::signal::ctrl_c().await;
    std::process::exit(STOPPED_AT_ONCE);
}
