//! The job of attribution runs: lay the paths out once, have each model judge
//! them, and keep what each says in one go. It begins anew after a kill; rows of
//! an unfinished run are seen by nobody.

use super::{
    Run,
    actions::channel_table,
    gather::{Gathered, Gathering, Waiting, gather},
    model::{Failed, Judged, judge},
    path::Frame,
    sql::{self, Outcome},
};
use crate::{
    MeasureError,
    conversion::Definition,
    query::{calendar::day_start, home},
};
use async_trait::async_trait;
use jiff::tz::TimeZone;
use rialto_jobs::{Fence, JobFailure, JobHandler, JobRun, Step};
use rialto_kernel::{Currency, Id, Problem, WorkspaceId};
use rialto_plugin_host::PluginKind;
use rialto_plugins::{OpenRun, ReceiptOf, RunOptions, open_run_with};
use rialto_slice::Host;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::{collections::HashMap, time::Duration};

/// The kind of the job.
pub(crate) const KIND: &str = "measure.attribution";
pub(crate) const DAY_US: i64 = 86_400_000_000;
/// Rows of credit written in one transaction.
const ROWS_A_WRITE: usize = 600;

/// What the job is to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Order {
    /// As it was when the runs were asked for.
    pub(crate) definition: Definition,
    pub(crate) campaign: Option<Id>,
    pub(crate) channels: Vec<String>,
    pub(crate) runs: Vec<Id>,
}

/// Makes attribution runs.
pub(crate) struct Attribute {
    host: Host,
}

impl Attribute {
    /// A handler on this host.
    pub(crate) fn new(host: &Host) -> Self {
        Self { host: host.clone() }
    }
}

#[async_trait]
impl JobHandler for Attribute {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, job: &mut JobRun) -> Result<Step, JobFailure> {
        match work(&self.host, job).await {
            Ok(done) => Ok(Step::Done(done)),
            Err(MeasureError::Stopped) => Ok(Step::Again(Duration::ZERO)),
            Err(cause @ (MeasureError::TooLarge { .. } | MeasureError::Missing(_) | MeasureError::Invalid { .. })) => {
                let problem = Problem::from(cause);
                fail_all(&self.host, job, &problem.detail).await?;
                Err(JobFailure::permanent(problem))
            }
            Err(cause) => Err(Problem::from(cause).into()),
        }
    }
}

async fn work(host: &Host, job: &mut JobRun) -> Result<serde_json::Value, MeasureError> {
    let order: Order = job.payload()?;
    let ws = job.workspace;
    let runs = waiting(host, ws, &order.runs).await?;
    let Some(first) = runs.first() else { return Ok(serde_json::json!({ "finished": 0 })) };
    let currency: Currency =
        first.currency.parse().map_err(|message: String| MeasureError::invalid("currency", message))?;
    let frame = Frame {
        start: first.starts_at,
        end: first.ends_at,
        window: order.definition.window_days.saturating_mul(DAY_US),
    };
    let zone = {
        let mut conn = host.store.read(ws).await?;
        home(&mut conn, ws).await?.zone
    };
    let wanted = Gathering {
        workspace: ws,
        definition: order.definition,
        campaign: order.campaign,
        channels: order.channels,
        frame,
        currency,
    };
    let asked = wanted.channels.clone();
    let gathered = gather(host, Waiting::Job(job), &wanted).await?;
    let (mut finished, mut failed) = (0, 0);
    for run in runs {
        if job.stop.is_cancelled() {
            return Err(MeasureError::Stopped);
        }
        match one(host, job, (&run, &asked), &gathered, &zone).await {
            Ok(()) => finished += 1,
            Err(Failed::Host(cause)) => return Err(cause),
            Err(Failed::Plugin(why)) => {
                fail(host, job.fence(), ws, run.id, why.to_string()).await?;
                failed += 1;
            }
        }
    }
    Ok(serde_json::json!({ "finished": finished, "failed": failed, "paths": gathered.totals.paths }))
}

