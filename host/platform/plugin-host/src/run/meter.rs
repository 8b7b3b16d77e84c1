//! Processor time of a run. Epochs say *when* to look; what counts is the time
//! of the thread while it polls the run, so that a busy machine and waiting
//! host calls cost a plugin nothing.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts processor time over the polls of one run.
#[derive(Debug, Default)]
pub(crate) struct CpuMeter {
    run_ns: AtomicU64,
    entry_ns: AtomicU64,
    poll_began_ns: AtomicU64,
}

impl CpuMeter {
    pub(crate) fn begin_entry(&self) {
        self.entry_ns.store(0, Ordering::Relaxed);
    }

    pub(crate) fn begin_poll(&self) {
        self.poll_began_ns.store(thread_cpu_ns(), Ordering::Relaxed);
    }

    pub(crate) fn end_poll(&self) {
        let used = self.since_poll();
        self.entry_ns.fetch_add(used, Ordering::Relaxed);
        self.run_ns.fetch_add(used, Ordering::Relaxed);
    }

    fn since_poll(&self) -> u64 {
        thread_cpu_ns().saturating_sub(self.poll_began_ns.load(Ordering::Relaxed))
    }

    /// Milliseconds of this entry, asked from within a poll.
    pub(crate) fn entry_ms_in_poll(&self) -> u64 {
        (self.entry_ns.load(Ordering::Relaxed) + self.since_poll()) / 1_000_000
    }

    /// Milliseconds of the run, asked from within a poll.
    pub(crate) fn run_ms_in_poll(&self) -> u64 {
        (self.run_ns.load(Ordering::Relaxed) + self.since_poll()) / 1_000_000
    }

    /// Microseconds of the last entry, asked between polls.
    pub(crate) fn entry_us(&self) -> u64 {
        self.entry_ns.load(Ordering::Relaxed) / 1_000
    }

    /// Microseconds of the run, asked between polls.
    pub(crate) fn run_us(&self) -> u64 {
        self.run_ns.load(Ordering::Relaxed) / 1_000
    }
}

#[cfg(unix)]
fn thread_cpu_ns() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    u64::try_from(time.tv_sec).unwrap_or(0) * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or(0)
}

/// Elsewhere time on the clock stands in: never less than processor time.
#[cfg(not(unix))]
fn thread_cpu_ns() -> u64 {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    u64::try_from(START.get_or_init(std::time::Instant::now).elapsed().as_nanos()).unwrap_or(u64::MAX)
}
