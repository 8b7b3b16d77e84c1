//! Recorded runs: one in detail, as a fixture, and once more on a version.

use super::view::RunDetail;
use crate::{
    Error,
    actions::recorded::{self as act, Replayed},
    recording::RECORDING_DAYS_MAX,
    sql::RecordingRow,
};
use axum::{body::Bytes, extract::State};
use jiff::Timestamp;
use rialto_contract::fixture::tape_json;
use rialto_kernel::from_micros;
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path, ProblemDocument, Query, parse_json};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

const DAY_US: i64 = 86_400_000_000;

/// How much of a run.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WordsQuery {
    /// Show it word for word too, where it is recorded.
    words: Option<bool>,
}

/// What is kept of a run word for word.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunRecording)]
pub(crate) struct RecordingView {
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Until when it is kept at the longest.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// Bytes of its file.
    bytes: i64,
    /// Whose words they are: `nobody`, `contacts`, `everyone`; an erasure takes them with it.
    about: String,
}

impl From<RecordingRow> for RecordingView {
    fn from(row: RecordingRow) -> Self {
        let until = row.at.saturating_add(RECORDING_DAYS_MAX * DAY_US);
        Self { at: from_micros(row.at), until: from_micros(until), bytes: row.bytes, about: row.about }
    }
}

/// One run, as much of it as the caller may see.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PluginRunSeen)]
pub(crate) struct SeenView {
    #[serde(flatten)]
    run: RunDetail,
    /// What is kept of it word for word, if anything.
    recording: Option<RecordingView>,
    /// Whether the caller may see it word for word: the permission `plugins.inspect`.
    may_inspect: bool,
    /// `entries` (asked, answered, error), `calls` (call, answer), `logs`, `seed`, `limits`, `at_us`;
    /// where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<Value>,
}

#[utoipa::path(
    get, path = "/runs/{id}", tag = "plugins", operation_id = "run_seen",
    summary = "Look at a run: record, log lines and, for those who may, every entry and host call word for word",
    description = "`words=true` needs the permission `plugins.inspect` and is written into the audit log. Runs that \
                   fail and a sample of the others are recorded word for word, for at most 7 days.",
    params(("id" = Uuid, Path), WordsQuery),
    responses(
        (status = 200, body = SeenView), (status = 403, body = ProblemDocument), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument, description = "`not-recorded`, `recording-changed`, `recording-elsewhere`"),
    ),
)]
pub(crate) async fn run_seen(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(query): Query<WordsQuery>,
) -> ApiResult<Json<SeenView>> {
    let seen = act::seen(&host, &caller, id).await?;
    let words = match query.words {
        Some(true) => Some(tape_json(&act::words(&host, &caller, id).await?).map_err(Error::from)?),
        _ => None,
    };
    let recording = seen.recording.map(RecordingView::from);
    Ok(Json(SeenView { run: RunDetail::of(seen.run)?, recording, may_inspect: seen.may_inspect, words }))
}

#[utoipa::path(
    get, path = "/runs/{id}/fixture", tag = "plugins", operation_id = "run_fixture",
    summary = "Take a recorded run away as a fixture for tests",
    description = "Personal columns, addresses, numbers and ids go by stable pseudonyms; secrets were never in it. \
                   Needs the permission `plugins.inspect` and is written into the audit log.",
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Object, description = "the fixture"), (status = 403, body = ProblemDocument),
        (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument),
    ),
)]
pub(crate) async fn run_fixture(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Value>> {
    let fixture = act::fixture(&host, &caller, id).await?;
    Ok(Json(fixture.to_json().map_err(Error::from)?))
}

/// On what to run a recorded run again.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = RunReplayAsked)]
pub(crate) struct ReplayAsked {
    /// A version of its installation; the one that serves if absent.
    version: Option<Uuid>,
}

#[utoipa::path(
    post, path = "/runs/{id}/replay", tag = "plugins", operation_id = "run_replay",
    summary = "Run a recorded run again, with no effects, and say what differs",
    description = "Host calls are answered from the recording, as long as capability, order and request match; else \
                   the verdict is `diverged` and `at_call` says where. Needs the permission `plugins.inspect`.",
    params(("id" = Uuid, Path)), request_body = ReplayAsked,
    responses(
        (status = 200, body = Replayed), (status = 403, body = ProblemDocument), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument),
    ),
)]
pub(crate) async fn run_replay(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    body: Bytes,
) -> ApiResult<Json<Replayed>> {
    let asked: ReplayAsked = if body.is_empty() { ReplayAsked::default() } else { parse_json(&body)? };
    Ok(Json(act::run_again(&host, &caller, id, asked.version).await?))
}
