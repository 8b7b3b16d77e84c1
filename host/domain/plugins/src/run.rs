//! Opening a run of an installation and closing it again: which version it is
//! (the active one, or a canary's candidate by its share), its limits, its
//! doors to state and secrets, and the run log. A run keeps the version it
//! began with, whatever is activated meanwhile.

use crate::{
    Error,
    choice::{Choice, Found, find},
    kept::{Kept, keep},
    receipt::{Receipt, ReceiptOf},
    recording::{self, Whose},
    rollout::{
        Failure, VersionState,
        canary::{Side, Trial, Went},
        watch::Seen,
    },
    secrets::SealedSecrets,
    settings, sql,
    state::{KeptState, StateWrites},
};
use rialto_contract::Tape;
use rialto_kernel::{Id, WorkspaceId};
use rialto_plugin_host::{
    DeliverySeen, Doors, Finished, Grants, Limits, LoadedPlugin, Outcome, PackageDigest, PluginKind, Run, RunError,
    RunRecord, RunRequest, ScriptedBackend, capability::LogLine,
};
use rialto_slice::Host;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Plugins kept ready in memory; the rarely used are loaded again.
const LOADED_MAX: u64 = 64;

/// What a run may be told besides its kind.
#[derive(Debug, Clone, Default)]
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
    /// Whether it repeats a run that failed: then it is on the version that
    /// serves, never on a candidate, and there is no third.
    pub second: bool,
    /// What its randomness comes from, to make an earlier run again.
    pub seed: Option<[u8; 32]>,
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
    state: VersionState,
    trial: Option<Trial>,
    failure: Failure,
    second: bool,
    whose: Whose,
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
    let run = host.id();
    let found = find(host, workspace, installation, options.second, run).await?;
    if let Some(candidate) = &found.candidate {
        let starts = start(host, workspace, installation, kind, &found, candidate, options.clone(), run);
        match Box::pin(starts).await {
            Err(why) if !queue_full(&why) => {
                // It had no effect: the run is the serving version's. The
                // canary counts it, unless it was only turned away at the door.
                tracing::warn!(%installation, version = candidate.version_label, %why, "a candidate did not start");
                failed_start(host, workspace, installation, kind, candidate, &why).await;
            }
            started => return started,
        }
    }
    // A run of the log has one version: the serving one gets an id of its own.
    let run = if found.candidate.is_some() { host.id() } else { run };
    // Compiling is in it: boxed, or every future that opens a run is as large.
    let started = Box::pin(start(host, workspace, installation, kind, &found, &found.serving, options, run)).await;
    if let Err(why) = &started {
        failed_start(host, workspace, installation, kind, &found.serving, why).await;
    }
    started
}

/// What is to become of whoever needs an installation's run when it fails: for
/// those whose run could not even be opened.
///
/// # Errors
/// When there is no such installation.
pub async fn failure_policy(host: &Host, workspace: WorkspaceId, installation: Id) -> Result<Failure, Error> {
    let mut conn = host.store.read(workspace).await?;
    let row = sql::installation_find(&mut conn, workspace, installation).await?;
    Ok(row.ok_or(Error::Unknown("installation"))?.rollout()?.failure)
}

fn queue_full(why: &Error) -> bool {
    matches!(why, Error::Run(RunError::QueueFull { .. }))
}

