//! The gate: caps, quiet hours, hold-out, frozen content, and why. What the
//! preflight said is what the ledger has.

use super::{
    futures_body,
    ledger::fan_out_only,
    on_both,
    world::{Plan, TOPIC, World, id, not_sent, of},
};
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use rialto_audience::ConsentState;
use rialto_kernel::Id;
use serde_json::{Value, json};

/// A person made over HTTP, who agrees.
async fn person(world: &World, body: Value) -> Id {
    let made = world.post("/contacts", body).await;
    let contact: Id = id(&made).parse().unwrap();
    world.consent(contact, ConsentState::Granted).await;
    contact
}

async fn policy(world: &World, rules: Value) -> Value {
    let (status, set) = world.call(reqwest::Method::PUT, "/delivery-policy", Some(rules)).await;
    assert_eq!(status, 200, "{set}");
    set
}

async fn preflight(world: &World, campaign: &str) -> Value {
    world.post(&format!("/campaigns/{campaign}/preflight"), json!({})).await
}

/// Every count of the preflight is the ledger's, and both sum to the audience.
fn same(preflight: &Value, ledger: &Value) {
    let rows = preflight["channels"][0]["rows"].as_array().unwrap();
    let mut sum = 0;
    for row in rows {
        let count = row["count"].as_i64().unwrap();
        sum += count;
        let has = row["reason"].as_str().map_or_else(|| of(ledger, "accepted"), |reason| not_sent(ledger, reason));
        assert_eq!(count, has, "the preflight said {row}, the ledger has {ledger}");
    }
    assert_eq!(Some(sum), preflight["audience"].as_i64(), "{preflight}");
    assert_eq!(preflight["audience"], ledger["audience"]);
}

/// `HH:MM` on the clock of a zone, so many hours from now.
fn wall(world: &World, zone: &str, hours: i64) -> String {
    let now = Timestamp::from_microsecond(world.host.host().now_us()).unwrap();
    (now + hours.hours()).to_zoned(TimeZone::get(zone).unwrap()).strftime("%H:%M").to_string()
}

on_both!(what_is_launched_does_not_change_with_its_message, |world| Box::pin(async move {
    for number in 0..6 {
        world.person(Some(&format!("p{number}@person.example")), "en", true).await;
    }
    let campaign = world.campaign(Plan::default()).await;
    world.launch(&campaign).await;
    fan_out_only(&world).await;
    let plan = world.get(&format!("/campaigns/{campaign}")).await;
    let message = plan["messages"][0]["message"].as_str().unwrap().to_owned();
    let changed = json!({ "contents": { "en": {
        "subject": "Changed", "html": "<a href=\"https://other.example/\">Changed</a> {{ unsubscribe_url }}",
    } } });
    let path = format!("/messages/{message}");
    let (status, body) = world.call(reqwest::Method::PATCH, &path, Some(changed)).await;
    assert_eq!(status, 200, "{body}");
    let sender = plan["messages"][0]["sender"].as_str().unwrap().to_owned();
    let renamed = json!({ "channel": "email", "name": "Other Shop", "address": "other@shop.example" });
    let (status, body) = world.call(reqwest::Method::PUT, &format!("/senders/{sender}"), Some(renamed)).await;
    assert_eq!(status, 200, "{body}");
    world.finish(&campaign).await;
    let mails = world.sink.mails();
    assert_eq!(mails.len(), 6);
    for mail in mails {
        let text = String::from_utf8(mail.bytes).unwrap();
        assert!(text.contains("Subject: Hello") && !text.contains("Changed") && !text.contains("Other Shop"), "{text}");
    }
    let sends = world.get(&format!("/sends?campaign={campaign}")).await;
    let why = world.get(&format!("/sends/{}/why", id(&sends["items"][0]))).await;
    assert_eq!(why["sends"][0]["content"]["message_version"], 1, "{why}");
    assert_eq!(why["sends"][0]["content"]["sender"], "Spring Shop <news@shop.example>");
    assert_eq!(why["sends"][0]["content"]["digest"].as_str().unwrap().len(), 64);
}));

