//! The plugin under test: loaded under the real host with its bounds, entered by
//! the contract's typed calls, every run charged to the check that made it.

use crate::{
    connector::Profile,
    example::{example_with, with_property},
    model::{Cost, Miss, not_applicable},
    suite::Effort,
    world::World,
};
use rialto_contract::{attribution, connector, recommender, report};
use rialto_kernel::{Id, WorkspaceId};
use rialto_plugin_host::{
    Grants, HostGrant, Inspection, Limits, LoadedPlugin, PluginHost, PluginKind, Run, RunError, RunRecord, RunRequest,
    recorder::BodyPolicy,
};
use serde_json::{Map, Value, json};
use std::sync::{Mutex, PoisonError};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

/// The logical time of every run: 2026-01-01T00:00:00Z.
const AT_US: i64 = 1_767_225_600_000_000;
/// Bytes of state where a plugin without a manifest imports it.
const STATE_BYTES: u64 = 1024 * 1024;
/// The host that stands in for one that a setting would name.
const STAND_IN_HOST: &str = "scripted.example.com";

/// Everything the manifest wishes; where it has placeholders for hosts, or
/// where there is no manifest, a host that answers by script stands in.
#[must_use]
pub fn stand_in_grants(inspection: &Inspection) -> Grants {
    let wishes = &inspection.manifest.wishes;
    let stand_in = || HostGrant::https(STAND_IN_HOST);
    if inspection.manifest_derived {
        return Grants::capabilities(STATE_BYTES).with_host(stand_in());
    }
    let mut grants = wishes.as_grants();
    if grants.http.is_empty() && !wishes.http.is_empty() {
        grants.http.push(stand_in());
    }
    grants
}

/// A plugin under test.
pub struct Subject {
    host: PluginHost,
    plugin: LoadedPlugin,
    workspace: WorkspaceId,
    installation: Id,
    settings: Result<Value, String>,
    effort: Effort,
    cancel: CancellationToken,
    cost: Mutex<Cost>,
    pub(crate) profile: OnceCell<Result<Profile, Miss>>,
    pub(crate) kinds: OnceCell<Vec<&'static str>>,
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subject").field("plugin", &self.plugin).finish_non_exhaustive()
    }
}

impl Subject {
    /// A plugin that is loaded with [`stand_in_grants`]. Its runs count for
    /// `workspace` and for an installation of their own, which no other has.
    #[must_use]
    pub fn new(host: &PluginHost, plugin: &LoadedPlugin, workspace: WorkspaceId, installation: Id) -> Self {
        Self {
            host: host.clone(),
            plugin: plugin.clone(),
            workspace,
            installation,
            settings: example_with(&plugin.inspection().manifest.settings, &Map::new()),
            effort: Effort::default(),
            cancel: CancellationToken::new(),
            cost: Mutex::default(),
            profile: OnceCell::new(),
            kinds: OnceCell::new(),
        }
    }

    /// The same with these settings; what is not given is guessed.
    #[must_use]
    pub fn with_settings(mut self, given: &Map<String, Value>) -> Self {
        self.settings = example_with(&self.inspection().manifest.settings, given);
        self
    }

    /// How much is asked of it.
    #[must_use]
    pub fn with_effort(mut self, effort: Effort) -> Self {
        self.effort = effort;
        self
    }

    /// Ends its runs when the token is cancelled.
    #[must_use]
    pub fn cancelled_by(mut self, token: CancellationToken) -> Self {
        self.cancel = token;
        self
    }

    /// What is known of it.
    #[must_use]
    pub fn inspection(&self) -> &Inspection {
        self.plugin.inspection()
    }

    pub(crate) fn grants(&self) -> &Grants {
        self.plugin.grants()
    }

    pub(crate) fn effort(&self) -> &Effort {
        &self.effort
    }

    /// The bounds it has as this kind.
    pub(crate) fn limits(&self, kind: PluginKind) -> Limits {
        self.host.limits_of(&self.plugin, kind)
    }

    /// The settings it is given, as JSON.
    pub(crate) fn settings(&self) -> Result<String, Miss> {
        let settings = self.settings.as_ref();
        settings.map(Value::to_string).map_err(|why| not_applicable(format!("its settings: {why}")))
    }

