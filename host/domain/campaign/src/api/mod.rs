//! The routes of campaigns.

mod campaigns;
mod running;
mod why;

use crate::{approval::api as approval, budget::api as budget, note::api as note};
use rialto_slice::Host;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Every route of the area.
pub(crate) fn routes() -> OpenApiRouter<Host> {
    OpenApiRouter::new()
        .routes(routes!(campaigns::campaign_list, campaigns::campaign_create))
        .routes(routes!(campaigns::campaign_get, campaigns::campaign_patch))
        .routes(routes!(campaigns::spend_list, campaigns::spend_create))
        .routes(routes!(running::campaign_preflight, running::preflight_read))
        .routes(routes!(running::campaign_launch))
        .routes(routes!(running::campaign_pause))
        .routes(routes!(running::campaign_resume))
        .routes(routes!(running::campaign_cancel))
        .routes(routes!(running::campaign_follow_up))
        .routes(routes!(running::campaign_ledger))
        .routes(routes!(running::campaign_events))
        .routes(routes!(why::send_why))
        .routes(routes!(why::contact_why))
        .routes(routes!(budget::budget_get))
        .routes(routes!(budget::budget_csv))
        .routes(routes!(budget::line_list, budget::line_create))
        .routes(routes!(budget::line_patch, budget::line_delete))
        .routes(routes!(approval::plan_get))
        .routes(routes!(approval::approval_list, approval::approval_request))
        .routes(routes!(approval::approval_decide))
        .routes(routes!(approval::settings_get, approval::settings_put))
        .routes(routes!(note::comment_list, note::comment_create))
        .routes(routes!(note::comment_patch, note::comment_delete))
        .routes(routes!(note::mention_list))
        .routes(routes!(note::annotation_list, note::annotation_create))
        .routes(routes!(note::annotation_delete))
}
