//! `/placements` and `/sales/totals`

use crate::{PlacedProduct, SalesError, SalesTotals, placed_list, sales_totals};
use axum::extract::State;
use jiff::Timestamp;
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Which placements are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PlacedQuery {
    /// At which sales channel.
    sales_channel: Uuid,
    /// At which instant; now when absent.
    #[param(value_type = Option<String>)]
    at: Option<Timestamp>,
}

/// What stood at a sales channel.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlacedList {
    /// The products, each with its medium and position.
    items: Vec<PlacedProduct>,
    /// Whether that is all.
    complete: bool,
}

/// What stood in the mailers and on the displays of a sales channel at an instant
#[utoipa::path(
    get, path = "/placements", tag = "sales", params(PlacedQuery),
    responses((status = 200, body = PlacedList)),
)]
pub(crate) async fn placed_page(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<PlacedQuery>,
) -> ApiResult<Json<PlacedList>> {
    let at_us = query.at.map_or_else(|| host.now_in(caller.workspace), |at| at.as_microsecond());
    let (items, complete) = placed_list(&host, &caller, query.sales_channel, at_us).await?;
    Ok(Json(PlacedList { items, complete }))
}

/// How much there is of everything in the sales area
#[utoipa::path(get, path = "/sales/totals", tag = "sales", responses((status = 200, body = SalesTotals)))]
pub(crate) async fn totals_read(State(host): State<Host>, caller: Caller) -> ApiResult<Json<SalesTotals>> {
    caller.require("sales.read")?;
    let mut conn = host.store.read(caller.workspace).await.map_err(SalesError::from)?;
    Ok(Json(sales_totals(&mut conn, caller.workspace).await?))
}
