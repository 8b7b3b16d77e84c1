//! Running a tape again: the same entries in the same order, host calls
//! answered from the tape alone. There are no doors, so there are no effects.

use crate::{
    attribution::{Fit, Prepared},
    connector, recommender, report,
    tape::{Answered, Asked, Tape},
};
use rialto_kernel::{Id, WorkspaceId};
use rialto_plugin_host::{
    Grants, HostGrant, Inspection, LoadedPlugin, PluginHost, PluginKind, Run, RunError, RunRecord, RunRequest,
    capability::LogLine, recorder::BodyPolicy,
};

/// Bytes of state that are granted to a replay, where every answer is recorded.
const STATE_BYTES: u64 = 1 << 40;

/// One entry as it went this time.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplayedEntry {
    /// What it answered.
    pub answered: Option<Answered>,
    /// Why it answered nothing.
    pub error: Option<RunError>,
}

/// A tape as it went this time.
#[derive(Debug, Clone)]
pub struct Replayed {
    /// Its entries: as many as the tape's, or fewer when one ended the run.
    pub entries: Vec<ReplayedEntry>,
    /// Digests and costs; nothing when no instance came to be.
    pub record: Option<RunRecord>,
    /// Its log lines.
    pub logs: Vec<LogLine>,
    /// What ended it: what an entry ended with, or what came out at its end.
    pub error: Option<RunError>,
}

/// Everything a plugin's manifest wishes, so that all its imports are linked
/// in a replay, where nothing behind them is real.
#[must_use]
pub fn replay_grants(inspection: &Inspection) -> Grants {
    let wishes = &inspection.manifest.wishes;
    let stand_in = || HostGrant::https("replay.invalid");
    if inspection.manifest_derived {
        return Grants {
            http: vec![stand_in()],
            mail: true,
            state_bytes: STATE_BYTES,
            query: true,
            ..Grants::default()
        };
    }
    let mut grants = wishes.as_grants();
    if grants.http.is_empty() && !wishes.http.is_empty() {
        grants.http.push(stand_in());
    }
    grants
}

/// Run a tape again on this plugin. `of` stands for the installation where
/// places and breakers are counted, so that a replay rests nobody's plugin.
///
/// # Errors
/// Only [`RunError::QueueFull`], [`RunError::BreakerOpen`] and
/// [`RunError::WrongKind`]: everything else is part of the answer.
pub async fn replay(
    host: &PluginHost,
    plugin: &LoadedPlugin,
    kind: PluginKind,
    tape: &Tape,
    of: (WorkspaceId, Id),
) -> Result<Replayed, RunError> {
    let mut request = RunRequest::new(plugin, kind, of.0, of.1)
        .at(tape.at_us)
        .limits(tape.limits.clone())
        .bodies(BodyPolicy::Never)
        .replay(tape.calls.clone());
    if let Ok(seed) = tape.seed() {
        request = request.seed(seed);
    }
    let mut run = match host.run(request).await {
        Ok(run) => run,
        Err(why @ (RunError::QueueFull { .. } | RunError::BreakerOpen { .. } | RunError::WrongKind { .. })) => {
            return Err(why);
        }
        Err(why) => return Ok(Replayed { entries: Vec::new(), record: None, logs: Vec::new(), error: Some(why) }),
    };
    let mut entries = Vec::with_capacity(tape.entries.len());
    let asked: Vec<&Asked> = tape.entries.iter().map(|entry| &entry.asked).collect();
    perform(&mut run, &asked, &mut entries).await;
    let finished = run.finish().await;
    let error = finished.record.error.clone();
    host.reset_breaker(of.0, of.1);
    Ok(Replayed { entries, record: Some(finished.record), logs: finished.logs, error })
}

fn keep(entries: &mut Vec<ReplayedEntry>, answer: Result<Answered, RunError>) -> bool {
    let goes_on = !matches!(&answer, Err(why) if !matches!(why, RunError::Fault { .. }));
    entries.push(match answer {
        Ok(answered) => ReplayedEntry { answered: Some(answered), error: None },
        Err(why) => ReplayedEntry { answered: None, error: Some(why) },
    });
    goes_on
}

async fn perform(run: &mut Run, asked: &[&Asked], entries: &mut Vec<ReplayedEntry>) {
    for (at, one) in asked.iter().enumerate() {
        if let Asked::Start { settings, channels } = one {
            let rest = asked.get(at + 1..).unwrap_or_default();
            match Fit::start(run, settings, channels.clone()).await {
                Ok(fit) => {
                    keep(entries, Ok(Answered::Done {}));
                    fitted(fit, channels.len(), rest, entries).await;
                }
                Err(why) => {
                    keep(entries, Err(why));
                }
            }
            return;
        }
        let answer = ask(run, one).await;
        if !keep(entries, answer) {
            return;
        }
    }
}

/// One fit takes the rest of its run.
async fn fitted(mut fit: Fit<'_>, channels: usize, asked: &[&Asked], entries: &mut Vec<ReplayedEntry>) {
    for one in asked {
        let answer = match one {
            Asked::Observe { paths } => match Prepared::of(paths.clone(), channels) {
                Ok(batch) => fit.observe(batch).await.map(|()| Answered::Done {}),
                Err(why) => Err(why),
            },
            Asked::Credit {} => fit.credit().await.map(Answered::Credits),
            Asked::Split { paths } => match Prepared::of(paths.clone(), channels) {
                Ok(batch) => fit.split(batch).await.map(Answered::Weights),
                Err(why) => Err(why),
            },
            Asked::Close {} => {
                keep(entries, fit.close().await.map(|()| Answered::Done {}));
                return;
            }
            other => Err(stray(other)),
        };
        if !keep(entries, answer) {
            return;
        }
    }
}

async fn ask(run: &mut Run, asked: &Asked) -> Result<Answered, RunError> {
    Ok(match asked {
        Asked::DescribeConnector {} => Answered::Connector(connector::describe(run).await?),
        Asked::Check { settings } => Answered::Checked(connector::check(run, settings).await?),
        Asked::Deliver { settings, batch } => {
            Answered::Outcomes(connector::deliver(run, settings, batch.clone()).await?)
        }
        Asked::Collect { settings, source, cursor } => {
            Answered::Page(connector::collect(run, settings, source, cursor.as_deref()).await?)
        }
        Asked::Receive { settings, inbound } => {
            Answered::Received(connector::receive(run, settings, inbound.clone()).await?)
        }
        Asked::Recommend { settings, brief, candidates } => {
            Answered::Ranked(recommender::recommend(run, settings, brief.clone(), candidates.clone()).await?)
        }
        Asked::Learn { settings, outcomes } => {
            recommender::learn(run, settings, outcomes.clone()).await?;
            Answered::Done {}
        }
        Asked::Draft { settings, brief, material } => {
            Answered::Drafts(recommender::draft(run, settings, brief.clone(), material.clone()).await?)
        }
        Asked::DescribeReport { locale } => Answered::Report(report::describe(run, locale).await?),
        Asked::Build { settings, locale, parameters } => {
            Answered::Document(report::build(run, settings, locale, parameters).await?)
        }
        other => return Err(stray(other)),
    })
}

fn stray(asked: &Asked) -> RunError {
    let entry = asked.entry().to_owned();
    RunError::Host { entry, detail: "the recording has this entry where none can be".to_owned() }
}
