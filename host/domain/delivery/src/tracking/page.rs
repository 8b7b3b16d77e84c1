//! The pages that people outside see: one shell for all of them, light and
//! dark, no script, nothing from elsewhere; and what they say where there is
//! nothing to choose, in both languages.

use rialto_kernel::{Locale, html::escape};

/// What a page says that is the same for everyone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says<'a> {
    /// Do you want to leave? With the way to the preference centre.
    Asks(&'a str),
    /// You have left. With the way to the preference centre, where it can be taken back.
    Done(&'a str),
    /// This link is not one of ours.
    Unknown,
    /// What was to be shown is kept no longer.
    Gone,
    /// Nothing is held of the person.
    Erased,
    /// What was sent with the page is too long.
    TooLong,
    /// What was sent with the page is not what its form sends.
    Unclear,
    /// Not now.
    Later,
}

/// The page, in the reader's language first.
pub(crate) fn notice(locale: Locale, says: Says<'_>) -> String {
    let other = match locale {
        Locale::En => Locale::ZhCn,
        Locale::ZhCn => Locale::En,
    };
    let both = format!("{}<hr>{}", section(locale, says), section(other, says));
    shell(locale, words(locale, says).0, &both)
}

/// A whole page around its body, which is HTML; the title is text.
pub(crate) fn shell(locale: Locale, title: &str, body: &str) -> String {
    let (tag, title) = (locale.tag(), escape(title));
    format!(
        "<!doctype html>\n<html lang=\"{tag}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"robots\" content=\"noindex, nofollow\">\
         <title>{title}</title>{STYLE}</head><body><main>{body}</main></body></html>\n"
    )
}

const STYLE: &str = "<style>:root{color-scheme:light dark;--ground:#f5f6f8;--card:#fff;--ink:#1b1f24;--soft:#57606a;\
--line:#8c959f;--go:#0a58ca;--on:#fff}\
@media(prefers-color-scheme:dark){:root{--ground:#0f1216;--card:#181c22;--ink:#e6e9ee;--soft:#a9b2bd;--line:#6b7684;\
--go:#8ab8ff;--on:#08131f}}\
*{box-sizing:border-box}body{font:16px/1.6 system-ui,sans-serif;margin:0;background:var(--ground);color:var(--ink);\
overflow-wrap:anywhere}\
main{max-width:36rem;margin:6vh auto;padding:1.5rem;background:var(--card);border-radius:.75rem}\
@media(max-width:40rem){main{margin:0;border-radius:0;min-height:100vh;padding:1rem}}\
header{display:flex;flex-wrap:wrap;gap:.25rem 1rem;justify-content:space-between;color:var(--soft)}header p,header nav{margin:0}\
h1{font-size:1.4rem;line-height:1.3}h2{font-size:1.05rem;margin:0 0 .25rem}hr{border:0;border-top:1px solid var(--line);margin:1.5rem 0}\
a{color:var(--go);display:inline-block;padding:.25rem 0}nav a{margin-left:.75rem}a[aria-current]{color:inherit;font-weight:600;text-decoration:none}\
pre{font:inherit;white-space:pre-wrap}pre a{display:inline;padding:0}\
fieldset{border:1px solid var(--line);border-radius:.5rem;margin:0 0 1rem;padding:.25rem 1rem}legend{font-weight:600;padding:0 .4rem}\
label{display:flex;gap:.75rem;align-items:center;min-height:2.75rem;padding:.35rem 0;cursor:pointer}\
input[type=checkbox]{width:1.25rem;height:1.25rem;flex:none;margin:0;accent-color:var(--go)}\
button{font:inherit;min-height:2.75rem;padding:.5rem 1.25rem;border:1px solid var(--go);border-radius:.5rem;cursor:pointer;\
background:var(--go);color:var(--on)}button.plain{background:none;color:var(--go)}\
.soft{color:var(--soft)}.told{border-left:4px solid var(--go);padding:.25rem .75rem;margin:1rem 0}\
:focus-visible{outline:3px solid var(--go);outline-offset:2px}</style>";

fn section(locale: Locale, says: Says<'_>) -> String {
    let (title, text) = words(locale, says);
    let more = match says {
        Says::Asks(choose) => {
            let (leave, label) = (
                locale.pick("Unsubscribe", "确认退订"),
                locale.pick("Choose what you get instead", "改为选择接收内容"),
            );
            format!(
                "<form method=\"post\"><input type=\"hidden\" name=\"confirm\" value=\"1\"><button>{leave}</button></form>\
                 <p><a href=\"{choose}\">{label}</a></p>"
            )
        }
        Says::Done(choose) => {
            let label = locale.pick("Take it back, or choose what you get", "撤销退订或选择接收内容");
            format!("<p><a href=\"{choose}\">{label}</a></p>")
        }
        _ => String::new(),
    };
    format!("<section lang=\"{}\"><h1>{title}</h1><p>{text}</p>{more}</section>", locale.tag())
}

fn words(locale: Locale, says: Says<'_>) -> (&'static str, &'static str) {
    match says {
        Says::Asks(_) => (
            locale.pick("Unsubscribe?", "确认退订？"),
            locale.pick(
                "You will no longer get messages like the one you came from. Nothing has changed yet.",
                "退订后，您将不再收到此类消息。目前尚未做任何更改。",
            ),
        ),
        Says::Done(_) => (
            locale.pick("You are unsubscribed.", "您已退订。"),
            locale.pick(
                "We have noted it. No further message of this kind will be sent to you.",
                "我们已记录您的选择，不会再向您发送此类消息。",
            ),
        ),
        Says::Unknown => (
            locale.pick("This link does not work.", "此链接无效。"),
            locale.pick(
                "Open the link from the message itself, or answer the message and ask to be taken off the list.",
                "请直接从消息中打开链接，或回复该消息要求退订。",
            ),
        ),
        Says::Gone => (
            locale.pick("This message can no longer be shown.", "此消息已无法显示。"),
            locale.pick(
                "What it said is not kept any more. The message in your mailbox is not affected.",
                "其内容已不再保存。您收件箱中的消息不受影响。",
            ),
        ),
        Says::Erased => (
            locale.pick("Nothing is held about you here.", "此处不再保存您的任何信息。"),
            locale.pick(
                "What was known about you has been deleted, so there is nothing to choose, and nothing is sent to you.",
                "您的信息已被删除，因此没有可供选择的内容，也不会再向您发送任何消息。",
            ),
        ),
        Says::TooLong => (locale.pick("That was too long.", "提交的内容过长。"), choose_again(locale)),
        Says::Unclear => (locale.pick("That could not be understood.", "无法识别提交的内容。"), choose_again(locale)),
        Says::Later => (
            locale.pick("This is not possible right now.", "暂时无法处理。"),
            locale.pick("Nothing has changed. Please try again in a minute.", "未做任何更改。请稍后重试。"),
        ),
    }
}

fn choose_again(locale: Locale) -> &'static str {
    locale.pick(
        "Nothing has changed. Open the link from the message again and choose there.",
        "未做任何更改。请重新打开消息中的链接并在页面上选择。",
    )
}

#[cfg(test)]
mod tests {
    use super::{Says, notice};
    use rialto_kernel::Locale;

    #[test]
    fn the_page_speaks_both_languages_without_script() {
        let page = notice(Locale::ZhCn, Says::Asks("../p/x"));
        assert!(page.contains("lang=\"zh-CN\"><head>") && page.contains("确认退订") && page.contains("Unsubscribe"));
        assert!(!page.contains("<script") && !page.contains("http"));
        assert_eq!(page.matches("method=\"post\"").count(), 2);
        let done = notice(Locale::En, Says::Done("../p/x"));
        assert!(!done.contains("<form") && done.matches("href=\"../p/x\"").count() == 2);
    }
}
