//! A package as it was sent: its bytes, or a source that the host fetches them
//! from through the supply door. Fetched bytes are as little believed as any.

use crate::{Error, model::OriginRow};
use rialto_plugin_host::supply::{Credentials, Source};
use rialto_slice::Host;
use zeroize::Zeroizing;

/// Bytes that were uploaded.
pub(crate) fn uploaded() -> OriginRow {
    OriginRow { kind: "upload".to_owned(), reference: None, resolved: None }
}

/// User and password for a registry, where both are given.
pub(crate) fn credentials(user: Option<String>, password: Option<String>) -> Option<Credentials> {
    Some(Credentials { user: user.unwrap_or_default(), password: Zeroizing::new(password?) })
}

/// Fetch a package; its bytes, and where they came from.
pub(crate) async fn fetch(
    host: &Host,
    source: &str,
    digest: Option<&str>,
    credentials: Option<Credentials>,
) -> Result<(Vec<u8>, OriginRow), Error> {
    let source = Source::parse(source, digest)?;
    let kind = match &source {
        Source::Url { .. } => "url",
        Source::Oci(_) => "oci",
    };
    let fetched = host.plugins.supply().fetch(&source, credentials.as_ref()).await?;
    let origin = OriginRow { kind: kind.to_owned(), reference: Some(fetched.reference), resolved: fetched.resolved };
    Ok((fetched.bytes, origin))
}
