//! A message in the browser: what the sink received, but for what is said here.

use super::{
    futures_body,
    letter::{link, link_to, mail_to, part},
    on_both,
    world::{Plan, World, id},
};
use reqwest::{Method, Response};
use rialto_kernel::Id;
use rialto_store::{StoreError, sql};
use serde_json::json;

const ANN: &str = "ann@person.example";
const MARKUP: &str = "<img src=x onerror=alert(1)>\"'&{{7*7}}";

/// A campaign that reached Ann, whatever she is called.
async fn mailed(world: &World, name: &str) -> (Id, String) {
    let email = json!([{ "kind": "email", "value": ANN }]);
    let body = json!({ "first_name": name, "locale": "en", "identities": email });
    let contact: Id = id(&world.post("/contacts", body).await).parse().unwrap();
    world.consent(contact, rialto_audience::ConsentState::Granted).await;
    let campaign = world.campaign(Plan::default()).await;
    world.launch(&campaign).await;
    world.finish(&campaign).await;
    (contact, campaign)
}

/// The HTML that left, without the pixel, and with what a browser needs: its language and a title.
fn dressed(html: &str, title: &str) -> String {
    let at = html.rfind("<img src=").unwrap();
    let end = at + html[at..].find('>').unwrap() + 1;
    let bare = format!("{}{}", &html[..at], &html[end..]);
    bare.replacen("<html>", &format!("<html lang=\"en\"><head><title>{title}</title></head>"), 1)
}

async fn seen(world: &World, url: &str, status: u16) -> (String, Response) {
    let answer = world.outside().get(url).header("accept-language", "en").send().await.unwrap();
    assert_eq!(answer.status().as_u16(), status);
    let html = world.outside().get(url).header("accept-language", "en").send().await.unwrap().text().await.unwrap();
    assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
    (html, answer)
}

async fn events(world: &World, contact: Id) -> Vec<String> {
    let page = world.get(&format!("/contacts/{contact}/timeline?limit=100")).await;
    let items = page["items"].as_array().unwrap().clone();
    items.into_iter().filter_map(|event| event["kind"].as_str().map(str::to_owned)).collect()
}

on_both!(the_message_is_the_one_that_left, |world| Box::pin(async move {
    let (contact, _) = mailed(&world, MARKUP).await;
    let view = link_to(&world, ANN, "/v/");
    let before = events(&world, contact).await;
    let (html, answer) = seen(&world, &view, 200).await;
    let sent = part(&mail_to(&world, ANN), "text/html");
    let title = "Hello &lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;{{7*7}}";
    assert_eq!(html, dressed(&sent, title));
    assert!(!html.contains("/o/"), "to look again is no opening");
    let head = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    let policy = head("content-security-policy");
    for part in ["default-src 'none'", "sandbox", "form-action 'none'", "frame-ancestors 'none'"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("allow-scripts") && !policy.contains("allow-same-origin"), "{policy}");
    assert_eq!((head("cache-control"), head("referrer-policy")), ("no-store".to_owned(), "no-referrer".to_owned()));
    assert!(head("x-robots-tag").contains("noindex"));
    assert_eq!(events(&world, contact).await, before, "a look changes nothing");

    let click = world.outside().get(link(&world, &html, "/c/")).header("user-agent", "Mozilla/5.0 Person").send();
    assert_eq!(click.await.unwrap().headers()["location"], "https://shop.example.com/sale?x=1&y=2");
    assert!(events(&world, contact).await.contains(&"click".to_owned()));
    let choose = world.outside().get(link(&world, &html, "/p/")).send().await.unwrap();
    assert_eq!(choose.status(), 200);
}));

