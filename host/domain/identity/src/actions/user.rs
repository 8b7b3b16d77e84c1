//! Making, reading and changing users.

use super::{
    email, line,
    token::too_much,
    unit::parent_of,
    user_access::{NewInvitation, unknown_role},
    workspace::changed,
};
use crate::{
    AuditEntry, IdentityError, NewRole, NewUser, User, UserMade, UserPatch, audit, password,
    role::{covers, grant, role},
    sql::{
        RoleRow, UserRow, invitation_delete_all, invitation_set, role_add, role_count_admins, role_list,
        session_delete_all, user_count, user_find, user_insert, user_list as users_after, user_update, workspace_find,
    },
};
use rialto_kernel::{Id, Page, PageQuery, Problem, WorkspaceId};
use rialto_slice::Host;
use rialto_store::{Conn, StoreError};
use rialto_web::{Actor, Caller, IfMatch, UnitScope};
use serde_json::json;

/// Users of a workspace.
pub const USERS_MAX: i64 = 10_000;
/// Roles of one user.
pub const ROLES_PER_USER_MAX: usize = 50;

/// Make a user, with a password or with an invitation to set one.
///
/// # Errors
/// When a field is wrong, the address is taken, or the caller may not give
/// these roles.
pub async fn user_create(host: &Host, caller: &Caller, new: NewUser) -> Result<UserMade, IdentityError> {
    caller.require("users.write")?;
    let address = email("email", &new.email)?;
    check_roles(caller, &new.roles)?;
    let (hash, invitation) = first_access(host, new.password.as_deref(), &address).await?;
    let row = UserRow {
        id: host.id(),
        email: address.clone(),
        name: line("name", &new.name, 200)?,
        locale: new.locale.map(|locale| locale.tag().to_owned()).unwrap_or_default(),
        state: if invitation.is_some() { "invited" } else { "active" }.to_owned(),
        version: 1,
        created_at: host.now_us(),
    };
    let entry = AuditEntry::new(host, caller, "user.create", "user", row.id);
    let kept_invitation = invitation.clone();
    let work = (caller.clone(), entry, new.roles, hash, kept_invitation);
    let write = host.store.write(caller.workspace, "user.create", move |conn| {
        Box::pin(async move {
            let (caller, entry, roles, hash, invitation) = work;
            insert(conn, &caller, row, &roles, &hash, invitation.as_ref(), entry).await
        })
    });
    match write.await {
        Err(IdentityError::Store(StoreError::Duplicate { .. })) => {
            Err(IdentityError::Taken { field: "email", value: address })
        }
        Err(error) => Err(error),
        Ok(user) => Ok(UserMade { user, invitation: invitation.map(NewInvitation::shown) }),
    }
}

fn check_roles(caller: &Caller, roles: &[NewRole]) -> Result<(), Problem> {
    if roles.len() > ROLES_PER_USER_MAX {
        return Err(Problem::invalid("roles", format!("at most {ROLES_PER_USER_MAX} roles")));
    }
    if let Some(at) = roles.iter().position(|wanted| role(&wanted.role).is_none()) {
        return Err(Problem::invalid(&format!("roles[{at}].role"), unknown_role().detail));
    }
    if roles.is_empty() {
        caller.require_everywhere("users.write")?;
    }
    Ok(())
}

/// The hash of a given password, or an invitation to set one.
async fn first_access(
    host: &Host,
    given: Option<&str>,
    address: &str,
) -> Result<(String, Option<NewInvitation>), Problem> {
    match given {
        Some(text) => {
            password::check("password", text, address)?;
            Ok((password::hash(text.to_owned(), &host.random).await?, None))
        }
        None => Ok((String::new(), Some(NewInvitation::make(host)))),
    }
}

