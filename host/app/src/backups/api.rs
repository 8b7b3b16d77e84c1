//! Backups over HTTP, for the host's admin only: a backup holds every workspace.

use super::{
    actions, file_of,
    model::{Backup, BackupState},
};
use crate::host_api::require_admin;
use axum::{
    body::Body,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use rialto_kernel::{Page, PageQuery, Problem};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path, Query, Told};
use serde::Deserialize;
use tokio_util::io::ReaderStream;
use utoipa::ToSchema;
use uuid::Uuid;

/// What the backup is to be called.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BackupAsked {
    /// A name; when it is made if left out.
    #[serde(default)]
    name: String,
}

/// Make a backup of the whole host
///
/// A job copies the database, as of one moment, and the uploads into one archive in the data folder, the same that
/// `rialto backup` makes. The master key is not in it. The seven latest are kept. Restoring is a command.
#[utoipa::path(
    post, path = "/backups", tag = "host", request_body = BackupAsked,
    responses((status = 202, body = Backup), (status = 409, description = "one is being made already"),
              (status = 507, description = "the disk has no room for it")),
)]
pub(crate) async fn backup_ask(
    State(host): State<Host>,
    caller: Caller,
    Json(asked): Json<BackupAsked>,
) -> ApiResult<impl IntoResponse> {
    require_admin(&host, &caller).await?;
    Ok((StatusCode::ACCEPTED, Json(actions::backup_ask(&host, &caller, &asked.name).await?)))
}

/// List backups, latest first
#[utoipa::path(
    get, path = "/backups", tag = "host", params(PageQuery), responses((status = 200, body = Page<Backup>)),
)]
pub(crate) async fn backup_page(
    State(host): State<Host>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Told<Page<Backup>>> {
    require_admin(&host, &caller).await?;
    let (limit, before) = (page.limit()?, page.after::<Uuid>()?);
    let rows = actions::backup_list(&host, caller.workspace, before, limit + 1).await?;
    Ok(Told::new(&caller, &["problem"], Page::from_rows(rows, limit, |backup| backup.id)?))
}

/// Read how far a backup is
#[utoipa::path(
    get, path = "/backups/{id}", tag = "host", params(("id" = Uuid, Path)), responses((status = 200, body = Backup)),
)]
pub(crate) async fn backup_read(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Told<Backup>> {
    require_admin(&host, &caller).await?;
    Ok(Told::new(&caller, &["problem"], actions::backup_find(&host, caller.workspace, id).await?))
}

/// Fetch the file of a backup
///
/// Its SHA-256 is the `ETag`. `rialto restore` takes it, with the master key, which is kept apart.
#[utoipa::path(
    get, path = "/backups/{id}/file", tag = "host", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "application/zip", body = Vec<u8>),
              (status = 409, description = "it is not whole yet, came to nothing, or is in another host's data folder")),
)]
pub(crate) async fn backup_file(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<impl IntoResponse> {
    require_admin(&host, &caller).await?;
    let backup = actions::backup_find(&host, caller.workspace, id).await?;
    not_there(&backup)?;
    let (file, bytes) = actions::file_take(&host, &caller, &backup, &file_of(&host, id)).await?;
    let day = backup.created_at.strftime("%Y%m%dT%H%M%SZ");
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_LENGTH, bytes.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"rialto-{day}.zip\"")),
        (header::ETAG, format!("\"{}\"", backup.sha256.unwrap_or_default())),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, Body::from_stream(ReaderStream::new(file))))
}

fn not_there(backup: &Backup) -> Result<(), Problem> {
    let (code, detail) = match backup.state {
        BackupState::Done => return Ok(()),
        BackupState::Pending | BackupState::Running => {
            ("not-done", "the backup is not whole yet; ask again when its job is done".to_owned())
        }
        BackupState::Elsewhere => {
            let host = backup.host.as_deref().unwrap_or("");
            ("backup-elsewhere", format!("the backup is not in this host's data folder: `{host}` made it"))
        }
        BackupState::Failed | BackupState::Cancelled => {
            ("backup-failed", "the backup came to nothing: ask for another".to_owned())
        }
    };
    Err(Problem::conflict(code, detail))
}

/// Remove a backup and its file
#[utoipa::path(
    delete, path = "/backups/{id}", tag = "host", params(("id" = Uuid, Path)),
    responses((status = 204, description = "it is gone"), (status = 409, description = "it is being made")),
)]
pub(crate) async fn backup_delete(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    require_admin(&host, &caller).await?;
    actions::backup_delete(&host, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
