//! From bytes to code. What is compiled is a stranger's, so it is validated
//! first, one at a time, off the async threads, and under a limit of time.
//! The one function that compiles takes bytes and gives bytes, so that it can
//! move into a limited child process without anything else noticing.

use crate::{
    cache::{Cache, load_own},
    error::LoadError,
    metric,
    package::PackageDigest,
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;
use wasmtime::{Engine, component::Component};

pub(crate) struct Compiler {
    engine: Engine,
    cache: Option<Arc<Cache>>,
    places: Arc<Semaphore>,
    limit_ms: u64,
    /// Components in memory, the oldest first.
    ready: Mutex<VecDeque<(PackageDigest, Component)>>,
}

/// Components kept in memory; each shares its code with its runs.
const READY_MAX: usize = 64;

impl Compiler {
    pub(crate) fn new(engine: &Engine, cache: Option<Cache>, limit_ms: u64) -> Self {
        Self {
            engine: engine.clone(),
            cache: cache.map(Arc::new),
            places: Arc::new(Semaphore::new(1)),
            limit_ms,
            ready: Mutex::default(),
        }
    }

    fn ready(&self, package: &PackageDigest) -> Option<Component> {
        let ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        ready.iter().find(|(kept, _)| kept == package).map(|(_, component)| component.clone())
    }

    fn keep(&self, package: PackageDigest, component: &Component) {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if ready.len() >= READY_MAX {
            ready.pop_front();
        }
        ready.push_back((package, component.clone()));
    }

    /// The component of an inspected package.
    ///
    /// # Errors
    /// When it does not compile, or not in time.
    pub(crate) async fn component(&self, package: PackageDigest, bytes: Arc<[u8]>) -> Result<Component, LoadError> {
        if let Some(component) = self.ready(&package) {
            return Ok(component);
        }
        let began = Instant::now();
        let place = self.places.clone().acquire_owned().await.map_err(|_| closing())?;
        let (engine, cache) = (self.engine.clone(), self.cache.clone());
        // The place goes along: a compilation that is given up still holds it
        // until its thread is done, so that they cannot pile up.
        let work = tokio::task::spawn_blocking(move || {
            let _place = place;
            make(&engine, cache.as_deref(), &package, &bytes)
        });
        match tokio::time::timeout(Duration::from_millis(self.limit_ms), work).await {
            Ok(Ok(Ok((component, from_cache)))) => {
                self.keep(package, &component);
                metric::loaded(from_cache, u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX));
                Ok(component)
            }
            Ok(Ok(Err(why))) => Err(why),
            Ok(Err(_)) => Err(LoadError::Compile { detail: "the compiler panicked".to_owned() }),
            Err(_) => Err(LoadError::CompileTime { limit_ms: self.limit_ms }),
        }
    }
}

fn make(
    engine: &Engine,
    cache: Option<&Cache>,
    package: &PackageDigest,
    bytes: &[u8],
) -> Result<(Component, bool), LoadError> {
    if let Some(component) = cache.and_then(|cache| cache.get(engine, package)) {
        return Ok((component, true));
    }
    let code = compile(engine, bytes)?;
    if let Some(cache) = cache {
        cache.put(package, &code);
    }
    let component = load_own(engine, &code).map_err(|cause| LoadError::Host(cause.to_string()))?;
    Ok((component, false))
}

/// Bytes in, bytes out.
fn compile(engine: &Engine, bytes: &[u8]) -> Result<Vec<u8>, LoadError> {
    engine.precompile_component(bytes).map_err(|cause| LoadError::Compile { detail: cause.root_cause().to_string() })
}

fn closing() -> LoadError {
    LoadError::Host("the host is closing".to_owned())
}