on_both!(a_cap_counts_what_reached_the_person_and_forgets_after_its_days, |world| Box::pin(async move {
    for number in 0..3 {
        world.person(Some(&format!("p{number}@person.example")), "en", true).await;
    }
    let set = policy(&world, json!({ "caps": [{ "sends": 1, "days": 7 }] })).await;
    assert_eq!(set["version"], 1, "{set}");
    let first = world.campaign(Plan::default()).await;
    let second = world.campaign_again("Second").await;
    // Both have rows before anything leaves: the gate decides, one by one.
    world.launch(&first).await;
    world.launch(&second).await;
    fan_out_only(&world).await;
    let (first, second) = (world.finish(&first).await, world.finish(&second).await);
    assert_eq!(of(&first, "accepted") + of(&second, "accepted"), 3, "{first} {second}");
    assert_eq!(not_sent(&first, "capped") + not_sent(&second, "capped"), 3);
    assert_eq!(world.sink.taken(), 3);
    let third = world.campaign_again("Third").await;
    let said = preflight(&world, &third).await;
    world.launch(&third).await;
    let ledger = world.finish(&third).await;
    assert_eq!(not_sent(&ledger, "capped"), 3, "{ledger}");
    same(&said, &ledger);
    world.host.clock().advance_seconds(8 * 86_400);
    let fourth = world.campaign_again("Fourth").await;
    world.launch(&fourth).await;
    assert_eq!(of(&world.finish(&fourth).await, "accepted"), 3);
}));

on_both!(a_quiet_hour_is_waited_out_by_each_persons_own_clock, |world| Box::pin(async move {
    let mail = |name: &str| json!([{ "kind": "email", "value": format!("{name}@person.example") }]);
    let body = json!({ "name": "Asleep", "zone": "Asia/Shanghai", "identities": mail("asleep") });
    let asleep = person(&world, body).await;
    person(&world, json!({ "name": "Awake", "zone": "Pacific/Honolulu", "identities": mail("awake") })).await;
    let (from, to) = (wall(&world, "Asia/Shanghai", -1), wall(&world, "Asia/Shanghai", 2));
    policy(&world, json!({ "quiet_hours": { "from": from, "to": to } })).await;
    let campaign = world.campaign(Plan::default()).await;
    let said = preflight(&world, &campaign).await;
    assert_eq!(said["channels"][0]["after_quiet_hours"], 1, "{said}");
    world.launch(&campaign).await;
    fan_out_only(&world).await;
    world.drain().await;
    assert_eq!(world.sink.taken(), 1, "one is awake");
    let why = world.get(&format!("/contacts/{asleep}/why?campaign={campaign}")).await;
    assert!(why["answer"].as_str().unwrap().contains("waits"), "{why}");
    let ledger = world.finish(&campaign).await;
    assert_eq!(of(&ledger, "accepted"), 2);
    same(&said, &ledger);
    // Where the campaign ends before the quiet hours do, it is never sent.
    let (from, to) = (wall(&world, "Asia/Shanghai", -1), wall(&world, "Asia/Shanghai", 3));
    policy(&world, json!({ "quiet_hours": { "from": from, "to": to } })).await;
    let second = world.campaign_again("Second").await;
    let ends = Timestamp::from_microsecond(world.host.host().now_us()).unwrap() + 1.hours();
    let path = format!("/campaigns/{second}");
    world.call(reqwest::Method::PATCH, &path, Some(json!({ "ends_at": ends.to_string() }))).await;
    let said = preflight(&world, &second).await;
    world.launch(&second).await;
    let ledger = world.finish(&second).await;
    assert_eq!((of(&ledger, "accepted"), not_sent(&ledger, "expired")), (1, 1), "{ledger}");
    same(&said, &ledger);
}));

on_both!(the_night_that_begins_in_between_is_seen_at_the_gate, |world| Box::pin(async move {
    let body =
        json!({ "name": "Ann", "zone": "UTC", "identities": [{ "kind": "email", "value": "ann@person.example" }] });
    let ann = person(&world, body).await;
    let campaign = world.campaign(Plan::default()).await;
    world.launch(&campaign).await;
    fan_out_only(&world).await;
    let (from, to) = (wall(&world, "UTC", -1), wall(&world, "UTC", 1));
    policy(&world, json!({ "quiet_hours": { "from": from, "to": to } })).await;
    world.drain().await;
    assert_eq!(world.sink.taken(), 0);
    let waits = world.send_to(ann).await;
    assert_eq!((waits["state"].as_str(), waits["code"].as_str()), (Some("deferred"), Some("quiet-hours")), "{waits}");
    let ledger = world.finish(&campaign).await;
    assert_eq!((of(&ledger, "accepted"), world.sink.taken()), (1, 1));
}));

