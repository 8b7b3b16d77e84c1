//! A person's rights over HTTP: export, erasure, and what came of them.

use crate::{
    Error,
    person::{
        PersonRequest, RequestKind, person_archive, person_ask, person_document, person_request_find,
        person_request_list,
    },
};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use rialto_kernel::{Page, PageQuery};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path, Query};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Permission to take a person's data out.
const EXPORT: &str = "audience.export";
/// Permission to erase a person.
const ERASE: &str = "audience.erase";

/// Why a person's data is exported.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportAsked {
    /// Why, such as the number of the letter; no personal datum.
    #[serde(default)]
    reason: String,
}

/// That a person is to be erased, for good.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EraseAsked {
    /// The contact's id once more: nothing brings the person back.
    confirm: Uuid,
    /// Why, such as the number of the letter; no personal datum.
    #[serde(default)]
    reason: String,
}

/// Export all that is known of a person
///
/// A job gathers every row of every area into one JSON document, which is kept for seven days.
#[utoipa::path(
    post, path = "/contacts/{id}/export", tag = "audience", params(("id" = Uuid, Path)), request_body = ExportAsked,
    responses((status = 202, body = PersonRequest), (status = 404, description = "no such contact")),
)]
pub(crate) async fn person_export(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(asked): Json<ExportAsked>,
) -> ApiResult<impl IntoResponse> {
    caller.require(EXPORT)?;
    let request = person_ask(&host, &caller, RequestKind::Export, id, &asked.reason).await?;
    Ok((StatusCode::ACCEPTED, Json(request)))
}

/// Erase a person
///
/// A job erases the person and all who were merged into them in every area, and leaves a signed certificate. Totals
/// of orders and counts of sends and events stay, as nobody's; keyed hashes of the addresses stay suppressed.
#[utoipa::path(
    post, path = "/contacts/{id}/erase", tag = "audience", params(("id" = Uuid, Path)), request_body = EraseAsked,
    responses((status = 202, body = PersonRequest), (status = 404, description = "no such contact"),
              (status = 422, description = "`confirm` is not the contact's id")),
)]
pub(crate) async fn person_erase(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(asked): Json<EraseAsked>,
) -> ApiResult<impl IntoResponse> {
    caller.require(ERASE)?;
    if asked.confirm != id {
        Err(Error::field("confirm", "must be the id of the contact that is to be erased"))?;
    }
    let request = person_ask(&host, &caller, RequestKind::Erasure, id, &asked.reason).await?;
    Ok((StatusCode::ACCEPTED, Json(request)))
}

/// List exports and erasures, latest first
#[utoipa::path(
    get, path = "/person-requests", tag = "audience", params(PageQuery),
    responses((status = 200, body = Page<PersonRequest>)),
)]
pub(crate) async fn person_request_page(
    State(host): State<Host>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<PersonRequest>>> {
    caller.require("audience.read")?;
    let (limit, before) = (page.limit()?, page.after::<Uuid>()?);
    let rows = person_request_list(&host, caller.workspace, before, limit + 1).await?;
    Ok(Json(Page::from_rows(rows, limit, |request| request.id)?))
}

/// Read an export or an erasure, with its certificate
#[utoipa::path(
    get, path = "/person-requests/{id}", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 200, body = PersonRequest)),
)]
pub(crate) async fn person_request_read(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<PersonRequest>> {
    caller.require("audience.read")?;
    Ok(Json(person_request_find(&host, caller.workspace, id).await?))
}

/// How the document is to be had.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct DocumentAsk {
    /// `json` (when absent), or `zip`: a CSV file a table, a README in the workspace's language, and the JSON.
    format: Option<String>,
}

/// Read the document of an export
///
/// As JSON for programs, or (`format=zip`) as people read it: CSV files that Excel opens with every character intact
/// and no formula run, and a text that says what is what.
#[utoipa::path(
    get, path = "/person-requests/{id}/document", tag = "audience", params(("id" = Uuid, Path), DocumentAsk),
    responses((status = 200, content((String = "application/json"), (Vec<u8> = "application/zip"))),
              (status = 409, description = "it is not done yet")),
)]
pub(crate) async fn person_document_read(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(ask): Query<DocumentAsk>,
) -> ApiResult<Response> {
    caller.require(EXPORT)?;
    match ask.format.as_deref().unwrap_or("json") {
        "json" => {
            let text = person_document(&host, caller.workspace, id).await?;
            Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
        }
        "zip" => {
            let bytes = person_archive(&host, caller.workspace, id).await?;
            let headers = [
                (header::CONTENT_TYPE, "application/zip".to_owned()),
                (header::CONTENT_DISPOSITION, format!("attachment; filename=\"person-{id}.zip\"")),
            ];
            Ok((headers, bytes).into_response())
        }
        _ => Err(Error::field("format", "must be json or zip"))?,
    }
}
