//! The preference centre: what a link of a mail lets its reader choose, and
//! what the next send makes of it. Nothing but the link is given.

use super::{
    futures_body,
    letter::link_to,
    on_both,
    world::{Plan, TOPIC, World, id, not_sent, of},
};
use reqwest::{Method, Response};
use rialto_audience::ConsentState;
use rialto_kernel::Id;
use serde_json::{Value, json};

const ANN: &str = "ann@person.example";
const MARKUP: &str = "<script>alert(1)</script>\"'&";

/// A campaign about offers that reached Ann, and the link to what she may choose.
async fn mailed(world: &World) -> (Id, String) {
    let contact = world.person(Some(ANN), "en", true).await;
    let campaign = world.campaign(Plan::default()).await;
    world.launch(&campaign).await;
    world.finish(&campaign).await;
    (contact, link_to(world, ANN, "/p/"))
}

async fn topic(world: &World, code: &str, name: &str) {
    world.post("/topics", json!({ "code": code, "name": name })).await;
}

async fn page(answer: Response, status: u16) -> String {
    assert_eq!(answer.status().as_u16(), status);
    let head = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!((head("cache-control"), head("referrer-policy")), ("no-store".to_owned(), "no-referrer".to_owned()));
    assert!(head("x-robots-tag").contains("noindex"));
    let policy = head("content-security-policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("script-src"), "{policy}");
    let html = answer.text().await.unwrap();
    assert!(!html.contains("<script") && !html.contains("http"), "{html}");
    assert!(!html.contains(ANN) && !html.contains("13812341234"), "an address in full: {html}");
    html
}

async fn get(world: &World, link: &str, language: &str) -> String {
    page(world.outside().get(link).header("accept-language", language).send().await.unwrap(), 200).await
}

/// Send the form with these boxes: (name, as shown, as left).
async fn save(world: &World, link: &str, boxes: &[(&str, bool, bool)]) -> String {
    world.host.clock().advance_seconds(1);
    let mut fields = vec![("do".to_owned(), "save".to_owned())];
    for (named, was, on) in boxes {
        fields.push(("was".to_owned(), format!("{}:{named}", u8::from(*was))));
        fields.extend(on.then(|| ("on".to_owned(), (*named).to_owned())));
    }
    page(posted(world, link, &fields).await, 200).await
}

async fn posted(world: &World, link: &str, fields: &[(String, String)]) -> Response {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = world.outside().post(link).header("user-agent", "Reader/1");
    request.header("content-type", "application/x-www-form-urlencoded").body(body).send().await.unwrap()
}

async fn leave_all(world: &World, link: &str) -> Response {
    world.host.clock().advance_seconds(1);
    posted(world, link, &[("do".to_owned(), "leave".to_owned())]).await
}

async fn records(world: &World, contact: Id) -> Vec<Value> {
    world.get(&format!("/contacts/{contact}/consents")).await.as_array().unwrap().clone()
}

async fn events(world: &World, contact: Id) -> Vec<Value> {
    let page = world.get(&format!("/contacts/{contact}/timeline?limit=100")).await;
    let kinds = ["preferences", "unsubscribe"];
    let items = page["items"].as_array().unwrap().clone();
    items.into_iter().filter(|event| kinds.contains(&event["kind"].as_str().unwrap())).collect()
}

fn is_on(html: &str, named: &str) -> bool {
    let at = html.find(&format!("value=\"{named}\"")).unwrap_or_else(|| panic!("no box {named}: {html}"));
    html[at..].split('>').next().unwrap().contains(" checked")
}

/// The ledger of another campaign to everyone, about a topic.
async fn campaign_about(world: &World, topic: &str) -> Value {
    let campaign = world.campaign_again(topic).await;
    let (status, body) =
        world.call(Method::PATCH, &format!("/campaigns/{campaign}"), Some(json!({ "topic": topic }))).await;
    assert!(status.is_success(), "{body}");
    world.launch(&campaign).await;
    world.finish(&campaign).await
}

on_both!(the_page_shows_what_may_be_chosen_and_a_look_changes_nothing, |world| Box::pin(async move {
    topic(&world, TOPIC, "Offers and coupons").await;
    topic(&world, "news", MARKUP).await;
    let (contact, link) = mailed(&world).await;
    let before = (records(&world, contact).await, events(&world, contact).await.len());
    for _ in 0..3 {
        let html = get(&world, &link, "zh-CN").await;
        assert!(html.contains("<html lang=\"en\">") && html.contains("Email"), "the person's own language: {html}");
        assert!(html.contains("a***@person.example") && html.contains("Offers and coupons"), "{html}");
        assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"), "{html}");
        assert!(is_on(&html, "email:offers") && !is_on(&html, "email:news"));
        assert!(!html.contains("sms:"), "nobody is written to by text message here");
    }
    let chinese = get(&world, &format!("{link}?lang=zh-CN"), "en").await;
    assert!(chinese.contains("<html lang=\"zh-CN\">") && chinese.contains("订阅偏好中心"), "{chinese}");
    world.outside().head(&link).send().await.unwrap();
    assert_eq!((records(&world, contact).await, events(&world, contact).await.len()), before);

    // A channel is offered once the person has an address and the workspace a sender.
    let phone = json!({ "kind": "phone", "value": "+8613812341234" });
    world.post(&format!("/contacts/{contact}/identities"), phone).await;
    world.post("/senders", json!({ "channel": "sms", "name": "Shop", "address": "1069" })).await;
    let html = get(&world, &link, "en").await;
    assert!(!is_on(&html, "sms:offers") && html.contains("Text message"), "{html}");
    save(&world, &link, &[("sms:offers", false, true)]).await;
    let said = records(&world, contact).await.remove(0);
    assert_eq!((&said["channel"], &said["state"]), (&json!("sms"), &json!("granted")));
}));

on_both!(choices_are_kept_with_their_proof_and_the_next_send_follows_them, |world| Box::pin(async move {
    topic(&world, TOPIC, "Offers").await;
    topic(&world, "news", "News").await;
    let (contact, link) = mailed(&world).await;
    let boxes = [("email:offers", true, false), ("email:news", false, true)];
    let html = save(&world, &link, &boxes).await;
    assert!(html.contains("Your choices are saved.") && !is_on(&html, "email:offers") && is_on(&html, "email:news"));

    let said = records(&world, contact).await;
    assert_eq!(said.len(), 3, "what was there, and one for each change: {said:?}");
    for (topic, state) in [("offers", "withdrawn"), ("news", "granted")] {
        let record = said.iter().find(|one| one["topic"] == topic && one["state"] == state).unwrap();
        assert_eq!((&record["source"], &record["actor"]), (&json!("preference-centre"), &json!("contact")));
        let proof: Value = serde_json::from_str(record["proof"].as_str().unwrap()).unwrap();
        assert_eq!(proof["send"], world.send_to(contact).await["id"]);
        assert_eq!(proof["user_agent"], "Reader/1");
        let wording = proof["wording"].as_str().unwrap();
        assert!(wording.to_lowercase().ends_with(&format!("email: {topic}")), "{wording}");
    }
    let told = events(&world, contact).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["kind"], "unsubscribe", "what the mail was about was left");
    assert_eq!(told[0]["properties"]["granted"], json!(["email:news"]));

    // The same again, and a page that stood open since before, change nothing.
    let again = save(&world, &link, &boxes).await;
    assert!(again.contains("Nothing to change"), "{again}");
    save(&world, &link, &[("email:offers", true, true), ("email:news", false, false)]).await;
    save(&world, &link, &[("email:nowhere", false, true), ("push:news", false, true)]).await;
    assert_eq!((records(&world, contact).await.len(), events(&world, contact).await.len()), (3, 1));

    assert_eq!(not_sent(&campaign_about(&world, TOPIC).await, "no_consent"), 1);
    assert_eq!(of(&campaign_about(&world, "news").await, "accepted"), 1);
}));

