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

/// An authenticated caller.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The one workspace this call can see.
    pub workspace: WorkspaceId,
    /// Who.
    pub actor: Actor,
    /// Patterns of permissions: `*`, `audience.*`, `*.read`, `campaign.launch`.
    pub permissions: Arc<[String]>,
    /// Which units.
    pub units: UnitScope,
    /// The language to answer in.
    pub locale: Locale,
}

impl Caller {
    /// A caller who may do anything in a workspace: the local command line.
    #[must_use]
    pub fn local(workspace: WorkspaceId) -> Self {
        Self {
            workspace,
            actor: Actor::Local,
            permissions: Arc::new(["*".to_owned()]),
            units: UnitScope::All,
            locale: Locale::En,
        }
    }

    /// Whether a permission such as `campaign.launch` is held.
    #[must_use]
    pub fn may(&self, permission: &str) -> bool {
        let (area, verb) = permission.split_once('.').unwrap_or((permission, ""));
        self.permissions.iter().any(|held| match held.split_once('.') {
            None => held == "*",
            Some((a, v)) => (a == "*" || a == area) && (v == "*" || v == verb),
        })
    }

    /// Refuse unless a permission is held.
    ///
    /// # Errors
    /// 403, naming the permission.
    pub fn require(&self, permission: &str) -> Result<(), Problem> {
        if self.may(permission) { Ok(()) } else { Err(Problem::forbidden(permission)) }
    }
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

    #[test]
    fn patterns_hold_what_they_say_and_no_more() {
        let mut caller = Caller::local(WorkspaceId(Id::nil()));
        caller.permissions = Arc::new(["*.read".to_owned(), "campaign.launch".to_owned()]);
        assert!(caller.may("audience.read") && caller.may("campaign.launch"));
        assert!(!caller.may("campaign.write") && !caller.may("plugins.approve"));
    }
}
