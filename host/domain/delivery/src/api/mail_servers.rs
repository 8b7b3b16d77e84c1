//! `/mail-servers`.

use crate::mail_server::{self as act, MailServer, MailServerChange, MailServerTest};
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use rialto_kernel::{Page, PageQuery};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Path, ProblemDocument, Query, Told, etag};
use uuid::Uuid;

#[utoipa::path(
    get, path = "/mail-servers", tag = "delivery", operation_id = "mail_server_list", params(PageQuery),
    summary = "List mail servers", responses((status = 200, body = Page<MailServer>)),
)]
pub(crate) async fn mail_server_page(
    State(host): State<Host>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<MailServer>>> {
    caller.require_everywhere("delivery.read")?;
    Ok(Json(act::mail_servers(&host, caller.workspace, &page).await?))
}

#[utoipa::path(
    post, path = "/mail-servers", tag = "delivery", operation_id = "mail_server_create",
    summary = "Set up a mail server", request_body = MailServerChange,
    description = "`name`, `host`, `port` and `security` are needed. The password is sealed and can never be read back.",
    responses(
        (status = 201, body = MailServer), (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument),
    ),
)]
pub(crate) async fn mail_server_make(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<MailServerChange>,
) -> ApiResult<impl IntoResponse> {
    caller.require_everywhere("delivery.admin")?;
    let made = act::mail_server_create(&host, &caller, new).await?;
    Ok((StatusCode::CREATED, etag(made.version), Json(made)))
}

#[utoipa::path(
    get, path = "/mail-servers/{id}", tag = "delivery", operation_id = "mail_server_get",
    summary = "Look at one mail server", params(("id" = Uuid, Path)),
    responses((status = 200, body = MailServer), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn mail_server_read(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<impl IntoResponse> {
    caller.require_everywhere("delivery.read")?;
    let server = act::mail_server_get(&host, caller.workspace, id).await?;
    Ok((etag(server.version), Json(server)))
}

#[utoipa::path(
    patch, path = "/mail-servers/{id}", tag = "delivery", operation_id = "mail_server_patch",
    summary = "Change a mail server", params(("id" = Uuid, Path)), request_body = MailServerChange,
    responses(
        (status = 200, body = MailServer), (status = 404, body = ProblemDocument), (status = 412, body = ProblemDocument),
        (status = 422, body = ProblemDocument),
    ),
)]
pub(crate) async fn mail_server_change(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(change): Json<MailServerChange>,
) -> ApiResult<impl IntoResponse> {
    caller.require_everywhere("delivery.admin")?;
    let server = act::mail_server_patch(&host, &caller, id, if_match, change).await?;
    Ok((etag(server.version), Json(server)))
}

#[utoipa::path(
    delete, path = "/mail-servers/{id}", tag = "delivery", operation_id = "mail_server_delete",
    summary = "Take a mail server away", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)),
)]
pub(crate) async fn mail_server_remove(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    caller.require_everywhere("delivery.admin")?;
    act::mail_server_delete(&host, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    post, path = "/mail-servers/{id}/test", tag = "delivery", operation_id = "mail_server_test",
    summary = "Connect, protect and sign in; send nothing", params(("id" = Uuid, Path)),
    responses((status = 200, body = MailServerTest), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn mail_server_try(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Told<MailServerTest>> {
    caller.require_everywhere("delivery.admin")?;
    Ok(Told::new(&caller, &["error"], act::mail_server_test(&host, caller.workspace, id).await?))
}
