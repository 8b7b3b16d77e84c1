//! Verifying a receipt: is it as it was signed, and does the same come out
//! again? What differs is named; nothing of it is kept.

use crate::{
    CatalogueDoor, MeasureError,
    attribution::{
        gather::{Gathered, Gathering, Waiting, gather},
        job::{DAY_US, Rests, input_digest, judged, merged},
        model::Failed,
        path::Frame,
        sql as runs,
    },
    conversion,
    query::home,
    report::{job as reports, sql as report_runs},
};
use rialto_contract::report::build;
use rialto_kernel::{Currency, Id, Problem, WorkspaceId};
use rialto_plugin_host::{Doors, PluginKind};
use rialto_plugins::{OpenRun, Receipt, ReceiptDifference, RunOptions, open_run_with, receipt_of, receipt_rerun};
use rialto_slice::Host;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use utoipa::ToSchema;

/// Which receipt to verify: one of the two.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReceiptAsked {
    /// The receipt itself, as it was handed out.
    pub receipt: Option<Receipt>,
    /// The attribution run or report run whose receipt this host keeps.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub run: Option<Id>,
    /// Use the data, the settings and the version as they stand now, although
    /// the run is recorded.
    pub standing: bool,
}

/// What came of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReceiptCheck {
    /// The same came out, and nothing is otherwise than the receipt says.
    pub verified: bool,
    /// Where what it was made from came from: `recorder`, `standing` (as things
    /// stand now), or `none`, where the receipt itself does not hold.
    pub from: String,
    /// `attribution-run` or `report-run`.
    pub subject_kind: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    pub subject: Id,
    /// What is otherwise, by name.
    pub differences: Vec<ReceiptDifference>,
}

impl ReceiptCheck {
    fn of(receipt: &Receipt, from: &str, differences: Vec<ReceiptDifference>) -> Self {
        Self {
            verified: differences.is_empty(),
            from: from.to_owned(),
            subject_kind: receipt.subject_kind.clone(),
            subject: receipt.subject,
            differences,
        }
    }
}

/// Verify a receipt.
///
/// # Errors
/// When there is none, or nothing can be run now.
pub async fn receipt_check(host: &Host, ws: WorkspaceId, asked: ReceiptAsked) -> Result<ReceiptCheck, MeasureError> {
    let receipt = match (asked.receipt, asked.run) {
        (Some(receipt), None) => receipt,
        (None, Some(run)) => receipt_of(host, ws, run).await.map_err(other)?,
        _ => return Err(MeasureError::invalid("receipt", "give the receipt, or `run`: one of the two")),
    };
    if !receipt.is_intact(&host.keys) {
        let found = "it was changed since, or another host made it";
        let differs = vec![ReceiptDifference::of("receipt", "signed by this host", found)];
        return Ok(ReceiptCheck::of(&receipt, "none", differs));
    }
    if receipt.workspace != ws.0 {
        return Err(MeasureError::Missing("receipt"));
    }
    let mut differs = receipt.against_host(host);
    if !asked.standing
        && let Some(found) = receipt_rerun(host, ws, &receipt).await.map_err(other)?
    {
        differs.extend(found);
        return Ok(ReceiptCheck::of(&receipt, "recorder", differs));
    }
    differs.extend(match receipt.subject_kind.as_str() {
        "attribution-run" => attribution(host, ws, &receipt).await?,
        _ => report(host, ws, &receipt).await?,
    });
    Ok(ReceiptCheck::of(&receipt, "standing", differs))
}

fn other(cause: rialto_plugins::Error) -> MeasureError {
    match cause {
        rialto_plugins::Error::Unknown(what) => MeasureError::Missing(what),
        cause => MeasureError::Other(Problem::from(cause)),
    }
}

/// A run of the version that serves, with the time and the randomness of the
/// receipt's.
async fn opened(
    host: &Host,
    ws: WorkspaceId,
    (receipt, kind): (&Receipt, PluginKind),
    doors: Doors,
) -> Result<OpenRun, MeasureError> {
    let (at_us, seed) = (Some(receipt.at_us), receipt.seed());
    // A repetition: never a canary's candidate.
    let options = RunOptions { doors, at_us, seed, second: true, ..RunOptions::default() };
    open_run_with(host, ws, receipt.installation, kind, options).await.map_err(other)
}

fn failed(receipt: &Receipt, why: String) -> ReceiptDifference {
    ReceiptDifference::of("output", receipt.output.clone(), why)
}

async fn attribution(host: &Host, ws: WorkspaceId, receipt: &Receipt) -> Result<Vec<ReceiptDifference>, MeasureError> {
    let (run, definition, zone) = {
        let mut conn = host.store.read(ws).await?;
        let run = runs::run_find(&mut conn, ws, receipt.subject).await?;
        let run = run.ok_or(MeasureError::Missing("attribution run"))?;
        let definition = conversion::sql::definition_find(&mut conn, ws, run.conversion_definition).await?;
        (run, definition.ok_or(MeasureError::Missing("conversion definition"))?, home(&mut conn, ws).await?.zone)
    };
    let rests = Rests::of(&run.digests)?;
    let currency: Currency =
        run.currency.parse().map_err(|message: String| MeasureError::invalid("currency", message))?;
    let window = definition.window_days.saturating_mul(DAY_US);
    let wanted = Gathering {
        workspace: ws,
        definition,
        campaign: run.campaign,
        channels: rests.channels,
        frame: Frame { start: run.starts_at, end: run.ends_at, window },
        currency,
    };
    let gathered: Gathered = gather(host, Waiting::Caller(host.id()), &wanted).await?;
    let mut open = opened(host, ws, (receipt, PluginKind::Attribution), Doors::default()).await?;
    let settings = merged(&open.settings_json, &rests.settings)?;
    let again = judged(&mut open, &settings, &gathered, &zone).await;
    let component = open.digest.clone();
    open.finish().await;
    let (output, why) = match again {
        Ok(judged) => (judged.output, None),
        Err(Failed::Plugin(why)) => (receipt.output.clone(), Some(why.to_string())),
        Err(Failed::Host(cause)) => return Err(cause),
    };
    let mut differs = receipt.against(&settings, &input_digest(&gathered)?, &output, &component);
    differs.extend(why.map(|why| failed(receipt, why)));
    Ok(differs)
}

async fn report(host: &Host, ws: WorkspaceId, receipt: &Receipt) -> Result<Vec<ReceiptDifference>, MeasureError> {
    let run = {
        let mut conn = host.store.read(ws).await?;
        report_runs::run_find(&mut conn, ws, receipt.subject).await?.ok_or(MeasureError::Missing("report run"))?
    };
    let locale = run.locale.parse().unwrap_or_default();
    let doors = Doors { query: Some(Arc::new(CatalogueDoor::new(host, ws, locale))), ..Doors::default() };
    let mut open = opened(host, ws, (receipt, PluginKind::Report), doors).await?;
    let (settings, component) = (open.settings_json.clone(), open.digest.clone());
    let built = build(&mut open.run, &settings, &run.locale, &run.parameters).await;
    let closed = open.finish().await;
    let (output, why) = match built {
        Ok(document) => (hex::encode(Sha256::digest(serde_json::to_vec(&document)?)), None),
        Err(why) => (receipt.output.clone(), Some(why.to_string())),
    };
    let mut differs = receipt.against(&settings, &reports::input_digest(&run), &output, &component);
    differs.extend(receipt.against_calls(&closed.record));
    differs.extend(why.map(|why| failed(receipt, why)));
    Ok(differs)
}
