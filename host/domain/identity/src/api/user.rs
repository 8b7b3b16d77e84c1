//! `/users` and `/invitations`

use crate::{
    Invitation, NewRole, NewUser, User, UserMade, UserPatch, invitation_accept, user_create, user_get, user_invite,
    user_list, user_patch, user_role_add, user_role_remove,
};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use rialto_kernel::{Page, PageQuery};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Path, Query, etag};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Users by address
#[utoipa::path(get, path = "/users", tag = "identity", params(PageQuery), responses((status = 200, body = Page<User>)))]
pub(crate) async fn user_page(
    State(host): State<Host>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<User>>> {
    Ok(Json(user_list(&host, &caller, &page).await?))
}

/// Invite a user, or make one with a password
#[utoipa::path(
    post, path = "/users", tag = "identity",
    request_body = NewUser,
    responses((status = 201, body = UserMade)),
)]
pub(crate) async fn user_make(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewUser>,
) -> ApiResult<impl IntoResponse> {
    let made = user_create(&host, &caller, new).await?;
    let location = [(header::LOCATION, format!("/api/v1/users/{}", made.user.id))];
    Ok((StatusCode::CREATED, location, etag(made.user.version), Json(made)))
}

/// A user
#[utoipa::path(get, path = "/users/{id}", tag = "identity", params(("id" = Uuid, Path)), responses((status = 200, body = User)))]
pub(crate) async fn user_read(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<impl IntoResponse> {
    let user = user_get(&host, &caller, id).await?;
    Ok((etag(user.version), Json(user)))
}

/// Change, disable or enable a user
#[utoipa::path(
    patch, path = "/users/{id}", tag = "identity", params(("id" = Uuid, Path)),
    request_body = UserPatch,
    responses((status = 200, body = User)),
)]
pub(crate) async fn user_change(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(patch): Json<UserPatch>,
) -> ApiResult<impl IntoResponse> {
    let user = user_patch(&host, &caller, id, patch, if_match).await?;
    Ok((etag(user.version), Json(user)))
}

/// A new invitation, to set a first or a forgotten password
#[utoipa::path(
    post, path = "/users/{id}/invitation", tag = "identity", params(("id" = Uuid, Path)),
    responses((status = 201, body = Invitation)),
)]
pub(crate) async fn user_reinvite(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<impl IntoResponse> {
    Ok((StatusCode::CREATED, Json(user_invite(&host, &caller, id).await?)))
}

/// Give a user a role in a unit and all below it
#[utoipa::path(
    post, path = "/users/{id}/roles", tag = "identity", params(("id" = Uuid, Path)),
    request_body = NewRole,
    responses((status = 200, body = User)),
)]
pub(crate) async fn role_give(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(new): Json<NewRole>,
) -> ApiResult<Json<User>> {
    Ok(Json(user_role_add(&host, &caller, id, new).await?))
}

/// Take a role from a user
#[utoipa::path(
    delete, path = "/users/{id}/roles", tag = "identity", params(("id" = Uuid, Path)),
    request_body = NewRole,
    responses((status = 200, body = User)),
)]
pub(crate) async fn role_take(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(old): Json<NewRole>,
) -> ApiResult<Json<User>> {
    Ok(Json(user_role_remove(&host, &caller, id, old).await?))
}

/// An invitation and the password it is to set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Acceptance {
    /// The secret of the invitation.
    token: String,
    /// The password.
    password: String,
}

/// Use an invitation: set the password. Anybody who has it may, once
#[utoipa::path(
    post, path = "/invitations/accept", tag = "identity", security(()),
    request_body = Acceptance,
    responses((status = 204)),
)]
pub(crate) async fn invitation_use(
    State(host): State<Host>,
    Json(acceptance): Json<Acceptance>,
) -> ApiResult<StatusCode> {
    invitation_accept(&host, &acceptance.token, acceptance.password).await?;
    Ok(StatusCode::NO_CONTENT)
}
