//! The host's own mail clients: what a mail server is, how a letter is written,
//! one connection, and the pool. Nothing here reads or writes the ledger, and
//! the recipient always comes from the caller's row.

mod compose;
mod connection;
mod dkim;
mod pool;
#[cfg(test)]
mod pool_tests;

pub(crate) use compose::{Letter, check_mail, compose};
pub(crate) use connection::{Connection, Mail};
pub(crate) use dkim::Signer;
pub(crate) use pool::{Pool, Pools};

use rialto_kernel::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

/// How the connection to a mail server is protected. There is no falling back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// In the clear: for a relay on the same machine or network.
    None,
    /// Begins in the clear and must turn to TLS before anything is said.
    Starttls,
    /// TLS from the first byte.
    Tls,
}

impl Security {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Starttls => "starttls",
            Self::Tls => "tls",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        match word {
            "none" => Some(Self::None),
            "starttls" => Some(Self::Starttls),
            "tls" => Some(Self::Tls),
            _ => None,
        }
    }
}

/// A mail server an admin set up.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) id: Id,
    /// Rises with every change: a pool of an older version is let go.
    pub(crate) version: i64,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) security: Security,
    pub(crate) username: String,
    pub(crate) password: Option<Zeroizing<String>>,
    pub(crate) connections: usize,
    pub(crate) rate_per_second: Option<u32>,
    /// Bounces come back to addresses here; empty: to the sender's address.
    pub(crate) bounce_domain: String,
    /// Signs what goes out, where a key is set.
    pub(crate) dkim: Option<std::sync::Arc<Signer>>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("id", &self.id).field("host", &self.host).field("port", &self.port).finish()
    }
}

/// What became of a mail, as this host saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The server took it.
    Accepted { code: u16, text: String },
    /// The server said to try later; it has not taken it.
    Deferred { code: u16, text: String },
    /// The server never will. `recipient`: because there is no such mailbox.
    Rejected { code: u16, text: String, recipient: bool },
    /// The server cannot have taken it. `server`: it could not be talked to at
    /// all, so the next mail would fare no better.
    Untouched { text: String, server: bool },
    /// The last byte may have arrived, and no reply did.
    Uncertain { text: String },
}

/// The longest reply text that is kept.
const REPLY_TEXT_MAX: usize = 300;

/// A server's words, bounded and on one line.
pub(crate) fn one_line(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(REPLY_TEXT_MAX).collect();
    clean.trim().to_owned()
}

/// Whether a permanent refusal is about the mailbox rather than about policy
/// (RFC 3463: 5.1.x is the address; 5.2.1 the mailbox is disabled).
pub(crate) fn about_mailbox(code: u16, text: &str, at_recipient: bool) -> bool {
    match enhanced_code(text) {
        Some((5, 1, _) | (5, 2, 1)) => true,
        Some(_) => false,
        None => at_recipient && matches!(code, 550 | 551 | 553),
    }
}

/// The enhanced status code (RFC 3463) that begins a reply, if it has one.
pub(crate) fn enhanced_code(text: &str) -> Option<(u16, u16, u16)> {
    let word = text.split_whitespace().next()?;
    let mut parts = word.split('.').map(|part| part.parse::<u16>().ok());
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(Some(class @ (2 | 4 | 5))), Some(Some(subject)), Some(Some(detail)), None) => {
            Some((class, subject, detail))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{about_mailbox, enhanced_code, one_line};

    #[test]
    fn only_a_missing_mailbox_is_suppressed() {
        assert!(about_mailbox(550, "5.1.1 no such user", true));
        assert!(about_mailbox(550, "No such user", true));
        assert!(!about_mailbox(550, "5.7.1 blocked by policy", true));
        assert!(!about_mailbox(554, "Transaction failed", true));
        assert!(!about_mailbox(550, "content refused", false));
    }

    #[test]
    fn enhanced_codes_are_read_only_where_they_stand() {
        assert_eq!(enhanced_code("5.1.10 gone"), Some((5, 1, 10)));
        assert_eq!(enhanced_code("10.0.0.1 is blocked"), None);
        assert_eq!(enhanced_code(""), None);
    }

    #[test]
    fn replies_are_kept_on_one_bounded_line() {
        assert_eq!(one_line("a\r\nb\u{7}"), "a  b");
        assert_eq!(one_line(&"x".repeat(5_000)).len(), 300);
    }
}
