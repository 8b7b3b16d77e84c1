//! What may be done with a recorded run: look at it word for word, take it
//! away as a fixture, run it again on another version. Nothing of it has an
//! effect, and whoever looks is written down.

use super::{installation, package, scope, version};
use crate::{
    Error,
    model::RunRow,
    recording::{self, Named},
    run,
    sql::{self, RecordingRow},
};
use rialto_contract::{Comparison, Costs, Fixture, Tape, compare::compare, replay, replay_grants};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::Id;
use rialto_plugin_host::{PluginKind, RunError};
use rialto_slice::Host;
use rialto_web::Caller;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// The permission to see what went through a run word for word.
pub(crate) const INSPECT: &str = "plugins.inspect";

/// A run that is kept, and where its words are.
pub(crate) struct Seen {
    pub(crate) run: RunRow,
    pub(crate) recording: Option<RecordingRow>,
    /// Whether the caller may see them.
    pub(crate) may_inspect: bool,
}

/// A run of the caller's workspace, wherever it was made.
pub(crate) async fn seen(host: &Host, caller: &Caller, run: Id) -> Result<Seen, Error> {
    let workspace = caller.workspace;
    let mut conn = host.store.read(workspace).await?;
    let row = sql::run_find_any(&mut conn, workspace, run).await?.ok_or(Error::Unknown("run"))?;
    let owner = installation(&mut conn, workspace, row.installation).await?;
    scope::require(&mut conn, caller, owner.unit, "plugins.read").await?;
    let may_inspect = scope::require(&mut conn, caller, owner.unit, INSPECT).await.is_ok();
    let recording = recording::find(host, &mut conn, workspace, run).await?;
    Ok(Seen { run: row, recording, may_inspect })
}

/// A recorded run for somebody who may see it; that they did is written down.
async fn opened(
    host: &Host,
    caller: &Caller,
    run: Id,
    action: &'static str,
) -> Result<(RunRow, RecordingRow, Tape), Error> {
    let workspace = caller.workspace;
    let seen = seen(host, caller, run).await?;
    if !seen.may_inspect {
        let mut conn = host.store.read(workspace).await?;
        let owner = installation(&mut conn, workspace, seen.run.installation).await?;
        scope::require(&mut conn, caller, owner.unit, INSPECT).await?;
    }
    let recording = seen.recording.ok_or(Error::NotRecorded)?;
    let tape = recording::read(host, workspace, &recording).await?;
    let entry = AuditEntry::new(host, caller, action, "plugin-run", run)
        .detail(json!({ "installation": seen.run.installation }));
    host.store.write(workspace, action, move |conn| Box::pin(async move { audit(conn, &entry).await })).await?;
    Ok((seen.run, recording, tape))
}

/// What went through a run, word for word.
pub(crate) async fn words(host: &Host, caller: &Caller, run: Id) -> Result<Tape, Error> {
    Ok(opened(host, caller, run, "plugins.inspect-run").await?.2)
}

/// A recorded run as a fixture: nobody is in it.
pub(crate) async fn fixture(host: &Host, caller: &Caller, run: Id) -> Result<Fixture, Error> {
    let (row, recording, tape) = opened(host, caller, run, "plugins.export-run").await?;
    let known = {
        let mut conn = host.store.read(caller.workspace).await?;
        package(&mut conn, caller.workspace, &row.digest).await?
    };
    let named =
        Named { plugin: &known.plugin, version: &known.version, package: &known.digest, engine: host.plugins.engine() };
    recording::fixture(host, caller.workspace, &recording, tape, &named)
}

/// How a recorded run went on another version.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RunReplay)]
pub(crate) struct Replayed {
    /// The run.
    pub(crate) run: Uuid,
    /// The version it ran on again.
    pub(crate) version: Uuid,
    /// Its package.
    pub(crate) package: String,
    /// `verdict` (`same`, `differs`, `diverged`, `fails`, `mended`), `at_call` where it diverged, `detail`,
    /// and `differences`: field, what was recorded, what is now.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub(crate) comparison: Comparison,
    /// What it cost when it was recorded: `cpu_us`, `memory_peak_bytes`, `host_calls`.
    #[schema(value_type = Object)]
    pub(crate) recorded_cost: Costs,
    /// What it cost now.
    #[schema(value_type = Object)]
    pub(crate) cost: Costs,
}

/// Run a recorded run again, with no effects, on a version of its installation:
/// the one that is named, or the one that serves.
pub(crate) async fn run_again(host: &Host, caller: &Caller, run: Id, on: Option<Id>) -> Result<Replayed, Error> {
    let (row, recording, tape) = opened(host, caller, run, "plugins.replay-run").await?;
    let on = {
        let mut conn = host.store.read(caller.workspace).await?;
        let owner = installation(&mut conn, caller.workspace, row.installation).await?;
        let on = on.or(owner.active_version).ok_or(Error::NothingActive)?;
        version(&mut conn, caller.workspace, owner.id, on).await?
    };
    let (comparison, cost) = once(host, caller, &on.digest, &recording, &tape).await?;
    Ok(Replayed { run, version: on.id, package: on.digest, comparison, recorded_cost: cost_of(&row), cost })
}

/// What the run log says that a run cost.
pub(crate) fn cost_of(row: &RunRow) -> Costs {
    let whole = |count: i64| u64::try_from(count).unwrap_or(0);
    Costs {
        cpu_us: whole(row.cpu_us),
        memory_peak_bytes: whole(row.memory_peak_bytes),
        host_calls: whole(row.host_calls),
    }
}

/// One recorded run, once, on a package.
pub(crate) async fn once(
    host: &Host,
    caller: &Caller,
    digest: &str,
    recording: &RecordingRow,
    tape: &Tape,
) -> Result<(Comparison, Costs), Error> {
    let workspace = caller.workspace;
    let inspection = {
        let mut conn = host.store.read(workspace).await?;
        package(&mut conn, workspace, digest).await?.inspection()?
    };
    let plugin = run::load(host, workspace, digest, &replay_grants(&inspection)).await?;
    let kind: PluginKind = recording.kind.parse().map_err(|_| Error::RecordingChanged)?;
    // Places and breakers are counted by the recording, not by the installation.
    let again = match replay(&host.plugins, &plugin, kind, tape, (workspace, recording.run)).await {
        Ok(again) => again,
        Err(why @ RunError::WrongKind { .. }) => {
            return Ok((failed(why.to_string()), Costs::default()));
        }
        Err(why) => return Err(why.into()),
    };
    let cost = again.record.as_ref().map(Costs::of).unwrap_or_default();
    Ok((compare(tape, &again), cost))
}

fn failed(detail: String) -> Comparison {
    Comparison {
        verdict: rialto_contract::Verdict::Fails,
        at_call: None,
        detail: Some(detail),
        differences: Vec::new(),
    }
}
