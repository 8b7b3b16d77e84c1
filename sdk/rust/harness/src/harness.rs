//! The harness: one plugin under the real host, ready to be asked.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use rialto_conformance::{Conformance, Subject, stand_in_grants, suite};
use rialto_contract::{Comparison, Fixture, attribution, compare::compare, connector, recommender, replay, report};
use rialto_kernel::{Id, Keys, OsRandom, SystemClock, WorkspaceId};
use rialto_plugin_host::{
    HostConfig, Inspection, LoadedPlugin, Options, PluginHost, PluginKind, Run, RunError, RunRequest,
};
use serde::Serialize;
use tokio::runtime::Runtime;

use crate::{
    Error, build,
    paths_file::PathsFile,
    script::{Asked, Script, World},
};

/// The logical time of a run when the test does not say: 2026-01-01T00:00:00Z.
const AT_US: i64 = 1_767_225_600_000_000;

/// A plugin under the real host, with a scripted world outside.
pub struct Harness {
    runtime: Runtime,
    host: PluginHost,
    plugin: LoadedPlugin,
    package: Arc<[u8]>,
    world: World,
    at_us: i64,
    runs: AtomicU64,
}

impl Harness {
    /// Build the plugin in this folder (usually `env!("CARGO_MANIFEST_DIR")`)
    /// and load it with everything its manifest wishes.
    ///
    /// # Errors
    /// When it does not build, or the host does not take it.
    pub fn build(dir: impl AsRef<Path>) -> Result<Self, Error> {
        Self::of(built(dir.as_ref())?)
    }

    /// Load a packed plugin from a file.
    ///
    /// # Errors
    /// When it cannot be read, or the host does not take it.
    pub fn open(file: impl AsRef<Path>) -> Result<Self, Error> {
        let file = file.as_ref();
        Self::of(std::fs::read(file).map_err(Error::file(file))?)
    }

