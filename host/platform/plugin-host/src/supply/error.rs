//! Why a package did not come in, or was not published. No text here holds a
//! password, a token, or an address's query.

use crate::error::PackageError;
use rialto_kernel::Problem;

/// Why a package did not come in, or was not published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SupplyError {
    /// The source cannot be read.
    #[error("{detail}")]
    Source {
        /// What is wrong with it.
        detail: String,
    },
    /// The host is not asked.
    #[error("{host} is not asked: {detail}")]
    Refused {
        /// Which host.
        host: String,
        /// Why not.
        detail: &'static str,
    },
    /// No connection. One sentence for every reason, so that nobody can map a
    /// network by asking.
    #[error("{host} has no address that may be reached")]
    Unreachable {
        /// Which host.
        host: String,
    },
    /// It took too long.
    #[error("fetching the package took longer than the limit `download-ms` of {limit_ms}")]
    Timeout {
        /// The bound.
        limit_ms: u64,
    },
    /// It is over the bound.
    #[error("what was answered has more bytes than the limit `package-bytes` of {limit}")]
    TooLarge {
        /// The bound.
        limit: u64,
    },
    /// What is asked for is not there.
    #[error("the source {host} has no {what}")]
    Missing {
        /// Which host.
        host: String,
        /// What was asked for.
        what: String,
    },
    /// It asks for a password, or for another.
    #[error("{host} lets nobody in without the right user and password")]
    Unauthorised {
        /// Which host.
        host: String,
    },
    /// The bytes are others than those that were asked for.
    #[error("the bytes have the digest {found}, not {expected}; nothing was done with them")]
    Digest {
        /// What was asked for.
        expected: String,
        /// What came.
        found: String,
    },
    /// It is an artifact, and holds no component.
    #[error("the artifact holds no component: {detail}")]
    NoComponent {
        /// What it holds.
        detail: String,
    },
    /// It does not answer as a registry does.
    #[error("{host} does not answer as it should: {detail}")]
    Registry {
        /// Which host.
        host: String,
        /// What it did.
        detail: String,
    },
    /// A tag that was published is not moved in silence.
    #[error("the tag `{tag}` holds other bytes already; publish under another tag, or say `--replace`")]
    TagTaken {
        /// Which tag.
        tag: String,
    },
    /// The file is no package.
    #[error(transparent)]
    Package(#[from] PackageError),
}

impl From<SupplyError> for Problem {
    fn from(error: SupplyError) -> Self {
        let detail = error.to_string();
        match error {
            SupplyError::Source { .. } => Self::invalid("source", detail),
            SupplyError::Refused { .. } => Self::new(422, "source-refused", detail),
            SupplyError::Unreachable { .. } => Self::new(502, "source-unreachable", detail),
            SupplyError::Timeout { limit_ms } => {
                Self::new(504, "source-timeout", detail).with("limit", "download-ms").with("value", limit_ms)
            }
            SupplyError::TooLarge { limit } => {
                Self::new(413, "too-large", detail).with("limit", "package-bytes").with("value", limit)
            }
            SupplyError::Missing { .. } => Self::new(404, "source-missing", detail),
            SupplyError::Unauthorised { .. } => Self::new(422, "source-unauthorised", detail),
            SupplyError::Digest { expected, found } => {
                Self::new(422, "digest-mismatch", detail).with("expected", expected).with("found", found)
            }
            SupplyError::NoComponent { .. } => Self::new(422, "no-component", detail),
            SupplyError::Registry { .. } => Self::new(502, "source-broken", detail),
            SupplyError::TagTaken { .. } => Self::conflict("tag-taken", detail),
            SupplyError::Package(cause) => cause.into(),
        }
    }
}
