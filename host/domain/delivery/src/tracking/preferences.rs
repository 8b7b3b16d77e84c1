//! `GET` and `POST /p/{token}`: the preference centre. A GET changes nothing,
//! for scanners follow every link.

use super::{
    choices::{Choices, Offered, Said, Wish, change, choices},
    page::shell,
    reply::{Policy, accepted, away, erased, refused, reply, unknown},
    routes::agent,
    token::{self, Named, Use},
};
use axum::{
    Form,
    extract::{Path, Query, State, rejection::FormRejection},
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse as _, Response},
};
use rialto_audience::TOPIC_ALL;
use rialto_kernel::{Locale, html::escape};
use rialto_slice::Host;
use std::{collections::BTreeMap, fmt::Write as _};

/// Bytes of the form: a box each for 500 topics by a few channels.
pub(crate) const FORM_BYTES_MAX: usize = 256 * 1024;

/// The fields of a form, in their order.
type Fields = Vec<(String, String)>;

/// What became of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Saved,
    Same,
    Left,
}

/// Shows what holds, and changes nothing.
pub(super) async fn show(
    State(host): State<Host>,
    Path(token): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let Some(named) = token::read(&host.keys, Use::Preferences, &token) else { return unknown(&headers) };
    match choices(&host, named).await {
        Ok(Some(held)) => {
            let locale = language(&uri, &held, &headers);
            reply(StatusCode::OK, Policy::Own, html(locale, &held, None))
        }
        Ok(None) => erased(&headers),
        Err(cause) => away(&headers, &cause),
    }
}

/// Keeps what was chosen, and shows what holds then.
pub(super) async fn save(
    State(host): State<Host>,
    Path(token): Path<String>,
    headers: HeaderMap,
    uri: Uri,
    form: Result<Form<Fields>, FormRejection>,
) -> Response {
    let Some(named) = token::read(&host.keys, Use::Preferences, &token) else { return unknown(&headers) };
    let wish = match form {
        Ok(Form(fields)) => Wish::read(&fields),
        Err(cause) => return refused(&headers, cause.into_response().status()),
    };
    let Some(wish) = wish else { return refused(&headers, StatusCode::UNPROCESSABLE_ENTITY) };
    match keep(&host, named, wish, &headers, &uri).await {
        Ok(Some(html)) => reply(StatusCode::OK, Policy::Own, html),
        Ok(None) => erased(&headers),
        Err(cause) => away(&headers, &cause),
    }
}

async fn keep(
    host: &Host,
    named: Named,
    wish: Wish,
    headers: &HeaderMap,
    uri: &Uri,
) -> Result<Option<String>, crate::Error> {
    let Some(held) = choices(host, named).await? else { return Ok(None) };
    let locale = language(uri, &held, headers);
    let leaves = wish == Wish::Leave;
    let said = Said { named, wish, wording: wording(locale, &held), agent: agent(headers) };
    let outcome = match change(host, said).await? {
        None => return Ok(None),
        Some(_) if leaves => Outcome::Left,
        Some(0) => Outcome::Same,
        Some(_) => Outcome::Saved,
    };
    Ok(choices(host, named).await?.map(|held| html(locale, &held, Some(outcome))))
}

#[derive(serde::Deserialize)]
struct Asked {
    lang: Option<String>,
}

/// As the link says, or the person's own, or the browser's.
fn language(uri: &Uri, held: &Choices, headers: &HeaderMap) -> Locale {
    let asked = Query::<Asked>::try_from_uri(uri).ok().and_then(|asked| asked.0.lang);
    let asked = asked.and_then(|tag| tag.parse().ok());
    asked.or_else(|| held.locale.parse().ok()).unwrap_or_else(|| accepted(headers))
}

