//! A small HTTP/1.1 server for tests, written out so that it can misbehave.

use flate2::{Compression, write::GzEncoder};
use std::{
    io::Write as _,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// Serves until the test ends.
pub struct Server {
    address: SocketAddr,
    hits: Arc<AtomicUsize>,
    last: Arc<Mutex<String>>,
}

impl Server {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self { address: listener.local_addr().unwrap(), hits: Arc::default(), last: Arc::default() };
        let (hits, last) = (server.hits.clone(), server.last.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, hits.clone(), last.clone()));
            }
        });
        server
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn hits(&self) -> usize {
        self.hits.load(Ordering::SeqCst)
    }

    /// The last request, head and body.
    pub fn last(&self) -> String {
        self.last.lock().unwrap().clone()
    }
}

/// Small on the wire, large when unpacked.
pub fn gzip_bomb() -> Vec<u8> {
    gzip(&vec![0; 64 * 1024 * 1024])
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

async fn serve(mut stream: TcpStream, hits: Arc<AtomicUsize>, last: Arc<Mutex<String>>) {
    while let Some(request) = read(&mut stream).await {
        hits.fetch_add(1, Ordering::SeqCst);
        *last.lock().unwrap() = request.clone();
        let target = request.split(' ').nth(1).unwrap_or("/").to_owned();
        if answer(&mut stream, &target, &request).await.is_err() {
            return;
        }
    }
}

/// Head and body of one request.
async fn read(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let head = bytes.windows(4).position(|w| w == b"\r\n\r\n");
        if let Some(head) = head {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let length = text
                .to_ascii_lowercase()
                .split("content-length: ")
                .nth(1)
                .and_then(|rest| rest.split("\r\n").next().and_then(|n| n.parse::<usize>().ok()));
            if bytes.len() >= head + 4 + length.unwrap_or(0) {
                return Some(text);
            }
        }
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(n) => bytes.extend_from_slice(&buffer[..n]),
        }
    }
}

async fn answer(stream: &mut TcpStream, target: &str, request: &str) -> std::io::Result<()> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    match path {
        "/echo" => {
            let shown = request.lines().find(|l| l.starts_with("x-key")).unwrap_or("none").to_owned();
            respond(stream, 200, &[("x-echo", shown.trim())], request.as_bytes()).await
        }
        "/redirect" => {
            let to = url::form_urlencoded::parse(query.as_bytes()).find(|(k, _)| k == "to").unwrap().1.into_owned();
            respond(stream, 302, &[("location", &to)], b"").await
        }
        "/loop" => respond(stream, 307, &[("location", "/loop")], b"").await,
        "/large" => respond(stream, 200, &[], &vec![b'x'; 2 * 1024 * 1024]).await,
        "/gzip" => respond(stream, 200, &[("content-encoding", "gzip")], &gzip(b"hello hello hello")).await,
        "/bomb" => respond(stream, 200, &[("content-encoding", "gzip")], &gzip_bomb()).await,
        "/headers" => {
            let value = "v".repeat(4_000);
            let names: Vec<String> = (0..40).map(|n| format!("x-{n}")).collect();
            let headers: Vec<(&str, &str)> = names.iter().map(|n| (n.as_str(), value.as_str())).collect();
            respond(stream, 200, &headers, b"").await
        }
        // The echo in chunks that split whatever is in it.
        "/chunks" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await?;
            for piece in request.as_bytes().chunks(5) {
                stream.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).await?;
                stream.write_all(piece).await?;
                stream.write_all(b"\r\n").await?;
                stream.flush().await?;
            }
            stream.write_all(b"0\r\n\r\n").await
        }
        "/slow" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n").await?;
            for _ in 0..100 {
                stream.write_all(b"x").await?;
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            Ok(())
        }
        "/endless" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await?;
            loop {
                stream.write_all(b"1000\r\n").await?;
                stream.write_all(&[b'x'; 4096]).await?;
                stream.write_all(b"\r\n").await?;
            }
        }
        _ => respond(stream, 200, &[], b"ok").await,
    }
}

async fn respond(stream: &mut TcpStream, status: u16, headers: &[(&str, &str)], body: &[u8]) -> std::io::Result<()> {
    let mut head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await?;
    stream.flush().await
}