/// A workspace in which every reason has its people.
async fn everyone(world: &World) -> String {
    let mail = |name: &str| json!([{ "kind": "email", "value": format!("{name}@person.example") }]);
    world.person(Some("often@person.example"), "en", true).await;
    let first = world.campaign(Plan::default()).await;
    world.launch(&first).await;
    world.finish(&first).await;
    world.person(Some("no@person.example"), "en", false).await;
    world.person(None, "en", true).await;
    world.person(Some("gone@person.example"), "en", true).await;
    world.post("/suppressions", json!({ "channel": "email", "address": "gone@person.example" })).await;
    person(world, json!({ "name": "There", "region": "XX", "identities": mail("there") })).await;
    person(world, json!({ "name": "Asleep", "zone": "Asia/Shanghai", "identities": mail("asleep") })).await;
    for number in 0..30 {
        let body = json!({ "name": "One", "zone": "Pacific/Honolulu", "identities": mail(&format!("p{number}")) });
        person(world, body).await;
    }
    // Some of those whose address they share may be held out; not all of them are.
    for number in 0..5 {
        let twin = person(world, json!({ "name": "Twin", "zone": "Pacific/Honolulu" })).await;
        let value = format!("P{number}@person.example");
        let body = json!({ "kind": "email", "issuer": "old-system", "value": value });
        world.post(&format!("/contacts/{twin}/identities"), body).await;
    }
    policy(
        world,
        json!({
            "caps": [{ "sends": 1, "days": 30, "channel": "email", "topic": TOPIC }],
            "barred": [{ "region": "XX" }],
            "quiet_hours": { "from": wall(world, "Asia/Shanghai", -1), "to": wall(world, "Asia/Shanghai", 2) },
        }),
    )
    .await;
    let arms =
        json!([{ "name": "treated", "share_bp": 7_000 }, { "name": "control", "share_bp": 3_000, "held_out": true }]);
    let experiment = world.post("/experiments", json!({ "name": "Spring", "scope": "campaign", "arms": arms })).await;
    let second = world.campaign_again("Second").await;
    let ends = Timestamp::from_microsecond(world.host.host().now_us()).unwrap() + 1.hours();
    let patch = json!({
        "experiment": experiment["id"], "unit_cost_minor": 10, "budget_minor": 155, "ends_at": ends.to_string(),
    });
    let (status, body) = world.call(reqwest::Method::PATCH, &format!("/campaigns/{second}"), Some(patch)).await;
    assert_eq!(status, 200, "{body}");
    second
}

on_both!(the_preflight_says_what_the_ledger_will_have_reason_by_reason, |world| Box::pin(async move {
    let campaign = everyone(&world).await;
    let said = preflight(&world, &campaign).await;
    world.launch(&campaign).await;
    let ledger = world.finish(&campaign).await;
    same(&said, &ledger);
    let reasons = [
        "no_consent",
        "no_address",
        "suppressed",
        "policy",
        "capped",
        "expired",
        "duplicate_person",
        "held_out",
        "over_budget",
    ];
    for reason in reasons {
        assert!(not_sent(&ledger, reason) > 0, "nobody for {reason}: {ledger}");
    }
    assert_eq!(of(&ledger, "accepted"), 15, "the budget pays for fifteen: {ledger}");
    assert_eq!(ledger["cost_minor"], 150);
    let held = world.get(&format!("/sends?campaign={campaign}&reason=held_out")).await;
    let contact = held["items"][0]["contact"].as_str().unwrap().to_owned();
    let why = world.get(&format!("/contacts/{contact}/why?campaign={campaign}")).await;
    assert_eq!(why["experiments"][0]["arm"], "control", "{why}");
    assert!(why["answer"].as_str().unwrap().contains("control group"));
    let capped = world.get(&format!("/sends?campaign={campaign}&reason=capped")).await;
    let why = world.get(&format!("/sends/{}/why", id(&capped["items"][0]))).await;
    assert_eq!(why["sends"][0]["caps"][0]["counted"], 1, "{why}");
    assert_eq!(why["sends"][0]["policy_version"], 1);
}));

on_both!(consent_taken_back_after_the_preflight_counts, |world| Box::pin(async move {
    let mut people = Vec::new();
    for number in 0..10 {
        people.push(world.person(Some(&format!("p{number}@person.example")), "en", true).await);
    }
    let campaign = world.campaign(Plan::default()).await;
    let said = preflight(&world, &campaign).await;
    assert_eq!(said["channels"][0]["rows"][0]["count"], 10, "{said}");
    world.launch(&campaign).await;
    fan_out_only(&world).await;
    for contact in &people[..4] {
        world.consent(*contact, ConsentState::Withdrawn).await;
    }
    let ledger = world.finish(&campaign).await;
    assert_eq!((of(&ledger, "accepted"), not_sent(&ledger, "no_consent")), (6, 4));
}));

on_both!(an_audience_that_emptied_is_refused_at_launch, |world| Box::pin(async move {
    let contact = world.person(Some("ann@person.example"), "en", true).await;
    world.post(&format!("/contacts/{contact}/tags"), json!({ "name": "vip" })).await;
    let campaign = world.campaign(Plan::default()).await;
    let rule = json!({ "rule": { "on": "tag", "name": "vip" } });
    let (status, body) = world.call(reqwest::Method::PATCH, &format!("/campaigns/{campaign}"), Some(rule)).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(preflight(&world, &campaign).await["audience"], 1);
    let (status, _) = world.call(reqwest::Method::DELETE, &format!("/contacts/{contact}/tags/vip"), None).await;
    assert!(status.is_success());
    let path = format!("/campaigns/{campaign}/launch");
    let (status, problem) = world.call(reqwest::Method::POST, &path, Some(json!({}))).await;
    assert_eq!((status.as_u16(), problem["errors"][0]["field"].as_str()), (422, Some("segment")), "{problem}");
    assert_eq!(world.get(&format!("/campaigns/{campaign}")).await["state"], "draft");
}));

