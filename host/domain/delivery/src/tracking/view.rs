//! `GET /v/{token}`: a message in the browser, filled in by what fills in those
//! that leave. To look at it is no opening of the mail, and changes nothing.

use super::{
    page::{Says, shell},
    reply::{Policy, away, reply, told, unknown},
    token::{self, Named, Use},
};
use crate::{
    Error,
    dispatch::{Again, Content},
    fan_out::problem,
    sql,
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use rialto_audience::{addressees, person_held};
use rialto_kernel::{Locale, html::escape};
use rialto_slice::Host;
use std::fmt::Write as _;

/// Shows the message, or that it is kept no longer.
pub(super) async fn show(State(host): State<Host>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let Some(named) = token::read(&host.keys, Use::View, &token) else { return unknown(&headers) };
    match again(&host, named).await {
        Ok(Some(again)) => reply(StatusCode::OK, Policy::Message, html(&again)),
        Ok(None) => told(&headers, StatusCode::GONE, Says::Gone),
        Err(cause) => away(&headers, &cause),
    }
}

async fn again(host: &Host, named: Named) -> Result<Option<Again>, Error> {
    let ws = named.workspace;
    let mut conn = host.store.read(ws).await?;
    let conn = &mut conn;
    let Some(send) = sql::send_find(conn, ws, named.send).await? else { return Ok(None) };
    // What never left nobody was sent, and of the erased no name is filled in.
    if send.content_hash.is_none() || !person_held(conn, ws, send.contact).await.map_err(problem)? {
        return Ok(None);
    }
    let Some(occurrence) = sql::occurrence_find(conn, ws, send.occurrence).await? else { return Ok(None) };
    let people = addressees(conn, ws, &[send.contact], &send.channel).await.map_err(problem)?;
    let Some(person) = people.into_iter().next() else { return Ok(None) };
    Content::again(conn, host, ws, (&occurrence, &send), person).await
}

/// The page of a message: its own HTML with the little that a browser needs
/// beside what a mail program does, or its text within our shell.
fn html(again: &Again) -> String {
    let title = again.parts.get("subject").or_else(|| again.parts.get("title")).map_or("", String::as_str);
    let locale: Locale = again.locale.parse().unwrap_or_default();
    let note = if again.same { String::new() } else { format!("{NOTE}{}</p>", changed(locale)) };
    match again.parts.get("html") {
        Some(html) => dressed(html, &again.locale, title, &note),
        None => {
            let text = again.parts.get("text").map_or("", String::as_str);
            let head = if title.is_empty() { locale.pick("Message", "消息") } else { title };
            shell(locale, head, &format!("{note}<h1>{}</h1><pre>{}</pre>", escape(head), linked(text)))
        }
    }
}

const NOTE: &str = "<p style=\"margin:0;padding:8px 16px;font:14px/1.5 sans-serif;color:#1b1f24;background:#fff8c5\">";

fn changed(locale: Locale) -> &'static str {
    locale.pick(
        "Shown with what is known today: names and links may differ from the message you were sent.",
        "本页按当前信息显示：姓名、链接等可能与您收到的消息不同。",
    )
}

/// The HTML with a language and a title where it has none, and a note first.
fn dressed(html: &str, lang: &str, title: &str, note: &str) -> String {
    let lower = html.to_ascii_lowercase();
    let (lang, title) = (escape(lang), format!("<title>{}</title>", escape(title)));
    let Some(root) = tag_end(&lower, "<html") else {
        return format!(
            "<!doctype html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">{title}</head>\
             <body>{note}{html}</body></html>\n"
        );
    };
    let mut puts: Vec<(usize, String)> = Vec::new();
    if !lower[..root].contains(" lang=") {
        puts.push((root, format!(" lang=\"{lang}\"")));
    }
    match (tag_end(&lower, "<title"), tag_end(&lower, "<head")) {
        (Some(_), _) => {}
        (None, Some(head)) => puts.push((head + 1, title)),
        (None, None) => puts.push((root + 1, format!("<head>{title}</head>"))),
    }
    if !note.is_empty() {
        puts.push((tag_end(&lower, "<body").map_or(html.len(), |at| at + 1), note.to_owned()));
    }
    puts.sort_by_key(|(at, _)| *at);
    let (mut out, mut done) = (String::with_capacity(html.len() + 512), 0);
    for (at, text) in puts {
        out.push_str(&html[done..at]);
        out.push_str(&text);
        done = at;
    }
    out.push_str(&html[done..]);
    out
}

/// Where the first tag of this name ends: at its `>`.
fn tag_end(lower: &str, name: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + lower.get(from..)?.find(name)? + name.len();
        // `<head` is no `<header`.
        if lower[at..].starts_with(|c: char| c == '>' || c.is_ascii_whitespace()) {
            return Some(at + lower[at..].find('>')?);
        }
        from = at;
    }
}

/// A text whose web addresses can be followed.
fn linked(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 256);
    for part in text.split_inclusive(char::is_whitespace) {
        let word = part.trim_end();
        let address = escape(word);
        if word.starts_with("https://") || word.starts_with("http://") {
            let _ = write!(out, "<a href=\"{address}\" rel=\"noreferrer\">{address}</a>");
        } else {
            out.push_str(&address);
        }
        out.push_str(&part[word.len()..]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_gets_what_it_lacks_and_keeps_what_it_has() {
        let whole = "<html lang=\"fr\"><head><title>T</title></head><body class=a><p>Hé</p></body></html>";
        assert_eq!(dressed(whole, "en", "S", ""), whole);
        let noted = dressed(whole, "en", "S", "<p>N</p>");
        assert_eq!(noted, whole.replace("class=a>", "class=a><p>N</p>"));
        let bare = dressed("<HTML><BODY><header>x</header></BODY></HTML>", "en", "<S>", "");
        assert_eq!(
            bare,
            "<HTML lang=\"en\"><head><title>&lt;S&gt;</title></head><BODY><header>x</header></BODY></HTML>"
        );
        let part = dressed("<p>x</p>", "zh-CN", "S", "");
        assert!(part.starts_with("<!doctype html>\n<html lang=\"zh-CN\">") && part.contains("<body><p>x</p></body>"));
    }

    #[test]
    fn a_text_is_text_with_links() {
        assert_eq!(
            linked("Hi <b>\n\nhttps://a.example/?x=1&y=\"2\" bye"),
            "Hi &lt;b&gt;\n\n<a href=\"https://a.example/?x=1&amp;y=&quot;2&quot;\" rel=\"noreferrer\">\
             https://a.example/?x=1&amp;y=&quot;2&quot;</a> bye"
        );
    }
}
