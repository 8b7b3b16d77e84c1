//! The tree of units: making, renaming, moving, removing. The paths of a moved
//! subtree change in the same transaction.

use super::{
    text::{code, line},
    workspace::changed,
};
use crate::{
    AuditEntry, IdentityError, NewUnit, Unit, UnitPatch, audit,
    sql::{
        UnitRow, unit_count, unit_delete as unit_drop, unit_find, unit_in_use, unit_insert, unit_list as units_under,
        unit_longest, unit_rebase, unit_root, unit_update, unit_used,
    },
};
use rialto_kernel::{Id, Page, PageQuery, Problem, WorkspaceId};
use rialto_slice::Host;
use rialto_store::{Conn, StoreError};
use rialto_web::{Caller, IfMatch};
use serde_json::json;

/// Levels of the tree.
pub const UNIT_DEPTH_MAX: usize = 8;
/// Units of a workspace.
pub const UNITS_MAX: i64 = 10_000;
/// What a unit can be.
const KINDS: &[&str] = &["company", "department", "business_unit", "branch", "store"];
/// Characters of one step of a path: an id and a slash.
const STEP: usize = 37;

/// Make a unit.
///
/// # Errors
/// When a field is wrong, the code is taken, the caller may not, or the tree is full.
pub async fn unit_create(host: &Host, caller: &Caller, new: NewUnit) -> Result<Unit, IdentityError> {
    let (workspace, id) = (caller.workspace, host.id());
    let kind = kind(&new.kind)?;
    let (unit_code, name) = (code("code", &new.code, 60)?, line("name", &new.name, 200)?);
    let (caller_in, entry) = (caller.clone(), AuditEntry::new(host, caller, "unit.create", "unit", id));
    let now = host.now_us();
    let taken = unit_code.clone();
    let write = host.store.write(workspace, "unit.create", move |conn| {
        Box::pin(async move {
            let parent = parent_of(conn, workspace, new.parent).await?;
            caller_in.require_in("units.write", &parent.path)?;
            let row = UnitRow {
                id,
                parent: Some(parent.id),
                kind,
                code: unit_code,
                name,
                path: format!("{}{id}/", parent.path),
                version: 1,
                created_at: now,
            };
            check_room(conn, workspace, &row.path).await?;
            unit_insert(conn, workspace, &row).await?;
            audit(conn, &entry.detail(json!({ "code": row.code, "parent": row.parent }))).await?;
            Ok::<_, IdentityError>(row)
        })
    });
    Ok(write.await.map_err(|error| taken_code(error, &taken))?.into())
}

/// A unit, if the caller may see it.
///
/// # Errors
/// When there is no such unit in the caller's reach.
pub async fn unit_get(host: &Host, caller: &Caller, id: Id) -> Result<Unit, IdentityError> {
    let mut conn = host.store.read(caller.workspace).await?;
    Ok(visible(&mut conn, caller, id).await?.into())
}

