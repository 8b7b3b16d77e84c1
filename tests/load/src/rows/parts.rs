//! What of a guarded run is admission (the version's breaker and the queue), and
//! what the recorder adds: each by itself, beside the whole.

use super::run::{self, Times};
use crate::{
    Bench,
    figure::{Figure, Reference, Samples, Target},
    guests::Guest,
};
use anyhow::ensure;
use rialto_contract::report;
use rialto_kernel::{Id, Keys, OsRandom, SystemClock, WorkspaceId};
use rialto_plugin_host::{
    BodyPolicy, Grants, HostConfig, LoadedPlugin, PluginHost, PluginKind, RunRequest, ScriptedBackend,
    capability::{HostAnswer, HostCall, QueryAnswer},
};
use std::{sync::Arc, time::Instant};

/// Admissions in one measurement: one alone is as short as looking at the clock.
const TOGETHER: u32 = 100;
/// Host calls of a run whose recording is measured.
const CALLS: usize = 10;
/// Rows in each answer: about a kilobyte as JSON.
const ROWS: usize = 48;

/// Measure it.
///
/// # Errors
/// When a guest does not run.
pub async fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let mut figures = admission(bench).await?;
    figures.extend(recorder(bench).await?);
    Ok(figures)
}

/// Admission alone, beside a whole run of the smallest guest.
async fn admission(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let host = host()?;
    let plugin = host.load(Guest::default().report(), &Grants::default()).await?;
    let (calls, request) = (bench.size(2_000, 50), request(&plugin));
    let (mut alone, mut whole) = (Times::default(), Times::default());
    // The first round warms up and is not counted.
    for round in 0..=bench.repetitions() {
        let (mut admitted, mut ran) = (Vec::with_capacity(calls), Vec::with_capacity(calls));
        for _ in 0..calls {
            let began = Instant::now();
            for _ in 0..TOGETHER {
                host.admit(&request).await?;
            }
            admitted.push(began.elapsed().as_secs_f64() * 1e6 / f64::from(TOGETHER));
            let began = Instant::now();
            run::run(&host, &plugin).await?;
            ran.push(began.elapsed().as_secs_f64() * 1e6);
        }
        if round > 0 {
            alone.add(admitted);
            whole.add(ran);
        }
    }
    let note = "taking a place and giving it back, breaker told: what every run begins and ends with; nobody waits";
    Ok(vec![figure("admission alone: breaker and queue, p50", alone.p50(), "a whole guarded run", whole.p50(), note)])
}

/// The same run without words kept of it, and with them, written down as its
/// keeper must.
async fn recorder(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let host = host()?;
    let plugin = host.load(asking(), &Grants { query: true, ..Grants::default() }).await?;
    let calls = bench.size(2_000, 50);
    let (mut without, mut bodies, mut kept) = (Times::default(), Times::default(), 0);
    for round in 0..=bench.repetitions() {
        let mut took: [Vec<f64>; 2] = Default::default();
        for _ in 0..calls {
            took[0].push(asked(&host, &plugin, BodyPolicy::Never).await?.0);
            let (us, bytes) = asked(&host, &plugin, BodyPolicy::Always).await?;
            took[1].push(us);
            kept = bytes;
        }
        let [never, always] = took;
        if round > 0 {
            without.add(never);
            bodies.add(always);
        }
    }
    ensure!(kept > CALLS * 100, "no body was kept");
    let reference = format!("the same run, digests alone, {CALLS} host calls");
    let note = format!(
        "{kept} bytes of host calls written as JSON into memory; sealing and the disk are the keeper's, after the run"
    );
    Ok(vec![figure("recorder, words kept, p50", bodies.p50(), &reference, without.p50(), &note)])
}

fn figure(what: &str, ours: Samples, reference: &str, theirs: Samples, note: &str) -> Figure {
    Figure {
        what: what.to_owned(),
        unit: "µs",
        ours,
        reference: Some(Reference { name: reference.to_owned(), samples: theirs }),
        target: Target::Told,
        note: note.to_owned(),
    }
}

fn host() -> anyhow::Result<PluginHost> {
    Ok(PluginHost::new(HostConfig::default(), Keys::new([7; 32]), Arc::new(SystemClock), Arc::new(OsRandom))?)
}

fn request(plugin: &LoadedPlugin) -> RunRequest {
    RunRequest::new(plugin, PluginKind::Report, WorkspaceId(Id::nil()), Id::nil())
}

/// A report that asks the metrics catalogue some times. The question is what
/// stands at 8192: zeroes, which are empty texts and lists.
fn asking() -> Vec<u8> {
    let imports = r#"(import "rialto:query/query@0.1.0" "ask" (func $ask (param i32 i32 i32)))"#;
    let body = "(call $ask (i32.const 8192) (i32.const 1) (i32.const 4096))\n".repeat(CALLS);
    Guest { imports: imports.into(), body, ..Guest::default() }.report()
}

/// One run, in microseconds, and the bytes of the words kept of it.
async fn asked(host: &PluginHost, plugin: &LoadedPlugin, bodies: BodyPolicy) -> anyhow::Result<(f64, usize)> {
    let script = ScriptedBackend::new(|call| match call {
        HostCall::QueryAsk { questions } => HostAnswer::Answers(questions.iter().map(|_| Ok(answer())).collect()),
        other => HostAnswer::denied(other),
    });
    let began = Instant::now();
    let mut run = host.run(request(plugin).scripted(script).bodies(bodies)).await?;
    let document = report::build(&mut run, "", "", "{}").await?;
    let finished = run.finish().await;
    let written =
        finished.bodies.as_ref().map_or(Ok(0), |bodies| serde_json::to_vec(&bodies.calls).map(|all| all.len()))?;
    let took_us = began.elapsed().as_secs_f64() * 1e6;
    ensure!(document.title == "report" && finished.record.calls.len() == CALLS, "the guest did not ask");
    Ok((took_us, written))
}

fn answer() -> QueryAnswer {
    let keys = vec!["campaign".to_owned(); ROWS];
    QueryAnswer {
        unit: "count".to_owned(),
        values: vec![1.0; ROWS],
        hidden: vec![false; ROWS],
        keys,
        options: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// The whole row in small.
    #[tokio::test]
    async fn the_row_can_be_measured() {
        let nowhere = PathBuf::new();
        let bench =
            Bench { root: nowhere.clone(), host: nowhere.clone(), own: nowhere, python: None, peer: None, quick: true };
        let figures = measure(&bench).await.unwrap();
        assert_eq!(figures.len(), 2);
        for figure in &figures {
            assert!(figure.ours.median() > 0.0 && figure.ratio().unwrap().median() > 0.0, "{figure:?}");
        }
    }
}