on_both!(everything_is_left_in_one_step_and_can_be_taken_back, |world| Box::pin(async move {
    topic(&world, "news", "News").await;
    let (contact, link) = mailed(&world).await;
    save(&world, &link, &[("email:news", false, true)]).await;
    let html = page(leave_all(&world, &link).await, 200).await;
    assert!(html.contains("unsubscribed from everything") && !html.contains(" checked"), "{html}");
    let said = records(&world, contact).await;
    assert_eq!((&said[0]["topic"], &said[0]["state"]), (&json!("*"), &json!("withdrawn")));
    let told = events(&world, contact).await;
    page(leave_all(&world, &link).await, 200).await;
    assert_eq!((records(&world, contact).await.len(), events(&world, contact).await.len()), (said.len(), told.len()));
    let kinds: Vec<&str> = told.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"preferences") && kinds.contains(&"unsubscribe"), "{kinds:?}");
    assert_eq!(not_sent(&campaign_about(&world, "news").await, "no_consent"), 1);

    save(&world, &link, &[("email:offers", false, true)]).await;
    assert_eq!(of(&campaign_about(&world, TOPIC).await, "accepted"), 1);
    assert_eq!(not_sent(&campaign_about(&world, "news").await, "no_consent"), 1);

    // From the page that says that one has left.
    world.host.clock().advance_seconds(1);
    let leave = link_to(&world, ANN, "/u/");
    let done = world.outside().post(&leave).body("confirm=1").send().await.unwrap().text().await.unwrap();
    let back = done.split("href=\"..").nth(1).unwrap().split('"').next().unwrap();
    let html = get(&world, &format!("{}{back}", world.http.base()), "en").await;
    assert!(!is_on(&html, "email:offers"));
    save(&world, &format!("{}{back}", world.http.base()), &[("email:offers", false, true)]).await;
    assert_eq!(of(&campaign_about(&world, TOPIC).await, "accepted"), 1);
}));

