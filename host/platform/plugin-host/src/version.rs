//! A plugin made ready to run: its component, compiled, and its imports
//! linked as far as they are granted. Made once per (package, grants), cheap
//! to clone, shared by every run.

use crate::{grants::Grants, inspect::Inspection, package::PackageDigest, run::RunState};
use std::{
    any::{Any, TypeId},
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};
use wasmtime::component::InstancePre;

/// A plugin ready to run.
#[derive(Clone)]
pub struct LoadedPlugin(Arc<Loaded>);

struct Loaded {
    inspection: Inspection,
    grants: Arc<Grants>,
    pre: InstancePre<RunState>,
    lookups: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl LoadedPlugin {
    pub(crate) fn new(inspection: Inspection, grants: Grants, pre: InstancePre<RunState>) -> Self {
        Self(Arc::new(Loaded { inspection, grants: Arc::new(grants), pre, lookups: Mutex::new(HashMap::new()) }))
    }

    /// What is known of it.
    #[must_use]
    pub fn inspection(&self) -> &Inspection {
        &self.0.inspection
    }

    /// The SHA-256 of its package.
    #[must_use]
    pub fn digest(&self) -> PackageDigest {
        self.0.inspection.digest
    }

    /// What counts of its grants.
    #[must_use]
    pub fn grants(&self) -> &Arc<Grants> {
        &self.0.grants
    }

    /// The linked component, for typed bindings.
    #[must_use]
    pub fn pre(&self) -> &InstancePre<RunState> {
        &self.0.pre
    }

    /// Something looked up once per loaded plugin, such as the indices of
    /// typed exports.
    ///
    /// # Errors
    /// Whatever `find` fails with; it is tried again next time.
    pub fn lookup<T: Send + Sync + 'static>(
        &self,
        find: impl FnOnce(&InstancePre<RunState>) -> wasmtime::Result<T>,
    ) -> wasmtime::Result<Arc<T>> {
        let mut lookups = self.0.lookups.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Ok(found)) = lookups.get(&TypeId::of::<T>()).map(|any| any.clone().downcast::<T>()) {
            return Ok(found);
        }
        let found = Arc::new(find(&self.0.pre)?);
        lookups.insert(TypeId::of::<T>(), found.clone());
        Ok(found)
    }
}

impl fmt::Debug for LoadedPlugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadedPlugin")
            .field("id", &self.0.inspection.manifest.id)
            .field("version", &self.0.inspection.manifest.version)
            .field("digest", &self.0.inspection.digest)
            .finish_non_exhaustive()
    }
}