async fn waiting(host: &Host, ws: WorkspaceId, ids: &[Id]) -> Result<Vec<Run>, MeasureError> {
    let mut conn = host.store.read(ws).await?;
    let mut runs = Vec::with_capacity(ids.len());
    for id in ids {
        let run = sql::run_find(&mut conn, ws, *id).await?.ok_or(MeasureError::Missing("attribution run"))?;
        if run.state == "waiting" || run.state == "running" {
            runs.push(run);
        }
    }
    Ok(runs)
}

/// One attribution; made once more where the installation's failure policy
/// says so.
async fn one(
    host: &Host,
    job: &JobRun,
    of: (&Run, &[String]),
    gathered: &Gathered,
    zone: &TimeZone,
) -> Result<(), Failed> {
    let mut again = false;
    let first = one_once(host, job, of, gathered, zone, (false, &mut again)).await;
    if again { one_once(host, job, of, gathered, zone, (true, &mut again)).await } else { first }
}

async fn one_once(
    host: &Host,
    job: &JobRun,
    (run, asked): (&Run, &[String]),
    gathered: &Gathered,
    zone: &TimeZone,
    (second, again): (bool, &mut bool),
) -> Result<(), Failed> {
    let ws = job.workspace;
    let (fence, id) = (job.fence(), run.id);
    host.store
        .write(ws, "measure.attribution", move |conn| {
            Box::pin(async move {
                fence.save(conn, &serde_json::Value::Null, 0, 0).await?;
                sql::run_begin(conn, ws, id).await
            })
        })
        .await?;
    let options = RunOptions { second, ..RunOptions::default() };
    let open = open_run_with(host, ws, run.installation, PluginKind::Attribution, options).await;
    let mut open = match open {
        Ok(open) => open,
        Err(rialto_plugins::Error::Run(why)) => return Err(Failed::Plugin(why)),
        Err(cause) => return fail(host, fence, ws, id, Problem::from(cause).detail).await.map_err(Failed::Host),
    };
    let settings = merged(&open.settings_json, &run.settings)?;
    let judged = judged(&mut open, &settings, gathered, zone).await;
    *again = matches!(&judged, Err(Failed::Plugin(why)) if open.once_more(why));
    let (component, version) = (open.digest.clone(), open.version);
    let judged = match judged {
        Ok(judged) => judged,
        Err(why) => {
            open.finish().await;
            return Err(why);
        }
    };
    open.finish_with_receipt(receipt_of(id, &settings, gathered, &judged)?).await;
    let rests = Rests { channels: asked.to_vec(), settings: run.settings.clone() };
    let outcome = outcome((version, &component), settings, gathered, &judged, &rests)?;
    keep(host, fence, ws, id, gathered, judged, outcome).await?;
    Ok(())
}

pub(crate) async fn judged(
    open: &mut OpenRun,
    settings: &str,
    gathered: &Gathered,
    zone: &TimeZone,
) -> Result<Judged, Failed> {
    let mut days: HashMap<i64, i64> = HashMap::new();
    // A local day begins at a quarter of an hour: what was found for one holds for all in it.
    let mut day = |at: i64| *days.entry(at.div_euclid(900_000_000)).or_insert_with(|| day_start(zone, at));
    judge(open, settings, &gathered.channels, &gathered.spooled, &gathered.totals, &mut day).await
}

/// The installation's settings, and over them the run's own.
pub(crate) fn merged(installation: &str, own: &str) -> Result<String, MeasureError> {
    let mut settings: serde_json::Map<String, serde_json::Value> = serde_json::from_str(installation)?;
    settings.extend(serde_json::from_str::<serde_json::Map<_, _>>(own)?);
    Ok(serde_json::to_string(&settings)?)
}

/// What the receipt of a run says of its settings, its paths and its answer.
fn receipt_of(run: Id, settings: &str, gathered: &Gathered, judged: &Judged) -> Result<ReceiptOf, MeasureError> {
    Ok(ReceiptOf {
        subject_kind: "attribution-run",
        subject: run,
        settings: settings.to_owned(),
        input: input_digest(gathered)?,
        output: judged.output.clone(),
    })
}

/// The SHA-256 of the paths and of the channels' names.
pub(crate) fn input_digest(gathered: &Gathered) -> Result<String, MeasureError> {
    let mut hash = Sha256::new();
    hash.update(serde_json::to_vec(&gathered.channels)?);
    hash.update(gathered.spooled.digest.as_bytes());
    Ok(hex::encode(hash.finalize()))
}

