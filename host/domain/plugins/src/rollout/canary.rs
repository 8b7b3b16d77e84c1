//! A canary: a candidate gets a share of the runs beside the version that
//! serves. Every run is counted, and the canary judged, in the transaction
//! that logs the run, so that two hosts cannot disagree. Which run goes where
//! is told by its id alone.

use super::{
    VersionState,
    judge::{Figures, Judgement, Verdict, judge},
    policy::{CanaryTerms, Held},
    steps,
};
use crate::{Error, actions, model::Installation, sql};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Id, WorkspaceId};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::Actor;
use serde_json::json;
use sha2::{Digest as _, Sha256};

/// On which side of a canary a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The candidate.
    New,
    /// The version that serves.
    Old,
}

/// A run that counts for a canary.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trial {
    pub(crate) canary: Id,
    pub(crate) side: Side,
}

/// How a run of a trial went.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Went {
    pub(crate) failed: bool,
    pub(crate) wrong: bool,
    pub(crate) cpu_us: i64,
    pub(crate) wall_us: i64,
}

/// A canary, as it is kept.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct CanaryRow {
    pub(crate) id: Id,
    pub(crate) installation: Id,
    pub(crate) version: Id,
    pub(crate) beside: Id,
    pub(crate) state: String,
    pub(crate) policy: String,
    pub(crate) verdict: Option<String>,
    pub(crate) began_at: i64,
    pub(crate) began_by: String,
    pub(crate) ended_at: Option<i64>,
    pub(crate) new_runs: i64,
    pub(crate) new_failed: i64,
    pub(crate) new_wrong: i64,
    pub(crate) new_cpu_us: i64,
    pub(crate) new_wall_us: i64,
    pub(crate) old_runs: i64,
    pub(crate) old_failed: i64,
    pub(crate) old_wrong: i64,
    pub(crate) old_cpu_us: i64,
    pub(crate) old_wall_us: i64,
}

impl CanaryRow {
    pub(crate) fn terms(&self) -> Result<CanaryTerms, serde_json::Error> {
        serde_json::from_str(&self.policy)
    }

    pub(crate) fn new_figures(&self) -> Figures {
        Figures {
            runs: self.new_runs,
            failed: self.new_failed,
            wrong: self.new_wrong,
            cpu_us: self.new_cpu_us,
            wall_us: self.new_wall_us,
        }
    }

    pub(crate) fn old_figures(&self) -> Figures {
        Figures {
            runs: self.old_runs,
            failed: self.old_failed,
            wrong: self.old_wrong,
            cpu_us: self.old_cpu_us,
            wall_us: self.old_wall_us,
        }
    }
}

/// The side of a run: the same run is always on the same one.
pub(crate) fn side(canary: Id, percent: u32, run: Id) -> Side {
    let digest = Sha256::new().chain_update(canary.as_bytes()).chain_update(run.as_bytes()).finalize();
    let drawn = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]) % 10_000;
    if drawn < percent.saturating_mul(100) { Side::New } else { Side::Old }
}

/// Count a run of a trial, and judge. Part of the write that logs the run. A
/// run that ends after its canary did counts for nothing.
pub(crate) async fn count(
    conn: &mut Conn,
    host: &Host,
    workspace: WorkspaceId,
    trial: Trial,
    went: Went,
) -> Result<(), Error> {
    let Some(row) = sql::canary_count(conn, workspace, trial, went).await? else { return Ok(()) };
    let now_us = host.now_us();
    let terms = row.terms()?;
    match judge(&terms, row.new_figures(), row.old_figures(), now_us - row.began_at) {
        Judgement::GoOn => Ok(()),
        Judgement::Return(verdict) => end(conn, host, workspace, &row, Ending::returned(verdict)).await,
        Judgement::Held(_) if row.state == "held" => Ok(()),
        Judgement::Held(verdict) if terms.held == Held::Wait => hold(conn, host, workspace, &row, &verdict).await,
        Judgement::Held(verdict) => {
            let ending = settled(conn, workspace, &row, verdict).await?;
            end(conn, host, workspace, &row, ending).await
        }
    }
}

/// A canary that held serves, unless what it is may not serve any more: then
/// it returns as one that did not hold.
async fn settled(
    conn: &mut Conn,
    workspace: WorkspaceId,
    row: &CanaryRow,
    verdict: Verdict,
) -> Result<Ending<'static>, Error> {
    let candidate = actions::version(conn, workspace, row.installation, row.version).await?;
    Ok(match actions::supply::barred(conn, workspace, &candidate).await? {
        Some((standing, detail)) => Ending::returned(Verdict { rule: standing.code().to_owned(), detail, ..verdict }),
        None => Ending::activated(verdict),
    })
}

async fn hold(
    conn: &mut Conn,
    host: &Host,
    workspace: WorkspaceId,
    row: &CanaryRow,
    verdict: &Verdict,
) -> Result<(), Error> {
    sql::canary_set(conn, workspace, row.id, "held", &serde_json::to_string(verdict)?, None).await?;
    let entry = entry(host, workspace, &Actor::System, "plugins.canary-held", row, verdict);
    Ok(audit(conn, &entry).await?)
}

/// How a canary ends.
pub(crate) struct Ending<'a> {
    /// `activated`, `returned` or `stopped`.
    state: &'static str,
    action: &'static str,
    candidate: VersionState,
    verdict: Verdict,
    actor: &'a Actor,
}

