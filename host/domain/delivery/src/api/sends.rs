//! `/sends`: the ledger, row by row.

use crate::send::{self as act, SendQuery, SendStory, SendView, Settlement};
use axum::{extract::State, http::StatusCode};
use rialto_kernel::Page;
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path, ProblemDocument, Query, Told};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What became of a send whose fate was not known.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettleBody {
    /// What is known of it.
    state: Settlement,
}

#[utoipa::path(
    get, path = "/sends", tag = "delivery", operation_id = "send_list", params(SendQuery),
    summary = "List sends, of a campaign, to a contact, in a state, not made for a reason",
    responses((status = 200, body = Page<SendView>), (status = 422, body = ProblemDocument)),
)]
pub(crate) async fn send_page(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<SendQuery>,
) -> ApiResult<Told<Page<SendView>>> {
    caller.require_everywhere("delivery.read")?;
    Ok(Told::new(&caller, &["detail"], act::sends(&host, &caller, query).await?))
}

#[utoipa::path(
    get, path = "/sends/{id}", tag = "delivery", operation_id = "send_get",
    summary = "Why did this person get it, or not?", params(("id" = Uuid, Path)),
    responses((status = 200, body = SendStory), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn send_read(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Told<SendStory>> {
    caller.require_everywhere("delivery.read")?;
    Ok(Told::new(&caller, &["detail"], act::send_story(&host, &caller, id).await?))
}

#[utoipa::path(
    post, path = "/sends/{id}/resend", tag = "delivery", operation_id = "send_resend",
    summary = "Send a parked one again, under the same Message-ID", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)),
)]
pub(crate) async fn send_again(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    caller.require_everywhere("delivery.launch")?;
    act::send_resend(&host, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    post, path = "/sends/{id}/settle", tag = "delivery", operation_id = "send_settle",
    summary = "Say what became of a parked one", params(("id" = Uuid, Path)), request_body = SettleBody,
    responses((status = 204), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)),
)]
pub(crate) async fn send_settle(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<SettleBody>,
) -> ApiResult<StatusCode> {
    caller.require_everywhere("delivery.launch")?;
    act::send_settle(&host, &caller, id, body.state).await?;
    Ok(StatusCode::NO_CONTENT)
}