/// The path of a unit of a workspace, for other areas that keep a unit's id.
///
/// # Errors
/// When there is no such unit.
pub async fn unit_path(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<String, IdentityError> {
    Ok(unit_find(conn, workspace, id).await?.ok_or(IdentityError::NotFound("unit"))?.path)
}

/// Units in the order of the tree, all or a subtree, as far as the caller sees.
///
/// # Errors
/// When the caller may not read units, or the query is wrong.
pub async fn unit_list(
    host: &Host,
    caller: &Caller,
    under: Option<Id>,
    page: &PageQuery,
) -> Result<Page<Unit>, IdentityError> {
    caller.require("units.read")?;
    let limit = page.limit()?;
    let mut after = page.after::<String>()?.unwrap_or_default();
    let mut conn = host.store.read(caller.workspace).await?;
    let root = match under {
        Some(id) => visible(&mut conn, caller, id).await?.path,
        None => String::new(),
    };
    let reach = caller.reach("units.read");
    let mut rows = Vec::new();
    // Rows out of reach are passed over; the tree is bounded by `UNITS_MAX`.
    loop {
        let more = units_under(&mut conn, caller.workspace, &root, &after, limit + 1).await?;
        let Some(last) = more.last() else { break };
        after.clone_from(&last.path);
        let full = more.len() > limit as usize;
        rows.extend(more.into_iter().filter(|row| reach.reaches(&row.path)));
        if !full || rows.len() > limit as usize {
            break;
        }
    }
    Ok(Page::from_rows(rows, limit, |row: &UnitRow| row.path.clone())?.map(Unit::from))
}

/// Rename or move a unit.
///
/// # Errors
/// When a field is wrong, the code is taken, the caller may not, it was changed
/// meanwhile, or it would come to lie below itself.
pub async fn unit_patch(
    host: &Host,
    caller: &Caller,
    id: Id,
    patch: UnitPatch,
    if_match: IfMatch,
) -> Result<Unit, IdentityError> {
    let workspace = caller.workspace;
    let (caller_in, entry) = (caller.clone(), AuditEntry::new(host, caller, "unit.update", "unit", id));
    let taken = patch.code.clone().unwrap_or_default();
    let write = host.store.write(workspace, "unit.update", move |conn| {
        Box::pin(async move {
            let mut row = visible(conn, &caller_in, id).await?;
            caller_in.require_in("units.write", &row.path)?;
            if_match.check(row.version)?;
            let before = row.path.clone();
            rename(&mut row, &patch)?;
            row.version += 1;
            if let Some(parent) = patch.parent.filter(|parent| Some(*parent) != row.parent) {
                move_below(conn, &caller_in, &mut row, parent).await?;
            }
            if unit_update(conn, workspace, &row).await? == 0 {
                return Err(IdentityError::Refused(changed()));
            }
            let detail = json!({ "code": row.code, "name": row.name, "moved": before != row.path });
            audit(conn, &entry.detail(detail)).await?;
            Ok(row)
        })
    });
    Ok(write.await.map_err(|error| taken_code(error, &taken))?.into())
}

/// Remove a unit that has nothing in it.
///
/// # Errors
/// When it has units, roles or tokens in it, is the root, or the caller may not.
pub async fn unit_delete(host: &Host, caller: &Caller, id: Id) -> Result<(), IdentityError> {
    let workspace = caller.workspace;
    let (caller_in, entry) = (caller.clone(), AuditEntry::new(host, caller, "unit.delete", "unit", id));
    let used = rialto_slice::units::uses(host);
    let write = host.store.write(workspace, "unit.delete", move |conn| {
        Box::pin(async move {
            let row = visible(conn, &caller_in, id).await?;
            caller_in.require_in("units.write", &row.path)?;
            if row.parent.is_none() {
                return Err(IdentityError::UnitRoot);
            }
            if unit_count(conn, workspace, &row.path).await? > 1 {
                return Err(IdentityError::UnitNotEmpty("units"));
            }
            match unit_in_use(conn, workspace, id).await? {
                (0, 0) => {}
                (0, _) => return Err(IdentityError::UnitNotEmpty("tokens")),
                _ => return Err(IdentityError::UnitNotEmpty("roles")),
            }
            for one in used {
                if unit_used(conn, one.find, workspace, id).await? {
                    return Err(IdentityError::UnitNotEmpty(one.what));
                }
            }
            unit_drop(conn, workspace, id).await?;
            Ok(audit(conn, &entry.detail(json!({ "code": row.code, "name": row.name }))).await?)
        })
    });
    write.await
}

/// A unit of the caller's workspace that the caller may read.
async fn visible(conn: &mut Conn, caller: &Caller, id: Id) -> Result<UnitRow, IdentityError> {
    let row = unit_find(conn, caller.workspace, id).await?;
    row.filter(|row| caller.reach("units.read").reaches(&row.path)).ok_or(IdentityError::NotFound("unit"))
}

pub(crate) async fn parent_of(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Option<Id>,
) -> Result<UnitRow, IdentityError> {
    let row = match id {
        Some(id) => unit_find(conn, workspace, id).await?,
        None => unit_root(conn, workspace).await?,
    };
    row.ok_or(IdentityError::NotFound("unit"))
}

async fn move_below(conn: &mut Conn, caller: &Caller, row: &mut UnitRow, parent: Id) -> Result<(), IdentityError> {
    if row.parent.is_none() {
        return Err(IdentityError::UnitRoot);
    }
    let workspace = caller.workspace;
    let parent = parent_of(conn, workspace, Some(parent)).await?;
    caller.require_in("units.write", &parent.path)?;
    if parent.path.starts_with(&row.path) {
        return Err(IdentityError::UnitCycle);
    }
    let longest = usize::try_from(unit_longest(conn, workspace, &row.path).await?).unwrap_or(usize::MAX);
    let below = (longest - row.path.len().min(longest)) / STEP;
    check_depth(parent.path.len() / STEP + 1 + below)?;
    let path = format!("{}{}/", parent.path, row.id);
    unit_rebase(conn, workspace, &row.path, &path).await?;
    row.parent = Some(parent.id);
    row.path = path;
    Ok(())
}

async fn check_room(conn: &mut Conn, workspace: WorkspaceId, path: &str) -> Result<(), IdentityError> {
    check_depth(path.len() / STEP)?;
    if unit_count(conn, workspace, "").await? >= UNITS_MAX {
        return Err(IdentityError::TooMany { limit: "units", value: UNITS_MAX });
    }
    Ok(())
}

fn check_depth(depth: usize) -> Result<(), Problem> {
    if depth > UNIT_DEPTH_MAX {
        return Err(Problem::invalid("parent", format!("the tree has at most {UNIT_DEPTH_MAX} levels")));
    }
    Ok(())
}

fn rename(row: &mut UnitRow, patch: &UnitPatch) -> Result<(), Problem> {
    if let Some(wanted) = &patch.kind {
        row.kind = kind(wanted)?;
    }
    if let Some(wanted) = &patch.code {
        row.code = code("code", wanted, 60)?;
    }
    if let Some(wanted) = &patch.name {
        row.name = line("name", wanted, 200)?;
    }
    Ok(())
}

fn kind(text: &str) -> Result<String, Problem> {
    if KINDS.contains(&text) {
        Ok(text.to_owned())
    } else {
        Err(Problem::invalid("kind", format!("use one of {}", KINDS.join(", "))))
    }
}

fn taken_code(error: IdentityError, code: &str) -> IdentityError {
    match error {
        IdentityError::Store(StoreError::Duplicate { .. }) => {
            IdentityError::Taken { field: "code", value: code.to_owned() }
        }
        error => error,
    }
}
