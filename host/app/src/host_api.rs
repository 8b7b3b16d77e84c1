//! `/host`: the host itself, as its admin sees it: which hosts work on this
//! database, whether this one may send, and the word that lets it. The host's
//! admin is who may do anything in the workspace that was made first.

use crate::standing;
use axum::extract::State;
use jiff::Timestamp;
use rialto_identity::{AuditEntry, audit, workspace_list};
use rialto_jobs::{Hold, host_list, jobs_waiting};
use rialto_kernel::{Problem, from_micros};
use rialto_slice::{Host, Slice};
use rialto_web::{ApiResult, Caller, Json};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Kinds of jobs that wait while the host is held.
const OUTWARD: &[&str] = &["delivery.dispatch"];

/// The host.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HostState)]
pub(crate) struct HostState {
    /// This start of this host, as leases name it.
    name: String,
    /// Whether it sends. Where it does not, schedules do not fire either.
    sends: bool,
    /// Why it does not.
    held: Option<String>,
    /// Sending jobs that are due and not taken up.
    waiting: i64,
    /// All hosts on this database, those that lived last first.
    hosts: Vec<HostShown>,
}

/// A host on this database.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HostOnDatabase)]
pub(crate) struct HostShown {
    /// Its name.
    name: String,
    /// Whether it sends.
    sends: bool,
    /// When it started.
    started_at: Timestamp,
    /// When it last said that it lives: every five seconds, while it does.
    heartbeat_at: Timestamp,
}

/// The slice that knows the host itself.
pub(crate) fn slice() -> Slice {
    Slice { api: OpenApiRouter::new().routes(routes!(host_read)).routes(routes!(host_confirm)), ..Slice::new("host") }
}

/// The host: who works on this database, and whether this host sends
#[utoipa::path(get, path = "/host", tag = "host", responses((status = 200, body = HostState)))]
pub(crate) async fn host_read(State(host): State<Host>, caller: Caller) -> ApiResult<Json<HostState>> {
    require_admin(&host, &caller).await?;
    Ok(Json(state(&host).await?))
}

/// Say that this database is the one: a host that held back after a restore sends again
#[utoipa::path(post, path = "/host/confirm", tag = "host", responses((status = 200, body = HostState)))]
pub(crate) async fn host_confirm(State(host): State<Host>, caller: Caller) -> ApiResult<Json<HostState>> {
    require_admin(&host, &caller).await?;
    let hold = host.slot::<Hold>();
    let was = hold.why();
    let entry = AuditEntry::new(&host, &caller, "host.confirm", "host", &host.name).detail(json!({ "held": was }));
    host.store
        .write(caller.workspace, "host.confirm", move |conn| {
            Box::pin(async move { Ok::<_, Problem>(audit(conn, &entry).await?) })
        })
        .await?;
    standing::confirm(&host.store, &host.data_dir, host.random.as_ref())
        .await
        .map_err(|cause| Problem::internal(format!("{cause:#}")))?;
    hold.lift();
    Ok(Json(state(&host).await?))
}

/// Refuse whoever is not the host's admin.
pub(crate) async fn require_admin(host: &Host, caller: &Caller) -> Result<(), Problem> {
    caller.require_everywhere("host.write")?;
    let first = workspace_list(host).await?.into_iter().map(|(workspace, _)| workspace).min();
    if first == Some(caller.workspace) { Ok(()) } else { Err(Problem::forbidden("host.write")) }
}

async fn state(host: &Host) -> Result<HostState, Problem> {
    let held = host.slot::<Hold>().why();
    let hosts = host_list(&host.store).await?.into_iter().map(|row| HostShown {
        name: row.name,
        sends: !row.held,
        started_at: from_micros(row.started_at),
        heartbeat_at: from_micros(row.heartbeat_at),
    });
    Ok(HostState {
        name: host.name.clone(),
        sends: held.is_none(),
        waiting: jobs_waiting(&host.store, OUTWARD, host.now_us()).await?,
        hosts: hosts.collect(),
        held,
    })
}
