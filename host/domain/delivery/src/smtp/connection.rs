//! One connection to a mail server, driven command by command, because what
//! matters is *where* it was lost: before the final dot nothing can have been
//! taken; after it, only the server's reply tells.

use super::{Fate, Security, Server, about_mailbox, one_line};
use lettre::{
    Address,
    transport::smtp::{
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Ehlo, Mail as MailFrom, Noop, Quit, Rcpt, Rset},
        extension::{ClientId, Extension, MailParameter},
        response::Response,
    },
};
use std::{
    error::Error as _,
    future::Future,
    str::FromStr as _,
    time::{Duration, Instant},
};
use tokio::{net::TcpStream, time::timeout};

/// Until the server must have answered the TCP and TLS handshakes.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// Until it must have answered a command.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(60);
/// Until it must have answered the final dot: what RFC 5321 asks for.
const REPLY_TIMEOUT: Duration = Duration::from_secs(600);
/// A connection that idled longer is likelier dead than alive.
const IDLE_MAX: Duration = Duration::from_secs(20);
/// Mails over one connection before it is made anew.
const MAILS_MAX: u32 = 1_000;
/// Bytes of a body handed to the socket at once.
const BODY_CHUNK: usize = 32 * 1024;

type Smtp = lettre::transport::smtp::Error;

/// A letter and its envelope.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) bytes: Vec<u8>,
}

/// A connection that is past its greeting, TLS and sign-in.
pub(crate) struct Connection {
    smtp: AsyncSmtpConnection,
    pipelining: bool,
    mails: u32,
    used_at: Instant,
    broken: bool,
}

impl Connection {
    /// Connect, protect and sign in.
    ///
    /// # Errors
    /// Why the server cannot be used, in one line.
    pub(crate) async fn open(server: &Server) -> Result<Self, String> {
        let hello = ClientId::default();
        let mut smtp = bounded(CONNECT_TIMEOUT, connect(server, &hello)).await?;
        if !server.username.is_empty() {
            let password = server.password.as_ref().map(|p| p.to_string()).unwrap_or_default();
            let credentials = Credentials::new(server.username.clone(), password);
            let signing_in = smtp.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
            bounded(COMMAND_TIMEOUT, async {
                signing_in.await.map_err(|e| format!("refuses to sign in: {}", words(&e)))
            })
            .await?;
        }
        let greeting =
            bounded(COMMAND_TIMEOUT, async { smtp.command(Ehlo::new(hello)).await.map_err(|e| words(&e)) }).await?;
        let pipelining = greeting.message().any(|line| line.eq_ignore_ascii_case("PIPELINING"));
        Ok(Self { smtp, pipelining, mails: 0, used_at: Instant::now(), broken: false })
    }

    /// Whether another mail may go over it.
    pub(crate) fn reusable(&self) -> bool {
        !self.broken && self.mails < MAILS_MAX && self.used_at.elapsed() < IDLE_MAX
    }

    /// Whether it has carried a mail before.
    pub(crate) fn used(&self) -> bool {
        self.mails > 0
    }

    /// Whether the server answers, for the admin's test.
    pub(crate) async fn answers(&mut self) -> bool {
        timeout(COMMAND_TIMEOUT, self.smtp.command(Noop)).await.is_ok_and(|reply| reply.is_ok())
    }

    /// Whether it is protected by TLS.
    pub(crate) fn encrypted(&self) -> bool {
        self.smtp.is_encrypted()
    }

    /// Say goodbye, without waiting for it.
    pub(crate) async fn quit(mut self) {
        if !self.broken {
            let _ = timeout(Duration::from_millis(200), self.smtp.command(Quit)).await;
        }
    }

    /// Carry one mail. After the final dot the answer waits for the server's
    /// last word, however long the standard lets it take.
    pub(crate) async fn send(&mut self, mail: &Mail) -> Fate {
        let fate = match self.envelope(mail).await {
            Ok(()) => self.body(&mail.bytes).await,
            Err(fate) => fate,
        };
        self.mails += 1;
        self.used_at = Instant::now();
        if matches!(fate, Fate::Untouched { .. } | Fate::Uncertain { .. }) || code_of(&fate) == Some(421) {
            self.broken = true;
        }
        fate
    }

