//! The routes of campaigns.

mod campaigns;
mod running;

use rialto_slice::Host;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Every route of the area.
pub(crate) fn routes() -> OpenApiRouter<Host> {
    OpenApiRouter::new()
        .routes(routes!(campaigns::campaign_list, campaigns::campaign_create))
        .routes(routes!(campaigns::campaign_get, campaigns::campaign_patch))
        .routes(routes!(campaigns::spend_list, campaigns::spend_create))
        .routes(routes!(running::campaign_preflight))
        .routes(routes!(running::campaign_launch))
        .routes(routes!(running::campaign_pause))
        .routes(routes!(running::campaign_resume))
        .routes(routes!(running::campaign_cancel))
        .routes(routes!(running::campaign_ledger))
        .routes(routes!(running::campaign_events))
}