/// What a run rests on that its row does not say: kept beside its digests, to
/// make it again.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Rests {
    /// Only touches of these channels; empty for all.
    pub(crate) channels: Vec<String>,
    /// The run's own settings, a JSON object.
    pub(crate) settings: String,
}

impl Rests {
    /// What was kept with a run's digests.
    pub(crate) fn of(digests: &str) -> Result<Self, MeasureError> {
        let kept: serde_json::Value = serde_json::from_str(digests)?;
        let mut rests: Self = match kept.get("asked") {
            Some(asked) => serde_json::from_value(asked.clone())?,
            None => Self::default(),
        };
        if rests.settings.is_empty() {
            rests.settings = "{}".to_owned();
        }
        Ok(rests)
    }
}

fn outcome(
    (version, component): (Id, &str),
    settings: String,
    gathered: &Gathered,
    judged: &Judged,
    rests: &Rests,
) -> Result<Outcome, MeasureError> {
    let digests = serde_json::json!({
        "component": component,
        "settings": hex::encode(Sha256::digest(settings.as_bytes())),
        "channels": hex::encode(Sha256::digest(serde_json::to_vec(&gathered.channels)?)),
        "input": gathered.spooled.digest,
        "output": judged.output,
        "asked": rests,
    });
    Ok(Outcome {
        installation_version: version,
        settings,
        totals: gathered.totals,
        channels: serde_json::to_string(&channel_table(&gathered.channels, judged, &gathered.totals))?,
        patterns: serde_json::to_string(&gathered.patterns)?,
        drillable: judged.drillable,
        digests: digests.to_string(),
    })
}

/// Rows first, in steps; the run turns `finished` last, and only then are they read.
async fn keep(
    host: &Host,
    fence: Fence,
    ws: WorkspaceId,
    run: Id,
    gathered: &Gathered,
    judged: Judged,
    outcome: Outcome,
) -> Result<(), MeasureError> {
    let nothing = serde_json::Value::Null;
    loop {
        let nothing = nothing.clone();
        let cleared = host
            .store
            .write(ws, "measure.credit-clear", move |conn| {
                Box::pin(async move {
                    fence.save(conn, &nothing, 0, 0).await?;
                    sql::credit_clear(conn, ws, run, 1_000).await
                })
            })
            .await?;
        if cleared < 1_000 {
            break;
        }
    }
    let total = judged.rows.len();
    for (at, rows) in judged.rows.chunks(ROWS_A_WRITE).enumerate() {
        let (rows, nothing) = (rows.to_vec(), nothing.clone());
        let (channels, campaigns) = (gathered.channels.clone(), gathered.campaigns.clone());
        host.store
            .write(ws, "measure.credit", move |conn| {
                Box::pin(async move {
                    let first = at * ROWS_A_WRITE;
                    fence.save(conn, &nothing, first as u64, total as u64).await?;
                    sql::credit_insert(conn, ws, run, first, &rows, &channels, &campaigns).await
                })
            })
            .await?;
    }
    let now_us = host.now_us();
    host.store
        .write(ws, "measure.attribution", move |conn| {
            Box::pin(async move {
                fence.save(conn, &nothing, total as u64, total as u64).await?;
                sql::run_finish(conn, ws, run, &outcome, now_us).await
            })
        })
        .await
}

async fn fail(host: &Host, fence: Fence, ws: WorkspaceId, run: Id, why: String) -> Result<(), MeasureError> {
    let now_us = host.now_us();
    host.store
        .write(ws, "measure.attribution", move |conn| {
            Box::pin(async move {
                fence.save(conn, &serde_json::Value::Null, 0, 0).await?;
                sql::run_fail(conn, ws, run, &why, now_us).await
            })
        })
        .await
}

async fn fail_all(host: &Host, job: &JobRun, why: &str) -> Result<(), MeasureError> {
    let order: Order = job.payload()?;
    for run in order.runs {
        fail(host, job.fence(), job.workspace, run, why.to_owned()).await?;
    }
    Ok(())
}
