//! Reading a mail that came back: pure, bounded, and never sure of more than
//! the mail says.

use crate::smtp::{about_mailbox, enhanced_code, one_line};
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _, PartType};

/// Boundaries and nested mails that one mail may have.
const NESTING_MAX: usize = 40;
/// Parts that are looked at.
const PARTS_MAX: usize = 50;
/// Bytes of a part that are looked at.
const PART_BYTES_MAX: usize = 64 * 1024;
/// Words that a mail without a status part uses for a missing mailbox.
const UNKNOWN_USER: &[&str] = &[
    "user unknown",
    "unknown user",
    "no such user",
    "user not found",
    "mailbox unavailable",
    "does not exist",
    "recipient address rejected",
    "address not found",
    "no mailbox here by that name",
    "该用户不存在",
    "用户不存在",
];

/// What came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It was not delivered; `gone`: because there is no such mailbox.
    Bounced { gone: bool },
    /// It is still being tried.
    Delayed,
    /// It was delivered.
    Delivered,
    /// The recipient called it unwanted.
    Complained,
    /// An answer of a machine, such as an absence note.
    AutoReply,
    /// Nothing that is understood.
    Other,
}

/// A mail that came back, as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Came {
    pub(crate) kind: Kind,
    /// `5.1.1`, where it says so.
    pub(crate) status: Option<String>,
    /// What the other side said, on one line.
    pub(crate) detail: String,
    /// Local parts of addresses it was sent to; one may be a send's own.
    pub(crate) addressed: Vec<String>,
    /// Message-IDs of the mail it speaks of, without brackets.
    pub(crate) about: Vec<String>,
}

/// Read it.
pub(crate) fn read(raw: &[u8]) -> Came {
    let nothing = Came { kind: Kind::Other, status: None, detail: String::new(), addressed: vec![], about: vec![] };
    if nesting(raw) > NESTING_MAX {
        return Came { detail: "the mail is nested too deep".to_owned(), ..nothing };
    }
    let Some(mail) = MessageParser::default().parse(raw) else { return nothing };
    let mut came = Came { addressed: addressed(&mail), about: answered(&mail), ..nothing };
    let mut told = false;
    for part in mail.parts.iter().take(PARTS_MAX) {
        match subtype(part).as_str() {
            "message/delivery-status" | "message/global-delivery-status" => {
                told = true;
                of_status(&text(part), &mut came);
            }
            "message/feedback-report" => {
                told = true;
                of_feedback(&text(part), &mut came);
            }
            "message/rfc822" | "message/global" | "text/rfc822-headers" | "message/global-headers" => {
                came.about.splice(0..0, original(part));
            }
            _ => {}
        }
    }
    if !told {
        of_words(&mail, &mut came);
    }
    came
}

/// How many times the mail opens another level, counted without opening any.
fn nesting(raw: &[u8]) -> usize {
    let lower = raw.to_ascii_lowercase();
    count(&lower, b"boundary=") + count(&lower, b"message/rfc822")
}

fn count(text: &[u8], word: &[u8]) -> usize {
    text.windows(word.len()).filter(|window| *window == word).count()
}

fn subtype(part: &MessagePart<'_>) -> String {
    let Some(kind) = part.content_type() else { return String::new() };
    format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("")).to_ascii_lowercase()
}

fn text(part: &MessagePart<'_>) -> String {
    let bytes = part.contents();
    String::from_utf8_lossy(&bytes[..bytes.len().min(PART_BYTES_MAX)]).into_owned()
}

/// Local parts of every address in the outer recipient headers.
fn addressed(mail: &Message<'_>) -> Vec<String> {
    const HEADERS: &[&str] =
        &["To", "Delivered-To", "X-Original-To", "X-Envelope-To", "Envelope-To", "X-Failed-Recipients"];
    let mut found = Vec::new();
    for (name, value) in mail.headers_raw() {
        if HEADERS.iter().any(|header| header.eq_ignore_ascii_case(name)) {
            let words = value.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"'));
            found.extend(words.filter_map(|word| word.split_once('@')).map(|(local, _)| local.to_owned()));
        }
    }
    found.truncate(PARTS_MAX);
    found
}

/// What the mail says it answers.
fn answered(mail: &Message<'_>) -> Vec<String> {
    let mut ids = Vec::new();
    for (name, value) in mail.headers_raw() {
        if ["In-Reply-To", "References", "X-Original-Message-ID"].iter().any(|header| header.eq_ignore_ascii_case(name))
        {
            ids.extend(bracketed(value));
        }
    }
    ids.truncate(PARTS_MAX);
    ids
}

fn bracketed(value: &str) -> Vec<String> {
    value.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(id, _)| id.trim().to_owned()).collect()
}

/// The Message-ID of a mail that is given back, whole or its headers only.
fn original(part: &MessagePart<'_>) -> Vec<String> {
    match &part.body {
        PartType::Message(inner) => inner.message_id().map(str::to_owned).into_iter().collect(),
        _ => text(part)
            .lines()
            .take_while(|line| !line.trim().is_empty())
            .filter(|line| line.to_ascii_lowercase().starts_with("message-id:"))
            .flat_map(bracketed)
            .collect(),
    }
}

