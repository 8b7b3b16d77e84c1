//! The loop of `rialto plugin dev` without its process: what changed in the
//! folder is built and let serve. It never takes away what serves: what does
//! not build or load is told, and the version before stays.

use anyhow::bail;
use rialto_sdk_harness::language::Language;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime},
};

/// The most files that are watched.
const FILES_MAX: usize = 2_000;

/// Files that make the plugin, with their size and when they changed.
type Files = BTreeMap<PathBuf, (u64, SystemTime)>;

/// Who builds, and where it serves.
pub(super) trait Desk {
    /// Build and pack what is in the folder.
    async fn build(&mut self) -> anyhow::Result<Vec<u8>>;

    /// Let these bytes serve in place of those before; their version.
    async fn reload(&mut self, bytes: &[u8]) -> anyhow::Result<String>;
}

/// What came of a change.
#[derive(Debug)]
pub(super) enum Turn {
    /// What is in the folder serves.
    Serves(Served),
    /// It did not build or load, and why: nothing changed there.
    Kept(anyhow::Error),
}

/// A version that serves.
#[derive(Debug)]
pub(super) struct Served {
    pub(super) version: String,
    pub(super) bytes: Vec<u8>,
    pub(super) build: Duration,
    pub(super) reload: Duration,
}

/// A plugin's folder, and how it was when it was last looked at.
pub(super) struct Watch {
    dir: PathBuf,
    language: Language,
    seen: Files,
}

impl Watch {
    pub(super) fn of(dir: &Path, language: Language) -> Self {
        Self { dir: dir.to_owned(), language, seen: Files::new() }
    }

    /// Look once; where something changed since the last look, build it and let
    /// it serve.
    ///
    /// # Errors
    /// When the folder cannot be looked at, or has too many files.
    pub(super) async fn turn(&mut self, desk: &mut impl Desk) -> anyhow::Result<Option<Turn>> {
        let now = files(&self.dir, self.language)?;
        if now == self.seen {
            return Ok(None);
        }
        // Noted before the build: what changes during it is the next turn's.
        self.seen = now;
        Ok(Some(match renew(desk).await {
            Ok(served) => Turn::Serves(served),
            Err(why) => Turn::Kept(why),
        }))
    }
}

async fn renew(desk: &mut impl Desk) -> anyhow::Result<Served> {
    let began = Instant::now();
    let bytes = desk.build().await?;
    let build = began.elapsed();
    let version = desk.reload(&bytes).await?;
    Ok(Served { version, bytes, build, reload: began.elapsed().saturating_sub(build) })
}

fn files(dir: &Path, language: Language) -> anyhow::Result<Files> {
    let mut found = Files::new();
    let mut open: Vec<PathBuf> = language.sources().iter().map(|one| dir.join(one)).collect();
    while let Some(path) = open.pop() {
        let Ok(about) = std::fs::metadata(&path) else { continue };
        if about.is_dir() {
            open.extend(std::fs::read_dir(&path)?.flatten().map(|entry| entry.path()));
        } else {
            found.insert(path, (about.len(), about.modified()?));
        }
        if found.len() > FILES_MAX {
            bail!("{} has more than {FILES_MAX} files to watch", dir.display());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Builds by reading the one source file: `broken` is what does not build,
    /// `refused` what the host does not take.
    struct Paper {
        source: PathBuf,
        serves: Option<String>,
        reloads: usize,
    }

    impl Desk for Paper {
        async fn build(&mut self) -> anyhow::Result<Vec<u8>> {
            let text = std::fs::read_to_string(&self.source)?;
            if text == "broken" {
                bail!("line 1 does not compile");
            }
            Ok(text.into_bytes())
        }

        async fn reload(&mut self, bytes: &[u8]) -> anyhow::Result<String> {
            let text = String::from_utf8(bytes.to_vec())?;
            if text == "refused" {
                bail!("the host refuses it");
            }
            self.reloads += 1;
            self.serves = Some(text);
            Ok(format!("0.1.0-dev.{}", self.reloads))
        }
    }

    /// A folder with one source file, and the desk over it.
    fn folder() -> (tempfile::TempDir, Paper, Watch) {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("src")).unwrap();
        let source = dir.path().join("src/lib.rs");
        std::fs::write(&source, "one").unwrap();
        let watch = Watch::of(dir.path(), Language::Rust);
        (dir, Paper { source, serves: None, reloads: 0 }, watch)
    }

    fn served(turn: Option<Turn>) -> Served {
        match turn {
            Some(Turn::Serves(served)) => served,
            other => panic!("{other:?}"),
        }
    }

    fn kept(turn: Option<Turn>) -> String {
        match turn {
            Some(Turn::Kept(why)) => why.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_changed_file_leads_to_a_reload_of_the_new_bytes() {
        let (dir, mut desk, mut watch) = folder();
        let first = served(watch.turn(&mut desk).await.unwrap());
        assert_eq!((first.version.as_str(), first.bytes.as_slice()), ("0.1.0-dev.1", b"one".as_slice()));
        assert!(watch.turn(&mut desk).await.unwrap().is_none(), "nothing changed");
        std::fs::write(&desk.source, "another").unwrap();
        let second = served(watch.turn(&mut desk).await.unwrap());
        assert_eq!((second.version.as_str(), second.bytes.as_slice()), ("0.1.0-dev.2", b"another".as_slice()));
        assert_eq!((desk.serves.as_deref(), desk.reloads), (Some("another"), 2));
        // What does not make the plugin is not watched.
        std::fs::write(dir.path().join("notes.txt"), "mine").unwrap();
        assert!(watch.turn(&mut desk).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn what_does_not_build_or_load_keeps_the_version_before_and_says_why() {
        let (_dir, mut desk, mut watch) = folder();
        served(watch.turn(&mut desk).await.unwrap());
        for (text, why) in [("broken", "line 1 does not compile"), ("refused", "the host refuses it")] {
            std::fs::write(&desk.source, text).unwrap();
            assert_eq!(kept(watch.turn(&mut desk).await.unwrap()), why);
            assert_eq!((desk.serves.as_deref(), desk.reloads), (Some("one"), 1), "{text}");
            assert!(watch.turn(&mut desk).await.unwrap().is_none(), "it is not tried again until something changes");
        }
        std::fs::write(&desk.source, "mended now").unwrap();
        assert_eq!(served(watch.turn(&mut desk).await.unwrap()).version, "0.1.0-dev.2");
        assert_eq!(desk.serves.as_deref(), Some("mended now"));
    }
}