on_both!(what_is_said_of_everything_else_turns_no_other_box, |world| Box::pin(async move {
    topic(&world, "news", "News").await;
    let (contact, _) = mailed(&world).await;
    world.host.clock().advance_seconds(1);
    world
        .post(&format!("/contacts/{contact}/consents"), json!({ "channel": "email", "state": "granted", "proof": "x" }))
        .await;
    assert_eq!(of(&campaign_about(&world, "*").await, "accepted"), 1);
    let link = link_to(&world, ANN, "/p/");
    assert!(get(&world, &link, "en").await.contains("Everything else"));
    let html = save(&world, &link, &[("email:*", true, false), ("email:news", true, true)]).await;
    assert!(!is_on(&html, "email:*") && is_on(&html, "email:news"), "{html}");
    save(&world, &link, &[("email:news", true, false)]).await;
    let html = save(&world, &link, &[("email:*", false, true), ("email:news", false, false)]).await;
    assert!(is_on(&html, "email:*") && !is_on(&html, "email:news"), "{html}");
}));

on_both!(a_link_that_is_not_ours_opens_nothing, |world| Box::pin(async move {
    let (contact, link) = mailed(&world).await;
    let (base, token) = link.rsplit_once('/').unwrap();
    for at in 0..token.len() {
        let mut bad = token.to_owned();
        bad.replace_range(at..=at, if &token[at..=at] == "A" { "B" } else { "A" });
        let answer = world.outside().get(format!("{base}/{bad}")).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{bad}");
        assert_eq!(leave_all(&world, &format!("{base}/{bad}")).await.status(), 404);
    }
    for other in ["/u/", "/v/", "/o/", "/c/"] {
        let other = link_to(&world, ANN, other).replace(".gif", "");
        let token = other.rsplit_once('/').unwrap().1;
        let html = page(world.outside().get(format!("{base}/{token}")).send().await.unwrap(), 404).await;
        assert!(html.contains("此链接无效") && html.contains("This link does not work"), "{html}");
        for swapped in ["u", "v"].iter().filter(|path| !other.contains(&format!("/{path}/"))) {
            let answer = world.outside().get(format!("{}/{swapped}/{token}", world.http.base())).send().await.unwrap();
            assert_eq!(answer.status(), 404, "{swapped}");
        }
    }
    let long = posted(&world, &link, &[("do".to_owned(), "x".repeat(300 * 1024))]).await;
    assert!(page(long, 413).await.contains("提交的内容过长"));
    let leave = link_to(&world, ANN, "/u/");
    let long = world.outside().post(&leave).body("x".repeat(8 * 1024)).send().await.unwrap();
    assert!(page(long, 413).await.contains("That was too long"));
    for form in [vec![], vec![("do".to_owned(), "dance".to_owned())]] {
        assert!(page(posted(&world, &link, &form).await, 422).await.contains("Nothing has changed"));
    }
    let strange = world.outside().post(&link).body("do=leave").send().await.unwrap();
    page(strange, 422).await;
    assert_eq!((records(&world, contact).await.len(), events(&world, contact).await.len()), (1, 0));
}));

