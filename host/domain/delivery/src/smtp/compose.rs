//! Writing a letter: MIME, encoded words, CRLF, the headers the host owns.
//! It takes words from a plugin and addresses from the ledger, never the other
//! way round.

use super::Signer;
use jiff::Timestamp;
use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{HeaderName, HeaderValue},
    },
};
use rialto_kernel::Id;
use rialto_plugin_host::capability::MailContent;
use std::str::FromStr as _;

/// The most further headers a plugin may add, and the most bytes of each.
const HEADERS_MAX: usize = 20;
const HEADER_BYTES_MAX: usize = 998;
const SUBJECT_CHARS_MAX: usize = 500;

/// Headers that are the host's: who it is from and for, and how to leave.
const OWNED: &[&str] = &[
    "from",
    "to",
    "cc",
    "bcc",
    "sender",
    "return-path",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "received",
    "dkim-signature",
    "authentication-results",
    "resent-from",
    "resent-to",
    "resent-cc",
    "resent-bcc",
    "resent-sender",
    "resent-date",
    "resent-message-id",
    "delivered-to",
    "errors-to",
    "disposition-notification-to",
];

/// A letter to one person.
#[derive(Debug, Clone)]
pub(crate) struct Letter<'a> {
    pub(crate) send: Id,
    pub(crate) at: Timestamp,
    pub(crate) from_name: &'a str,
    pub(crate) from_address: &'a str,
    pub(crate) reply_to: &'a str,
    pub(crate) to_name: &'a str,
    pub(crate) to_address: &'a str,
    pub(crate) subject: &'a str,
    pub(crate) html: Option<&'a str>,
    pub(crate) text: &'a str,
    pub(crate) headers: &'a [(String, String)],
    pub(crate) unsubscribe: &'a str,
}

/// The bytes of a letter, with CRLF line ends and nothing but ASCII; signed where
/// there is a signer.
///
/// # Errors
/// What is wrong with it, for the plugin's or the sender's owner.
pub(crate) fn compose(letter: &Letter<'_>, signer: Option<&Signer>) -> Result<Vec<u8>, String> {
    let mut message = whole(letter)?;
    if let Some(signer) = signer {
        signer.sign(&mut message);
    }
    Ok(message.formatted())
}

fn whole(letter: &Letter<'_>) -> Result<Message, String> {
    check_headers(letter.headers)?;
    if letter.subject.chars().count() > SUBJECT_CHARS_MAX {
        return Err(format!("the subject is longer than {SUBJECT_CHARS_MAX} characters"));
    }
    let from = mailbox(letter.from_name, letter.from_address, "the sender's address")?;
    let domain = from.email.domain().to_owned();
    let mut builder = Message::builder()
        .from(from)
        .to(mailbox(letter.to_name, letter.to_address, "the recipient's address")?)
        .subject(one_line(letter.subject))
        .date(letter.at.into())
        .message_id(Some(message_id(letter.send, &domain)));
    let reply_to = own_reply_to(letter.headers).unwrap_or(letter.reply_to);
    if !reply_to.is_empty() {
        builder = builder.reply_to(mailbox("", reply_to, "the reply-to address")?);
    }
    if !letter.unsubscribe.is_empty() {
        builder = builder
            .raw_header(raw("List-Unsubscribe", format!("<{}>", letter.unsubscribe))?)
            .raw_header(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned())?);
    }
    for (name, value) in letter.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("reply-to")) {
        builder = builder.raw_header(raw(name, value.clone())?);
    }
    let text = SinglePart::plain(unix_lines(letter.text));
    let message = match letter.html {
        None => builder.singlepart(text),
        Some(html) => builder.multipart(
            MultiPart::alternative()
                .boundary(format!("rialto-{}", letter.send.simple()))
                .singlepart(text)
                .singlepart(SinglePart::html(unix_lines(html))),
        ),
    };
    message.map_err(|cause| format!("the mail cannot be written: {cause}"))
}

/// The Message-ID of a send; a second attempt has the same.
pub(crate) fn message_id(send: Id, domain: &str) -> String {
    format!("<{}@{domain}>", send.simple())
}

/// An address with the name that goes with it.
fn mailbox(name: &str, address: &str, what: &str) -> Result<Mailbox, String> {
    let email = Address::from_str(address).map_err(|cause| format!("{what} is not usable: {cause}"))?;
    let name = one_line(name);
    Ok(Mailbox::new((!name.is_empty()).then_some(name), email))
}

