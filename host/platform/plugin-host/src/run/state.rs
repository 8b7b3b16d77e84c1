//! What a store holds: the virtual WASI, the bounds and the path of host
//! calls. It lives exactly as long as one run.

use crate::{capability::path::CallPath, error::RunError, run::bounds::Bounds, wasi::VirtualWasi};
use wasmtime::component::ResourceTable;

/// The host's side of one run. Its insides are the plugin host's own.
pub struct RunState {
    pub(crate) table: ResourceTable,
    pub(crate) wasi: VirtualWasi,
    pub(crate) bounds: Bounds,
    pub(crate) calls: CallPath,
    /// Why the host stopped the guest, if it did.
    pub(crate) trip: Option<RunError>,
    pub(crate) entry: &'static str,
}

impl RunState {
    /// Stop the guest: the answer is the trap that unwinds it.
    pub(crate) fn stop(&mut self, why: RunError) -> wasmtime::Error {
        self.trip.get_or_insert(why);
        wasmtime::Error::msg("stopped by the host")
    }
}
