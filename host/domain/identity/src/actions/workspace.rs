//! Making and changing workspaces. Only the command line makes one: a tenant
//! must not make another.

use super::text::{code, line};
use crate::{
    AuditEntry, IdentityError, NewWorkspace, Workspace, WorkspacePatch, audit,
    rhythm::Rhythms,
    sql::{UnitRow, WorkspaceRow, unit_insert, workspace_counts, workspace_find, workspace_insert, workspace_update},
    unscoped,
};
use rialto_kernel::{Currency, Problem, WorkspaceId};
use rialto_slice::{
    Host,
    priced::{Priced, priced},
};
use rialto_store::{Conn, Scope, StoreError};
use rialto_web::{Actor, Caller, IfMatch};
use serde_json::json;

/// Workspaces of one host that are listed.
pub const WORKSPACES_MAX: u32 = 1_000;
/// Own words a workspace may set.
const LABELS_MAX: usize = 200;

/// Make a workspace with the root of its units.
///
/// # Errors
/// When a field is wrong or the slug is taken.
pub async fn workspace_create(host: &Host, new: NewWorkspace) -> Result<Workspace, IdentityError> {
    let row = checked(host, &new)?;
    let workspace = WorkspaceId(row.id);
    let root = root_of(host, &row);
    let entry = AuditEntry::by(host, workspace, &Actor::Local, "workspace.create", "workspace", row.id)
        .detail(json!({ "slug": row.slug }));
    let (kept, rhythms) = (row.clone(), Rhythms::of(host));
    let write = host.store.write(workspace, "workspace.create", move |conn| {
        Box::pin(async move {
            workspace_insert(conn, &kept).await?;
            unit_insert(conn, workspace, &root).await?;
            rhythms.put(conn, workspace, &kept.zone).await?;
            Ok::<_, IdentityError>(audit(conn, &entry).await?)
        })
    });
    match write.await {
        Err(IdentityError::Store(StoreError::Duplicate { .. })) => {
            Err(IdentityError::Taken { field: "slug", value: row.slug })
        }
        Err(error) => Err(error),
        Ok(()) => Ok(row.into()),
    }
}

fn checked(host: &Host, new: &NewWorkspace) -> Result<WorkspaceRow, Problem> {
    let currency: Currency = new.currency.parse().map_err(|message: String| Problem::invalid("currency", message))?;
    Ok(WorkspaceRow {
        id: host.id(),
        slug: code("slug", &new.slug, 60)?,
        name: line("name", &new.name, 200)?,
        locale: new.locale.tag().to_owned(),
        zone: zone(&new.zone)?,
        currency: currency.code().to_owned(),
        labels: "{}".to_owned(),
        version: 1,
        created_at: host.now_us(),
        stands_at: None,
    })
}

fn root_of(host: &Host, row: &WorkspaceRow) -> UnitRow {
    let id = host.id();
    UnitRow {
        id,
        parent: None,
        kind: "company".to_owned(),
        code: row.slug.clone(),
        name: row.name.clone(),
        path: format!("{id}/"),
        version: 1,
        created_at: row.created_at,
    }
}

fn zone(name: &str) -> Result<String, Problem> {
    match jiff::tz::TimeZone::get(name) {
        Ok(_) => Ok(name.to_owned()),
        Err(_) => Err(Problem::invalid("zone", "use an IANA zone such as Asia/Shanghai or Europe/London")),
    }
}

/// The caller's workspace.
///
/// # Errors
/// When the caller may not read it.
pub async fn workspace_get(host: &Host, caller: &Caller) -> Result<Workspace, IdentityError> {
    caller.require("workspace.read")?;
    let mut conn = host.store.read(caller.workspace).await?;
    let row = workspace_find(&mut conn, caller.workspace).await?;
    Ok(row.ok_or(IdentityError::NotFound("workspace"))?.into())
}

/// The name of a workspace, for pages that people outside see.
///
/// # Errors
/// When there is none.
pub async fn workspace_name(conn: &mut Conn, workspace: WorkspaceId) -> Result<String, IdentityError> {
    let row = workspace_find(conn, workspace).await?;
    Ok(row.ok_or(IdentityError::NotFound("workspace"))?.name)
}

