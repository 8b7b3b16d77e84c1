//! Every member has a row, every row one end, and nothing leaves that must not.

use super::{
    futures_body, on_both,
    world::{Plan, World, id, not_sent, of},
};
use rialto_audience::ConsentState;
use serde_json::json;

on_both!(everyone_has_a_row_with_its_reason, |world| Box::pin(async move {
    world.person(Some("ann@person.example"), "en", true).await;
    let wang = world.person(Some("wang@person.example"), "zh-CN", true).await;
    world.person(Some("no@person.example"), "en", false).await;
    world.person(None, "en", true).await;
    let campaign = world.campaign(Plan::default()).await;
    let preflight = world.post(&format!("/campaigns/{campaign}/preflight"), json!({})).await;
    assert_eq!(preflight["audience"], 4, "{preflight}");
    world.launch(&campaign).await;
    let ledger = world.finish(&campaign).await;
    assert_eq!((of(&ledger, "accepted"), not_sent(&ledger, "no_consent"), not_sent(&ledger, "no_address")), (2, 1, 1));
    for row in preflight["channels"][0]["rows"].as_array().unwrap() {
        let (state, reason) = (row["state"].as_str().unwrap(), row["reason"].as_str());
        let now = reason.map_or_else(|| of(&ledger, "accepted"), |reason| not_sent(&ledger, reason));
        assert_eq!(row["count"].as_i64().unwrap(), now, "the preflight said {state} {reason:?}");
    }
    assert_eq!(world.sink.taken(), 2);
    let mail = world.sink.mails().into_iter().find(|mail| mail.to.starts_with("wang")).unwrap();
    let text = String::from_utf8(mail.bytes).unwrap();
    assert!(text.contains("=?utf-8?b?"), "a Chinese subject is encoded: {text}");
    assert!(text.to_lowercase().contains("list-unsubscribe-post: list-unsubscribe=one-click"));
    assert!(mail.from.starts_with("b-") && mail.from.ends_with("@bounce.example"), "{}", mail.from);
    let story = world.send_to(wang).await;
    assert_eq!(story["state"], "accepted");
    assert_eq!(story["attempts"][0]["code"], "250");
    assert_eq!(story["consent"][0]["proof"], "said so");
    assert!(story["content_hash"].as_str().unwrap().len() == 64 && story["connector_version"].is_string());
    assert!(text.contains(&format!("{}@shop.example", story["id"].as_str().unwrap().replace('-', ""))));
}));

on_both!(an_opt_out_that_came_first_wins, |world| Box::pin(async move {
    let mut people = Vec::new();
    for number in 0..20 {
        people.push(world.person(Some(&format!("p{number}@person.example")), "en", true).await);
    }
    let campaign = world.campaign(Plan::default()).await;
    world.launch(&campaign).await;
    // The ledger is written before the opt-outs, the gate passed after them.
    fan_out_only(&world).await;
    assert_eq!(of(&world.ledger(&campaign).await, "pending"), 20);
    for contact in &people[..7] {
        world.consent(*contact, ConsentState::Withdrawn).await;
    }
    let ledger = world.finish(&campaign).await;
    assert_eq!((of(&ledger, "accepted"), not_sent(&ledger, "no_consent")), (13, 7));
    assert_eq!(world.sink.taken(), 13);
}));

on_both!(one_address_gets_one_mail_however_many_share_it, |world| Box::pin(async move {
    // Two contacts with one address: the second has it as an identity of its own issuer.
    world.person(Some("ann@person.example"), "en", true).await;
    let twin = world.person(None, "en", true).await;
    let body = json!({ "kind": "email", "issuer": "old-system", "value": "ANN@person.example" });
    world.post(&format!("/contacts/{twin}/identities"), body).await;
    let campaign = world.campaign(Plan::default()).await;
    world.launch(&campaign).await;
    let ledger = world.finish(&campaign).await;
    assert_eq!((of(&ledger, "accepted"), not_sent(&ledger, "duplicate_person")), (1, 1), "{ledger}");
    assert_eq!(world.sink.taken(), 1);
}));

on_both!(a_budget_ends_where_it_ends, |world| Box::pin(async move {
    for number in 0..9 {
        world.person(Some(&format!("p{number}@person.example")), "en", true).await;
    }
    let plan = Plan { unit_cost_minor: 30, budget_minor: Some(100), ..Plan::default() };
    let campaign = world.campaign(plan).await;
    let preflight = world.post(&format!("/campaigns/{campaign}/preflight"), json!({})).await;
    assert_eq!(preflight["cost"]["minor"], 90);
    world.launch(&campaign).await;
    let ledger = world.finish(&campaign).await;
    assert_eq!((of(&ledger, "accepted"), not_sent(&ledger, "over_budget")), (3, 6));
    assert_eq!(ledger["cost_minor"], 90);
}));

