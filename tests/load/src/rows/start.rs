//! Start of the host with ten plugins installed and a warm cache: from the
//! command to the first 200 of `/readyz`. And what it weighs when idle.

use crate::{
    Bench,
    figure::{Figure, Samples, Target},
    host::{self, Host, install},
    http::Api,
};
use anyhow::{Context as _, ensure};
use rialto_sdk_harness::package::{Parts, pack};
use std::time::{Duration, Instant};

/// Plugins installed.
const PLUGINS: usize = 10;
/// How long the host is left alone before it is weighed.
const IDLE: Duration = Duration::from_secs(3);
/// First-party plugins that run with what they wish (the webhook waits for an
/// admin to name its host), and the one that is packed under further names to make ten.
const FIRST_PARTY: [&str; 5] =
    ["attribution-markov", "attribution-rules", "connector-email", "recommender-playbook", "report-campaign"];
const TWIN: &str = "attribution-rules";

/// Measure it.
///
/// # Errors
/// When the host does not start.
pub async fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let folder = bench.folder()?;
    let token = host::key(bench, folder.path(), "admin")?;
    {
        let host = Host::start(bench, folder.path(), false)?;
        let api = Api::new(host.address, &token);
        for (name, package) in packages(bench)? {
            install(&api, &package, &name).await.with_context(|| name.clone())?;
        }
        let known = api.get("/installations?limit=100").await?;
        let count = known["items"].as_array().map_or(0, Vec::len);
        ensure!(count == PLUGINS, "{count} plugins are installed");
    }
    let (mut ready_ms, mut idle_mb) = (Vec::new(), Vec::new());
    for round in 0..=bench.repetitions() {
        let began = Instant::now();
        let host = Host::start(bench, folder.path(), false)?;
        let took = began.elapsed();
        if round == 0 {
            continue;
        }
        ready_ms.push(took.as_secs_f64() * 1e3);
        tokio::time::sleep(if bench.quick { Duration::from_millis(200) } else { IDLE }).await;
        idle_mb.push(host.memory_mb()?);
    }
    let figure = |what: &str, unit, samples, most, note: &str| Figure {
        what: format!("{what}, {PLUGINS} plugins"),
        unit,
        ours: Samples::new(samples),
        reference: None,
        target: Target::AtMost(most),
        note: note.to_owned(),
    };
    Ok(vec![
        figure(
            "start to ready",
            "ms",
            ready_ms,
            300.0,
            "warm cache; from spawning the process to the first 200 of /readyz",
        ),
        figure("idle memory", "MB", idle_mb, 100.0, "resident, 3 s after it was ready"),
    ])
}

/// Ten packages: ours, and one of ours under further names.
fn packages(bench: &Bench) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let mut packages = Vec::new();
    for name in FIRST_PARTY {
        packages.push((name.to_owned(), bench.plugin(name)?));
    }
    let component = bench.root.join("target/wasm32-wasip2/plugin/attribution_rules.wasm");
    let component = std::fs::read(&component)
        .with_context(|| format!("{} is not built; run `cargo xtask plugins`", component.display()))?;
    let parts = Parts::of(&bench.root.join("plugins").join(TWIN))?;
    let manifest = parts.manifest.clone().context("the plugin has no manifest")?;
    for twin in 0..PLUGINS - FIRST_PARTY.len() {
        let name = format!("{TWIN}-{twin}");
        let manifest = Some(manifest.replacen(&format!("rialto/{TWIN}"), &format!("rialto/{name}"), 1));
        packages.push((name, pack(&component, &Parts { manifest, ..parts.clone() })?));
    }
    Ok(packages)
}
