//! Addresses never to send to, kept as keyed hashes: the list outlives an
//! erasure without holding an address.

use super::CHANNEL_ALL;
use crate::{
    error::Result,
    lists::{LIST_MAX, in_list, padded},
};
use jiff::Timestamp;
use rialto_kernel::{WorkspaceId, from_micros};
use rialto_store::{Conn, sql, sql_dynamic};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use utoipa::ToSchema;

/// One suppressed address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Suppression {
    /// The channel; `*` is every channel.
    pub channel: String,
    /// The keyed hash of the address, in hex.
    pub address_hash: String,
    /// Why: `hard_bounce`, `complaint`, `manual` …
    pub reason: String,
    /// Who or what put it there.
    pub source: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// Whether this address, by its keyed hash, is never to be sent to.
///
/// # Errors
/// When the store fails.
pub async fn suppressed(conn: &mut Conn, workspace: WorkspaceId, channel: &str, address_hash: &[u8]) -> Result<bool> {
    let row: Option<(i64,)> =
        sql("SELECT at FROM suppression WHERE workspace = $1 AND channel IN ($2, $3) AND address_hash = $4 LIMIT 1")
            .bind(workspace)
            .bind(channel)
            .bind(CHANNEL_ALL)
            .bind(address_hash)
            .fetch_optional(conn)
            .await?;
    Ok(row.is_some())
}

/// Those of these addresses, by their keyed hashes, that are never to be sent to.
///
/// # Errors
/// When the store fails.
pub async fn suppressed_among(
    conn: &mut Conn,
    workspace: WorkspaceId,
    channel: &str,
    address_hashes: &[Vec<u8>],
) -> Result<HashSet<Vec<u8>>> {
    let mut found = HashSet::new();
    for chunk in address_hashes.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!(
            "SELECT address_hash FROM suppression WHERE workspace = $1 AND channel IN ($2, $3) AND address_hash IN {}",
            in_list(4, list.len())
        );
        let query = sql_dynamic(text).bind(workspace).bind(channel).bind(CHANNEL_ALL).bind_all(list);
        let rows: Vec<(Vec<u8>,)> = query.fetch_all(conn).await?;
        found.extend(rows.into_iter().map(|(hash,)| hash));
    }
    Ok(found)
}

/// Put an address on the list; whether it was not there before.
///
/// # Errors
/// When the store fails.
pub async fn suppress(
    conn: &mut Conn,
    workspace: WorkspaceId,
    channel: &str,
    address_hash: &[u8],
    reason: &str,
    source: &str,
    now: i64,
) -> Result<bool> {
    let added = sql("INSERT INTO suppression (workspace, channel, address_hash, reason, source, at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING")
    .bind(workspace)
    .bind(channel)
    .bind(address_hash)
    .bind(reason)
    .bind(source)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(added == 1)
}

/// Take an address off the list; whether it was there.
///
/// # Errors
/// When the store fails.
pub async fn unsuppress(conn: &mut Conn, workspace: WorkspaceId, channel: &str, address_hash: &[u8]) -> Result<bool> {
    let gone = sql("DELETE FROM suppression WHERE workspace = $1 AND channel = $2 AND address_hash = $3")
        .bind(workspace)
        .bind(channel)
        .bind(address_hash)
        .execute(conn)
        .await?;
    Ok(gone == 1)
}

/// The list in the order of channel and hash, after a key.
///
/// # Errors
/// When the store fails.
pub async fn suppression_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    after: (String, Vec<u8>),
    limit: u32,
) -> Result<Vec<Suppression>> {
    let rows: Vec<(String, Vec<u8>, String, String, i64)> =
        sql("SELECT channel, address_hash, reason, source, at FROM suppression
         WHERE workspace = $1 AND (channel > $2 OR (channel = $2 AND address_hash > $3))
         ORDER BY channel, address_hash LIMIT $4")
        .bind(workspace)
        .bind(after.0)
        .bind(after.1)
        .bind(limit)
        .fetch_all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(channel, hash, reason, source, at)| Suppression {
            channel,
            address_hash: hex::encode(hash),
            reason,
            source,
            at: from_micros(at),
        })
        .collect())
}
