//! Sales channels.

use super::{code, line};
use crate::{
    NewSalesChannel, SalesChannel, SalesChannelPatch, SalesError,
    sql::{ChannelRow, channel_find, channel_page, channel_update, channels_insert},
};
use rialto_identity::{AuditEntry, audit, unit_path};
use rialto_kernel::{Id, Page, PageQuery, WorkspaceId};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::{Caller, IfMatch};

/// Make a sales channel.
///
/// # Errors
/// When a field is wrong, the code is taken, or the caller may not.
pub async fn sales_channel_create(
    host: &Host,
    caller: &Caller,
    new: NewSalesChannel,
) -> Result<SalesChannel, SalesError> {
    caller.require("sales.write")?;
    let row = ChannelRow {
        id: host.id(),
        unit: new.unit,
        name: line("name", new.name.as_deref().unwrap_or(&new.code))?,
        code: code("code", &new.code)?,
        kind: line("kind", new.kind.as_deref().unwrap_or("store"))?,
        version: 1,
        created_at: host.now_us(),
    };
    let (workspace, made) = (caller.workspace, row.clone());
    let entry = AuditEntry::new(host, caller, "sales-channel.create", "sales_channel", row.id);
    host.store
        .write(workspace, "sales-channel.create", move |conn| {
            Box::pin(async move {
                unit_known(conn, workspace, row.unit).await?;
                if channels_insert(conn, workspace, std::slice::from_ref(&row)).await? == 0 {
                    return Err(SalesError::Taken { field: "code", value: row.code });
                }
                audit(conn, &entry).await?;
                Ok(())
            })
        })
        .await?;
    Ok(made.into())
}

async fn unit_known(conn: &mut Conn, workspace: WorkspaceId, unit: Option<Id>) -> Result<(), SalesError> {
    match unit {
        Some(unit) => unit_path(conn, workspace, unit)
            .await
            .map(drop)
            .map_err(|_| SalesError::field("unit", "there is no such unit")),
        None => Ok(()),
    }
}

/// A sales channel.
///
/// # Errors
/// When there is none, or the caller may not.
pub async fn sales_channel_get(host: &Host, caller: &Caller, id: Id) -> Result<SalesChannel, SalesError> {
    caller.require("sales.read")?;
    let mut conn = host.store.read(caller.workspace).await?;
    let row = channel_find(&mut conn, caller.workspace, id).await?;
    Ok(row.ok_or(SalesError::NotFound("sales channel"))?.into())
}

/// Sales channels by code.
///
/// # Errors
/// When the page asked for is wrong, or the caller may not.
pub async fn sales_channel_list(
    host: &Host,
    caller: &Caller,
    page: &PageQuery,
) -> Result<Page<SalesChannel>, SalesError> {
    caller.require("sales.read")?;
    let limit = page.limit()?;
    let after: String = page.after()?.unwrap_or_default();
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = channel_page(&mut conn, caller.workspace, &after, limit + 1).await?;
    Ok(Page::from_rows(rows, limit, |row| row.code.clone())?.map(SalesChannel::from))
}

/// Change a sales channel.
///
/// # Errors
/// When there is none, a field is wrong, it was changed meanwhile, or the caller may not.
pub async fn sales_channel_patch(
    host: &Host,
    caller: &Caller,
    id: Id,
    patch: SalesChannelPatch,
    if_match: IfMatch,
) -> Result<SalesChannel, SalesError> {
    caller.require("sales.write")?;
    let workspace = caller.workspace;
    let entry = AuditEntry::new(host, caller, "sales-channel.change", "sales_channel", id);
    let row = host
        .store
        .write(workspace, "sales-channel.change", move |conn| {
            Box::pin(async move {
                let mut row = channel_find(conn, workspace, id).await?.ok_or(SalesError::NotFound("sales channel"))?;
                if_match.check(row.version)?;
                if let Some(name) = patch.name {
                    row.name = line("name", &name)?;
                }
                if let Some(kind) = patch.kind {
                    row.kind = line("kind", &kind)?;
                }
                if let Some(unit) = patch.unit {
                    unit_known(conn, workspace, unit).await?;
                    row.unit = unit;
                }
                if !channel_update(conn, workspace, &row).await? {
                    return Err(rialto_kernel::Problem::unavailable("it is being changed just now").into());
                }
                audit(conn, &entry).await?;
                Ok::<_, SalesError>(ChannelRow { version: row.version + 1, ..row })
            })
        })
        .await?;
    Ok(row.into())
}
