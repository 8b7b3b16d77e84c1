//! A client of the OCI distribution protocol, as far as packages need it: find
//! a manifest by tag or digest, fetch a blob, put both. Everything goes through
//! the supply door; every digest that a registry says is worked out again.
//! <https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md>

use super::{
    Credentials, SupplyError,
    artifact::{Artifact, Document, Leads, MANIFEST, MANIFEST_OR_INDEX},
    challenge::Challenge,
    source::Reference,
};
use crate::{
    egress::supply::{Answer, Ask, SupplyDoor},
    package::PackageDigest,
};
use bytes::Bytes;
use reqwest::{Method, header::HeaderValue};
use url::Url;

/// The most bytes of a manifest, as the distribution specification asks registries to bound it.
const MANIFEST_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// The most bytes of an answer that is only looked at.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

/// A registry, for one reference.
pub(crate) struct Registry<'a> {
    door: &'a SupplyDoor,
    reference: &'a Reference,
    credentials: Option<&'a Credentials>,
    authorization: Option<HeaderValue>,
    base: String,
}

/// A component that was found.
pub(crate) struct Found {
    pub(crate) bytes: Vec<u8>,
    /// The digest of the manifest that the tag or the digest named.
    pub(crate) manifest: PackageDigest,
}

impl<'a> Registry<'a> {
    pub(crate) fn new(door: &'a SupplyDoor, reference: &'a Reference, credentials: Option<&'a Credentials>) -> Self {
        let scheme = door.scheme_of(&reference.authority);
        let authority = match reference.authority.as_str() {
            // The one registry whose interface stands under another name.
            "docker.io" => "registry-1.docker.io",
            other => other,
        };
        let base = format!("{scheme}://{authority}/v2/{}", reference.repository);
        Self { door, reference, credentials, authorization: None, base }
    }

    fn host(&self) -> String {
        self.reference.authority.clone()
    }

    fn broken(&self, detail: impl Into<String>) -> SupplyError {
        SupplyError::Registry { host: self.host(), detail: detail.into() }
    }

    /// The component that the reference names.
    pub(crate) async fn pull(&mut self, bytes_max: u64) -> Result<Found, SupplyError> {
        let named = self.reference.manifest();
        let (document, manifest) = self
            .manifest(&named)
            .await?
            .ok_or_else(|| SupplyError::Missing { host: self.host(), what: format!("artifact {}", self.reference) })?;
        let inner;
        let component = match document.leads()? {
            Leads::Component(component) => component,
            Leads::Manifest(one) => {
                let (read, _) = self
                    .manifest(&format!("sha256:{}", one.sha256()?))
                    .await?
                    .ok_or_else(|| self.broken("its index names a manifest that it does not have"))?;
                inner = read;
                match inner.leads()? {
                    Leads::Component(component) => component,
                    Leads::Manifest(_) => {
                        return Err(SupplyError::NoComponent { detail: "it is an index of indexes".to_owned() });
                    }
                }
            }
        };
        let bytes = self.blob(component.sha256()?, component.size, bytes_max).await?;
        Ok(Found { bytes, manifest })
    }

    /// A manifest and its digest, if the registry has it.
    async fn manifest(&mut self, named: &str) -> Result<Option<(Document, PackageDigest)>, SupplyError> {
        let url = format!("{}/manifests/{named}", self.base);
        let answer =
            self.ask(|url| Ask { accept: Some(MANIFEST_OR_INDEX), ..Ask::get(url, MANIFEST_BYTES_MAX) }, &url).await;
        let answer = match answer {
            // The bound of a manifest is not that of a package.
            Err(SupplyError::TooLarge { limit }) => {
                return Err(self.broken(format!("its manifest has more than {limit} bytes")));
            }
            other => other?,
        };
        match answer.status {
            200 => {}
            404 => return Ok(None),
            status => return Err(self.broken(format!("status {status} for a manifest"))),
        }
        let found = PackageDigest::of(&answer.body);
        let said = answer.header("docker-content-digest").map(str::to_owned);
        let asked = named.strip_prefix("sha256:").map(|hex| format!("sha256:{hex}"));
        // What was asked for by digest is that, and what a tag stands for is what the registry says it is.
        for expected in asked.into_iter().chain(said) {
            if expected != format!("sha256:{found}") {
                return Err(SupplyError::Digest { expected, found: format!("sha256:{found}") });
            }
        }
        Ok(Some((Document::read(&answer.body)?, found)))
    }

    /// A blob, whole and with this digest.
    async fn blob(&mut self, digest: PackageDigest, size: u64, bytes_max: u64) -> Result<Vec<u8>, SupplyError> {
        if size > bytes_max {
            return Err(SupplyError::TooLarge { limit: bytes_max });
        }
        let url = format!("{}/blobs/sha256:{digest}", self.base);
        let answer = self.ask(|url| Ask::get(url, bytes_max), &url).await?;
        match answer.status {
            200 => super::checked(answer.body, digest),
            404 => Err(self.broken("its manifest names a blob that it does not have")),
            status => Err(self.broken(format!("status {status} for a blob"))),
        }
    }

