//! The life of a version: it waits, is approved, serves, is superseded, and
//! may serve again. The one that serves keeps serving until the swap.

use super::{
    describe::describe,
    installation,
    installation::{unchanged, version_row},
    package, scope, version,
};
use crate::{
    Error, grants,
    model::{Installation, VersionRow, state},
    run, secrets, settings, sql,
};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::Id;
use rialto_plugin_host::{Grants, Inspection, LoadError, Verdict};
use rialto_slice::Host;
use rialto_web::Caller;
use semver::Version;
use serde_json::{Map, json};

/// Add a version. When it wants no more than is granted already it needs no
/// approval; otherwise it waits and the old one keeps serving.
pub(crate) async fn add(
    host: &Host,
    caller: &Caller,
    id: Id,
    digest: &str,
    activate: bool,
    allow_older: bool,
) -> Result<VersionRow, Error> {
    let workspace = caller.workspace;
    let (row, package, old, secret_names) = {
        let mut conn = host.store.read(workspace).await?;
        let row = installation(&mut conn, workspace, id).await?;
        scope::require(&mut conn, caller, row.unit, "plugins.write").await?;
        let package = package(&mut conn, workspace, digest).await?;
        check_upgrade(&mut conn, workspace, &row, &package.plugin, digest).await?;
        let old = serving(&mut conn, workspace, &row).await?;
        let names = sql::secret_names(&mut conn, workspace, id).await?;
        (row, package, old, names)
    };
    let inspection = package.inspection()?;
    let old = old.as_ref();
    check_order(old.map(|(i, ..)| i), &inspection, allow_older)?;
    let before = old.map(|(i, g, _)| (i, g));
    let difference = grants::difference(before, &inspection, &row.settings()?, &secret_names);
    let mut new = version_row(host, id, &inspection, digest, &serde_json::to_string(&difference)?);
    if let Some((_, granted, approver)) = old
        && difference.added.is_empty()
    {
        new.state = state::APPROVED.to_owned();
        new.grants = serde_json::to_string(&host.plugins.effective(&inspection, granted))?;
        new.approved_by = Some(approver.clone());
        new.approved_at = Some(host.now_us());
    }
    let entry = AuditEntry::new(host, caller, "plugins.add-version", "installation", id)
        .detail(json!({ "version": new.version, "package": digest, "state": new.state, "difference": difference }));
    let kept = new.clone();
    host.store
        .write(workspace, "plugins.add-version", move |conn| {
            Box::pin(async move {
                sql::version_insert(conn, workspace, kept).await?;
                audit(conn, &entry).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    if activate && new.approved() {
        self::activate(host, caller, id, new.id).await?;
    }
    let mut conn = host.store.read(workspace).await?;
    version(&mut conn, workspace, id, new.id).await
}

async fn check_upgrade(
    conn: &mut rialto_store::Conn,
    workspace: rialto_kernel::WorkspaceId,
    row: &Installation,
    plugin: &str,
    digest: &str,
) -> Result<(), Error> {
    if row.plugin != plugin {
        return Err(Error::OtherPlugin { offered: plugin.to_owned(), installed: row.plugin.clone() });
    }
    let known = sql::version_list(conn, workspace, row.id).await?;
    match known.iter().find(|v| v.digest == digest) {
        Some(version) => Err(Error::AlreadyVersion(version.id)),
        None => Ok(()),
    }
}

/// What serves: inspection, grants and who approved them.
async fn serving(
    conn: &mut rialto_store::Conn,
    workspace: rialto_kernel::WorkspaceId,
    row: &Installation,
) -> Result<Option<(Inspection, Grants, String)>, Error> {
    let Some(active) = row.active_version else { return Ok(None) };
    let active = version(conn, workspace, row.id, active).await?;
    let inspection = package(conn, workspace, &active.digest).await?.inspection()?;
    let grants = active.grants()?;
    Ok(Some((inspection, grants, active.approved_by.unwrap_or_default())))
}

fn check_order(old: Option<&Inspection>, new: &Inspection, allow_older: bool) -> Result<(), Error> {
    let parsed = |i: &Inspection| Version::parse(&i.manifest.version).ok();
    match (old.and_then(parsed), parsed(new)) {
        (Some(serves), Some(offered)) if offered < serves && !allow_older => Err(Error::OlderVersion {
            plugin: new.manifest.id.clone(),
            version: offered.to_string(),
            newest: serves.to_string(),
        }),
        _ => Ok(()),
    }
}

/// Approve a version with these grants, or with all it wishes. What counts is
/// wished, granted and under the host's ceiling. On the version that serves it
/// changes what the next run may do.
pub(crate) async fn approve(
    host: &Host,
    caller: &Caller,
    id: Id,
    version_id: Id,
    given: Option<Grants>,
) -> Result<VersionRow, Error> {
    let workspace = caller.workspace;
    let (row, mut approved, inspection) = {
        let mut conn = host.store.read(workspace).await?;
        let row = installation(&mut conn, workspace, id).await?;
        scope::require(&mut conn, caller, row.unit, "plugins.approve").await?;
        let approved = version(&mut conn, workspace, id, version_id).await?;
        let inspection = package(&mut conn, workspace, &approved.digest).await?.inspection()?;
        (row, approved, inspection)
    };
    let given = match given {
        Some(given) => given,
        None => grants::wished(&inspection, &row.settings()?),
    };
    let effective = host.plugins.effective(&inspection, &given);
    check_granted(&inspection, &effective)?;
    approved.grants = serde_json::to_string(&effective)?;
    approved.approved_by = Some(caller.actor.to_string());
    approved.approved_at = Some(host.now_us());
    if approved.state == state::WAITING {
        approved.state = state::APPROVED.to_owned();
    }
    let entry = AuditEntry::new(host, caller, "plugins.approve", "installation", id).detail(json!({
        "version": approved.version, "package": approved.digest, "granted": given, "effective": effective,
    }));
    let kept = approved.clone();
    host.store
        .write(workspace, "plugins.approve", move |conn| {
            Box::pin(async move {
                sql::version_update(conn, workspace, &kept).await?;
                audit(conn, &entry).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(approved)
}

/// An approval that leaves an import out would only fail later.
fn check_granted(inspection: &Inspection, effective: &Grants) -> Result<(), Error> {
    let report = inspection.compat(effective);
    match report.imports.iter().find(|i| i.verdict == Verdict::NeedsPermission) {
        Some(import) => Err(LoadError::NotGranted {
            interface: import.name.clone(),
            permission: import.permission.map_or("unknown", |p| p.as_str()).to_owned(),
        }
        .into()),
        None => Ok(()),
    }
}

/// Let an approved version serve. It is compiled, given its settings and asked
/// to describe itself first; when any of that fails the old one keeps serving.
pub(crate) async fn activate(host: &Host, caller: &Caller, id: Id, version_id: Id) -> Result<(), Error> {
    swap(host, caller, id, version_id, "plugins.activate").await
}

/// Let the version before serve again.
pub(crate) async fn roll_back(host: &Host, caller: &Caller, id: Id) -> Result<(), Error> {
    let row = {
        let mut conn = host.store.read(caller.workspace).await?;
        installation(&mut conn, caller.workspace, id).await?
    };
    let previous = row.previous_version.ok_or(Error::NoPrevious)?;
    swap(host, caller, id, previous, "plugins.roll-back").await
}

async fn swap(host: &Host, caller: &Caller, id: Id, version_id: Id, action: &'static str) -> Result<(), Error> {
    let workspace = caller.workspace;
    let (mut row, mut next, opened) = {
        let mut conn = host.store.read(workspace).await?;
        let row = installation(&mut conn, workspace, id).await?;
        scope::require(&mut conn, caller, row.unit, "plugins.approve").await?;
        let next = version(&mut conn, workspace, id, version_id).await?;
        (row, next, secrets::open_all(host, &mut conn, workspace, id).await?)
    };
    if !next.approved() {
        return Err(Error::NotApproved);
    }
    let plugin = run::load(host, workspace, &next.digest, &next.grants()?).await?;
    settings::change(&plugin.inspection().manifest, &row.settings()?, &opened, Map::new())?;
    next.described = describe(host, workspace, id, &plugin).await?.to_string();
    next.state = state::ACTIVE.to_owned();
    next.activated_at = Some(host.now_us());
    let before = row.active_version.filter(|active| *active != next.id);
    if before.is_some() {
        row.previous_version = before;
    }
    row.active_version = Some(next.id);
    host.plugins.reset_breaker(workspace, id);
    let entry = AuditEntry::new(host, caller, action, "installation", id)
        .detail(json!({ "version": next.version, "package": next.digest }));
    let now_us = host.now_us();
    host.store
        .write(workspace, "plugins.swap", move |conn| {
            Box::pin(async move {
                unchanged(sql::installation_update(conn, workspace, &row, now_us).await?)?;
                if let Some(before) = before {
                    sql::version_supersede(conn, workspace, before).await?;
                }
                sql::version_update(conn, workspace, &next).await?;
                audit(conn, &entry).await?;
                Ok(())
            })
        })
        .await
}
