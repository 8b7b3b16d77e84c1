//! The bare SMTP client that a campaign is held against: as many connections,
//! the same bytes, nothing kept anywhere. And the sink both speak to, on a
//! thread of its own whose processor time is read.

use anyhow::{Context as _, bail, ensure};
use rialto_tests::sink::{Options, Sink, Taken};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    sync::oneshot,
    task::JoinSet,
};

/// A sink on its own thread.
pub(crate) struct SinkThread {
    pub(crate) sink: Arc<Sink>,
    pub(crate) address: SocketAddr,
    schedule: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl SinkThread {
    /// Start it; every mail waits so long for its answer.
    pub(crate) fn start(delay: Duration) -> anyhow::Result<Self> {
        let (started, starting) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
            runtime.block_on(async move {
                let options = Options { keep: true, pipelining: true, delay, ..Options::default() };
                let Ok(sink) = Sink::start(options).await else { return };
                let _ = started.send((Arc::new(sink), std::fs::read_link("/proc/thread-self")));
                let _ = stopped.await;
            });
        });
        let (sink, place) = starting.recv().context("the sink does not start")?;
        let schedule = format!("/proc/{}/schedstat", place?.display());
        Ok(Self { address: sink.address(), sink, schedule, stop: Some(stop), thread: Some(thread) })
    }

    /// Processor time its thread has used.
    pub(crate) fn busy(&self) -> anyhow::Result<Duration> {
        let text = std::fs::read_to_string(&self.schedule)?;
        let nanos = text.split(' ').next().and_then(|n| n.parse().ok()).context("no processor time of the sink")?;
        Ok(Duration::from_nanos(nanos))
    }
}

impl Drop for SinkThread {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A mail as it goes over the wire: the envelope in one go, and the body.
struct Wire {
    envelope: Vec<u8>,
    body: Vec<u8>,
}

/// Send these mails again over so many connections; how long it took.
pub(crate) async fn send_all(address: SocketAddr, connections: usize, mails: &[Taken]) -> anyhow::Result<Duration> {
    let wires: Arc<Vec<Wire>> = Arc::new(mails.iter().map(wire).collect());
    let next = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let mut senders = JoinSet::new();
    for _ in 0..connections {
        let (wires, next) = (Arc::clone(&wires), Arc::clone(&next));
        senders.spawn(async move { one_connection(address, &wires, &next).await });
    }
    while let Some(ended) = senders.join_next().await {
        ended??;
    }
    Ok(began.elapsed())
}

fn wire(mail: &Taken) -> Wire {
    let envelope = format!("MAIL FROM:<{}>\r\nRCPT TO:<{}>\r\nDATA\r\n", mail.from, mail.to).into_bytes();
    let mut body = Vec::with_capacity(mail.bytes.len() + 16);
    for line in mail.bytes.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            body.push(b'.');
        }
        body.extend_from_slice(line);
    }
    body.extend_from_slice(b".\r\n");
    Wire { envelope, body }
}

async fn one_connection(address: SocketAddr, wires: &[Wire], next: &AtomicUsize) -> anyhow::Result<()> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    expect(&mut stream, "220").await?;
    stream.get_mut().write_all(b"EHLO bench.example\r\n").await?;
    expect(&mut stream, "250").await?;
    while let Some(wire) = wires.get(next.fetch_add(1, Ordering::Relaxed)) {
        stream.get_mut().write_all(&wire.envelope).await?;
        for code in ["250", "250", "354"] {
            expect(&mut stream, code).await?;
        }
        stream.get_mut().write_all(&wire.body).await?;
        expect(&mut stream, "250").await?;
    }
    stream.get_mut().write_all(b"QUIT\r\n").await?;
    expect(&mut stream, "221").await
}

/// The last line of a reply, which must have this code.
async fn expect(stream: &mut BufReader<TcpStream>, code: &str) -> anyhow::Result<()> {
    let mut line = String::new();
    loop {
        line.clear();
        ensure!(stream.read_line(&mut line).await? > 0, "the sink hung up");
        if !line.starts_with(code) {
            bail!("the sink answered {}", line.trim_end());
        }
        if line.as_bytes().get(3) == Some(&b' ') {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_bare_client_delivers_the_same_bytes() {
        let sink = SinkThread::start(Duration::ZERO).unwrap();
        let bytes = b"Subject: a\r\n\r\n.dot\r\nlast\r\n".to_vec();
        let mails: Vec<Taken> = (0..20)
            .map(|n| Taken { from: "a@b.example".into(), to: format!("p{n}@b.example"), bytes: bytes.clone() })
            .collect();
        send_all(sink.address, 3, &mails).await.unwrap();
        let taken = sink.sink.mails();
        assert_eq!((taken.len(), &taken[0].bytes), (20, &bytes));
        assert!(sink.busy().unwrap() > Duration::ZERO);
    }
}
