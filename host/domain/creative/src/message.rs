//! The verbs of messages: make, change, look up, preview, make ready to render.

use crate::{
    compile::{CompiledMessage, Parts},
    context::{Person, context_of},
    error::{Error, Result},
    model::{Message, MessagePatch, MessagePreview, NewMessage, PreviewQuestion},
    sql::message as sql,
};
use rialto_audience::addressees;
use rialto_identity::{AuditEntry, audit, unit_path};
use rialto_kernel::{Id, Page, PageQuery, WorkspaceId, from_micros};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::{Caller, IfMatch};
use serde_json::json;
use std::collections::BTreeMap;

/// The permission to look at creative work.
pub const READ: &str = "creative.read";
/// The permission to change it.
pub const WRITE: &str = "creative.write";
/// The longest name, in bytes.
pub const NAME_BYTES_MAX: usize = 200;
/// Languages of a message.
pub const LOCALES_MAX: usize = 20;

/// The links that every message may name, each with the path it leads under:
/// the way out, what one may choose, and the message in a browser.
const OWN_LINKS: &[(&str, &str)] = &[("unsubscribe_url", "u"), ("preferences_url", "p"), ("view_url", "v")];

/// Refuse unless the caller holds a permission where the thing belongs.
pub(crate) async fn require(conn: &mut Conn, caller: &Caller, unit: Option<Id>, permission: &str) -> Result<()> {
    match unit {
        Some(unit) => {
            let path = unit_path(conn, caller.workspace, unit).await.map_err(rialto_kernel::Problem::from)?;
            caller.require_in(permission, &path)?;
        }
        None if permission == READ => caller.require(permission)?,
        None => caller.require_everywhere(permission)?,
    }
    Ok(())
}

/// One line of text that is not empty and not too long.
pub(crate) fn line(field: &str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() || text.len() > NAME_BYTES_MAX || text.chars().any(char::is_control) {
        return Err(Error::field(field, format!("must be one line of 1 to {NAME_BYTES_MAX} bytes")));
    }
    Ok(text.to_owned())
}

/// A message the caller may see.
///
/// # Errors
/// When there is none, or the caller may not.
pub async fn message_get(host: &Host, caller: &Caller, id: Id) -> Result<Message> {
    let mut conn = host.store.read(caller.workspace).await?;
    let message = sql::message_find(&mut conn, caller.workspace, id).await?;
    require(&mut conn, caller, message.unit, READ).await?;
    Ok(message)
}

/// Messages, newest first, whose name holds a text.
///
/// # Errors
/// When the caller may not, or the page is wrong.
pub async fn message_page(host: &Host, caller: &Caller, search: &str, page: &PageQuery) -> Result<Page<Message>> {
    caller.require(READ)?;
    let (limit, before) = (page.limit()?, page.after::<Id>()?);
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = sql::message_list(&mut conn, caller.workspace, search, before, limit + 1).await?;
    let mut page = Page::from_rows(rows, limit, |message| message.id)?;
    let mut seen = Vec::with_capacity(page.items.len());
    for message in page.items {
        if require(&mut conn, caller, message.unit, READ).await.is_ok() {
            seen.push(message);
        }
    }
    page.items = seen;
    Ok(page)
}

/// Make a message.
///
/// # Errors
/// When a field is wrong; a mistake in a template names language, part and line.
pub async fn message_create(host: &Host, caller: &Caller, new: NewMessage) -> Result<Message> {
    let now = host.now_us();
    let message = Message {
        id: host.id(),
        unit: new.unit,
        creative: new.creative,
        name: line("name", &new.name)?,
        channel: line("channel", &new.channel)?,
        archived: false,
        contents: new.contents,
        version: 1,
        created_by: caller.actor.to_string(),
        updated_at: from_micros(now),
    };
    check_contents(&message)?;
    let (workspace, host_in, caller_in) = (caller.workspace, host.clone(), caller.clone());
    host.store
        .write(workspace, "message.create", move |conn| {
            Box::pin(async move {
                require(conn, &caller_in, message.unit, WRITE).await?;
                sql::message_put(conn, workspace, &message, now).await?;
                let entry = AuditEntry::new(&host_in, &caller_in, "message.create", "message", message.id);
                audit(conn, &entry.detail(json!({ "name": message.name }))).await?;
                Ok(message)
            })
        })
        .await
}