    /// MAIL, RCPT and DATA; in one go where the server allows it (RFC 2920).
    async fn envelope(&mut self, mail: &Mail) -> Result<(), Fate> {
        let (from, to) = self.addresses(mail)?;
        if self.pipelining {
            let batch = format!("{from}{to}{Data}");
            let first = self.command(batch).await;
            let second = self.reply(&first).await;
            let third = self.reply(&second).await;
            return self.pipelined(first, second, third).await;
        }
        self.command(from).await.map_err(|e| fate_of(&e, false))?;
        let rcpt = self.command(to).await;
        if let Err(error) = rcpt {
            let fate = fate_of(&error, true);
            self.reset().await;
            return Err(fate);
        }
        let data = self.command(Data).await;
        match data {
            Ok(_) => Ok(()),
            Err(error) => {
                let fate = fate_of(&error, false);
                self.reset().await;
                Err(fate)
            }
        }
    }

    fn addresses(&self, mail: &Mail) -> Result<(MailFrom, Rcpt), Fate> {
        let unusable = |text: &str| Fate::Rejected { code: 553, text: text.to_owned(), recipient: false };
        let from = Address::from_str(&mail.from).map_err(|_| unusable("the envelope sender is not an address"))?;
        let to = Address::from_str(&mail.to).map_err(|_| unusable("the recipient is not an address"))?;
        let mut parameters = Vec::new();
        if !mail.to.is_ascii() || !mail.from.is_ascii() {
            if !self.smtp.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(unusable("the server does not take addresses beyond ASCII"));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        Ok((MailFrom::new(Some(from), parameters), Rcpt::new(to, Vec::new())))
    }

    /// What three replies to one pipelined batch mean.
    async fn pipelined(&mut self, mail: Reply, rcpt: Reply, data: Reply) -> Result<(), Fate> {
        let refused = match (&mail, &rcpt, &data) {
            (Ok(_), Ok(_), Ok(_)) => return Ok(()),
            (Err(error), _, _) => fate_of(error, false),
            (Ok(_), Err(error), _) => fate_of(error, true),
            (Ok(_), Ok(_), Err(error)) => fate_of(error, false),
        };
        if data.is_ok() {
            // It waits for a body that must not come.
            self.broken = true;
        } else if !matches!(refused, Fate::Untouched { .. }) {
            self.reset().await;
        }
        Err(refused)
    }

    async fn body(&mut self, bytes: &[u8]) -> Fate {
        // The client writes the line end before the dot itself.
        let mut chunks = bytes.strip_suffix(b"\r\n").unwrap_or(bytes).chunks(BODY_CHUNK);
        let mut dot_begun = false;
        let body = std::iter::from_fn(|| {
            let chunk = chunks.next();
            // The dot follows the last chunk at once.
            dot_begun |= chunk.is_none();
            chunk
        });
        let reply = timeout(REPLY_TIMEOUT, self.smtp.message_iter(body)).await;
        match reply {
            Ok(Ok(reply)) => Fate::Accepted { code: u16::from(reply.code()), text: reply_text(&reply) },
            Ok(Err(error)) if error.status().is_some() => fate_of(&error, false),
            Ok(Err(error)) => lost(dot_begun, words(&error)),
            Err(_) => lost(dot_begun, format!("no reply within {} s", REPLY_TIMEOUT.as_secs())),
        }
    }

    async fn command(&mut self, command: impl std::fmt::Display) -> Reply {
        match timeout(COMMAND_TIMEOUT, self.smtp.command(command)).await {
            Ok(reply) => reply.map_err(Trouble::from),
            Err(_) => Err(Trouble::late()),
        }
    }

    /// The next reply of a pipelined batch, unless the connection is gone.
    async fn reply(&mut self, before: &Reply) -> Reply {
        if let Err(Trouble { code: None, text }) = before {
            return Err(Trouble { code: None, text: text.clone() });
        }
        match timeout(COMMAND_TIMEOUT, self.smtp.read_response()).await {
            Ok(reply) => reply.map_err(Trouble::from),
            Err(_) => Err(Trouble::late()),
        }
    }

    async fn reset(&mut self) {
        self.broken |= self.command(Rset).await.is_err();
    }
}

type Reply = Result<Response, Trouble>;

/// A refusal (with its code) or a loss (without).
#[derive(Debug, Clone)]
struct Trouble {
    code: Option<u16>,
    text: String,
}

impl Trouble {
    fn late() -> Self {
        Self { code: None, text: format!("no reply within {} s", COMMAND_TIMEOUT.as_secs()) }
    }
}

impl From<Smtp> for Trouble {
    fn from(error: Smtp) -> Self {
        Self { code: error.status().map(u16::from), text: words(&error) }
    }
}

async fn connect(server: &Server, hello: &ClientId) -> Result<AsyncSmtpConnection, String> {
    let target = (server.host.as_str(), server.port);
    let tls =
        || TlsParameters::new(server.host.clone()).map_err(|e| format!("cannot be reached by TLS: {}", words(&e)));
    if server.security == Security::Tls {
        let opening = AsyncSmtpConnection::connect_tokio1(target, Some(CONNECT_TIMEOUT), hello, Some(tls()?), None);
        return opening.await.map_err(|e| format!("cannot be reached by TLS: {}", words(&e)));
    }
    let stream = TcpStream::connect(target).await.map_err(|e| format!("cannot be reached: {e}"))?;
    let _ = stream.set_nodelay(true);
    let mut smtp = AsyncSmtpConnection::connect_with_transport(Box::new(stream), hello)
        .await
        .map_err(|e| format!("does not greet: {}", words(&e)))?;
    if server.security == Security::Starttls {
        smtp.starttls(tls()?, hello).await.map_err(|e| format!("does not turn to TLS: {}", words(&e)))?;
        if !smtp.is_encrypted() {
            return Err("does not turn to TLS".to_owned());
        }
    }
    Ok(smtp)
}

async fn bounded<T>(limit: Duration, work: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    timeout(limit, work).await.unwrap_or_else(|_| Err(format!("does not answer within {} s", limit.as_secs())))
}

fn fate_of(trouble: &(impl AsTrouble + ?Sized), at_recipient: bool) -> Fate {
    let Trouble { code, text } = trouble.as_trouble();
    match code {
        Some(code @ 400..=499) => Fate::Deferred { code, text },
        Some(code) => {
            let recipient = about_mailbox(code, &text, at_recipient);
            Fate::Rejected { code, text, recipient }
        }
        None => Fate::Untouched { text, server: false },
    }
}

trait AsTrouble {
    fn as_trouble(&self) -> Trouble;
}

impl AsTrouble for Trouble {
    fn as_trouble(&self) -> Trouble {
        self.clone()
    }
}

impl AsTrouble for Smtp {
    fn as_trouble(&self) -> Trouble {
        Trouble { code: self.status().map(u16::from), text: words(self) }
    }
}

fn lost(dot_begun: bool, text: String) -> Fate {
    if dot_begun { Fate::Uncertain { text } } else { Fate::Untouched { text, server: false } }
}

fn code_of(fate: &Fate) -> Option<u16> {
    match fate {
        Fate::Accepted { code, .. } | Fate::Deferred { code, .. } | Fate::Rejected { code, .. } => Some(*code),
        Fate::Untouched { .. } | Fate::Uncertain { .. } => None,
    }
}

/// What the server or the network said, without the library's own framing.
fn words(error: &Smtp) -> String {
    let text = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    one_line(&text)
}

fn reply_text(reply: &Response) -> String {
    one_line(&reply.message().collect::<Vec<_>>().join(" "))
}
