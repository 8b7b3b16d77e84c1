//! Imports over HTTP: a file is sent as the body, and read in by a job.

use crate::import::{
    Import, ImportError, ImportKept, ImportKindInfo, ImportOptions, ImportPreview, import_cancel, import_errors_csv,
    import_find, import_kinds, import_undo, preview, sql, upload,
};
use axum::{
    body::Body,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use rialto_kernel::{Page, PageQuery, Problem, to_micros};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path, Query, Told};
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::IntoParams;
use uuid::Uuid;

const READ: &str = "audience.read";

/// How a file is to be read.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ImportQuery {
    /// What its rows are; `GET /import-kinds` lists them.
    kind: String,
    /// The file's name, to show.
    file_name: Option<String>,
    /// What separates the cells; guessed when absent.
    delimiter: Option<String>,
    /// The encoding of a file of text, such as GB18030; guessed when absent.
    encoding: Option<String>,
    /// The sheet of a workbook; the first that shows when absent.
    sheet: Option<String>,
    /// The IANA zone of instants without one; UTC when absent.
    zone: Option<String>,
    /// The order of dates such as 3/4/2026: dmy or mdy.
    dates: Option<String>,
    /// The country (ISO 3166) of telephone numbers without a code.
    region: Option<String>,
    /// A JSON object: header → column, `trait:KEY` or `ignore`.
    map: Option<String>,
    /// Whether unknown columns become traits or properties.
    #[serde(default)]
    keep_unknown: bool,
    /// A JSON object of what the kind wants to know besides.
    with: Option<String>,
}

impl ImportQuery {
    fn parted(self) -> Result<(String, String, ImportOptions), Problem> {
        let options = ImportOptions {
            delimiter: self.delimiter,
            encoding: self.encoding,
            sheet: self.sheet,
            zone: self.zone,
            dates: self.dates,
            region: self.region,
            map: pairs("map", self.map.as_deref())?,
            keep_unknown: self.keep_unknown,
            with: pairs("with", self.with.as_deref())?,
        };
        let name = self.file_name.unwrap_or_else(|| format!("{}.csv", self.kind));
        Ok((self.kind, name, options))
    }
}

/// List what can be imported, and the columns each kind reads
#[utoipa::path(get, path = "/import-kinds", tag = "imports", responses((status = 200, body = Vec<ImportKindInfo>)))]
pub(crate) async fn kind_list(State(host): State<Host>, caller: Caller) -> ApiResult<Json<Vec<ImportKindInfo>>> {
    caller.require(READ)?;
    Ok(Json(import_kinds(&host)))
}

/// Send a file to be imported
///
/// The body is the file itself: CSV in whatever encoding, or a workbook (XLSX). It is kept before the answer; a
/// job reads it in batches and goes on after a restart where it stopped.
#[utoipa::path(
    post, path = "/imports", tag = "imports", params(ImportQuery),
    request_body(content = Vec<u8>, content_type = "text/csv"),
    responses((status = 202, body = Import), (status = 413, description = "over the limit `import-bytes`")),
)]
pub(crate) async fn import_make(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<ImportQuery>,
    body: Body,
) -> ApiResult<impl IntoResponse> {
    let (kind, name, options) = query.parted()?;
    let import = upload(&host, &caller, kind, name, options, body).await?;
    Ok((StatusCode::ACCEPTED, Json(import)))
}

/// Look at a file before it is imported
///
/// Answers what the file is (encoding, delimiter, sheet), what each column is
/// taken for, its first rows, and what is wrong with the first few hundred.
/// Nothing of it is kept.
#[utoipa::path(
    post, path = "/imports/preview", tag = "imports", params(ImportQuery),
    request_body(content = Vec<u8>, content_type = "text/csv"),
    responses((status = 200, body = ImportPreview), (status = 413, description = "over the limit `import-bytes`")),
)]
pub(crate) async fn import_look(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<ImportQuery>,
    body: Body,
) -> ApiResult<Told<ImportPreview>> {
    let (kind, name, options) = query.parted()?;
    Ok(Told::new(&caller, &["problems", "message", "about"], preview(&host, &caller, kind, name, options, body).await?))
}

