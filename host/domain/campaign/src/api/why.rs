//! Why a person got it, or not.

use crate::why::{self as act, Why};
use axum::extract::State;
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Path, ProblemDocument, Query, Told};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// What is said in sentences.
const TOLD: &[&str] = &["answer", "detail"];

/// Which campaign is asked about.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhyQuery {
    /// Its id or code.
    campaign: Option<String>,
}

#[utoipa::path(
    get, path = "/sends/{id}/why", tag = "campaign", operation_id = "send_why", params(("id" = Uuid, Path)),
    summary = "Why was this send made, or not: consent, audience, arm, caps, policy, content, connector",
    responses((status = 200, body = Why), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn send_why(State(host): State<Host>, caller: Caller, Path(id): Path<Uuid>) -> ApiResult<Told<Why>> {
    caller.require_everywhere("delivery.read")?;
    Ok(Told::new(&caller, TOLD, act::send_explained(&host, &caller, id).await?))
}

#[utoipa::path(
    get, path = "/contacts/{id}/why", tag = "campaign", operation_id = "contact_why",
    params(("id" = Uuid, Path), WhyQuery),
    summary = "Why did this person get, or not get, what a campaign sent",
    responses((status = 200, body = Why), (status = 404, body = ProblemDocument), (status = 422, body = ProblemDocument)),
)]
pub(crate) async fn contact_why(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(query): Query<WhyQuery>,
) -> ApiResult<Told<Why>> {
    caller.require_everywhere("delivery.read")?;
    caller.require("audience.read")?;
    Ok(Told::new(&caller, TOLD, act::contact_why(&host, &caller, id, query.campaign.as_deref()).await?))
}
