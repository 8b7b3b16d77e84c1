//! Creative work: brand, topics, senders, messages in several languages, the
//! library of creatives and past cases, and recommendations. No code runs in a
//! template, and nothing here sends.

mod api;
mod compile;
mod context;
mod error;
mod links;
mod message;
mod model;
mod sender;
mod sql;
mod template;

pub use compile::{CompiledMessage, Parts, Rendered};
pub use context::{Person, context_of};
pub use error::Error;
pub use links::link_name;
pub use message::{
    READ, WRITE, message_create, message_get, message_load, message_page, message_patch, message_preview,
};
pub use model::{
    Brand, BrandInput, Message, MessagePatch, MessagePreview, NewMessage, PreviewQuestion, Sender, SenderInput, Topic,
    TopicInput,
};
pub use sender::{
    brand_find, brand_list, brand_put, sender_find, sender_list, sender_put, topic_create, topic_list,
};

use rialto_slice::{Host, Slice};

/// The creative slice.
#[must_use]
pub fn slice(_host: &Host) -> Slice {
    Slice { api: api::routes(), ..Slice::new("creative") }
}
