//! The endpoints of this area. Handlers are thin: extract, act, answer.

mod bounces;
mod mail_servers;
mod occurrences;
mod policy;
mod sends;

use axum::extract::DefaultBodyLimit;
use rialto_slice::Host;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<Host> {
    let bounces = OpenApiRouter::new()
        .routes(routes!(bounces::bounce_take))
        .layer(DefaultBodyLimit::max(crate::bounce::BYTES_MAX));
    OpenApiRouter::new()
        .merge(bounces)
        .routes(routes!(mail_servers::mail_server_page, mail_servers::mail_server_make))
        .routes(routes!(
            mail_servers::mail_server_read,
            mail_servers::mail_server_change,
            mail_servers::mail_server_remove
        ))
        .routes(routes!(mail_servers::mail_server_try))
        .routes(routes!(occurrences::occurrence_read))
        .routes(routes!(policy::policy_read, policy::policy_write))
        .routes(routes!(policy::unit_policy_read, policy::unit_policy_write, policy::unit_policy_remove))
        .routes(routes!(sends::send_page))
        .routes(routes!(sends::send_read))
        .routes(routes!(sends::send_again))
        .routes(routes!(sends::send_settle))
}
