//! The figures that Rialto promises, each measured beside its reference in the
//! same run: what `cargo xtask bench` builds and starts. What each row compares
//! is told in this folder's README. No figure is written in anywhere, and
//! nothing but loopback is ever spoken to.

pub mod figure;
#[allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "shared with the tests, which say so and stop")]
#[allow(dead_code, reason = "the bench needs the smallest guest alone")]
#[path = "../../components/guests.rs"]
mod guests;
mod host;
mod http;
pub mod inserts;
pub mod rows;
mod smtp;

use std::path::PathBuf;

/// Where things are, and how much to measure.
#[derive(Debug, Clone)]
pub struct Bench {
    /// The repository.
    pub root: PathBuf,
    /// The release build of the host.
    pub host: PathBuf,
    /// This program, for what must run in a process of its own.
    pub own: PathBuf,
    /// A Python that has ChannelAttribution, if there is one.
    pub python: Option<PathBuf>,
    /// `peer-extism`, if it is built.
    pub peer: Option<PathBuf>,
    /// Only see that everything runs: small sizes, two repetitions.
    pub quick: bool,
}

impl Bench {
    /// How often each measurement is repeated.
    #[must_use]
    pub fn repetitions(&self) -> usize {
        if self.quick { 2 } else { 5 }
    }

    /// The size of a job, or what is enough to see that it runs.
    #[must_use]
    pub fn size(&self, full: usize, quick: usize) -> usize {
        if self.quick { quick } else { full }
    }

    /// A plugin as `cargo xtask plugins` packed it.
    ///
    /// # Errors
    /// When it is not built.
    pub fn plugin(&self, name: &str) -> anyhow::Result<Vec<u8>> {
        use anyhow::Context as _;
        let file = self.root.join("target/plugins").join(format!("{name}.wasm"));
        std::fs::read(&file).with_context(|| format!("{} is not built; run `cargo xtask plugins`", file.display()))
    }

    /// A folder for a row's data, on the disk that holds the repository, gone when dropped.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn folder(&self) -> anyhow::Result<tempfile::TempDir> {
        let place = self.root.join("target/bench");
        std::fs::create_dir_all(&place)?;
        Ok(tempfile::Builder::new().prefix("row-").tempdir_in(place)?)
    }
}