on_both!(nothing_is_held_of_the_erased_and_nothing_is_written, |world| Box::pin(async move {
    let (contact, link) = mailed(&world).await;
    let (leave, view) = (link_to(&world, ANN, "/u/"), link_to(&world, ANN, "/v/"));
    let (open, click) = (link_to(&world, ANN, "/o/"), link_to(&world, ANN, "/c/"));
    world.post(&format!("/contacts/{contact}/erase"), json!({ "confirm": contact })).await;
    world.drain().await;
    let before = (records(&world, contact).await, world.get(&format!("/contacts/{contact}/timeline")).await);
    let html = page(world.outside().get(&link).send().await.unwrap(), 410).await;
    assert!(html.contains("Nothing is held about you") && html.contains("此处不再保存您的任何信息"), "{html}");
    page(leave_all(&world, &link).await, 410).await;
    let one_click = world.outside().post(&leave).body("List-Unsubscribe=One-Click").send().await.unwrap();
    page(one_click, 410).await;
    page(world.outside().get(&view).send().await.unwrap(), 410).await;
    assert_eq!(world.outside().get(&open).send().await.unwrap().status(), 200);
    assert_eq!(world.outside().get(&click).send().await.unwrap().status(), 302, "the shop is still there");
    let after = (records(&world, contact).await, world.get(&format!("/contacts/{contact}/timeline")).await);
    assert_eq!(after, before);
}));

on_both!(a_merged_person_speaks_for_all_they_are, |world| Box::pin(async move {
    let (loser, link) = mailed(&world).await;
    let winner = world.person(Some("anna@person.example"), "zh-CN", true).await;
    world.host.clock().advance_seconds(1);
    world.consent(winner, ConsentState::Withdrawn).await;
    let merge = world.post(&format!("/contacts/{winner}/merge"), json!({ "loser": loser })).await;
    let html = get(&world, &link, "en").await;
    assert!(html.contains("<html lang=\"zh-CN\">"), "whom they became: {html}");
    assert!(html.contains("a***@person.example") && !html.contains("anna@"), "{html}");
    assert!(!is_on(&html, "email:offers"), "one withdrawal is enough");
    save(&world, &link, &[("email:offers", false, true)]).await;
    assert_eq!(of(&campaign_about(&world, TOPIC).await, "accepted"), 1, "one person, one mail");
    save(&world, &link, &[("email:offers", true, false)]).await;
    assert_eq!(of(&campaign_about(&world, TOPIC).await, "accepted"), 0);
    // Neither of the two agrees when they are two again.
    world.post(&format!("/contact-merges/{}/undo", id(&merge)), json!({})).await;
    assert_eq!(not_sent(&campaign_about(&world, TOPIC).await, "no_consent"), 2);
}));

on_both!(an_address_that_is_barred_is_said_to_be, |world| Box::pin(async move {
    let (_, link) = mailed(&world).await;
    world.post("/suppressions", json!({ "channel": "email", "address": ANN, "reason": "hard_bounce" })).await;
    assert!(get(&world, &link, "en").await.contains("Nothing is sent to this address at present"));
    save(&world, &link, &[("email:offers", true, false)]).await;
    save(&world, &link, &[("email:offers", false, true)]).await;
    assert_eq!(not_sent(&campaign_about(&world, TOPIC).await, "suppressed"), 1, "a choice lifts no bar");
}));