    /// Settings that its schema does not allow, if the schema forbids anything.
    pub(crate) fn bad_settings(&self) -> Result<Vec<String>, Miss> {
        let schema = &self.inspection().manifest.settings;
        let options = jsonschema::options().with_pattern_options(jsonschema::PatternOptions::regex());
        let validator = options.build(schema).map_err(|_| not_applicable("its settings schema cannot be used"))?;
        let good = self.settings.clone().unwrap_or_else(|_| json!({}));
        let mut bad = vec![json!({})];
        for name in schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name) {
            for wrong in [json!(null), json!([{"nested": true}]), json!("\u{0}"), json!(-1)] {
                bad.push(with_property(&good, name, wrong));
            }
        }
        bad.retain(|settings| !validator.is_valid(settings));
        if bad.is_empty() {
            return Err(not_applicable("its settings can take any value"));
        }
        Ok(bad.iter().map(Value::to_string).collect())
    }

    /// What the runs since the last call cost.
    pub(crate) fn take_cost(&self) -> Cost {
        std::mem::take(&mut *self.cost.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Begin a run.
    pub(crate) async fn open(&self, kind: PluginKind, world: &World) -> Result<Run, RunError> {
        self.open_within(kind, world, None).await
    }

    /// Begin a run with other bounds than the kind's.
    pub(crate) async fn open_within(
        &self,
        kind: PluginKind,
        world: &World,
        limits: Option<Limits>,
    ) -> Result<Run, RunError> {
        // One check's failures must not rest the plugin for the next.
        self.host.reset_breaker(self.workspace, self.installation);
        let mut request = RunRequest::new(&self.plugin, kind, self.workspace, self.installation)
            .scripted(world.backend())
            .bodies(BodyPolicy::Never)
            .cancelled_by(self.cancel.clone())
            .at(AT_US);
        if let Some(limits) = limits {
            request = request.limits(limits.raised_for(self.inspection().runtime));
        }
        self.host.run(request).await
    }

    /// End a run and charge it.
    pub(crate) async fn close<T>(&self, run: Run, answer: Result<T, RunError>) -> Result<T, RunError> {
        self.end(run, answer).await.0
    }

    /// End a run and charge it; with its record.
    pub(crate) async fn end<T>(&self, run: Run, answer: Result<T, RunError>) -> (Result<T, RunError>, RunRecord) {
        let finished = run.finish().await;
        self.cost.lock().unwrap_or_else(PoisonError::into_inner).add(&finished.record);
        self.host.reset_breaker(self.workspace, self.installation);
        (answer, finished.record)
    }

    pub(crate) async fn describe_connector(&self, world: &World) -> Result<connector::Description, RunError> {
        let mut run = self.open(PluginKind::Connector, world).await?;
        let answer = connector::describe(&mut run).await;
        self.close(run, answer).await
    }

    pub(crate) async fn check_settings(&self, world: &World, settings: &str) -> Result<(), RunError> {
        let mut run = self.open(PluginKind::Connector, world).await?;
        let answer = connector::check(&mut run, settings).await.map(drop);
        self.close(run, answer).await
    }

    pub(crate) async fn deliver(
        &self,
        world: &World,
        settings: &str,
        batch: connector::Batch,
    ) -> Result<Vec<connector::Outcome>, RunError> {
        let mut run = self.open(PluginKind::Connector, world).await?;
        let answer = connector::deliver(&mut run, settings, batch).await;
        self.close(run, answer).await
    }

    pub(crate) async fn receive(
        &self,
        world: &World,
        inbound: connector::Inbound,
    ) -> Result<Result<connector::Received, RunError>, Miss> {
        let settings = self.settings()?;
        let mut run = self.open(PluginKind::Connector, world).await?;
        let answer = connector::receive(&mut run, &settings, inbound).await;
        Ok(self.close(run, answer).await)
    }

    /// Fit a model over paths in batches; if `split`, also weigh every touch.
    pub(crate) async fn fit(
        &self,
        settings: &str,
        channels: &[String],
        batches: Vec<attribution::Paths>,
        split: bool,
    ) -> Result<(attribution::Credits, Vec<f64>), RunError> {
        let mut run = self.open(PluginKind::Attribution, &World::fine()).await?;
        let answer = fit(&mut run, settings, channels, batches, split).await;
        self.close(run, answer).await
    }

    pub(crate) async fn recommend(
        &self,
        settings: &str,
        learnt: Vec<recommender::Outcomes>,
        brief: recommender::Brief,
        candidates: recommender::Candidates,
    ) -> Result<Vec<recommender::Ranked>, RunError> {
        let limits = recommender_limits(&candidates.kind);
        let mut run = self.open_within(PluginKind::Recommender, &World::fine(), Some(limits)).await?;
        let mut taught = Ok(());
        if !learnt.is_empty() {
            taught = recommender::learn(&mut run, settings, learnt).await;
        }
        let answer = match taught {
            Ok(()) => recommender::recommend(&mut run, settings, brief, candidates).await,
            Err(why) => Err(why),
        };
        self.close(run, answer).await
    }

    pub(crate) async fn describe_report(&self, locale: &str) -> Result<report::Description, RunError> {
        let mut run = self.open(PluginKind::Report, &World::fine()).await?;
        let answer = report::describe(&mut run, locale).await;
        self.close(run, answer).await
    }

    pub(crate) async fn build(
        &self,
        world: &World,
        settings: &str,
        locale: &str,
        parameters: &str,
    ) -> Result<report::Document, RunError> {
        let mut run = self.open(PluginKind::Report, world).await?;
        let answer = report::build(&mut run, settings, locale, parameters).await;
        self.close(run, answer).await
    }
}

pub(crate) async fn fit(
    run: &mut Run,
    settings: &str,
    channels: &[String],
    batches: Vec<attribution::Paths>,
    split: bool,
) -> Result<(attribution::Credits, Vec<f64>), RunError> {
    let mut fit = attribution::Fit::start(run, settings, channels.to_vec()).await?;
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
}

/// The bounds that the host gives a ranking: people are many.
pub(crate) fn recommender_limits(kind: &str) -> Limits {
    let usual = Limits::of(PluginKind::Recommender);
    let bytes = if kind == "contact" { 16 << 20 } else { 8 << 20 };
    let memory_bytes = if kind == "contact" { 256 << 20 } else { usual.memory_bytes };
    Limits { memory_bytes, cpu_entry_ms: 5_000, cpu_run_ms: 10_000, input_bytes: bytes, output_bytes: bytes, ..usual }
}
