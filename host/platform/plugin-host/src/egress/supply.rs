//! The door by which packages come in and are published. The host's own
//! requests, not a plugin's: no grant names the hosts, so every public one may
//! be asked, and none else. Each address and each redirect is checked like a
//! plugin's; the machine's own networks are reached only where the operator
//! lists the registry, and never because somebody redirected there. Nothing
//! that comes in here is believed: sizes and digests are checked by the caller.

use super::{
    address::is_special,
    client::{Clients, Resolve},
    target,
};
use crate::supply::SupplyError;
use reqwest::{
    Method, Response,
    header::{
        ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION,
    },
};
use std::{fmt, net::IpAddr, str::FromStr, sync::Arc};
use url::{Host, Url};

/// Redirects that are followed, each checked like the first address.
const REDIRECTS_MAX: usize = 3;

/// Scheme, host and port: a registry of one's own house, as the operator lists
/// it (`http://127.0.0.1:5000`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    scheme: String,
    host: String,
    port: u16,
}

impl Origin {
    fn of(url: &Url) -> Option<Self> {
        Some(Self {
            scheme: url.scheme().to_owned(),
            host: url.host_str()?.to_ascii_lowercase(),
            port: url.port_or_known_default()?,
        })
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is no registry's address; write it as http://127.0.0.1:5000");
        let url = Url::parse(text).map_err(|_| bad())?;
        let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        let known = matches!(url.scheme(), "http" | "https") && url.username().is_empty();
        if bare && known { Self::of(&url).ok_or_else(bad) } else { Err(bad()) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}:{}", self.scheme, self.host, self.port)
    }
}

/// One request.
pub(crate) struct Ask<'a> {
    pub(crate) method: Method,
    pub(crate) url: &'a str,
    pub(crate) accept: Option<&'static str>,
    /// Sent to the first origin only, whatever redirects.
    pub(crate) authorization: Option<HeaderValue>,
    pub(crate) content: Option<(&'static str, bytes::Bytes)>,
    /// The most bytes of the answer's body.
    pub(crate) bytes_max: u64,
}

impl<'a> Ask<'a> {
    pub(crate) fn get(url: &'a str, bytes_max: u64) -> Self {
        Self { method: Method::GET, url, accept: None, authorization: None, content: None, bytes_max }
    }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// A header that can be read as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// The door.
pub(crate) struct SupplyDoor {
    clients: Clients,
    /// Registries of one's own house.
    house: Vec<Origin>,
}

/// An address that may be asked.
struct Checked {
    url: Url,
    origin: Origin,
    private: bool,
}

impl SupplyDoor {
    pub(crate) fn new(resolver: Arc<dyn Resolve>, house: Vec<Origin>) -> Self {
        Self { clients: Clients::new(resolver), house }
    }

    /// The scheme by which a registry is spoken to: the one it is listed with,
    /// or `https`.
    pub(crate) fn scheme_of(&self, authority: &str) -> &str {
        let same = |origin: &&Origin| {
            let url = Url::parse(&format!("{}://{authority}", origin.scheme));
            url.ok().and_then(|url| Origin::of(&url)).as_ref() == Some(*origin)
        };
        self.house.iter().find(same).map_or("https", |origin| &origin.scheme)
    }

    /// Ask, and follow redirects of what changes nothing.
    pub(crate) async fn ask(&self, ask: Ask<'_>) -> Result<Answer, SupplyError> {
        let mut to = self.check(ask.url, None)?;
        let first = to.origin.clone();
        for _ in 0..=REDIRECTS_MAX {
            let response = self.execute(&ask, &to, to.origin == first).await?;
            let safe = matches!(ask.method, Method::GET | Method::HEAD);
            let Some(next) = next_address(&response, &to.url).filter(|_| safe) else {
                return read(response, &to.origin.host, ask.bytes_max).await;
            };
            to = self.check(&next, Some(&first))?;
        }
        Err(SupplyError::Registry { host: first.host, detail: format!("more than {REDIRECTS_MAX} redirects") })
    }

    /// An address that a person wrote, or that a redirect from `from` gave.
    fn check(&self, text: &str, from: Option<&Origin>) -> Result<Checked, SupplyError> {
        let url = target::read(text).map_err(|fault| SupplyError::Source { detail: fault.message })?;
        let origin = Origin::of(&url)
            .ok_or_else(|| SupplyError::Source { detail: "the address has no host or no port".to_owned() })?;
        // Nobody sends the host into its own house but whoever asked for it there.
        let private = self.house.contains(&origin) && from.is_none_or(|from| *from == origin);
        if !private && url.scheme() != "https" {
            return Err(SupplyError::Refused {
                host: origin.host,
                detail: "plain http goes only to registries that the operator lists (`registries` in rialto.toml)",
            });
        }
        if !private && literal(&url).is_some_and(is_special) {
            return Err(SupplyError::Unreachable { host: origin.host });
        }
        Ok(Checked { url, origin, private })
    }

