//! An SMTP server that takes everything, counts what it took for each
//! recipient, and misbehaves on request. It stands outside the host that is
//! tested, so its count is the oracle: a mail is taken when its final dot has
//! arrived, whatever is answered after that.
//!
//! The recipient's address says how it is treated, after a plus sign in the
//! local part: `450` and `550` refuse at RCPT, `450once` does so the first
//! time only, `data550` refuses after the dot, `cut` takes the mail and cuts
//! the connection without an answer, `cutonce` does so the first time only,
//! `cutdata` cuts in the middle of the body, `slow` answers after half a
//! second, `421` closes the session at RCPT.

use std::{
    collections::HashMap,
    io::Write as _,
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream, tcp::OwnedWriteHalf},
    task::JoinHandle,
};

/// Bytes of one mail.
const MAIL_BYTES_MAX: usize = 32 * 1024 * 1024;

/// How the sink is set up.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where to listen; any free port on loopback when absent.
    pub listen: Option<SocketAddr>,
    /// A file that gets a line (recipient, Message-ID) for each mail, written
    /// before the mail is answered.
    pub log: Option<PathBuf>,
    /// Keep the mails themselves.
    pub keep: bool,
    /// Announce pipelining.
    pub pipelining: bool,
    /// How long every mail waits for its answer.
    pub delay: Duration,
}

/// One mail that was taken.
#[derive(Debug, Clone)]
pub struct Taken {
    /// From the envelope.
    pub from: String,
    /// From the envelope.
    pub to: String,
    /// As it came over the wire, dots unstuffed.
    pub bytes: Vec<u8>,
}

#[derive(Default)]
struct State {
    counts: Mutex<HashMap<String, u64>>,
    tries: Mutex<HashMap<String, u64>>,
    mails: Mutex<Vec<Taken>>,
    log: Mutex<Option<std::fs::File>>,
    taken: AtomicU64,
    open: AtomicU64,
    open_most: AtomicU64,
    keep: bool,
    pipelining: bool,
    delay: Duration,
}

