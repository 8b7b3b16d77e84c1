//! What can go wrong with a package, with loading it, and with a run. A
//! plugin's fault is a typed outcome, never a host error, and no text here
//! holds a secret or a linker's sentence.

use crate::{
    capability::{Fault, FieldDifference},
    inspect::ImportReport,
    kind::Ability,
    limits::LimitName,
};
use rialto_kernel::{Problem, problem::FieldError};
use serde::{Deserialize, Serialize};

/// Why a file is not a plugin package.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackageError {
    /// The file is over the bound.
    #[error("the file has {bytes} bytes; the limit `package-bytes` is {limit}")]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The bound.
        limit: u64,
    },
    /// Not WebAssembly at all.
    #[error("this is not a WebAssembly file; upload the `.wasm` file that `rialto plugin build` writes")]
    NotWasm,
    /// A core module, not a component.
    #[error("this is a core WebAssembly module, not a component; build it for the target wasm32-wasip2")]
    CoreModule,
    /// Machine code.
    #[error("this is precompiled code, which is never loaded; upload the component it was made from")]
    Precompiled,
    /// Cut off or broken.
    #[error("the component is broken or cut off: {detail}")]
    Invalid {
        /// What the validator says.
        detail: String,
    },
    /// It uses a WebAssembly proposal or a size the host does not allow.
    #[error("the component is more than the host takes: {detail}")]
    Excessive {
        /// Which bound.
        detail: String,
    },
    /// The manifest is wrong.
    #[error("rialto.toml: {}", first_line(.0))]
    Manifest(Vec<FieldError>),
    /// The icon is no picture that can be shown.
    #[error("the icon cannot be shown: {detail}")]
    Icon {
        /// Why not.
        detail: String,
    },
    /// The section of signatures cannot be read.
    #[error("the package's signature cannot be read: {detail}")]
    Signature {
        /// What is wrong with it.
        detail: String,
    },
    /// It is no key, or nothing that a key signs.
    #[error("{detail}")]
    Key {
        /// What is wrong.
        detail: &'static str,
    },
    /// It exports no kind of plugin.
    #[error("the component exports no plugin kind (connector, attribution, recommender or report at version 0.1)")]
    NoRole,
}

fn first_line(errors: &[FieldError]) -> String {
    errors.iter().map(|e| format!("{}: {}", e.field, e.message)).collect::<Vec<_>>().join("; ")
}

/// Why a package could not be made ready to run.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LoadError {
    /// The file is not a plugin package.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// It imports what no grant can give.
    #[error("{}", refused_sentence(.0))]
    Refused(Vec<ImportReport>),
    /// It imports what was not granted.
    #[error(
        "the plugin imports `{interface}`, which needs the permission `{permission}`; grant it or use a plugin without it"
    )]
    NotGranted {
        /// The import.
        interface: String,
        /// What would allow it.
        permission: String,
    },
    /// Compilation took too long or too much.
    #[error(
        "compiling the component went over the limit `{name}` of {limit}; make it smaller, or split what is generated"
    )]
    CompileLimit {
        /// Which bound.
        name: LimitName,
        /// Its value: bytes, or milliseconds.
        limit: u64,
    },
    /// The component does not compile.
    #[error("the component does not compile: {detail}")]
    Compile {
        /// What the compiler says.
        detail: String,
    },
    /// All imports are known, and yet they do not fit.
    #[error("the component does not fit this host: {detail}")]
    Link {
        /// What does not fit.
        detail: String,
    },
    /// The host itself failed.
    #[error("the plugin host failed: {0}")]
    Host(String),
}

fn refused_sentence(imports: &[ImportReport]) -> String {
    imports.iter().map(|i| format!("the plugin imports `{}`: {}", i.name, i.detail)).collect::<Vec<_>>().join("; ")
}

/// Why a run ended without the answer that was asked for.
#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "error", rename_all = "kebab-case")]
pub enum RunError {
    /// It went over a bound.
    #[error("`{entry}` went over the limit `{name}` of {limit} (used {used})")]
    Limit {
        /// Where it was.
        entry: String,
        /// Which bound.
        name: LimitName,
        /// Its value.
        limit: u64,
        /// What was used or asked for.
        used: u64,
    },
    /// It trapped.
    #[error("`{entry}` trapped: {detail}")]
    Trap {
        /// Where it was.
        entry: String,
        /// What kind of trap.
        detail: String,
    },
    /// It answered, and the answer cannot be right.
    #[error("`{entry}` answered wrongly: {detail}")]
    WrongAnswer {
        /// Where it was.
        entry: String,
        /// What is wrong with it.
        detail: String,
    },
    /// It answered that it cannot.
    #[error("`{entry}` answered: {} ({})", .fault.message, .fault.code)]
    Fault {
        /// Where it was.
        entry: String,
        /// What it said.
        fault: Fault,
    },
    /// A replay asked for something else than the recording.
    #[error("the replay diverged at host call {at}: {detail}")]
    Diverged {
        /// The number of the host call, from 0.
        at: u64,
        /// What differs.
        detail: String,
        /// Field by field.
        #[serde(default)]
        differences: Vec<FieldDifference>,
    },
    /// Whoever started it stopped it.
    #[error("`{entry}` was cancelled")]
    Cancelled {
        /// Where it was.
        entry: String,
    },
    /// An earlier entry ended the run.
    #[error("the run has ended; start another")]
    Ended,
    /// The plugin does not export this ability.
    #[error("the plugin cannot `{}`", .ability.as_str())]
    Absent {
        /// What it cannot.
        ability: Ability,
    },
    /// The plugin is not of this kind.
    #[error("the plugin is no {kind}")]
    WrongKind {
        /// What it was asked to be.
        kind: crate::kind::PluginKind,
    },
    /// The installation's breaker is open.
    #[error("the plugin failed too often and rests for {retry_after_s} s")]
    BreakerOpen {
        /// Seconds until it is tried again.
        retry_after_s: u64,
    },
    /// Too many runs are waiting.
    #[error("{waiting} runs are waiting already; the limit `{name}` is {limit}")]
    QueueFull {
        /// Which bound: of all, or of one installation.
        name: LimitName,
        /// How many wait.
        waiting: u64,
        /// The bound.
        limit: u64,
    },
    /// The host itself failed.
    #[error("the plugin host failed in `{entry}`: {detail}")]
    Host {
        /// Where it was.
        entry: String,
        /// What failed.
        detail: String,
    },
}

