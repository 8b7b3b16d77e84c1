//! The listener: HTTP/1.1 with a bound on everything a client can draw out:
//! connections, connections of one address, slow headers, many headers, and
//! answers that are never read.

use crate::{patient::Patient, sse::Stopping};
use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

/// Connections that are open at once.
pub const CONNECTIONS_MAX: usize = 4_096;
/// Connections of one address beyond this machine's own.
pub const CONNECTIONS_PER_ADDRESS_MAX: u32 = 256;
/// How long a request's headers may take, and how long an idle connection is kept.
pub const HEADERS_TIME_MAX: Duration = Duration::from_secs(10);
/// Header lines of one request.
pub const HEADERS_MAX: usize = 100;
/// Bytes of request line and headers.
pub const HEADERS_BYTES_MAX: usize = 64 * 1024;
/// How long a client may leave an answer unread.
pub const WRITE_SILENCE_MAX: Duration = Duration::from_secs(60);
/// How long open requests may take once the host stops.
pub const STOP_TIME_MAX: Duration = Duration::from_secs(20);

/// Serve until `stop` ends, then let open requests finish.
///
/// # Errors
/// When the listener's own address cannot be told.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) -> io::Result<()> {
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let addresses = Addresses::default();
    let open = TaskTracker::new();
    loop {
        let permit = tokio::select! {
            permit = Arc::clone(&room).acquire_owned() => permit.map_err(io::Error::other)?,
            () = stop.cancelled() => break,
        };
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(cause) => {
                    // Out of file handles, or a client gone before it was taken.
                    tracing::warn!(%cause, "a connection could not be taken");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = stop.cancelled() => break,
        };
        let Some(place) = addresses.enter(peer.ip()) else {
            metrics::counter!("rialto_http_connections_refused_total").increment(1);
            continue;
        };
        let (router, stop) = (router.clone(), stop.clone());
        open.spawn(async move {
            connection(stream, peer, router, stop).await;
            drop((permit, place));
        });
    }
    drop(listener);
    open.close();
    if tokio::time::timeout(STOP_TIME_MAX, open.wait()).await.is_err() {
        tracing::warn!(open = open.len(), "requests were still open and are cut off");
    }
    Ok(())
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, stop: CancellationToken) {
    let _ = stream.set_nodelay(true);
    let stopping = Stopping(stop.clone());
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(stopping.clone());
        router.clone().oneshot(request)
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_TIME_MAX)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEADERS_BYTES_MAX);
    let io = TokioIo::new(Patient::new(stream, WRITE_SILENCE_MAX));
    let mut connection = pin!(builder.serve_connection(io, service));
    let mut told = false;
    let ended = loop {
        tokio::select! {
            ended = connection.as_mut() => break ended,
            () = stop.cancelled(), if !told => {
                told = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    };
    if let Err(cause) = ended {
        tracing::debug!(%cause, "a connection broke");
    }
}

/// Open connections by address.
#[derive(Debug, Clone, Default)]
struct Addresses(Arc<Mutex<HashMap<IpAddr, u32>>>);

struct Place {
    addresses: Addresses,
    address: IpAddr,
}

impl Addresses {
    fn enter(&self, address: IpAddr) -> Option<Place> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_insert(0);
        if *count >= CONNECTIONS_PER_ADDRESS_MAX && !address.is_loopback() {
            return None;
        }
        *count += 1;
        Some(Place { addresses: self.clone(), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.addresses.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}
