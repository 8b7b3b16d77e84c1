//! The page behind an unsubscribe link: both languages, no script, nothing
//! from elsewhere.

use rialto_kernel::Locale;

/// What the page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
    /// Do you want to leave?
    Asks,
    /// You have left.
    Done,
    /// This link is not one of ours.
    Unknown,
}

/// The page, in the reader's language first.
pub(crate) fn html(locale: Locale, says: Says) -> String {
    let (first, second) = match locale {
        Locale::En => (section(Locale::En, says), section(Locale::ZhCn, says)),
        Locale::ZhCn => (section(Locale::ZhCn, says), section(Locale::En, says)),
    };
    let title = words(locale, says).0;
    let tag = locale.tag();
    format!(
        "<!doctype html>\n<html lang=\"{tag}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex, nofollow\"><title>{title}</title><style>{STYLE}</style></head>\
         <body><main>{first}<hr>{second}</main></body></html>\n"
    )
}

const STYLE: &str = "body{font:16px/1.6 system-ui,sans-serif;margin:0;background:Canvas;color:CanvasText}\
main{max-width:34rem;margin:10vh auto;padding:0 1.5rem}h1{font-size:1.4rem}hr{border:0;border-top:1px solid GrayText;\
margin:2rem 0}button{font:inherit;padding:.6rem 1.2rem;border:1px solid;border-radius:.4rem;cursor:pointer}\
:root{color-scheme:light dark}";

fn section(locale: Locale, says: Says) -> String {
    let (title, text) = words(locale, says);
    let form = if says == Says::Asks {
        let label = locale.pick("Unsubscribe", "确认退订");
        format!(
            "<form method=\"post\"><input type=\"hidden\" name=\"confirm\" value=\"1\"><button>{label}</button></form>"
        )
    } else {
        String::new()
    };
    format!("<section lang=\"{}\"><h1>{title}</h1><p>{text}</p>{form}</section>", locale.tag())
}

fn words(locale: Locale, says: Says) -> (&'static str, &'static str) {
    match says {
        Says::Asks => (
            locale.pick("Unsubscribe?", "确认退订?"),
            locale.pick(
                "You will no longer get messages like the one you came from. Nothing has changed yet.",
                "退订后,您将不再收到此类消息。目前尚未做任何更改。",
            ),
        ),
        Says::Done => (
            locale.pick("You are unsubscribed.", "您已退订。"),
            locale.pick(
                "We have noted it. No further message of this kind will be sent to you.",
                "我们已记录您的选择,不会再向您发送此类消息。",
            ),
        ),
        Says::Unknown => (
            locale.pick("This link does not work.", "此链接无效。"),
            locale.pick(
                "Open the link from the message itself, or answer the message and ask to be taken off the list.",
                "请直接从消息中打开链接,或回复该消息要求退订。",
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{Says, html};
    use rialto_kernel::Locale;

    #[test]
    fn the_page_speaks_both_languages_without_script() {
        let page = html(Locale::ZhCn, Says::Asks);
        assert!(page.contains("lang=\"zh-CN\"><head>") && page.contains("确认退订") && page.contains("Unsubscribe"));
        assert!(!page.contains("<script") && !page.contains("http"));
        assert_eq!(page.matches("method=\"post\"").count(), 2);
        assert!(!html(Locale::En, Says::Done).contains("<form"));
    }
}