/// A running sink; it stops when it is dropped.
pub struct Sink {
    state: Arc<State>,
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Sink {
    /// Listen.
    ///
    /// # Errors
    /// When the address is taken or the log cannot be opened.
    pub async fn start(options: Options) -> std::io::Result<Self> {
        let listen = options.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0)));
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let log = match &options.log {
            Some(path) => Some(std::fs::OpenOptions::new().create(true).append(true).open(path)?),
            None => None,
        };
        let state = Arc::new(State {
            log: Mutex::new(log),
            keep: options.keep,
            pipelining: options.pipelining,
            delay: options.delay,
            ..State::default()
        });
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                tokio::spawn(async move {
                    let open = state.open.fetch_add(1, Ordering::Relaxed) + 1;
                    state.open_most.fetch_max(open, Ordering::Relaxed);
                    let _ = Session::new(stream, Arc::clone(&state)).run().await;
                    state.open.fetch_sub(1, Ordering::Relaxed);
                });
            }
        });
        Ok(Self { state, address, task })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many mails it took.
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.state.taken.load(Ordering::Relaxed)
    }

    /// The most connections it had open at once.
    #[must_use]
    pub fn connections_most(&self) -> u64 {
        self.state.open_most.load(Ordering::Relaxed)
    }

    /// How many mails it took for each recipient.
    #[must_use]
    pub fn counts(&self) -> HashMap<String, u64> {
        lock(&self.state.counts).clone()
    }

    /// The mails it kept.
    #[must_use]
    pub fn mails(&self) -> Vec<Taken> {
        lock(&self.state.mails).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Session {
    reader: BufReader<tokio::net::tcp::OwnedReadHalf>,
    writer: OwnedWriteHalf,
    state: Arc<State>,
    from: String,
    to: String,
}

/// Whether the session goes on.
type Goes = std::io::Result<bool>;

impl Session {
    fn new(stream: TcpStream, state: Arc<State>) -> Self {
        let _ = stream.set_nodelay(true);
        let (reader, writer) = stream.into_split();
        let reader = BufReader::with_capacity(64 * 1024, reader);
        Self { reader, writer, state, from: String::new(), to: String::new() }
    }

    async fn run(mut self) -> std::io::Result<()> {
        self.say("220 sink.example ESMTP\r\n").await?;
        let mut line = String::new();
        loop {
            line.clear();
            if (&mut self.reader).take(4_096).read_line(&mut line).await? == 0 {
                return Ok(());
            }
            if !self.command(line.trim_end()).await? {
                return Ok(());
            }
        }
    }

    async fn say(&mut self, text: &str) -> std::io::Result<()> {
        self.writer.write_all(text.as_bytes()).await
    }

    async fn command(&mut self, line: &str) -> Goes {
        let verb = line.get(..4).unwrap_or(line).to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" if self.state.pipelining => {
                self.say("250-sink.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n").await?
            }
            "EHLO" => self.say("250-sink.example\r\n250 8BITMIME\r\n").await?,
            "HELO" | "NOOP" => self.say("250 2.0.0 ok\r\n").await?,
            "RSET" => {
                self.from.clear();
                self.to.clear();
                self.say("250 2.0.0 ok\r\n").await?;
            }
            "MAIL" => {
                self.from = address(line);
                self.to.clear();
                self.say("250 2.1.0 ok\r\n").await?;
            }
            "RCPT" => return self.recipient(address(line)).await,
            "DATA" if self.to.is_empty() => self.say("503 5.5.1 no recipient\r\n").await?,
            "DATA" => return self.data().await,
            "QUIT" => {
                self.say("221 2.0.0 bye\r\n").await?;
                return Ok(false);
            }
            _ => self.say("502 5.5.2 not here\r\n").await?,
        }
        Ok(true)
    }

    async fn recipient(&mut self, to: String) -> Goes {
        let first = {
            let mut tries = lock(&self.state.tries);
            let count = tries.entry(to.clone()).or_default();
            *count += 1;
            *count == 1
        };
        match manner(&to) {
            "550" => self.say("550 5.1.1 no such mailbox\r\n").await?,
            "policy" => self.say("550 5.7.1 not wanted here\r\n").await?,
            "450" => self.say("450 4.2.0 come back later\r\n").await?,
            "450once" if first => self.say("450 4.2.0 come back later\r\n").await?,
            "421" if first => {
                self.say("421 4.3.2 going down\r\n").await?;
                return Ok(false);
            }
            _ => {
                self.to = to;
                self.say("250 2.1.5 ok\r\n").await?;
            }
        }
        Ok(true)
    }

    async fn data(&mut self) -> Goes {
        self.say("354 go on\r\n").await?;
        let manner = manner(&self.to).to_owned();
        if manner == "cutdata" {
            let mut some = [0; 64];
            let _ = self.reader.read(&mut some).await?;
            return Ok(false);
        }
        let Some(bytes) = self.body().await? else { return Ok(false) };
        if manner == "data550" {
            self.say("550 5.6.0 not this content\r\n").await?;
            return Ok(true);
        }
        let before = self.take(bytes);
        if !self.state.delay.is_zero() {
            tokio::time::sleep(self.state.delay).await;
        }
        match manner.as_str() {
            "cut" => return Ok(false),
            "cutonce" if before == 0 => return Ok(false),
            "slow" => tokio::time::sleep(Duration::from_millis(500)).await,
            _ => {}
        }
        self.say("250 2.0.0 taken\r\n").await?;
        Ok(true)
    }

    /// The body up to the final dot, dots unstuffed; `None` when it never came.
    async fn body(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::with_capacity(4_096);
        let mut line = Vec::new();
        loop {
            line.clear();
            if self.reader.read_until(b'\n', &mut line).await? == 0 || bytes.len() > MAIL_BYTES_MAX {
                return Ok(None);
            }
            if line == b".\r\n" {
                return Ok(Some(bytes));
            }
            bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }

    /// Count it; answers how many this recipient had before.
    fn take(&mut self, bytes: Vec<u8>) -> u64 {
        if let Some(log) = lock(&self.state.log).as_mut() {
            let _ = writeln!(log, "{}\t{}", self.to, message_id(&bytes));
        }
        self.state.taken.fetch_add(1, Ordering::Relaxed);
        let before = {
            let mut counts = lock(&self.state.counts);
            let count = counts.entry(self.to.clone()).or_default();
            *count += 1;
            *count - 1
        };
        if self.state.keep {
            let taken = Taken { from: self.from.clone(), to: self.to.clone(), bytes };
            lock(&self.state.mails).push(taken);
        }
        before
    }
}

fn address(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map(|(address, _)| address.to_ascii_lowercase()).unwrap_or_default()
}

/// What the address asks for.
fn manner(address: &str) -> &str {
    let local = address.rsplit_once('@').map_or(address, |(local, _)| local);
    local.split_once('+').map_or("", |(_, manner)| manner)
}

fn message_id(bytes: &[u8]) -> String {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(8_192)]).into_owned();
    head.lines()
        .find_map(|line| line.to_ascii_lowercase().starts_with("message-id:").then(|| line[11..].trim().to_owned()))
        .unwrap_or_default()
}
