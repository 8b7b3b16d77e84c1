//! The facade: one [`PluginHost`] per process inspects, loads and runs.

use crate::{
    admission::{Admission, Ticket},
    breaker::{BreakerConfig, BreakerState},
    cache::Cache,
    capability::{Backend, BackendChoice, live::LiveBackend, path::CallPath, replay::ReplayBackend},
    compile::Compiler,
    config::{HostConfig, Recording},
    egress::{Egress, SystemResolver},
    engine::SharedEngine,
    error::{LoadError, PackageError, RunError},
    grants::Grants,
    inspect::{self, Inspection, Verdict},
    kind::PluginKind,
    limits::Limits,
    linker::Linkers,
    logbook::LogBook,
    package::PackageDigest,
    queue::{Places, QueueState},
    recorder::{BodyPolicy, Outcome, RunRecord},
    run::{Run, RunParts, RunRequest, RunState, bounds::Bounds, guard},
    supply::{Supply, SupplyConfig},
    version::LoadedPlugin,
    wasi::VirtualWasi,
};
use rialto_kernel::{Id, Ids, Keys, Purpose, SharedClock, SharedRandom, WorkspaceId};
use std::{fmt, sync::Arc};
use wasmtime::{
    Store,
    component::{Component, ResourceTable},
};

/// The most handles WASI streams and polls of one run may hold.
const WASI_HANDLES_MAX: usize = 1_000;

/// Inspects, loads and runs plugins. Cheap to clone.
#[derive(Clone)]
pub struct PluginHost(Arc<Parts>);

struct Parts {
    config: HostConfig,
    keys: Keys,
    clock: SharedClock,
    ids: Ids,
    engine: SharedEngine,
    linkers: Linkers,
    compiler: Compiler,
    admission: Admission,
    egress: Arc<Egress>,
    supply: Supply,
}

impl fmt::Debug for PluginHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PluginHost").field(&self.0.config).finish()
    }
}

impl PluginHost {
    /// Set the host up.
    ///
    /// # Errors
    /// When this machine cannot run it, or the cache cannot be kept private.
    pub fn new(config: HostConfig, keys: Keys, clock: SharedClock, random: SharedRandom) -> Result<Self, LoadError> {
        let engine = SharedEngine::new(config.count_instructions)?;
        let cache = config
            .cache_dir
            .as_ref()
            .map(|dir| Cache::open(dir, keys.clone(), random.clone(), engine.engine()))
            .transpose()
            .map_err(|cause| LoadError::Host(format!("the cache of compiled plugins: {cause}")))?;
        let places = Places {
            all: config.runs.max(1),
            per_workspace: config.runs_per_workspace.max(1),
            per_installation: config.runs_per_installation.max(1),
            queue: config.queue,
            queue_per_installation: config.queue_per_installation.max(1),
        };
        let resolver = config.resolver.clone().unwrap_or_else(|| Arc::new(SystemResolver));
        let supply = Supply::new(SupplyConfig {
            registries: config.registries.clone(),
            package_bytes: config.package_bytes,
            download_ms: config.download_ms,
            resolver: Some(resolver.clone()),
        });
        // The process compiles for the usual engine, not for one that counts at an author's desk.
        let child = config.compile_child.clone().filter(|_| !config.count_instructions);
        Ok(Self(Arc::new(Parts {
            supply,
            linkers: Linkers::new(engine.engine()),
            compiler: Compiler::new(engine.engine(), cache, child, config.compile_ms),
            admission: Admission::new(places, config.breaker.clone(), clock.clone()),
            egress: Arc::new(Egress::new(resolver, config.private_hosts, clock.clone(), random.clone())),
            ids: Ids::new(clock.clone(), random),
            config,
            keys,
            clock,
            engine,
        })))
    }

    /// Read a package without running any of it.
    ///
    /// # Errors
    /// When it is not a plugin package.
    pub fn inspect(&self, bytes: &[u8]) -> Result<Inspection, PackageError> {
        inspect::inspect(bytes, self.0.config.package_bytes)
    }

    /// Make a package ready to run with these grants. Compiled once per
    /// package where there is a cache; keep the answer, it is cheap to clone.
    ///
    /// # Errors
    /// A [`LoadError`] that names the import and the permission at fault.
    pub async fn load(&self, bytes: impl Into<Arc<[u8]>>, grants: &Grants) -> Result<LoadedPlugin, LoadError> {
        let bytes = bytes.into();
        let inspection = self.inspect(&bytes)?;
        let effective = self.effective(&inspection, grants);
        check_imports(&inspection, &effective)?;
        let component = self.0.compiler.component(inspection.digest, bytes).await?;
        self.link(inspection, effective, &component)
    }

