//! Creative work: brand, topics, senders, messages in several languages, the
//! library of creatives and past cases, and recommendations. No code runs in a
//! template, and nothing here sends.

mod api;
mod compile;
mod context;
mod error;
mod html;
mod library;
mod links;
mod message;
mod model;
mod recommend;
mod sender;
mod sql;
mod template;

pub use compile::{CompiledMessage, FrozenMessage, Parts, Rendered};
pub use context::{Person, context_of};
pub use error::Error;
pub use library::{
    Creative, CreativeInput, CreativePatch, CreativeResult, CreativesImport, NewResult, PastResults, creative_by_code,
    creative_create, creative_get, creative_patch, result_add, result_put,
};
pub use links::link_name;
pub use message::{
    READ, WRITE, message_create, message_get, message_load, message_page, message_patch, message_preview,
};
pub use model::{
    Brand, BrandInput, Message, MessagePatch, MessagePreview, NewMessage, PreviewQuestion, Sender, SenderInput, Topic,
    TopicInput,
};
pub use recommend::{
    CANDIDATES_MAX, CandidateKind, NewRecommendation, RankedCandidate, RankedReason, Recommendation, recommend,
    recommendation_get,
};
pub use sender::{
    brand_find, brand_list, brand_put, sender_channels, sender_find, sender_list, sender_put, topic_create, topic_list,
    topics_of,
};

use rialto_slice::{Host, Slice};
use std::sync::Arc;

/// What belongs to units.
const UNIT_USES: &[rialto_slice::units::UnitUse] = &[rialto_slice::units::UnitUse {
    what: "messages",
    table: "message",
    find: "SELECT CAST(1 AS BIGINT) FROM message WHERE workspace = $1 AND unit = $2 LIMIT 1",
}];

/// The creative slice.
#[must_use]
pub fn slice(host: &Host) -> Slice {
    rialto_slice::units::declare(host, UNIT_USES);
    rialto_audience::import::register(host, Arc::new(CreativesImport));
    let api = api::routes().merge(library::routes()).merge(recommend::routes());
    Slice { api, ..Slice::new("creative") }
}
