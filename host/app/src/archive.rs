//! One file that holds a whole backup: an ordinary ZIP with the database, the
//! uploads that imports still read, and a table of contents with the SHA-256 of
//! every part. The master key is never in it, only a mark by which it is known.

use anyhow::{Context as _, bail};
use rialto_kernel::Keys;
use rialto_store::Copied;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::{
    collections::HashSet,
    fs::{self, File},
    io::{BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// The table of contents within the file.
const CONTENTS: &str = "rialto-backup.json";
/// The form of the file that this program writes and reads.
const FORM: u32 = 1;
/// Parts a backup may have, and bytes of its table of contents.
const PARTS_MAX: usize = 10_000;
const CONTENTS_BYTES_MAX: u64 = 16 << 20;

/// What a backup says of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Contents {
    pub(crate) form: u32,
    /// The program that made it.
    pub(crate) program: String,
    pub(crate) made_at: jiff::Timestamp,
    /// `sqlite` or `postgres`.
    pub(crate) database: String,
    /// The migrations that were applied.
    pub(crate) migrations: Vec<String>,
    /// The mark of the master key under which values are sealed.
    pub(crate) key: String,
    /// Tables, where they were copied one by one.
    pub(crate) copied: Option<Copied>,
    pub(crate) parts: Vec<Part>,
}

/// A file within.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
}

impl Contents {
    pub(crate) fn new(database: &str, migrations: Vec<String>, keys: &Keys, made_at: jiff::Timestamp) -> Self {
        Self {
            form: FORM,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            made_at,
            database: database.to_owned(),
            migrations,
            key: key_mark(keys),
            copied: None,
            parts: Vec::new(),
        }
    }
}

/// What tells one master key from another and gives neither away.
pub(crate) fn key_mark(keys: &Keys) -> String {
    hex::encode(keys.mark())
}

/// Write `files` (name within, file on disk) and the table of contents.
///
/// # Errors
/// When a file cannot be read or the archive not be written.
pub(crate) fn pack(
    to: &Path,
    contents: Contents,
    files: &[(String, PathBuf)],
    watch: &Watch,
) -> anyhow::Result<Contents> {
    let out = File::create_new(to).with_context(|| format!("{}", to.display()))?;
    pack_into(out, contents, files, watch)
}

fn pack_into(
    out: File,
    mut contents: Contents,
    files: &[(String, PathBuf)],
    watch: &Watch,
) -> anyhow::Result<Contents> {
    let mut zip = ZipWriter::new(BufWriter::new(out));
    let how = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(true);
    for (name, file) in files {
        zip.start_file(name, how)?;
        let source = File::open(file).with_context(|| format!("{}", file.display()))?;
        contents.parts.push(through(name, Watched { source, watch }, &mut zip)?);
    }
    zip.start_file(CONTENTS, how)?;
    zip.write_all(&serde_json::to_vec_pretty(&contents)?)?;
    let out = zip.finish()?.into_inner().map_err(|cause| cause.into_error())?;
    out.sync_all()?;
    Ok(contents)
}

/// Read the table of contents and hold every part against its digest.
///
/// # Errors
/// When it is no backup of ours, or a part is missing, added or changed.
pub(crate) fn check(file: &Path) -> anyhow::Result<Contents> {
    let mut zip = open(file)?;
    let contents = contents(&mut zip)?;
    let known: HashSet<&str> = contents.parts.iter().map(|part| part.name.as_str()).collect();
    for name in zip.file_names() {
        let name = name?;
        if name != CONTENTS && !known.contains(name.as_ref()) {
            bail!("the backup has a part `{}` that its table of contents does not name", name.escape_debug());
        }
    }
    for part in &contents.parts {
        let source = zip.by_name(&part.name).with_context(|| format!("the backup has no part `{}`", part.name))?;
        let found = through(&part.name, source, &mut std::io::sink())?;
        if found != *part {
            bail!("the part `{}` of the backup is not what it was when it was made", part.name);
        }
    }
    Ok(contents)
}

/// Write one part to a file that is not there yet.
///
/// # Errors
/// When the part is not what it was, or the file cannot be written.
pub(crate) fn unpack(file: &Path, part: &Part, to: &Path) -> anyhow::Result<()> {
    let mut zip = open(file)?;
    let mut out = File::create_new(to).with_context(|| format!("{}", to.display()))?;
    if through(&part.name, zip.by_name(&part.name)?, &mut out)? != *part {
        bail!("the part `{}` of the backup is not what it was when it was made", part.name);
    }
    out.sync_all()?;
    Ok(())
}

