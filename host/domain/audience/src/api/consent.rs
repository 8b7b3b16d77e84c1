//! Consent and suppressions over HTTP.

use crate::{
    Error,
    consent::{
        CHANNEL_ALL, ConsentRecord, ConsentState, NewConsent, Suppression, TOPIC_ALL, consent_records, consent_set,
        suppress, suppression_list, unsuppress,
    },
    contact::{person_ids, standing},
    limits::{KEY_BYTES_MAX, NAME_BYTES_MAX},
    normalise::{IdentityKind, normalise, normalise_address, short_name},
    seen::consents_seen,
};
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use jiff::Timestamp;
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Page, PageQuery, to_micros};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path, Query};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

const READ: &str = "audience.read";
const WRITE: &str = "audience.write";

/// What a person said about being written to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConsentRequest {
    /// The channel, such as `email`.
    channel: String,
    /// The topic; every topic when absent.
    topic: Option<String>,
    /// Given or withdrawn.
    state: ConsentState,
    /// Where it was said; `staff` when absent.
    source: Option<String>,
    /// What proves it; needed when consent is given.
    #[serde(default)]
    proof: String,
    /// When it was said; now when absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
}

/// Record that a person gave or withdrew consent
#[utoipa::path(
    post, path = "/contacts/{id}/consents", tag = "audience", params(("id" = Uuid, Path)), request_body = ConsentRequest,
    responses((status = 201, body = ConsentRecord)),
)]
pub(crate) async fn consent_say(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(said): Json<ConsentRequest>,
) -> ApiResult<impl IntoResponse> {
    caller.require(WRITE)?;
    let now = host.now_in(caller.workspace);
    let new = NewConsent {
        id: host.id(),
        contact: id,
        channel: said.channel,
        topic: said.topic.unwrap_or_else(|| TOPIC_ALL.to_owned()),
        state: said.state,
        source: said.source.unwrap_or_else(|| "staff".to_owned()),
        proof: said.proof,
        actor: caller.actor.to_string(),
        // What is said tomorrow was not said yet.
        at: said.at.map_or(now, to_micros).min(now),
    }
    .checked()?;
    let record = ConsentRecord {
        id: new.id,
        contact: id,
        channel: new.channel.clone(),
        topic: new.topic.clone(),
        state: new.state,
        source: new.source.clone(),
        proof: new.proof.clone(),
        actor: new.actor.clone(),
        at: rialto_kernel::from_micros(new.at),
    };
    let entry = AuditEntry::new(&host, &caller, "consent.record", "contact", id)
        .detail(serde_json::json!({"channel": new.channel, "topic": new.topic, "state": new.state}));
    let workspace = caller.workspace;
    host.store
        .write(workspace, "consent.record", move |conn| {
            Box::pin(async move {
                consent_set(conn, workspace, new).await?;
                audit(conn, &entry).await?;
                Ok::<(), Error>(())
            })
        })
        .await?;
    Ok((StatusCode::CREATED, Json(record)))
}

/// List what a person said about being written to, latest first
#[utoipa::path(
    get, path = "/contacts/{id}/consents", tag = "audience", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<ConsentRecord>)),
)]
pub(crate) async fn consent_page(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Vec<ConsentRecord>>> {
    const SHOWN_MAX: u32 = 500;
    caller.require(READ)?;
    let mut conn = host.store.read(caller.workspace).await?;
    let root = standing(&mut conn, caller.workspace, id).await?.id;
    let people = person_ids(&mut conn, caller.workspace, root).await?;
    let records = consent_records(&mut conn, caller.workspace, &people, SHOWN_MAX).await?;
    Ok(Json(consents_seen(&caller, records)))
}

/// An address never to send to; only its keyed hash is kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SuppressionRequest {
    /// The channel; `*` is every channel.
    channel: String,
    /// The address, in any usual spelling.
    address: String,
    /// Why; `manual` when absent.
    reason: Option<String>,
}

