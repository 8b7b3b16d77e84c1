//! Gains over HTTP.

use super::{actions, view::Gains};
use axum::extract::State;
use rialto_kernel::Id;
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path, Query};
use serde::Deserialize;

/// Which ranking besides spend.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GainsQuery {
    recommendation: Option<Id>,
}

/// Of the people a campaign wrote to, the share of those who in fact redeemed
/// that stood in the top 5, 10, 20, 30 and 50 % by spend before it, and by a
/// recommendation made before it. Until the campaign is over by the workspace's
/// clock the answer is `not_yet_known` and tells nothing.
#[utoipa::path(get, path = "/campaigns/{id}/gains", tag = "measure", summary = "Read a campaign's gains chart",
    params(("id" = uuid::Uuid, Path), ("recommendation" = Option<uuid::Uuid>, Query)),
    responses((status = 200, body = Gains), (status = 401), (status = 403), (status = 404), (status = 422)))]
pub(crate) async fn read(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    Query(query): Query<GainsQuery>,
) -> ApiResult<Json<Gains>> {
    caller.require("measure.read")?;
    Ok(Json(actions::gains(&host, caller.workspace, id, query.recommendation).await?))
}
