//! The verbs of the library. The library is the workspace's, not a unit's.

use super::{
    model::{Creative, CreativeInput, CreativePatch, NewResult, PastResults},
    sql::{self, Filter},
};
use crate::{
    error::{Error, Result},
    message::{READ, WRITE},
};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Id, Page, PageQuery, from_micros, to_micros};
use rialto_slice::Host;
use rialto_store::StoreError;
use rialto_web::{Caller, IfMatch};
use serde_json::json;

/// Look at one creative.
///
/// # Errors
/// When there is none, or the caller may not.
pub async fn creative_get(host: &Host, caller: &Caller, id: Id) -> Result<Creative> {
    caller.require(READ)?;
    let mut conn = host.store.read(caller.workspace).await?;
    sql::creative_find(&mut conn, caller.workspace, id).await?.ok_or(Error::NotFound("creative"))
}

/// Creatives, newest first.
pub(super) async fn creative_page(
    host: &Host,
    caller: &Caller,
    filter: &Filter,
    page: &PageQuery,
) -> Result<Page<Creative>> {
    caller.require(READ)?;
    let (limit, before) = (page.limit()?, page.after::<Id>()?);
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = sql::creative_list(&mut conn, caller.workspace, filter, before, limit + 1).await?;
    Ok(Page::from_rows(rows, limit, |creative| creative.id)?)
}

/// Put a creative in.
///
/// # Errors
/// When a field is wrong or the code is taken.
pub async fn creative_create(host: &Host, caller: &Caller, input: CreativeInput) -> Result<Creative> {
    caller.require_everywhere(WRITE)?;
    let creative = of_input(input, host.id(), &caller.actor.to_string(), host.now_us());
    creative.check()?;
    let entry = AuditEntry::new(host, caller, "creative.create", "creative", creative.id)
        .detail(json!({ "title": creative.title, "code": creative.code }));
    let workspace = caller.workspace;
    host.store
        .write(workspace, "creative.create", move |conn| {
            Box::pin(async move {
                sql::creative_put(conn, workspace, &creative).await.map_err(taken)?;
                audit(conn, &entry).await?;
                Ok(creative)
            })
        })
        .await
}

/// A creative of what was said of it.
pub(super) fn of_input(input: CreativeInput, id: Id, by: &str, now: i64) -> Creative {
    let text = |text: String| text.trim().to_owned();
    Creative {
        id,
        code: input.code.map(text).filter(|code| !code.is_empty()).unwrap_or_else(|| id.to_string()),
        kind: input.kind.map_or_else(|| "case".to_owned(), text),
        origin: input.origin.map_or_else(|| "own".to_owned(), text),
        title: text(input.title),
        description: text(input.description),
        theme: text(input.theme),
        interaction: text(input.interaction),
        season: text(input.season),
        channel: text(input.channel),
        campaign_type: text(input.campaign_type),
        objectives: text(input.objectives),
        categories: text(input.categories),
        audience: text(input.audience),
        link: text(input.link),
        body: input.body,
        archived: false,
        past: PastResults::default(),
        version: 1,
        created_by: by.to_owned(),
        created_at: from_micros(now),
        updated_at: from_micros(now),
    }
}

/// Change a creative.
///
/// # Errors
/// When there is none, it was changed meanwhile, or a field is wrong.
pub async fn creative_patch(
    host: &Host,
    caller: &Caller,
    id: Id,
    expected: IfMatch,
    patch: CreativePatch,
) -> Result<Creative> {
    caller.require_everywhere(WRITE)?;
    let (workspace, now) = (caller.workspace, host.now_us());
    let entry = AuditEntry::new(host, caller, "creative.change", "creative", id);
    host.store
        .write(workspace, "creative.change", move |conn| {
            Box::pin(async move {
                let found = sql::creative_find(conn, workspace, id).await?;
                let mut creative = found.ok_or(Error::NotFound("creative"))?;
                expected.check(creative.version)?;
                patch.apply(&mut creative);
                creative.check()?;
                creative.version += 1;
                creative.updated_at = from_micros(now);
                sql::creative_put(conn, workspace, &creative).await.map_err(taken)?;
                audit(conn, &entry.detail(json!({ "version": creative.version }))).await?;
                Ok(creative)
            })
        })
        .await
}

/// Keep what came of a creative; the same label again replaces it.
///
/// # Errors
/// When there is no such creative, or a field is wrong.
pub async fn result_add(host: &Host, caller: &Caller, creative: Id, new: NewResult) -> Result<()> {
    caller.require_everywhere(WRITE)?;
    new.check()?;
    let (workspace, id) = (caller.workspace, host.id());
    let at = new.at.map_or_else(|| host.now_in(caller.workspace), to_micros);
    let entry = AuditEntry::new(host, caller, "creative.result", "creative", creative)
        .detail(json!({ "label": new.label, "tried": new.tried, "reached": new.reached }));
    host.store
        .write(workspace, "creative.result", move |conn| {
            Box::pin(async move {
                sql::creative_find(conn, workspace, creative).await?.ok_or(Error::NotFound("creative"))?;
                sql::result_put(conn, workspace, id, creative, &new, at).await?;
                audit(conn, &entry).await?;
                Ok(())
            })
        })
        .await
}

fn taken(error: StoreError) -> Error {
    match error {
        StoreError::Duplicate { .. } => Error::field("code", "a creative with this code exists already"),
        other => other.into(),
    }
}
