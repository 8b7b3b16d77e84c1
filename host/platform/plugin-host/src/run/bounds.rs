//! Memory and tables of a run, counted over all of them together. A refusal
//! is `false`, which the guest sees as a failed growth; what it then does is
//! its own affair, and the refusal is remembered for the error.

use crate::limits::{LimitName, Limits};
use wasmtime::ResourceLimiter;

/// Core instances of one component: what real toolchains emit, doubled.
const INSTANCES_MAX: usize = 64;
const TABLES_MAX: usize = 64;
const MEMORIES_MAX: usize = 16;

/// A growth that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Denied {
    pub(crate) name: LimitName,
    pub(crate) limit: u64,
    pub(crate) wanted: u64,
}

/// What a run has grown to.
#[derive(Debug)]
pub(crate) struct Bounds {
    memory_max: u64,
    elements_max: u64,
    memory: u64,
    elements: u64,
    memory_peak: u64,
    denied: Option<Denied>,
}

impl Bounds {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            memory_max: limits.memory_bytes,
            elements_max: limits.table_elements,
            memory: 0,
            elements: 0,
            memory_peak: 0,
            denied: None,
        }
    }

    pub(crate) fn memory_peak(&self) -> u64 {
        self.memory_peak
    }

    pub(crate) fn denied(&self) -> Option<Denied> {
        self.denied
    }

    /// Forget refusals of earlier entries, which the guest survived.
    pub(crate) fn begin_entry(&mut self) {
        self.denied = None;
    }
}

impl ResourceLimiter for Bounds {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let wanted = self.memory.saturating_add((desired as u64).saturating_sub(current as u64));
        if wanted > self.memory_max {
            self.denied = Some(Denied { name: LimitName::Memory, limit: self.memory_max, wanted });
            return Ok(false);
        }
        self.memory = wanted;
        self.memory_peak = self.memory_peak.max(wanted);
        Ok(true)
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let wanted = self.elements.saturating_add((desired as u64).saturating_sub(current as u64));
        if wanted > self.elements_max {
            self.denied = Some(Denied { name: LimitName::TableElements, limit: self.elements_max, wanted });
            return Ok(false);
        }
        self.elements = wanted;
        Ok(true)
    }

    fn instances(&self) -> usize {
        INSTANCES_MAX
    }

    fn tables(&self) -> usize {
        TABLES_MAX
    }

    fn memories(&self) -> usize {
        MEMORIES_MAX
    }
}

/// The bound on counts, for the error that names it.
pub(crate) const COUNTS_MAX: u64 = INSTANCES_MAX as u64;
