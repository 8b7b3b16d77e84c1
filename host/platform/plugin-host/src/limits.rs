//! The bounds of a run, each with a name. The operator may lower all of them
//! and raise them up to [`Limits::ceiling`]; a plugin can only ask for less.

use crate::{inspect::Runtime, kind::PluginKind};
use serde::{Deserialize, Serialize};
use std::fmt;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// The name of a bound, as errors, metrics and the console show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitName {
    /// Processor time of one entry, milliseconds.
    CpuEntry,
    /// Processor time of the whole run, milliseconds.
    CpuRun,
    /// Time of the whole run, host calls included, milliseconds.
    Wall,
    /// Bytes of all linear memories.
    Memory,
    /// Elements of all tables.
    TableElements,
    /// Core instances, tables and memories.
    Instances,
    /// Live resource handles.
    Handles,
    /// Depth of calls.
    Stack,
    /// Calls to host capabilities.
    HostCalls,
    /// Bytes handed to the host in one call.
    HostCallBytes,
    /// Bytes handed to the plugin in one entry.
    InputBytes,
    /// Bytes answered by one entry.
    OutputBytes,
    /// Bytes of log lines.
    LogBytes,
    /// Outgoing requests.
    HttpRequests,
    /// Bytes of one response, after decompression.
    HttpResponseBytes,
    /// Bytes of keys and values kept for the installation.
    StateBytes,
    /// Keys kept for the installation.
    StateKeys,
    /// Runs waiting for a place.
    Queue,
    /// Runs of one installation waiting for a place.
    QueueInstallation,
    /// Time to compile, milliseconds.
    CompileWall,
    /// Processor time to compile, milliseconds.
    CompileCpu,
    /// Bytes of memory to compile.
    CompileMemory,
    /// Bytes of compiled code.
    CompileCode,
}

impl LimitName {
    /// The name as text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CpuEntry => "cpu-entry",
            Self::CpuRun => "cpu-run",
            Self::Wall => "wall",
            Self::Memory => "memory",
            Self::TableElements => "table-elements",
            Self::Instances => "instances",
            Self::Handles => "handles",
            Self::Stack => "stack",
            Self::HostCalls => "host-calls",
            Self::HostCallBytes => "host-call-bytes",
            Self::InputBytes => "input-bytes",
            Self::OutputBytes => "output-bytes",
            Self::LogBytes => "log-bytes",
            Self::HttpRequests => "http-requests",
            Self::HttpResponseBytes => "http-response-bytes",
            Self::StateBytes => "state-bytes",
            Self::StateKeys => "state-keys",
            Self::Queue => "queue",
            Self::QueueInstallation => "queue-installation",
            Self::CompileWall => "compile-wall",
            Self::CompileCpu => "compile-cpu",
            Self::CompileMemory => "compile-memory",
            Self::CompileCode => "compile-code",
        }
    }
}

impl fmt::Display for LimitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The bounds of one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Bytes of all linear memories together.
    pub memory_bytes: u64,
    /// Elements of all tables together.
    pub table_elements: u64,
    /// Live resource handles.
    pub handles: u64,
    /// Processor time of one entry.
    pub cpu_entry_ms: u64,
    /// Processor time of the whole run.
    pub cpu_run_ms: u64,
    /// Time of the whole run, host calls included.
    pub wall_run_ms: u64,
    /// Bytes given to one entry.
    pub input_bytes: u64,
    /// Bytes answered by one entry.
    pub output_bytes: u64,
    /// Calls to host capabilities in a run.
    pub host_calls: u64,
    /// Bytes handed over in one host call; a run may hand over eight times as
    /// many in all.
    pub host_call_bytes: u64,
    /// Bytes of log lines in a run; what goes past is cut.
    pub log_bytes: u64,
    /// Outgoing requests in a run; redirects count.
    pub http_requests: u64,
    /// Outgoing requests side by side.
    pub http_open: u64,
    /// Bytes of one response, after decompression.
    pub http_response_bytes: u64,
    /// Milliseconds one request may take.
    pub http_timeout_ms: u64,
}