async fn insert(
    conn: &mut Conn,
    caller: &Caller,
    mut row: UserRow,
    roles: &[NewRole],
    hash: &str,
    invitation: Option<&NewInvitation>,
    entry: AuditEntry,
) -> Result<User, IdentityError> {
    let workspace = caller.workspace;
    if user_count(conn, workspace).await? >= USERS_MAX {
        return Err(IdentityError::TooMany { limit: "users", value: USERS_MAX });
    }
    if row.locale.is_empty() {
        row.locale = workspace_find(conn, workspace).await?.map(|found| found.locale).unwrap_or_default();
    }
    user_insert(conn, workspace, &row, hash).await?;
    for wanted in roles {
        give(conn, caller, row.id, wanted, row.created_at).await?;
    }
    if let Some(invitation) = invitation {
        invitation_set(conn, workspace, &invitation.hash, row.id, row.created_at, invitation.expires_at).await?;
    }
    let user = read(conn, workspace, row.id).await?;
    audit(conn, &entry.detail(json!({ "roles": user.roles }))).await?;
    Ok(user)
}

/// Give a user a role, if the caller may do all that it allows.
pub(super) async fn give(
    conn: &mut Conn,
    caller: &Caller,
    user: Id,
    wanted: &NewRole,
    now_us: i64,
) -> Result<Id, IdentityError> {
    let unit = parent_of(conn, caller.workspace, wanted.unit).await?;
    caller.require_in("users.write", &unit.path)?;
    let allowed = grant(&wanted.role, &unit.path, unit.parent.is_none()).ok_or_else(unknown_role)?;
    if !covers(&caller.grants, &allowed) {
        return Err(too_much().into());
    }
    role_add(conn, caller.workspace, user, unit.id, &wanted.role, now_us).await?;
    Ok(unit.id)
}

/// A user, if the caller may see them.
///
/// # Errors
/// When there is no such user in the caller's reach.
pub async fn user_get(host: &Host, caller: &Caller, id: Id) -> Result<User, IdentityError> {
    let mut conn = host.store.read(caller.workspace).await?;
    let (row, roles) = within(&mut conn, caller, id, "users.read").await?;
    Ok(User::of(row, roles))
}

/// The user who calls, if it is one.
///
/// # Errors
/// When the store fails.
pub async fn user_self(host: &Host, caller: &Caller) -> Result<Option<User>, IdentityError> {
    let Actor::User(id) = caller.actor else { return Ok(None) };
    let mut conn = host.store.read(caller.workspace).await?;
    Ok(Some(read(&mut conn, caller.workspace, id).await?))
}

/// Users by address, as far as the caller sees.
///
/// # Errors
/// When the caller may not read users, or the query is wrong.
pub async fn user_list(host: &Host, caller: &Caller, page: &PageQuery) -> Result<Page<User>, IdentityError> {
    caller.require("users.read")?;
    let (limit, workspace) = (page.limit()?, caller.workspace);
    let mut after = page.after::<String>()?.unwrap_or_default();
    let reach = caller.reach("users.read");
    let mut conn = host.store.read(workspace).await?;
    let mut users = Vec::new();
    // Users out of reach are passed over; there are at most `USERS_MAX`.
    'pages: loop {
        let rows = users_after(&mut conn, workspace, &after, limit + 1).await?;
        let full = rows.len() > limit as usize;
        for row in rows {
            after.clone_from(&row.email);
            let roles = role_list(&mut conn, workspace, row.id).await?;
            if sees(&reach, &roles) {
                users.push(User::of(row, roles));
            }
            if users.len() > limit as usize {
                break 'pages;
            }
        }
        if !full {
            break;
        }
    }
    Ok(Page::from_rows(users, limit, |user| user.email.clone())?)
}

