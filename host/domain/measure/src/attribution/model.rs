//! One model at work over spooled paths: start, observe every batch, credit,
//! and, where it can, split every batch. Nothing is kept of a model that fails.

use super::{
    batch::{Batch, SpoolReader, SpooledPaths, Totals},
    credit::{ChannelCredit, CreditRow, Ledger},
};
use crate::MeasureError;
use rialto_contract::{
    Ahead, RunError,
    attribution::{Credits, Fit, Prepared, batches},
};
use rialto_plugin_host::Limits;
use rialto_plugins::OpenRun;
use sha2::{Digest as _, Sha256};

/// What a model made of the paths.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) credits: Credits,
    pub(crate) channels: Vec<ChannelCredit>,
    pub(crate) rows: Vec<CreditRow>,
    pub(crate) drillable: bool,
    /// The SHA-256 of what the model answered.
    pub(crate) output: String,
}

/// Why a model made nothing of them.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The plugin's doing: the run of the model fails, the others go on.
    Plugin(RunError),
    /// Ours: try again.
    Host(MeasureError),
}

impl From<RunError> for Failed {
    fn from(why: RunError) -> Self {
        Self::Plugin(why)
    }
}

impl From<MeasureError> for Failed {
    fn from(why: MeasureError) -> Self {
        Self::Host(why)
    }
}

/// Have an opened model judge the paths. `day` gives the first instant of an
/// instant's local day.
pub(crate) async fn judge(
    open: &mut OpenRun,
    settings: &str,
    channels: &[String],
    spooled: &SpooledPaths,
    totals: &Totals,
    day: &mut (dyn FnMut(i64) -> i64 + Send),
) -> Result<Judged, Failed> {
    let limits = open.run.limits().clone();
    let mut fit = Fit::start(&mut open.run, settings, channels.to_vec()).await?;
    let mut prepared = cut(spooled.reader()?, &limits, Some(channels.len()));
    while let Some(batch) = prepared.next().await? {
        for part in batch?.1 {
            fit.observe(part).await?;
        }
    }
    let credits = fit.credit().await?;
    let drillable = fit.can_split();
    let mut ledger = Ledger::new(channels.len(), drillable);
    let mut output = Sha256::new();
    digest(&mut output, &credits.conversions);
    digest(&mut output, &credits.value);
    let mut prepared = cut(spooled.reader()?, &limits, drillable.then_some(channels.len()));
    while let Some(batch) = prepared.next().await? {
        let (batch, parts) = batch?;
        let weights = match drillable {
            true => Some(split(&mut fit, parts, &mut output).await?),
            false => None,
        };
        ledger.take(&batch, weights.as_deref(), &mut *day);
        if ledger.is_over() {
            let limit = super::credit::CELLS_MAX as u64;
            let remedy = "choose a shorter span, or fewer channels";
            return Err(MeasureError::TooLarge { limit: "credit-rows", value: limit, remedy }.into());
        }
    }
    fit.close().await?;
    let (shared, rows) = ledger.share(totals, &credits.conversions, &credits.value);
    Ok(Judged { credits, channels: shared, rows, drillable, output: hex::encode(output.finalize()) })
}

/// Batches as they were spooled, read ahead of the model; and, for a model of so
/// many channels, cut within its bounds and looked through.
fn cut(
    reader: SpoolReader,
    limits: &Limits,
    channels: Option<usize>,
) -> Ahead<impl Iterator<Item = Result<(Batch, Vec<Prepared>), Failed>> + Send + 'static> {
    let limits = limits.clone();
    Ahead::new(reader.map(move |batch| {
        let batch = batch.map_err(MeasureError::from)?;
        let parts = match channels {
            Some(count) => {
                batches(&batch.paths, &limits).map(|part| Prepared::of(part, count)).collect::<Result<_, _>>()?
            }
            None => Vec::new(),
        };
        Ok((batch, parts))
    }))
}

async fn split(fit: &mut Fit<'_>, parts: Vec<Prepared>, output: &mut Sha256) -> Result<Vec<f64>, RunError> {
    let mut weights = Vec::new();
    for part in parts {
        weights.extend(fit.split(part).await?);
    }
    digest(output, &weights);
    Ok(weights)
}

fn digest(hash: &mut Sha256, column: &[f64]) {
    hash.update((column.len() as u64).to_le_bytes());
    for value in column {
        hash.update(value.to_le_bytes());
    }
}
