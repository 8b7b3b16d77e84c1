//! `/healthz` (is the process there), `/readyz` (can it do its work) and
//! `/metrics` (how it does).

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use rialto_jobs::Hold;
use rialto_store::{MIGRATIONS, Scope, Store, unscoped::migrations_applied};
use rialto_telemetry::Metrics;
use rialto_web::Json;
use serde_json::json;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// How long a check may take.
const CHECK_TIME_MAX: Duration = Duration::from_secs(2);

/// Whether the host can do its work.
#[derive(Debug, Clone)]
pub struct Health {
    store: Store,
    worker: Arc<AtomicBool>,
    hold: Hold,
}

impl Health {
    pub(crate) fn new(store: Store, hold: Hold) -> Self {
        Self { store, worker: Arc::default(), hold }
    }

    /// Say whether the runner of jobs is at work.
    pub fn set_worker(&self, running: bool) {
        self.worker.store(running, Ordering::Relaxed);
    }

    /// Whether the database answers, and whether its schema is this program's.
    async fn database(&self) -> (bool, bool) {
        let look = async {
            let mut conn = self.store.read(Scope::Host).await?;
            migrations_applied(&mut conn).await
        };
        match tokio::time::timeout(CHECK_TIME_MAX, look).await {
            Ok(Ok(applied)) => (true, applied.iter().map(String::as_str).eq(MIGRATIONS.iter().map(|m| m.name))),
            Ok(Err(_)) | Err(_) => (false, false),
        }
    }
}

/// The three addresses.
pub(crate) fn health_routes(health: Health, metrics: Metrics) -> Router {
    let shown = get(move || {
        let metrics = metrics.clone();
        async move { ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metrics.render()) }
    });
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .with_state(health)
        .route("/metrics", shown)
}

async fn ready(State(health): State<Health>) -> impl IntoResponse {
    let (database, migrations) = health.database().await;
    let worker = health.worker.load(Ordering::Relaxed);
    let status = if database && migrations && worker { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    // A held host is ready for the admin who is to let it send.
    let (sends, held) = (!health.hold.holds(), health.hold.why());
    let body = json!({
        "database": database, "migrations": migrations, "worker": worker, "sends": sends, "held": held,
    });
    (status, Json(body))
}
