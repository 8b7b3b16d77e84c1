//! Asking for lift runs, and what one computes.

use super::{
    job,
    matched::matched,
    people::{Outcome, Sides, sides_of_campaign, sides_of_experiment, study},
    randomised::randomised,
    say::sentence,
    sql::{self, Run},
    study::Study,
    view::{Design, Group, LiftResult, LiftShown, Method, Naive, NewLift},
};
use crate::{
    MeasureError,
    conversion::{self, Definition},
    lift::interval::LEVEL,
    query::home,
};
use rialto_audience::experiment::{ExperimentScope, experiment_find};
use rialto_identity::{AuditEntry, audit};
use rialto_jobs::{NewJob, enqueue};
use rialto_kernel::{Id, WorkspaceId, from_micros, to_micros};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::Caller;
use serde_json::json;

/// Ask for a lift run.
///
/// # Errors
/// When a field is wrong, nothing can be known yet, or the store fails.
pub(crate) async fn start(host: &Host, caller: &Caller, new: NewLift) -> Result<LiftShown, MeasureError> {
    let ws = caller.workspace;
    let run = {
        let mut conn = host.store.read(ws).await?;
        planned(host, &mut conn, caller, new).await?
    };
    let (kept, now_us) = (run.clone(), host.now_us());
    let (job_id, payload) = (run.job.unwrap_or_else(|| host.id()), json!({ "run": run.id }));
    let entry = AuditEntry::new(host, caller, "measure.lift", "lift_run", run.id)
        .detail(json!({ "campaign": run.campaign, "experiment": run.experiment }));
    host.store
        .write(ws, "measure.lift", move |conn| {
            Box::pin(async move {
                sql::run_insert(conn, ws, &kept).await?;
                enqueue(conn, job_id, now_us, NewJob::new(ws, job::KIND, payload, now_us)).await?;
                Ok::<_, MeasureError>(audit(conn, &entry).await?)
            })
        })
        .await?;
    run.shown()
}

async fn planned(host: &Host, conn: &mut Conn, caller: &Caller, new: NewLift) -> Result<Run, MeasureError> {
    let ws = caller.workspace;
    let (begin, end, experiment) = subject(conn, ws, &new).await?;
    let remedy = "give the campaign a window, or name `start` and `end`";
    let start = new.start.map(to_micros).or(begin).ok_or_else(|| MeasureError::invalid("start", remedy))?;
    let end = new.end.map(to_micros).or(end).ok_or_else(|| MeasureError::invalid("end", remedy))?;
    if start >= end {
        return Err(MeasureError::invalid("end", "must be after `start`"));
    }
    let now = host.now_in(ws);
    if start > now {
        let detail =
            format!("the window begins at {}, after the workspace's present: nothing is known yet", from_micros(start));
        return Err(MeasureError::State { code: "not-yet-known", detail });
    }
    let conversion = match &new.conversion {
        Some(wanted) => Some(definition(conn, ws, wanted).await?.id),
        None => None,
    };
    Ok(Run {
        id: host.id(),
        campaign: new.campaign,
        experiment,
        conversion,
        starts_at: start,
        ends_at: end,
        state: "waiting".to_owned(),
        job: Some(host.id()),
        result: None,
        error: None,
        created_by: caller.actor.to_string(),
        created_at: now,
        finished_at: None,
    })
}

/// The window and the experiment of what is asked about.
async fn subject(
    conn: &mut Conn,
    ws: WorkspaceId,
    new: &NewLift,
) -> Result<(Option<i64>, Option<i64>, Option<Id>), MeasureError> {
    match (new.campaign, new.experiment) {
        (Some(campaign), None) => {
            let found = sql::campaign_find(conn, ws, campaign).await?;
            let (start, end, experiment, _) =
                found.ok_or_else(|| MeasureError::invalid("campaign", "there is no such campaign"))?;
            Ok((start, end, held(conn, ws, experiment).await?))
        }
        (None, Some(experiment)) => {
            let found = experiment_find(conn, ws, experiment).await;
            let found = found.map_err(|_| MeasureError::invalid("experiment", "there is no such experiment"))?;
            let Some(held) = held(conn, ws, Some(experiment)).await? else {
                return Err(MeasureError::invalid(
                    "experiment",
                    "no arm of it is held out: there is nothing to compare with",
                ));
            };
            let wide = found.scope == ExperimentScope::Workspace;
            let at = |at: Option<jiff::Timestamp>| at.filter(|_| wide).map(to_micros);
            Ok((at(found.starts_at), at(found.ends_at), Some(held)))
        }
        _ => Err(MeasureError::invalid("campaign", "name a campaign or an experiment, one of the two")),
    }
}

