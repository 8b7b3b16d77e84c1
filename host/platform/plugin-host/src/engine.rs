//! The one wasmtime engine of the process, hardened: every proposal that a
//! compiler does not need is off, and it allocates on demand. Nobody else
//! makes an engine.

use crate::{error::LoadError, package::PackageDigest};
use serde::{Deserialize, Serialize};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::Thread,
    time::Duration,
};
use wasmtime::{
    Config, Engine, InstanceAllocationStrategy, OptLevel, RegallocAlgorithm, Strategy, WasmBacktraceDetails,
};

/// Stack that guest code may use.
pub(crate) const WASM_STACK_BYTES: usize = 512 * 1024;
/// Stack of a run: what is above the guest's is for host functions.
const RUN_STACK_BYTES: usize = 2 * 1024 * 1024;
/// How often a running guest is asked to look at its deadline.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// Whether every NaN has the same bits. Off: a model's loop over a column of
/// numbers would take up to five times as long, answers with a NaN are refused
/// anyway, and one engine serves all runs. Within one processor architecture,
/// which [`EngineMark::settings`] covers, bits are the same all the same.
const NAN_CANONICAL: bool = false;

/// What a run's bits depend on besides the plugin and what it was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineMark {
    /// The version of wasmtime.
    pub wasmtime: String,
    /// A SHA-256 over wasmtime's version, all its settings and the processor's
    /// architecture and features.
    pub settings: String,
    /// Whether every NaN has the same bits.
    pub nan_canonical: bool,
}

/// The version of wasmtime in this program; a test holds it against the lock file.
const WASMTIME_VERSION: &str = "48.0.8";

/// The engine and the thread that makes its epochs tick while runs are open.
#[derive(Clone)]
pub(crate) struct SharedEngine {
    engine: Engine,
    ticker: Arc<Ticker>,
}

struct Ticker {
    open_runs: Arc<AtomicUsize>,
    thread: Thread,
}

/// Holds the ticker awake; dropping it lets it rest.
pub(crate) struct Ticking(Arc<Ticker>);

impl SharedEngine {
    /// Build it and start its ticker.
    ///
    /// # Errors
    /// When this machine cannot run it.
    pub(crate) fn new(count_instructions: bool) -> Result<Self, LoadError> {
        let mut config = engine_config();
        config.consume_fuel(count_instructions);
        let engine = Engine::new(&config).map_err(|cause| LoadError::Host(cause.to_string()))?;
        let open_runs = Arc::new(AtomicUsize::new(0));
        let thread = start_ticker(&engine, open_runs.clone())?;
        Ok(Self { engine, ticker: Arc::new(Ticker { open_runs, thread }) })
    }

    /// What runs on it depend on.
    pub(crate) fn mark(&self) -> EngineMark {
        EngineMark {
            wasmtime: WASMTIME_VERSION.to_owned(),
            settings: PackageDigest(crate::cache::fingerprint(&self.engine)).to_hex(),
            nan_canonical: NAN_CANONICAL,
        }
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Keep epochs ticking until the answer is dropped.
    pub(crate) fn tick(&self) -> Ticking {
        if self.ticker.open_runs.fetch_add(1, Ordering::AcqRel) == 0 {
            self.ticker.thread.unpark();
        }
        Ticking(self.ticker.clone())
    }
}

impl Drop for Ticking {
    fn drop(&mut self) {
        self.0.open_runs.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A thread and not a task, so that a blocked async runtime still ticks. It
/// holds the engine weakly and ends with it.
fn start_ticker(engine: &Engine, open_runs: Arc<AtomicUsize>) -> Result<Thread, LoadError> {
    let weak = engine.weak();
    let handle = std::thread::Builder::new()
        .name("plugin-epochs".to_owned())
        .spawn(move || {
            loop {
                std::thread::sleep(TICK);
                let Some(engine) = weak.upgrade() else { return };
                engine.increment_epoch();
                drop(engine);
                if open_runs.load(Ordering::Acquire) == 0 {
                    // Woken by the next run, or now and then to see whether
                    // the engine still lives.
                    std::thread::park_timeout(Duration::from_secs(5));
                }
            }
        })
        .map_err(|cause| LoadError::Host(format!("the epoch thread does not start: {cause}")))?;
    Ok(handle.thread().clone())
}

/// The settings of the host's engine. For those who measure against a bare
/// engine: the process has no other than [`SharedEngine`].
#[must_use]
pub fn engine_config() -> Config {
    let mut config = Config::new();
    config
        .strategy(Strategy::Cranelift)
        .cranelift_opt_level(OptLevel::Speed)
        .cranelift_regalloc_algorithm(RegallocAlgorithm::Backtracking)
        .allocation_strategy(InstanceAllocationStrategy::OnDemand);
    time_and_stack(&mut config);
    proposals(&mut config);
    config
}

fn time_and_stack(config: &mut Config) {
    config
        .epoch_interruption(true)
        .max_wasm_stack(WASM_STACK_BYTES)
        .async_stack_size(RUN_STACK_BYTES)
        .async_stack_zeroing(true)
        .wasm_backtrace_max_frames(std::num::NonZeroUsize::new(16))
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .parallel_compilation(true)
        .cranelift_nan_canonicalization(NAN_CANONICAL)
        .relaxed_simd_deterministic(true)
        .concurrency_support(false)
        .shared_memory(false);
}

/// Off through `Config`, not by leaving cargo features out: builds without
/// them had aborts of their own. Only the async of the component model is
/// left out of the build, and off with `concurrency_support` besides.
fn proposals(config: &mut Config) {
    config
        .wasm_component_model(true)
        .wasm_component_model_error_context(false)
        .wasm_component_model_gc(false)
        .wasm_reference_types(true)
        .wasm_bulk_memory(true)
        .wasm_multi_value(true)
        .wasm_simd(true)
        .wasm_relaxed_simd(false)
        .wasm_gc(false)
        .wasm_function_references(false)
        .wasm_exceptions(false)
        .wasm_threads(false)
        .wasm_shared_everything_threads(false)
        .wasm_memory64(false)
        // For the engine's own adapters between the parts of one component (tools that stub WASI
        // compose it of two); a module of a plugin with several memories is refused by inspection.
        .wasm_multi_memory(true)
        .wasm_tail_call(false)
        .wasm_stack_switching(false)
        .wasm_custom_page_sizes(false)
        .wasm_wide_arithmetic(false)
        .gc_support(false);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Versions before 48.0.6 have known escapes and unbounded handle tables.
    #[test]
    fn the_locked_engine_has_no_known_escape() {
        let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../Cargo.lock")).unwrap();
        let (_, rest) = lock.split_once("name = \"wasmtime\"\nversion = \"").unwrap();
        let version = semver::Version::parse(rest.split_once('"').unwrap().0).unwrap();
        assert!(version >= semver::Version::new(48, 0, 6), "{version}");
        assert_eq!(version.to_string(), WASMTIME_VERSION);
    }

    #[test]
    fn epochs_tick_only_while_runs_are_open() {
        let shared = SharedEngine::new(false).unwrap();
        let ticking = shared.tick();
        assert_eq!(shared.ticker.open_runs.load(Ordering::SeqCst), 1);
        drop(ticking);
        assert_eq!(shared.ticker.open_runs.load(Ordering::SeqCst), 0);
    }
}
