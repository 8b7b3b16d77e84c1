//! Taking a file in over HTTP: streamed to disk with its size bounded and its
//! digest made on the way. A file that is not whole is never imported.

use super::{
    Import, ImportOptions, NewImport,
    actions::{begin, kind_of},
};
use crate::{Error, error::Result};
use axum::body::Body;
use futures::StreamExt as _;
use rialto_kernel::Id;
use rialto_slice::Host;
use rialto_web::Caller;
use sha2::{Digest as _, Sha256};
use std::path::PathBuf;
use tokio::io::AsyncWriteExt as _;

/// The folder of uploaded files, under the data folder.
const FOLDER: &str = "imports";

/// Take a file in and begin to read it.
///
/// # Errors
/// When the kind is not known, the caller may not import it, or the file is
/// too large or does not arrive whole.
pub async fn upload(
    host: &Host,
    caller: &Caller,
    kind: String,
    file_name: String,
    options: ImportOptions,
    body: Body,
) -> Result<Import> {
    caller.require(kind_of(host, &kind)?.permission())?;
    super::actions::check_options(&options)?;
    let id = host.id();
    let path = place(host, id).await?;
    let digest = receive(host, body, &path).await;
    let begun = match digest {
        Ok(digest) => begin(host, caller, id, NewImport { kind, path, file_name, digest, options }).await,
        Err(error) => Err(error),
    };
    if begun.is_err() {
        discard(host, id).await;
    }
    begun
}

/// Remove the uploaded file of an import that has ended, and what it was turned
/// into. A file that was on this machine already is left alone.
pub(super) async fn discard(host: &Host, import: Id) {
    for path in [file_of(host, import), turned_of(host, import)] {
        if let Err(error) = tokio::fs::remove_file(&path).await
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, %import, "an uploaded file could not be removed");
        }
    }
}

/// Keep a body as a file; answers its digest.
pub(super) async fn receive(host: &Host, body: Body, path: &PathBuf) -> Result<String> {
    let mut file = tokio::fs::File::create(path).await.map_err(not_kept)?;
    let mut stream = body.into_data_stream();
    let mut hash = Sha256::new();
    let mut size = 0_u64;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Error::field("body", "did not arrive whole; send it again"))?;
        size += chunk.len() as u64;
        if size > host.limits.import_bytes_max {
            return Err(Error::TooMany { limit: "import-bytes", max: host.limits.import_bytes_max });
        }
        hash.update(&chunk);
        file.write_all(&chunk).await.map_err(not_kept)?;
    }
    if size == 0 {
        return Err(Error::field("body", "is empty; send the file itself"));
    }
    file.sync_all().await.map_err(not_kept)?;
    Ok(hex::encode(hash.finalize()))
}

fn not_kept(cause: std::io::Error) -> Error {
    Error::File { what: "the file could not be kept".to_owned(), cause }
}

/// Where a file is put that is not yet as the row reader wants it.
pub(super) fn turned_of(host: &Host, import: Id) -> PathBuf {
    host.data_dir.join(FOLDER).join(format!("{import}.turned"))
}

/// The uploaded file; its folder is made when there is none.
pub(super) async fn place(host: &Host, import: Id) -> Result<PathBuf> {
    tokio::fs::create_dir_all(host.data_dir.join(FOLDER)).await.map_err(not_kept)?;
    Ok(file_of(host, import))
}

fn file_of(host: &Host, import: Id) -> PathBuf {
    host.data_dir.join(FOLDER).join(format!("{import}.upload"))
}
