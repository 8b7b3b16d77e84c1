//! Where a package is to come from, as people write it: `https://…#sha256:…`
//! or `oci://host/repository:tag`, `oci://host/repository@sha256:…`.

use super::SupplyError;
use crate::package::PackageDigest;
use std::{fmt, str::FromStr};

/// The longest source.
const SOURCE_CHARS_MAX: usize = 2_000;
/// The longest repository name, as registries bound it.
const REPOSITORY_CHARS_MAX: usize = 255;
/// The longest tag.
const TAG_CHARS_MAX: usize = 128;

/// A place packages come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file on a web server, known by its digest.
    Url {
        /// Its address, without a fragment.
        url: String,
        /// The SHA-256 of its bytes.
        digest: PackageDigest,
    },
    /// An artifact in a registry.
    Oci(Reference),
}

impl Source {
    /// Read a source. A digest may stand in it, or apart; not two different ones.
    ///
    /// # Errors
    /// [`SupplyError::Source`] with what to write instead.
    pub fn parse(text: &str, digest: Option<&str>) -> Result<Self, SupplyError> {
        let text = text.trim();
        if text.chars().count() > SOURCE_CHARS_MAX {
            return Err(bad(format!("a source has at most {SOURCE_CHARS_MAX} characters")));
        }
        let digest = digest.map(digest_of).transpose()?;
        if let Some(rest) = text.strip_prefix("oci://") {
            let mut reference: Reference = rest.parse()?;
            if let Some(digest) = digest {
                if reference.digest.is_some_and(|own| own != digest) {
                    return Err(bad("the source and its digest name two different digests"));
                }
                reference.digest = Some(digest);
            }
            return Ok(Self::Oci(reference));
        }
        if !text.starts_with("https://") && !text.starts_with("http://") {
            return Err(bad("a source begins with https:// or oci://"));
        }
        let (url, own) = match text.split_once('#') {
            Some((url, own)) => (url, Some(digest_of(own)?)),
            None => (text, None),
        };
        match (own, digest) {
            (Some(one), Some(other)) if one != other => {
                Err(bad("the source and its digest name two different digests"))
            }
            (None, None) => Err(bad("an address needs the digest of the file: https://…#sha256:…")),
            (Some(digest), _) | (None, Some(digest)) => Ok(Self::Url { url: url.to_owned(), digest }),
        }
    }
}

/// `host[:port]/repository[:tag][@sha256:…]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Host and port.
    pub(crate) authority: String,
    pub(crate) repository: String,
    pub(crate) tag: Option<String>,
    pub(crate) digest: Option<PackageDigest>,
}

impl Reference {
    /// What the registry is asked for: the digest, else the tag.
    pub(crate) fn manifest(&self) -> String {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => format!("sha256:{digest}"),
            (None, tag) => tag.clone().unwrap_or_default(),
        }
    }
}

impl FromStr for Reference {
    type Err = SupplyError;

    fn from_str(text: &str) -> Result<Self, SupplyError> {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest_of(digest)?)),
            None => (text, None),
        };
        let (authority, path) = rest.split_once('/').ok_or_else(|| bad("write oci://host/repository:tag"))?;
        let (repository, tag) = match path.rsplit_once(':') {
            Some((repository, tag)) => (repository, Some(tag)),
            None => (path, None),
        };
        if !is_authority(authority) {
            return Err(bad("the registry is a host name in lower case, with a port where it has one"));
        }
        if repository.len() > REPOSITORY_CHARS_MAX || !repository.split('/').all(is_component) {
            return Err(bad("the repository is lower-case words between slashes, such as acme/plugins/mailer"));
        }
        if !tag.is_none_or(is_tag) {
            return Err(bad("the tag is letters, digits, dots, hyphens and underscores, at most 128"));
        }
        if tag.is_none() && digest.is_none() {
            return Err(bad("name a tag or a digest: oci://host/repository:1.0.0, or …@sha256:…"));
        }
        Ok(Self {
            authority: authority.to_owned(),
            repository: repository.to_owned(),
            tag: tag.map(str::to_owned),
            digest,
        })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "oci://{}/{}", self.authority, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        self.digest.map_or(Ok(()), |digest| write!(f, "@sha256:{digest}"))
    }
}

/// `sha256:` and 64 hex digits.
pub(crate) fn digest_of(text: &str) -> Result<PackageDigest, SupplyError> {
    let hex = text.strip_prefix("sha256:").unwrap_or(text);
    PackageDigest::from_hex(&hex.to_ascii_lowercase()).ok_or_else(|| bad("a digest is `sha256:` and 64 hex digits"))
}

fn bad(detail: impl Into<String>) -> SupplyError {
    SupplyError::Source { detail: detail.into() }
}

fn is_authority(text: &str) -> bool {
    let fits = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'.' | b'-' | b':' | b'[' | b']');
    (1..=255).contains(&text.len()) && text.bytes().all(fits)
}

/// Words of letters and digits, with `.`, `_`, `__` or hyphens between them.
fn is_component(text: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let between = |part: &str| matches!(part, "." | "_" | "__") || !part.is_empty() && part.bytes().all(|b| b == b'-');
    text.starts_with(word) && text.ends_with(word) && text.split(word).filter(|part| !part.is_empty()).all(between)
}

fn is_tag(text: &str) -> bool {
    let fits = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b'_');
    (1..=TAG_CHARS_MAX).contains(&text.len()) && text.bytes().all(fits) && !text.starts_with(['.', '-'])
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    #[test]
    fn sources_are_read_and_shown_alike() {
        let with = format!("oci://127.0.0.1:5000/acme/mail-er:1.0.0@{DIGEST}");
        for text in ["oci://registry.example.com/mailer:1.0.0", "oci://[::1]:5000/a/b_c/d.e:latest", &with] {
            let Source::Oci(reference) = Source::parse(text, None).unwrap() else { panic!("{text}") };
            assert_eq!(reference.to_string(), text);
        }
        let Source::Oci(reference) = Source::parse(&with, None).unwrap() else { panic!() };
        assert_eq!(reference.manifest(), DIGEST, "a digest counts before a tag");
        let url = Source::parse(&format!("https://example.com/a.wasm?x=1#{DIGEST}"), None).unwrap();
        assert_eq!(url, Source::parse("https://example.com/a.wasm?x=1", Some(DIGEST)).unwrap());
    }

    #[test]
    fn what_is_no_source_is_told_what_to_write() {
        let bad = [
            "",
            "a.wasm",
            "ftp://example.com/a.wasm",
            "https://example.com/a.wasm",
            "https://example.com/a.wasm#sha256:aa",
            "oci://host",
            "oci://host/name",
            "oci://host/Name:1",
            "oci://host/a//b:1",
            "oci://host/a:.1",
            "oci://ho st/a:1",
            "oci://user@host/a:1",
            "oci://host/a@sha512:aa",
            "oci://host/a..b:1",
            "oci://host/../a:1",
        ];
        for text in bad {
            assert!(matches!(Source::parse(text, None), Err(SupplyError::Source { .. })), "{text}");
        }
        let other = DIGEST.replace('a', "b");
        assert!(Source::parse(&format!("https://example.com/a#{DIGEST}"), Some(&other)).is_err());
        assert!(Source::parse(&format!("oci://host/a@{DIGEST}"), Some(&other)).is_err());
        assert!(Source::parse(&format!("https://e.com/{}#{DIGEST}", "a".repeat(2_000)), None).is_err());
    }
}
