//! A run word for word: what each entry was asked and answered, and every host
//! call with its answer. The one form that the recorder keeps, replay repeats,
//! a shadow compares and a fixture shows. Nothing here runs anything.

use crate::{
    attribution::{Credits, Paths},
    connector::{self, Batch, Inbound, Outcome, Page, Received},
    recommender::{Brief, Candidates, Outcomes, Ranked, Written},
    report::{self, Document},
};
use rialto_plugin_host::{Bodies, Limits, Options, RunError, capability::LogLine, capability::RecordedCall};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The most bytes of a tape that is read: what a run may hold, and its frame.
pub const TAPE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What an entry was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    /// A connector's `describe`.
    DescribeConnector {},
    /// `check`.
    Check {
        /// A JSON object; secrets are placeholders.
        settings: String,
    },
    /// `deliver`.
    Deliver {
        /// A JSON object; secrets are placeholders.
        settings: String,
        /// The deliveries.
        batch: Batch,
    },
    /// `collect`.
    Collect {
        /// A JSON object; secrets are placeholders.
        settings: String,
        /// From where.
        source: String,
        /// Where to go on from.
        cursor: Option<String>,
    },
    /// `receive`.
    Receive {
        /// A JSON object; secrets are placeholders.
        settings: String,
        /// What the other side sent.
        inbound: Inbound,
    },
    /// `start` of a fit.
    Start {
        /// A JSON object.
        settings: String,
        /// Their names, by number.
        channels: Vec<String>,
    },
    /// `observe`.
    Observe {
        /// Flat columns.
        paths: Arc<Paths>,
    },
    /// `credit`.
    Credit {},
    /// `split`.
    Split {
        /// Flat columns.
        paths: Arc<Paths>,
    },
    /// The fit is let go.
    Close {},
    /// `recommend`.
    Recommend {
        /// A JSON object; secrets are placeholders.
        settings: String,
        /// What it is for.
        brief: Brief,
        /// Whom or what to rank.
        candidates: Candidates,
    },
    /// `learn`.
    Learn {
        /// A JSON object; secrets are placeholders.
        settings: String,
        /// What came of earlier recommendations.
        outcomes: Vec<Outcomes>,
    },
    /// `draft`.
    Draft {
        /// A JSON object; secrets are placeholders.
        settings: String,
        /// What it is for.
        brief: Brief,
        /// What to write about.
        material: Options,
    },
    /// A report's `describe`.
    DescribeReport {
        /// In which language.
        locale: String,
    },
    /// `build`.
    Build {
        /// A JSON object.
        settings: String,
        /// In which language.
        locale: String,
        /// A JSON object.
        parameters: String,
    },
}

impl Asked {
    /// The entry's name.
    #[must_use]
    pub fn entry(&self) -> &'static str {
        match self {
            Self::DescribeConnector {} | Self::DescribeReport { .. } => "describe",
            Self::Check { .. } => "check",
            Self::Deliver { .. } => "deliver",
            Self::Collect { .. } => "collect",
            Self::Receive { .. } => "receive",
            Self::Start { .. } => "start",
            Self::Observe { .. } => "observe",
            Self::Credit {} => "credit",
            Self::Split { .. } => "split",
            Self::Close {} => "drop",
            Self::Recommend { .. } => "recommend",
            Self::Learn { .. } => "learn",
            Self::Draft { .. } => "draft",
            Self::Build { .. } => "build",
        }
    }
}

/// What an entry answered, once that was checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answered {
    /// That it was done.
    Done {},
    /// What a connector is.
    Connector(connector::Description),
    /// That the settings are good.
    Checked(Options),
    /// One outcome a delivery.
    Outcomes(Vec<Outcome>),
    /// Observations.
    Page(Page),
    /// Events of an inbound request.
    Received(Received),
    /// One share a channel.
    Credits(Credits),
    /// One weight a touch.
    Weights(Vec<f64>),
    /// Best first.
    Ranked(Vec<Ranked>),
    /// Drafts.
    Drafts(Vec<Written>),
    /// What a report is.
    Report(report::Description),
    /// A document.
    Document(Document),
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TapedEntry {
    /// What it was given.
    pub asked: Asked,
    /// What it answered.
    pub answered: Option<Answered>,
    /// Why it answered nothing.
    pub error: Option<RunError>,
}

/// A run word for word.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tape {
    /// The run's logical time, UTC microseconds.
    pub at_us: i64,
    /// What its randomness came from, as hex.
    pub seed: String,
    /// Its bounds.
    pub limits: Limits,
    /// Its entries, in order.
    pub entries: Vec<TapedEntry>,
    /// Its host calls, in order.
    pub calls: Vec<RecordedCall>,
    /// Its log lines.
    pub logs: Vec<LogLine>,
}

/// Why a tape or a fixture cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TapeError {
    /// It is not one.
    #[error("this is no recording of a run: {0}")]
    NoTape(String),
    /// It is one of another form.
    #[error("the fixture has the form {found}; this program reads form {known}")]
    Form {
        /// The form it has.
        found: u64,
        /// The form that is read.
        known: u64,
    },
    /// It cannot be written.
    #[error("the recording cannot be written: {0}")]
    Write(String),
}

impl Tape {
    /// What a run left, word for word.
    #[must_use]
    pub fn of(bodies: &Bodies, at_us: i64, seed: [u8; 32], limits: Limits, logs: Vec<LogLine>) -> Self {
        let entries = bodies.entries.iter().filter_map(|entry| {
            let asked = entry.asked.downcast_ref::<Asked>()?.clone();
            let answered = entry.answered.as_ref().and_then(|body| body.downcast_ref::<Answered>()).cloned();
            Some(TapedEntry { asked, answered, error: entry.error.clone() })
        });
        Self { at_us, seed: hex::encode(seed), limits, entries: entries.collect(), calls: bodies.calls.clone(), logs }
    }

    /// What its randomness came from.
    ///
    /// # Errors
    /// [`TapeError::NoTape`] when it is not 64 hex digits.
    pub fn seed(&self) -> Result<[u8; 32], TapeError> {
        let mut seed = [0; 32];
        hex::decode_to_slice(&self.seed, &mut seed)
            .map_err(|_| TapeError::NoTape("`seed` is not 64 hex digits".into()))?;
        Ok(seed)
    }

    /// As CBOR (RFC 8949): every number to its last bit, and columns short.
    ///
    /// # Errors
    /// [`TapeError::Write`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, TapeError> {
        let mut bytes = Vec::new();
        ciborium::into_writer(self, &mut bytes).map_err(|cause| TapeError::Write(cause.to_string()))?;
        Ok(bytes)
    }

    /// From CBOR.
    ///
    /// # Errors
    /// [`TapeError::NoTape`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TapeError> {
        if bytes.len() > TAPE_BYTES_MAX {
            return Err(TapeError::NoTape(format!("over the limit `tape-bytes` of {TAPE_BYTES_MAX}")));
        }
        ciborium::from_reader(bytes).map_err(|cause| TapeError::NoTape(cause.to_string()))
    }
}
