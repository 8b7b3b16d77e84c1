//! The conformance list of a package.

use crate::{Error, actions::conformance as act, model::ConformanceRow};
use axum::{extract::State, http::StatusCode};
use jiff::Timestamp;
use rialto_conformance::{CheckResult, Conformance, Cost, Verdict};
use rialto_jobs::{JobProgress, JobState};
use rialto_kernel::{Locale, from_micros, words::said};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path, ProblemDocument};
use serde::Serialize;
use utoipa::ToSchema;

/// What the suite found of a package.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PluginConformance)]
pub(crate) struct ConformanceView {
    /// The package's SHA-256.
    package: String,
    /// `waiting`, `running`, `done`, `failed` (the suite could not be run).
    state: String,
    /// Checks done so far, and in all, while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    done: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<i64>,
    /// Whether nothing failed and nothing was left out; absent until it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    holds: Option<bool>,
    /// The version of the suite.
    suite: u32,
    passed: usize,
    failed: usize,
    not_applicable: usize,
    /// Left out because the suite's time was over.
    not_run: usize,
    checks: Vec<CheckView>,
    /// Why the suite could not be run.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    asked_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<Timestamp>,
}

/// One check.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PluginCheckResult)]
pub(crate) struct CheckView {
    /// Such as `connector.rate-limit`.
    name: String,
    kind: String,
    /// What a plugin that passes has shown, in the caller's language.
    proves: String,
    /// `passed`, `failed`, `not-applicable`, `not-run`.
    verdict: String,
    /// Why it failed or does not apply.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    runs: u64,
    cpu_us: u64,
    wall_us: u64,
    memory_peak_bytes: u64,
    host_calls: u64,
}

impl CheckView {
    fn of(check: CheckResult, locale: Locale) -> Self {
        let Cost { runs, cpu_us, wall_us, memory_peak_bytes, host_calls } = check.cost;
        Self {
            name: check.name,
            kind: check.kind.as_str().to_owned(),
            proves: said(&check.proves, locale).into_owned(),
            verdict: check.verdict.as_str().to_owned(),
            detail: check.detail.map(|text| said(&text, locale).into_owned()),
            runs,
            cpu_us,
            wall_us,
            memory_peak_bytes,
            host_calls,
        }
    }
}

impl ConformanceView {
    fn of(row: ConformanceRow, progress: Option<JobProgress>, locale: Locale) -> Result<Self, Error> {
        let checks: Vec<CheckResult> = serde_json::from_str(&row.checks)?;
        let list = Conformance::of(checks);
        let running = progress.as_ref().is_some_and(|job| job.state == JobState::Running);
        let state = if running { "running".to_owned() } else { row.state };
        let known = state == "done";
        Ok(Self {
            package: row.digest,
            holds: known.then(|| list.holds() && !list.checks.iter().any(|one| one.verdict == Verdict::Failed)),
            state,
            done: progress.as_ref().map(|job| job.done),
            total: progress.as_ref().map(|job| job.total),
            suite: u32::try_from(row.suite).unwrap_or_default(),
            passed: list.passed,
            failed: list.failed,
            not_applicable: list.not_applicable,
            not_run: list.not_run,
            checks: list.checks.into_iter().map(|check| CheckView::of(check, locale)).collect(),
            error: row.error.map(|text| said(&text, locale).into_owned()),
            asked_at: from_micros(row.asked_at),
            finished_at: row.finished_at.map(from_micros),
        })
    }
}

async fn show(host: &Host, caller: &Caller, digest: &str) -> Result<ConformanceView, Error> {
    let mut conn = host.store.read(caller.workspace).await?;
    let (row, progress) = act::look(&mut conn, caller.workspace, digest).await?;
    ConformanceView::of(row, progress, caller.locale)
}

#[utoipa::path(
    get, path = "/plugins/{digest}/conformance", tag = "plugins", operation_id = "plugin_conformance_get",
    summary = "What the conformance suite found of a package",
    description = "Run on every upload, in the sandbox, against a scripted other side: every check of the package's \
                   kinds with what it proves, whether it passed, why not, and what it cost.",
    params(("digest" = String, Path, description = "the SHA-256 of its bytes, as hex")),
    responses((status = 200, body = ConformanceView), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn plugin_conformance_get(
    State(host): State<Host>,
    caller: Caller,
    Path(digest): Path<String>,
) -> ApiResult<Json<ConformanceView>> {
    caller.require("plugins.read")?;
    Ok(Json(show(&host, &caller, &digest.to_ascii_lowercase()).await?))
}

#[utoipa::path(
    post, path = "/plugins/{digest}/conformance", tag = "plugins", operation_id = "plugin_conformance_ask",
    summary = "Run the conformance suite on a package once more",
    params(("digest" = String, Path, description = "the SHA-256 of its bytes, as hex")),
    responses((status = 202, body = ConformanceView), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn plugin_conformance_ask(
    State(host): State<Host>,
    caller: Caller,
    Path(digest): Path<String>,
) -> ApiResult<(StatusCode, Json<ConformanceView>)> {
    caller.require_everywhere("plugins.write")?;
    let digest = digest.to_ascii_lowercase();
    act::ask(&host, &caller, &digest).await?;
    Ok((StatusCode::ACCEPTED, Json(show(&host, &caller, &digest).await?)))
}
