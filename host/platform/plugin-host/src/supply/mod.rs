//! Where packages come from and go to: a file on a web server, known by its
//! digest, or an artifact in an OCI registry. What comes is bytes whose digest
//! was checked and nothing more: whether they are a package, who signed them
//! and whether they may be installed is decided by others. Nothing is kept here
//! and nothing is run.

mod artifact;
mod challenge;
mod error;
mod registry;
mod source;

pub use crate::egress::Origin;
pub use error::SupplyError;
pub use source::{Reference, Source};

use crate::{
    egress::{
        Resolve, SystemResolver,
        supply::{Ask, SupplyDoor},
    },
    inspect::{self, PACKAGE_BYTES_DEFAULT},
    package::PackageDigest,
};
use artifact::Artifact;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use registry::Registry;
use reqwest::header::HeaderValue;
use std::{fmt, sync::Arc, time::Duration};
use zeroize::Zeroizing;

/// The most time to fetch or publish one package, when nobody says otherwise.
pub const DOWNLOAD_MS_DEFAULT: u64 = 60_000;

/// How packages are fetched.
#[derive(Clone)]
pub struct SupplyConfig {
    /// Registries of one's own house: plain http and private addresses are fine
    /// for these, and for no others.
    pub registries: Vec<Origin>,
    /// The most bytes of a package.
    pub package_bytes: u64,
    /// The most time for one package, redirects and tokens included.
    pub download_ms: u64,
    /// Who turns names into addresses; the system if absent.
    pub resolver: Option<Arc<dyn Resolve>>,
}

impl Default for SupplyConfig {
    fn default() -> Self {
        Self {
            registries: Vec::new(),
            package_bytes: PACKAGE_BYTES_DEFAULT,
            download_ms: DOWNLOAD_MS_DEFAULT,
            resolver: None,
        }
    }
}

/// User and password of a registry. Kept nowhere.
pub struct Credentials {
    /// Who.
    pub user: String,
    /// The password, or a token in its place.
    pub password: Zeroizing<String>,
}

impl Credentials {
    fn basic(&self) -> HeaderValue {
        let pair = Zeroizing::new(format!("{}:{}", self.user, *self.password));
        let text = Zeroizing::new(format!("Basic {}", BASE64.encode(pair.as_bytes())));
        // Base64 fits a header whatever it encodes.
        let mut value = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("Basic"));
        value.set_sensitive(true);
        value
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}

/// Bytes that came in, with the digest they were asked for.
#[derive(Debug)]
pub struct Fetched {
    /// The bytes; nothing is known of them but their digest.
    pub bytes: Vec<u8>,
    /// Where they came from, without a query that may hold a secret.
    pub reference: String,
    /// What a tag or digest stood for: the digest of the artifact's manifest.
    pub resolved: Option<String>,
}

/// What was published.
#[derive(Debug)]
pub struct Published {
    /// The digest of the artifact's manifest: what to install it by.
    pub manifest: PackageDigest,
    /// The digest of the package.
    pub package: PackageDigest,
}

/// Fetches and publishes.
pub struct Supply {
    door: SupplyDoor,
    package_bytes: u64,
    download_ms: u64,
}

impl fmt::Debug for Supply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Supply").field("package_bytes", &self.package_bytes).finish_non_exhaustive()
    }
}

impl Supply {
    /// Set it up.
    #[must_use]
    pub fn new(config: SupplyConfig) -> Self {
        let resolver = config.resolver.unwrap_or_else(|| Arc::new(SystemResolver));
        Self {
            door: SupplyDoor::new(resolver, config.registries),
            package_bytes: config.package_bytes,
            download_ms: config.download_ms,
        }
    }

    /// Fetch a package. Its digest is checked before anything else is done.
    ///
    /// # Errors
    /// A [`SupplyError`] that says which host, bound or digest it was.
    pub async fn fetch(&self, source: &Source, credentials: Option<&Credentials>) -> Result<Fetched, SupplyError> {
        self.timed(async {
            match source {
                Source::Url { url, digest } => self.download(url, *digest).await,
                Source::Oci(reference) => {
                    let found = Registry::new(&self.door, reference, credentials).pull(self.package_bytes).await?;
                    Ok(Fetched {
                        bytes: found.bytes,
                        reference: reference.to_string(),
                        resolved: Some(format!("sha256:{}", found.manifest)),
                    })
                }
            }
        })
        .await
    }

    async fn download(&self, url: &str, digest: PackageDigest) -> Result<Fetched, SupplyError> {
        let bare = url.split('?').next().unwrap_or(url);
        let host = || bare.split('/').nth(2).unwrap_or_default().to_owned();
        let answer = self.door.ask(Ask::get(url, self.package_bytes)).await?;
        match answer.status {
            200 => {}
            401 | 403 => return Err(SupplyError::Unauthorised { host: host() }),
            404 | 410 => return Err(SupplyError::Missing { host: host(), what: "such file".to_owned() }),
            status => return Err(SupplyError::Registry { host: host(), detail: format!("status {status}") }),
        }
        Ok(Fetched { bytes: checked(answer.body, digest)?, reference: bare.to_owned(), resolved: None })
    }

    /// Publish a package under a tag. `created` is an instant as RFC 3339
    /// writes it. A tag that holds other bytes is moved only by `replace`.
    ///
    /// # Errors
    /// A [`SupplyError`]; what is no package of a plugin is not published.
    pub async fn publish(
        &self,
        reference: &Reference,
        bytes: Vec<u8>,
        created: &str,
        replace: bool,
        credentials: Option<&Credentials>,
    ) -> Result<Published, SupplyError> {
        let inspection = inspect::inspect(&bytes, self.package_bytes)?;
        let artifact = Artifact::of(&bytes, &inspection, created)?;
        let push = async {
            let mut registry = Registry::new(&self.door, reference, credentials);
            registry.push(artifact, Bytes::from(bytes), replace).await
        };
        Ok(Published { manifest: self.timed(push).await?, package: inspection.digest })
    }

    async fn timed<T>(&self, work: impl Future<Output = Result<T, SupplyError>>) -> Result<T, SupplyError> {
        match tokio::time::timeout(Duration::from_millis(self.download_ms), work).await {
            Ok(done) => done,
            Err(_) => Err(SupplyError::Timeout { limit_ms: self.download_ms }),
        }
    }
}

/// The bytes, if they are those that were asked for.
fn checked(bytes: Vec<u8>, digest: PackageDigest) -> Result<Vec<u8>, SupplyError> {
    let found = PackageDigest::of(&bytes);
    if found == digest {
        return Ok(bytes);
    }
    Err(SupplyError::Digest { expected: format!("sha256:{digest}"), found: format!("sha256:{found}") })
}