impl SuppressionRequest {
    fn hash(&self, host: &Host, caller: &Caller) -> Result<(String, Vec<u8>), Error> {
        let channel = short_name("/channel", &self.channel, KEY_BYTES_MAX)?;
        let address = if channel == CHANNEL_ALL {
            normalise(IdentityKind::Email, &self.address).or_else(|_| normalise(IdentityKind::Phone, &self.address))
        } else {
            normalise_address(&channel, &self.address)
        };
        let address = address.map_err(|error| Error::field("/address", error.to_string()))?;
        Ok((channel, host.keys.address_hash(caller.workspace, &address)))
    }
}

/// List suppressed addresses, as hashes
#[utoipa::path(
    get, path = "/suppressions", tag = "audience", params(PageQuery), responses((status = 200, body = Page<Suppression>)),
)]
pub(crate) async fn suppression_page(
    State(host): State<Host>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<Suppression>>> {
    caller.require(READ)?;
    let limit = page.limit()?;
    let (channel, hash) = page.after::<(String, String)>()?.unwrap_or_default();
    let hash = hex::decode(hash).map_err(|_| Error::field("cursor", "use the `next` of an earlier page"))?;
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = suppression_list(&mut conn, caller.workspace, (channel, hash), limit + 1).await?;
    Ok(Json(Page::from_rows(rows, limit, |row| (row.channel.clone(), row.address_hash.clone()))?))
}

/// Never send to an address again
#[utoipa::path(
    post, path = "/suppressions", tag = "audience", request_body = SuppressionRequest,
    responses((status = 201, description = "it is on the list"), (status = 200, description = "it was on the list already")),
)]
pub(crate) async fn suppression_make(
    State(host): State<Host>,
    caller: Caller,
    Json(asked): Json<SuppressionRequest>,
) -> ApiResult<impl IntoResponse> {
    caller.require(WRITE)?;
    let (channel, hash) = asked.hash(&host, &caller)?;
    let reason = short_name("/reason", asked.reason.as_deref().unwrap_or("manual"), NAME_BYTES_MAX)?;
    let entry = AuditEntry::new(&host, &caller, "suppression.add", "suppression", hex::encode(&hash))
        .detail(serde_json::json!({"channel": channel, "reason": reason}));
    let (workspace, now, source) = (caller.workspace, host.now_us(), caller.actor.to_string());
    let shown = hex::encode(&hash);
    let added = host
        .store
        .write(workspace, "suppression.add", move |conn| {
            Box::pin(async move {
                let added = suppress(conn, workspace, &channel, &hash, &reason, &source, now).await?;
                if added {
                    audit(conn, &entry).await?;
                }
                Ok::<bool, Error>(added)
            })
        })
        .await?;
    let status = if added { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(serde_json::json!({"address_hash": shown, "added": added}))))
}

/// Take an address off the list
#[utoipa::path(
    post, path = "/suppressions/remove", tag = "audience", request_body = SuppressionRequest,
    responses((status = 204, description = "it is off the list")),
)]
pub(crate) async fn suppression_take(
    State(host): State<Host>,
    caller: Caller,
    Json(asked): Json<SuppressionRequest>,
) -> ApiResult<StatusCode> {
    caller.require("audience.admin")?;
    let (channel, hash) = asked.hash(&host, &caller)?;
    let entry = AuditEntry::new(&host, &caller, "suppression.remove", "suppression", hex::encode(&hash))
        .detail(serde_json::json!({"channel": channel, "reason": asked.reason}));
    let workspace = caller.workspace;
    host.store
        .write(workspace, "suppression.remove", move |conn| {
            Box::pin(async move {
                if !unsuppress(conn, workspace, &channel, &hash).await? {
                    return Err(Error::NotFound("suppression"));
                }
                audit(conn, &entry).await?;
                Ok(())
            })
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