/// Change the caller's workspace.
///
/// # Errors
/// When a field is wrong, the caller may not, or it was changed meanwhile.
pub async fn workspace_patch(
    host: &Host,
    caller: &Caller,
    patch: WorkspacePatch,
    if_match: IfMatch,
) -> Result<Workspace, IdentityError> {
    caller.require_everywhere("workspace.write")?;
    let mut conn = host.store.read(caller.workspace).await?;
    let row = workspace_find(&mut conn, caller.workspace).await?;
    drop(conn);
    let mut row = row.ok_or(IdentityError::NotFound("workspace"))?;
    if_match.check(row.version)?;
    let before = row.clone();
    apply(&mut row, patch)?;
    row.version += 1;
    let (moves, counts_anew) = (row.zone != before.zone, row.currency != before.currency);
    let counted = priced(host);
    let entry = AuditEntry::new(host, caller, "workspace.update", "workspace", row.id)
        .detail(json!({ "name": row.name, "locale": row.locale, "zone": row.zone, "currency": row.currency }));
    let (kept, rhythms) = (row.clone(), Rhythms::of(host));
    let write = host.store.write(caller.workspace, "workspace.update", move |conn| {
        Box::pin(async move {
            if counts_anew {
                nothing_counted(conn, WorkspaceId(kept.id), &counted).await?;
            }
            if workspace_update(conn, &kept).await? == 0 {
                return Err(IdentityError::Refused(changed()));
            }
            if moves {
                rhythms.put(conn, WorkspaceId(kept.id), &kept.zone).await?;
            }
            Ok(audit(conn, &entry).await?)
        })
    });
    write.await?;
    Ok(row.into())
}

async fn nothing_counted(conn: &mut Conn, workspace: WorkspaceId, counted: &[Priced]) -> Result<(), IdentityError> {
    for one in counted {
        if workspace_counts(conn, one.find, workspace).await? {
            return Err(IdentityError::CurrencyInUse(one.what));
        }
    }
    Ok(())
}

fn apply(row: &mut WorkspaceRow, patch: WorkspacePatch) -> Result<(), Problem> {
    if let Some(name) = patch.name {
        row.name = line("name", &name, 200)?;
    }
    if let Some(locale) = patch.locale {
        row.locale = locale.tag().to_owned();
    }
    if let Some(name) = patch.zone {
        row.zone = zone(&name)?;
    }
    if let Some(code) = patch.currency {
        let currency: Currency = code.parse().map_err(|message: String| Problem::invalid("currency", message))?;
        row.currency = currency.code().to_owned();
    }
    if let Some(labels) = patch.labels {
        if labels.len() > LABELS_MAX {
            return Err(Problem::invalid("labels", format!("at most {LABELS_MAX} words can be set")));
        }
        for (word, label) in &labels {
            line(&format!("labels.{word}"), label, 100)?;
            code("labels", word, 60)?;
        }
        row.labels = json!(labels).to_string();
    }
    Ok(())
}

/// 412: somebody else was quicker.
pub(crate) fn changed() -> Problem {
    Problem::new(412, "changed", "it was changed since you read it; read it again, then repeat")
}

/// Ids and slugs of the host's workspaces, oldest first.
///
/// # Errors
/// When the store fails.
pub async fn workspace_list(host: &Host) -> Result<Vec<(WorkspaceId, String)>, IdentityError> {
    let mut conn = host.store.read(Scope::Host).await?;
    let rows = unscoped::workspace_ids(&mut conn, WORKSPACES_MAX).await?;
    Ok(rows.into_iter().map(|(id, slug)| (WorkspaceId(id), slug)).collect())
}

/// The workspace with this slug, if there is one.
///
/// # Errors
/// When the store fails.
pub async fn workspace_find_slug(host: &Host, slug: &str) -> Result<Option<WorkspaceId>, IdentityError> {
    let mut conn = host.store.read(Scope::Host).await?;
    Ok(unscoped::workspace_by_slug(&mut conn, slug).await?)
}

/// The oldest workspace; made first when there is none.
///
/// # Errors
/// When the store fails.
pub async fn workspace_default(host: &Host, new: NewWorkspace) -> Result<WorkspaceId, IdentityError> {
    if let Some((id, _)) = workspace_list(host).await?.into_iter().next() {
        return Ok(id);
    }
    match workspace_create(host, new).await {
        Ok(workspace) => Ok(WorkspaceId(workspace.id)),
        // Another process made it at the same moment.
        Err(IdentityError::Taken { value, .. }) => {
            workspace_find_slug(host, &value).await?.ok_or(IdentityError::NotFound("workspace"))
        }
        Err(error) => Err(error),
    }
}
