//! The log of erasures beside the database: a line each, ids only. A backup
//! that is restored does not know of later erasures; this file does. It is only
//! ever added to.

use crate::{Error, error::Result};
use rialto_kernel::{Id, WorkspaceId};
use rialto_slice::Host;
use serde::{Deserialize, Serialize};
use std::io::{BufRead as _, BufReader, Write as _};

/// Its name in the data folder.
const FILE: &str = "erasures.log";
/// Bytes of one line: a thousand contacts.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// One erasure that was begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    pub workspace: Id,
    pub erasure: Id,
    pub contact: Id,
    pub contacts: Vec<Id>,
    pub at: i64,
}

/// Add an erasure, durably, before anything is erased.
pub(super) async fn add(host: &Host, line: Line) -> Result<()> {
    let path = host.data_dir.join(FILE);
    let text = serde_json::json!(line).to_string();
    let written = tokio::task::spawn_blocking(move || {
        let mut file = std::fs::File::options().create(true).append(true).open(path)?;
        file.write_all(format!("{text}\n").as_bytes())?;
        file.sync_data()
    });
    written
        .await
        .unwrap_or_else(|cause| Err(std::io::Error::other(cause)))
        .map_err(|cause| Error::File { what: "the log of erasures cannot be written".to_owned(), cause })
}

/// All erasures of this host's workspaces, oldest first, each once.
pub(super) async fn read(host: &Host) -> Result<Vec<(WorkspaceId, Line)>> {
    let path = host.data_dir.join(FILE);
    let lines = tokio::task::spawn_blocking(move || {
        let file = match std::fs::File::open(path) {
            Ok(file) => file,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(cause) => return Err(cause),
        };
        let mut lines: Vec<Line> = Vec::new();
        for line in BufReader::new(file).lines() {
            let line = line?;
            // A line that a crash cut short belongs to an erasure that never began.
            if line.len() <= LINE_BYTES_MAX
                && let Ok(line) = serde_json::from_str::<Line>(&line)
                && !lines.iter().any(|known| known.erasure == line.erasure)
            {
                lines.push(line);
            }
        }
        Ok(lines)
    });
    let lines = lines
        .await
        .unwrap_or_else(|cause| Err(std::io::Error::other(cause)))
        .map_err(|cause| Error::File { what: "the log of erasures cannot be read".to_owned(), cause })?;
    Ok(lines.into_iter().map(|line| (WorkspaceId(line.workspace), line)).collect())
}
