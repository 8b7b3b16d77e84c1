//! The files of recordings: sealed bytes, one file a run, a folder a workspace,
//! readable by their owner only. A file is whole or not there.

use rialto_kernel::{Id, WorkspaceId};
use std::{
    fs,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

/// The folder within the data folder; none of it goes into a backup.
pub(super) const FOLDER: &str = "recordings";
/// The ending of a whole file, and of one that is being written.
pub(super) const WHOLE: &str = "rec";
const DRAFT: &str = "draft";
/// The most bytes of one file.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// The folder of a workspace.
pub(super) fn folder(data_dir: &Path, workspace: WorkspaceId) -> PathBuf {
    data_dir.join(FOLDER).join(workspace.0.to_string())
}

/// Where the file of a run is.
pub(super) fn path(data_dir: &Path, workspace: WorkspaceId, run: Id) -> PathBuf {
    folder(data_dir, workspace).join(format!("{run}.{WHOLE}"))
}

/// Write a file beside its place, then put it there. What a kill leaves beside
/// it is swept.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        private_folder(folder)?;
    }
    let draft = path.with_extension(DRAFT);
    let written = create(&draft).and_then(|mut file| {
        file.write_all(bytes)?;
        drop(file);
        fs::rename(&draft, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written
}

fn private_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn create(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Read a file.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(FILE_BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Remove a file, if it is there.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(cause),
        _ => Ok(()),
    }
}

/// The runs that have a file, or the beginning of one, in a workspace's folder.
pub(super) fn list(data_dir: &Path, workspace: WorkspaceId) -> io::Result<Vec<(Id, PathBuf)>> {
    let entries = match fs::read_dir(folder(data_dir, workspace)) {
        Ok(entries) => entries,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(cause),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let ours = path.extension().is_some_and(|ending| ending == WHOLE || ending == DRAFT);
        let run = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
        if let Some(run) = run.filter(|_| ours) {
            found.push((run, path));
        }
    }
    Ok(found)
}
