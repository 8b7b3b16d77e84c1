//! Where a request goes. It is read once; what was checked is what is
//! connected to, and placeholders can stand only behind the host.

use super::{Policy, address::is_special};
use crate::{capability::Fault, grants::HostGrant};
use std::net::IpAddr;
use url::{Host, Url};

/// The longest address.
const URL_BYTES_MAX: usize = 8 * 1024;

/// A destination that a grant allows.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) url: Url,
    pub(crate) host: String,
    pub(crate) grant: HostGrant,
    /// Whether private addresses are fine for this host.
    pub(crate) private: bool,
}

/// Read and check an address that a plugin wrote, or that a redirect gave.
pub(crate) fn check(policy: &Policy, text: &str, method: &str) -> Result<Target, Fault> {
    let url = read(text)?;
    let host = host_text(&url).ok_or_else(|| Fault::invalid("the address has no host"))?;
    let port = url.port_or_known_default().unwrap_or(0);
    if port == 0 {
        return Err(Fault::invalid("the address has no usable port"));
    }
    let plain = url.scheme() == "http";
    let fits =
        |grant: &&HostGrant| grant.matches_host(&host) && grant.ports.contains(&port) && (!plain || grant.plain_http);
    let mut named = policy.hosts.iter().filter(fits).peekable();
    if named.peek().is_none() {
        return Err(not_granted(policy, &url, &host, port));
    }
    let grant = named
        .find(|grant| grant.methods.contains(method))
        .cloned()
        .ok_or_else(|| Fault::denied(format!("the method {} is not granted for {host}", clean(method))))?;
    let private = grant.private && policy.private_hosts;
    if literal(&url).is_some_and(|address| is_special(address) && !private) {
        return Err(unreachable_host());
    }
    Ok(Target { url, host, grant, private })
}

/// One sentence for every reason an address is not reached, so that nobody can
/// map a network by asking.
pub(crate) fn unreachable_host() -> Fault {
    Fault::unavailable("the host has no address that may be reached")
}

fn not_granted(policy: &Policy, url: &Url, host: &str, port: u16) -> Fault {
    let any = policy.hosts.iter().find(|grant| grant.matches_host(host));
    Fault::denied(match any {
        None => format!("the host {host} is not granted"),
        Some(grant) if !grant.ports.contains(&port) => format!("port {port} is not granted for {host}"),
        Some(_) => format!("{} is not granted for {host}; use https", url.scheme()),
    })
}

/// Stricter than the URL standard: what parsers read differently is refused.
pub(crate) fn read(text: &str) -> Result<Url, Fault> {
    if text.len() > URL_BYTES_MAX {
        return Err(Fault::invalid(format!("the address has more than {URL_BYTES_MAX} bytes")));
    }
    let odd = |c: char| c.is_control() || c.is_whitespace() || c == '\\' || c == '#';
    if text.chars().any(odd) {
        return Err(Fault::invalid("the address has a space, a backslash, a fragment or a control character"));
    }
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let Some(rest) = rest else {
        return Err(Fault::invalid("the address must begin with https://"));
    };
    let authority = rest.split(['/', '?']).next().unwrap_or("");
    if authority.contains('@') {
        return Err(Fault::invalid("the address must not hold user information"));
    }
    if authority.is_empty() || authority.contains('%') {
        return Err(Fault::invalid("the host must be written plainly"));
    }
    let url = Url::parse(text).map_err(|cause| Fault::invalid(format!("the address cannot be read: {cause}")))?;
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let known = matches!(url.scheme(), "http" | "https");
    if bare && known { Ok(url) } else { Err(Fault::invalid("the address holds more than host, path and query")) }
}

/// The host in the form that grants are compared with.
fn host_text(url: &Url) -> Option<String> {
    match url.host()? {
        Host::Domain(name) if name.ends_with('.') || name.is_empty() => None,
        Host::Domain(name) => Some(name.to_ascii_lowercase()),
        Host::Ipv4(v4) => Some(v4.to_string()),
        Host::Ipv6(v6) => Some(format!("[{v6}]")),
    }
}

fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Domain(_) => None,
        Host::Ipv4(v4) => Some(v4.into()),
        Host::Ipv6(v6) => Some(v6.into()),
    }
}

/// A method as an error may show it.
fn clean(method: &str) -> String {
    method.chars().filter(char::is_ascii_alphanumeric).take(16).collect()
}