    /// Load a packed plugin.
    ///
    /// # Errors
    /// When the host does not take it.
    pub fn of(package: impl Into<Arc<[u8]>>) -> Result<Self, Error> {
        let package = package.into();
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::file("tokio"))?;
        let keys = Keys::new([7; 32]);
        let config = HostConfig { compile_ms: 120_000, ..HostConfig::default() };
        let host = PluginHost::new(config, keys, Arc::new(SystemClock), Arc::new(OsRandom))?;
        let inspection = host.inspect(&package).map_err(rialto_plugin_host::LoadError::from)?;
        let plugin = runtime.block_on(host.load(package.clone(), &stand_in_grants(&inspection)))?;
        Ok(Self { runtime, host, plugin, package, world: World::default(), at_us: AT_US, runs: AtomicU64::new(0) })
    }

    /// Script the outside world; what was asked before is forgotten.
    pub fn script(mut self, script: Script) -> Self {
        self.world = World::new(script);
        self
    }

    /// Run at this logical time, in UTC microseconds.
    pub fn at(mut self, at_us: i64) -> Self {
        self.at_us = at_us;
        self
    }

    /// What the host reads off the package without running it.
    pub fn inspection(&self) -> &Inspection {
        self.plugin.inspection()
    }

    /// The package's bytes.
    pub fn package(&self) -> &[u8] {
        &self.package
    }

    /// What the plugin asked of the host so far.
    pub fn asked(&self) -> Asked {
        self.world.asked()
    }

    /// Make a run of your own: several calls into one store.
    ///
    /// # Errors
    /// What the run ends with.
    pub fn run<T>(&self, kind: PluginKind, act: impl AsyncFnOnce(&mut Run) -> Result<T, RunError>) -> Result<T, Error> {
        // An installation of its own each time: one test's failures must not rest another's plugin.
        let number = u128::from(self.runs.fetch_add(1, Ordering::Relaxed));
        let request = RunRequest::new(&self.plugin, kind, WorkspaceId(Id::from_u128(1)), Id::from_u128(2 + number))
            .at(self.at_us)
            .scripted(self.world.begin());
        self.runtime.block_on(async {
            let mut run = self.host.run(request).await?;
            let answer = act(&mut run).await;
            let finished = run.finish().await;
            self.world.end(answer.is_ok(), finished.logs);
            Ok(answer?)
        })
    }

    /// The conformance suite of its kinds, as hosts run it on upload: every
    /// check with what it proves and what it cost. What `settings` leaves out
    /// is guessed from the manifest's schema.
    pub fn conformance(&self, settings: &serde_json::Map<String, serde_json::Value>) -> Conformance {
        let installation = Id::from_u128(1);
        let subject =
            Subject::new(&self.host, &self.plugin, WorkspaceId(Id::from_u128(1)), installation).with_settings(settings);
        Conformance::of(self.runtime.block_on(suite::run(&subject, |_, _, _| ())))
    }

    /// Run a recorded run again, its host calls answered from the recording, and
    /// say what differs; see [`fixture`]. [`Comparison::verdict`] is
    /// [`ReplayVerdict::Same`](crate::ReplayVerdict::Same) where nothing does.
    ///
    /// # Errors
    /// When the plugin is of another kind than the fixture.
    pub fn replay(&self, fixture: &Fixture) -> Result<Comparison, Error> {
        let number = u128::from(self.runs.fetch_add(1, Ordering::Relaxed));
        let of = (WorkspaceId(Id::from_u128(1)), Id::from_u128(2 + number));
        let again = replay(&self.host, &self.plugin, fixture.head.kind, &fixture.tape, of);
        Ok(compare(&fixture.tape, &self.runtime.block_on(again)?))
    }

    /// A connector's `describe`.
    ///
    /// # Errors
    /// What the run ends with.
    pub fn describe_connector(&self) -> Result<connector::Description, Error> {
        self.run(PluginKind::Connector, async |run| connector::describe(run).await)
    }

    /// A connector's `check`.
    ///
    /// # Errors
    /// What the run ends with; see [`Error::fault`].
    pub fn check(&self, settings: impl Serialize) -> Result<Options, Error> {
        let settings = serde_json::to_string(&settings)?;
        self.run(PluginKind::Connector, async |run| connector::check(run, &settings).await)
    }

    /// A connector's `deliver`; see [`batch`].
    ///
    /// # Errors
    /// What the run ends with; see [`Error::fault`].
    pub fn deliver(&self, settings: impl Serialize, batch: connector::Batch) -> Result<Vec<connector::Outcome>, Error> {
        let settings = serde_json::to_string(&settings)?;
        self.run(PluginKind::Connector, async |run| connector::deliver(run, &settings, batch).await)
    }

    /// A connector's `collect`.
    ///
    /// # Errors
    /// What the run ends with; see [`Error::fault`].
    pub fn collect(
        &self,
        settings: impl Serialize,
        source: &str,
        cursor: Option<&str>,
    ) -> Result<connector::Page, Error> {
        let settings = serde_json::to_string(&settings)?;
        self.run(PluginKind::Connector, async |run| connector::collect(run, &settings, source, cursor).await)
    }

    /// A connector's `receive`.
    ///
    /// # Errors
    /// What the run ends with; see [`Error::fault`].
    pub fn receive(&self, settings: impl Serialize, inbound: connector::Inbound) -> Result<connector::Received, Error> {
        let settings = serde_json::to_string(&settings)?;
        self.run(PluginKind::Connector, async |run| connector::receive(run, &settings, inbound).await)
    }

    /// Fit an attribution model over a file's paths; see [`crate::paths_file`].
    ///
    /// # Errors
    /// What the run ends with; see [`Error::fault`].
    pub fn attribution(&self, settings: impl Serialize, paths: &PathsFile) -> Result<ChannelCredits, Error> {
        let credits = self.fit(settings, paths.channels.clone(), &paths.to_paths(), false)?.0;
        Ok(ChannelCredits { channels: paths.channels.clone(), credits })
    }

    /// Fit an attribution model over paths of your own, with times and extra
    /// columns; if `split`, also the weight of every touch.
    ///
    /// # Errors
    /// What the run ends with; see [`Error::fault`].
    pub fn fit(
        &self,
        settings: impl Serialize,
        channels: Vec<String>,
        paths: &attribution::Paths,
        split: bool,
    ) -> Result<(attribution::Credits, Vec<f64>), Error> {
        let settings = serde_json::to_string(&settings)?;
        self.run(PluginKind::Attribution, async |run| {
            let batches: Vec<_> = attribution::batches(paths, run.limits()).collect();
            let mut fit = attribution::Fit::start(run, &settings, channels).await?;
            for batch in batches.clone() {
                fit.observe(fit.prepare(batch)?).await?;
            }
            let credits = fit.credit().await?;
            let mut weights = Vec::new();
            for batch in batches.into_iter().filter(|_| split) {
                weights.extend(fit.split(fit.prepare(batch)?).await?);
            }
            fit.close().await?;
            Ok((credits, weights))
        })
    }

    /// A recommender's `recommend`.
    ///
    /// # Errors
    /// What the run ends with; see [`Error::fault`].
    pub fn recommend(
        &self,
        settings: impl Serialize,
        brief: recommender::Brief,
        candidates: recommender::Candidates,
    ) -> Result<Vec<recommender::Ranked>, Error> {
        let settings = serde_json::to_string(&settings)?;
        self.run(PluginKind::Recommender, async |run| recommender::recommend(run, &settings, brief, candidates).await)
    }

    /// A recommender's `learn` and then its `recommend` in one run, as the host
    /// asks about people.
    ///
    /// # Errors
    /// What the run ends with; see [`Error::fault`].
    pub fn learn_then_recommend(
        &self,
        settings: impl Serialize,
        outcomes: Vec<recommender::Outcomes>,
        brief: recommender::Brief,
        candidates: recommender::Candidates,
    ) -> Result<Vec<recommender::Ranked>, Error> {
        let settings = serde_json::to_string(&settings)?;
        self.run(PluginKind::Recommender, async |run| {
            recommender::learn(run, &settings, outcomes).await?;
            recommender::recommend(run, &settings, brief, candidates).await
        })
    }

    /// A recommender's `learn`.
    ///
    /// # Errors
    /// What the run ends with; see [`Error::fault`].
    pub fn learn(&self, settings: impl Serialize, outcomes: Vec<recommender::Outcomes>) -> Result<(), Error> {
        let settings = serde_json::to_string(&settings)?;
        self.run(PluginKind::Recommender, async |run| recommender::learn(run, &settings, outcomes).await)
    }

    /// A report's `describe`.
    ///
    /// # Errors
    /// What the run ends with.
    pub fn describe_report(&self, locale: &str) -> Result<report::Description, Error> {
        self.run(PluginKind::Report, async |run| report::describe(run, locale).await)
    }

    /// A report's `build`.
    ///
    /// # Errors
    /// What the run ends with; see [`Error::fault`].
    pub fn report(
        &self,
        settings: impl Serialize,
        locale: &str,
        parameters: impl Serialize,
    ) -> Result<report::Document, Error> {
        let (settings, parameters) = (serde_json::to_string(&settings)?, serde_json::to_string(&parameters)?);
        self.run(PluginKind::Report, async |run| report::build(run, &settings, locale, &parameters).await)
    }
}