    /// Compile a package, in its own limited process where there is one, so that
    /// it is known to compile and starts at once later. Nothing of it is linked
    /// or run.
    ///
    /// # Errors
    /// When it is no package, or does not compile within its limits.
    pub async fn precompile(&self, bytes: impl Into<Arc<[u8]>>) -> Result<(), LoadError> {
        let bytes = bytes.into();
        let inspection = self.inspect(&bytes)?;
        self.0.compiler.component(inspection.digest, bytes).await.map(drop)
    }

    /// The same plugin with other grants, without compiling again.
    ///
    /// # Errors
    /// When its imports are not granted.
    pub fn regrant(&self, plugin: &LoadedPlugin, grants: &Grants) -> Result<LoadedPlugin, LoadError> {
        let inspection = plugin.inspection().clone();
        let effective = self.effective(&inspection, grants);
        check_imports(&inspection, &effective)?;
        self.link(inspection, effective, plugin.pre().component())
    }

    fn link(&self, inspection: Inspection, grants: Grants, component: &Component) -> Result<LoadedPlugin, LoadError> {
        let linker = self.0.linkers.for_grants(&grants)?;
        let pre = linker.instantiate_pre(component).map_err(|cause| LoadError::Link {
            detail: format!("{} (built with: {})", cause.root_cause(), inspection.sdk.as_deref().unwrap_or("unknown")),
        })?;
        Ok(LoadedPlugin::new(inspection, grants, pre))
    }

    /// What counts: wished, granted and under the ceiling.
    #[must_use]
    pub fn effective(&self, inspection: &Inspection, grants: &Grants) -> Grants {
        let granted = match &self.0.config.ceiling {
            Some(ceiling) => grants.meet(ceiling),
            None => grants.clone(),
        };
        if inspection.manifest_derived { granted } else { inspection.manifest.wishes.narrow(&granted) }
    }

    /// The bounds a plugin gets as this kind when nobody says otherwise.
    #[must_use]
    pub fn limits_of(&self, plugin: &LoadedPlugin, kind: PluginKind) -> Limits {
        let usual = Limits::of(kind).raised_for(plugin.inspection().runtime);
        plugin.inspection().manifest.limits.narrow(&usual)
    }

    /// Wait for a place and make an instance.
    ///
    /// # Errors
    /// A [`RunError`]: the breaker is open, the queue is full, or the
    /// instance does not come to be.
    pub async fn run(&self, request: RunRequest) -> Result<Run, RunError> {
        if !request.plugin.inspection().is(request.kind) {
            return Err(RunError::WrongKind { kind: request.kind });
        }
        let ticket = self.ticket(&request).await?;
        let limits = request.limits.clone().unwrap_or_else(|| self.limits_of(&request.plugin, request.kind));
        let limits = limits.narrowed(&Limits::ceiling());
        let record = self.blank_record(&request);
        let recording = match request.bodies {
            Some(policy) => Recording { policy, ..self.0.config.recording },
            None => self.0.config.recording,
        };
        let policy = recording.of(request.kind, record.run);
        let seed = request.seed.unwrap_or_else(|| self.seed(record.run));
        let guard = guard::Guard::new(&limits, request.cancel.clone());
        let state = self.state(&request.plugin, request.backend, &limits, &record, (policy, seed));
        let mut store = Store::new(self.0.engine.engine(), state);
        guard::arm(&mut store, &limits, &guard.meter);
        if self.0.config.count_instructions {
            // Never used up: processor time is what bounds a run.
            store
                .set_fuel(u64::MAX)
                .map_err(|cause| RunError::Host { entry: "instantiate".to_owned(), detail: cause.to_string() })?;
        }
        let ticking = self.0.engine.tick();
        Run::start(RunParts { store, plugin: request.plugin, limits, guard, record, policy, seed, ticket, ticking })
            .await
    }

    // Not `async`: the future would hold the whole request, whose script no two threads may share.
    fn ticket(&self, request: &RunRequest) -> impl Future<Output = Result<Ticket, RunError>> {
        let package = request.plugin.digest();
        self.0.admission.enter(request.workspace, request.installation, package, request.breaker.as_ref())
    }

    /// Take a run's place and give it back as after a good run, which is what
    /// the breaker hears: for benches, which tell what admission costs.
    ///
    /// # Errors
    /// As [`PluginHost::run`].
    #[doc(hidden)]
    pub async fn admit(&self, request: &RunRequest) -> Result<(), RunError> {
        self.ticket(request).await?.report(false, false, 0);
        Ok(())
    }

