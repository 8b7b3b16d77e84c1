//! Asking for a backup, looking for it, and removing it.

use super::{
    BACKUPS_KEPT_MAX, FAILED_SHOWN_MAX, FAILURES_MAX, NAME_CHARS_MAX, file_of, folder,
    job::BackupJob,
    make,
    model::{Backup, BackupState, Row},
    sql,
};
use crate::config::create_private_dir;
use rialto_identity::{AuditEntry, audit};
use rialto_jobs::{NewJob, enqueue, host_epoch};
use rialto_kernel::{Id, Problem, WorkspaceId, from_micros};
use rialto_slice::Host;
use rialto_store::tables_bytes;
use rialto_web::{Actor, Caller};
use serde_json::json;
use std::{fs, path::Path};

/// Rows of backups that are read at a time.
const ROWS_MAX: u32 = 200;

/// Ask for a backup.
///
/// # Errors
/// When the name is no name, one is being made already, or the disk has no room.
pub(super) async fn backup_ask(host: &Host, caller: &Caller, name: &str) -> Result<Backup, Problem> {
    let now = host.now_us();
    let name = named(name, now)?;
    room(host).await?;
    let epoch = host_epoch(&host.store).await?;
    let (workspace, id, job, actor) = (caller.workspace, host.id(), host.id(), caller.actor.to_string());
    let entry = AuditEntry::new(host, caller, "backup.create", "backup", id).detail(json!({ "name": name }));
    host.store
        .write(workspace, "backup.ask", move |conn| {
            Box::pin(async move {
                if sql::backup_running(conn, workspace).await? {
                    let detail = "a backup is being made already: wait for it, or call its job off";
                    return Err(Problem::conflict("backup-running", detail));
                }
                sql::backup_insert(conn, workspace, id, (&name, job, &actor), now).await?;
                let payload = json!({ "backup": id, "epoch": epoch });
                let new = NewJob::new(workspace, BackupJob::KIND, payload, now).keyed(id.to_string());
                enqueue(conn, job, now, NewJob { failures_max: FAILURES_MAX, ..new }).await?;
                audit(conn, &entry).await?;
                Ok::<_, Problem>(())
            })
        })
        .await?;
    backup_find(host, workspace, id).await
}

fn named(name: &str, now: i64) -> Result<String, Problem> {
    let name = name.trim();
    if name.is_empty() {
        return Ok(from_micros(now).strftime("%Y-%m-%d %H:%M:%S UTC").to_string());
    }
    if name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(Problem::invalid("name", format!("must be at most {NAME_CHARS_MAX} characters on one line")));
    }
    Ok(name.to_owned())
}

/// Refuse where the data folder's disk cannot take a copy of the database and
/// the archive beside it: a full disk would stop the host's own writes.
async fn room(host: &Host) -> Result<(), Problem> {
    let database = match tables_bytes(&host.store).await? {
        Some(bytes) => bytes,
        None => ["rialto.db", "rialto.db-wal"].iter().map(|name| size(&host.data_dir.join(name))).sum(),
    };
    let uploads: u64 = make::beside(&host.data_dir)
        .map_err(|cause| Problem::internal(format!("{cause:#}")))?
        .iter()
        .map(|(_, path)| size(path))
        .sum();
    let needed = database.saturating_mul(2).saturating_add(uploads);
    match free(&host.data_dir) {
        Some(free) if free < needed => Err(full(Some((needed, free)))),
        _ => Ok(()),
    }
}

/// That the disk is full, and what to do about it.
pub(super) fn full(bytes: Option<(u64, u64)>) -> Problem {
    let remedy = "free some room, or delete older backups";
    match bytes {
        Some((needed, free)) => Problem::new(
            507,
            "disk-full",
            format!("a backup needs up to {needed} bytes of the data folder's disk, and {free} are free: {remedy}"),
        )
        .with("needed_bytes", needed)
        .with("free_bytes", free),
        None => Problem::new(507, "disk-full", format!("the data folder's disk is full: {remedy}")),
    }
}

fn size(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |found| found.len())
}

/// Bytes that are free on a folder's disk, where the system tells.
#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free(_folder: &Path) -> Option<u64> {
    None
}

fn shown(host: &Host, row: Row) -> Backup {
    let here = row.finished_at.is_some() && file_of(host, row.id).is_file();
    row.shown(here)
}

/// A backup.
///
/// # Errors
/// When there is none of this id.
pub(super) async fn backup_find(host: &Host, workspace: WorkspaceId, id: Id) -> Result<Backup, Problem> {
    let mut conn = host.store.read(workspace).await?;
    let row = sql::backup_find(&mut conn, workspace, id).await?.ok_or_else(|| Problem::not_found("backup"))?;
    Ok(shown(host, row))
}