    async fn execute(&self, ask: &Ask<'_>, to: &Checked, known: bool) -> Result<Response, SupplyError> {
        let unreachable = || SupplyError::Unreachable { host: to.origin.host.clone() };
        let client = self.clients.get(to.private).map_err(|_| unreachable())?;
        let mut request = reqwest::Request::new(ask.method.clone(), to.url.clone());
        let headers = request.headers_mut();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if let Some(accept) = ask.accept {
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
        }
        if let Some(authorization) = ask.authorization.clone().filter(|_| known) {
            headers.insert(AUTHORIZATION, authorization);
        }
        if let Some((kind, body)) = &ask.content {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
            *request.body_mut() = Some(body.clone().into());
        }
        client.execute(request).await.map_err(|cause| match cause.is_connect() {
            true => unreachable(),
            false => SupplyError::Registry { host: to.origin.host.clone(), detail: "the connection broke off".into() },
        })
    }
}

/// Where a redirect leads, if the response is one.
fn next_address(response: &Response, url: &Url) -> Option<String> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let mut next = url.join(response.headers().get(LOCATION)?.to_str().ok()?).ok()?;
    next.set_fragment(None);
    Some(next.into())
}

/// The body, within its bound, as it came over the wire.
async fn read(mut response: Response, host: &str, limit: u64) -> Result<Answer, SupplyError> {
    let broken = |detail: &str| SupplyError::Registry { host: host.to_owned(), detail: detail.to_owned() };
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    if headers.get(CONTENT_ENCODING).is_some_and(|kind| kind != "identity") {
        return Err(broken("it answered packed although it was asked not to"));
    }
    // Said to be too large, it is not begun with.
    if response.content_length().is_some_and(|length| length > limit) {
        return Err(SupplyError::TooLarge { limit });
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| broken("the answer broke off"))? {
        if (body.len() + chunk.len()) as u64 > limit {
            return Err(SupplyError::TooLarge { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body })
}

fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Domain(_) => None,
        Host::Ipv4(v4) => Some(v4.into()),
        Host::Ipv6(v6) => Some(v6.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::egress::SystemResolver;

    fn door(house: &[&str]) -> SupplyDoor {
        SupplyDoor::new(Arc::new(SystemResolver), house.iter().map(|text| text.parse().unwrap()).collect())
    }

    #[test]
    fn the_house_is_reached_only_by_its_own_listed_address() {
        let door = door(&["http://127.0.0.1:5000", "https://registry.internal"]);
        let refused = |text: &str, from: Option<&str>| {
            let from: Option<Origin> = from.map(|text| text.parse().unwrap());
            door.check(text, from.as_ref()).err()
        };
        assert!(refused("http://127.0.0.1:5000/v2/", None).is_none());
        assert!(door.check("https://registry.internal/v2/", None).unwrap().private);
        assert!(!door.check("https://registry.example.com/v2/", None).unwrap().private);
        let refusals = [
            "http://127.0.0.1:5001/",
            "http://registry.example.com/",
            "http://registry.internal/",
            "https://169.254.169.254/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://0x7f.1/",
            "https://user@example.com/",
            "https://example.com/a b",
            "ftp://example.com/",
        ];
        for text in refusals {
            assert!(refused(text, None).is_some(), "{text}");
        }
        // A redirect from outside does not lead inside; one within the registry does.
        assert!(refused("http://127.0.0.1:5000/v2/", Some("https://example.com")).is_some());
        assert!(refused("https://10.0.0.1/", Some("http://127.0.0.1:5000")).is_some());
        assert!(refused("http://127.0.0.1:5000/blob", Some("http://127.0.0.1:5000")).is_none());
    }

    #[test]
    fn a_registry_is_spoken_to_as_it_is_listed() {
        let door = door(&["http://127.0.0.1:5000", "http://localhost"]);
        assert_eq!(door.scheme_of("127.0.0.1:5000"), "http");
        assert_eq!(door.scheme_of("localhost"), "http");
        assert_eq!(door.scheme_of("localhost:80"), "http");
        assert_eq!(door.scheme_of("127.0.0.1:5001"), "https");
        for bad in ["127.0.0.1:5000", "http://a/b", "ftp://a", "http://u@a", "http://a?b"] {
            assert!(bad.parse::<Origin>().is_err(), "{bad}");
        }
    }
}
