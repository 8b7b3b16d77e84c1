//! The life of a version: it waits, is approved, serves, is superseded, and
//! may serve again. The one that serves keeps serving until the swap.

use super::{
    describe::describe,
    installation,
    installation::{unchanged, version_row},
    package, scope, supply, version,
    waiting::held_anew,
};
use crate::{
    Error, grants,
    model::{Installation, VersionRow},
    report::Beside,
    rollout::{Updates, VersionState, canary, gate, steps},
    run, secrets, settings, sql,
};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::Id;
use rialto_plugin_host::{Grants, Inspection, LoadError, Verdict};
use rialto_slice::Host;
use rialto_web::{Caller, IfMatch};
use semver::Version;
use serde_json::{Map, json};

/// Add a version. When it wants no more than is granted already it needs no
/// approval, and the installation's policy may let it try or serve by itself;
/// otherwise it waits and the old one keeps serving.
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
        supply::check_serves(&mut conn, workspace, digest, false).await?;
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
    precompile(host, workspace, digest).await?;
    let mut reason = "it asks for more than is granted";
    if let Some((_, granted, approver)) = old
        && difference.added.is_empty()
    {
        reason = "it asks for no more than is granted";
        new.state = VersionState::Approved.as_str().to_owned();
        new.grants = serde_json::to_string(&host.plugins.effective(&inspection, granted))?;
        new.approved_by = Some(approver.clone());
        new.approved_at = Some(host.now_us());
    }
    let entry = AuditEntry::new(host, caller, "plugins.add-version", "installation", id)
        .detail(json!({ "version": new.version, "package": digest, "state": new.state, "difference": difference }));
    let (kept, by) = (new.clone(), caller.actor.to_string());
    host.store
        .write(workspace, "plugins.add-version", move |conn| {
            Box::pin(async move {
                sql::version_insert(conn, workspace, kept.clone()).await?;
                steps::arrived(conn, workspace, &kept, &by, reason).await?;
                audit(conn, &entry).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    if new.approved() {
        move_on(host, caller, &row, new.id, activate).await?;
    }
    let mut conn = host.store.read(workspace).await?;
    version(&mut conn, workspace, id, new.id).await
}

/// What becomes of a version that asks for no more than is granted.
async fn move_on(host: &Host, caller: &Caller, row: &Installation, new: Id, activate: bool) -> Result<(), Error> {
    match row.rollout()?.updates {
        _ if activate => self::activate(host, caller, row.id, new, false).await,
        Updates::Activate if row.enabled => {
            swap(host, caller, row.id, new, Swap { by_policy: true, ..Swap::of("plugins.activate") }).await
        }
        Updates::Canary if row.enabled && row.canary.is_none() => {
            super::canary::begin(
                host,
                caller,
                row.id,
                new,
                None,
                Swap { by_policy: true, ..Swap::of("plugins.canary") },
            )
            .await
        }
        _ => Ok(()),
    }
}

/// Compile a package before anything of it is kept: one that does not compile
/// is never a version.
pub(crate) async fn precompile(host: &Host, workspace: rialto_kernel::WorkspaceId, digest: &str) -> Result<(), Error> {
    let bytes = {
        let mut conn = host.store.read(workspace).await?;
        sql::package_bytes(&mut conn, workspace, digest).await?.ok_or(Error::Unknown("package"))?
    };
    Ok(host.plugins.precompile(bytes).await?)
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
    let removed = VersionState::Removed.as_str();
    match known.iter().find(|v| v.digest == digest && v.state != removed) {
        Some(version) => Err(Error::AlreadyVersion(version.id)),
        None => Ok(()),
    }
}

/// What serves: inspection, grants and who approved them.
pub(super) async fn serving(
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

/// What serves in an installation, for a package to be held against.
pub(crate) async fn beside(host: &Host, caller: &Caller, id: Id, plugin: &str) -> Result<Beside, Error> {
    let workspace = caller.workspace;
    let mut conn = host.store.read(workspace).await?;
    let row = installation(&mut conn, workspace, id).await?;
    scope::require(&mut conn, caller, row.unit, "plugins.read").await?;
    if row.plugin != plugin {
        return Err(Error::OtherPlugin { offered: plugin.to_owned(), installed: row.plugin });
    }
    let secrets = sql::secret_names(&mut conn, workspace, id).await?;
    let serves = serving(&mut conn, workspace, &row).await?;
    let (inspection, grants) = serves.map(|(inspection, grants, _)| (inspection, grants)).unzip();
    Ok(Beside { inspection, grants: grants.unwrap_or_default(), settings: row.settings()?, secrets })
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
/// changes what the next run may do. What it wishes follows its settings:
/// `if_match` holds the approval to the installation as it was read.
pub(crate) async fn approve(
    host: &Host,
    caller: &Caller,
    id: Id,
    version_id: Id,
    if_match: IfMatch,
    given: Option<Grants>,
) -> Result<VersionRow, Error> {
    let workspace = caller.workspace;
    let (row, mut approved, inspection) = {
        let mut conn = host.store.read(workspace).await?;
        let row = installation(&mut conn, workspace, id).await?;
        scope::require(&mut conn, caller, row.unit, "plugins.approve").await?;
        if_match.check(row.version)?;
        let approved = version(&mut conn, workspace, id, version_id).await?;
        if approved.state()? == VersionState::Removed {
            return Err(Error::Unknown("version"));
        }
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
    let entry = AuditEntry::new(host, caller, "plugins.approve", "installation", id).detail(json!({
        "version": approved.version, "package": approved.digest, "granted": given, "effective": effective,
    }));
    let (kept, by, at) = (approved.clone(), caller.actor.to_string(), host.now_us());
    host.store
        .write(workspace, "plugins.approve", move |conn| {
            Box::pin(async move {
                if kept.state()? == VersionState::Waiting {
                    let step = steps::Step { at, actor: &by, reason: "somebody approved what it asks for" };
                    steps::go(conn, workspace, &kept, VersionState::Approved, &step).await?;
                }
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

/// How a version comes to serve or to try.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Swap {
    /// The word for it in the audit log.
    pub(crate) action: &'static str,
    /// Whether somebody looked at what its shadow run showed.
    pub(crate) accepted: bool,
    /// Whether the installation's policy does it, which somebody who may set
    /// that policy decided before.
    pub(crate) by_policy: bool,
}

impl Swap {
    pub(crate) fn of(action: &'static str) -> Self {
        Self { action, accepted: false, by_policy: false }
    }
}

/// Let an approved version serve. It is compiled, given its settings and asked
/// to describe itself first; when any of that fails the old one keeps serving.
pub(crate) async fn activate(
    host: &Host,
    caller: &Caller,
    id: Id,
    version_id: Id,
    accepted: bool,
) -> Result<(), Error> {
    swap(host, caller, id, version_id, Swap { accepted, ..Swap::of("plugins.activate") }).await
}

/// Go back: from a canary to the version beside it, otherwise to the version
/// that served before.
pub(crate) async fn roll_back(host: &Host, caller: &Caller, id: Id) -> Result<(), Error> {
    let row = {
        let mut conn = host.store.read(caller.workspace).await?;
        installation(&mut conn, caller.workspace, id).await?
    };
    if row.canary.is_some() {
        return super::canary::stop(host, caller, id).await;
    }
    let previous = row.previous_version.ok_or(Error::NoPrevious)?;
    // It served before: what its shadow run showed was looked at then.
    swap(host, caller, id, previous, Swap { accepted: true, ..Swap::of("plugins.roll-back") }).await
}

/// A version that was made ready beside what serves.
pub(crate) struct Ready {
    pub(crate) row: Installation,
    pub(crate) next: VersionRow,
}

/// Make a version ready: it may go there, it compiles with its grants, its
/// settings fit, and it answers what it is asked before anything else.
pub(crate) async fn ready(
    host: &Host,
    caller: &Caller,
    id: Id,
    version_id: Id,
    to: impl FnOnce(&Installation) -> Result<VersionState, Error>,
    how: Swap,
) -> Result<Ready, Error> {
    let workspace = caller.workspace;
    let (row, mut next, opened) = {
        let mut conn = host.store.read(workspace).await?;
        let row = installation(&mut conn, workspace, id).await?;
        if !how.by_policy {
            scope::require(&mut conn, caller, row.unit, "plugins.approve").await?;
        }
        let next = version(&mut conn, workspace, id, version_id).await?;
        supply::check_serves(&mut conn, workspace, &next.digest, next.activated_at.is_some()).await?;
        (row, next, secrets::open_all(host, &mut conn, workspace, id).await?)
    };
    gate(&next, to(&row)?, how.accepted)?;
    let plugin = run::load(host, workspace, &next.digest, &next.grants()?).await?;
    settings::change(&plugin.inspection().manifest, &row.settings()?, &opened, Map::new())?;
    next.described = describe(host, workspace, id, &plugin).await?.to_string();
    Ok(Ready { row, next })
}

async fn swap(host: &Host, caller: &Caller, id: Id, version_id: Id, how: Swap) -> Result<(), Error> {
    let workspace = caller.workspace;
    // Where the installation is switched off, the version leads and waits.
    let leads = |row: &Installation| Ok(if row.enabled { VersionState::Active } else { VersionState::Disabled });
    let Ready { row: seen, next } = ready(host, caller, id, version_id, leads, how).await?;
    host.plugins.reset_breaker(workspace, id);
    let entry = AuditEntry::new(host, caller, how.action, "installation", id)
        .detail(json!({ "version": next.version, "package": next.digest }));
    let (host_too, actor) = (host.clone(), caller.actor.clone());
    host.store
        .write(workspace, "plugins.swap", move |conn| {
            Box::pin(async move {
                let row = installation(conn, workspace, id).await?;
                unchanged(row.version == seen.version)?;
                // Once more where it counts: a revocation may have come while it was compiled.
                supply::check_serves(conn, workspace, &next.digest, next.activated_at.is_some()).await?;
                let row = end_canary(conn, &host_too, row, &next, &actor, workspace).await?;
                take_over(conn, workspace, row, next, &actor.to_string(), host_too.now_us()).await?;
                audit(conn, &entry).await?;
                Ok(())
            })
        })
        .await
}

/// A canary of the version that takes over has done its part; one of another
/// version is stopped.
async fn end_canary(
    conn: &mut rialto_store::Conn,
    host: &Host,
    row: Installation,
    next: &VersionRow,
    actor: &rialto_web::Actor,
    workspace: rialto_kernel::WorkspaceId,
) -> Result<Installation, Error> {
    let Some(running) = row.canary else { return Ok(row) };
    match sql::canary_find(conn, workspace, running).await? {
        Some(own) if own.version == next.id => {
            canary::end(conn, host, workspace, &own, canary::Ending::taken(actor, &own)).await?;
            installation(conn, workspace, row.id).await
        }
        _ => canary::stop(conn, host, workspace, row, "superseded", actor).await,
    }
}

async fn take_over(
    conn: &mut rialto_store::Conn,
    workspace: rialto_kernel::WorkspaceId,
    mut row: Installation,
    mut next: VersionRow,
    actor: &str,
    at: i64,
) -> Result<(), Error> {
    let target = if row.enabled { VersionState::Active } else { VersionState::Disabled };
    if let Some(before) = row.active_version.filter(|active| *active != next.id) {
        let old = version(conn, workspace, row.id, before).await?;
        let reason = format!("{} serves now", next.version);
        steps::go(conn, workspace, &old, VersionState::Superseded, &steps::Step { at, actor, reason: &reason }).await?;
        row.previous_version = Some(before);
    }
    steps::go(conn, workspace, &next, target, &steps::Step { at, actor, reason: "it was let serve" }).await?;
    row.active_version = Some(next.id);
    next.activated_at = Some(at);
    sql::version_update(conn, workspace, &next).await?;
    sql::version_activated(conn, workspace, next.id, at).await?;
    unchanged(sql::installation_update(conn, workspace, &row, at).await?)?;
    held_anew(conn, workspace, &row).await
}
