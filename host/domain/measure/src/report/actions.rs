//! Asking for report runs, and reading them.

use super::{Run, job, render, sql};
use crate::MeasureError;
use rialto_contract::report::Document;
use rialto_jobs::{NewJob, enqueue};
use rialto_kernel::{Id, Locale, WorkspaceId, from_micros};
use rialto_plugins::{Installation, installation_find, parameters_wrong, version_described};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::Caller;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const PARAMETERS_BYTES_MAX: usize = 64 * 1024;

/// A report to be written.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReport {
    /// An installation of kind report.
    #[schema(value_type = uuid::Uuid)]
    pub installation: Id,
    /// What the report is about, by the schema it describes.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub parameters: serde_json::Map<String, serde_json::Value>,
    /// `en` or `zh-CN`; the caller's if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub locale: Option<Locale>,
}

/// A report run.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ReportRun)]
pub struct ReportShown {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    pub id: Id,
    /// The document's title.
    pub title: String,
    /// The installation that wrote it.
    #[schema(value_type = uuid::Uuid)]
    pub installation: Id,
    /// The version of it.
    #[schema(value_type = uuid::Uuid)]
    pub installation_version: Id,
    /// In which language.
    pub locale: String,
    /// What it is about.
    #[schema(value_type = Object)]
    pub parameters: serde_json::Value,
    /// `waiting`, `finished` or `failed`.
    pub state: String,
    /// The job that writes it.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub job: Option<Id>,
    /// Where to read it, once it is finished.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
    /// SHA-256 of component, parameters and document.
    #[schema(value_type = Object)]
    pub digests: serde_json::Value,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Who asked for it.
    pub created_by: String,
    /// When.
    pub created_at: String,
    /// When it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<String>,
}

/// In which form to read a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One page, nothing fetched.
    Html,
    /// Plain text with marks.
    Markdown,
    /// Its tables.
    Csv,
}

impl Form {
    /// By the ending of an address.
    #[must_use]
    pub fn of(ending: &str) -> Option<Self> {
        match ending {
            "html" => Some(Self::Html),
            "md" => Some(Self::Markdown),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

/// Ask for a report.
///
/// # Errors
/// When the installation is not there, or the store fails.
pub async fn start(host: &Host, caller: &Caller, new: NewReport) -> Result<ReportShown, MeasureError> {
    let ws = caller.workspace;
    let locale = new.locale.unwrap_or(caller.locale);
    let parameters = serde_json::to_string(&new.parameters)?;
    if parameters.len() > PARAMETERS_BYTES_MAX {
        return Err(MeasureError::invalid("parameters", "is too large"));
    }
    let (installation, version) = {
        let mut conn = host.store.read(ws).await?;
        let (installation, version) = serving(&mut conn, ws, new.installation).await?;
        let described = version_described(&mut conn, ws, version).await?.unwrap_or_default();
        fits(&described, locale, &new.parameters)?;
        (installation, version)
    };
    let (id, job_id, now_us) = (host.id(), host.id(), host.now_us());
    let run = Run {
        id,
        installation: installation.id,
        installation_version: version,
        title: installation.name,
        locale: locale.tag().to_owned(),
        parameters,
        state: "waiting".to_owned(),
        job: Some(job_id),
        digests: "{}".to_owned(),
        error: None,
        created_by: caller.actor.to_string(),
        created_at: now_us,
        finished_at: None,
    };
    let kept = run.clone();
    host.store
        .write(ws, "measure.report", move |conn| {
            Box::pin(async move {
                sql::run_insert(conn, ws, &kept).await?;
                let order = NewJob::new(ws, job::KIND, serde_json::json!({ "run": id }), now_us);
                enqueue(conn, job_id, now_us, order).await?;
                Ok::<_, MeasureError>(())
            })
        })
        .await?;
    shown(run)
}

/// The installation and the version of it that serves.
async fn serving(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<(Installation, Id), MeasureError> {
    let installation = installation_find(conn, ws, id)
        .await?
        .ok_or_else(|| MeasureError::invalid("installation", "there is no such installation"))?;
    let version = installation
        .active_version
        .ok_or_else(|| MeasureError::invalid("installation", "it has no active version: approve and activate one"))?;
    Ok((installation, version))
}

/// Refuse parameters that the report's own schema refuses, before a job is made of them.
fn fits(
    described: &str,
    locale: Locale,
    parameters: &serde_json::Map<String, serde_json::Value>,
) -> Result<(), MeasureError> {
    match parameters_wrong(described, locale, parameters).into_iter().next() {
        None => Ok(()),
        Some(wrong) => {
            Err(MeasureError::invalid(format!("parameters{}", wrong.field.replace('/', ".")), wrong.message))
        }
    }
}

/// One run.
///
/// # Errors
/// When it is not there.
pub async fn find(host: &Host, ws: WorkspaceId, id: Id) -> Result<ReportShown, MeasureError> {
    let mut conn = host.store.read(ws).await?;
    shown(sql::run_find(&mut conn, ws, id).await?.ok_or(MeasureError::Missing("report run"))?)
}

/// Runs, newest first.
///
/// # Errors
/// When the store fails.
pub async fn list(
    host: &Host,
    ws: WorkspaceId,
    before: Option<Id>,
    limit: u32,
) -> Result<Vec<ReportShown>, MeasureError> {
    let mut conn = host.store.read(ws).await?;
    sql::run_list(&mut conn, ws, before, limit).await?.into_iter().map(shown).collect()
}

/// A finished report in a form.
///
/// # Errors
/// When it is not there or not finished.
pub async fn rendered(host: &Host, ws: WorkspaceId, id: Id, form: Form) -> Result<String, MeasureError> {
    let mut conn = host.store.read(ws).await?;
    let run = sql::run_find(&mut conn, ws, id).await?.ok_or(MeasureError::Missing("report run"))?;
    let Some(json) = sql::run_document(&mut conn, ws, id).await? else {
        return Err(MeasureError::State { code: "not-finished", detail: format!("the report is {}", run.state) });
    };
    let document: Document = serde_json::from_str(&json)?;
    let locale = run.locale.parse().unwrap_or_default();
    Ok(match form {
        Form::Html => render::html(&document, locale),
        Form::Markdown => render::markdown(&document, locale),
        Form::Csv => render::csv(&document, locale),
    })
}

fn shown(run: Run) -> Result<ReportShown, MeasureError> {
    let links = match run.state.as_str() {
        "finished" => ["html", "md", "csv"].map(|form| format!("/api/v1/report-runs/{}.{form}", run.id)).to_vec(),
        _ => Vec::new(),
    };
    Ok(ReportShown {
        id: run.id,
        title: run.title,
        installation: run.installation,
        installation_version: run.installation_version,
        locale: run.locale,
        parameters: serde_json::from_str(&run.parameters)?,
        state: run.state,
        job: run.job,
        links,
        digests: serde_json::from_str(&run.digests)?,
        error: run.error,
        created_by: run.created_by,
        created_at: from_micros(run.created_at).to_string(),
        finished_at: run.finished_at.map(|us| from_micros(us).to_string()),
    })
}
