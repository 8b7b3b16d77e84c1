//! What the plugins area can refuse or fail with.

use crate::{rollout::VersionState, trust::Standing};
use rialto_contract::TapeError;
use rialto_kernel::{Problem, problem::FieldError};
use rialto_plugin_host::{LoadError, PackageError, PluginKind, RunError, SupplyError};
use rialto_store::StoreError;

/// A refusal or failure of this area.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing of this kind with this name is here.
    #[error("there is no such {0}")]
    Unknown(&'static str),
    /// A version never changes its bytes.
    #[error("{plugin} {version} is here already with other bytes; give the changed plugin a new version")]
    SameVersion {
        /// Which plugin.
        plugin: String,
        /// Which version.
        version: String,
    },
    /// Going back in versions is said, not slipped in.
    #[error(
        "{plugin} {newest} is here already, which is newer than {version}; say `allow_older=true` if that is meant"
    )]
    OlderVersion {
        /// Which plugin.
        plugin: String,
        /// What was offered.
        version: String,
        /// What is here.
        newest: String,
    },
    /// The component can never be loaded here.
    #[error("the component does not fit this host: {detail}")]
    DoesNotFit {
        /// The first thing that does not fit.
        detail: String,
        /// The whole report.
        report: serde_json::Value,
    },
    /// An upgrade is to a version of the same plugin.
    #[error("the package is {offered}, the installation is {installed}; install it apart")]
    OtherPlugin {
        /// What was offered.
        offered: String,
        /// What is installed.
        installed: String,
    },
    /// Names are unique.
    #[error("an installation named `{0}` exists already")]
    NameTaken(String),
    /// It is already there as a version of the installation.
    #[error("this package is already version {0} of the installation")]
    AlreadyVersion(rialto_kernel::Id),
    /// Nobody has approved it.
    #[error("the version waits for approval; approve it first")]
    NotApproved,
    /// A state that cannot follow.
    #[error("the version is {from} and cannot become {to}: {reason}")]
    State {
        /// Where it stands.
        from: VersionState,
        /// Where it was to go.
        to: VersionState,
        /// Why it cannot.
        reason: &'static str,
    },
    /// It failed too often.
    #[error("the version is quarantined; look at its runs, then release it")]
    Quarantined,
    /// One canary at a time.
    #[error("a canary runs already; let it serve or roll it back first")]
    CanaryRuns,
    /// Nothing to hold a canary against.
    #[error("no version serves yet; activate this one")]
    NothingBeside,
    /// What its shadow run showed needs a person.
    #[error("its shadow run differs from what the serving version answered; look at it, then say `accept_differences`")]
    ShadowDiffers(serde_json::Value),
    /// A rollout policy with wrong fields.
    #[error("{}", first(.0))]
    Policy(Vec<FieldError>),
    /// Nothing to go back to.
    #[error("there is no earlier version to roll back to")]
    NoPrevious,
    /// It has no active version.
    #[error("the installation has no active version; approve and activate one")]
    NothingActive,
    /// It is switched off.
    #[error("the installation is disabled; enable it first")]
    Disabled,
    /// What runs is not deleted.
    #[error("the installation is enabled; disable it first")]
    StillEnabled,
    /// It is another kind of plugin.
    #[error("the plugin is no {0}")]
    WrongKind(PluginKind),
    /// Settings that the manifest's schema refuses.
    #[error("{}", first(.0))]
    Settings(Vec<FieldError>),
    /// Another run changed a key meanwhile.
    #[error("another run changed the key `{0}` meanwhile; nothing of this run was kept")]
    StateConflict(String),
    /// More state than was granted.
    #[error("the plugin's state went over the limit `{limit}` of {value}; nothing of this run was kept")]
    Quota {
        /// Which bound.
        limit: &'static str,
        /// Its value.
        value: u64,
    },
    /// It is not what the workspace trusts.
    #[error("{detail}")]
    NotTrusted {
        /// How it stands.
        state: Standing,
        /// Why.
        detail: String,
    },
    /// A key that was revoked is never trusted again.
    #[error("the key {0} is revoked and is never trusted again; make another key")]
    KeyRevoked(String),
    /// It is trusted already.
    #[error("the key {key} is trusted for {publisher} already")]
    KeyKnown {
        /// Which key.
        key: String,
        /// For whom.
        publisher: String,
    },
    /// It did not come in.
    #[error(transparent)]
    Supply(#[from] SupplyError),
    /// The run is not kept word for word.
    #[error("the run is not recorded: runs that fail and a sample of the others are, for at most 7 days")]
    NotRecorded,
    /// Its file is not in this data folder.
    #[error("the recording is not in this host's data folder: another host made it, or the folder was restored")]
    RecordingElsewhere,
    /// Its file does not open.
    #[error("the recording does not open: its file was changed, or belongs to another master key")]
    RecordingChanged,
    /// Its file cannot be read or written.
    #[error("the recording cannot be read or written: {0}")]
    Recording(String),
    /// It is not a recording.
    #[error(transparent)]
    Tape(#[from] TapeError),
    /// The file is not a plugin.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// It cannot be made ready.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A run failed.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is stored cannot be read.
    #[error("what is stored of the plugin cannot be read: {0}")]
    Stored(#[from] serde_json::Error),
    /// Another area refused.
    #[error("{0}")]
    Other(#[from] Problem),
}

fn first(errors: &[FieldError]) -> String {
    errors.iter().map(|e| format!("{}: {}", e.field, e.message)).collect::<Vec<_>>().join("; ")
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error {
            Error::Unknown(what) => Self::not_found(what),
            Error::SameVersion { .. } => Self::conflict("same-version", detail),
            Error::OlderVersion { newest, .. } => Self::conflict("older-version", detail).with("newest", newest),
            Error::DoesNotFit { report, .. } => Self::new(422, "does-not-fit", detail).with("report", report),
            Error::OtherPlugin { .. } => Self::conflict("other-plugin", detail),
            Error::NameTaken(_) => Self::conflict("exists", detail).at("name", "take another name"),
            Error::AlreadyVersion(id) => Self::conflict("exists", detail).with("version", id.to_string()),
            Error::NotApproved => Self::conflict("not-approved", detail),
            Error::State { from, to, .. } => {
                Self::conflict("wrong-state", detail).with("from", from.as_str()).with("to", to.as_str())
            }
            Error::Quarantined => Self::conflict("quarantined", detail),
            Error::CanaryRuns => Self::conflict("canary-runs", detail),
            Error::NothingBeside => Self::conflict("nothing-active", detail),
            Error::ShadowDiffers(verdict) => Self::conflict("shadow-differs", detail).with("shadow", verdict),
            Error::Policy(errors) => {
                errors.iter().fold(Self::new(422, "invalid-policy", detail), |p, e| p.at(&e.field, &e.message))
            }
            Error::NoPrevious => Self::conflict("no-previous-version", detail),
            Error::NothingActive => Self::conflict("nothing-active", detail),
            Error::Disabled => Self::conflict("disabled", detail),
            Error::StillEnabled => Self::conflict("still-enabled", detail),
            Error::WrongKind(_) => Self::conflict("plugin-cannot", detail),
            Error::Settings(errors) => {
                errors.iter().fold(Self::new(422, "invalid-settings", detail), |p, e| p.at(&e.field, &e.message))
            }
            Error::StateConflict(_) => Self::conflict("state-conflict", detail),
            Error::Quota { limit, value } => {
                Self::new(507, "plugin-limit", detail).with("limit", limit).with("value", value)
            }
            Error::NotTrusted { state, .. } => Self::new(422, state.code(), detail),
            Error::KeyRevoked(_) => Self::conflict("key-revoked", detail),
            Error::KeyKnown { .. } => Self::conflict("exists", detail),
            Error::Supply(cause) => cause.into(),
            Error::NotRecorded => Self::conflict("not-recorded", detail),
            Error::RecordingElsewhere => Self::conflict("recording-elsewhere", detail),
            Error::RecordingChanged => Self::conflict("recording-changed", detail),
            Error::Recording(_) => Self::internal(detail),
            Error::Tape(_) => Self::new(422, "no-recording", detail),
            Error::Package(cause) => cause.into(),
            Error::Load(cause) => cause.into(),
            Error::Run(cause) => cause.into(),
            Error::Store(cause) => cause.into(),
            Error::Stored(_) => Self::internal(detail),
            Error::Other(problem) => problem,
        }
    }
}
