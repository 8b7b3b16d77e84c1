//! Campaigns: what is wanted, for whom, with which messages, at what cost; and
//! the decision to let it go. Sending is delivery's: no line here reaches a person.

mod actions;
mod api;
mod approval;
mod budget;
mod check;
mod error;
mod follow_up;
mod import;
mod jobs;
mod launch;
mod lookup;
mod model;
mod note;
mod plan;
mod preflight;
mod sql;
mod why;

pub use actions::{
    LAUNCH, READ, WRITE, campaign_create, campaign_get, campaign_ledger, campaign_page, campaign_patch, spend_create,
    spend_page,
};
pub use approval::{
    APPROVE, Approval, Decision, NewApproval, PlanSettings, PlanSettingsChange, PlanState, launch_allowed, plan_get,
    settings_get,
};
pub use budget::{
    Budget, BudgetLine, BudgetLinePatch, BudgetTotals, BudgetWarning, LineKind, LineStatus, NewBudgetLine, Unplanned,
    budget_get, budget_of, line_create, line_delete, line_page, line_patch,
};
pub use check::register_goal_check;
pub use error::Error;
pub use import::kinds;
pub use jobs::WATCH;
pub use launch::{Turn, campaign_launch, campaign_turn};
pub use model::{
    Blocker, Campaign, CampaignPatch, CampaignState, ChannelMessage, ChannelPreflight, Goal, NewCampaign, NewSpend,
    Preflight, Spend,
};
pub use note::{Annotation, Comment, CommentPatch, NewAnnotation, NewComment, annotations_between};
pub use preflight::{
    Asked, PREFLIGHT, PreflightRun, PreflightState, campaign_preflight, preflight_get, preflight_handler,
};
/// Why somebody in the audience was not written to.
pub use rialto_delivery::Reason as NotSent;
pub use why::{Why, WhyArm, WhyAudience, WhyCampaign, contact_why, send_explained};

use rialto_jobs::JobHandler;
use rialto_slice::{Host, Slice};
use std::sync::Arc;

/// What belongs to units.
const UNIT_USES: &[rialto_slice::units::UnitUse] = &[rialto_slice::units::UnitUse {
    what: "campaigns",
    table: "campaign",
    find: "SELECT CAST(1 AS BIGINT) FROM campaign WHERE workspace = $1 AND unit = $2 LIMIT 1",
}];

/// What counts in the workspace's currency.
const PRICED: &[rialto_slice::priced::Priced] = &[
    rialto_slice::priced::Priced {
        what: "campaigns",
        find: "SELECT CAST(1 AS BIGINT) FROM campaign WHERE workspace = $1 LIMIT 1",
    },
    rialto_slice::priced::Priced {
        what: "a limit for approval",
        find: "SELECT CAST(1 AS BIGINT) FROM plan_setting WHERE workspace = $1 AND threshold_minor IS NOT NULL LIMIT 1",
    },
];

/// The campaign slice.
#[must_use]
pub fn slice(host: &Host) -> Slice {
    rialto_slice::units::declare(host, UNIT_USES);
    rialto_slice::priced::declare(host, PRICED);
    for kind in kinds() {
        rialto_audience::import::register(host, kind);
    }
    rialto_audience::import::register_uses(host, Arc::new(import::OFFER_USES));
    let jobs: Vec<Arc<dyn JobHandler>> = vec![Arc::new(jobs::Watch { host: host.clone() }), preflight_handler(host)];
    Slice { api: api::routes(), jobs, ..Slice::new("campaign") }
}