/// Read a fixture: a recorded run that `rialto plugin run export` wrote.
///
/// # Errors
/// When it cannot be read, or is none.
pub fn fixture(file: impl AsRef<Path>) -> Result<Fixture, Error> {
    let file = file.as_ref();
    Ok(Fixture::from_json(&std::fs::read_to_string(file).map_err(Error::file(file))?)?)
}

/// A model's credits with the channels' names.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelCredits {
    /// The channels, in the order of the file.
    pub channels: Vec<String>,
    /// Their credits.
    pub credits: attribution::Credits,
}

impl ChannelCredits {
    /// A channel's conversions and value.
    pub fn of(&self, channel: &str) -> Option<(f64, f64)> {
        let at = self.channels.iter().position(|name| name == channel)?;
        Some((*self.credits.conversions.get(at)?, *self.credits.value.get(at)?))
    }
}

/// A batch for [`Harness::deliver`]: each delivery its id and its parts' texts.
pub fn batch(channel: &str, part_names: &[&str], deliveries: &[(&str, &[&str])]) -> connector::Batch {
    let owned = |text: &&str| (*text).to_owned();
    connector::Batch {
        channel: channel.to_owned(),
        topic: "news".to_owned(),
        ids: deliveries.iter().map(|(id, _)| (*id).to_owned()).collect(),
        part_names: part_names.iter().map(owned).collect(),
        parts: deliveries.iter().flat_map(|(_, parts)| parts.iter().map(owned)).collect(),
        column_names: Vec::new(),
        columns: Vec::new(),
        options: Vec::new(),
    }
}

/// Build a folder once per test process.
fn built(dir: &Path) -> Result<Arc<[u8]>, Error> {
    static BUILT: Mutex<Option<HashMap<PathBuf, Arc<[u8]>>>> = Mutex::new(None);
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    let built = built.get_or_insert_default();
    if let Some(package) = built.get(dir) {
        return Ok(package.clone());
    }
    let package: Arc<[u8]> = build::packed(dir)?.into();
    built.insert(dir.to_owned(), package.clone());
    Ok(package)
}
