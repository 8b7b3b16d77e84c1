//! The job of a report run: one run of the plugin with the catalogue as its
//! only door, then its document kept whole or not at all.

use super::{
    Run,
    sql::{self, Outcome},
};
use crate::{CatalogueDoor, MeasureError};
use async_trait::async_trait;
use rialto_contract::report::{Document, build};
use rialto_jobs::{Fence, JobFailure, JobHandler, JobRun, Step};
use rialto_kernel::{Id, Problem, WorkspaceId};
use rialto_plugin_host::{Doors, PluginKind};
use rialto_plugins::{ReceiptOf, RunOptions, open_run_with};
use rialto_slice::Host;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// The kind of the job.
pub(crate) const KIND: &str = "measure.report";
const TITLE_CHARS_MAX: usize = 300;

/// Writes reports.
pub(crate) struct Write {
    host: Host,
}

impl Write {
    /// A handler on this host.
    pub(crate) fn new(host: &Host) -> Self {
        Self { host: host.clone() }
    }
}

#[derive(Debug, Deserialize)]
struct Order {
    run: Id,
}

#[async_trait]
impl JobHandler for Write {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, job: &mut JobRun) -> Result<Step, JobFailure> {
        let order: Order = job.payload()?;
        let (host, ws, fence) = (&self.host, job.workspace, job.fence());
        let run = {
            let mut conn = host.store.read(ws).await?;
            sql::run_find(&mut conn, ws, order.run).await?.ok_or(MeasureError::Missing("report run"))?
        };
        if run.state == "waiting" {
            match write(host, ws, &run).await? {
                Ok(outcome) => finish(host, fence, ws, run.id, outcome).await?,
                Err(why) => fail(host, fence, ws, run.id, why).await?,
            }
        }
        Ok(Step::Done(serde_json::json!({ "run": order.run })))
    }
}

/// The document, or why the plugin has none to give; made once more where the
/// installation's failure policy says so.
async fn write(host: &Host, ws: WorkspaceId, run: &Run) -> Result<Result<Outcome, String>, MeasureError> {
    let mut again = false;
    let first = write_once(host, ws, run, false, &mut again).await;
    if again { write_once(host, ws, run, true, &mut again).await } else { first }
}

async fn write_once(
    host: &Host,
    ws: WorkspaceId,
    run: &Run,
    second: bool,
    again: &mut bool,
) -> Result<Result<Outcome, String>, MeasureError> {
    let locale = run.locale.parse().unwrap_or_default();
    let doors = Doors { query: Some(Arc::new(CatalogueDoor::new(host, ws, locale))), ..Doors::default() };
    let options = RunOptions { doors, second, ..RunOptions::default() };
    let mut open = match open_run_with(host, ws, run.installation, PluginKind::Report, options).await {
        Ok(open) => open,
        Err(cause) => {
            let problem = Problem::from(cause);
            return match problem.status {
                503 => Err(MeasureError::Plugin(problem)),
                _ => Ok(Err(problem.detail)),
            };
        }
    };
    let settings = open.settings_json.clone();
    let built = build(&mut open.run, &settings, &run.locale, &run.parameters).await;
    *again = built.as_ref().is_err_and(|why| open.once_more(why));
    let (component, version) = (open.digest.clone(), open.version);
    match built {
        Ok(mut document) => {
            open.finish_with_receipt(receipt_of(run, settings, &document)?).await;
            super::plan::add(host, ws, locale, &run.parameters, &mut document).await?;
            Ok(Ok(outcome(version, &component, run, &document)?))
        }
        Err(why) => {
            open.finish().await;
            Ok(Err(why.to_string()))
        }
    }
}

/// What the receipt of a report says of its settings, parameters and document,
/// as the plugin wrote it.
fn receipt_of(run: &Run, settings: String, document: &Document) -> Result<ReceiptOf, MeasureError> {
    Ok(ReceiptOf {
        subject_kind: "report-run",
        subject: run.id,
        settings,
        input: input_digest(run),
        output: hex::encode(Sha256::digest(serde_json::to_vec(document)?)),
    })
}

/// The SHA-256 of a report's parameters and language.
pub(crate) fn input_digest(run: &Run) -> String {
    let mut hash = Sha256::new();
    hash.update((run.locale.len() as u64).to_le_bytes());
    hash.update(run.locale.as_bytes());
    hash.update(run.parameters.as_bytes());
    hex::encode(hash.finalize())
}

fn outcome(version: Id, component: &str, run: &Run, document: &Document) -> Result<Outcome, MeasureError> {
    let json = serde_json::to_string(document)?;
    let digests = serde_json::json!({
        "component": component,
        "parameters": hex::encode(Sha256::digest(run.parameters.as_bytes())),
        "document": hex::encode(Sha256::digest(json.as_bytes())),
    });
    Ok(Outcome {
        installation_version: version,
        title: document.title.chars().take(TITLE_CHARS_MAX).collect(),
        document: json,
        digests: digests.to_string(),
    })
}

async fn finish(host: &Host, fence: Fence, ws: WorkspaceId, id: Id, outcome: Outcome) -> Result<(), MeasureError> {
    let now_us = host.now_us();
    host.store
        .write(ws, "measure.report", move |conn| {
            Box::pin(async move {
                fence.save(conn, &serde_json::Value::Null, 1, 1).await?;
                sql::run_finish(conn, ws, id, &outcome, now_us).await
            })
        })
        .await
}

async fn fail(host: &Host, fence: Fence, ws: WorkspaceId, id: Id, why: String) -> Result<(), MeasureError> {
    let now_us = host.now_us();
    host.store
        .write(ws, "measure.report", move |conn| {
            Box::pin(async move {
                fence.save(conn, &serde_json::Value::Null, 1, 1).await?;
                sql::run_fail(conn, ws, id, &why, now_us).await
            })
        })
        .await
}