/// The experiment, if one of its arms is held out.
async fn held(conn: &mut Conn, ws: WorkspaceId, experiment: Option<Id>) -> Result<Option<Id>, MeasureError> {
    let Some(id) = experiment else { return Ok(None) };
    let found = experiment_find(conn, ws, id).await.map_err(|cause| MeasureError::Other(cause.into()))?;
    Ok(found.arms.iter().any(|arm| arm.held_out).then_some(id))
}

async fn definition(conn: &mut Conn, ws: WorkspaceId, wanted: &str) -> Result<Definition, MeasureError> {
    let found = match wanted.parse::<Id>() {
        Ok(id) => conversion::sql::definition_find(conn, ws, id).await?,
        Err(_) => conversion::sql::definition_by_code(conn, ws, wanted).await?,
    };
    found.ok_or_else(|| MeasureError::invalid("conversion", "there is no such conversion definition"))
}

/// One run.
///
/// # Errors
/// When it is not there.
pub(crate) async fn find(host: &Host, ws: WorkspaceId, id: Id) -> Result<LiftShown, MeasureError> {
    let mut conn = host.store.read(ws).await?;
    sql::run_find(&mut conn, ws, id).await?.ok_or(MeasureError::Missing("lift run"))?.shown()
}

/// Runs, newest first.
///
/// # Errors
/// When the store fails.
pub(crate) async fn list(
    host: &Host,
    ws: WorkspaceId,
    campaign: Option<Id>,
    before: Option<Id>,
    limit: u32,
) -> Result<Vec<LiftShown>, MeasureError> {
    let mut conn = host.store.read(ws).await?;
    sql::run_list(&mut conn, ws, campaign, before, limit).await?.into_iter().map(Run::shown).collect()
}

/// What the newest finished run of a campaign found; nothing where none was asked for.
///
/// # Errors
/// When the store fails.
pub async fn lift_latest(host: &Host, ws: WorkspaceId, campaign: Id) -> Result<Option<LiftResult>, MeasureError> {
    let mut conn = host.store.read(ws).await?;
    let found = sql::run_latest(&mut conn, ws, campaign).await?;
    Ok(found.map(|text| serde_json::from_str(&text)).transpose()?)
}

/// What a run reads before it computes.
#[derive(Debug)]
pub(crate) struct Read {
    outcome: Outcome,
    design: Design,
    window: (i64, i64),
    complete: bool,
    sides: Sides,
}

/// Who is on which side.
pub(crate) async fn read(host: &Host, conn: &mut Conn, ws: WorkspaceId, run: &Run) -> Result<Read, MeasureError> {
    let now = host.now_in(ws);
    let definition = match run.conversion {
        Some(id) => {
            let found = conversion::sql::definition_find(conn, ws, id).await?;
            Some(found.ok_or(MeasureError::Missing("conversion definition"))?)
        }
        None => None,
    };
    let outcome = Outcome { definition, currency: home(conn, ws).await?.currency };
    let (design, sides) = match (run.experiment, run.campaign) {
        (Some(experiment), campaign) => {
            let audience = match campaign {
                Some(campaign) => sql::campaign_find(conn, ws, campaign).await?.and_then(|row| row.3),
                None => None,
            };
            (Design::Randomised, sides_of_experiment(conn, ws, experiment, audience, now).await?)
        }
        (None, Some(campaign)) => (Design::Matched, sides_of_campaign(conn, ws, campaign, now).await?),
        (None, None) => return Err(MeasureError::Missing("campaign")),
    };
    let end = run.ends_at.min(now.saturating_add(1));
    Ok(Read { outcome, design, window: (run.starts_at, end), complete: end == run.ends_at, sides })
}