impl<'a> Ending<'a> {
    fn returned(verdict: Verdict) -> Self {
        let (action, candidate) = ("plugins.canary-return", VersionState::Quarantined);
        Self { state: "returned", action, candidate, verdict, actor: &Actor::System }
    }

    fn activated(verdict: Verdict) -> Self {
        let (action, candidate) = ("plugins.canary-activate", VersionState::Active);
        Self { state: "activated", action, candidate, verdict, actor: &Actor::System }
    }

    /// Somebody ends it: the candidate is approved as before.
    pub(crate) fn stopped(rule: &str, actor: &'a Actor, row: &CanaryRow) -> Self {
        let verdict = by_hand(rule, "it was stopped by hand", row);
        let (action, candidate) = ("plugins.canary-stop", VersionState::Approved);
        Self { state: "stopped", action, candidate, verdict, actor }
    }

    /// Somebody lets the candidate serve; the swap itself is the caller's.
    pub(crate) fn taken(actor: &'a Actor, row: &CanaryRow) -> Self {
        let verdict = by_hand("activated", "it was let serve by hand", row);
        let (action, candidate) = ("plugins.canary-activate", VersionState::Canary);
        Self { state: "activated", action, candidate, verdict, actor }
    }
}

fn by_hand(rule: &str, detail: &str, row: &CanaryRow) -> Verdict {
    Verdict { rule: rule.to_owned(), detail: detail.to_owned(), new: row.new_figures(), old: row.old_figures() }
}

/// End a canary: the installation's pointers, the states of both versions, the
/// verdict, and the audit entry, all in one write.
pub(crate) async fn end(
    conn: &mut Conn,
    host: &Host,
    workspace: WorkspaceId,
    row: &CanaryRow,
    ending: Ending<'_>,
) -> Result<(), Error> {
    let now_us = host.now_us();
    let mut installation = actions::installation(conn, workspace, row.installation).await?;
    if installation.canary != Some(row.id) {
        return Ok(());
    }
    let Ending { state, action, candidate, verdict, actor } = ending;
    sql::canary_set(conn, workspace, row.id, state, &serde_json::to_string(&verdict)?, Some(now_us)).await?;
    installation.canary = None;
    let told = actor.to_string();
    let step = steps::Step { at: now_us, actor: &told, reason: &verdict.detail };
    let new = actions::version(conn, workspace, row.installation, row.version).await?;
    if candidate == VersionState::Active {
        let old = actions::version(conn, workspace, row.installation, row.beside).await?;
        let superseded = steps::Step { reason: "the canary beside it held", ..step };
        steps::go(conn, workspace, &old, VersionState::Superseded, &superseded).await?;
        installation.previous_version = Some(row.beside);
        installation.active_version = Some(row.version);
        sql::version_activated(conn, workspace, row.version, now_us).await?;
    }
    steps::go(conn, workspace, &new, candidate, &step).await?;
    actions::installation::unchanged(sql::installation_update(conn, workspace, &installation, now_us).await?)?;
    tracing::info!(installation = %row.installation, version = %new.version, state, rule = verdict.rule, "a canary ended");
    metrics::counter!("rialto_plugin_canaries_total", "verdict" => verdict.rule.clone()).increment(1);
    Ok(audit(conn, &entry(host, workspace, actor, action, row, &verdict)).await?)
}

fn entry(
    host: &Host,
    workspace: WorkspaceId,
    actor: &Actor,
    action: &'static str,
    row: &CanaryRow,
    verdict: &Verdict,
) -> AuditEntry {
    AuditEntry::by(host, workspace, actor, action, "installation", row.installation)
        .detail(json!({ "version": row.version, "beside": row.beside, "canary": row.id, "verdict": verdict }))
}

/// Stop whatever canary an installation has, because of something else that is
/// being done to it. Part of that write; answers the installation afterwards.
pub(crate) async fn stop(
    conn: &mut Conn,
    host: &Host,
    workspace: WorkspaceId,
    installation: Installation,
    rule: &str,
    actor: &Actor,
) -> Result<Installation, Error> {
    let Some(canary) = installation.canary else { return Ok(installation) };
    if let Some(row) = sql::canary_find(conn, workspace, canary).await? {
        end(conn, host, workspace, &row, Ending::stopped(rule, actor, &row)).await?;
    }
    actions::installation(conn, workspace, installation.id).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_is_what_was_asked_for_and_a_run_never_changes_sides() {
        for percent in [1, 10, 50, 90] {
            let canary = Id::from_u128(u128::from(percent));
            let runs: Vec<Id> = (0..10_000).map(Id::from_u128).collect();
            let new = runs.iter().filter(|run| side(canary, percent, **run) == Side::New).count();
            // Five standard deviations of a binomial with 10,000 draws.
            let share = f64::from(percent) / 100.0;
            let (mean, deviation) = (10_000.0 * share, (10_000.0 * share * (1.0 - share)).sqrt());
            let new = f64::from(u32::try_from(new).unwrap());
            assert!((new - mean).abs() < 5.0 * deviation, "{percent} %: {new}");
            assert!(runs.iter().all(|run| side(canary, percent, *run) == side(canary, percent, *run)));
        }
    }

    #[test]
    fn two_canaries_draw_apart() {
        let draw = |canary: u128| -> Vec<Side> {
            (0..64).map(|run| side(Id::from_u128(canary), 50, Id::from_u128(run))).collect()
        };
        assert_ne!(draw(1), draw(2));
    }
}
