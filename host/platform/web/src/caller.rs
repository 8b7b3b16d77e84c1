//! Who is calling, and what they may do.

use crate::{ApiError, error::ApiResult};
use async_trait::async_trait;
use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, Method, request::Parts},
};
use rialto_kernel::{Id, Locale, Problem, WorkspaceId};
use std::sync::Arc;

/// Who acts: a person, a program with a token, or the host itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in user.
    User(Id),
    /// An API token.
    Token(Id),
    /// The command line, by someone who can read the data folder.
    Local,
    /// The host, on a schedule or a trigger.
    System,
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Token(id) => write!(f, "token:{id}"),
            Self::Local => f.write_str("local"),
            Self::System => f.write_str("system"),
        }
    }
}

/// The units a caller's roles reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnitScope {
    /// The whole workspace.
    All,
    /// These subtrees, as unit paths.
    Paths(Vec<String>),
}

impl UnitScope {
    /// Whether a unit with this path is inside.
    #[must_use]
    pub fn reaches(&self, path: &str) -> bool {
        match self {
            Self::All => true,
            Self::Paths(roots) => roots.iter().any(|root| path.starts_with(root.as_str())),
        }
    }
}

/// What one role allows, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Patterns of permissions: `*`, `audience.*`, `*.read`, `campaign.launch`.
    pub permissions: Vec<String>,
    /// In which units.
    pub units: UnitScope,
}

/// An authenticated caller.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The one workspace this call can see.
    pub workspace: WorkspaceId,
    /// Who.
    pub actor: Actor,
    /// What the caller's roles allow.
    pub grants: Arc<[Grant]>,
    /// All units that any role reaches; ask [`Caller::reach`] for one permission.
    pub units: UnitScope,
    /// The language to answer in.
    pub locale: Locale,
}

impl Caller {
    /// A caller with these grants.
    #[must_use]
    pub fn new(workspace: WorkspaceId, actor: Actor, grants: Vec<Grant>, locale: Locale) -> Self {
        let units = union(grants.iter());
        Self { workspace, actor, grants: grants.into(), units, locale }
    }

    /// A caller who may do anything in a workspace: the local command line.
    #[must_use]
    pub fn local(workspace: WorkspaceId) -> Self {
        Self::all(workspace, Actor::Local)
    }

    /// The host itself, acting in a workspace on a schedule or a trigger.
    #[must_use]
    pub fn system(workspace: WorkspaceId) -> Self {
        Self::all(workspace, Actor::System)
    }

    fn all(workspace: WorkspaceId, actor: Actor) -> Self {
        let everything = Grant { permissions: vec!["*".to_owned()], units: UnitScope::All };
        Self::new(workspace, actor, vec![everything], Locale::En)
    }

    /// Whether a permission such as `campaign.launch` is held somewhere.
    #[must_use]
    pub fn may(&self, permission: &str) -> bool {
        self.grants.iter().any(|grant| grant.allows(permission))
    }

    /// Refuse unless a permission is held somewhere.
    ///
    /// # Errors
    /// 403, naming the permission.
    pub fn require(&self, permission: &str) -> Result<(), Problem> {
        if self.may(permission) { Ok(()) } else { Err(Problem::forbidden(permission)) }
    }

    /// The units in which a permission is held.
    #[must_use]
    pub fn reach(&self, permission: &str) -> UnitScope {
        union(self.grants.iter().filter(|grant| grant.allows(permission)))
    }

    /// Refuse unless a permission is held in the unit with this path.
    ///
    /// # Errors
    /// 403, naming the permission.
    pub fn require_in(&self, permission: &str, unit_path: &str) -> Result<(), Problem> {
        if self.reach(permission).reaches(unit_path) { Ok(()) } else { Err(Problem::forbidden(permission)) }
    }

    /// Refuse unless a permission is held in the whole workspace.
    ///
    /// # Errors
    /// 403, naming the permission.
    pub fn require_everywhere(&self, permission: &str) -> Result<(), Problem> {
        if self.reach(permission) == UnitScope::All { Ok(()) } else { Err(Problem::forbidden(permission)) }
    }
}

impl Grant {
    /// Whether this grant covers a permission such as `campaign.launch`.
    #[must_use]
    pub fn allows(&self, permission: &str) -> bool {
        let (area, verb) = permission.split_once('.').unwrap_or((permission, ""));
        self.permissions.iter().any(|held| match held.split_once('.') {
            None => held == "*",
            Some((a, v)) => (a == "*" || a == area) && (v == "*" || v == verb),
        })
    }
}

fn union<'a>(grants: impl Iterator<Item = &'a Grant>) -> UnitScope {
    let mut paths = Vec::new();
    for grant in grants {
        match &grant.units {
            UnitScope::All => return UnitScope::All,
            UnitScope::Paths(more) => paths.extend(more.iter().cloned()),
        }
    }
    UnitScope::Paths(paths)
}

/// Turns a request's credentials into a caller. The identity area does it.
#[async_trait]
pub trait Authenticate: Send + Sync {
    /// Who sent a request with this method and these headers?
    ///
    /// # Errors
    /// 401 when nobody we know; 403 when the request looks forged.
    async fn authenticate(&self, method: &Method, headers: &HeaderMap) -> Result<Caller, Problem>;
}

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Arc<dyn Authenticate>: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> ApiResult<Self> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let door = Arc::<dyn Authenticate>::from_ref(state);
        let caller = door.authenticate(&parts.method, &parts.headers).await?;
        parts.extensions.insert(caller.clone());
        Ok(caller)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rialto_kernel::Id;

    fn caller(grants: &[(&[&str], UnitScope)]) -> Caller {
        let grants = grants
            .iter()
            .map(|(permissions, units)| Grant {
                permissions: permissions.iter().map(|p| (*p).to_owned()).collect(),
                units: units.clone(),
            })
            .collect();
        Caller::new(WorkspaceId(Id::nil()), Actor::System, grants, Locale::En)
    }

    #[test]
    fn patterns_hold_what_they_say_and_no_more() {
        let caller = caller(&[(&["*.read", "campaign.launch"], UnitScope::All)]);
        assert!(caller.may("audience.read") && caller.may("campaign.launch"));
        assert!(!caller.may("campaign.write") && !caller.may("plugins.approve"));
    }

    #[test]
    fn a_role_reaches_its_own_units_and_lends_nothing_to_others() {
        let north = UnitScope::Paths(vec!["1/2/".to_owned()]);
        let south = UnitScope::Paths(vec!["1/3/".to_owned()]);
        let caller = caller(&[(&["campaign.*"], north), (&["campaign.read"], south)]);
        assert!(caller.require_in("campaign.launch", "1/2/9/").is_ok());
        assert!(caller.require_in("campaign.launch", "1/3/").is_err());
        assert!(caller.require_in("campaign.read", "1/3/").is_ok());
        assert!(caller.require_everywhere("campaign.read").is_err());
    }
}
