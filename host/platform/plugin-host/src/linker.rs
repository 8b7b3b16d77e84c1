//! What is linked for which permissions. An interface without its permission
//! is not in the linker at all.

use crate::{
    error::LoadError,
    grants::{Grants, Permission},
    run::RunState,
    wasi,
    wit::rialto::{http::http, log::log, mail::mail, query::query, state::state, types::types},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use wasmtime::{
    Engine,
    component::{HasSelf, Linker},
};

/// Linkers by set of permissions: at most sixteen.
pub(crate) struct Linkers {
    engine: Engine,
    made: Mutex<HashMap<[bool; 4], Arc<Linker<RunState>>>>,
}

impl Linkers {
    pub(crate) fn new(engine: &Engine) -> Self {
        Self { engine: engine.clone(), made: Mutex::new(HashMap::new()) }
    }

    /// The linker for these grants.
    pub(crate) fn for_grants(&self, grants: &Grants) -> Result<Arc<Linker<RunState>>, LoadError> {
        let permissions =
            [Permission::Http, Permission::Mail, Permission::State, Permission::Query].map(|p| grants.has(p));
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(linker) = made.get(&permissions) {
            return Ok(linker.clone());
        }
        let linker = Arc::new(build(&self.engine, permissions).map_err(|cause| LoadError::Host(cause.to_string()))?);
        made.insert(permissions, linker.clone());
        Ok(linker)
    }
}

fn build(engine: &Engine, [http, mail, state, query]: [bool; 4]) -> wasmtime::Result<Linker<RunState>> {
    type Own = HasSelf<RunState>;
    let mut linker = Linker::new(engine);
    wasi::link(&mut linker)?;
    types::add_to_linker::<RunState, Own>(&mut linker, |state| state)?;
    log::add_to_linker::<RunState, Own>(&mut linker, |state| state)?;
    // Types only, yet an import: there must be something of that name.
    linker.instance("rialto:recommender/inputs@0.1.0")?;
    if http {
        http::add_to_linker::<RunState, Own>(&mut linker, |state| state)?;
    }
    if mail {
        mail::add_to_linker::<RunState, Own>(&mut linker, |state| state)?;
    }
    if state {
        state::add_to_linker::<RunState, Own>(&mut linker, |state| state)?;
    }
    if query {
        query::add_to_linker::<RunState, Own>(&mut linker, |state| state)?;
    }
    Ok(linker)
}
