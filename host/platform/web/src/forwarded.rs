//! Behind a proxy the peer of every connection is the proxy. Where the
//! operator names it as trusted, the client is who the proxy says it is: the
//! last address of `X-Forwarded-For` that is no trusted proxy itself. From
//! anybody else the header is not believed.

use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    http::HeaderMap,
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use ipnet::IpNet;
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

/// Hops of one header that are looked at.
const HOPS_MAX: usize = 16;

/// `router`, where these networks are trusted to say who the client is.
pub fn behind(router: Router, trusted: Vec<IpNet>) -> Router {
    if trusted.is_empty() { router } else { router.layer(from_fn_with_state(Arc::<[IpNet]>::from(trusted), forwarded)) }
}

async fn forwarded(State(trusted): State<Arc<[IpNet]>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer);
    if let Some(peer) = peer
        && let Some(client) = client(peer.ip(), request.headers(), &trusted)
    {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(client, 0)));
    }
    next.run(request).await
}

/// Who the client is, where a trusted proxy says so.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Option<IpAddr> {
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address.to_canonical()));
    if !is_trusted(peer) {
        return None;
    }
    let lines: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
    let hops = lines.iter().rev().flat_map(|line| line.rsplit(',')).take(HOPS_MAX);
    for hop in hops {
        // What does not read as an address ends what can be believed.
        let address: IpAddr = hop.trim().parse().ok()?;
        if !is_trusted(address) {
            return Some(address.to_canonical());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn seen(peer: &str, header: &str) -> Option<String> {
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap(), "127.0.0.1/32".parse().unwrap()];
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_str(header).unwrap());
        client(peer.parse().unwrap(), &headers, &trusted).map(|address| address.to_string())
    }

    #[test]
    fn only_a_trusted_proxy_says_who_the_client_is() {
        assert_eq!(seen("127.0.0.1", "203.0.113.9").as_deref(), Some("203.0.113.9"));
        assert_eq!(seen("198.51.100.1", "203.0.113.9"), None, "a stranger's header is not believed");
        assert_eq!(seen("127.0.0.1", "1.1.1.1, 203.0.113.9, 10.1.2.3").as_deref(), Some("203.0.113.9"));
        assert_eq!(seen("127.0.0.1", "203.0.113.9, junk"), None);
        assert_eq!(seen("::ffff:10.0.0.1", "2001:db8::1").as_deref(), Some("2001:db8::1"));
    }
}
