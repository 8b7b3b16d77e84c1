//! The verbs of brands, topics and senders.

use crate::{
    error::{Error, Result},
    message::{READ, WRITE, line},
    model::{Brand, BrandInput, Sender, SenderInput, Topic, TopicInput},
    sql::sender as sql,
};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Id, WorkspaceId};
use rialto_slice::Host;
use rialto_store::{Conn, StoreError};
use rialto_web::{Caller, IfMatch};
use serde_json::json;

/// The longest postal address, in bytes.
const ADDRESS_BYTES_MAX: usize = 1_000;

/// The sender with this id.
///
/// # Errors
/// When there is none.
pub async fn sender_find(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<Sender> {
    sql::sender_find(conn, workspace, id).await
}

/// The brand with this id.
///
/// # Errors
/// When there is none.
pub async fn brand_find(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<Brand> {
    sql::brand_find(conn, workspace, id).await
}

/// The topics people may choose, by code.
///
/// # Errors
/// When the store fails.
pub async fn topics_of(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Topic>> {
    sql::topic_list(conn, workspace).await
}

/// The channels that the workspace has a sender of.
///
/// # Errors
/// When the store fails.
pub async fn sender_channels(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<String>> {
    sql::sender_channels(conn, workspace).await
}

/// Senders, by name.
///
/// # Errors
/// When the caller may not read them.
pub async fn sender_list(host: &Host, caller: &Caller) -> Result<Vec<Sender>> {
    caller.require(READ)?;
    sql::sender_list(&mut host.store.read(caller.workspace).await?, caller.workspace).await
}

/// Brands, by name.
///
/// # Errors
/// When the caller may not read them.
pub async fn brand_list(host: &Host, caller: &Caller) -> Result<Vec<Brand>> {
    caller.require(READ)?;
    sql::brand_list(&mut host.store.read(caller.workspace).await?, caller.workspace).await
}

/// Topics, by code.
///
/// # Errors
/// When the caller may not read them.
pub async fn topic_list(host: &Host, caller: &Caller) -> Result<Vec<Topic>> {
    caller.require(READ)?;
    sql::topic_list(&mut host.store.read(caller.workspace).await?, caller.workspace).await
}

/// Make a sender, or write one anew.
///
/// # Errors
/// When a field is wrong, or it was changed meanwhile.
pub async fn sender_put(
    host: &Host,
    caller: &Caller,
    id: Option<Id>,
    expected: IfMatch,
    input: SenderInput,
) -> Result<Sender> {
    caller.require_everywhere(WRITE)?;
    let mut sender = Sender {
        id: id.unwrap_or_else(|| host.id()),
        brand: input.brand,
        channel: line("channel", &input.channel)?,
        name: line("name", &input.name)?,
        address: address(&input.channel, "address", &input.address)?,
        reply_to: String::new(),
        version: 1,
    };
    if !input.reply_to.is_empty() {
        sender.reply_to = address(&input.channel, "reply_to", &input.reply_to)?;
    }
    let (workspace, host_in, caller_in) = (caller.workspace, host.clone(), caller.clone());
    host.store
        .write(workspace, "sender.put", move |conn| {
            Box::pin(async move {
                if id.is_some() {
                    let held = sql::sender_find(conn, workspace, sender.id).await?;
                    expected.check(held.version)?;
                    sender.version = held.version + 1;
                }
                if let Some(brand) = sender.brand {
                    sql::brand_find(conn, workspace, brand)
                        .await
                        .map_err(|_| Error::field("brand", "no such brand"))?;
                }
                sql::sender_put(conn, workspace, &sender, host_in.now_us()).await?;
                let entry = AuditEntry::new(&host_in, &caller_in, "sender.put", "sender", sender.id);
                audit(conn, &entry.detail(json!({ "address": sender.address }))).await?;
                Ok(sender)
            })
        })
        .await
}

/// An address of a channel; an email is checked as one.
fn address(channel: &str, field: &str, text: &str) -> Result<String> {
    let text = line(field, text)?;
    if channel != "email" {
        return Ok(text);
    }
    rialto_audience::normalise_address(channel, &text).map_err(|cause| Error::field(field, cause.to_string()))
}

/// Make a brand, or write one anew.
///
/// # Errors
/// When a field is wrong, or it was changed meanwhile.
pub async fn brand_put(
    host: &Host,
    caller: &Caller,
    id: Option<Id>,
    expected: IfMatch,
    input: BrandInput,
) -> Result<Brand> {
    caller.require_everywhere(WRITE)?;
    if input.postal_address.len() > ADDRESS_BYTES_MAX {
        return Err(Error::field("postal_address", format!("at most {ADDRESS_BYTES_MAX} bytes")));
    }
    let mut brand = Brand {
        id: id.unwrap_or_else(|| host.id()),
        name: line("name", &input.name)?,
        postal_address: input.postal_address,
        version: 1,
    };
    let (workspace, host_in, caller_in) = (caller.workspace, host.clone(), caller.clone());
    host.store
        .write(workspace, "brand.put", move |conn| {
            Box::pin(async move {
                if id.is_some() {
                    let held = sql::brand_find(conn, workspace, brand.id).await?;
                    expected.check(held.version)?;
                    brand.version = held.version + 1;
                }
                sql::brand_put(conn, workspace, &brand, host_in.now_us()).await?;
                audit(conn, &AuditEntry::new(&host_in, &caller_in, "brand.put", "brand", brand.id)).await?;
                Ok(brand)
            })
        })
        .await
}

/// Make a topic.
///
/// # Errors
/// When a field is wrong or the code is taken.
pub async fn topic_create(host: &Host, caller: &Caller, input: TopicInput) -> Result<Topic> {
    caller.require_everywhere(WRITE)?;
    let code = line("code", &input.code)?;
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    if code.len() > 60 || !code.chars().all(fits) {
        return Err(Error::field("code", "use small letters, digits, `-` and `_`, at most 60"));
    }
    let topic = Topic { id: host.id(), code, name: line("name", &input.name)? };
    let (workspace, now) = (caller.workspace, host.now_us());
    host.store
        .write(workspace, "topic.create", move |conn| {
            Box::pin(async move {
                match sql::topic_insert(conn, workspace, &topic, now).await {
                    Err(Error::Store(StoreError::Duplicate { .. })) => {
                        Err(Error::field("code", format!("`{}` is taken", topic.code)))
                    }
                    other => other.map(|()| topic),
                }
            })
        })
        .await
}
