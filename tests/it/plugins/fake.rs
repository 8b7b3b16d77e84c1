//! A web server that answers each path as it is told to, well or badly. It is
//! written out on bare sockets, so that it can lie.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// What is answered.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// A status, headers, and a body whose length is told as it is.
    Says(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Head as it stands, no body.
    Head(String),
    /// Nothing, for as long as the client waits.
    Hangs,
    /// A body without an end.
    Endless,
    /// What the inner reply says, to a client that shows this authorization.
    Guarded(&'static str, Vec<(&'static str, String)>, Box<Reply>),
}

impl Reply {
    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self::Says(200, Vec::new(), body.into())
    }

    pub(crate) fn to(address: impl Into<String>) -> Self {
        Self::Says(307, vec![("location", address.into())], Vec::new())
    }
}

/// A server that runs until the test ends.
pub(crate) struct Fake {
    pub(crate) address: SocketAddr,
    routes: Arc<Mutex<BTreeMap<String, Reply>>>,
    hits: Arc<AtomicUsize>,
}

impl Fake {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let fake = Self { address: listener.local_addr().unwrap(), routes: Arc::default(), hits: Arc::default() };
        let (routes, hits) = (Arc::clone(&fake.routes), Arc::clone(&fake.hits));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&routes), Arc::clone(&hits)));
            }
        });
        fake
    }

    /// Answer this path so from now on.
    pub(crate) fn says(&self, path: &str, reply: Reply) {
        self.routes.lock().unwrap().insert(path.to_owned(), reply);
    }

    /// How often it was asked.
    pub(crate) fn hits(&self) -> usize {
        self.hits.load(Ordering::SeqCst)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

async fn serve(
    mut stream: TcpStream,
    routes: Arc<Mutex<BTreeMap<String, Reply>>>,
    hits: Arc<AtomicUsize>,
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    hits.fetch_add(1, Ordering::SeqCst);
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or("/").split('?').next().unwrap_or("/").to_owned();
    let mut reply = routes.lock().unwrap().get(&path).cloned().unwrap_or(Reply::Says(404, vec![], vec![]));
    if let Reply::Guarded(secret, challenge, inner) = reply {
        let shown = head.lines().any(|line| line.eq_ignore_ascii_case(&format!("authorization: {secret}")));
        reply = if shown { *inner } else { Reply::Says(401, challenge, vec![]) };
    }
    match reply {
        Reply::Says(status, headers, body) => {
            let mut head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n", body.len());
            for (name, value) in headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            stream.write_all(format!("{head}\r\n").as_bytes()).await?;
            stream.write_all(&body).await?;
        }
        Reply::Head(head) => stream.write_all(head.as_bytes()).await?,
        Reply::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await?;
            loop {
                stream.write_all(b"10000\r\n").await?;
                stream.write_all(&[b'x'; 0x1_0000]).await?;
                stream.write_all(b"\r\n").await?;
            }
        }
        Reply::Hangs | Reply::Guarded(..) => {}
    }
    // Until the client has had enough.
    let _ = stream.read(&mut [0; 1]).await;
    Ok(())
}
