//! Installations: made, set, switched on and off, removed.

use super::{installation, leading_version, package, scope, supply, version, waiting::held_anew};
use crate::{
    Error, grants,
    model::{Installation, VersionRow},
    rollout::{RolloutPolicy, VersionState, canary, steps},
    secrets,
    settings::{self, SecretChange},
    sql,
};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Id, Problem, WorkspaceId};
use rialto_plugin_host::{Grants, Inspection};
use rialto_slice::Host;
use rialto_store::{Conn, StoreError};
use rialto_web::{Actor, Caller, IfMatch};
use serde_json::{Map, Value, json};

/// The longest name of an installation, in characters.
pub(crate) const NAME_CHARS_MAX: usize = 80;

/// What an installation is made of.
pub(crate) struct New {
    pub(crate) package: String,
    pub(crate) name: String,
    pub(crate) unit: Option<Id>,
    pub(crate) settings: Option<Map<String, Value>>,
}

/// Install a package. Its first version waits for approval.
pub(crate) async fn install(host: &Host, caller: &Caller, new: New) -> Result<Id, Error> {
    let name = checked_name(&new.name)?;
    let workspace = caller.workspace;
    let (package, unit) = {
        let mut conn = host.store.read(workspace).await?;
        scope::require(&mut conn, caller, new.unit, "plugins.write").await?;
        let package = package(&mut conn, workspace, &new.package).await?;
        supply::check_serves(&mut conn, workspace, &package.digest, false).await?;
        (package, new.unit)
    };
    let inspection = package.inspection()?;
    super::version::precompile(host, workspace, &package.digest).await?;
    let changed = match new.settings {
        Some(patch) => settings::change(&inspection.manifest, &Map::new(), &Default::default(), patch)?,
        None => settings::Changed { settings: Map::new(), secrets: Default::default() },
    };
    let id = host.id();
    let sealed = seal_all(host, workspace, id, &changed.secrets)?;
    let set: Vec<String> = sealed.iter().filter(|(_, s)| s.is_some()).map(|(name, _)| name.clone()).collect();
    let difference = grants::difference(None, &inspection, &changed.settings, &set);
    let version = version_row(host, id, &inspection, &package.digest, &serde_json::to_string(&difference)?);
    let (by, now_us) = (caller.actor.to_string(), host.now_us());
    let row = Installation {
        id,
        unit,
        plugin: package.plugin.clone(),
        name: name.clone(),
        enabled: true,
        active_version: None,
        previous_version: None,
        canary: None,
        rollout: serde_json::to_string(&RolloutPolicy::default())?,
        settings: Value::Object(changed.settings).to_string(),
        version: 1,
        created_by: by.clone(),
        created_at: now_us,
        updated_at: now_us,
    };
    let entry = AuditEntry::new(host, caller, "plugins.install", "installation", id).detail(
        json!({ "name": name, "plugin": package.plugin, "version": package.version, "package": package.digest }),
    );
    host.store
        .write(workspace, "plugins.install", move |conn| {
            Box::pin(async move {
                sql::installation_insert(conn, workspace, row).await.map_err(|e| taken(e, &name))?;
                sql::version_insert(conn, workspace, version.clone()).await?;
                steps::arrived(conn, workspace, &version, &by, "nothing is granted yet").await?;
                write_secrets(conn, workspace, id, &sealed, now_us).await?;
                audit(conn, &entry).await?;
                Ok(id)
            })
        })
        .await
}

/// A version that waits.
pub(crate) fn version_row(
    host: &Host,
    installation: Id,
    inspection: &Inspection,
    digest: &str,
    difference: &str,
) -> VersionRow {
    VersionRow {
        id: host.id(),
        installation,
        digest: digest.to_owned(),
        version: inspection.manifest.version.clone(),
        state: VersionState::Waiting.as_str().to_owned(),
        grants: serde_json::to_string(&Grants::default()).unwrap_or_else(|_| "{}".to_owned()),
        difference: difference.to_owned(),
        described: "{}".to_owned(),
        approved_by: None,
        approved_at: None,
        activated_at: None,
        crashes: 0,
        shadow: None,
        created_at: host.now_us(),
    }
}

/// Change settings, or the name. Fields that are not named stay.
pub(crate) async fn change(
    host: &Host,
    caller: &Caller,
    id: Id,
    if_match: IfMatch,
    name: Option<String>,
    patch: Option<Map<String, Value>>,
) -> Result<(), Error> {
    let workspace = caller.workspace;
    let (mut row, inspection, opened) = {
        let mut conn = host.store.read(workspace).await?;
        let row = installation(&mut conn, workspace, id).await?;
        scope::require(&mut conn, caller, row.unit, "plugins.write").await?;
        let version = leading_version(&mut conn, workspace, &row).await?;
        let inspection = package(&mut conn, workspace, &version.digest).await?.inspection()?;
        let opened = secrets::open_all(host, &mut conn, workspace, id).await?;
        (row, inspection, opened)
    };
    if_match.check(row.version)?;
    if let Some(name) = name {
        row.name = checked_name(&name)?;
    }
    let fields: Vec<String> = patch.iter().flat_map(|p| p.keys().cloned()).collect();
    let mut sealed = Vec::new();
    if let Some(patch) = patch {
        let changed = settings::change(&inspection.manifest, &row.settings()?, &opened, patch)?;
        sealed = seal_all(host, workspace, id, &changed.secrets)?;
        row.settings = Value::Object(changed.settings).to_string();
    }
    // Names of fields only: a value may be anything.
    let entry = AuditEntry::new(host, caller, "plugins.change", "installation", id)
        .detail(json!({ "name": row.name, "settings": fields }));
    let now_us = host.now_us();
    host.store
        .write(workspace, "plugins.change", move |conn| {
            Box::pin(async move {
                let name = row.name.clone();
                let kept =
                    sql::installation_update(conn, workspace, &row, now_us).await.map_err(|e| taken(e, &name))?;
                unchanged(kept)?;
                write_secrets(conn, workspace, id, &sealed, now_us).await?;
                held_anew(conn, workspace, &row).await?;
                audit(conn, &entry).await?;
                Ok(())
            })
        })
        .await
}

