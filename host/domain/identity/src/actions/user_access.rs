//! How users come and stay in: invitations, passwords, roles.

use super::{
    token::too_much,
    user::{ROLES_PER_USER_MAX, give, keep_an_admin, read, within},
};
use crate::{
    AuditEntry, IdentityError, Invitation, NewRole, User, audit, password,
    role::{ROLES, covers, grant},
    secret,
    sql::{
        invitation_delete_all, invitation_set, role_count_admins, role_remove, session_delete_all, unit_root,
        user_find, user_password, user_set_password,
    },
    unscoped::invitation_by_hash,
};
use rialto_kernel::{Id, Problem, WorkspaceId, from_micros};
use rialto_slice::Host;
use rialto_store::Scope;
use rialto_web::{Actor, Caller};
use serde_json::json;

/// How long an invitation can be used.
const INVITATION_US: i64 = 7 * 24 * 3_600 * 1_000_000;

/// An invitation before it is kept.
#[derive(Clone)]
pub(super) struct NewInvitation {
    token: String,
    pub(super) hash: Vec<u8>,
    pub(super) expires_at: i64,
}

impl NewInvitation {
    pub(super) fn make(host: &Host) -> Self {
        let token = secret::make("invitation_", host.random.as_ref());
        Self { hash: secret::hash(&token), token, expires_at: host.now_us() + INVITATION_US }
    }

    pub(super) fn shown(self) -> Invitation {
        Invitation { token: self.token, expires_at: from_micros(self.expires_at) }
    }
}

/// 422: there is no such role.
pub(super) fn unknown_role() -> Problem {
    let names: Vec<_> = ROLES.iter().map(|role| role.name).collect();
    Problem::invalid("role", format!("use one of {}", names.join(", ")))
}

/// A new invitation for a user: to set a first password, or a forgotten one.
///
/// # Errors
/// When there is no such user, they are disabled, or the caller may not.
pub async fn user_invite(host: &Host, caller: &Caller, id: Id) -> Result<Invitation, IdentityError> {
    let invitation = NewInvitation::make(host);
    let (kept, now) = (invitation.clone(), host.now_us());
    let entry = AuditEntry::new(host, caller, "user.invite", "user", id);
    let caller = caller.clone();
    let write = host.store.write(caller.workspace, "user.invite", move |conn| {
        Box::pin(async move {
            let (row, _) = within(conn, &caller, id, "users.write").await?;
            if row.state == "disabled" {
                return Err(Problem::conflict("user-disabled", "enable the user first").into());
            }
            invitation_set(conn, caller.workspace, &kept.hash, id, now, kept.expires_at).await?;
            Ok::<_, IdentityError>(audit(conn, &entry).await?)
        })
    });
    write.await?;
    Ok(invitation.shown())
}

/// Set the password that an invitation is for. The invitation works once.
///
/// # Errors
/// When it is unknown, used or over, or the password is refused.
pub async fn invitation_accept(host: &Host, token: &str, new: String) -> Result<(), IdentityError> {
    let refused = || Problem::new(404, "not-found", "this invitation was used already or is over: ask for another one");
    let hash = secret::hash(token);
    let mut conn = host.store.read(Scope::Host).await?;
    let found = invitation_by_hash(&mut conn, &hash).await?;
    drop(conn);
    let (workspace, user, expires_at) = found.ok_or_else(refused)?;
    if expires_at <= host.now_us() {
        return Err(refused().into());
    }
    set_password(host, WorkspaceId(workspace), user, new, Some(hash)).await
}

/// Change one's own password; every session of theirs ends.
///
/// # Errors
/// When the old one is wrong or the new one is refused.
pub async fn password_change(host: &Host, caller: &Caller, old: String, new: String) -> Result<Id, IdentityError> {
    let Actor::User(user) = caller.actor else {
        return Err(Problem::new(403, "forbidden", "only a signed-in user has a password").into());
    };
    let mut conn = host.store.read(caller.workspace).await?;
    let kept = user_password(&mut conn, caller.workspace, user).await?;
    drop(conn);
    if !password::verify(old, kept).await? {
        return Err(Problem::invalid("old", "is not your present password").into());
    }
    set_password(host, caller.workspace, user, new, None).await?;
    Ok(user)
}

