//! Opening, clicking, leaving: only by links that nobody tampered with.

use super::{
    futures_body, on_both,
    world::{Plan, World},
};
use serde_json::Value;

/// A campaign to one person, and the links of the mail that arrived.
struct Links {
    contact: rialto_kernel::Id,
    open: String,
    click: String,
    leave: String,
}

async fn mailed(world: &World) -> Links {
    let contact = world.person(Some("ann@person.example"), "en", true).await;
    let campaign = world.campaign(Plan::default()).await;
    world.launch(&campaign).await;
    world.finish(&campaign).await;
    let mail = world.sink.mails().pop().unwrap();
    let html = html_of(&mail.bytes);
    let link = |path: &str| {
        let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>');
        html.split(ends)
            .find(|part| part.starts_with("http") && part.contains(path))
            .unwrap_or_else(|| panic!("no {path}: {html}"))
            .to_owned()
    };
    let link = |path: &str| world.here(&link(path));
    Links { contact, open: link("/o/"), click: link("/c/"), leave: link("/u/") }
}

/// The HTML of a mail, decoded.
fn html_of(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace("=\r\n", "").replace("=3D", "=");
    text.replace("&#x2f;", "/").replace("&amp;", "&")
}

async fn events(world: &World, contact: rialto_kernel::Id, kind: &str) -> usize {
    let page = world.get(&format!("/contacts/{contact}/timeline?limit=100")).await;
    page["items"].as_array().into_iter().flatten().filter(|event| event["kind"] == kind).count()
}

on_both!(links_do_what_they_say_and_nothing_when_tampered_with, |world| Box::pin(async move {
    let links = mailed(&world).await;
    let agent = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)";
    let get = async |url: &str| world.outside().get(url).header("user-agent", agent).send().await.unwrap();
    let pixel = get(&links.open).await;
    assert_eq!((pixel.status().as_u16(), pixel.headers()["content-type"].to_str().unwrap()), (200, "image/gif"));
    get(&links.open).await;
    let click = get(&links.click).await;
    assert_eq!(click.status(), 302);
    assert_eq!(click.headers()["location"], "https://shop.example.com/sale?x=1&y=2");
    world.outside().head(&links.click).send().await.unwrap();
    assert_eq!(events(&world, links.contact, "open").await, 1, "twice within a minute counts once");
    assert_eq!(events(&world, links.contact, "click").await, 1, "a look ahead is no click");

    for link in [&links.click, &links.open, &links.leave] {
        let (base, token) = link.rsplit_once('/').unwrap();
        for at in 0..token.trim_end_matches(".gif").len() {
            let mut bad = token.to_owned();
            let other = if &token[at..=at] == "A" { "B" } else { "A" };
            bad.replace_range(at..=at, other);
            let answer = get(&format!("{base}/{bad}")).await;
            assert_eq!(answer.status(), 404, "{bad}");
            assert!(answer.headers().get("location").is_none());
        }
    }
    // A token of one use is none of another.
    let token = links.open.rsplit_once('/').unwrap().1.trim_end_matches(".gif");
    let swapped = get(&format!("{}/u/{token}", world.http.base())).await;
    assert_eq!(swapped.status(), 404);
}));

on_both!(a_scanner_that_follows_every_link_opts_nobody_out, |world| Box::pin(async move {
    let links = mailed(&world).await;
    for _ in 0..3 {
        let page = world.outside().get(&links.leave).header("accept-language", "zh-CN").send().await.unwrap();
        assert_eq!(page.status(), 200);
        let html = page.text().await.unwrap();
        assert!(html.contains("确认退订") && html.contains("Unsubscribe") && !html.contains("<script"));
    }
    world.outside().head(&links.leave).send().await.unwrap();
    assert_eq!(world.send_to(links.contact).await["consent_now"], true);
    let bare = world.outside().post(&links.leave).body("").send().await.unwrap();
    assert_eq!(bare.status(), 422, "a POST that confirms nothing changes nothing");
    assert_eq!(world.send_to(links.contact).await["consent_now"], true);
}));

on_both!(one_click_leaves_at_once_with_a_proof, |world| Box::pin(async move {
    let links = mailed(&world).await;
    let form = "application/x-www-form-urlencoded";
    let leaving = || {
        let request = world.outside().post(&links.leave).header("content-type", form);
        request.body("List-Unsubscribe=One-Click").send()
    };
    assert_eq!(leaving().await.unwrap().status(), 200);
    assert_eq!(leaving().await.unwrap().status(), 200, "twice does no harm");
    let story = world.send_to(links.contact).await;
    assert_eq!(story["consent_now"], false);
    let proof: Value = serde_json::from_str(story["consent"][0]["proof"].as_str().unwrap()).unwrap();
    assert_eq!((proof["way"].as_str(), proof["send"].as_str()), (Some("one-click"), story["id"].as_str()));
    assert_eq!(events(&world, links.contact, "unsubscribe").await, 1);
    let again = world.campaign_again("Second").await;
    world.launch(&again).await;
    let ledger = world.finish(&again).await;
    assert_eq!(crate::delivery::world::not_sent(&ledger, "no_consent"), 1);
}));
