//! Receipts over HTTP.

use super::{ReceiptAsked, ReceiptCheck, receipt_check};
use crate::MeasureError;
use axum::extract::State;
use rialto_kernel::{Id, Problem};
use rialto_plugins::{Receipt, receipt_of};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path};

async fn shown(host: &Host, caller: &Caller, id: Id, kind: &str) -> Result<Receipt, MeasureError> {
    caller.require("measure.read").map_err(MeasureError::Other)?;
    match receipt_of(host, caller.workspace, id).await {
        Ok(receipt) if receipt.subject_kind == kind => Ok(receipt),
        Ok(_) | Err(rialto_plugins::Error::Unknown(_)) => Err(MeasureError::Missing("receipt")),
        Err(cause) => Err(MeasureError::Other(Problem::from(cause))),
    }
}

/// What lets anyone run it again: digests of component, settings, input, engine and answer, signed by this host.
#[utoipa::path(get, path = "/attribution-runs/{id}/receipt", tag = "measure", summary = "Read an attribution run's receipt",
    operation_id = "attribution_receipt", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Receipt), (status = 401), (status = 403), (status = 404)))]
pub(crate) async fn attribution(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
) -> ApiResult<Json<Receipt>> {
    Ok(Json(shown(&host, &caller, id, "attribution-run").await?))
}

/// What lets anyone run it again: digests of component, settings, input, host calls, engine and answer, signed by this host.
#[utoipa::path(get, path = "/report-runs/{id}/receipt", tag = "measure", summary = "Read a report run's receipt",
    operation_id = "report_receipt", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Receipt), (status = 401), (status = 403), (status = 404)))]
pub(crate) async fn report(State(host): State<Host>, caller: Caller, Path(id): Path<Id>) -> ApiResult<Json<Receipt>> {
    Ok(Json(shown(&host, &caller, id, "report-run").await?))
}

/// Make what a receipt is of once more, and say whether it is the same: from the recorder while the run is
/// recorded, else (or with `standing`) with data, settings and version as they stand now. Nothing of it is kept.
#[utoipa::path(post, path = "/receipts/verify", tag = "measure", summary = "Verify a receipt",
    operation_id = "receipt_verify", request_body = ReceiptAsked,
    responses((status = 200, body = ReceiptCheck), (status = 401), (status = 403), (status = 404), (status = 422)))]
pub(crate) async fn verify(
    State(host): State<Host>,
    caller: Caller,
    Json(asked): Json<ReceiptAsked>,
) -> ApiResult<Json<ReceiptCheck>> {
    caller.require("measure.write")?;
    Ok(Json(receipt_check(&host, caller.workspace, asked).await?))
}
