//! How the host is set up.

use crate::{
    breaker::BreakerConfig,
    compile::child::CompileChild,
    egress::Resolve,
    grants::Grants,
    inspect::PACKAGE_BYTES_DEFAULT,
    kind::PluginKind,
    recorder::BodyPolicy,
    supply::{DOWNLOAD_MS_DEFAULT, Origin},
};
use rialto_kernel::Id;
use std::{fmt, path::PathBuf, sync::Arc};

/// Of which runs bodies are kept; digests and costs always are.
#[derive(Debug, Clone, Copy, Default)]
pub struct Recording {
    /// When bodies are kept.
    pub policy: BodyPolicy,
    /// Of a hundred runs of a connector that went well, how many are kept when
    /// a sample is. Runs of the other kinds are few, and all are.
    pub sample_percent: u8,
}

impl Recording {
    /// What holds for one run: chosen by its id, so that a repeated one is
    /// chosen alike.
    pub(crate) fn of(self, kind: PluginKind, run: Id) -> BodyPolicy {
        if self.policy != BodyPolicy::Sampled {
            return self.policy;
        }
        let [.., high, low] = *run.as_bytes();
        let drawn = u16::from_be_bytes([high, low]) % 100;
        let chosen = kind != PluginKind::Connector || drawn < u16::from(self.sample_percent);
        if chosen { BodyPolicy::Always } else { BodyPolicy::OnFailure }
    }
}

/// How the host is set up.
#[derive(Clone)]
pub struct HostConfig {
    /// Where compiled plugins are kept; nowhere if absent.
    pub cache_dir: Option<PathBuf>,
    /// The most bytes of a package.
    pub package_bytes: u64,
    /// The most time to compile one.
    pub compile_ms: u64,
    /// The limited process that compiles; absent, this one does.
    pub compile_child: Option<CompileChild>,
    /// Runs side by side.
    pub runs: usize,
    /// Runs side by side of one workspace.
    pub runs_per_workspace: usize,
    /// Runs side by side of one installation.
    pub runs_per_installation: usize,
    /// Runs that may wait.
    pub queue: u64,
    /// Runs of one installation that may wait.
    pub queue_per_installation: u64,
    /// When a plugin rests.
    pub breaker: BreakerConfig,
    /// What no grant can go past; absent, grants stand as they are.
    pub ceiling: Option<Grants>,
    /// Whether a grant may open the way to private and loopback addresses.
    pub private_hosts: bool,
    /// What is kept of runs.
    pub recording: Recording,
    /// Who turns names into addresses; the system if absent.
    pub resolver: Option<Arc<dyn Resolve>>,
    /// Count the instructions of every entry. For benches: it costs time, and
    /// the count is one of this engine's version.
    pub count_instructions: bool,
    /// Registries of one's own house, which packages may come from over plain
    /// http and from private addresses.
    pub registries: Vec<Origin>,
    /// The most time to fetch one package.
    pub download_ms: u64,
}

impl Default for HostConfig {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            cache_dir: None,
            package_bytes: PACKAGE_BYTES_DEFAULT,
            compile_ms: 60_000,
            compile_child: None,
            runs: cores * 16,
            runs_per_workspace: cores * 8,
            runs_per_installation: cores * 4,
            queue: 1_000,
            queue_per_installation: 200,
            breaker: BreakerConfig::default(),
            ceiling: None,
            private_hosts: false,
            recording: Recording::default(),
            resolver: None,
            count_instructions: false,
            registries: Vec::new(),
            download_ms: DOWNLOAD_MS_DEFAULT,
        }
    }
}

impl fmt::Debug for HostConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostConfig")
            .field("cache_dir", &self.cache_dir)
            .field("runs", &self.runs)
            .field("private_hosts", &self.private_hosts)
            .finish_non_exhaustive()
    }
}
