//! The handle that every slice is given. Cheap to clone.

use axum::extract::FromRef;
use rialto_kernel::{Id, Ids, Keys, SharedClock, SharedRandom, WorkspaceId};
use rialto_plugin_host::PluginHost;
use rialto_store::{Clocks, Store};
use rialto_web::Authenticate;
use std::{
    any::{Any, TypeId},
    collections::HashMap,
    ops::Deref,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

/// What a host is made of.
#[derive(Debug)]
pub struct HostParts {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: SharedClock,
    /// Randomness.
    pub random: SharedRandom,
    /// The master key and what derives from it.
    pub keys: Keys,
    /// Runs plugins.
    pub plugins: PluginHost,
    /// Where files are kept: uploads, compiled plugins, recordings.
    pub data_dir: PathBuf,
    /// How the outside reaches this host, such as `https://m.example.com`; no
    /// slash at the end. Tracking and unsubscribe links begin with it.
    pub public_url: String,
    /// This host among several, in leases and logs.
    pub name: String,
    /// Bounds.
    pub limits: Limits,
}

/// Bounds that an operator may lower, or raise for the whole host.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of one uploaded import file.
    pub import_bytes_max: u64,
    /// Bytes of one uploaded plugin.
    pub plugin_bytes_max: u64,
    /// Seconds, on the clock and of processor time, that compiling one plugin
    /// may take. Ten are plenty for Rust; an interpreter of 18 MB takes 13.
    pub compile_s_max: u64,
    /// Seconds that the conformance suite of an uploaded plugin may take; 0:
    /// it is run when somebody asks for it, not on upload.
    pub conformance_s_max: u64,
    /// Events in one intake batch.
    pub intake_events_max: usize,
    /// Bytes of one intake body, after decompression.
    pub intake_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            import_bytes_max: 4 << 30,
            plugin_bytes_max: 40 << 20,
            compile_s_max: 60,
            conformance_s_max: 300,
            intake_events_max: 1_000,
            intake_bytes_max: 1 << 20,
        }
    }
}

/// The host as slices see it.
#[derive(Clone)]
pub struct Host {
    parts: Arc<HostParts>,
    authenticate: Arc<dyn Authenticate>,
    ids: Ids,
    slots: Arc<Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>>,
}

impl Host {
    /// A host of these parts. `authenticate` is the identity area's.
    #[must_use]
    pub fn new(parts: HostParts, authenticate: Arc<dyn Authenticate>) -> Self {
        let ids = Ids::new(Arc::clone(&parts.clock), Arc::clone(&parts.random));
        Self { parts: Arc::new(parts), authenticate, ids, slots: Arc::default() }
    }

    /// A new id.
    #[must_use]
    pub fn id(&self) -> Id {
        self.ids.make()
    }

    /// The present, UTC microseconds: for leases, tokens, sessions, limits and
    /// the audit log. What a workspace knows goes by [`Host::now_in`].
    #[must_use]
    pub fn now_us(&self) -> i64 {
        self.clock.now_us()
    }

    /// The instant a workspace stands at, UTC microseconds: the present, unless
    /// its clock was stood in the past. Every query over what happened at a
    /// time is bounded by it, and what happens in the workspace is stamped with it.
    #[must_use]
    pub fn now_in(&self, workspace: WorkspaceId) -> i64 {
        self.store.clocks().stands_at(workspace).unwrap_or_else(|| self.now_us())
    }

    /// The clocks that stand.
    #[must_use]
    pub fn clocks(&self) -> &Clocks {
        self.store.clocks()
    }

    /// What a slice keeps in memory while this host runs, one value a type,
    /// made when first asked for: bounded caches and counters, never the truth.
    #[must_use]
    pub fn slot<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = slots.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
        // The key is the type, so the value has it.
        Arc::clone(kept).downcast().unwrap_or_default()
    }

    /// Makes ids without the host.
    #[must_use]
    pub fn ids(&self) -> &Ids {
        &self.ids
    }
}

impl Deref for Host {
    type Target = HostParts;

    fn deref(&self) -> &HostParts {
        &self.parts
    }
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").field("name", &self.name).finish_non_exhaustive()
    }
}

impl FromRef<Host> for Arc<dyn Authenticate> {
    fn from_ref(host: &Host) -> Self {
        Arc::clone(&host.authenticate)
    }
}
