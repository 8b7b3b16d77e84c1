//! How long things are kept: what the areas declared, each workspace's choice,
//! and the daily job that forgets the rest, in steps, with its counts in the
//! audit log. It forgets nothing for which no days are set.

use crate::{
    AuditEntry, IdentityError, audit,
    sql::{self, SESSIONS_FORGET},
    workspace_list,
};
use async_trait::async_trait;
use rialto_jobs::{JobFailure, JobHandler, JobRun, Step};
use rialto_kernel::{Problem, WorkspaceId};
use rialto_slice::{
    Host,
    retention::{Keeping, keepings},
    rhythm::Rhythm,
};
use rialto_store::{Scope, StoreError};
use rialto_web::{Actor, Caller};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{collections::BTreeMap, time::Duration};
use utoipa::ToSchema;

/// Rows that one step forgets.
const STEP_ROWS: i64 = 1_000;
/// The most days that may be chosen; longer is for ever.
pub const RETENTION_DAYS_MAX: i64 = 36_500;
/// The name of the events' rule, which on PostgreSQL lets whole months go.
pub const RETENTION_EVENTS: &str = "events";
const DAY_US: i64 = 86_400_000_000;

/// What identity itself forgets.
pub(crate) const KEEPINGS: &[Keeping] =
    &[Keeping { what: "sessions", about: "sign-ins that ended", days: Some(30), days_min: 1, forget: SESSIONS_FORGET }];

/// How long one kind of thing is kept in a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RetentionRule {
    /// Its name, such as `events`.
    pub what: String,
    /// What it is.
    pub about: String,
    /// Days it is kept; none is for ever.
    pub days: Option<i64>,
    /// Days where the workspace chose none.
    pub days_default: Option<i64>,
    /// The fewest that may be chosen.
    pub days_min: i64,
}

/// How long everything is kept in the caller's workspace.
///
/// # Errors
/// When the caller may not, or the store fails.
pub async fn retention_list(host: &Host, caller: &Caller) -> Result<Vec<RetentionRule>, IdentityError> {
    caller.require("workspace.read")?;
    Ok(rules(host, caller.workspace).await?.into_iter().map(|(_, rule)| rule).collect())
}

/// Choose how long one kind of thing is kept; none is for ever.
///
/// # Errors
/// When there is no such kind, the days are out of bounds, or the caller may not.
pub async fn retention_set(
    host: &Host,
    caller: &Caller,
    what: &str,
    days: Option<i64>,
) -> Result<RetentionRule, IdentityError> {
    caller.require_everywhere("workspace.write")?;
    let known = keepings(host).into_iter().find(|one| one.what == what);
    let keeping = known.ok_or(IdentityError::NotFound("retention rule"))?;
    if days.is_some_and(|days| !(keeping.days_min..=RETENTION_DAYS_MAX).contains(&days)) {
        let text = format!("must be from {} to {RETENTION_DAYS_MAX}, or null for ever", keeping.days_min);
        return Err(Problem::invalid("days", text).into());
    }
    let (workspace, actor, now) = (caller.workspace, caller.actor.to_string(), host.now_us());
    let entry = AuditEntry::new(host, caller, "retention.set", "retention", what).detail(json!({ "days": days }));
    host.store
        .write(workspace, "retention.set", move |conn| {
            Box::pin(async move {
                sql::retention_put(conn, workspace, keeping.what, days, &actor, now).await?;
                audit(conn, &entry).await
            })
        })
        .await?;
    Ok(rule(&keeping, Some(days)))
}

async fn rules(host: &Host, workspace: WorkspaceId) -> Result<Vec<(Keeping, RetentionRule)>, StoreError> {
    let mut conn = host.store.read(workspace).await?;
    let chosen: BTreeMap<String, Option<i64>> =
        sql::retention_chosen(&mut conn, workspace).await?.into_iter().collect();
    let all = keepings(host).into_iter();
    Ok(all.map(|one| (one, rule(&one, chosen.get(one.what).copied()))).collect())
}

fn rule(keeping: &Keeping, chosen: Option<Option<i64>>) -> RetentionRule {
    RetentionRule {
        what: keeping.what.to_owned(),
        about: keeping.about.to_owned(),
        days: chosen.unwrap_or(keeping.days),
        days_default: keeping.days,
        days_min: keeping.days_min,
    }
}

/// What is past its days is forgotten at night, where the workspace is.
pub(crate) const RHYTHMS: &[Rhythm] = &[Rhythm { kind: RetentionJob::KIND, key: "daily", cron: "17 3 * * *" }];

/// Forgets what is older than the workspace keeps it.
pub(crate) struct RetentionJob {
    host: Host,
}

impl RetentionJob {
    /// The kind of its jobs.
    pub(crate) const KIND: &'static str = "identity.retention";

    pub(crate) fn new(host: Host) -> Self {
        Self { host }
    }
}

#[async_trait]
impl JobHandler for RetentionJob {
    fn kind(&self) -> &'static str {
        Self::KIND
    }

    async fn run(&self, job: &mut JobRun) -> Result<Step, JobFailure> {
        let (host, workspace) = (&self.host, job.workspace);
        let mut counts: BTreeMap<String, u64> = job.checkpoint()?.unwrap_or_default();
        let all = rules(host, workspace).await?;
        let total = all.len() as u64;
        for (done, (keeping, rule)) in all.into_iter().enumerate() {
            let Some(days) = rule.days else { continue };
            let before = host.now_in(workspace) - days * DAY_US;
            loop {
                if job.stop.is_cancelled() {
                    return Ok(Step::Again(Duration::ZERO));
                }
                let rows = host
                    .store
                    .write(workspace, "retention.forget", move |conn| {
                        Box::pin(async move {
                            sql::retention_forget(conn, keeping.forget, workspace, before, STEP_ROWS).await
                        })
                    })
                    .await?;
                if rows > 0 {
                    *counts.entry(rule.what.clone()).or_default() += rows;
                    job.save(json!(counts), done as u64, total).await?;
                }
                if rows < STEP_ROWS.unsigned_abs() {
                    break;
                }
            }
        }
        months_drop(host).await?;
        if !counts.is_empty() {
            let entry = AuditEntry::by(host, workspace, &Actor::System, "retention.run", "workspace", workspace.0)
                .detail(json!({ "forgotten": counts }));
            host.store
                .write(workspace, "retention.told", move |conn| Box::pin(async move { audit(conn, &entry).await }))
                .await?;
        }
        Ok(Step::Done(json!({ "forgotten": counts })))
    }
}

/// Months of events that are older than every workspace keeps them go whole,
/// on PostgreSQL.
async fn months_drop(host: &Host) -> Result<(), IdentityError> {
    let mut before = i64::MAX;
    for (workspace, _) in workspace_list(host).await? {
        let all = rules(host, workspace).await?;
        let Some(days) = all.iter().find(|(one, _)| one.what == RETENTION_EVENTS).and_then(|(_, rule)| rule.days)
        else {
            return Ok(());
        };
        before = before.min(host.now_in(workspace) - days * DAY_US);
    }
    if before == i64::MAX {
        return Ok(());
    }
    let dropped = host
        .store
        .write(Scope::Host, "retention.months", move |conn| {
            Box::pin(async move { conn.event_months_drop(before).await })
        })
        .await?;
    if dropped > 0 {
        tracing::info!(dropped, "months of events that nobody keeps were dropped");
    }
    Ok(())
}
