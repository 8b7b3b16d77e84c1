//! Asking for attribution runs, and reading what came of them.

use super::{
    Run, credit, job,
    job::Order,
    pattern::PathsShown,
    sql,
    view::{ChannelCompared, ChannelShown, NewModel, NewRuns, RunHead, RunShown, RunsCompared, RunsStarted},
};
use crate::{
    MeasureError,
    conversion::{self, Definition},
    query::{Answer, Question, answer, home},
};
use rialto_jobs::{NewJob, enqueue};
use rialto_kernel::{Currency, Id, Money, WorkspaceId, from_micros};
use rialto_slice::Host;
use rialto_store::{Conn, sql as statement};
use rialto_web::Caller;

/// The most models side by side in one request.
pub const MODELS_MAX: usize = 12;
/// The most channels a request may name.
const CHANNELS_NAMED_MAX: usize = 200;
const LABEL_CHARS_MAX: usize = 60;
const SETTINGS_BYTES_MAX: usize = 16 * 1024;

/// Ask for runs. They share one job and one set of paths.
///
/// # Errors
/// When a field is wrong or the store fails.
pub async fn start(host: &Host, caller: &Caller, new: NewRuns) -> Result<RunsStarted, MeasureError> {
    check(&new)?;
    let ws = caller.workspace;
    let (definition, home) = {
        let mut conn = host.store.read(ws).await?;
        let definition = definition(&mut conn, &new.conversion, ws).await?;
        if let Some(campaign) = new.campaign {
            campaign_must_be(&mut conn, ws, campaign, &definition).await?;
        }
        (definition, home(&mut conn, ws).await?)
    };
    let (job_id, now_us) = (host.id(), host.now_us());
    let mut runs = Vec::with_capacity(new.models.len());
    for (at, model) in new.models.iter().enumerate() {
        runs.push(row(host, caller, &new, at, model, &definition, home.currency, (job_id, now_us)).await?);
    }
    let order = Order {
        definition,
        campaign: new.campaign,
        channels: new.channels,
        runs: runs.iter().map(|run| run.id).collect(),
    };
    let payload = serde_json::to_value(&order)?;
    let kept = runs.clone();
    host.store
        .write(ws, "measure.attribution", move |conn| {
            Box::pin(async move {
                for run in &kept {
                    sql::run_insert(conn, ws, run, now_us).await?;
                }
                enqueue(conn, job_id, now_us, NewJob::new(ws, job::KIND, payload, now_us)).await?;
                Ok::<_, MeasureError>(())
            })
        })
        .await?;
    Ok(RunsStarted { job: job_id, runs: runs.into_iter().map(shown).collect::<Result<_, _>>()? })
}

#[allow(clippy::too_many_arguments, reason = "one row from all that a request says")]
async fn row(
    host: &Host,
    caller: &Caller,
    new: &NewRuns,
    at: usize,
    model: &NewModel,
    definition: &Definition,
    currency: Currency,
    (job, now_us): (Id, i64),
) -> Result<Run, MeasureError> {
    let mut conn = host.store.read(caller.workspace).await?;
    let installation = rialto_plugins::installation_find(&mut conn, caller.workspace, model.installation)
        .await
        .map_err(|cause| MeasureError::Other(cause.into()))?
        .ok_or_else(|| MeasureError::invalid(format!("models.{at}.installation"), "there is no such installation"))?;
    let version = installation.active_version.ok_or_else(|| {
        MeasureError::invalid(format!("models.{at}.installation"), "it has no active version: approve and activate one")
    })?;
    let settings = serde_json::to_string(&model.settings)?;
    if settings.len() > SETTINGS_BYTES_MAX {
        return Err(MeasureError::invalid(format!("models.{at}.settings"), "is too large"));
    }
    let fallback = installation.name.trim_start_matches("attribution-").to_owned();
    let named = model.label.clone().or_else(|| {
        let own: serde_json::Value = serde_json::from_str(&installation.settings).ok()?;
        let setting = model.settings.get("model").or_else(|| own.get("model"))?;
        setting.as_str().map(str::to_owned)
    });
    Ok(Run {
        id: host.id(),
        installation: installation.id,
        installation_version: version,
        model: named.unwrap_or(fallback).chars().take(LABEL_CHARS_MAX).collect(),
        settings,
        conversion_definition: definition.id,
        campaign: new.campaign,
        starts_at: new.start.as_microsecond(),
        ends_at: new.end.as_microsecond(),
        state: "waiting".to_owned(),
        job: Some(job),
        currency: currency.code().to_owned(),
        paths: 0,
        touches: 0,
        conversions: 0,
        value_minor: 0,
        untouched: 0,
        untouched_value_minor: 0,
        channels: "[]".to_owned(),
        drillable: false,
        digests: "{}".to_owned(),
        error: None,
        created_by: caller.actor.to_string(),
        created_at: now_us,
        finished_at: None,
    })
}

