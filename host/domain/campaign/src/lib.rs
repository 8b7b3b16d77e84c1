//! Campaigns: what is wanted, for whom, with which messages, at what cost; and
//! the decision to let it go. Sending is delivery's: no line here reaches a person.

mod actions;
mod api;
mod check;
mod error;
mod import;
mod jobs;
mod launch;
mod lookup;
mod model;
mod preflight;
mod sql;

pub use actions::{
    LAUNCH, READ, WRITE, campaign_create, campaign_get, campaign_ledger, campaign_page, campaign_patch, spend_create,
    spend_page,
};
pub use error::Error;
pub use import::kinds;
pub use jobs::WATCH;
pub use launch::{Turn, campaign_launch, campaign_turn};
pub use model::{
    Blocker, Campaign, CampaignPatch, CampaignState, ChannelMessage, ChannelPreflight, Goal, NewCampaign, NewSpend,
    Preflight, Spend,
};
pub use preflight::campaign_preflight;

use rialto_slice::{Host, Slice};
use std::sync::Arc;

/// The campaign slice.
#[must_use]
pub fn slice(host: &Host) -> Slice {
    for kind in kinds() {
        rialto_audience::import::register(host, kind);
    }
    Slice { api: api::routes(), jobs: vec![Arc::new(jobs::Watch { host: host.clone() })], ..Slice::new("campaign") }
}
