//! Backups: one archive of database and uploads, made by the command or, as a
//! durable job, by a host that is asked over HTTP. Both go through [`make`].
//! Nothing here restores: that is a command, on an empty folder.

mod actions;
mod api;
mod job;
mod make;
mod model;
mod sql;

pub(crate) use crate::archive::{Watch, digest};
pub(crate) use make::{Source, make};

use rialto_slice::{Host, Slice};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Backups that a host keeps in its data folder; with a further one the oldest goes.
pub(crate) const BACKUPS_KEPT_MAX: usize = 7;
/// Tries that came to nothing and are still shown.
const FAILED_SHOWN_MAX: usize = 20;
/// Characters of a backup's name.
const NAME_CHARS_MAX: usize = 100;
/// Failures after which a backup is given up.
const FAILURES_MAX: u32 = 3;
/// The folder within the data folder; none of it goes into a backup.
const FOLDER: &str = "backups";

/// The slice of backups.
pub(crate) fn slice(host: &Host) -> Slice {
    Slice {
        api: OpenApiRouter::new()
            .routes(routes!(api::backup_ask, api::backup_page))
            .routes(routes!(api::backup_read, api::backup_delete))
            .routes(routes!(api::backup_file)),
        jobs: vec![Arc::new(job::BackupJob::new(host.clone()))],
        ..Slice::new("backups")
    }
}

/// Where a backup's file is, or would be, in this host's data folder.
fn file_of(host: &Host, id: rialto_kernel::Id) -> PathBuf {
    folder(&host.data_dir).join(format!("{id}.zip"))
}

fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join(FOLDER)
}
