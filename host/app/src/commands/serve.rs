//! `rialto serve`

use crate::{
    compose,
    config::{Common, Settings},
    open, output,
};
use anyhow::{Context as _, bail};
use clap::Args;
use rialto_identity::{CLOCKS_EVERY, clocks_read};
use rialto_slice::Host;
use rialto_telemetry::{Metrics, init_logs};
use rialto_web::{behind, server};
use serde_json::json;
use std::{net::SocketAddr, time::Duration};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long the runner may take to put its work down once asked.
const RUNNER_STOP_MAX: Duration = Duration::from_secs(25);
/// How often metrics are folded.
const TIDY_EVERY: Duration = Duration::from_secs(5);

/// Serve the API and work on jobs until stopped
#[derive(Debug, Args)]
pub struct Serve {
    /// Where to listen
    #[arg(long, value_name = "ADDR", help = "Where to listen, such as 127.0.0.1:7420")]
    listen: Option<String>,
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
        let app = compose(open::parts(&settings, url.trim_end_matches('/').to_owned()).await?)?;
        clocks_read(&app.host).await?;

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
        let hello =
            json!({ "listen": address.to_string(), "url": app.host.public_url, "docs": crate::compose::PAGE_AT });
        output::answer(common.json, &hello, |_| {
            format!("Rialto serves {url} (API page: {url}{})", crate::compose::PAGE_AT)
        })?;
        tracing::info!(%address, url = app.host.public_url, host = app.host.name, "serving");
        server::serve(listener, behind(app.router, settings.trusted_proxies), stop.clone()).await?;
        stop.cancel();
        if tokio::time::timeout(RUNNER_STOP_MAX, runner).await.is_err() {
            tracing::warn!("jobs were still running; another host, or the next start, takes them over");
        }
        app.host.store.close().await;
        tracing::info!("stopped");
        Ok(())
    }
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

#[cfg(unix)]
async fn stop_on_signal(stop: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(cause) => {
            tracing::warn!(%cause, "SIGTERM is not heard");
            let _ = tokio::signal::ctrl_c().await;
        }
    }
    tracing::info!("stopping");
    stop.cancel();
}

#[cfg(not(unix))]
async fn stop_on_signal(stop: CancellationToken) {
    let _ = tokio::signal::ctrl_c().await;
    stop.cancel();
}