on_both!(a_server_that_misbehaves_costs_nobody_twice, |world| Box::pin(async move {
    let people = ["ok", "a+550", "b+policy", "c+450once", "d+cut", "e+421", "f+data550", "g+slow"];
    let mut contacts = Vec::new();
    for name in people {
        contacts.push(world.person(Some(&format!("{name}@person.example")), "en", true).await);
    }
    let campaign = world.campaign(Plan::default()).await;
    world.launch(&campaign).await;
    let ledger = world.finish(&campaign).await;
    assert_eq!((of(&ledger, "accepted"), of(&ledger, "rejected"), of(&ledger, "uncertain")), (4, 3, 1), "{ledger}");
    assert!(world.sink.counts().values().all(|count| *count == 1), "{:?}", world.sink.counts());
    let gone = world.send_to(contacts[1]).await;
    assert_eq!((gone["code"].as_str(), gone["suppressed_now"].as_bool()), (Some("550"), Some(true)));
    let policy = world.send_to(contacts[2]).await;
    assert_eq!(policy["suppressed_now"], false, "a policy refusal says nothing of the mailbox");
    let greylisted = world.send_to(contacts[3]).await;
    assert_eq!(greylisted["attempts"].as_array().unwrap().len(), 2);
    assert_eq!(greylisted["attempts"][1]["code"], "450");
    // A person decides what became of the uncertain one; then it is settled.
    let uncertain = world.send_to(contacts[4]).await;
    assert_eq!(uncertain["state"], "uncertain");
    let path = format!("/sends/{}/settle", id(&uncertain));
    let (status, _) = world.call(reqwest::Method::POST, &path, Some(json!({ "state": "accepted" }))).await;
    assert_eq!(status, 204);
    let (status, problem) = world.call(reqwest::Method::POST, &path, Some(json!({ "state": "rejected" }))).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (409, Some("wrong-state")), "{problem}");
}));

on_both!(an_uncertain_one_is_sent_again_where_that_is_wanted, |world| Box::pin(async move {
    let contact = world.person(Some("d+cutonce@person.example"), "en", true).await;
    let campaign = world.campaign(Plan { on_uncertain: Some("resend"), ..Plan::default() }).await;
    world.launch(&campaign).await;
    let ledger = world.finish(&campaign).await;
    assert_eq!(of(&ledger, "accepted"), 1);
    assert_eq!(world.sink.taken(), 2, "no loss, and the second is marked");
    let story = world.send_to(contact).await;
    assert_eq!(story["attempts"][1]["state"], "uncertain");
    let ids: std::collections::HashSet<String> = world.sink.mails().iter().map(message_id).collect();
    assert_eq!(ids.len(), 1, "the same Message-ID lets the receiver see that it is one mail");
}));

on_both!(a_parked_one_can_be_sent_again_by_hand, |world| Box::pin(async move {
    let contact = world.person(Some("d+cutonce@person.example"), "en", true).await;
    let campaign = world.campaign(Plan::default()).await;
    world.launch(&campaign).await;
    let ledger = world.finish(&campaign).await;
    assert_eq!((of(&ledger, "uncertain"), world.sink.taken()), (1, 1));
    let send = world.send_to(contact).await;
    let (status, _) = world.call(reqwest::Method::POST, &format!("/sends/{}/resend", id(&send)), Some(json!({}))).await;
    assert_eq!(status, 204);
    world.drain().await;
    assert_eq!(world.send_to(contact).await["state"], "accepted");
    assert_eq!(world.sink.taken(), 2);
}));

on_both!(paused_means_nothing_leaves_and_cancelled_means_never, |world| Box::pin(async move {
    for number in 0..30 {
        world.person(Some(&format!("p{number}@person.example")), "en", true).await;
    }
    let campaign = world.campaign(Plan::default()).await;
    world.launch(&campaign).await;
    world.post(&format!("/campaigns/{campaign}/pause"), json!({})).await;
    world.drain().await;
    assert_eq!(world.sink.taken(), 0, "nothing leaves while it is held");
    let ledger = world.ledger(&campaign).await;
    assert_eq!(of(&ledger, "pending"), 30, "the ledger is written all the same: {ledger}");
    world.post(&format!("/campaigns/{campaign}/resume"), json!({})).await;
    world.host.clock().advance_seconds(5);
    world.drain().await;
    assert_eq!(world.sink.taken(), 30);

    let second = world.campaign_again("Second").await;
    world.launch(&second).await;
    world.post(&format!("/campaigns/{second}/cancel"), json!({})).await;
    let ledger = world.finish(&second).await;
    assert_eq!(not_sent(&ledger, "cancelled"), 30, "{ledger}");
    assert_eq!(world.sink.taken(), 30);
}));

on_both!(a_mail_server_that_is_away_loses_nothing, |world| Box::pin(async move {
    world.person(Some("ann@person.example"), "en", true).await;
    let campaign = world.campaign(Plan::default()).await;
    let servers = world.get("/mail-servers").await;
    let server = id(&servers["items"][0]);
    let real = servers["items"][0]["port"].clone();
    let path = format!("/mail-servers/{server}");
    world.call(reqwest::Method::PATCH, &path, Some(json!({ "port": 1 }))).await;
    let tried = world.post(&format!("{path}/test"), json!({})).await;
    assert_eq!(tried["ok"], false, "{tried}");
    world.launch(&campaign).await;
    world.drain().await;
    let ledger = world.ledger(&campaign).await;
    assert_eq!(of(&ledger, "pending"), 1, "{ledger}");
    world.call(reqwest::Method::PATCH, &path, Some(json!({ "port": real }))).await;
    let ledger = world.finish(&campaign).await;
    assert_eq!((of(&ledger, "accepted"), world.sink.taken()), (1, 1));
}));

/// Write the ledger and stop before anything is sent.
pub(super) async fn fan_out_only(world: &World) {
    let handlers: Vec<std::sync::Arc<dyn rialto_jobs::JobHandler>> = rialto_delivery::slice(world.host.host())
        .jobs
        .into_iter()
        .filter(|job| job.kind().ends_with("fan-out"))
        .collect();
    assert_eq!(handlers.len(), 1);
    let runner = world.host.database().runner(handlers, Vec::new(), rialto_jobs::RunnerOptions::default());
    runner.drain().await.unwrap();
}

fn message_id(mail: &rialto_tests::sink::Taken) -> String {
    let text = String::from_utf8_lossy(&mail.bytes).into_owned();
    text.lines().find(|line| line.to_lowercase().starts_with("message-id:")).unwrap_or_default().to_owned()
}