async fn set_password(
    host: &Host,
    workspace: WorkspaceId,
    user: Id,
    new: String,
    invitation: Option<Vec<u8>>,
) -> Result<(), IdentityError> {
    let mut conn = host.store.read(workspace).await?;
    let row = user_find(&mut conn, workspace, user).await?.ok_or(IdentityError::NotFound("user"))?;
    drop(conn);
    password::check("password", &new, &row.email)?;
    let hash = password::hash(new, &host.random).await?;
    let entry = AuditEntry::by(host, workspace, &Actor::User(user), "user.password", "user", user);
    let write = host.store.write(workspace, "user.password", move |conn| {
        Box::pin(async move {
            let open = invitation_delete_all(conn, workspace, user).await?;
            // Of two who use one invitation at once, one finds it gone.
            if invitation.is_some() && open == 0 {
                return Err(IdentityError::NotFound("invitation"));
            }
            if user_set_password(conn, workspace, user, &hash).await? == 0 {
                return Err(Problem::conflict("user-disabled", "this user is disabled").into());
            }
            session_delete_all(conn, workspace, user).await?;
            Ok(audit(conn, &entry).await?)
        })
    });
    write.await
}

/// Give a user a role in a unit and all below it.
///
/// # Errors
/// When there is no such user, role or unit, or the caller may not.
pub async fn user_role_add(host: &Host, caller: &Caller, id: Id, new: NewRole) -> Result<User, IdentityError> {
    caller.require("users.write")?;
    let (entry, now) = (AuditEntry::new(host, caller, "user.role-add", "user", id), host.now_us());
    let caller = caller.clone();
    let write = host.store.write(caller.workspace, "user.role-add", move |conn| {
        Box::pin(async move {
            let row = user_find(conn, caller.workspace, id).await?.ok_or(IdentityError::NotFound("user"))?;
            let unit = give(conn, &caller, row.id, &new, now).await?;
            let user = read(conn, caller.workspace, id).await?;
            if user.roles.len() > ROLES_PER_USER_MAX {
                return Err(Problem::invalid("role", format!("a user has at most {ROLES_PER_USER_MAX} roles")).into());
            }
            audit(conn, &entry.detail(json!({ "role": new.role, "unit": unit }))).await?;
            Ok::<_, IdentityError>(user)
        })
    });
    write.await
}

/// Take a role from a user.
///
/// # Errors
/// When they do not have it, the caller may not, or nobody would be left to run
/// the workspace.
pub async fn user_role_remove(host: &Host, caller: &Caller, id: Id, old: NewRole) -> Result<User, IdentityError> {
    caller.require("users.write")?;
    let entry = AuditEntry::new(host, caller, "user.role-remove", "user", id);
    let caller = caller.clone();
    let write = host.store.write(caller.workspace, "user.role-remove", move |conn| {
        Box::pin(async move {
            let workspace = caller.workspace;
            let unit = match old.unit {
                Some(unit) => crate::sql::unit_find(conn, workspace, unit).await?,
                None => unit_root(conn, workspace).await?,
            };
            let unit = unit.ok_or(IdentityError::NotFound("unit"))?;
            caller.require_in("users.write", &unit.path)?;
            let held = grant(&old.role, &unit.path, unit.parent.is_none()).ok_or_else(unknown_role)?;
            if !covers(&caller.grants, &held) {
                return Err(too_much().into());
            }
            let admins = role_count_admins(conn, workspace).await?;
            if role_remove(conn, workspace, id, unit.id, &old.role).await? == 0 {
                return Err(IdentityError::NotFound("role of this user"));
            }
            keep_an_admin(conn, workspace, admins).await?;
            audit(conn, &entry.detail(json!({ "role": old.role, "unit": unit.id }))).await?;
            read(conn, workspace, id).await
        })
    });
    write.await
}
