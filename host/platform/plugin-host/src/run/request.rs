//! What it takes to start a run.

use crate::{
    breaker::BreakerConfig,
    capability::{BackendChoice, Doors, RecordedCall, ScriptedBackend},
    kind::PluginKind,
    limits::Limits,
    recorder::BodyPolicy,
    version::LoadedPlugin,
};
use rialto_kernel::{Id, WorkspaceId};
use tokio_util::sync::CancellationToken;

/// Which plugin to run, for whom, with what.
#[derive(Debug)]
pub struct RunRequest {
    pub(crate) plugin: LoadedPlugin,
    pub(crate) kind: PluginKind,
    pub(crate) workspace: WorkspaceId,
    pub(crate) installation: Id,
    pub(crate) run: Option<Id>,
    pub(crate) at_us: Option<i64>,
    pub(crate) limits: Option<Limits>,
    pub(crate) backend: BackendChoice,
    pub(crate) bodies: Option<BodyPolicy>,
    pub(crate) breaker: Option<BreakerConfig>,
    pub(crate) seed: Option<[u8; 32]>,
    pub(crate) cancel: CancellationToken,
}

impl RunRequest {
    /// A run of this plugin as this kind, for one installation.
    #[must_use]
    pub fn new(plugin: &LoadedPlugin, kind: PluginKind, workspace: WorkspaceId, installation: Id) -> Self {
        Self {
            plugin: plugin.clone(),
            kind,
            workspace,
            installation,
            run: None,
            at_us: None,
            limits: None,
            backend: BackendChoice::default(),
            bodies: None,
            breaker: None,
            seed: None,
            cancel: CancellationToken::new(),
        }
    }

    /// What it can reach.
    #[must_use]
    pub fn doors(mut self, doors: Doors) -> Self {
        self.backend = BackendChoice::Live(doors);
        self
    }

    /// Answer its host calls from a script: no effects.
    #[must_use]
    pub fn scripted(mut self, script: ScriptedBackend) -> Self {
        self.backend = BackendChoice::Scripted(script);
        self
    }

    /// Answer its host calls from a recording.
    #[must_use]
    pub fn replay(mut self, calls: Vec<RecordedCall>) -> Self {
        self.backend = BackendChoice::Replay(calls);
        self
    }

    /// Other bounds than the kind's; the ceiling still holds.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// A given id, so that a repeated run sees the same randomness.
    #[must_use]
    pub fn id(mut self, run: Id) -> Self {
        self.run = Some(run);
        self
    }

    /// A given logical time, UTC microseconds.
    #[must_use]
    pub fn at(mut self, at_us: i64) -> Self {
        self.at_us = Some(at_us);
        self
    }

    /// What its randomness comes from, so that a run of another host can be
    /// repeated here.
    #[must_use]
    pub fn seed(mut self, seed: [u8; 32]) -> Self {
        self.seed = Some(seed);
        self
    }

    /// When to keep bodies, other than the host's policy.
    #[must_use]
    pub fn bodies(mut self, policy: BodyPolicy) -> Self {
        self.bodies = Some(policy);
        self
    }

    /// When the version rests, other than the host's own terms.
    #[must_use]
    pub fn breaker(mut self, config: BreakerConfig) -> Self {
        self.breaker = Some(config);
        self
    }

    /// Stop it when this token is cancelled.
    #[must_use]
    pub fn cancelled_by(mut self, token: CancellationToken) -> Self {
        self.cancel = token;
        self
    }
}