fn html(locale: Locale, held: &Choices, outcome: Option<Outcome>) -> String {
    let title = locale.pick("What you get from us", "订阅偏好中心");
    let mut body = head(locale, held);
    let _ = write!(body, "<h1>{title}</h1>");
    body.push_str(&about(locale, held));
    if let Some(outcome) = outcome {
        let _ = write!(body, "<p class=\"told\" role=\"status\">{}</p>", became(locale, outcome));
    }
    if held.stopped {
        let _ = write!(body, "<p class=\"told\">{}</p>", stopped(locale));
    }
    body.push_str(&form(locale, held));
    body.push_str(&leave(locale));
    shell(locale, &format!("{title} · {}", held.from), &body)
}

fn head(locale: Locale, held: &Choices) -> String {
    let mut links = String::new();
    for (one, name) in [(Locale::En, "English"), (Locale::ZhCn, "简体中文")] {
        let tag = one.tag();
        let here = if one == locale { " aria-current=\"true\"" } else { "" };
        let _ = write!(links, " <a href=\"?lang={tag}\" lang=\"{tag}\" hreflang=\"{tag}\"{here}>{name}</a>");
    }
    let label = locale.pick("Language", "语言");
    format!("<header><p>{}</p><nav aria-label=\"{label}\">{links}</nav></header>", escape(&held.from))
}

fn about(locale: Locale, held: &Choices) -> String {
    let whose = locale.pick("These choices are for", "以下选择适用于");
    let address = match held.address.as_str() {
        "" => String::new(),
        address => format!("<p>{whose} <strong>{}</strong></p>", escape(address)),
    };
    format!("{address}<p>{}</p>", asks(locale))
}

fn asks(locale: Locale) -> &'static str {
    locale.pick(
        "Tick what we may write to you about, untick the rest, and save.",
        "请勾选您愿意接收的内容，取消其余勾选，然后保存。",
    )
}

fn became(locale: Locale, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Saved => locale.pick("Your choices are saved.", "您的选择已保存。"),
        Outcome::Same => {
            locale.pick("Nothing to change: your choices stay as they are.", "没有需要更改的内容，您的选择保持不变。")
        }
        Outcome::Left => locale.pick(
            "You are unsubscribed from everything. Tick and save to get something again.",
            "您已退订全部内容。如需重新接收，请勾选并保存。",
        ),
    }
}

fn stopped(locale: Locale) -> &'static str {
    locale.pick(
        "Nothing is sent to this address at present, for instance because a message came back. Your choices are kept all the same.",
        "目前不会向此地址发送任何消息（例如曾经退信）。您的选择仍会被保存。",
    )
}

fn form(locale: Locale, held: &Choices) -> String {
    let mut boxes = String::new();
    for offered in &held.channels {
        let _ = write!(boxes, "<fieldset><legend>{}</legend>", escape(channel_name(locale, &offered.channel)));
        for choice in &offered.topics {
            let named = escape(&format!("{}:{}", offered.channel, choice.topic));
            let (was, checked) = if choice.holds { ("1", " checked") } else { ("0", "") };
            let name = escape(topic_name(locale, offered, &choice.topic, &choice.name));
            let _ = write!(
                boxes,
                "<label><input type=\"checkbox\" name=\"on\" value=\"{named}\"{checked}><span>{name}</span></label>\
                 <input type=\"hidden\" name=\"was\" value=\"{was}:{named}\">"
            );
        }
        boxes.push_str("</fieldset>");
    }
    // `off`: a browser that fills in what was ticked before would say what nobody said.
    let save = locale.pick("Save", "保存");
    format!(
        "<form method=\"post\" autocomplete=\"off\">{boxes}<button name=\"do\" value=\"save\">{save}</button></form>"
    )
}

fn leave(locale: Locale) -> String {
    let note = locale.pick(
        "Whoever has this link can change these choices, and learns nothing else about you.",
        "任何持有此链接的人都可以更改这些选择，但无法看到您的其他信息。",
    );
    let label = leaves(locale);
    format!(
        "<hr><form method=\"post\"><button class=\"plain\" name=\"do\" value=\"leave\">{label}</button></form>\
         <p class=\"soft\">{note}</p>"
    )
}

