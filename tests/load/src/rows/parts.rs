//! What of a guarded run is admission (the version's breaker and the queue), and
//! what the recorder adds: each by itself, beside the whole.

use super::run::{self, Times};
use crate::{
    Bench,
    figure::{Figure, Reference, Samples, Target},
    guests::Guest,
};
use anyhow::ensure;
use async_trait::async_trait;
use rialto_contract::report;
use rialto_kernel::{Id, Keys, OsRandom, SystemClock, WorkspaceId};
use rialto_plugin_host::{
    BodyPolicy, Grants, HostConfig, LoadedPlugin, PluginHost, PluginKind, RecordedCall, Recording, RunRecord,
    RunRequest, RunSink, ScriptedBackend,
    capability::{HostAnswer, HostCall, LogLine, QueryAnswer},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

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
    let host = host(Recording::default())?;
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

/// The same run kept by nobody, kept without bodies, and kept with them.
async fn recorder(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let sink = Arc::new(Shelf::default());
    let (bare, kept) =
        (host(Recording::default())?, host(Recording { sink: Some(sink.clone()), ..Recording::default() })?);
    let grants = Grants { query: true, ..Grants::default() };
    let (bare_plugin, kept_plugin) = (bare.load(asking(), &grants).await?, kept.load(asking(), &grants).await?);
    let calls = bench.size(2_000, 50);
    let (mut without, mut records, mut bodies) = (Times::default(), Times::default(), Times::default());
    for round in 0..=bench.repetitions() {
        let mut took: [Vec<f64>; 3] = Default::default();
        for _ in 0..calls {
            took[0].push(asked(&bare, &bare_plugin, BodyPolicy::Never).await?);
            took[1].push(asked(&kept, &kept_plugin, BodyPolicy::Never).await?);
            took[2].push(asked(&kept, &kept_plugin, BodyPolicy::Always).await?);
        }
        let [nobody, record, body] = took;
        if round > 0 {
            without.add(nobody);
            records.add(record);
            bodies.add(body);
        }
    }
    ensure!(sink.bodies.load(Ordering::Relaxed) > 0, "no body was kept");
    let reference = format!("the same run kept by nobody, {CALLS} host calls");
    let line = |what: &str, ours: &Times, note: &str| figure(what, ours.p50(), &reference, without.p50(), note);
    Ok(vec![
        line(
            "recorder, record alone, p50",
            &records,
            "digests are made in any case; the record is written as JSON into memory",
        ),
        line(
            "recorder, record and bodies, p50",
            &bodies,
            "about 1 kB an answer; written as JSON into memory: sealing them and the disk are the keeper's, after the run has ended",
        ),
    ])
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

fn host(recording: Recording) -> anyhow::Result<PluginHost> {
    let config = HostConfig { recording, ..HostConfig::default() };
    Ok(PluginHost::new(config, Keys::new([7; 32]), Arc::new(SystemClock), Arc::new(OsRandom))?)
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

/// One run, in microseconds.
async fn asked(host: &PluginHost, plugin: &LoadedPlugin, bodies: BodyPolicy) -> anyhow::Result<f64> {
    let script = ScriptedBackend::new(|call| match call {
        HostCall::QueryAsk { questions } => HostAnswer::Answers(questions.iter().map(|_| Ok(answer())).collect()),
        other => HostAnswer::denied(other),
    });
    let began = Instant::now();
    let mut run = host.run(request(plugin).scripted(script).bodies(bodies)).await?;
    let document = report::build(&mut run, "", "", "{}").await?;
    let finished = run.finish().await;
    let took_us = began.elapsed().as_secs_f64() * 1e6;
    ensure!(document.title == "report" && finished.record.calls.len() == CALLS, "the guest did not ask");
    Ok(took_us)
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

/// Keeps nothing, but does what every keeper must do first: write it down.
#[derive(Default)]
struct Shelf {
    bodies: AtomicUsize,
}

#[async_trait]
impl RunSink for Shelf {
    async fn keep(&self, record: &RunRecord, logs: &[LogLine], bodies: Option<&[RecordedCall]>) {
        let written = serde_json::to_vec(&(record, logs, bodies)).map_or(0, |bytes| bytes.len());
        if bodies.is_some() {
            self.bodies.fetch_add(written, Ordering::Relaxed);
        }
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
        assert_eq!(figures.len(), 3);
        for figure in &figures {
            assert!(figure.ours.median() > 0.0 && figure.ratio().unwrap().median() > 0.0, "{figure:?}");
        }
    }
}