fn raw(name: &str, value: String) -> Result<HeaderValue, String> {
    let name = HeaderName::new_from_ascii(name.to_owned())
        .map_err(|_| format!("`{}` names no header", name.escape_debug()))?;
    Ok(HeaderValue::new(name, value))
}

/// What a plugin may hand over at all; the rest is found when it is written.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn check_mail(content: &MailContent) -> Result<(), String> {
    if content.subject.trim().is_empty() {
        return Err("a mail needs a subject".to_owned());
    }
    if content.subject.chars().count() > SUBJECT_CHARS_MAX {
        return Err(format!("the subject is longer than {SUBJECT_CHARS_MAX} characters"));
    }
    if let Some(reply_to) = own_reply_to(&content.headers) {
        mailbox("", reply_to, "the Reply-To header")?;
    }
    check_headers(&content.headers)
}

/// Where answers go, if the plugin's settings say so: the one address header
/// that is not the host's, because it reaches nobody.
fn own_reply_to(headers: &[(String, String)]) -> Option<&str> {
    headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("reply-to")).map(|(_, value)| value.as_str())
}

/// Refuse headers that are the host's own, or that hide others in them.
pub(crate) fn check_headers(headers: &[(String, String)]) -> Result<(), String> {
    if headers.len() > HEADERS_MAX {
        return Err(format!("a mail has at most {HEADERS_MAX} further headers"));
    }
    for (name, value) in headers {
        let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() && b != b':') && name.len() <= 76;
        if !plain || OWNED.contains(&name.to_ascii_lowercase().as_str()) {
            return Err(format!("the header `{}` is the host's to set", name.escape_debug()));
        }
        if value.len() > HEADER_BYTES_MAX || value.chars().any(char::is_control) {
            return Err(format!("the value of the header `{name}` is too long or has control characters"));
        }
    }
    Ok(())
}

fn one_line(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    clean.trim().to_owned()
}

/// Line ends as one LF each: the encoder makes them CRLF, and no bare CR stays.
fn unix_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::{Letter, compose};
    use jiff::Timestamp;
    use rialto_kernel::Id;

    fn letter<'a>(subject: &'a str, text: &'a str, headers: &'a [(String, String)]) -> Letter<'a> {
        Letter {
            send: Id::from_u128(7),
            at: Timestamp::UNIX_EPOCH,
            from_name: "春日 Shop",
            from_address: "news@shop.example",
            reply_to: "",
            to_name: "王\r\nBcc: x@y.example",
            to_address: "wang@person.example",
            subject,
            html: Some("<p>你好</p>"),
            text,
            headers,
            unsubscribe: "https://m.example/u/token",
        }
    }

    #[test]
    fn a_letter_is_ascii_with_crlf_and_reads_back_as_it_was_meant() {
        let bytes = compose(&letter("春季新品\r\nX-Evil: 1", "line\rone\n.\nline 二\n", &[]), None).unwrap();
        assert!(bytes.is_ascii());
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "a bare CR or LF");
        let read = mail_parser::MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(read.subject(), Some("春季新品 X-Evil: 1"));
        assert!(read.header("X-Evil").is_none() && read.bcc().is_none());
        assert_eq!(read.body_text(0).unwrap().trim_end(), "line\r\none\r\n.\r\nline 二");
        assert!(read.body_html(0).unwrap().contains("你好"));
        assert_eq!(read.message_id(), Some("00000000000000000000000000000007@shop.example"));
        assert!(text.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
        assert_eq!(read.to().unwrap().first().unwrap().address(), Some("wang@person.example"));
    }

    #[test]
    fn headers_of_the_host_and_hidden_ones_are_refused() {
        for (name, value) in [
            ("Bcc", "x@y.example"),
            ("LIST-UNSUBSCRIBE", "<x>"),
            ("X: y\r\nBcc", "z"),
            ("X-Ok", "a\r\nBcc: z"),
            ("", "x"),
        ] {
            let headers = [(name.to_owned(), value.to_owned())];
            assert!(compose(&letter("s", "t", &headers), None).is_err(), "{name}");
        }
        let fine = [("X-Campaign".to_owned(), "spring".to_owned())];
        assert!(compose(&letter("s", "t", &fine), None).is_ok());
    }
}
