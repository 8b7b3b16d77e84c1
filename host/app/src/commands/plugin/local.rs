//! A plugin host for one command: nothing is kept, nothing is reached.

use crate::{
    config::{Common, Settings},
    open,
};
use anyhow::Context as _;
use rialto_conformance::{Effort, Subject, stand_in_grants};
use rialto_kernel::{Id, Keys, OsRandom, SystemClock, WorkspaceId};
use rialto_plugin_host::{CompileChild, HostConfig, Inspection, PluginHost, inspect::inspect};
use rialto_sdk_harness::build;
use serde_json::{Map, Value};
use std::{path::Path, sync::Arc};

/// What compiling may take at an author's desk, whose program may be one that
/// was built for debugging.
const COMPILE_MS: u64 = 120_000;
/// Of all processors together.
const COMPILE_CPU_S: u64 = 240;

/// The bytes of a packed plugin, or of what a plugin's folder builds.
pub(super) fn bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    if path.is_dir() {
        return Ok(build::packed(path)?);
    }
    std::fs::read(path).with_context(|| path.display().to_string())
}

/// What a package is, within this host's bounds.
pub(super) fn inspected(common: &Common, path: &Path, bytes: &[u8]) -> anyhow::Result<Inspection> {
    let settings = Settings::read(common)?;
    inspect(bytes, settings.limits.plugin_bytes_max).with_context(|| path.display().to_string())
}

/// The plugin under a host of its own, all that it wishes granted.
pub(super) async fn subject(
    common: &Common,
    bytes: Vec<u8>,
    given: &Map<String, Value>,
    count_instructions: bool,
) -> anyhow::Result<Subject> {
    let settings = Settings::read(common)?;
    let config = HostConfig {
        package_bytes: settings.limits.plugin_bytes_max,
        compile_ms: COMPILE_MS,
        compile_child: open::compile_child().map(|child| CompileChild { cpu_s: COMPILE_CPU_S, ..child }),
        count_instructions,
        ..HostConfig::default()
    };
    // A key for one process: it seeds the randomness of runs and guards nothing.
    let keys = Keys::new([0; 32]);
    let host = PluginHost::new(config, keys, Arc::new(SystemClock), Arc::new(OsRandom))?;
    let grants = stand_in_grants(&host.inspect(&bytes)?);
    let plugin = host.load(bytes, &grants).await?;
    let subject = Subject::new(&host, &plugin, WorkspaceId(Id::nil()), Id::nil());
    Ok(subject.with_settings(given).with_effort(Effort::default()))
}

/// Microseconds as people read them.
pub(super) fn time(us: u64) -> String {
    match us {
        0..10_000 => format!("{us} µs"),
        10_000..10_000_000 => format!("{}.{} ms", us / 1_000, us % 1_000 / 100),
        _ => format!("{}.{} s", us / 1_000_000, us % 1_000_000 / 100_000),
    }
}

/// Bytes as people read them.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..10_240 => format!("{bytes} B"),
        10_240..10_485_760 => format!("{} KiB", bytes >> 10),
        _ => format!("{} MiB", bytes >> 20),
    }
}