fn pairs(field: &str, text: Option<&str>) -> Result<BTreeMap<String, String>, Problem> {
    let Some(text) = text else { return Ok(BTreeMap::new()) };
    serde_json::from_str(text).map_err(|_| Problem::invalid(field, "must be a JSON object of texts"))
}

/// List imports, latest first
#[utoipa::path(get, path = "/imports", tag = "imports", params(PageQuery), responses((status = 200, body = Page<Import>)))]
pub(crate) async fn import_page(
    State(host): State<Host>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Told<Page<Import>>> {
    caller.require(READ)?;
    let (limit, before) = (page.limit()?, page.after::<(i64, Uuid)>()?.unwrap_or((i64::MAX, Uuid::max())));
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = sql::import_list(&mut conn, caller.workspace, before, limit + 1).await?;
    Ok(Told::new(
        &caller,
        &["error", "notes"],
        Page::from_rows(rows, limit, |import| (to_micros(import.created_at), import.id))?,
    ))
}

/// Read how far an import is
#[utoipa::path(get, path = "/imports/{id}", tag = "imports", params(("id" = Uuid, Path)), responses((status = 200, body = Import)))]
pub(crate) async fn import_read(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Told<Import>> {
    caller.require(READ)?;
    Ok(Told::new(&caller, &["error", "notes"], import_find(&host, caller.workspace, id).await?))
}

/// Stop an import; rows taken in before stay
#[utoipa::path(
    post, path = "/imports/{id}/cancel", tag = "imports", params(("id" = Uuid, Path)),
    responses((status = 200, body = Import), (status = 409, description = "it has ended")),
)]
pub(crate) async fn import_stop(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Import>> {
    caller.require("audience.write")?;
    Ok(Json(import_cancel(&host, &caller, id).await?))
}

/// Take an import back
///
/// A job removes what the import made and nobody changed or used since; the
/// rest is kept and listed. What it changed that was there before stays.
#[utoipa::path(
    post, path = "/imports/{id}/undo", tag = "imports", params(("id" = Uuid, Path)),
    responses((status = 202, body = Import), (status = 409, description = "it runs, is undone, or cannot be")),
)]
pub(crate) async fn import_back(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<impl IntoResponse> {
    caller.require("audience.write")?;
    Ok((StatusCode::ACCEPTED, Json(import_undo(&host, &caller, id).await?)))
}

/// List what taking an import back left alone, and why
#[utoipa::path(
    get, path = "/imports/{id}/kept", tag = "imports", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Page<ImportKept>)),
)]
pub(crate) async fn kept_page(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<ImportKept>>> {
    caller.require(READ)?;
    let (limit, after) = (page.limit()?, page.after::<(String, Uuid)>()?.unwrap_or_default());
    let mut conn = host.store.read(caller.workspace).await?;
    sql::import_get(&mut conn, caller.workspace, id).await?;
    let rows = sql::import_kept_list(&mut conn, caller.workspace, id, after, limit + 1).await?;
    Ok(Json(Page::from_rows(rows, limit, |kept| (kept.object.clone(), kept.id))?))
}

/// List what is wrong with an import's rows
#[utoipa::path(
    get, path = "/imports/{id}/errors", tag = "imports", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Page<ImportError>)),
)]
pub(crate) async fn error_page(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Told<Page<ImportError>>> {
    caller.require(READ)?;
    let (limit, after) = (page.limit()?, page.after::<(i64, String)>()?.unwrap_or_default());
    let mut conn = host.store.read(caller.workspace).await?;
    sql::import_get(&mut conn, caller.workspace, id).await?;
    let rows = sql::import_error_list(&mut conn, caller.workspace, id, after, limit + 1).await?;
    Ok(Told::new(&caller, &["message"], Page::from_rows(rows, limit, |error| (error.row, error.field.clone()))?))
}

/// Fetch the bad rows as a file to be mended and sent again
#[utoipa::path(
    get, path = "/imports/{id}/errors.csv", tag = "imports", params(("id" = Uuid, Path)),
    responses((status = 200, body = String, content_type = "text/csv")),
)]
pub(crate) async fn error_file(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<impl IntoResponse> {
    caller.require(READ)?;
    let text = import_errors_csv(&host, caller.workspace, id, caller.locale).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"import-{id}-errors.csv\"")),
    ];
    Ok((headers, text))
}