/// What came of it.
pub(crate) async fn found(conn: &mut Conn, ws: WorkspaceId, read: Read) -> Result<LiftResult, MeasureError> {
    let Read { outcome, design, window, complete, sides } = read;
    if window.0 >= window.1 {
        let detail = "the window has not begun by the workspace's clock: nothing is known yet".to_owned();
        return Err(MeasureError::State { code: "not-yet-known", detail });
    }
    let treated = sides.values().filter(|treated| **treated).count();
    if treated == 0 || treated == sides.len() {
        let (code, side) =
            if treated == 0 { ("nobody-treated", "was written to") } else { ("nobody-left", "was left out") };
        let detail = format!("nobody {side}: there is nothing to compare with");
        return Err(MeasureError::State { code, detail });
    }
    let study = study(conn, ws, &outcome, sides, window).await?;
    Ok(computed(&study, design, complete, outcome.currency.code()))
}

/// The figures of a study.
pub(crate) fn computed(study: &Study, design: Design, complete: bool, currency: &str) -> LiftResult {
    let other = if design == Design::Randomised { "held_out" } else { "others" };
    let groups = vec![group(study, true, "treated"), group(study, false, other)];
    let over = |of: fn(&Group) -> Option<f64>| {
        let [treated, others] = groups.as_slice() else { return None };
        let (top, bottom) = (of(treated)?, of(others)?);
        (bottom > 0.0).then_some(top / bottom)
    };
    let naive = Naive {
        ratio: over(|group| Some(group.value_per_person_minor)),
        ratio_before: over(|group| group.before_per_person_minor),
    };
    let by_lot = design == Design::Randomised;
    let mut result = LiftResult {
        design,
        currency: currency.to_owned(),
        level: LEVEL,
        periods_before: study.periods as u64,
        complete,
        groups,
        naive,
        randomised: if by_lot { randomised(study) } else { None },
        matched: if by_lot || study.periods == 0 { None } else { matched(study) },
        methods: methods(design),
        ..LiftResult::default()
    };
    result.sentence = sentence(&result);
    result
}

fn group(study: &Study, treated: bool, name: &str) -> Group {
    let value = study.moments(treated, |person| person.during.value);
    let converted = study.side(treated).filter(|person| person.during.times > 0.0).count() as u64;
    let before = study.moments(treated, |person| person.before[0].value);
    let people = study.side(treated).count() as u64;
    Group {
        group: name.to_owned(),
        people,
        converted,
        rate: converted as f64 / (people as f64).max(1.0),
        value_minor: study.side(treated).map(|person| person.during.value as i64).sum(),
        value_per_person_minor: value.mean,
        before_per_person_minor: (study.periods > 0).then_some(before.mean),
    }
}

fn methods(design: Design) -> Vec<Method> {
    let all: &[(&str, &str)] = match design {
        Design::Randomised => &[
            ("who is compared", "intention to treat: by the arm given, whether or not a message arrived"),
            ("difference of rates", "hybrid score: Newcombe 1998, Statistics in Medicine 17:873–890, method 10"),
            ("difference of means", "Welch 1947, Biometrika 34:28–35; degrees of freedom by Satterthwaite 1946"),
        ],
        Design::Matched => &[
            ("who is compared", "coarsened exact matching: Iacus, King, Porro 2012, Political Analysis 20:1–24"),
            ("change", "conditional difference-in-differences: Heckman, Ichimura, Todd 1997, REStud 64:605–654"),
            ("balance", "standardised mean differences: Stuart 2010, Statistical Science 25:1–21"),
        ],
    };
    all.iter().map(|(of, source)| Method { of: (*of).to_owned(), source: (*source).to_owned() }).collect()
}