fn open(file: &Path) -> anyhow::Result<ZipArchive<BufReader<File>>> {
    let source = File::open(file).with_context(|| format!("{}", file.display()))?;
    ZipArchive::new(BufReader::new(source)).with_context(|| format!("{} is no backup", file.display()))
}

fn contents(zip: &mut ZipArchive<BufReader<File>>) -> anyhow::Result<Contents> {
    let source = zip.by_name(CONTENTS).context("it has no table of contents: it is no backup of Rialto's")?;
    let mut text = String::new();
    source.take(CONTENTS_BYTES_MAX).read_to_string(&mut text)?;
    let contents: Contents = serde_json::from_str(&text).context("its table of contents cannot be read")?;
    if contents.form != FORM {
        bail!("it has the form {}; this program reads form {FORM}", contents.form);
    }
    if contents.parts.len() > PARTS_MAX {
        bail!("it names {} parts; {PARTS_MAX} are allowed", contents.parts.len());
    }
    // A name is a folder's and a file's at most, so that nothing is written elsewhere.
    let plain = |name: &str| {
        name.split('/').count() <= 2
            && name.split('/').all(|word| !word.is_empty() && !word.starts_with('.'))
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_'))
    };
    if let Some(part) = contents.parts.iter().find(|part| !plain(&part.name)) {
        bail!("the part `{}` has a name that no backup gives", part.name.escape_debug());
    }
    Ok(contents)
}

/// Copy, count and hash.
fn through(name: &str, mut source: impl Read, to: &mut impl Write) -> anyhow::Result<Part> {
    let (mut hash, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0_u8; 1 << 16]);
    loop {
        let read = source.read(&mut buffer).with_context(|| format!("the part `{name}`"))?;
        let Some(chunk) = buffer.get(..read).filter(|chunk| !chunk.is_empty()) else { break };
        hash.update(chunk);
        to.write_all(chunk)?;
        bytes += read as u64;
    }
    Ok(Part { name: name.to_owned(), bytes, sha256: hex::encode(hash.finalize()) })
}

/// How far a backup is, and whether it is called off: looked at and said from
/// elsewhere while it is being made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watch(Arc<Watching>);

#[derive(Debug, Default)]
struct Watching {
    done: AtomicU64,
    total: AtomicU64,
    off: AtomicBool,
}

impl Watch {
    /// Bytes packed, and bytes to be packed; 0 of 0 while nobody knows.
    pub(crate) fn progress(&self) -> (u64, u64) {
        (self.0.done.load(Ordering::Relaxed), self.0.total.load(Ordering::Relaxed))
    }

    /// Say how many bytes there will be.
    pub(crate) fn awaits(&self, bytes: u64) {
        self.0.total.store(bytes, Ordering::Relaxed);
    }

    /// Whoever makes it is to stop.
    pub(crate) fn call_off(&self) {
        self.0.off.store(true, Ordering::Relaxed);
    }
}

/// A file that is watched while it is read.
struct Watched<'a, R> {
    source: R,
    watch: &'a Watch,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.watch.0.off.load(Ordering::Relaxed) {
            return Err(std::io::Error::other("the backup was called off"));
        }
        let read = self.source.read(buffer)?;
        self.watch.0.done.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Bytes and SHA-256 of a whole file.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn digest(file: &Path) -> anyhow::Result<(u64, String)> {
    let source = File::open(file).with_context(|| format!("{}", file.display()))?;
    let whole = through("whole", source, &mut std::io::sink())?;
    Ok((whole.bytes, whole.sha256))
}

/// Whether something failed because the disk has no room left.
pub(crate) fn disk_full(cause: &anyhow::Error) -> bool {
    use rialto_store::StoreError;
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    cause.chain().any(|cause| {
        let by_file = cause.downcast_ref::<std::io::Error>();
        by_file.is_some_and(|cause| matches!(cause.kind(), StorageFull | QuotaExceeded))
            || matches!(cause.downcast_ref::<StoreError>(), Some(StoreError::DiskFull(_)))
    })
}

/// A folder beside `file` for parts on their way; gone when dropped.
pub(crate) struct Draft(pub(crate) PathBuf);