    /// Publish under the reference's tag; the manifest's digest. The same bytes
    /// again change nothing.
    pub(crate) async fn push(
        &mut self,
        artifact: Artifact,
        bytes: Bytes,
        replace: bool,
    ) -> Result<PackageDigest, SupplyError> {
        let Some(tag) = self.reference.tag.clone().filter(|_| self.reference.digest.is_none()) else {
            return Err(SupplyError::Source { detail: "publish under a tag: oci://host/repository:1.0.0".to_owned() });
        };
        if let Some((document, manifest)) = self.manifest(&tag).await? {
            let same = matches!(document.leads(), Ok(Leads::Component(one)) if one.digest == artifact.layer_at.digest);
            if same {
                return Ok(manifest);
            }
            if !replace {
                return Err(SupplyError::TagTaken { tag });
            }
        }
        self.put_blob(&artifact.layer_at.digest, bytes).await?;
        self.put_blob(&artifact.config_at.digest, artifact.config.into()).await?;
        self.put_manifest(&tag, artifact.manifest.into()).await
    }

    async fn put_blob(&mut self, digest: &str, bytes: Bytes) -> Result<(), SupplyError> {
        let known = format!("{}/blobs/{digest}", self.base);
        let head = |url| Ask { method: Method::HEAD, ..Ask::get(url, u64::MAX) };
        if self.ask(head, &known).await?.status == 200 {
            return Ok(());
        }
        let begin = format!("{}/blobs/uploads/", self.base);
        let post = |url| Ask {
            method: Method::POST,
            content: Some(("application/octet-stream", Bytes::new())),
            ..Ask::get(url, ANSWER_BYTES_MAX)
        };
        let answer = self.ask(post, &begin).await?;
        let to = self.upload_address(&begin, &answer, digest)?;
        let put = |url| Ask {
            method: Method::PUT,
            content: Some(("application/octet-stream", bytes.clone())),
            ..Ask::get(url, ANSWER_BYTES_MAX)
        };
        match self.ask(put, &to).await?.status {
            201 | 204 => Ok(()),
            status => Err(self.broken(format!("status {status} for an upload"))),
        }
    }

    /// Where a registry wants an upload: at itself, and nowhere else.
    fn upload_address(&self, begin: &str, answer: &Answer, digest: &str) -> Result<String, SupplyError> {
        if answer.status != 202 {
            return Err(self.broken(format!("status {} for the begin of an upload", answer.status)));
        }
        let odd = || self.broken("it does not say where an upload is to go, or names another host");
        let from = Url::parse(begin).map_err(|_| odd())?;
        let mut to = answer.header("location").and_then(|text| from.join(text).ok()).ok_or_else(odd)?;
        if to.origin() != from.origin() {
            return Err(odd());
        }
        to.set_fragment(None);
        to.query_pairs_mut().append_pair("digest", digest);
        Ok(to.into())
    }

    async fn put_manifest(&mut self, tag: &str, manifest: Bytes) -> Result<PackageDigest, SupplyError> {
        let url = format!("{}/manifests/{tag}", self.base);
        let put = |url| Ask {
            method: Method::PUT,
            content: Some((MANIFEST, manifest.clone())),
            ..Ask::get(url, ANSWER_BYTES_MAX)
        };
        let answer = self.ask(put, &url).await?;
        if answer.status != 201 {
            return Err(self.broken(format!("status {} for a manifest that was put", answer.status)));
        }
        let digest = PackageDigest::of(&manifest);
        match answer.header("docker-content-digest") {
            Some(said) if said != format!("sha256:{digest}") => {
                Err(SupplyError::Digest { expected: format!("sha256:{digest}"), found: said.to_owned() })
            }
            _ => Ok(digest),
        }
    }

    /// Ask, and once more with a token where the registry asks for one.
    async fn ask<'u>(&mut self, make: impl Fn(&'u str) -> Ask<'u>, url: &'u str) -> Result<Answer, SupplyError> {
        let with = |authorization: &Option<HeaderValue>| Ask { authorization: authorization.clone(), ..make(url) };
        let answer = self.door.ask(with(&self.authorization)).await?;
        if answer.status != 401 {
            return self.allowed(answer);
        }
        let challenge = answer.header("www-authenticate").and_then(Challenge::read);
        let challenge = challenge.ok_or_else(|| SupplyError::Unauthorised { host: self.host() })?;
        self.authorization = Some(self.authorise(challenge).await?);
        let answer = self.door.ask(with(&self.authorization)).await?;
        self.allowed(answer)
    }

    fn allowed(&self, answer: Answer) -> Result<Answer, SupplyError> {
        match answer.status {
            401 | 403 => Err(SupplyError::Unauthorised { host: self.host() }),
            _ => Ok(answer),
        }
    }

    async fn authorise(&self, challenge: Challenge) -> Result<HeaderValue, SupplyError> {
        let refused = || SupplyError::Unauthorised { host: self.host() };
        let basic = self.credentials.map(Credentials::basic);
        let Challenge::Bearer { url } = challenge else { return basic.ok_or_else(refused) };
        let answer = self.door.ask(Ask { authorization: basic, ..Ask::get(&url, ANSWER_BYTES_MAX) }).await?;
        match answer.status {
            200 => super::challenge::bearer(&answer.body).ok_or_else(|| self.broken("it gives no token")),
            401 | 403 => Err(refused()),
            status => Err(self.broken(format!("status {status} for a token"))),
        }
    }
}
