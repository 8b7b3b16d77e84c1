//! Deriving exposures over HTTP.

use super::exposures_derive;
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use rialto_kernel::Id;
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path};
use serde::Serialize;
use utoipa::ToSchema;

/// The job that derives exposures.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExposuresStarted {
    /// The job; the one of the first time, when it was asked for before.
    #[schema(value_type = uuid::Uuid)]
    pub job: Id,
}

/// Record, once, who saw a campaign's products in a mailer or on a display, by
/// what stood in the shops where and when people shopped.
#[utoipa::path(post, path = "/campaigns/{id}/exposures", tag = "measure", summary = "Derive a campaign's exposures",
    params(("id" = uuid::Uuid, Path)),
    responses((status = 202, body = ExposuresStarted), (status = 401), (status = 403), (status = 404), (status = 409)))]
pub(crate) async fn derive(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
) -> ApiResult<impl IntoResponse> {
    caller.require("measure.write")?;
    let job = exposures_derive(&host, caller.workspace, id).await?;
    Ok((StatusCode::ACCEPTED, Json(ExposuresStarted { job })))
}