/// Switch an installation on or off. Runs in flight finish; a canary is
/// stopped.
pub(crate) async fn switch(host: &Host, caller: &Caller, id: Id, enabled: bool) -> Result<(), Error> {
    let workspace = caller.workspace;
    {
        let mut conn = host.store.read(workspace).await?;
        let row = installation(&mut conn, workspace, id).await?;
        scope::require(&mut conn, caller, row.unit, "plugins.write").await?;
        if let (true, Some(leads)) = (enabled, row.active_version) {
            let leads = version(&mut conn, workspace, id, leads).await?;
            supply::check_serves(&mut conn, workspace, &leads.digest, true).await?;
        }
    }
    let action = if enabled { "plugins.enable" } else { "plugins.disable" };
    let entry = AuditEntry::new(host, caller, action, "installation", id);
    if enabled {
        host.plugins.reset_breaker(workspace, id);
    }
    let (host_too, actor) = (host.clone(), caller.actor.clone());
    host.store
        .write(workspace, "plugins.switch", move |conn| {
            Box::pin(async move {
                let row = installation(conn, workspace, id).await?;
                let reason = match enabled {
                    true => "the installation was switched on",
                    false => "the installation was switched off",
                };
                switched(conn, &host_too, workspace, row, enabled, &actor, reason).await?;
                audit(conn, &entry).await?;
                Ok(())
            })
        })
        .await
}

/// Switch an installation as part of a write: the version that leads goes
/// along, and a canary is stopped where it is switched off.
pub(crate) async fn switched(
    conn: &mut Conn,
    host: &Host,
    workspace: WorkspaceId,
    mut row: Installation,
    enabled: bool,
    actor: &Actor,
    reason: &str,
) -> Result<(), Error> {
    let (at, told) = (host.now_us(), actor.to_string());
    if !enabled {
        row = canary::stop(conn, host, workspace, row, "disabled", actor).await?;
    }
    if let Some(leads) = row.active_version {
        let leads = version(conn, workspace, row.id, leads).await?;
        let to = if enabled { VersionState::Active } else { VersionState::Disabled };
        if enabled {
            // Once more where it counts.
            supply::check_serves(conn, workspace, &leads.digest, true).await?;
        }
        steps::go(conn, workspace, &leads, to, &steps::Step { at, actor: &told, reason }).await?;
    }
    row.enabled = enabled;
    unchanged(sql::installation_update(conn, workspace, &row, at).await?)
}

/// Remove an installation that is switched off, with its state and secrets.
/// Its run log and its audit entries stay.
pub(crate) async fn remove(host: &Host, caller: &Caller, id: Id) -> Result<(), Error> {
    let workspace = caller.workspace;
    let row = {
        let mut conn = host.store.read(workspace).await?;
        let row = installation(&mut conn, workspace, id).await?;
        scope::require(&mut conn, caller, row.unit, "plugins.admin").await?;
        row
    };
    if row.enabled && row.active_version.is_some() {
        return Err(Error::StillEnabled);
    }
    let entry = AuditEntry::new(host, caller, "plugins.remove", "installation", id)
        .detail(json!({ "name": row.name, "plugin": row.plugin }));
    host.store
        .write(workspace, "plugins.remove", move |conn| {
            Box::pin(async move {
                sql::installation_delete(conn, workspace, id).await?;
                audit(conn, &entry).await?;
                Ok(())
            })
        })
        .await
}

/// A row that was changed between reading and writing is not overwritten.
pub(crate) fn unchanged(kept: bool) -> Result<(), Error> {
    if kept {
        return Ok(());
    }
    Err(Problem::conflict("changed", "it was changed since it was read; read it again, then repeat").into())
}

fn checked_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        let message = format!("must have 1 to {NAME_CHARS_MAX} characters and no control characters");
        return Err(Problem::invalid("name", message).into());
    }
    Ok(name.to_owned())
}

fn taken(error: StoreError, name: &str) -> Error {
    match error {
        StoreError::Duplicate { .. } => Error::NameTaken(name.to_owned()),
        other => other.into(),
    }
}

type Sealed = Vec<(String, Option<Vec<u8>>)>;

fn seal_all(
    host: &Host,
    workspace: WorkspaceId,
    installation: Id,
    changes: &std::collections::BTreeMap<String, SecretChange>,
) -> Result<Sealed, Error> {
    changes
        .iter()
        .map(|(name, change)| {
            let sealed = match change {
                SecretChange::Set(plain) => Some(secrets::seal(host, workspace, installation, name, plain)?),
                SecretChange::Remove => None,
            };
            Ok((name.clone(), sealed))
        })
        .collect()
}

async fn write_secrets(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
    sealed: &Sealed,
    now_us: i64,
) -> Result<(), Error> {
    for (name, bytes) in sealed {
        sql::secret_set(conn, workspace, installation, name, bytes.as_deref(), now_us).await?;
    }
    Ok(())
}
