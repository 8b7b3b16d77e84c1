//! Planning over HTTP.

use crate::{
    actions,
    model::{Campaign, CampaignPatch, CampaignState, NewCampaign, NewSpend, Spend},
};
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use rialto_kernel::{Id, Page, PageQuery};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Path, ProblemDocument, Query, etag};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which campaigns.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct CampaignFilter {
    /// Only those in this state.
    state: Option<CampaignState>,
    /// Only those whose name or code holds this.
    search: Option<String>,
    /// Rows wanted, 1 to 500.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

#[utoipa::path(
    get, path = "/campaigns", tag = "campaign", operation_id = "campaign_list", params(CampaignFilter),
    summary = "List campaigns, newest first",
    responses((status = 200, body = Page<Campaign>), (status = 422, body = ProblemDocument)),
)]
pub(crate) async fn campaign_list(
    State(host): State<Host>,
    caller: Caller,
    Query(filter): Query<CampaignFilter>,
) -> ApiResult<Json<Page<Campaign>>> {
    let states: Vec<CampaignState> = filter.state.into_iter().collect();
    let page = PageQuery { limit: filter.limit, cursor: filter.cursor };
    let search = filter.search.unwrap_or_default();
    Ok(Json(actions::campaign_page(&host, &caller, &states, &search, &page).await?))
}

#[utoipa::path(
    post, path = "/campaigns", tag = "campaign", operation_id = "campaign_create",
    summary = "Plan a campaign",
    request_body = NewCampaign,
    responses((status = 201, body = Campaign), (status = 422, body = ProblemDocument, description = "each bad field is named")),
)]
pub(crate) async fn campaign_create(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewCampaign>,
) -> ApiResult<impl IntoResponse> {
    let campaign = actions::campaign_create(&host, &caller, new).await?;
    Ok((StatusCode::CREATED, etag(campaign.version), Json(campaign)))
}

#[utoipa::path(
    get, path = "/campaigns/{id}", tag = "campaign", operation_id = "campaign_get", params(("id" = uuid::Uuid, Path)),
    summary = "A campaign with its messages, goals and offers",
    responses((status = 200, body = Campaign), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn campaign_get(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
) -> ApiResult<impl IntoResponse> {
    let campaign = actions::campaign_get(&host, &caller, id).await?;
    Ok((etag(campaign.version), Json(campaign)))
}

#[utoipa::path(
    patch, path = "/campaigns/{id}", tag = "campaign", operation_id = "campaign_patch", params(("id" = uuid::Uuid, Path)),
    summary = "Change a draft",
    request_body = CampaignPatch,
    responses(
        (status = 200, body = Campaign), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument, description = "it is no draft any more"),
        (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument),
    ),
)]
pub(crate) async fn campaign_patch(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    expected: IfMatch,
    Json(patch): Json<CampaignPatch>,
) -> ApiResult<impl IntoResponse> {
    let campaign = actions::campaign_patch(&host, &caller, id, expected, patch).await?;
    Ok((etag(campaign.version), Json(campaign)))
}

#[utoipa::path(
    get, path = "/campaigns/{id}/spend", tag = "campaign", operation_id = "spend_list",
    params(("id" = uuid::Uuid, Path), PageQuery),
    summary = "Money that went out for a campaign besides its sends",
    responses((status = 200, body = Page<Spend>), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn spend_list(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<Spend>>> {
    Ok(Json(actions::spend_page(&host, &caller, id, &page).await?))
}

#[utoipa::path(
    post, path = "/campaigns/{id}/spend", tag = "campaign", operation_id = "spend_create", params(("id" = uuid::Uuid, Path)),
    summary = "Note money that went out for a campaign",
    request_body = NewSpend,
    responses((status = 201, body = Spend), (status = 404, body = ProblemDocument), (status = 422, body = ProblemDocument)),
)]
pub(crate) async fn spend_create(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    Json(new): Json<NewSpend>,
) -> ApiResult<impl IntoResponse> {
    Ok((StatusCode::CREATED, Json(actions::spend_create(&host, &caller, id, new).await?)))
}
