//! Opening a run of an installation and closing it again: the active version,
//! its limits, its doors to state and secrets, and the run log. A run keeps
//! the version it began with, whatever is activated meanwhile.

use crate::{
    Error,
    model::RunRow,
    secrets::SealedSecrets,
    settings,
    sql::{self, Serving},
    state::{KeptState, StateWrites},
};
use rialto_kernel::{Id, WorkspaceId};
use rialto_plugin_host::{
    DeliverySeen, Doors, Finished, Grants, Limits, LoadedPlugin, Outcome, PluginKind, Run, RunError, RunRecord,
    RunRequest, ScriptedBackend, capability::LogLine,
};
use rialto_slice::Host;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Plugins kept ready in memory; the rarely used are loaded again.
const LOADED_MAX: u64 = 64;
/// Entries and host calls of one run whose digests are kept in its record.
const RECORD_ITEMS_MAX: usize = 100;
/// Runs kept of one installation.
const RUNS_KEPT_MAX: u32 = 10_000;

/// What a run may be told besides its kind.
#[derive(Debug, Default)]
pub struct RunOptions {
    /// Doors that the caller has: mail, query, dispatch, addresses. State and
    /// secrets are put in by the host.
    pub doors: Doors,
    /// The run's logical time, UTC microseconds; the present if absent.
    pub at_us: Option<i64>,
    /// Other bounds than the kind's; the ceiling still holds.
    pub limits: Option<Limits>,
    /// Stops the run.
    pub cancel: Option<CancellationToken>,
}

/// A run of an installation's active version, ready to be entered.
pub struct OpenRun {
    /// Enter it by the contract crate's typed calls.
    pub run: Run,
    /// The settings as the plugin is to be given them: a JSON object with
    /// defaults filled in and secrets as placeholders.
    pub settings_json: String,
    /// The installation.
    pub installation: Id,
    /// What people call it.
    pub name: String,
    /// The version of the installation.
    pub version: Id,
    /// The plugin's version, such as `1.4.0`.
    pub version_label: String,
    /// The package's SHA-256, as hex.
    pub digest: String,
    /// What it may do: wished, granted and under the ceiling.
    pub grants: Arc<Grants>,
    host: Host,
    workspace: WorkspaceId,
}

/// What a finished run leaves.
#[derive(Debug)]
pub struct ClosedRun {
    /// Digests and costs.
    pub record: RunRecord,
    /// To be applied with the outcome.
    pub state: StateWrites,
    /// What the host itself saw of each delivery.
    pub deliveries: Vec<DeliverySeen>,
    /// Its log lines.
    pub logs: Vec<LogLine>,
}

impl ClosedRun {
    /// Why the run failed, if it did.
    #[must_use]
    pub fn error(&self) -> Option<&RunError> {
        self.record.error.as_ref()
    }
}

#[derive(Default)]
struct LoadedPlugins(std::sync::OnceLock<moka::future::Cache<(String, String), LoadedPlugin>>);

impl LoadedPlugins {
    fn cache(&self) -> &moka::future::Cache<(String, String), LoadedPlugin> {
        self.0.get_or_init(|| moka::future::Cache::new(LOADED_MAX))
    }
}

/// Open a run of an installation's active version as this kind.
///
/// # Errors
/// When the installation is not there, is disabled, has no active version, is
/// of another kind, rests, or its instance does not come to be.
pub async fn open_run(
    host: &Host,
    workspace: WorkspaceId,
    installation: Id,
    kind: PluginKind,
    doors: Doors,
) -> Result<OpenRun, Error> {
    open_run_with(host, workspace, installation, kind, RunOptions { doors, ..RunOptions::default() }).await
}

/// [`open_run`] with options.
///
/// # Errors
/// As [`open_run`].
pub async fn open_run_with(
    host: &Host,
    workspace: WorkspaceId,
    installation: Id,
    kind: PluginKind,
    options: RunOptions,
) -> Result<OpenRun, Error> {
    let (serving, secret_names) = {
        let mut conn = host.store.read(workspace).await?;
        let serving = sql::serving_find(&mut conn, workspace, installation).await?;
        let Some(serving) = serving else {
            return Err(match sql::installation_find(&mut conn, workspace, installation).await? {
                Some(_) => Error::NothingActive,
                None => Error::Unknown("installation"),
            });
        };
        (serving, sql::secret_names(&mut conn, workspace, installation).await?)
    };
    if !serving.enabled {
        return Err(Error::Disabled);
    }
    let granted: Grants = serde_json::from_str(&serving.grants)?;
    let plugin = load(host, workspace, &serving.digest, &granted).await?;
    if !plugin.inspection().is(kind) {
        return Err(Error::WrongKind(kind));
    }
    let given = serde_json::from_str(&serving.settings)?;
    let settings_json = settings::for_plugin(&plugin.inspection().manifest, &given, &secret_names);
    let request = request(host, workspace, installation, kind, &plugin, options);
    let run = match host.plugins.run(request).await {
        Ok(run) => run,
        Err(why) => {
            log_failed_start(host, workspace, installation, kind, &serving, &why).await;
            return Err(why.into());
        }
    };
    Ok(OpenRun {
        run,
        settings_json,
        installation,
        name: serving.name,
        version: serving.version,
        version_label: serving.version_label,
        digest: serving.digest,
        grants: Arc::clone(plugin.grants()),
        host: host.clone(),
        workspace,
    })
}

