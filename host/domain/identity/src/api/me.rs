//! `/me`: who is calling, and what they may do.

use super::session::cookie_of;
use crate::{User, password_change, sign_in::begin, user_self};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Grant, Json, UnitScope};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What one role allows, and where.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GrantShown {
    /// Patterns of permissions, such as `campaign.*`.
    permissions: Vec<String>,
    /// Paths of the units it holds in; none for the whole workspace.
    units: Option<Vec<String>>,
}

/// Who is calling.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    /// `user:…` or `token:…`.
    actor: String,
    /// In which workspace.
    workspace: Uuid,
    /// The user, where it is one.
    user: Option<User>,
    /// What the caller may do.
    grants: Vec<GrantShown>,
}

/// Who is calling, and what they may do
#[utoipa::path(get, path = "/me", tag = "identity", responses((status = 200, body = Me)))]
pub(crate) async fn me_read(State(host): State<Host>, caller: Caller) -> ApiResult<Json<Me>> {
    let user = user_self(&host, &caller).await?;
    let grants = caller.grants.iter().map(shown).collect();
    Ok(Json(Me { actor: caller.actor.to_string(), workspace: caller.workspace.0, user, grants }))
}

fn shown(grant: &Grant) -> GrantShown {
    let units = match &grant.units {
        UnitScope::All => None,
        UnitScope::Paths(paths) => Some(paths.clone()),
    };
    GrantShown { permissions: grant.permissions.clone(), units }
}

/// The present password and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    /// The present password.
    old: String,
    /// The new one.
    new: String,
}

/// Change one's own password: every session ends, and this one goes on anew
#[utoipa::path(
    post, path = "/me/password", tag = "identity",
    request_body = PasswordChange,
    responses((status = 204)),
)]
pub(crate) async fn me_password(
    State(host): State<Host>,
    caller: Caller,
    headers: HeaderMap,
    Json(change): Json<PasswordChange>,
) -> ApiResult<impl IntoResponse> {
    let user = password_change(&host, &caller, change.old, change.new).await?;
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("").to_owned();
    let begun = begin(&host, caller.workspace, user, user_agent, None).await?;
    Ok((StatusCode::NO_CONTENT, cookie_of(&host, &begun)))
}
