//! From bytes to code. What is compiled is a stranger's, so it is validated
//! first, one at a time, and in a limited process of its own ([`child`]). Where
//! no program is named for that (a test, an author's harness), it is compiled
//! here, off the async threads and under a limit of time alone.

pub mod child;

use crate::{
    cache::{Cache, load_own},
    error::LoadError,
    limits::LimitName,
    metric,
    package::PackageDigest,
};
use child::CompileChild;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wasmtime::{Engine, component::Component};

pub(crate) struct Compiler {
    engine: Engine,
    cache: Option<Arc<Cache>>,
    child: Option<CompileChild>,
    places: Arc<Semaphore>,
    limit_ms: u64,
    /// Components in memory, the oldest first.
    ready: Mutex<VecDeque<(PackageDigest, Component)>>,
}

/// Components kept in memory; each shares its code with its runs.
const READY_MAX: usize = 64;

impl Compiler {
    pub(crate) fn new(engine: &Engine, cache: Option<Cache>, child: Option<CompileChild>, limit_ms: u64) -> Self {
        if child.is_some() && !child::can_limit() {
            tracing::warn!(
                "this system cannot limit the compiler's process: plugins are compiled under a limit of time and size alone"
            );
        }
        Self {
            engine: engine.clone(),
            child,
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
        let (component, from_cache) = match &self.child {
            Some(child) => self.in_child(child, package, &bytes, place).await?,
            None => self.in_process(package, bytes, place).await?,
        };
        self.keep(package, &component);
        metric::loaded(from_cache, u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX));
        Ok(component)
    }

    async fn in_child(
        &self,
        child: &CompileChild,
        package: PackageDigest,
        bytes: &[u8],
        place: OwnedSemaphorePermit,
    ) -> Result<(Component, bool), LoadError> {
        let (engine, cache) = (self.engine.clone(), self.cache.clone());
        let known = move || cache.and_then(|cache| cache.get(&engine, &package));
        if let Some(component) = tokio::task::spawn_blocking(known).await.map_err(panicked)? {
            return Ok((component, true));
        }
        let code = child.compile(bytes, self.limit_ms).await?;
        let (engine, cache) = (self.engine.clone(), self.cache.clone());
        let made = move || {
            let _place = place;
            kept(&engine, cache.as_deref(), &package, &code)
        };
        Ok((tokio::task::spawn_blocking(made).await.map_err(panicked)??, false))
    }

    async fn in_process(
        &self,
        package: PackageDigest,
        bytes: Arc<[u8]>,
        place: OwnedSemaphorePermit,
    ) -> Result<(Component, bool), LoadError> {
        let (engine, cache) = (self.engine.clone(), self.cache.clone());
        // The place goes along: a compilation that is given up still holds it
        // until its thread is done, so that they cannot pile up.
        let work = tokio::task::spawn_blocking(move || {
            let _place = place;
            if let Some(component) = cache.as_ref().and_then(|cache| cache.get(&engine, &package)) {
                return Ok((component, true));
            }
            let code = compile(&engine, &bytes)?;
            Ok((kept(&engine, cache.as_deref(), &package, &code)?, false))
        });
        match tokio::time::timeout(Duration::from_millis(self.limit_ms), work).await {
            Ok(done) => done.map_err(panicked)?,
            Err(_) => Err(LoadError::CompileLimit { name: LimitName::CompileWall, limit: self.limit_ms }),
        }
    }
}

/// Code that was made just now: into the cache, and ready to run.
fn kept(engine: &Engine, cache: Option<&Cache>, package: &PackageDigest, code: &[u8]) -> Result<Component, LoadError> {
    let component = load_own(engine, code).map_err(|cause| LoadError::Host(cause.to_string()))?;
    if let Some(cache) = cache {
        cache.put(package, code);
    }
    Ok(component)
}

fn panicked(_: tokio::task::JoinError) -> LoadError {
    LoadError::Compile { detail: "the compiler panicked".to_owned() }
}

/// Bytes in, bytes out.
fn compile(engine: &Engine, bytes: &[u8]) -> Result<Vec<u8>, LoadError> {
    engine.precompile_component(bytes).map_err(|cause| LoadError::Compile { detail: cause.root_cause().to_string() })
}

fn closing() -> LoadError {
    LoadError::Host("the host is closing".to_owned())
}
