//! What answers show of packages, installations, versions and runs.

use super::rollout::CanaryView;
use crate::{
    Error,
    actions::{self, health::Health},
    grants::{self, Change, Difference},
    model::{Installation, PackageRow, RunRow, VersionRow},
    rollout::{ShadowVerdict, VersionState},
    settings, sql,
};
use jiff::Timestamp;
use rialto_kernel::{WorkspaceId, from_micros};
use rialto_plugin_host::Inspection;
use rialto_slice::Host;
use rialto_store::Conn;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// A kind that a package is, with what it can do besides the minimum.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PluginRole)]
pub struct RoleView {
    kind: String,
    abilities: Vec<String>,
}

/// What is known of a package, read off its bytes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PluginPackage)]
pub struct PackageView {
    /// The SHA-256 of its bytes: its name everywhere.
    digest: String,
    /// `publisher/name`.
    plugin: String,
    version: String,
    bytes: u64,
    /// Its title, by language.
    title: BTreeMap<String, String>,
    description: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    licence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    homepage: Option<String>,
    roles: Vec<RoleView>,
    /// `native`, `quick-js`, `starling-monkey`, `python`.
    #[schema(value_type = String)]
    runtime: rialto_plugin_host::Runtime,
    /// The languages and tools that it says made it.
    #[schema(value_type = Vec<Object>)]
    producers: Vec<rialto_plugin_host::inspect::Producer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sdk: Option<String>,
    /// Whether it says nothing of itself and all this was derived.
    manifest_derived: bool,
    /// What it wishes to be allowed, each with its reason.
    wishes: Vec<Change>,
    /// JSON Schema of its settings.
    settings_schema: Value,
    /// Every import with how it fits this host.
    #[schema(value_type = Vec<Object>)]
    imports: Vec<rialto_plugin_host::inspect::ImportReport>,
    /// Every export with how it fits this host.
    #[schema(value_type = Vec<Object>)]
    exports: Vec<rialto_plugin_host::inspect::ExportReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    readme: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    created_at: Option<Timestamp>,
}

impl PackageView {
    pub(crate) fn of(inspection: Inspection) -> Self {
        let none = rialto_plugin_host::Grants::default();
        let mut wants = grants::wished(&inspection, &serde_json::Map::new());
        // A host that is a setting is shown as the placeholder it is.
        let open = inspection.manifest.wishes.http.iter().filter(|w| w.host.contains("{{"));
        wants.http.extend(open.map(rialto_plugin_host::package::WishedHost::as_grant));
        let wishes = grants::beyond(&wants, &none, Some(&inspection));
        let roles = inspection.roles.iter().map(|role| RoleView {
            kind: role.kind.as_str().to_owned(),
            abilities: role.abilities.iter().map(|a| a.as_str().to_owned()).collect(),
        });
        Self {
            digest: inspection.digest.to_hex(),
            bytes: inspection.bytes,
            roles: roles.collect(),
            runtime: inspection.runtime,
            producers: inspection.producers,
            sdk: inspection.sdk,
            manifest_derived: inspection.manifest_derived,
            wishes,
            imports: inspection.imports,
            exports: inspection.exports,
            readme: inspection.readme,
            plugin: inspection.manifest.id,
            version: inspection.manifest.version,
            title: inspection.manifest.title,
            description: inspection.manifest.description,
            licence: inspection.manifest.licence,
            homepage: inspection.manifest.homepage,
            settings_schema: inspection.manifest.settings,
            created_by: None,
            created_at: None,
        }
    }

    pub(crate) fn of_row(row: &PackageRow) -> Result<Self, Error> {
        let mut view = Self::of(row.inspection()?);
        view.created_by = Some(row.created_by.clone());
        view.created_at = Some(from_micros(row.created_at));
        Ok(view)
    }

    /// What it wishes, each with its reason.
    pub(crate) fn wishes(&self) -> &[Change] {
        &self.wishes
    }

    /// Its imports as they fit with certain grants.
    pub(crate) fn see(&mut self, imports: Vec<rialto_plugin_host::inspect::ImportReport>) {
        self.imports = imports;
    }

    /// For lists: the readme only with the single package.
    pub(crate) fn short(mut self) -> Self {
        self.readme = None;
        self
    }
}

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
    /// What it is allowed: wished, granted and under the host's ceiling.
    #[schema(value_type = Object)]
    grants: Value,
    /// What is new against the version that served when it was added.
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
            grants: serde_json::from_str(&row.grants)?,
            difference: serde_json::from_str(&row.difference)?,
            described: serde_json::from_str(&row.described)?,
            approved_by: row.approved_by,
            approved_at: row.approved_at.map(from_micros),
            activated_at: row.activated_at.map(from_micros),
            created_at: from_micros(row.created_at),
        })
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
    /// `resting` (its breaker is open).
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
        let mut sorted = Sorted::default();
        for version in versions {
            sorted.put(version, row.active_version)?;
        }
        let Sorted { active, candidate, waiting, quarantined } = sorted;
        let canary = match row.canary {
            Some(canary) => sql::canary_find(conn, workspace, canary).await?.map(CanaryView::of).transpose()?,
            None => None,
        };
        Ok(Self {
            state: told_state(&row, &health, !quarantined.is_empty()).to_owned(),
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
    fn put(&mut self, version: VersionRow, active: Option<Uuid>) -> Result<(), Error> {
        let (serves, state) = (active == Some(version.id), version.state()?);
        let view = VersionView::of(version, active)?;
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

fn told_state(row: &Installation, health: &Health, quarantined: bool) -> &'static str {
    if !row.enabled {
        "disabled"
    } else if row.active_version.is_none() {
        if quarantined { "quarantined" } else { "waiting" }
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
