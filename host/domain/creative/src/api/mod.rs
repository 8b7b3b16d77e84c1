//! The routes of messages, senders, brands and topics.

mod messages;
mod senders;

use rialto_slice::Host;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Every route of messages and senders.
pub(crate) fn routes() -> OpenApiRouter<Host> {
    OpenApiRouter::new()
        .routes(routes!(messages::message_list, messages::message_create))
        .routes(routes!(messages::message_get, messages::message_patch))
        .routes(routes!(messages::message_preview))
        .routes(routes!(senders::sender_list, senders::sender_create))
        .routes(routes!(senders::sender_replace))
        .routes(routes!(senders::brand_list, senders::brand_create))
        .routes(routes!(senders::brand_replace))
        .routes(routes!(senders::topic_list, senders::topic_create))
}