impl Draft {
    pub(crate) fn beside(file: &Path) -> anyhow::Result<Self> {
        let name = file.file_name().context("name a file")?.to_string_lossy();
        let folder = file.with_file_name(format!(".{name}.draft"));
        fs::create_dir(&folder)
            .with_context(|| format!("{} (left by a backup that was killed? then remove it)", folder.display()))?;
        Ok(Self(folder))
    }

    /// Remove what an earlier try at `file` left, if it was killed.
    pub(crate) fn clear(file: &Path) -> anyhow::Result<()> {
        let name = file.file_name().context("name a file")?.to_string_lossy();
        match fs::remove_dir_all(file.with_file_name(format!(".{name}.draft"))) {
            Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => Err(cause).context("an earlier try's folder"),
            _ => Ok(()),
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_comes_out_and_a_changed_bit_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let (source, file) = (dir.path().join("database.sqlite"), dir.path().join("b.zip"));
        fs::write(&source, vec![7_u8; 200_000]).unwrap();
        let contents =
            Contents::new("sqlite", vec!["0001_platform".to_owned()], &Keys::new([1; 32]), jiff::Timestamp::UNIX_EPOCH);
        let (watch, parts) = (Watch::default(), [("database.sqlite".to_owned(), source.clone())]);
        let packed = pack(&file, contents, &parts, &watch).unwrap();
        assert_eq!(watch.progress().0, 200_000);
        assert_eq!(check(&file).unwrap().parts, packed.parts);
        let out = dir.path().join("out");
        unpack(&file, &packed.parts[0], &out).unwrap();
        assert_eq!(fs::read(&out).unwrap(), fs::read(&source).unwrap());
        assert!(unpack(&file, &packed.parts[0], &out).is_err(), "it writes over nothing");
        let good = fs::read(&file).unwrap();
        let mut found = 0;
        for at in (0..good.len()).step_by(7) {
            let mut bad = good.clone();
            bad[at] ^= 1;
            fs::write(&file, &bad).unwrap();
            // A few bits (dates, attributes) mean nothing; no part may come out changed.
            match check(&file) {
                Ok(read) => assert_eq!(read.parts, packed.parts, "byte {at}"),
                Err(_) => found += 1,
            }
        }
        assert!(found > 10, "only {found} were found");
        fs::write(&file, &good[..good.len() / 2]).unwrap();
        assert!(check(&file).is_err());
    }

    #[test]
    fn names_stay_within_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let source = dir.path().join("x");
        fs::write(&source, "x").unwrap();
        for (at, name) in ["../x", "/x", "a/../../x", "a/b/c", ".x", "a/.x", "a//x"].iter().enumerate() {
            let file = dir.path().join(format!("{at}.zip"));
            let contents = Contents::new("sqlite", Vec::new(), &Keys::new([1; 32]), jiff::Timestamp::UNIX_EPOCH);
            let parts = [((*name).to_owned(), source.clone())];
            let packed = pack(&file, contents, &parts, &Watch::default());
            assert!(packed.is_err() || check(&file).is_err(), "{name}");
        }
    }

    #[test]
    fn one_that_is_called_off_ends() {
        let dir = tempfile::tempdir().unwrap();
        let (source, watch) = (dir.path().join("x"), Watch::default());
        fs::write(&source, "x").unwrap();
        watch.call_off();
        let contents = Contents::new("sqlite", Vec::new(), &Keys::new([1; 32]), jiff::Timestamp::UNIX_EPOCH);
        let refused = pack(&dir.path().join("b.zip"), contents, &[("x".to_owned(), source)], &watch).unwrap_err();
        assert!(format!("{refused:#}").contains("called off"), "{refused:#}");
        assert!(!disk_full(&refused));
    }

    /// `/dev/full` is a disk without room: every write to it is refused so.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_told_from_other_failures() {
        let dir = tempfile::tempdir().unwrap();
        let source = dir.path().join("x");
        // Bytes that do not shrink to nothing, so that the first write comes early.
        let bytes: Vec<u8> = (0..300_000_u32).flat_map(|at| Sha256::digest(at.to_le_bytes())).collect();
        fs::write(&source, bytes).unwrap();
        let full = File::options().write(true).open("/dev/full").unwrap();
        let contents = Contents::new("sqlite", Vec::new(), &Keys::new([1; 32]), jiff::Timestamp::UNIX_EPOCH);
        let refused = pack_into(full, contents, &[("x".to_owned(), source)], &Watch::default()).unwrap_err();
        assert!(disk_full(&refused), "{refused:#}");
        assert!(!disk_full(&anyhow::anyhow!("something else")));
    }
}
