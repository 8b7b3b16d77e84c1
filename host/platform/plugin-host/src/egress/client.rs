//! The connections. Names are resolved here and nowhere else, every address
//! is checked, and only a checked one is connected to; a pool of open
//! connections is kept per class of address, so that a look-up for one
//! installation never lends a private connection to another.

use super::address::is_special;
use crate::capability::Fault;
use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolving};
use std::{
    io,
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

/// The most addresses of one name that are looked at; more is a trick.
const ADDRESSES_MAX: usize = 64;
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
const IDLE_PER_HOST: usize = 8;
const HEADERS_MAX: usize = 128;

/// Turns names into addresses.
#[async_trait]
pub trait Resolve: Send + Sync {
    /// Every address of a name.
    ///
    /// # Errors
    /// When there is none.
    async fn resolve(&self, host: &str) -> io::Result<Vec<SocketAddr>>;
}

/// The system's resolver.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, host: &str) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.collect())
    }
}

/// Clients for public hosts and for those of one's own house.
pub(crate) struct Clients {
    resolver: Arc<dyn Resolve>,
    public: OnceLock<Result<reqwest::Client, String>>,
    house: OnceLock<Result<reqwest::Client, String>>,
}

impl Clients {
    pub(crate) fn new(resolver: Arc<dyn Resolve>) -> Self {
        Self { resolver, public: OnceLock::new(), house: OnceLock::new() }
    }

    /// The client for this class; made when first needed.
    pub(crate) fn get(&self, private: bool) -> Result<&reqwest::Client, Fault> {
        let slot = if private { &self.house } else { &self.public };
        slot.get_or_init(|| {
            build(Checking { resolver: self.resolver.clone(), private }).map_err(|cause| cause.to_string())
        })
        .as_ref()
        .map_err(|cause| Fault::unavailable(format!("no outgoing connections: {cause}")))
    }
}

fn build(resolver: Checking) -> reqwest::Result<reqwest::Client> {
    // Fails only when a provider is set already, which then serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .dns_resolver(Arc::new(resolver))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .no_gzip()
        .referer(false)
        .http1_only()
        .http1_max_headers(HEADERS_MAX)
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .pool_max_idle_per_host(IDLE_PER_HOST)
        .tcp_nodelay(true)
        .user_agent(concat!("rialto/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// Resolves, checks every address, and hands on only what was checked: the
/// connection is made to these very addresses.
struct Checking {
    resolver: Arc<dyn Resolve>,
    private: bool,
}

impl reqwest::dns::Resolve for Checking {
    fn resolve(&self, name: Name) -> Resolving {
        let (resolver, private) = (self.resolver.clone(), self.private);
        Box::pin(async move {
            let found = tokio::time::timeout(RESOLVE_TIMEOUT, resolver.resolve(name.as_str())).await??;
            let checked = checked(found, private)?;
            Ok(Box::new(checked.into_iter()) as Addrs)
        })
    }
}

/// One bad address spoils them all: which one is connected to is not ours to
/// choose.
fn checked(found: Vec<SocketAddr>, private: bool) -> io::Result<Vec<SocketAddr>> {
    let bad = |address: &SocketAddr| !private && is_special(address.ip());
    if found.is_empty() || found.len() > ADDRESSES_MAX || found.iter().any(bad) {
        return Err(io::Error::other("no address that may be reached"));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(list: &[&str]) -> Vec<SocketAddr> {
        list.iter().map(|a| SocketAddr::new(a.parse().unwrap(), 0)).collect()
    }

    #[test]
    fn one_bad_address_spoils_the_name() {
        assert!(checked(addresses(&["93.184.216.34", "2606:2800:220:1::1"]), false).is_ok());
        assert!(checked(addresses(&["93.184.216.34", "::1"]), false).is_err());
        assert!(checked(addresses(&["93.184.216.34", "10.0.0.1"]), false).is_err());
        assert!(checked(addresses(&["10.0.0.1"]), true).is_ok());
        assert!(checked(vec![], true).is_err());
        assert!(checked(addresses(&["93.184.216.34"; 65]), false).is_err());
    }
}
