//! A mail as its reader has it: its parts as they were before they were
//! encoded for the way, and the links in it.

use super::world::World;

/// A part of a mail (`text/html`, `text/plain`), decoded, with line feeds.
pub(crate) fn part(mail: &[u8], kind: &str) -> String {
    let mail = String::from_utf8(mail.to_vec()).unwrap();
    let at = mail.find(&format!("Content-Type: {kind}")).unwrap_or_else(|| panic!("no {kind}: {mail}"));
    let (head, body) = mail[at..].split_once("\r\n\r\n").unwrap();
    let body = body.split("\r\n--rialto-").next().unwrap();
    let bytes = match head.to_ascii_lowercase() {
        head if head.contains("quoted-printable") => printable(body),
        head if head.contains("base64") => {
            use base64::Engine as _;
            base64::engine::general_purpose::STANDARD.decode(body.replace("\r\n", "")).unwrap()
        }
        _ => body.as_bytes().to_vec(),
    };
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}

fn printable(body: &str) -> Vec<u8> {
    let body = body.replace("=\r\n", "");
    let (mut out, mut rest) = (Vec::new(), body.as_bytes());
    while let [first, tail @ ..] = rest {
        let coded = (*first == b'=').then(|| std::str::from_utf8(&tail[..2]).unwrap());
        match coded {
            Some(digits) => {
                out.push(u8::from_str_radix(digits, 16).unwrap());
                rest = &tail[2..];
            }
            None => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    out
}

/// The first address with this path, as this test reaches it.
pub(crate) fn link(world: &World, text: &str, path: &str) -> String {
    let text = text.replace("&#x2f;", "/").replace("&amp;", "&");
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>');
    let found = text.split(ends).find(|part| part.starts_with("http") && part.contains(path));
    world.here(found.unwrap_or_else(|| panic!("no {path}: {text}")))
}

/// The link of this path in the HTML of the last mail to somebody.
pub(crate) fn link_to(world: &World, to: &str, path: &str) -> String {
    link(world, &part(&mail_to(world, to), "text/html"), path)
}

/// The last mail to somebody.
pub(crate) fn mail_to(world: &World, to: &str) -> Vec<u8> {
    let mails = world.sink.mails();
    mails.into_iter().rev().find(|mail| mail.to == to).unwrap_or_else(|| panic!("no mail to {to}")).bytes
}
