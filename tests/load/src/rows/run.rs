//! A guarded empty run beside bare wasmtime: a fresh instance of the smallest
//! guest, one call, gone. Ours has admission, deadlines, bounds, metering, a
//! checked answer, digests and the record on top.

use crate::{
    Bench,
    figure::{Figure, Reference, Samples, Target, percentile},
    guests::Guest,
};
use anyhow::Context as _;
use rialto_contract::report;
use rialto_kernel::{Id, Keys, OsRandom, SystemClock, WorkspaceId};
use rialto_plugin_host::{
    Grants, HostConfig, LoadedPlugin, PluginHost, PluginKind, RunRequest, engine_config,
    wit::exports::rialto::report::report::GuestIndices,
};
use std::{sync::Arc, time::Instant};
use wasmtime::{
    Engine, Store,
    component::{Component, InstancePre, Linker},
};

/// Measure it.
///
/// # Errors
/// When the guest does not run.
pub async fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let guest = Guest::default().report();
    let host = PluginHost::new(HostConfig::default(), Keys::new([7; 32]), Arc::new(SystemClock), Arc::new(OsRandom))?;
    let plugin = host.load(guest.clone(), &Grants::default()).await?;
    let bare = Bare::new(&guest)?;
    let calls = bench.size(3_000, 50);
    let (mut guarded, mut bare_calls) = (Times::default(), Times::default());
    // The first round warms both up and is not counted.
    for round in 0..=bench.repetitions() {
        let (mut ours, mut theirs) = (Vec::with_capacity(calls), Vec::with_capacity(calls));
        // Turn about, so that both see the same moments of the machine.
        for _ in 0..calls {
            let began = Instant::now();
            run(&host, &plugin).await?;
            ours.push(began.elapsed().as_secs_f64() * 1e6);
            let began = Instant::now();
            bare.call().await?;
            theirs.push(began.elapsed().as_secs_f64() * 1e6);
        }
        if round > 0 {
            guarded.add(ours);
            bare_calls.add(theirs);
        }
    }
    let line = |what: &str, ours: &Samples, theirs: &Samples, target| Figure {
        what: format!("guarded empty run, {what}"),
        unit: "µs",
        ours: ours.clone(),
        reference: Some(Reference { name: "bare wasmtime".into(), samples: theirs.clone() }),
        target,
        note: String::new(),
    };
    let mut median = line("p50", &guarded.p50(), &bare_calls.p50(), Target::TimesAtMost(3.0));
    median.note = format!("{calls} calls a repetition, turn about; same engine settings, smallest guest");
    Ok(vec![
        median,
        line("mean", &guarded.mean(), &bare_calls.mean(), Target::TimesAtMost(3.0)),
        line("p99", &guarded.p99(), &bare_calls.p99(), Target::Told),
    ])
}

/// What every repetition said.
#[derive(Default)]
pub(super) struct Times(Vec<[f64; 3]>);

impl Times {
    #[allow(clippy::cast_precision_loss, reason = "thousands")]
    pub(super) fn add(&mut self, mut times: Vec<f64>) {
        let mean = times.iter().sum::<f64>() / times.len() as f64;
        self.0.push([percentile(&mut times, 0.5), mean, percentile(&mut times, 0.99)]);
    }

    fn column(&self, at: usize) -> Samples {
        Samples::new(self.0.iter().map(|row| row[at]).collect())
    }

    pub(super) fn p50(&self) -> Samples {
        self.column(0)
    }

    fn mean(&self) -> Samples {
        self.column(1)
    }

    pub(super) fn p99(&self) -> Samples {
        self.column(2)
    }
}

/// One guarded run of the smallest guest.
pub(super) async fn run(host: &PluginHost, plugin: &LoadedPlugin) -> anyhow::Result<()> {
    let request = RunRequest::new(plugin, PluginKind::Report, WorkspaceId(Id::nil()), Id::nil());
    let mut run = host.run(request).await?;
    let description = report::describe(&mut run, "en").await?;
    let finished = run.finish().await;
    anyhow::ensure!(description.title == "report" && finished.record.error.is_none(), "the guest did not answer");
    Ok(())
}

/// The same guest, the same engine settings, and nothing around it.
struct Bare {
    engine: Engine,
    pre: InstancePre<()>,
    describe: GuestIndices,
}

impl Bare {
    fn new(guest: &[u8]) -> anyhow::Result<Self> {
        let engine = Engine::new(&engine_config()).map_err(anyhow::Error::from)?;
        let component = Component::new(&engine, guest).map_err(anyhow::Error::from)?;
        let mut linker: Linker<()> = Linker::new(&engine);
        linker.define_unknown_imports_as_traps(&component).map_err(anyhow::Error::from)?;
        let pre = linker.instantiate_pre(&component).map_err(anyhow::Error::from)?;
        let describe = GuestIndices::new(&pre).map_err(anyhow::Error::from).context("the guest has no report")?;
        Ok(Self { engine, pre, describe })
    }

    async fn call(&self) -> anyhow::Result<()> {
        let mut store = Store::new(&self.engine, ());
        // The engine asks for epochs; nothing ticks here.
        store.set_epoch_deadline(u64::MAX / 2);
        let instance = self.pre.instantiate_async(&mut store).await.map_err(anyhow::Error::from)?;
        let guest = self.describe.load(&mut store, &instance).map_err(anyhow::Error::from)?;
        let answer = guest.call_describe(&mut store, "en").await.map_err(anyhow::Error::from)?;
        anyhow::ensure!(answer.title == "report", "the guest did not answer");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// The whole row in small: both sides run, and the figures are of what ran.
    #[tokio::test]
    async fn the_row_can_be_measured() {
        let nowhere = PathBuf::new();
        let bench =
            Bench { root: nowhere.clone(), host: nowhere.clone(), own: nowhere, python: None, peer: None, quick: true };
        let figures = measure(&bench).await.unwrap();
        assert_eq!(figures.len(), 3);
        for figure in figures {
            assert!(figure.ours.median() > 0.0 && figure.ratio().unwrap().median() > 0.0, "{figure:?}");
        }
    }
}
