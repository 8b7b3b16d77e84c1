//! Contacts over HTTP.

use crate::{
    Error,
    contact::{
        Contact, ContactMerge, ContactPatch, NewContact, NewIdentity, NewMerge, NewTag, Profile, contact_create,
        contact_merge, contact_patch, contact_profile, contact_unmerge, identity_add, identity_remove, person_ids, sql,
        standing, tag_add, tag_remove, traits_patch,
    },
    event::{Event, event_list},
    limits::NAME_BYTES_MAX,
    normalise::{IdentityKind, bounded, normalise},
    seen::{events_seen, profile_seen},
};
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Page, PageQuery, Problem, to_micros};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Path, Query, etag};
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

const READ: &str = "audience.read";
const WRITE: &str = "audience.write";

/// Which contacts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ContactQuery {
    /// Part of a name, or a whole identity (an email address, a number, an id).
    q: Option<String>,
    /// Only who has an identity of this kind with the value `q`.
    identity: Option<String>,
    /// Rows wanted, 1 to 500.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// List or find contacts
#[utoipa::path(get, path = "/contacts", tag = "audience", params(ContactQuery), responses((status = 200, body = Page<Contact>)))]
pub(crate) async fn contact_page(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<ContactQuery>,
) -> ApiResult<Json<Page<Contact>>> {
    caller.require(READ)?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, after) = (page.limit()?, page.after::<Uuid>()?);
    let q = query.q.as_deref().map(|q| bounded("q", q, NAME_BYTES_MAX)).transpose()?;
    let mut conn = host.store.read(caller.workspace).await?;
    if let Some(q) = &q
        && after.is_none()
    {
        let found = by_identity(&mut conn, &caller, query.identity.as_deref(), q, limit).await?;
        if !found.is_empty() || query.identity.is_some() {
            return Ok(Json(Page { items: found, next: None }));
        }
    }
    let rows = sql::contact_list(&mut conn, caller.workspace, q.as_deref(), after, limit + 1).await?;
    Ok(Json(Page::from_rows(rows, limit, |contact| contact.id)?))
}

async fn by_identity(
    conn: &mut rialto_store::Conn,
    caller: &Caller,
    kind: Option<&str>,
    q: &str,
    limit: u32,
) -> Result<Vec<Contact>, Error> {
    let kinds = match kind {
        Some(kind) => vec![kind.parse::<IdentityKind>().map_err(|message| Error::field("identity", message))?],
        None => IdentityKind::ALL.to_vec(),
    };
    let mut found: Vec<Contact> = Vec::new();
    for kind in kinds {
        let Ok(value) = normalise(kind, q) else { continue };
        for id in sql::identity_owners(conn, caller.workspace, kind, &value, limit).await? {
            if found.len() < limit as usize && !found.iter().any(|contact| contact.id == id) {
                found.extend(sql::contact_find(conn, caller.workspace, id).await?);
            }
        }
    }
    Ok(found)
}

/// Make a contact
#[utoipa::path(
    post, path = "/contacts", tag = "audience", request_body = NewContact,
    responses((status = 201, body = Contact), (status = 409, description = "an identity belongs to another contact")),
)]
pub(crate) async fn contact_make(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewContact>,
) -> ApiResult<impl IntoResponse> {
    caller.require(WRITE)?;
    let contact = contact_create(&host, &caller, new).await?;
    Ok((StatusCode::CREATED, etag(contact.version), Json(contact)))
}

/// Read a contact
///
/// After a merge, the contact that stands for the person is answered.
#[utoipa::path(get, path = "/contacts/{id}", tag = "audience", params(("id" = Uuid, Path)), responses((status = 200, body = Contact)))]
pub(crate) async fn contact_read(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<impl IntoResponse> {
    caller.require(READ)?;
    let mut conn = host.store.read(caller.workspace).await?;
    let contact = standing(&mut conn, caller.workspace, id).await?;
    Ok((etag(contact.version), Json(contact)))
}

/// Change a contact
#[utoipa::path(
    patch, path = "/contacts/{id}", tag = "audience", params(("id" = Uuid, Path)), request_body = ContactPatch,
    responses((status = 200, body = Contact), (status = 412, description = "it was changed since you read it")),
)]
pub(crate) async fn contact_change(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    expected: IfMatch,
    Json(patch): Json<ContactPatch>,
) -> ApiResult<impl IntoResponse> {
    caller.require(WRITE)?;
    let contact = contact_patch(&host, &caller, id, expected, patch).await?;
    Ok((etag(contact.version), Json(contact)))
}

/// Read all that is known of a person
#[utoipa::path(get, path = "/contacts/{id}/profile", tag = "audience", params(("id" = Uuid, Path)), responses((status = 200, body = Profile)))]
pub(crate) async fn profile_read(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Profile>> {
    caller.require(READ)?;
    Ok(Json(profile_seen(&caller, contact_profile(&host, caller.workspace, id).await?)))
}

/// List a person's events, latest first
#[utoipa::path(
    get, path = "/contacts/{id}/timeline", tag = "audience", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Page<Event>)),
)]
pub(crate) async fn timeline_page(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<Event>>> {
    caller.require(READ)?;
    let (limit, before) = (page.limit()?, page.after::<(i64, Uuid)>()?.unwrap_or((i64::MAX, Uuid::max())));
    let mut conn = host.store.read(caller.workspace).await?;
    let root = standing(&mut conn, caller.workspace, id).await?.id;
    let people = person_ids(&mut conn, caller.workspace, root).await?;
    let rows = event_list(&mut conn, caller.workspace, &people, before, limit + 1).await?;
    let rows = events_seen(&caller, rows);
    Ok(Json(Page::from_rows(rows, limit, |event| (to_micros(event.at), event.id))?))
}

/// Add an identity
#[utoipa::path(
    post, path = "/contacts/{id}/identities", tag = "audience", params(("id" = Uuid, Path)), request_body = NewIdentity,
    responses((status = 200, body = Profile), (status = 409, description = "it belongs to another contact")),
)]
pub(crate) async fn identity_give(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(new): Json<NewIdentity>,
) -> ApiResult<Json<Profile>> {
    caller.require(WRITE)?;
    Ok(Json(profile_seen(&caller, identity_add(&host, &caller, id, new).await?)))
}