fn check(new: &NewRuns) -> Result<(), MeasureError> {
    if new.start >= new.end {
        return Err(MeasureError::invalid("end", "must be after `start`"));
    }
    if new.models.is_empty() || new.models.len() > MODELS_MAX {
        return Err(MeasureError::invalid("models", format!("name 1 to {MODELS_MAX} models")));
    }
    if new.channels.len() > CHANNELS_NAMED_MAX {
        return Err(MeasureError::invalid("channels", format!("name at most {CHANNELS_NAMED_MAX}")));
    }
    for (at, model) in new.models.iter().enumerate() {
        if model.label.as_ref().is_some_and(|l| l.trim().is_empty() || l.chars().count() > LABEL_CHARS_MAX) {
            let field = format!("models.{at}.label");
            return Err(MeasureError::invalid(field, format!("use 1 to {LABEL_CHARS_MAX} characters")));
        }
    }
    Ok(())
}

async fn definition(conn: &mut Conn, wanted: &str, ws: WorkspaceId) -> Result<Definition, MeasureError> {
    let found = match wanted.parse::<Id>() {
        Ok(id) => conversion::sql::definition_find(conn, ws, id).await?,
        Err(_) => conversion::sql::definition_by_code(conn, ws, wanted).await?,
    };
    found.ok_or_else(|| MeasureError::invalid("conversion", "there is no such conversion definition"))
}

async fn campaign_must_be(
    conn: &mut Conn,
    ws: WorkspaceId,
    campaign: Id,
    definition: &Definition,
) -> Result<(), MeasureError> {
    let found: Option<(Id,)> = statement("SELECT id FROM campaign WHERE workspace = $1 AND id = $2")
        .bind(ws)
        .bind(campaign)
        .fetch_optional(conn)
        .await?;
    if found.is_none() {
        return Err(MeasureError::invalid("campaign", "there is no such campaign"));
    }
    if !definition.rule.knows_campaigns() {
        return Err(MeasureError::invalid("campaign", "this conversion definition does not tell campaigns apart"));
    }
    Ok(())
}

/// One run.
///
/// # Errors
/// When it is not there.
pub async fn find(host: &Host, ws: WorkspaceId, id: Id) -> Result<RunShown, MeasureError> {
    let mut conn = host.store.read(ws).await?;
    shown(sql::run_find(&mut conn, ws, id).await?.ok_or(MeasureError::Missing("attribution run"))?)
}

/// Runs, newest first.
///
/// # Errors
/// When the store fails.
pub async fn list(host: &Host, ws: WorkspaceId, before: Option<Id>, limit: u32) -> Result<Vec<RunShown>, MeasureError> {
    let mut conn = host.store.read(ws).await?;
    sql::run_list(&mut conn, ws, before, limit).await?.into_iter().map(shown).collect()
}

/// A run's credit by channel, campaign or day: the metrics catalogue's answer.
///
/// # Errors
/// When the run is not there or not finished, or cannot be followed so far.
pub async fn credit_by(host: &Host, caller: &Caller, id: Id, by: &str, value: bool) -> Result<Answer, MeasureError> {
    let ws = caller.workspace;
    let mut conn = host.store.read(ws).await?;
    let run = sql::run_find(&mut conn, ws, id).await?.ok_or(MeasureError::Missing("attribution run"))?;
    if run.state != "finished" {
        return Err(MeasureError::State { code: "not-finished", detail: format!("the run is {}", run.state) });
    }
    if !["channel", "campaign", "day"].contains(&by) {
        return Err(MeasureError::invalid("by", "use channel, campaign or day"));
    }
    if by != "channel" && !run.drillable {
        let detail = format!("the model `{}` credits channels and cannot be followed to single touches", run.model);
        return Err(MeasureError::State { code: "not-drillable", detail });
    }
    let metric = if value { "attributed-revenue" } else { "attributed-conversions" };
    let question = Question { currency: Some(run.currency), ..Question::of(metric).by(by).only("run", id) };
    answer(&mut conn, ws, caller.locale, &question, false).await
}

/// Which ways a finished run's paths went.
///
/// # Errors
/// When it is not there, not finished, or made before ways were counted.
pub async fn paths(host: &Host, ws: WorkspaceId, id: Id) -> Result<PathsShown, MeasureError> {
    let mut conn = host.store.read(ws).await?;
    let run = sql::run_find(&mut conn, ws, id).await?.ok_or(MeasureError::Missing("attribution run"))?;
    if run.state != "finished" {
        return Err(MeasureError::State { code: "not-finished", detail: format!("the run is {}", run.state) });
    }
    let Some(kept) = sql::run_patterns(&mut conn, ws, id).await? else {
        let detail = "the run was made before ways were counted: start it again".to_owned();
        return Err(MeasureError::State { code: "not-counted", detail });
    };
    let currency = run.currency.parse().map_err(|message: String| MeasureError::invalid("currency", message))?;
    let patterns = serde_json::from_str(&kept)?;
    Ok(PathsShown::of(patterns, run.untouched, run.untouched_value_minor, currency))
}

