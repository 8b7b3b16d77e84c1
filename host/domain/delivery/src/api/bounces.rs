//! `POST /bounces`: what a mail system hands over that came back.

use crate::bounce::{self, Taken};
use axum::{body::Bytes, extract::State};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, ProblemDocument};

#[utoipa::path(
    post, path = "/bounces", tag = "delivery", operation_id = "bounce_take",
    summary = "Take in a bounce or a complaint that came back by mail",
    description = "The body is the raw mail: a delivery status notification (RFC 3464) or a feedback report (RFC 5965). \
                   Handed in twice it counts once. One that speaks of no known send is answered, and filed under nothing.",
    request_body(content = Vec<u8>, content_type = "message/rfc822"),
    responses((status = 200, body = Taken), (status = 413, body = ProblemDocument)),
)]
pub(crate) async fn bounce_take(State(host): State<Host>, caller: Caller, body: Bytes) -> ApiResult<Json<Taken>> {
    caller.require_everywhere("delivery.write")?;
    Ok(Json(bounce::take(&host, caller.workspace, &body).await?))
}
