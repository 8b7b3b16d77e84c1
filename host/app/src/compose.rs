//! The whole host from its parts: every slice is listed here, and nowhere else.

use crate::{
    backups, console,
    health::{Health, health_routes},
    host_api, keyring,
};
use axum::{Router, middleware::from_fn_with_state, response::Redirect, routing::get};
use rialto_identity::Authenticator;
use rialto_jobs::{Hold, Runner, RunnerOptions, RunnerParts};
use rialto_kernel::Problem;
use rialto_slice::{Host, HostParts, Slice};
use rialto_telemetry::Metrics;
use rialto_web::{Authenticate, Dress, Idempotency, docs, dress, idempotent, site, verbs};
use std::{collections::BTreeMap, sync::Arc};
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;

/// Where the API's document is.
pub const DOCUMENT_AT: &str = "/api/v1/openapi.json";
/// Where the page to try the API on is.
pub const PAGE_AT: &str = "/api/v1/docs";
/// Where the console is.
pub const CONSOLE_AT: &str = "/console";

/// The slices, lowest first.
fn slices(host: &Host) -> Vec<Slice> {
    vec![
        host_api::slice(),
        backups::slice(host),
        rialto_identity::slice(host),
        rialto_plugins::slice(host),
        rialto_audience::slice(host),
        rialto_sales::slice(host),
        rialto_creative::slice(host),
        rialto_delivery::slice(host),
        rialto_campaign::slice(host),
        rialto_measure::slice(host),
        rialto_strategy::slice(host),
    ]
}

/// A host that is ready to serve and to work.
pub struct App {
    /// What every slice is given.
    pub host: Host,
    /// All addresses, with every layer around them.
    pub router: Router,
    /// Runs jobs, consumers and schedules.
    pub runner: Runner,
    /// What `/readyz` tells.
    pub health: Health,
    /// The API's document.
    pub document: OpenApi,
    /// Names of the slices.
    pub slices: Vec<&'static str>,
    /// Schemas that two slices describe differently under one name; a test
    /// holds this empty.
    pub schema_conflicts: Vec<String>,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("host", &self.host).field("slices", &self.slices).finish_non_exhaustive()
    }
}

/// Put a host together.
///
/// # Errors
/// When the API's document cannot be written as JSON.
pub fn compose(parts: HostParts) -> Result<App, Problem> {
    let store = parts.store.clone();
    let door: Arc<dyn Authenticate> = Arc::new(Authenticator::new(store, Arc::clone(&parts.clock), &parts.public_url));
    let host = Host::new(parts, Arc::clone(&door));
    keyring::enter(&host);
    let mut assembly = Assembly::new();
    for slice in slices(&host) {
        assembly.add(slice);
    }
    let runner = Runner::new(RunnerParts {
        store: host.store.clone(),
        clock: Arc::clone(&host.clock),
        random: Arc::clone(&host.random),
        name: host.name.clone(),
        handlers: assembly.jobs,
        consumers: assembly.consumers,
        options: RunnerOptions { hold: Hold::clone(&host.slot::<Hold>()), ..RunnerOptions::default() },
    });
    let health = Health::new(host.store.clone(), Hold::clone(&host.slot::<Hold>()));
    let (api, document) = OpenApiRouter::with_openapi(document()).nest("/api/v1", assembly.api).split_for_parts();
    let document = docs::finish(document);
    let answered = Idempotency::new(
        host.store.clone(),
        Arc::clone(&host.clock),
        Arc::clone(&host.random),
        host.keys.clone(),
        door,
    );
    let open = api.layer(from_fn_with_state(answered, idempotent)).merge(assembly.public).with_state(host.clone());
    let pages = docs::router(&document, DOCUMENT_AT, PAGE_AT).map_err(|cause| Problem::internal(cause.to_string()))?;
    let router = open
        .merge(pages)
        .merge(health_routes(health.clone(), Metrics::of_process()))
        .merge(site(CONSOLE_AT, console::FILES, Arc::clone(&host.random)))
        .route("/", get(|| async { Redirect::to(if console::is_built() { "/console/" } else { PAGE_AT }) }));
    let with = Dress { ids: host.ids().clone(), https: host.public_url.starts_with("https://") };
    Ok(App {
        router: verbs(dress(router, with)),
        runner,
        health,
        document,
        slices: assembly.names,
        schema_conflicts: assembly.conflicts,
        host,
    })
}

struct Assembly {
    names: Vec<&'static str>,
    api: OpenApiRouter<Host>,
    public: Router<Host>,
    jobs: Vec<Arc<dyn rialto_jobs::JobHandler>>,
    consumers: Vec<Arc<dyn rialto_jobs::Consumer>>,
    schemas: BTreeMap<String, (&'static str, String)>,
    conflicts: Vec<String>,
}

impl Assembly {
    fn new() -> Self {
        Self {
            names: Vec::new(),
            api: OpenApiRouter::new(),
            public: Router::new(),
            jobs: Vec::new(),
            consumers: Vec::new(),
            schemas: BTreeMap::new(),
            conflicts: Vec::new(),
        }
    }

    fn add(&mut self, slice: Slice) {
        self.note_conflicts(slice.name, slice.api.get_openapi());
        self.names.push(slice.name);
        self.api = std::mem::take(&mut self.api).merge(slice.api);
        self.public = std::mem::take(&mut self.public).merge(slice.public);
        self.jobs.extend(slice.jobs);
        self.consumers.extend(slice.consumers);
    }

    /// Merging keeps one schema of a name: two different ones would make the
    /// document lie about one of them.
    fn note_conflicts(&mut self, slice: &'static str, document: &OpenApi) {
        for (name, schema) in document.components.iter().flat_map(|components| &components.schemas) {
            let text = serde_json::to_string(schema).unwrap_or_default();
            match self.schemas.get(name) {
                Some((other, known)) if *known != text => self.conflicts.push(format!("{name}: {other}, {slice}")),
                Some(_) => {}
                None => {
                    self.schemas.insert(name.clone(), (slice, text));
                }
            }
        }
    }
}

fn document() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Rialto")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "The HTTP API of a Rialto host. Refusals are problem+json (RFC 9457) and name the field. Lists are cursor \
             pages: pass `next` as `?cursor=`. Send `Idempotency-Key` with a POST to be able to repeat it safely, and \
             `If-Match` with a change so that it does not run over another's.",
        ))
        .build();
    OpenApiBuilder::new().info(info).build()
}