/// Backups, latest first, before an id.
pub(super) async fn backup_list(
    host: &Host,
    workspace: WorkspaceId,
    before: Option<Id>,
    limit: u32,
) -> Result<Vec<Backup>, Problem> {
    let mut conn = host.store.read(workspace).await?;
    let rows = sql::backup_list(&mut conn, workspace, before.unwrap_or_else(Id::max), limit).await?;
    Ok(rows.into_iter().map(|row| shown(host, row)).collect())
}

/// Open a backup's file for whoever fetches it, which is written down first.
///
/// # Errors
/// When it cannot be opened.
pub(super) async fn file_take(
    host: &Host,
    caller: &Caller,
    backup: &Backup,
    file: &Path,
) -> Result<(tokio::fs::File, u64), Problem> {
    let unread = |cause: std::io::Error| Problem::internal(format!("the backup's file cannot be read: {cause}"));
    let open = tokio::fs::File::open(file).await.map_err(unread)?;
    let bytes = open.metadata().await.map_err(unread)?.len();
    let workspace = caller.workspace;
    let entry = AuditEntry::new(host, caller, "backup.fetch", "backup", backup.id)
        .detail(json!({ "bytes": bytes, "sha256": backup.sha256 }));
    host.store
        .write(workspace, "backup.fetch", move |conn| {
            Box::pin(async move { Ok::<_, Problem>(audit(conn, &entry).await?) })
        })
        .await?;
    Ok((open, bytes))
}

/// Remove a backup and its file, where this host has it.
///
/// # Errors
/// When there is none, or it is being made.
pub(super) async fn backup_delete(host: &Host, caller: &Caller, id: Id) -> Result<(), Problem> {
    let found = backup_find(host, caller.workspace, id).await?;
    if matches!(found.state, BackupState::Pending | BackupState::Running) {
        let detail = "the backup is being made: call its job off first";
        return Err(Problem::conflict("backup-running", detail));
    }
    let entry = AuditEntry::new(host, caller, "backup.delete", "backup", id).detail(json!({ "name": found.name }));
    remove(host, caller.workspace, id, entry).await
}

/// The file first: one without a row would stay for ever, and nobody would know.
async fn remove(host: &Host, workspace: WorkspaceId, id: Id, entry: AuditEntry) -> Result<(), Problem> {
    match fs::remove_file(file_of(host, id)) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
            return Err(Problem::internal(format!("the backup's file cannot be removed: {cause}")));
        }
        _ => {}
    }
    host.store
        .write(workspace, "backup.remove", move |conn| {
            Box::pin(async move {
                if sql::backup_remove(conn, workspace, id).await? {
                    audit(conn, &entry).await?;
                }
                Ok::<_, Problem>(())
            })
        })
        .await
}

/// Remove the oldest files beyond those that are kept, and the oldest tries that
/// came to nothing.
pub(super) async fn tidy(host: &Host, workspace: WorkspaceId) -> Result<(), Problem> {
    let mut conn = host.store.read(workspace).await?;
    let rows = sql::backup_list(&mut conn, workspace, Id::max(), ROWS_MAX).await?;
    drop(conn);
    let here = rows.iter().filter(|row| row.finished_at.is_some() && file_of(host, row.id).is_file());
    let nothing = rows.iter().filter(|row| row.came_to_nothing());
    let gone: Vec<Id> = here.skip(BACKUPS_KEPT_MAX).chain(nothing.skip(FAILED_SHOWN_MAX)).map(|row| row.id).collect();
    for id in gone {
        let entry = AuditEntry::by(host, workspace, &Actor::System, "backup.expire", "backup", id);
        remove(host, workspace, id, entry).await?;
    }
    Ok(())
}

/// The folder of backups, made where it is not there, for its owner only.
pub(super) fn folder_made(host: &Host) -> Result<(), Problem> {
    create_private_dir(&folder(&host.data_dir))
        .map_err(|cause| Problem::internal(format!("the folder of backups cannot be made: {cause}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(named("  ", 0).unwrap(), "1970-01-01 00:00:00 UTC");
        assert_eq!(named(" 升级之前 ", 0).unwrap(), "升级之前");
        assert!(named("a\nb", 0).is_err());
        assert!(named(&"x".repeat(NAME_CHARS_MAX + 1), 0).is_err());
    }

    #[test]
    fn a_disk_without_room_is_told_with_its_figures() {
        let told = full(Some((2_000, 1_000)));
        assert_eq!((told.status, told.code.as_str()), (507, "disk-full"));
        assert!(told.detail.contains("2000") && told.detail.contains("1000"), "{}", told.detail);
        assert_eq!(free(Path::new("/")).is_some(), cfg!(unix));
    }
}