#[allow(clippy::too_many_arguments, reason = "what a run is made of; a struct would be used once")]
async fn start(
    host: &Host,
    workspace: WorkspaceId,
    installation: Id,
    kind: PluginKind,
    found: &Found,
    choice: &Choice,
    options: RunOptions,
    run: Id,
) -> Result<OpenRun, Error> {
    let plugin = load(host, workspace, &choice.digest, &choice.grants).await?;
    if !plugin.inspection().is(kind) {
        return Err(Error::WrongKind(kind));
    }
    let given = serde_json::from_str(&found.settings)?;
    let settings_json = settings::for_plugin(&plugin.inspection().manifest, &given, &found.secret_names);
    let second = options.second;
    let breaker = found.policy.breaker.over(host.plugins.breaker_config());
    let request = request(host, workspace, installation, kind, &plugin, options).breaker(breaker).id(run);
    let run = host.plugins.run(request).await?;
    Ok(OpenRun {
        run,
        settings_json,
        installation,
        name: found.name.clone(),
        version: choice.version,
        version_label: choice.version_label.clone(),
        digest: choice.digest.clone(),
        grants: Arc::clone(plugin.grants()),
        host: host.clone(),
        workspace,
        state: choice.state,
        trial: choice.trial,
        failure: found.policy.failure,
        second,
        whose: Whose::of(kind),
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
    doors.secrets = Some(Arc::new(SealedSecrets::new(host, workspace, installation, plugin)));
    let mut request = RunRequest::new(plugin, kind, workspace, installation).doors(doors);
    if let Some(at_us) = options.at_us {
        request = request.at(at_us);
    }
    if let Some(limits) = options.limits {
        // Whoever asks thinks of the work; what a language needs to start at all comes on top.
        request = request.limits(limits.raised_for(plugin.inspection().runtime));
    }
    if let Some(cancel) = options.cancel {
        request = request.cancelled_by(cancel);
    }
    if let Some(seed) = options.seed {
        request = request.seed(seed);
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
    /// Say whose data it is given, so that what the recorder keeps of it goes
    /// when one of them is erased. Unsaid, any erasure takes it.
    #[must_use]
    pub fn about(mut self, contacts: Vec<Id>) -> Self {
        self.whose = Whose::Contacts(contacts);
        self
    }

    /// End the run: charge it, tell its breaker, write the run log, and hand
    /// over what it leaves. The run log never fails a run that went well.
    pub async fn finish(self) -> ClosedRun {
        self.close(None).await
    }

    /// [`OpenRun::finish`], and where it went well a receipt of what was made.
    pub async fn finish_with_receipt(self, of: ReceiptOf) -> ClosedRun {
        self.close(Some(of)).await
    }

    async fn close(self, receipt: Option<ReceiptOf>) -> ClosedRun {
        let Self { run, host, workspace, installation, version, grants, state: stands, trial, whose, .. } = self;
        let limits = run.limits().clone();
        let Finished { record, state, deliveries, logs, bodies, seed } = run.finish().await;
        let seen = Seen {
            installation,
            version,
            breaker: host.plugins.breaker(workspace, installation, record.package),
            well: !record.error.as_ref().is_some_and(RunError::is_plugins_fault),
        };
        let trial = trial.and_then(|trial| Some((trial, went(&record)?)));
        let mut recording = None;
        if let Some(bodies) = &bodies {
            let tape = Tape::of(bodies, record.at_us, seed, limits, logs.clone());
            recording = recording::write(&host, workspace, &record, version, tape, whose).await;
        }
        let receipt = receipt.filter(|_| record.outcome == Outcome::Succeeded);
        let receipt = receipt.map(|of| Receipt::new(&host, &record, seed, of));
        let kept = Kept::of(&record, version, &logs, trial, (seen, stands)).with(recording, receipt);
        keep(&host, workspace, kept).await;
        let state = StateWrites::new(workspace, installation, state, grants.state_bytes, host.now_us());
        ClosedRun { record, state, deliveries, logs }
    }

    /// Whether a run that failed like this is to be made once more, with
    /// [`RunOptions::second`]: the installation's policy says so, and the
    /// plugin is to blame.
    #[must_use]
    pub fn once_more(&self, why: &RunError) -> bool {
        !self.second && self.failure == Failure::RetryOnce && why.is_plugins_fault()
    }

    /// What is to become of whoever needs this run when it fails.
    #[must_use]
    pub fn failure(&self) -> Failure {
        self.failure
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

/// How a run went for its canary; one that was stopped tells nothing.
fn went(record: &RunRecord) -> Option<Went> {
    let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let error = record.error.as_ref();
    if matches!(error, Some(RunError::Cancelled { .. })) {
        return None;
    }
    Some(Went {
        failed: error.is_some(),
        wrong: matches!(error, Some(RunError::WrongAnswer { .. })),
        cpu_us: whole(record.cpu_us),
        wall_us: whole(record.wall_us),
    })
}

/// An instance that did not come to be leaves a line too; one that was turned
/// away at the door does not, since it did not run.
async fn failed_start(
    host: &Host,
    workspace: WorkspaceId,
    installation: Id,
    kind: PluginKind,
    choice: &Choice,
    why: &Error,
) {
    let turned_away = |why: &RunError| {
        matches!(why, RunError::BreakerOpen { .. } | RunError::QueueFull { .. } | RunError::WrongKind { .. })
    };
    match why {
        Error::Run(why) if turned_away(why) => return,
        Error::WrongKind(_) if choice.trial.is_none_or(|trial| trial.side == Side::Old) => return,
        Error::Run(_) | Error::Load(_) | Error::WrongKind(_) => {}
        _ => return,
    }
    let Some(package) = PackageDigest::from_hex(&choice.digest) else { return };
    let seen = Seen {
        installation,
        version: choice.version,
        breaker: host.plugins.breaker(workspace, installation, package),
        well: false,
    };
    let trial = choice.trial.map(|trial| (trial, Went { failed: true, ..Went::default() }));
    let at = host.now_us();
    let kept = Kept::not_started(host.id(), choice.version, &choice.digest, kind, at, why, trial, (seen, choice.state));
    keep(host, workspace, kept).await;
}
