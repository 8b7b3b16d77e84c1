//! What answers show of installations, versions and runs.

use super::rollout::CanaryView;
use crate::{
    Error,
    actions::{self, health::Health},
    grants::{self, Change, Difference},
    model::{Installation, RunRow, VersionRow},
    rollout::{ShadowVerdict, VersionState},
    settings, sql,
};
use jiff::Timestamp;
use rialto_kernel::{WorkspaceId, from_micros};
use rialto_slice::Host;
use rialto_store::Conn;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// One version of an installation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InstallationVersion)]
pub(crate) struct VersionView {
    id: Uuid,
    /// The package's SHA-256.
    package: String,
    version: String,
    /// `waiting`, `approved`, `shadow`, `canary`, `active`, `degraded`,
    /// `superseded`, `quarantined`, `disabled`, `removed`.
    state: String,
    /// Why it can be activated no more: the package, or the key that signed it,
    /// is revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked: Option<String>,
    /// What it is allowed: wished, granted and under the host's ceiling.
    #[schema(value_type = Object)]
    grants: Value,
    /// What is new against the version that serves; where it waits, by the settings as they are now.
    difference: Difference,
    /// What it answered to `describe`, by kind; for reports by language.
    described: Value,
    /// What replaying recorded runs on it showed.
    #[serde(skip_serializing_if = "Option::is_none")]
    shadow: Option<ShadowVerdict>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    approved_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    activated_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl VersionView {
    pub(crate) fn of(row: VersionRow, active: Option<Uuid>) -> Result<Self, Error> {
        // The installation's pointer decides, whatever the row still says.
        let stands = row.state()?;
        let serves = active == Some(row.id) && !stands.leads();
        let state = if serves { VersionState::Active } else { stands }.as_str().to_owned();
        Ok(Self {
            shadow: row.shadow()?,
            id: row.id,
            package: row.digest,
            version: row.version,
            state,
            revoked: None,
            grants: serde_json::from_str(&row.grants)?,
            difference: serde_json::from_str(&row.difference)?,
            described: serde_json::from_str(&row.described)?,
            approved_by: row.approved_by,
            approved_at: row.approved_at.map(from_micros),
            activated_at: row.activated_at.map(from_micros),
            created_at: from_micros(row.created_at),
        })
    }

    /// With why it is revoked, where it is.
    pub(crate) fn marked(mut self, revoked: &BTreeMap<String, String>) -> Self {
        self.revoked = revoked.get(&self.package).cloned();
        self
    }
}

/// A plugin in the workspace.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Installation)]
pub(crate) struct InstallationView {
    id: Uuid,
    name: String,
    /// The whole workspace if absent.
    unit: Option<Uuid>,
    /// `publisher/name`.
    plugin: String,
    /// Its kinds, read off the package that leads.
    kinds: Vec<String>,
    enabled: bool,
    /// `active`, `canary` (a candidate tries beside it), `waiting` (nothing
    /// serves yet), `quarantined` (nothing serves any more), `disabled`,
    /// `resting` (its breaker is open), `revoked` (what serves is revoked, and
    /// goes on until it is disabled or another version serves).
    state: String,
    /// The version that serves.
    active: Option<VersionView>,
    /// The version that gets a share of the runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    candidate: Option<VersionView>,
    /// The canary that runs, with the figures of both sides.
    #[serde(skip_serializing_if = "Option::is_none")]
    canary: Option<CanaryView>,
    /// Versions that wait for approval, or are approved and do not serve yet;
    /// the active one serves meanwhile.
    waiting: Vec<VersionView>,
    /// Versions that failed too often.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    quarantined: Vec<VersionView>,
    /// The version that a roll-back would let serve again.
    previous_version: Option<Uuid>,
    /// Settings; a secret is only shown as set or not.
    settings: Value,
    /// JSON Schema of the settings.
    settings_schema: Value,
    /// What the plugin wishes with these settings and is not allowed.
    ungranted: Vec<Change>,
    health: Health,
    version: i64,
    created_by: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl InstallationView {
    pub(crate) fn version(&self) -> i64 {
        self.version
    }

    /// `runs` is how many runs its health looks back on.
    pub(crate) async fn of(
        host: &Host,
        conn: &mut Conn,
        workspace: WorkspaceId,
        row: Installation,
        runs: u32,
    ) -> Result<Self, Error> {
        let leading = actions::leading_version(conn, workspace, &row).await?;
        let inspection = actions::package(conn, workspace, &leading.digest).await?.inspection()?;
        let set = sql::secret_names(conn, workspace, row.id).await?;
        let health = actions::health::health(host, conn, workspace, &row, runs).await?;
        let versions = sql::version_list(conn, workspace, row.id).await?;
        let given = row.settings()?;
        let granted = leading.grants()?;
        let wants = grants::wished(&inspection, &given);
        let ungranted = grants::beyond(&wants, &granted, Some(&inspection));
        let revoked = actions::supply::revoked_of(conn, workspace, row.id).await?;
        let mut sorted = Sorted::default();
        for version in versions {
            sorted.put(version, row.active_version, &revoked)?;
        }
        let Sorted { active, candidate, waiting, quarantined } = sorted;
        let serves_revoked = active.as_ref().is_some_and(|version| version.revoked.is_some());
        let canary = match row.canary {
            Some(canary) => sql::canary_find(conn, workspace, canary).await?.map(CanaryView::of).transpose()?,
            None => None,
        };
        Ok(Self {
            state: told_state(&row, &health, !quarantined.is_empty(), serves_revoked).to_owned(),
            id: row.id,
            name: row.name,
            unit: row.unit,
            plugin: row.plugin,
            kinds: inspection.kinds().iter().map(|k| k.as_str().to_owned()).collect(),
            enabled: row.enabled,
            active,
            candidate,
            canary,
            waiting,
            quarantined,
            previous_version: row.previous_version,
            settings: settings::shown(&inspection.manifest, &given, &set),
            settings_schema: inspection.manifest.settings,
            ungranted,
            health,
            version: row.version,
            created_by: row.created_by,
            created_at: from_micros(row.created_at),
            updated_at: from_micros(row.updated_at),
        })
    }
}

/// Versions by where they stand.
#[derive(Default)]
struct Sorted {
    active: Option<VersionView>,
    candidate: Option<VersionView>,
    waiting: Vec<VersionView>,
    quarantined: Vec<VersionView>,
}

impl Sorted {
    fn put(
        &mut self,
        version: VersionRow,
        active: Option<Uuid>,
        revoked: &BTreeMap<String, String>,
    ) -> Result<(), Error> {
        let (serves, state) = (active == Some(version.id), version.state()?);
        let view = VersionView::of(version, active)?.marked(revoked);
        match state {
            _ if serves => self.active = Some(view),
            VersionState::Canary => self.candidate = Some(view),
            VersionState::Waiting | VersionState::Approved | VersionState::Shadow => self.waiting.push(view),
            VersionState::Quarantined => self.quarantined.push(view),
            _ => {}
        }
        Ok(())
    }
}

fn told_state(row: &Installation, health: &Health, quarantined: bool, revoked: bool) -> &'static str {
    if !row.enabled {
        "disabled"
    } else if row.active_version.is_none() {
        if quarantined { "quarantined" } else { "waiting" }
    } else if revoked {
        "revoked"
    } else if matches!(health.breaker, rialto_plugin_host::BreakerState::Open { .. }) {
        "resting"
    } else if row.canary.is_some() {
        "canary"
    } else {
        "active"
    }
}

/// One line of the run log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PluginRun)]
pub(crate) struct RunView {
    id: Uuid,
    installation: Uuid,
    version: Uuid,
    package: String,
    kind: String,
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    /// `succeeded`, `failed`, `abandoned`.
    outcome: String,
    /// The bound it passed, if it passed one.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    wall_us: i64,
    cpu_us: i64,
    memory_peak_bytes: i64,
    host_calls: i64,
}

/// One run with everything that is kept of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PluginRunDetail)]
pub(crate) struct RunDetail {
    #[serde(flatten)]
    run: RunView,
    /// Digests and costs of its entries and host calls.
    record: Value,
    /// Its log lines.
    logs: Value,
}

impl From<RunRow> for RunView {
    fn from(row: RunRow) -> Self {
        Self {
            id: row.id,
            installation: row.installation,
            version: row.installation_version,
            package: row.digest,
            kind: row.kind,
            started_at: from_micros(row.started_at),
            outcome: row.outcome,
            limit: row.limit_name,
            error: row.error,
            wall_us: row.wall_us,
            cpu_us: row.cpu_us,
            memory_peak_bytes: row.memory_peak_bytes,
            host_calls: row.host_calls,
        }
    }
}

impl RunDetail {
    pub(crate) fn of(row: RunRow) -> Result<Self, Error> {
        let (record, logs) = (serde_json::from_str(&row.record)?, serde_json::from_str(&row.logs)?);
        Ok(Self { run: row.into(), record, logs })
    }
}