/// Change, disable or enable a user.
///
/// # Errors
/// When a field is wrong, the caller may not, it was changed meanwhile, or
/// nobody would be left to run the workspace.
pub async fn user_patch(
    host: &Host,
    caller: &Caller,
    id: Id,
    patch: UserPatch,
    if_match: IfMatch,
) -> Result<User, IdentityError> {
    let name = patch.name.as_deref().map(|name| line("name", name, 200)).transpose()?;
    let entry = AuditEntry::new(host, caller, "user.update", "user", id);
    let caller = caller.clone();
    let write = host.store.write(caller.workspace, "user.update", move |conn| {
        Box::pin(async move {
            let workspace = caller.workspace;
            let (mut row, _) = within(conn, &caller, id, "users.write").await?;
            if_match.check(row.version)?;
            row.name = name.unwrap_or(row.name);
            row.locale = patch.locale.map_or(row.locale, |locale| locale.tag().to_owned());
            row.version += 1;
            let admins = role_count_admins(conn, workspace).await?;
            set_disabled(conn, workspace, &mut row, patch.disabled).await?;
            if user_update(conn, workspace, &row).await? == 0 {
                return Err(IdentityError::Refused(changed()));
            }
            keep_an_admin(conn, workspace, admins).await?;
            let user = read(conn, workspace, id).await?;
            audit(conn, &entry.detail(json!({ "state": user.state }))).await?;
            Ok(user)
        })
    });
    write.await
}

async fn set_disabled(
    conn: &mut Conn,
    workspace: WorkspaceId,
    row: &mut UserRow,
    disabled: Option<bool>,
) -> Result<(), IdentityError> {
    match disabled {
        Some(true) => {
            "disabled".clone_into(&mut row.state);
            session_delete_all(conn, workspace, row.id).await?;
            invitation_delete_all(conn, workspace, row.id).await?;
        }
        Some(false) if row.state == "disabled" => {
            let has_password = crate::sql::user_password(conn, workspace, row.id).await?.is_some_and(|h| !h.is_empty());
            if has_password { "active" } else { "invited" }.clone_into(&mut row.state);
        }
        _ => {}
    }
    Ok(())
}

/// Refuse a change that leaves a workspace without an active admin it had.
pub(super) async fn keep_an_admin(conn: &mut Conn, workspace: WorkspaceId, before: i64) -> Result<(), IdentityError> {
    if before > 0 && role_count_admins(conn, workspace).await? == 0 {
        return Err(IdentityError::LastAdmin);
    }
    Ok(())
}

/// A user with their roles.
pub(super) async fn read(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<User, IdentityError> {
    let row = user_find(conn, workspace, id).await?.ok_or(IdentityError::NotFound("user"))?;
    let roles = role_list(conn, workspace, id).await?;
    Ok(User::of(row, roles))
}

/// A user over whom the caller has this permission. To read, one of the user's
/// units in reach is enough; to change, all of them must be: who runs a branch
/// has no power over somebody who also works at the head office.
pub(super) async fn within(
    conn: &mut Conn,
    caller: &Caller,
    id: Id,
    permission: &str,
) -> Result<(UserRow, Vec<RoleRow>), IdentityError> {
    let missing = || IdentityError::NotFound("user");
    let row = user_find(conn, caller.workspace, id).await?.ok_or_else(missing)?;
    let roles = role_list(conn, caller.workspace, id).await?;
    if !caller.may(permission) {
        return Err(Problem::forbidden(permission).into());
    }
    if !sees(&caller.reach("users.read"), &roles) {
        return Err(missing());
    }
    let reach = caller.reach(permission);
    let all = !roles.is_empty() && roles.iter().all(|role| reach.reaches(&role.path) && !is_whole(role, &reach));
    if permission != "users.read" && reach != UnitScope::All && !all {
        return Err(Problem::forbidden(permission).into());
    }
    Ok((row, roles))
}

fn is_whole(role: &RoleRow, reach: &UnitScope) -> bool {
    role.parent.is_none() && *reach != UnitScope::All
}

fn sees(reach: &UnitScope, roles: &[RoleRow]) -> bool {
    *reach == UnitScope::All || roles.iter().any(|role| reach.reaches(&role.path))
}