/// Change a message. What was launched before is not touched: a wave keeps the
/// content it began with.
///
/// # Errors
/// When there is none, it was changed meanwhile, or a field is wrong.
pub async fn message_patch(
    host: &Host,
    caller: &Caller,
    id: Id,
    expected: IfMatch,
    patch: MessagePatch,
) -> Result<Message> {
    let (workspace, host_in, caller_in) = (caller.workspace, host.clone(), caller.clone());
    host.store
        .write(workspace, "message.patch", move |conn| {
            Box::pin(async move {
                let mut message = sql::message_find(conn, workspace, id).await?;
                require(conn, &caller_in, message.unit, WRITE).await?;
                expected.check(message.version)?;
                if let Some(name) = patch.name {
                    message.name = line("name", &name)?;
                }
                message.archived = patch.archived.unwrap_or(message.archived);
                if let Some(contents) = patch.contents {
                    message.contents = contents;
                }
                check_contents(&message)?;
                message.version += 1;
                message.updated_at = from_micros(host_in.now_us());
                sql::message_put(conn, workspace, &message, 0).await?;
                let entry = AuditEntry::new(&host_in, &caller_in, "message.change", "message", id);
                audit(conn, &entry.detail(json!({ "version": message.version }))).await?;
                Ok(message)
            })
        })
        .await
}

fn check_contents(message: &Message) -> Result<()> {
    if message.contents.is_empty() {
        return Ok(());
    }
    if message.contents.len() > LOCALES_MAX {
        return Err(Error::field("contents", format!("at most {LOCALES_MAX} languages")));
    }
    for locale in message.contents.keys() {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if locale.is_empty() || locale.len() > 20 || !locale.chars().all(fits) {
            return Err(Error::field("contents", "languages are BCP 47 tags such as en or zh-CN"));
        }
    }
    if message.channel == "email" {
        check_mail(&message.contents)?;
    }
    CompiledMessage::compile(&message.channel, message.version, &message.contents, "en").map_err(under_contents)?;
    Ok(())
}

/// A mail has a subject and a body in each language.
fn check_mail(contents: &BTreeMap<String, Parts>) -> Result<()> {
    for (locale, parts) in contents {
        let given = |name: &str| parts.get(name).is_some_and(|text| !text.trim().is_empty());
        if !given("subject") {
            return Err(Error::field(&format!("contents.{locale}.subject"), "a mail needs a subject"));
        }
        if !["mjml", "html", "text"].into_iter().any(given) {
            return Err(Error::field(&format!("contents.{locale}.mjml"), "a mail needs mjml, html or text"));
        }
    }
    Ok(())
}

fn under_contents(error: Error) -> Error {
    match error {
        Error::Fields(mut errors) => {
            for error in &mut errors {
                error.field = format!("contents.{}", error.field);
            }
            Error::Fields(errors)
        }
        other => other,
    }
}

/// A message made ready to be rendered for many people.
///
/// # Errors
/// When there is none, or it has no content.
pub async fn message_load(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<CompiledMessage> {
    let message = sql::message_find(conn, workspace, id).await?;
    let fallback = sql::workspace_locale(conn, workspace).await?;
    CompiledMessage::compile(&message.channel, message.version, &message.contents, &fallback)
}

/// A message as a contact would get it, or with values of one's own; with other
/// content where that is given, which is not kept.
///
/// # Errors
/// When there is no such message or contact, or it cannot be rendered.
pub async fn message_preview(
    host: &Host,
    caller: &Caller,
    id: Id,
    question: PreviewQuestion,
) -> Result<MessagePreview> {
    let mut conn = host.store.read(caller.workspace).await?;
    let mut message = sql::message_find(&mut conn, caller.workspace, id).await?;
    require(&mut conn, caller, message.unit, READ).await?;
    if let Some(contents) = question.contents {
        message.contents = contents;
        check_contents(&message)?;
    }
    let fallback = sql::workspace_locale(&mut conn, caller.workspace).await?;
    let compiled = CompiledMessage::compile(&message.channel, message.version, &message.contents, &fallback)?;
    let (mut context, mut locale) = (serde_json::Map::new(), fallback);
    if let Some(contact) = question.contact {
        caller.require("audience.read")?;
        let people = addressees(&mut conn, caller.workspace, &[contact], &message.channel)
            .await
            .map_err(rialto_kernel::Problem::from)?;
        let person = people.into_iter().next().ok_or(Error::NotFound("contact"))?;
        locale = person.locale.clone();
        context = context_of(&Person::from(&person));
    }
    for (name, path) in OWN_LINKS {
        context.insert((*name).to_owned(), json!(format!("{}/{path}/preview", host.public_url)));
    }
    context.extend(question.values);
    let locale = question.locale.unwrap_or(locale);
    let mut warnings: Vec<String> =
        compiled.missing(&locale, &context).into_iter().map(|name| format!("`{name}` has no value")).collect();
    if message.channel == "email" && !compiled.asks_for(&locale, "unsubscribe_url") {
        warnings.push(format!("there is no unsubscribe link: add `{}`", "{{ unsubscribe_url }}"));
    }
    let rendered = compiled.render(&locale, &context)?;
    Ok(MessagePreview { locale: rendered.locale, parts: rendered.parts, warnings })
}