impl RunError {
    /// A short word for metrics and tables.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Limit { .. } => "limit",
            Self::Trap { .. } => "trap",
            Self::WrongAnswer { .. } => "wrong-answer",
            Self::Fault { .. } => "fault",
            Self::Diverged { .. } => "diverged",
            Self::Cancelled { .. } => "cancelled",
            Self::Ended => "ended",
            Self::Absent { .. } | Self::WrongKind { .. } => "absent",
            Self::BreakerOpen { .. } => "breaker-open",
            Self::QueueFull { .. } => "queue-full",
            Self::Host { .. } => "host",
        }
    }

    /// The bound that was passed, if one was.
    #[must_use]
    pub fn limit(&self) -> Option<LimitName> {
        match self {
            Self::Limit { name, .. } | Self::QueueFull { name, .. } => Some(*name),
            _ => None,
        }
    }

    /// Whether the plugin is to blame, so that its breaker counts it. A fault
    /// it reports of the world outside is not, a fault of its own is.
    #[must_use]
    pub fn is_plugins_fault(&self) -> bool {
        match self {
            Self::Limit { .. } | Self::Trap { .. } | Self::WrongAnswer { .. } => true,
            Self::Fault { fault, .. } => fault.code == "internal",
            _ => false,
        }
    }
}

impl From<PackageError> for Problem {
    fn from(error: PackageError) -> Self {
        match &error {
            PackageError::TooLarge { limit, .. } => Self::too_large("package-bytes", *limit),
            PackageError::Manifest(errors) => {
                errors.iter().fold(Self::new(422, "bad-manifest", error.to_string()), |p, e| p.at(&e.field, &e.message))
            }
            PackageError::Icon { .. } => Self::new(422, "bad-icon", error.to_string()),
            PackageError::Signature { .. } => Self::new(422, "bad-signature", error.to_string()),
            PackageError::Key { .. } => Self::new(422, "bad-key", error.to_string()),
            _ => Self::new(422, "not-a-plugin", error.to_string()),
        }
    }
}

impl From<LoadError> for Problem {
    fn from(error: LoadError) -> Self {
        let detail = error.to_string();
        match error {
            LoadError::Package(cause) => cause.into(),
            LoadError::Refused(_) => Self::new(422, "import-refused", detail),
            LoadError::NotGranted { interface, permission } => {
                Self::new(409, "permission-missing", detail).with("interface", interface).with("permission", permission)
            }
            LoadError::Compile { .. } => Self::new(422, "does-not-compile", detail),
            LoadError::CompileLimit { name, limit } => {
                Self::new(422, "does-not-compile", detail).with("limit", name.as_str()).with("value", limit)
            }
            LoadError::Link { .. } => Self::new(422, "does-not-fit", detail),
            LoadError::Host(_) => Self::internal(detail),
        }
    }
}

impl From<RunError> for Problem {
    fn from(error: RunError) -> Self {
        let detail = error.to_string();
        match &error {
            RunError::BreakerOpen { retry_after_s } => {
                let mut problem = Self::new(503, "plugin-rests", detail);
                problem.retry_after_s = Some(*retry_after_s);
                problem
            }
            RunError::QueueFull { .. } => Self::unavailable(detail),
            RunError::Absent { .. } | RunError::WrongKind { .. } => Self::conflict("plugin-cannot", detail),
            RunError::Limit { name, limit, .. } => {
                Self::new(502, "plugin-limit", detail).with("limit", name.as_str()).with("value", *limit)
            }
            RunError::Fault { fault, .. } => {
                let mut problem = Self::new(502, "plugin-fault", detail).with("fault", fault.code.clone());
                problem.retry_after_s = fault.retry_after_ms.map(|ms| ms.div_ceil(1000));
                problem
            }
            RunError::Host { .. } => Self::internal(detail),
            _ => Self::new(502, &format!("plugin-{}", error.code()), detail),
        }
    }
}
