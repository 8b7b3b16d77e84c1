//! What is kept of a run: digests and costs always, bodies where the policy
//! says so and never longer than their bound.

use crate::{
    capability::{LogLine, StateWrite},
    error::RunError,
    kind::PluginKind,
    package::PackageDigest,
    tape::{Bodies, Body},
};
use rialto_kernel::{Id, WorkspaceId};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A SHA-256.
pub type Digest = PackageDigest;

/// The most bytes of host calls and answers kept of one run.
pub(crate) const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// When what went through a run is kept, word for word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BodyPolicy {
    /// Never.
    #[default]
    Never,
    /// When the run failed.
    OnFailure,
    /// When the run failed, and of a sample of those that did not.
    Sampled,
    /// Always.
    Always,
}

/// Something that went into or came out of an entry: its size and digest, and
/// itself where somebody may want it word for word.
#[derive(Debug, Clone)]
pub struct Payload {
    pub(crate) bytes: u64,
    pub(crate) digest: Digest,
    pub(crate) body: Option<Body>,
}

impl Payload {
    /// Nothing.
    #[must_use]
    pub fn none() -> Self {
        Self { bytes: 0, digest: Digest::of(&[]), body: None }
    }

    /// A value, by its JSON.
    #[must_use]
    pub fn json(value: &impl Serialize) -> Self {
        let mut hash = Hashing { hash: Sha256::new(), bytes: 0 };
        // Writing into a hash cannot fail; a value that has no JSON (a map
        // with odd keys) is told apart by its partial digest.
        let _ = serde_json::to_writer(&mut hash, value);
        Self { bytes: hash.bytes, digest: PackageDigest(hash.hash.finalize().into()), body: None }
    }

    /// Raw parts, for flat columns that are too long for JSON.
    #[must_use]
    pub fn parts<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let (mut hash, mut bytes) = (Sha256::new(), 0);
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
            bytes += part.len() as u64;
        }
        Self { bytes, digest: PackageDigest(hash.finalize().into()), body: None }
    }

    /// How many bytes it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.bytes
    }

    /// A digest that was made elsewhere.
    #[must_use]
    pub fn digested(bytes: u64, digest: [u8; 32]) -> Self {
        Self { bytes, digest: PackageDigest(digest), body: None }
    }

    /// The same with itself beside it, for the recorder.
    #[must_use]
    pub fn with(mut self, body: Body) -> Self {
        self.body = Some(body);
        self
    }

    /// Its digest.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }
}

struct Hashing {
    hash: Sha256,
    bytes: u64,
}

impl std::io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// One entry into the plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryRecord {
    /// `instantiate`, `deliver`, `credit` …
    pub name: String,
    /// Digest of what it was given.
    pub input: Digest,
    /// Size of what it was given.
    pub input_bytes: u64,
    /// Digest of what it answered, once that was checked.
    pub output: Option<Digest>,
    /// Size of what it answered.
    pub output_bytes: u64,
    /// Processor time.
    pub cpu_us: u64,
    /// Time.
    pub wall_us: u64,
    /// Instructions, where the host counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<u64>,
    /// The short word of its error.
    pub error: Option<String>,
}

/// One host call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRecord {
    /// The capability.
    pub capability: String,
    /// Digest of the canonical request.
    pub call: Digest,
    /// Digest of the answer.
    pub answer: Digest,
    /// Size of the request.
    pub call_bytes: u64,
    /// Size of the answer.
    pub answer_bytes: u64,
    /// Time.
    pub wall_us: u64,
}

/// Something a plugin asked for and was not allowed: the same again only
/// counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeniedCall {
    /// The capability.
    pub capability: String,
    /// What it was about: a method, scheme, host and port; or which call.
    pub target: String,
    /// The host's sentence.
    pub reason: String,
    /// How often.
    pub calls: u64,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every entry answered rightly.
    Succeeded,
    /// An entry failed.
    Failed,
    /// Whoever started it let go of it.
    Abandoned,
}

/// What is always kept of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// The run.
    pub run: Id,
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// Which installation.
    pub installation: Id,
    /// `publisher/name`.
    pub plugin: String,
    /// Its version.
    pub version: String,
    /// The SHA-256 of its file.
    pub package: Digest,
    /// As what it ran.
    pub kind: PluginKind,
    /// The run's logical time, UTC microseconds.
    pub at_us: i64,
    /// Its entries.
    pub entries: Vec<EntryRecord>,
    /// Its host calls, logs left out.
    pub calls: Vec<CallRecord>,
    /// How many host calls, logs included.
    pub host_calls: u64,
    /// Processor time.
    pub cpu_us: u64,
    /// Time.
    pub wall_us: u64,
    /// The most memory it had.
    pub memory_peak_bytes: u64,
    /// Bytes given to it, host calls' answers included.
    pub bytes_in: u64,
    /// Bytes it gave, host calls included.
    pub bytes_out: u64,
    /// Bytes of log lines kept.
    pub log_bytes: u64,
    /// Whether log lines were cut.
    pub log_cut: bool,
    /// What it asked for and was not allowed.
    #[serde(default)]
    pub denied: Vec<DeniedCall>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it failed.
    pub error: Option<RunError>,
    /// Whether its bodies were to be kept and went over their bound.
    #[serde(default)]
    pub bodies_over: bool,
}

/// What the host itself saw of a delivery during the run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DeliverySeen {
    /// The delivery.
    pub delivery: String,
    /// Whether `dispatching` was committed for it.
    pub dispatched: bool,
    /// Whether any byte of a dispatching request may have left. When
    /// `dispatched` and not `reached`, nothing happened and it may be retried.
    pub reached: bool,
    /// Whether a mail was handed over for it.
    pub mail_submitted: bool,
    /// The status of the last response.
    pub status: Option<u16>,
    /// The beginning of the last response's body, secrets taken out.
    pub body_head: String,
    /// Why the last request got no response.
    pub fault: Option<crate::capability::Fault>,
}

/// What a finished run leaves to its caller.
#[derive(Debug, Clone)]
pub struct Finished {
    /// What is always kept.
    pub record: RunRecord,
    /// Writes to apply with the outcome, by compare-and-set. Empty after a
    /// failure.
    pub state: Vec<StateWrite>,
    /// What the host saw of each delivery.
    pub deliveries: Vec<DeliverySeen>,
    /// The log lines.
    pub logs: Vec<LogLine>,
    /// What went through it word for word, where that is to be kept.
    pub bodies: Option<Bodies>,
    /// What its randomness came from.
    pub seed: [u8; 32],
}
