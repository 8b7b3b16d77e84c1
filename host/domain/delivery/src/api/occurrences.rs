//! `/occurrences`.

use crate::{
    model::{LedgerCounts, LedgerOf, OccurrenceState, OnUncertain},
    occurrence::{ledger_counts, occurrence_get},
};
use axum::extract::State;
use rialto_kernel::from_micros;
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path, ProblemDocument};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A wave of sends.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OccurrenceView {
    /// The id.
    id: Uuid,
    /// The campaign it belongs to.
    campaign: Option<Uuid>,
    /// The channel.
    channel: String,
    /// Where it stands.
    state: OccurrenceState,
    /// The frozen audience.
    snapshot: Uuid,
    /// The consent topic.
    topic: String,
    /// What is done with a send whose fate cannot be known.
    on_uncertain: OnUncertain,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: jiff::Timestamp,
    /// When every row was terminal.
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<jiff::Timestamp>,
    /// The ledger in numbers.
    counts: LedgerCounts,
}

#[utoipa::path(
    get, path = "/occurrences/{id}", tag = "delivery", operation_id = "occurrence_get",
    summary = "Look at one wave of sends, with its ledger in numbers", params(("id" = Uuid, Path)),
    responses((status = 200, body = OccurrenceView), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn occurrence_read(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<OccurrenceView>> {
    caller.require_everywhere("delivery.read")?;
    let mut conn = host.store.read(caller.workspace).await?;
    let occurrence = occurrence_get(&mut conn, caller.workspace, id).await?;
    let counts = ledger_counts(&mut conn, caller.workspace, LedgerOf::Occurrence(id)).await?;
    Ok(Json(OccurrenceView {
        id,
        campaign: occurrence.campaign,
        state: occurrence.state(),
        on_uncertain: occurrence.on_uncertain(),
        snapshot: occurrence.snapshot,
        created_at: from_micros(occurrence.created_at),
        finished_at: occurrence.finished_at.map(from_micros),
        channel: occurrence.channel,
        topic: occurrence.topic,
        counts,
    }))
}
