//! Paths in flat columns, batch by batch, and the working file they wait in
//! until the models read them: a run over any number of people needs the memory
//! of one batch.

use super::{
    path::{Conversion, PathSink, Touch},
    pattern::Ways,
};
use crate::MeasureError;
use rialto_contract::attribution::{PATHS_MAX, Paths};
use sha2::{Digest as _, Sha256};
use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
};
use tokio::io::{AsyncWriteExt as _, BufWriter};

/// The most touches of one batch, so that a split's answer stays in bounds.
pub(crate) const BATCH_TOUCHES_MAX: usize = 100_000;

/// Paths as a model sees them, and beside them what it does not: the campaign
/// of each touch and the person of each path, by number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Batch {
    pub(crate) paths: Paths,
    pub(crate) campaign: Vec<u32>,
    pub(crate) person: Vec<u32>,
}

impl Default for Batch {
    fn default() -> Self {
        let paths = Paths {
            offset: vec![0],
            channel: Vec::new(),
            at: Vec::new(),
            end: Vec::new(),
            conversions: Vec::new(),
            nulls: Vec::new(),
            value: Vec::new(),
            extra: Vec::new(),
        };
        Self { paths, campaign: Vec::new(), person: Vec::new() }
    }
}

impl Batch {
    /// How many paths.
    pub(crate) fn len(&self) -> usize {
        self.paths.conversions.len()
    }

    /// Whether one more path might not fit.
    pub(crate) fn is_full(&self) -> bool {
        self.len() >= PATHS_MAX || self.paths.channel.len() + super::path::PATH_TOUCHES_MAX > BATCH_TOUCHES_MAX
    }

    fn push(&mut self, touches: &[Touch], end: i64, outcome: (u32, u32, f64), person: u32) {
        for touch in touches {
            self.paths.channel.push(touch.channel);
            self.paths.at.push(touch.at);
            self.campaign.push(touch.campaign);
        }
        // A batch holds at most 100,000 touches.
        self.paths.offset.push(u32::try_from(self.paths.channel.len()).unwrap_or(u32::MAX));
        self.paths.end.push(end);
        self.paths.conversions.push(outcome.0);
        self.paths.nulls.push(outcome.1);
        self.paths.value.push(outcome.2);
        self.person.push(person);
    }
}

/// What a run's paths come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) paths: i64,
    pub(crate) touches: i64,
    pub(crate) conversions: i64,
    pub(crate) value_minor: i64,
    pub(crate) untouched: i64,
    pub(crate) untouched_value_minor: i64,
}

/// Takes one person's paths after another; full batches wait to be taken out.
#[derive(Debug, Default)]
pub(crate) struct Gatherer {
    batch: Batch,
    full: Vec<Batch>,
    person: u32,
    pub(crate) totals: Totals,
    pub(crate) ways: Ways,
}

impl Gatherer {
    /// The next paths are another person's.
    pub(crate) fn next_person(&mut self) {
        self.person = self.person.wrapping_add(1);
    }

    /// The batches that are full.
    pub(crate) fn take_full(&mut self) -> Vec<Batch> {
        std::mem::take(&mut self.full)
    }

    /// What is left at the end.
    pub(crate) fn take_rest(&mut self) -> Option<Batch> {
        Some(std::mem::take(&mut self.batch)).filter(|batch| batch.len() > 0)
    }

    fn push(&mut self, touches: &[Touch], end: i64, outcome: (u32, u32, f64)) {
        self.batch.push(touches, end, outcome, self.person);
        self.totals.paths += 1;
        self.totals.touches += i64::try_from(touches.len()).unwrap_or(0);
        if self.batch.is_full() {
            self.full.push(std::mem::take(&mut self.batch));
        }
    }
}

impl PathSink for Gatherer {
    #[allow(clippy::cast_precision_loss, reason = "amounts stay below 2^53 minor units")]
    fn converted(&mut self, touches: &[Touch], conversion: Conversion) {
        self.totals.conversions += 1;
        self.totals.value_minor += conversion.value_minor;
        self.ways.take(touches, Some(conversion.value_minor));
        self.push(touches, conversion.at, (1, 0, conversion.value_minor as f64));
    }

    fn null(&mut self, touches: &[Touch], end: i64) {
        self.ways.take(touches, None);
        self.push(touches, end, (0, 1, 0.0));
    }

    fn untouched(&mut self, conversion: Conversion) {
        self.totals.untouched += 1;
        self.totals.untouched_value_minor += conversion.value_minor;
    }
}

/// A file that is removed when it is let go.
#[derive(Debug)]
struct Passing(PathBuf);

impl Drop for Passing {
    fn drop(&mut self) {
        if let Err(cause) = std::fs::remove_file(&self.0) {
            tracing::warn!(path = %self.0.display(), %cause, "a working file stays behind");
        }
    }
}

/// The working file of a run, being written.
#[derive(Debug)]
pub(crate) struct Spool {
    file: Passing,
    writer: BufWriter<tokio::fs::File>,
    digest: Sha256,
}

/// A working file that is whole.
#[derive(Debug)]
pub(crate) struct SpooledPaths {
    file: Passing,
    /// The SHA-256 of all columns.
    pub(crate) digest: String,
}

impl Spool {
    /// A fresh working file of this name.
    pub(crate) async fn create(folder: &Path, name: &str) -> Result<Self, MeasureError> {
        tokio::fs::create_dir_all(folder).await?;
        let path = folder.join(format!("{name}.paths"));
        let writer = BufWriter::new(tokio::fs::File::create(&path).await?);
        Ok(Self { file: Passing(path), writer, digest: Sha256::new() })
    }