/// Several finished runs side by side.
///
/// # Errors
/// When one is not there or not finished.
pub async fn compare(host: &Host, ws: WorkspaceId, ids: &[Id]) -> Result<RunsCompared, MeasureError> {
    let mut runs = Vec::with_capacity(ids.len());
    for id in ids {
        let run = find(host, ws, *id).await?;
        if run.state != "finished" {
            let detail = format!("the run of `{}` is {}", run.model, run.state);
            return Err(MeasureError::State { code: "not-finished", detail });
        }
        runs.push(run);
    }
    let mut names: Vec<&String> = runs.iter().flat_map(|run| run.channels.iter().map(|c| &c.channel)).collect();
    names.sort_unstable();
    names.dedup();
    let channels = names.into_iter().map(|name| compared(name, &runs)).collect();
    let inputs: Vec<_> = runs.iter().map(|run| run.digests.get("input")).collect();
    let same_paths = inputs.windows(2).all(|pair| pair[0].is_some() && pair[0] == pair[1]);
    let head = |run: &RunShown| RunHead {
        id: run.id,
        model: run.model.clone(),
        conversions: run.conversions,
        value: run.value,
    };
    Ok(RunsCompared { runs: runs.iter().map(head).collect(), same_paths, channels })
}

fn compared(name: &str, runs: &[RunShown]) -> ChannelCompared {
    let of = |run: &RunShown| run.channels.iter().find(|c| c.channel == name).cloned();
    let found: Vec<Option<ChannelShown>> = runs.iter().map(of).collect();
    let shares: Vec<f64> = found.iter().map(|c| c.as_ref().map_or(0.0, |c| c.share)).collect();
    let most = shares.iter().copied().fold(f64::MIN, f64::max);
    let least = shares.iter().copied().fold(f64::MAX, f64::min);
    ChannelCompared {
        channel: name.to_owned(),
        conversions: found.iter().map(|c| c.as_ref().map_or(0.0, |c| c.conversions)).collect(),
        value_minor: found.iter().map(|c| c.as_ref().map_or(0, |c| c.value_minor)).collect(),
        shares,
        spread: most - least,
    }
}

pub(crate) fn shown(run: Run) -> Result<RunShown, MeasureError> {
    let currency: Currency =
        run.currency.parse().map_err(|message: String| MeasureError::invalid("currency", message))?;
    let money = |minor| Money { minor, currency };
    let mut channels: Vec<ChannelShown> = serde_json::from_str(&run.channels)?;
    channels.sort_by(|a, b| b.conversions_micro.cmp(&a.conversions_micro).then(a.channel.cmp(&b.channel)));
    Ok(RunShown {
        id: run.id,
        model: run.model,
        installation: run.installation,
        installation_version: run.installation_version,
        settings: serde_json::from_str(&run.settings)?,
        conversion: run.conversion_definition,
        campaign: run.campaign,
        start: from_micros(run.starts_at).to_string(),
        end: from_micros(run.ends_at).to_string(),
        state: run.state,
        job: run.job,
        paths: run.paths,
        touches: run.touches,
        conversions: run.conversions,
        value: money(run.value_minor),
        untouched: run.untouched,
        untouched_value: money(run.untouched_value_minor),
        drillable: run.drillable,
        channels,
        digests: serde_json::from_str(&run.digests)?,
        error: run.error,
        created_by: run.created_by,
        created_at: from_micros(run.created_at).to_string(),
        finished_at: run.finished_at.map(|us| from_micros(us).to_string()),
    })
}

/// The table of channels as it is kept with a run.
#[allow(clippy::cast_precision_loss, reason = "shares are for reading")]
pub(crate) fn channel_table(
    names: &[String],
    judged: &super::model::Judged,
    totals: &super::batch::Totals,
) -> Vec<ChannelShown> {
    let share = |part: i64, whole: i64| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
    names
        .iter()
        .zip(judged.channels.iter().zip(&judged.credits.conversions))
        .map(|(name, (credit, conversions))| ChannelShown {
            channel: name.clone(),
            conversions: *conversions,
            conversions_micro: credit.conversions_micro,
            share: share(credit.conversions_micro, totals.conversions.saturating_mul(credit::MICRO)),
            value_minor: credit.value_minor,
            value_share: share(credit.value_minor, totals.value_minor),
            touches: credit.touches,
            people: credit.people,
        })
        .collect()
}