/// Remove an identity
#[utoipa::path(
    delete, path = "/contacts/{id}/identities", tag = "audience", params(("id" = Uuid, Path)),
    request_body = NewIdentity, responses((status = 200, body = Profile)),
)]
pub(crate) async fn identity_take(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(old): Json<NewIdentity>,
) -> ApiResult<Json<Profile>> {
    caller.require(WRITE)?;
    Ok(Json(profile_seen(&caller, identity_remove(&host, &caller, id, old).await?)))
}

/// Set traits; a null takes one away
///
/// The first kind a key is given (text, number, bool, instant) is its kind in
/// the workspace. A later value of another kind is turned into it where
/// nothing is lost, and refused otherwise.
#[utoipa::path(
    patch, path = "/contacts/{id}/traits", tag = "audience", params(("id" = Uuid, Path)),
    request_body = BTreeMap<String, Object>, responses((status = 200, body = Profile)),
)]
pub(crate) async fn traits_change(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(traits): Json<BTreeMap<String, serde_json::Value>>,
) -> ApiResult<Json<Profile>> {
    caller.require(WRITE)?;
    Ok(Json(profile_seen(&caller, traits_patch(&host, &caller, id, traits).await?)))
}

/// Set a tag
#[utoipa::path(
    post, path = "/contacts/{id}/tags", tag = "audience", params(("id" = Uuid, Path)), request_body = NewTag,
    responses((status = 200, body = Profile)),
)]
pub(crate) async fn tag_give(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(new): Json<NewTag>,
) -> ApiResult<Json<Profile>> {
    caller.require(WRITE)?;
    Ok(Json(profile_seen(&caller, tag_add(&host, &caller, id, new).await?)))
}

/// Take a tag off
#[utoipa::path(
    delete, path = "/contacts/{id}/tags/{name}", tag = "audience", params(("id" = Uuid, Path), ("name" = String, Path)),
    responses((status = 200, body = Profile)),
)]
pub(crate) async fn tag_take(
    State(host): State<Host>,
    caller: Caller,
    Path((id, name)): Path<(Uuid, String)>,
) -> ApiResult<Json<Profile>> {
    caller.require(WRITE)?;
    Ok(Json(profile_seen(&caller, tag_remove(&host, &caller, id, name).await?)))
}

/// Who is to be merged into whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MergeRequest {
    /// The contact that will point at this one.
    loser: Uuid,
    /// Why.
    #[serde(default)]
    reason: String,
}

/// Merge another contact into this one
#[utoipa::path(
    post, path = "/contacts/{id}/merge", tag = "audience", params(("id" = Uuid, Path)), request_body = MergeRequest,
    responses((status = 201, body = ContactMerge), (status = 409, description = "they are one person already")),
)]
pub(crate) async fn merge_make(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(asked): Json<MergeRequest>,
) -> ApiResult<impl IntoResponse> {
    caller.require(WRITE)?;
    let merge = NewMerge {
        id: host.id(),
        winner: id,
        loser: asked.loser,
        reason: bounded("/reason", &asked.reason, NAME_BYTES_MAX)?,
        actor: caller.actor.to_string(),
        at: host.now_in(caller.workspace),
    };
    let entry = AuditEntry::new(&host, &caller, "contact.merge", "contact", id)
        .detail(serde_json::json!({"loser": asked.loser}));
    let workspace = caller.workspace;
    let merged = host
        .store
        .write(workspace, "contact.merge", move |conn| {
            Box::pin(async move {
                let merged = contact_merge(conn, workspace, merge).await?;
                audit(conn, &entry).await?;
                Ok::<ContactMerge, Error>(merged)
            })
        })
        .await?;
    Ok((StatusCode::CREATED, Json(merged)))
}

/// Take a merge back
#[utoipa::path(
    post, path = "/contact-merges/{id}/undo", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 200, body = ContactMerge), (status = 409, description = "it is undone already")),
)]
pub(crate) async fn merge_undo(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<ContactMerge>> {
    caller.require(WRITE)?;
    let (workspace, now) = (caller.workspace, host.now_in(caller.workspace));
    let entry = AuditEntry::new(&host, &caller, "contact.unmerge", "contact_merge", id);
    let merge = host
        .store
        .write(workspace, "contact.unmerge", move |conn| {
            Box::pin(async move {
                let merge = contact_unmerge(conn, workspace, id, now).await?;
                audit(conn, &entry).await?;
                Ok::<ContactMerge, Error>(merge)
            })
        })
        .await
        .map_err(Problem::from)?;
    Ok(Json(merge))
}