fn request(
    host: &Host,
    workspace: WorkspaceId,
    installation: Id,
    kind: PluginKind,
    plugin: &LoadedPlugin,
    options: RunOptions,
) -> RunRequest {
    let mut doors = options.doors;
    let bytes = plugin.grants().state_bytes;
    if bytes > 0 {
        doors.state = Some(Arc::new(KeptState::new(host, workspace, installation, bytes)));
    }
    doors.secrets = Some(Arc::new(SealedSecrets::new(host, workspace, installation)));
    let mut request = RunRequest::new(plugin, kind, workspace, installation).doors(doors).id(host.id());
    if let Some(at_us) = options.at_us {
        request = request.at(at_us);
    }
    if let Some(limits) = options.limits {
        request = request.limits(limits);
    }
    if let Some(cancel) = options.cancel {
        request = request.cancelled_by(cancel);
    }
    request
}

/// A package ready to run with these grants, from memory or from the store.
pub(crate) async fn load(
    host: &Host,
    workspace: WorkspaceId,
    digest: &str,
    granted: &Grants,
) -> Result<LoadedPlugin, Error> {
    let loaded = host.slot::<LoadedPlugins>();
    let key = (digest.to_owned(), serde_json::to_string(granted)?);
    if let Some(plugin) = loaded.cache().get(&key).await {
        return Ok(plugin);
    }
    let bytes = {
        let mut conn = host.store.read(workspace).await?;
        sql::package_bytes(&mut conn, workspace, digest).await?.ok_or(Error::Unknown("package"))?
    };
    let plugin = host.plugins.load(bytes, granted).await?;
    loaded.cache().insert(key, plugin.clone()).await;
    Ok(plugin)
}

/// A run with no effects at all, for `describe` before anything is activated.
pub(crate) async fn open_inert(
    host: &Host,
    workspace: WorkspaceId,
    installation: Id,
    kind: PluginKind,
    plugin: &LoadedPlugin,
) -> Result<Run, Error> {
    let request = RunRequest::new(plugin, kind, workspace, installation);
    Ok(host.plugins.run(request.scripted(ScriptedBackend::denying())).await?)
}

impl OpenRun {
    /// End the run: charge it, tell its breaker, write the run log, and hand
    /// over what it leaves. The run log never fails a run that went well.
    pub async fn finish(self) -> ClosedRun {
        let Self { run, host, workspace, installation, version, grants, .. } = self;
        let Finished { record, state, deliveries, logs } = run.finish().await;
        keep(&host, workspace, row(&record, version, &logs)).await;
        let state = StateWrites::new(workspace, installation, state, grants.state_bytes, host.now_us());
        ClosedRun { record, state, deliveries, logs }
    }

    /// The run's id.
    #[must_use]
    pub fn id(&self) -> Id {
        self.run.id()
    }
}

impl std::fmt::Debug for OpenRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenRun")
            .field("installation", &self.installation)
            .field("version", &self.version_label)
            .finish_non_exhaustive()
    }
}

fn row(record: &RunRecord, version: Id, logs: &[LogLine]) -> RunRow {
    let mut kept = record.clone();
    kept.entries.truncate(RECORD_ITEMS_MAX);
    kept.calls.truncate(RECORD_ITEMS_MAX);
    let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    RunRow {
        id: record.run,
        installation: record.installation,
        installation_version: version,
        digest: record.package.to_hex(),
        kind: record.kind.as_str().to_owned(),
        started_at: record.at_us,
        outcome: outcome(record.outcome).to_owned(),
        limit_name: record.error.as_ref().and_then(RunError::limit).map(|l| l.as_str().to_owned()),
        error: record.error.as_ref().map(ToString::to_string),
        wall_us: whole(record.wall_us),
        cpu_us: whole(record.cpu_us),
        memory_peak_bytes: whole(record.memory_peak_bytes),
        host_calls: whole(record.host_calls),
        record: json(&kept),
        logs: json(&logs),
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Succeeded => "succeeded",
        Outcome::Failed => "failed",
        Outcome::Abandoned => "abandoned",
    }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|cause| format!("{{\"unreadable\":\"{cause}\"}}"))
}

/// An instance that did not come to be leaves a line too; one that was turned
/// away at the door does not, since it did not run.
async fn log_failed_start(
    host: &Host,
    workspace: WorkspaceId,
    installation: Id,
    kind: PluginKind,
    serving: &Serving,
    why: &RunError,
) {
    if matches!(why, RunError::BreakerOpen { .. } | RunError::QueueFull { .. } | RunError::WrongKind { .. }) {
        return;
    }
    let run = RunRow {
        id: host.id(),
        installation,
        installation_version: serving.version,
        digest: serving.digest.clone(),
        kind: kind.as_str().to_owned(),
        started_at: host.now_us(),
        outcome: "failed".to_owned(),
        limit_name: why.limit().map(|l| l.as_str().to_owned()),
        error: Some(why.to_string()),
        wall_us: 0,
        cpu_us: 0,
        memory_peak_bytes: 0,
        host_calls: 0,
        record: json(why),
        logs: "[]".to_owned(),
    };
    keep(host, workspace, run).await;
}

/// Write a line of the run log. The store commits these in groups; now and
/// then (one run in 64, told by its id) the oldest are forgotten.
async fn keep(host: &Host, workspace: WorkspaceId, run: RunRow) {
    let (id, installation) = (run.id, run.installation);
    let prune = id.as_bytes()[15] % 64 == 0;
    let written = host
        .store
        .write(workspace, "plugins.run", move |conn| {
            Box::pin(async move {
                sql::run_insert(conn, workspace, run).await?;
                if prune {
                    sql::run_prune(conn, workspace, installation, RUNS_KEPT_MAX).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await;
    if let Err(cause) = written {
        tracing::warn!(run = %id, %installation, %cause, "a run could not be logged");
    }
}