/// The fields of an RFC 3464 body, folded lines joined, names in small letters.
fn fields(body: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in body.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    fields
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn of_status(body: &str, came: &mut Came) {
    let fields = fields(body);
    let status = field(&fields, "status").and_then(|status| status.split_whitespace().next()).map(one_line);
    let said = field(&fields, "diagnostic-code").map(|text| text.split_once(';').map_or(text, |(_, rest)| rest).trim());
    came.detail = one_line(said.unwrap_or(""));
    came.kind = match field(&fields, "action").unwrap_or("").to_ascii_lowercase().as_str() {
        "failed" => Kind::Bounced { gone: gone(status.as_deref(), &came.detail) },
        "delayed" => Kind::Delayed,
        "delivered" | "relayed" | "expanded" => Kind::Delivered,
        _ => Kind::Other,
    };
    came.status = status;
}

/// The status is the reporter's summary; what the other server said is nearer.
fn gone(status: Option<&str>, said: &str) -> bool {
    let (code, words) = match said.split_once([' ', '-']) {
        Some((code, words)) if code.len() == 3 => (code.parse().unwrap_or(0), words),
        _ => (0, said),
    };
    if enhanced_code(words).is_some() {
        return about_mailbox(code, words, true);
    }
    status.is_some_and(|status| about_mailbox(code, status, true))
}

fn of_feedback(body: &str, came: &mut Came) {
    let fields = fields(body);
    let kind = field(&fields, "feedback-type").unwrap_or("").to_ascii_lowercase();
    came.kind = if matches!(kind.as_str(), "abuse" | "fraud" | "opt-out") { Kind::Complained } else { Kind::Other };
    came.detail = one_line(&kind);
}

/// A mail without a status part: only its words tell.
fn of_words(mail: &Message<'_>, came: &mut Came) {
    let auto = mail.header_raw("Auto-Submitted").unwrap_or("").trim().to_ascii_lowercase();
    if auto.starts_with("auto-replied") || mail.header_raw("X-Autoreply").is_some() {
        came.kind = Kind::AutoReply;
        return;
    }
    let body = mail.body_text(0).map(|text| text.chars().take(PART_BYTES_MAX).collect::<String>()).unwrap_or_default();
    let lower = body.to_lowercase();
    let word = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '#' | ';' | ',' | '[' | ']');
    let status = lower
        .split(word)
        .find(|word| enhanced_code(word).is_some_and(|(class, _, _)| class == 5) && word.matches('.').count() == 2);
    let unknown = UNKNOWN_USER.iter().any(|words| lower.contains(words));
    let daemon =
        mail.from().and_then(|from| from.first()).and_then(|from| from.address()).unwrap_or("").to_ascii_lowercase();
    let by_daemon = daemon.starts_with("mailer-daemon") || daemon.starts_with("postmaster");
    if status.is_some() || (unknown && by_daemon) {
        let gone = unknown || status.is_some_and(|status| about_mailbox(550, status, false));
        came.kind = Kind::Bounced { gone };
        came.status = status.map(str::to_owned);
        let telling = body.lines().find(|line| status.is_some_and(|status| line.to_lowercase().contains(status)));
        came.detail = one_line(telling.unwrap_or("undelivered, by the words of the mail"));
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, read};

    #[test]
    fn a_mail_nested_without_end_is_filed_and_not_followed() {
        let mut mail = String::from("To: a@b.example\r\n");
        for level in 0..10_000 {
            mail.push_str(&format!("Content-Type: multipart/mixed; boundary=\"b{level}\"\r\n\r\n--b{level}\r\n"));
        }
        let came = read(mail.as_bytes());
        assert_eq!(came.kind, Kind::Other);
        assert!(came.detail.contains("too deep"));
    }

    #[test]
    fn every_kind_of_returned_mail_reads_as_expected() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/cases/bounces");
        let mut cases = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "eml") {
                continue;
            }
            let came = read(&std::fs::read(&path).unwrap());
            let kind = match came.kind {
                Kind::Bounced { gone: true } => "bounced-gone",
                Kind::Bounced { gone: false } => "bounced",
                Kind::Delayed => "delayed",
                Kind::Delivered => "delivered",
                Kind::Complained => "complained",
                Kind::AutoReply => "auto-reply",
                Kind::Other => "other",
            };
            let line = |name: &str, value: &str| format!("{name}: {value}").trim_end().to_owned() + "\n";
            let about = came.about.first().map_or("", String::as_str);
            let read =
                line("kind", kind) + &line("status", came.status.as_deref().unwrap_or("")) + &line("about", about);
            let expected = std::fs::read_to_string(path.with_extension("expected")).unwrap();
            assert_eq!(read, expected, "{}", path.display());
            cases += 1;
        }
        assert!(cases >= 12, "{cases} cases");
    }

    #[test]
    fn rubbish_is_nothing() {
        for raw in [&b""[..], b"\0\0\0", b"Subject: hi\r\n\r\nhello", &[0xff; 1000]] {
            assert_eq!(read(raw).kind, Kind::Other);
        }
    }
}
