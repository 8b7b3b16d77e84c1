//! The area's addresses: each handler takes its input apart, calls one action
//! and answers.

mod audit;
mod job;
mod me;
mod retention;
mod session;
mod token;
mod unit;
mod user;
mod workspace;

use rialto_slice::Host;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Every address of the area, relative to `/api/v1`.
pub(crate) fn routes() -> OpenApiRouter<Host> {
    OpenApiRouter::new()
        .routes(routes!(workspace::workspace_read, workspace::workspace_change))
        .routes(routes!(workspace::workspace_clock))
        .routes(routes!(retention::retention_read))
        .routes(routes!(retention::retention_choose))
        .routes(routes!(unit::unit_page, unit::unit_make))
        .routes(routes!(unit::unit_read, unit::unit_change, unit::unit_remove))
        .routes(routes!(user::user_page, user::user_make))
        .routes(routes!(user::user_read, user::user_change))
        .routes(routes!(user::user_reinvite))
        .routes(routes!(user::role_give, user::role_take))
        .routes(routes!(user::invitation_use))
        .routes(routes!(token::token_page, token::token_make))
        .routes(routes!(token::token_read, token::token_end))
        .routes(routes!(session::session_begin, session::session_end))
        .routes(routes!(me::me_read))
        .routes(routes!(me::me_password))
        .routes(routes!(audit::audit_page))
        .routes(routes!(audit::audit_check))
        .routes(routes!(job::job_page))
        .routes(routes!(job::job_read))
        .routes(routes!(job::job_stop))
        .routes(routes!(job::job_again))
        .routes(routes!(job::job_events))
}
