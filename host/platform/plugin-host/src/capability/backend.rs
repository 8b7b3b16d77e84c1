//! Who answers a host call: the live host, a script, or a recording.

use super::{
    HostAnswer, HostCall, LogLine,
    doors::{Doors, StateWrite},
};
use crate::{error::RunError, recorder::DeliverySeen};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// Answers host calls.
#[async_trait]
pub trait Backend: Send {
    /// The answer to one call.
    ///
    /// # Errors
    /// A [`RunError`] ends the run; a fault is an answer.
    async fn answer(&mut self, call: &HostCall) -> Result<HostAnswer, RunError>;

    /// Take secrets out of a log line.
    fn redact(&self, line: &mut LogLine) {
        let _ = line;
    }

    /// What the run leaves, once no more calls come.
    ///
    /// # Errors
    /// When a replay was not asked everything that was recorded.
    fn finish(&mut self) -> Result<Harvest, RunError> {
        Ok(Harvest::default())
    }
}

/// What a run's host calls leave behind.
#[derive(Debug, Default)]
pub struct Harvest {
    /// Writes to apply with the outcome.
    pub state: Vec<StateWrite>,
    /// What the host saw of each delivery.
    pub deliveries: Vec<DeliverySeen>,
}

/// A call and its answer, as the recorder keeps them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordedCall {
    /// What was asked.
    pub call: HostCall,
    /// What was answered.
    pub answer: HostAnswer,
}

/// Who is to answer a run's host calls.
pub enum BackendChoice {
    /// The host itself, through these doors.
    Live(Doors),
    /// A script, for tests and harnesses: no effects.
    Scripted(ScriptedBackend),
    /// A recording: the run must ask the same in the same order.
    Replay(Vec<RecordedCall>),
}

impl Default for BackendChoice {
    fn default() -> Self {
        Self::Live(Doors::default())
    }
}

impl std::fmt::Debug for BackendChoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Live(_) => "Live",
            Self::Scripted(_) => "Scripted",
            Self::Replay(_) => "Replay",
        })
    }
}

/// Answers from a function.
pub struct ScriptedBackend(Box<dyn FnMut(&HostCall) -> HostAnswer + Send>);

impl ScriptedBackend {
    /// Answers from this function.
    pub fn new(script: impl FnMut(&HostCall) -> HostAnswer + Send + 'static) -> Self {
        Self(Box::new(script))
    }

    /// Answers `denied` to everything but logs.
    #[must_use]
    pub fn denying() -> Self {
        Self::new(HostAnswer::denied)
    }
}

#[async_trait]
impl Backend for ScriptedBackend {
    async fn answer(&mut self, call: &HostCall) -> Result<HostAnswer, RunError> {
        Ok((self.0)(call))
    }
}
