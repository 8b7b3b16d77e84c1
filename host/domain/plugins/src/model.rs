//! The rows of this area and what they mean.

use crate::{
    Error,
    rollout::{RolloutPolicy, ShadowVerdict, VersionState},
};
use rialto_kernel::Id;
use rialto_plugin_host::{Grants, Inspection};
use serde::{Deserialize, Serialize};

/// A stored package.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PackageRow {
    /// The SHA-256 of its bytes, as hex.
    pub digest: String,
    /// `publisher/name`.
    pub plugin: String,
    /// Its version.
    pub version: String,
    /// How large it is.
    pub size_bytes: i64,
    /// The [`Inspection`], as JSON.
    pub inspection: String,
    /// Who uploaded it.
    pub created_by: String,
    /// When, UTC microseconds.
    pub created_at: i64,
}

impl PackageRow {
    /// What was read off the binary.
    ///
    /// # Errors
    /// When it was stored by a newer host.
    pub fn inspection(&self) -> Result<Inspection, serde_json::Error> {
        serde_json::from_str(&self.inspection)
    }
}

/// The latest conformance list of a package.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct ConformanceRow {
    /// Of which package.
    pub(crate) digest: String,
    /// The job that makes it.
    pub(crate) job: Id,
    /// `waiting`, `done`, `failed`.
    pub(crate) state: String,
    /// The version of the suite.
    pub(crate) suite: i64,
    /// The checks, as JSON.
    pub(crate) checks: String,
    /// Why the suite could not be run.
    pub(crate) error: Option<String>,
    /// When it was asked for.
    pub(crate) asked_at: i64,
    /// When the list was whole.
    pub(crate) finished_at: Option<i64>,
}

/// A plugin in a workspace.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Installation {
    /// Its id.
    pub id: Id,
    /// The unit it belongs to; the whole workspace if absent.
    pub unit: Option<Id>,
    /// `publisher/name`.
    pub plugin: String,
    /// What people call it; unique in the workspace.
    pub name: String,
    /// Whether it may run.
    pub enabled: bool,
    /// The version that serves.
    pub active_version: Option<Id>,
    /// The version that served before.
    pub previous_version: Option<Id>,
    /// The canary that runs, if one does.
    pub canary: Option<Id>,
    /// Settings without secrets, a JSON object.
    pub settings: String,
    /// The [`RolloutPolicy`], as JSON.
    pub rollout: String,
    /// Rises with every change.
    pub version: i64,
    /// Who installed it.
    pub created_by: String,
    /// When.
    pub created_at: i64,
    /// Last changed.
    pub updated_at: i64,
}

impl Installation {
    /// The settings as an object; secrets are not among them.
    ///
    /// # Errors
    /// When they are not an object.
    pub fn settings(&self) -> Result<serde_json::Map<String, serde_json::Value>, serde_json::Error> {
        serde_json::from_str(&self.settings)
    }

    /// How it takes new versions and lives with failures.
    ///
    /// # Errors
    /// When it was stored by a newer host.
    pub fn rollout(&self) -> Result<RolloutPolicy, serde_json::Error> {
        serde_json::from_str(&self.rollout)
    }
}

/// One version of an installation.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct VersionRow {
    /// Its id.
    pub id: Id,
    /// Of which installation.
    pub installation: Id,
    /// Which package.
    pub digest: String,
    /// The package's version.
    pub version: String,
    /// A [`VersionState`].
    pub state: String,
    /// What was granted, as JSON.
    pub grants: String,
    /// What is new against the version before, as JSON.
    pub difference: String,
    /// What it answered to `describe`, by language, as JSON.
    pub described: String,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// When.
    pub approved_at: Option<i64>,
    /// When it last became active.
    pub activated_at: Option<i64>,
    /// How often in a row its breaker opened.
    pub crashes: i64,
    /// What a shadow run of it showed, as JSON.
    pub shadow: Option<String>,
    /// When it was added.
    pub created_at: i64,
}

impl VersionRow {
    /// What was granted to it.
    ///
    /// # Errors
    /// When it was stored by a newer host.
    pub fn grants(&self) -> Result<Grants, serde_json::Error> {
        serde_json::from_str(&self.grants)
    }

    /// Where it stands.
    ///
    /// # Errors
    /// When it was stored by a newer host.
    pub fn state(&self) -> Result<VersionState, Error> {
        self.state.parse().map_err(|cause: String| Error::Other(rialto_kernel::Problem::internal(cause)))
    }

    /// What its shadow run showed.
    ///
    /// # Errors
    /// When it was stored by a newer host.
    pub fn shadow(&self) -> Result<Option<ShadowVerdict>, serde_json::Error> {
        self.shadow.as_deref().map(serde_json::from_str).transpose()
    }

    /// Whether someone allowed it to run.
    #[must_use]
    pub fn approved(&self) -> bool {
        self.approved_by.is_some()
    }
}

/// An enabled installation of some kind, for areas that choose among them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct InstalledKind {
    /// The installation.
    pub id: Id,
    /// What people call it.
    pub name: String,
    /// `publisher/name`.
    pub plugin: String,
    /// The version that serves.
    pub version: String,
    /// What it answered to `describe`, by language, as JSON.
    pub described: String,
}

/// One run, as it is kept.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RunRow {
    /// Its id.
    pub id: Id,
    /// Of which installation.
    pub installation: Id,
    /// Which version of it.
    pub installation_version: Id,
    /// Which package.
    pub digest: String,
    /// As what it ran.
    pub kind: String,
    /// Its logical time, UTC microseconds.
    pub started_at: i64,
    /// `succeeded`, `failed`, `abandoned`.
    pub outcome: String,
    /// The bound it passed, if it passed one.
    pub limit_name: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// Time.
    pub wall_us: i64,
    /// Processor time.
    pub cpu_us: i64,
    /// The most memory it had.
    pub memory_peak_bytes: i64,
    /// Host calls.
    pub host_calls: i64,
    /// The whole record, as JSON.
    pub record: String,
    /// Its log lines, as JSON.
    pub logs: String,
}

/// A key that signs for a publisher.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct KeyRow {
    pub(crate) key_id: String,
    pub(crate) publisher: String,
    pub(crate) public_key: String,
    pub(crate) note: String,
    pub(crate) created_by: String,
    pub(crate) created_at: i64,
    pub(crate) revoked_by: Option<String>,
    pub(crate) revoked_at: Option<i64>,
    pub(crate) revoked_reason: Option<String>,
}

/// A package that must not be activated.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct RevocationRow {
    pub(crate) digest: String,
    pub(crate) reason: String,
    pub(crate) created_by: String,
    pub(crate) created_at: i64,
}

/// A version that a revocation concerns.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct AffectedRow {
    pub(crate) installation: Id,
    pub(crate) name: String,
    pub(crate) enabled: bool,
    pub(crate) active_version: Option<Id>,
    pub(crate) version: Id,
    pub(crate) state: String,
    pub(crate) label: String,
    pub(crate) digest: String,
}

/// Where a package came from: `upload`, `url` or `oci`.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct OriginRow {
    pub(crate) kind: String,
    pub(crate) reference: Option<String>,
    /// What the tag or digest stood for: the digest of the artifact's manifest.
    pub(crate) resolved: Option<String>,
}

/// What becomes of packages that no trusted key signed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct PolicyRow {
    /// `allow`, `warn`, `refuse`.
    pub(crate) unsigned: String,
    pub(crate) version: i64,
    pub(crate) updated_by: String,
    pub(crate) updated_at: i64,
}