fn leaves(locale: Locale) -> &'static str {
    locale.pick("Unsubscribe from everything", "退订全部内容")
}

fn channel_name(locale: Locale, channel: &str) -> &str {
    match channel {
        "email" => locale.pick("Email", "邮件"),
        "sms" => locale.pick("Text message", "短信"),
        "voice" => locale.pick("Telephone", "电话"),
        "whatsapp" => "WhatsApp",
        "wechat" => locale.pick("WeChat", "微信"),
        other => other,
    }
}

fn topic_name<'a>(locale: Locale, offered: &Offered, topic: &str, name: &'a str) -> &'a str {
    match topic {
        TOPIC_ALL if offered.topics.len() == 1 => locale.pick("Our messages", "我们的消息"),
        TOPIC_ALL => locale.pick("Everything else", "其他内容"),
        _ => name,
    }
}

/// What the page says at each box and at the button, for the proof.
fn wording(locale: Locale, held: &Choices) -> BTreeMap<(String, String), String> {
    let mut all = BTreeMap::from([((String::new(), TOPIC_ALL.to_owned()), leaves(locale).to_owned())]);
    for offered in &held.channels {
        let channel = channel_name(locale, &offered.channel);
        for choice in &offered.topics {
            let name = topic_name(locale, offered, &choice.topic, &choice.name);
            let words = format!("{} {channel}: {name}", asks(locale));
            all.insert((offered.channel.clone(), choice.topic.clone()), words);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tracking::choices::{Choice, Tick};

    fn held() -> Choices {
        let choice = |topic: &str, name: &str, holds| Choice { topic: topic.to_owned(), name: name.to_owned(), holds };
        let topics = vec![choice("news", "<b>News</b>", true), choice("a:b", "A", false)];
        Choices {
            locale: "fr".to_owned(),
            from: "Shop & Sons".to_owned(),
            address: "a***@example.com".to_owned(),
            stopped: false,
            channels: vec![Offered { channel: "email".to_owned(), topics }],
        }
    }

    #[test]
    fn names_are_text_and_nothing_comes_from_elsewhere() {
        for locale in [Locale::En, Locale::ZhCn] {
            let page = html(locale, &held(), Some(Outcome::Saved));
            assert!(page.contains("&lt;b&gt;News&lt;/b&gt;") && page.contains("Shop &amp; Sons"), "{page}");
            assert!(!page.contains("<b>") && !page.contains("<script") && !page.contains("http"), "{page}");
            assert_eq!(page.matches(" checked").count(), 1);
        }
    }

    #[test]
    fn the_language_is_the_links_then_the_persons_then_the_browsers() {
        let mut headers = HeaderMap::new();
        headers.insert("accept-language", axum::http::HeaderValue::from_static("zh"));
        let spoken = |uri: &str, own: &str| {
            let held = Choices { locale: own.to_owned(), ..held() };
            language(&uri.parse().unwrap(), &held, &headers)
        };
        assert_eq!(spoken("/p/x?lang=en", "zh-CN"), Locale::En);
        assert_eq!(spoken("/p/x", "en-GB"), Locale::En);
        assert_eq!(spoken("/p/x?lang=tlh", "fr"), Locale::ZhCn);
    }

    #[test]
    fn a_form_reads_back_as_it_was_shown() {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let fields =
            [field("on", "email:a:b"), field("was", "1:email:news"), field("was", "0:email:a:b"), field("do", "save")];
        let tick = |topic: &str, was, on| Tick { channel: "email".to_owned(), topic: topic.to_owned(), was, on };
        assert_eq!(Wish::read(&fields), Some(Wish::Save(vec![tick("news", true, false), tick("a:b", false, true)])));
        assert_eq!(Wish::read(&[field("do", "leave")]), Some(Wish::Leave));
        assert_eq!(Wish::read(&fields[..3]), None);
        assert_eq!(Wish::read(&[field("was", "nonsense"), field("do", "save")]), None);
    }
}