on_both!(why_answers_for_those_who_were_never_in_the_audience, |world| Box::pin(async move {
    let inside = world.person(Some("ann@person.example"), "en", true).await;
    let campaign = world.campaign(Plan::default()).await;
    let path = |contact: Id| format!("/contacts/{contact}/why?campaign={campaign}");
    let before = world.get(&path(inside)).await;
    assert!(before["answer"].as_str().unwrap().contains("not launched"), "{before}");
    world.launch(&campaign).await;
    world.finish(&campaign).await;
    let outside = world.person(Some("late@person.example"), "en", true).await;
    let why = world.get(&path(outside)).await;
    assert!(why["answer"].as_str().unwrap().contains("the rule did not match"), "{why}");
    assert_eq!((why["audience"]["member"].as_bool(), why["audience"]["size"].as_i64()), (Some(false), Some(1)));
    let why = world.get(&path(inside)).await;
    let send = &why["sends"][0];
    assert!(why["answer"].as_str().unwrap().contains("the other side took it"), "{why}");
    let asked = world.http.request(reqwest::Method::GET, &path(inside)).header("accept-language", "zh-CN");
    let (_, told) = rialto_testkit::answer(asked).await;
    for answer in [&told["answer"], &told["sends"][0]["answer"]] {
        let answer = answer.as_str().unwrap();
        assert!(answer.contains("对方已接收") && answer.ends_with("第 1 次尝试"), "{told}");
    }
    assert_eq!(send["send"]["consent"][0]["proof"], "said so");
    assert_eq!(send["connector"]["digest"].as_str().map(|digest| digest.len() >= 64), Some(true), "{send}");
    assert!(send["send"]["content_hash"].is_string() && send["send"]["attempts"][0]["run"].is_string());
    let (status, problem) =
        world.call(reqwest::Method::GET, &format!("/contacts/{inside}/why?campaign=nothing"), None).await;
    assert_eq!(status, 404, "{problem}");
}));

on_both!(a_campaign_that_bounces_is_held_with_its_reason, |world| Box::pin(async move {
    for number in 0..6 {
        world.person(Some(&format!("a{number}+550@person.example")), "en", true).await;
    }
    for number in 0..3 {
        world.person(Some(&format!("c{number}+450once@person.example")), "en", true).await;
    }
    policy(&world, json!({ "auto_pause": { "after": 5 } })).await;
    let campaign = world.campaign(Plan::default()).await;
    world.launch(&campaign).await;
    world.drain().await;
    world.host.clock().advance_seconds(3);
    world.drain().await;
    let ledger = world.ledger(&campaign).await;
    assert_eq!(ledger["state"], "paused", "{ledger}");
    assert_eq!(ledger["hold_reason"], "email: 6 hard bounces in 6 sends");
    let log = world.get("/audit?limit=50").await.to_string();
    assert!(log.contains("campaign.hold") && log.contains("6 hard bounces"), "{log}");
    // Resumed by a person, it is judged by what comes from then on.
    world.post(&format!("/campaigns/{campaign}/resume"), json!({})).await;
    let ledger = world.finish(&campaign).await;
    assert_eq!((of(&ledger, "accepted"), of(&ledger, "rejected")), (3, 6), "{ledger}");
}));

on_both!(a_policy_is_changed_by_version_and_each_mistake_is_named, |world| Box::pin(async move {
    let (status, bare) = world.call(reqwest::Method::GET, "/delivery-policy", None).await;
    assert_eq!((status.as_u16(), bare["version"].as_i64()), (200, Some(0)), "{bare}");
    assert_eq!(bare["auto_pause"]["hard_bounces"], 0.05);
    policy(&world, json!({ "caps": [{ "sends": 3, "days": 7, "channel": "email" }] })).await;
    let stale = world.http.request(reqwest::Method::PUT, "/delivery-policy").header("if-match", "\"0\"");
    let (status, problem) = rialto_testkit::answer(stale.json(&json!({}))).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (412, Some("changed")), "{problem}");
    let wrong = json!({ "quiet_hours": { "from": "9", "to": "08:00" } });
    let (status, problem) = world.call(reqwest::Method::PUT, "/delivery-policy", Some(wrong)).await;
    assert_eq!((status.as_u16(), problem["errors"][0]["field"].as_str()), (422, Some("quiet_hours.from")), "{problem}");
}));