    fn state(
        &self,
        plugin: &LoadedPlugin,
        backend: BackendChoice,
        limits: &Limits,
        record: &RunRecord,
        (policy, seed): (BodyPolicy, [u8; 32]),
    ) -> RunState {
        let log = LogBook::new(limits.log_bytes);
        let backend: Box<dyn Backend> = match backend {
            BackendChoice::Live(doors) => {
                Box::new(LiveBackend::new(self.0.egress.clone(), plugin.grants().clone(), doors, limits))
            }
            BackendChoice::Scripted(script) => Box::new(script),
            BackendChoice::Replay(calls) => Box::new(ReplayBackend::new(calls)),
        };
        let mut table = ResourceTable::new();
        table.set_max_capacity(WASI_HANDLES_MAX);
        RunState {
            table,
            wasi: VirtualWasi::new(record.at_us, seed, log.clone()),
            bounds: Bounds::new(limits),
            calls: CallPath::new(backend, limits, log, policy != BodyPolicy::Never),
            trip: None,
            entry: "instantiate",
        }
    }

    /// What the randomness of a run of this id comes from.
    fn seed(&self, run: Id) -> [u8; 32] {
        self.0.keys.mac(Purpose::Run, &[run.as_bytes()])
    }

    /// The engine that runs are made on.
    #[must_use]
    pub fn engine(&self) -> crate::EngineMark {
        self.0.engine.mark()
    }

    fn blank_record(&self, request: &RunRequest) -> RunRecord {
        let inspection = request.plugin.inspection();
        RunRecord {
            run: request.run.unwrap_or_else(|| self.0.ids.make()),
            workspace: request.workspace,
            installation: request.installation,
            plugin: inspection.manifest.id.clone(),
            version: inspection.manifest.version.clone(),
            package: inspection.digest,
            kind: request.kind,
            at_us: request.at_us.unwrap_or_else(|| self.0.clock.now_us()),
            entries: Vec::new(),
            calls: Vec::new(),
            host_calls: 0,
            cpu_us: 0,
            wall_us: 0,
            memory_peak_bytes: 0,
            bytes_in: 0,
            bytes_out: 0,
            log_bytes: 0,
            log_cut: false,
            denied: Vec::new(),
            outcome: Outcome::Abandoned,
            error: None,
            bodies_over: false,
        }
    }

    /// How the breaker of one version of an installation stands.
    #[must_use]
    pub fn breaker(&self, workspace: WorkspaceId, installation: Id, package: PackageDigest) -> BreakerState {
        self.0.admission.breaker(workspace, installation, package)
    }

    /// When a plugin rests where nobody says otherwise.
    #[must_use]
    pub fn breaker_config(&self) -> &BreakerConfig {
        self.0.admission.breaker_config()
    }

    /// How an installation's line stands.
    #[must_use]
    pub fn queue(&self, workspace: WorkspaceId, installation: Id) -> QueueState {
        self.0.admission.queue(workspace, installation)
    }

    /// Close the breakers of an installation, as an admin may.
    pub fn reset_breaker(&self, workspace: WorkspaceId, installation: Id) {
        self.0.admission.reset(workspace, installation);
    }

    /// The one door to the outside, for the host's own requests too.
    #[must_use]
    pub fn egress(&self) -> &Arc<Egress> {
        &self.0.egress
    }

    /// The door by which packages come in.
    #[must_use]
    pub fn supply(&self) -> &Supply {
        &self.0.supply
    }
}

/// Nothing runs, nothing is even compiled, before every import is allowed.
fn check_imports(inspection: &Inspection, grants: &Grants) -> Result<(), LoadError> {
    let report = inspection.compat(grants);
    let unfit: Vec<_> = report
        .imports
        .iter()
        .filter(|i| !matches!(i.verdict, Verdict::Satisfied | Verdict::NeedsPermission))
        .cloned()
        .collect();
    if !unfit.is_empty() {
        return Err(LoadError::Refused(unfit));
    }
    if let Some(import) = report.imports.iter().find(|i| i.verdict == Verdict::NeedsPermission) {
        return Err(LoadError::NotGranted {
            interface: import.name.clone(),
            permission: import.permission.map_or("unknown", crate::grants::Permission::as_str).to_owned(),
        });
    }
    match report.exports.iter().find(|e| e.verdict != Verdict::Satisfied) {
        Some(export) => Err(LoadError::Link { detail: format!("it exports `{}`: {}", export.name, export.detail) }),
        None => Ok(()),
    }
}
