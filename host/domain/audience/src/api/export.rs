//! Lists taken away as files.

use crate::export::{ExportAsk, ExportKindInfo, export, export_kinds};
use axum::{extract::State, http::header, response::IntoResponse};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path, Query};

/// List what can be taken away as a file
#[utoipa::path(get, path = "/export-kinds", tag = "exports", responses((status = 200, body = Vec<ExportKindInfo>)))]
pub(crate) async fn kind_list(State(host): State<Host>, caller: Caller) -> ApiResult<Json<Vec<ExportKindInfo>>> {
    caller.require("audience.read")?;
    Ok(Json(export_kinds(&host)))
}

/// Take a list away as a file
///
/// CSV in UTF-8 (with a byte order mark, so that Excel knows it) or GB18030, or
/// a workbook (XLSX). Texts that would run as formulas are guarded by an
/// apostrophe, which the import takes off again. Written down in the audit log.
#[utoipa::path(
    get, path = "/exports/{kind}", tag = "exports", params(("kind" = String, Path), ExportAsk),
    responses(
        (status = 200, body = Vec<u8>, content_type = "text/csv"),
        (status = 404, description = "there is no such kind"),
    ),
)]
pub(crate) async fn export_take(
    State(host): State<Host>,
    caller: Caller,
    Path(kind): Path<String>,
    Query(ask): Query<ExportAsk>,
) -> ApiResult<impl IntoResponse> {
    let file = export(&host, &caller, &kind, ask).await?;
    let headers = [
        (header::CONTENT_TYPE, file.media.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file.name)),
    ];
    Ok((headers, file.body))
}