    /// Append a batch.
    pub(crate) async fn write(&mut self, batch: &Batch) -> Result<(), MeasureError> {
        let bytes = encode(batch);
        self.digest.update(&bytes);
        self.writer.write_all(&bytes).await?;
        Ok(())
    }

    /// Close it for reading.
    pub(crate) async fn finish(mut self) -> Result<SpooledPaths, MeasureError> {
        self.writer.flush().await?;
        Ok(SpooledPaths { file: self.file, digest: hex::encode(self.digest.finalize()) })
    }
}

impl SpooledPaths {
    /// Read it from its beginning.
    pub(crate) fn reader(&self) -> Result<SpoolReader, MeasureError> {
        Ok(SpoolReader(BufReader::with_capacity(1 << 16, File::open(&self.file.0)?)))
    }
}

/// Reads batches in the order they were written; for a thread that may block.
#[derive(Debug)]
pub(crate) struct SpoolReader(BufReader<File>);

impl Iterator for SpoolReader {
    type Item = std::io::Result<Batch>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.0.fill_buf() {
            Ok([]) => None,
            Ok(_) => Some(self.read()),
            Err(cause) => Some(Err(cause)),
        }
    }
}

impl SpoolReader {
    fn read(&mut self) -> std::io::Result<Batch> {
        let mut head = [0_u8; 8];
        self.0.read_exact(&mut head)?;
        let size = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]) as usize;
        let (paths, touches) = (size(0), size(4));
        let mut bytes = vec![0_u8; body_bytes(paths, touches)];
        self.0.read_exact(&mut bytes)?;
        Ok(decode(&bytes, paths, touches))
    }
}

/// Per path: offset, end, conversions, nulls, value, person; per touch:
/// channel, time, campaign.
fn body_bytes(paths: usize, touches: usize) -> usize {
    (paths + 1) * 4 + paths * (8 + 4 + 4 + 8 + 4) + touches * (4 + 8 + 4)
}

fn encode(batch: &Batch) -> Vec<u8> {
    let Batch { paths, campaign, person } = batch;
    let mut bytes = Vec::with_capacity(8 + body_bytes(batch.len(), paths.channel.len()));
    let size = |len: usize| u32::try_from(len).unwrap_or(u32::MAX).to_le_bytes();
    bytes.extend_from_slice(&size(batch.len()));
    bytes.extend_from_slice(&size(paths.channel.len()));
    for column in [&paths.offset, &paths.channel, campaign, &paths.conversions, &paths.nulls, person] {
        column.iter().for_each(|v| bytes.extend_from_slice(&v.to_le_bytes()));
    }
    for column in [&paths.at, &paths.end] {
        column.iter().for_each(|v| bytes.extend_from_slice(&v.to_le_bytes()));
    }
    paths.value.iter().for_each(|v| bytes.extend_from_slice(&v.to_le_bytes()));
    bytes
}

fn decode(bytes: &[u8], paths: usize, touches: usize) -> Batch {
    let mut rest = bytes;
    let mut words = |count: usize| {
        let (column, after) = rest.split_at(count * 4);
        rest = after;
        column.as_chunks::<4>().0.iter().map(|c| u32::from_le_bytes(*c)).collect::<Vec<_>>()
    };
    let (offset, channel, campaign) = (words(paths + 1), words(touches), words(touches));
    let (conversions, nulls, person) = (words(paths), words(paths), words(paths));
    let mut longs = |count: usize| {
        let (column, after) = rest.split_at(count * 8);
        rest = after;
        column.as_chunks::<8>().0.to_vec()
    };
    let instants = |column: Vec<[u8; 8]>| column.into_iter().map(i64::from_le_bytes).collect();
    let (at, end) = (instants(longs(touches)), instants(longs(paths)));
    let value = longs(paths).into_iter().map(f64::from_le_bytes).collect();
    Batch { paths: Paths { offset, channel, at, end, conversions, nulls, value, extra: Vec::new() }, campaign, person }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::path::NO_CAMPAIGN;

    fn touch(at: i64) -> Touch {
        Touch { at, channel: u32::try_from(at.unsigned_abs() % 3).unwrap(), campaign: NO_CAMPAIGN }
    }

    #[tokio::test]
    async fn what_is_spooled_comes_back_and_the_file_goes() {
        let folder = tempfile::tempdir().unwrap();
        let mut gatherer = Gatherer::default();
        for person in 0..70_000_i64 {
            gatherer.next_person();
            gatherer.converted(&[touch(person), touch(person + 1)], Conversion { at: person + 2, value_minor: person });
            gatherer.null(&[touch(-person)], person);
        }
        let mut batches = gatherer.take_full();
        batches.extend(gatherer.take_rest());
        assert!(batches.len() >= 3);
        assert!(batches.iter().all(|b| b.len() <= PATHS_MAX && b.paths.channel.len() <= BATCH_TOUCHES_MAX));
        assert_eq!(gatherer.totals.paths, 140_000);

        let mut spool = Spool::create(folder.path(), "x").await.unwrap();
        for batch in &batches {
            spool.write(batch).await.unwrap();
        }
        let spooled = spool.finish().await.unwrap();
        let mut reader = spooled.reader().unwrap();
        for batch in &batches {
            assert_eq!(reader.next().unwrap().unwrap(), *batch);
        }
        assert!(reader.next().is_none());
        drop(spooled);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