on_both!(what_has_changed_since_is_said, |world| Box::pin(async move {
    let (contact, campaign) = mailed(&world, "Ann").await;
    let view = link_to(&world, ANN, "/v/");
    let (plain, _) = seen(&world, &view, 200).await;
    // The message is changed: what left does not change with it.
    let plan = world.get(&format!("/campaigns/{campaign}")).await;
    let message = format!("/messages/{}", plan["messages"][0]["message"].as_str().unwrap());
    let other = json!({ "contents": { "en": { "subject": "Other", "html": "<p>Other</p>" } } });
    assert!(world.call(Method::PATCH, &message, Some(other)).await.0.is_success());
    // Another language is no other message.
    let path = format!("/contacts/{contact}");
    let patched = world.call(Method::PATCH, &path, Some(json!({ "locale": "zh-CN" }))).await;
    assert!(patched.0.is_success(), "{}", patched.1);
    assert_eq!(seen(&world, &view, 200).await.0, plain);
    assert!(world.call(Method::PATCH, &path, Some(json!({ "first_name": "Anna" }))).await.0.is_success());
    let (html, _) = seen(&world, &view, 200).await;
    assert!(html.contains("Hello Anna") && html.contains("may differ from the message you were sent"), "{html}");
    assert!(html.starts_with("<html lang=\"en\">") && !html.contains("Other"), "{html}");
}));

on_both!(a_message_that_is_kept_no_longer_is_gone, |world| Box::pin(async move {
    let (_, campaign) = mailed(&world, "Ann").await;
    let view = link_to(&world, ANN, "/v/");
    let (plain, _) = seen(&world, &view, 200).await;
    let ws = world.host.workspace();
    let forget = world.host.host().store.write(ws, "test.forget", move |conn| {
        Box::pin(async move {
            sql("DELETE FROM occurrence_content WHERE workspace = $1").bind(ws).execute(conn).await?;
            Ok::<_, StoreError>(())
        })
    });
    forget.await.unwrap();
    assert_eq!(seen(&world, &view, 200).await.0, plain, "the message still says what was said");
    let plan = world.get(&format!("/campaigns/{campaign}")).await;
    let message = format!("/messages/{}", plan["messages"][0]["message"].as_str().unwrap());
    let other = json!({ "contents": { "en": { "subject": "Other", "html": "<p>Other</p>" } } });
    assert!(world.call(Method::PATCH, &message, Some(other)).await.0.is_success());
    let (html, _) = seen(&world, &view, 410).await;
    assert!(html.contains("can no longer be shown") && html.contains("此消息已无法显示"), "{html}");
    assert!(!html.contains("Other") && !html.contains("Ann"), "{html}");
}));

on_both!(a_message_of_words_alone_is_shown_with_its_links, |world| Box::pin(async move {
    world.person(Some(ANN), "zh-CN", true).await;
    let campaign = world.campaign(Plan::default()).await;
    let plan = world.get(&format!("/campaigns/{campaign}")).await;
    let message = format!("/messages/{}", plan["messages"][0]["message"].as_str().unwrap());
    let text = "你好 <{{ first_name }}>\n\n{{ preferences_url }}\n{{ view_url }}";
    let contents = json!({ "contents": { "zh-CN": { "subject": "春季", "text": text } } });
    assert!(world.call(Method::PATCH, &message, Some(contents)).await.0.is_success());
    let preview = world.post(&format!("{message}/preview"), json!({ "locale": "zh-CN" })).await;
    let (shown, warnings) = (preview["parts"]["text"].as_str().unwrap(), preview["warnings"].to_string());
    assert!(shown.contains("/p/preview") && shown.contains("/v/preview"), "{preview}");
    assert!(!warnings.contains("preferences_url") && warnings.contains("no unsubscribe link"), "{preview}");
    world.launch(&campaign).await;
    world.finish(&campaign).await;
    let mail = part(&mail_to(&world, ANN), "text/plain");
    let (html, _) = seen(&world, &link(&world, &mail, "/v/"), 200).await;
    assert!(html.contains("<html lang=\"zh-CN\">") && html.contains("<h1>春季</h1>"), "{html}");
    assert!(html.contains("你好 &lt;ann&gt;"), "{html}");
    let choose = link(&world, html.split("<a href=").nth(1).unwrap(), "/p/");
    assert_eq!(world.outside().get(choose).send().await.unwrap().status(), 200);
}));