impl Limits {
    /// What a plugin of this kind gets when nobody says otherwise.
    #[must_use]
    pub fn of(kind: PluginKind) -> Self {
        let base = Self {
            memory_bytes: 32 * MIB,
            table_elements: 10_000,
            handles: 1_000,
            cpu_entry_ms: 200,
            cpu_run_ms: 2_000,
            wall_run_ms: 60_000,
            input_bytes: MIB,
            output_bytes: 256 * KIB,
            host_calls: 1_000,
            host_call_bytes: 4 * MIB,
            log_bytes: 8 * KIB,
            http_requests: 404,
            http_open: 8,
            http_response_bytes: MIB,
            http_timeout_ms: 30_000,
        };
        match kind {
            PluginKind::Connector => base,
            PluginKind::Attribution => Self {
                memory_bytes: 256 * MIB,
                cpu_entry_ms: 2_000,
                cpu_run_ms: 120_000,
                wall_run_ms: 150_000,
                input_bytes: 8 * MIB,
                output_bytes: MIB,
                log_bytes: 16 * KIB,
                http_requests: 0,
                ..base
            },
            PluginKind::Recommender => Self {
                cpu_entry_ms: 500,
                cpu_run_ms: 500,
                wall_run_ms: 30_000,
                output_bytes: MIB,
                http_requests: 16,
                http_open: 4,
                http_response_bytes: 2 * MIB,
                ..base
            },
            PluginKind::Report => Self {
                memory_bytes: 64 * MIB,
                cpu_entry_ms: 5_000,
                cpu_run_ms: 5_000,
                wall_run_ms: 10_000,
                input_bytes: 4 * MIB,
                output_bytes: 4 * MIB,
                log_bytes: 16 * KIB,
                http_requests: 0,
                ..base
            },
        }
    }

    /// The same, raised by what the language inside the component needs to
    /// start at all.
    #[must_use]
    pub fn raised_for(mut self, runtime: Runtime) -> Self {
        let (memory, start_ms) = match runtime {
            Runtime::Native => return self,
            Runtime::QuickJs => (64 * MIB, 200),
            Runtime::StarlingMonkey => (128 * MIB, 500),
            Runtime::Python => (256 * MIB, 500),
        };
        self.memory_bytes = self.memory_bytes.max(memory);
        self.cpu_entry_ms = self.cpu_entry_ms.max(start_ms) + start_ms;
        self.cpu_run_ms = self.cpu_run_ms.max(self.cpu_entry_ms) + start_ms;
        self
    }

    /// The most that an operator may allow.
    #[must_use]
    pub fn ceiling() -> Self {
        Self {
            memory_bytes: 1024 * MIB,
            table_elements: 100_000,
            handles: 10_000,
            cpu_entry_ms: 60_000,
            cpu_run_ms: 3_600_000,
            wall_run_ms: 3_600_000,
            input_bytes: 64 * MIB,
            output_bytes: 64 * MIB,
            host_calls: 100_000,
            host_call_bytes: 64 * MIB,
            log_bytes: MIB,
            http_requests: 10_000,
            http_open: 64,
            http_response_bytes: 64 * MIB,
            http_timeout_ms: 600_000,
        }
    }

    /// The smaller of both, bound by bound.
    #[must_use]
    pub fn narrowed(&self, other: &Self) -> Self {
        Self {
            memory_bytes: self.memory_bytes.min(other.memory_bytes),
            table_elements: self.table_elements.min(other.table_elements),
            handles: self.handles.min(other.handles),
            cpu_entry_ms: self.cpu_entry_ms.min(other.cpu_entry_ms),
            cpu_run_ms: self.cpu_run_ms.min(other.cpu_run_ms),
            wall_run_ms: self.wall_run_ms.min(other.wall_run_ms),
            input_bytes: self.input_bytes.min(other.input_bytes),
            output_bytes: self.output_bytes.min(other.output_bytes),
            host_calls: self.host_calls.min(other.host_calls),
            host_call_bytes: self.host_call_bytes.min(other.host_call_bytes),
            log_bytes: self.log_bytes.min(other.log_bytes),
            http_requests: self.http_requests.min(other.http_requests),
            http_open: self.http_open.min(other.http_open),
            http_response_bytes: self.http_response_bytes.min(other.http_response_bytes),
            http_timeout_ms: self.http_timeout_ms.min(other.http_timeout_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_stay_under_the_ceiling() {
        for kind in PluginKind::ALL {
            for runtime in [Runtime::Native, Runtime::QuickJs, Runtime::StarlingMonkey, Runtime::Python] {
                let limits = Limits::of(kind).raised_for(runtime);
                assert_eq!(limits.narrowed(&Limits::ceiling()), limits, "{kind} {runtime:?}");
            }
        }
    }
}
