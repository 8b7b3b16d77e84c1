//! A workspace that stands in the past sends as it would have then: a campaign's
//! end lies ahead by its own clock, and lots are drawn at the instant it stands at.

use super::{
    futures_body, on_both,
    world::{Plan, World, id, not_sent, of},
};
use reqwest::Method;
use serde_json::json;

const EVE: &str = "2017-10-29T23:59:59Z";
const END: &str = "2017-12-24T23:59:59Z";
const PEOPLE: i64 = 40;

on_both!(a_campaign_with_an_end_and_a_hold_out_is_sent_in_the_past, |world| Box::pin(async move {
    let (status, body) = world.call(Method::PUT, "/workspace/clock", Some(json!({ "stands_at": EVE }))).await;
    assert_eq!(status, 200, "{body}");
    for number in 0..PEOPLE {
        let mail = format!("p{number}@person.example");
        let person = json!({ "name": "One", "identities": [{ "kind": "email", "value": mail }] });
        let person = id(&world.post("/contacts", person).await);
        let consent = json!({ "channel": "email", "state": "granted", "proof": "form 7" });
        world.post(&format!("/contacts/{person}/consents"), consent).await;
    }
    let arms =
        json!([{ "name": "treated", "share_bp": 5_000 }, { "name": "control", "share_bp": 5_000, "held_out": true }]);
    let experiment = world.post("/experiments", json!({ "name": "Half", "scope": "campaign", "arms": arms })).await;
    let campaign = world.campaign(Plan { ends_at: Some(END), ..Plan::default() }).await;
    let patch = json!({ "experiment": experiment["id"], "starts_at": EVE });
    let (status, body) = world.call(Method::PATCH, &format!("/campaigns/{campaign}"), Some(patch)).await;
    assert_eq!(status, 200, "{body}");
    world.launch(&campaign).await;
    let ledger = world.finish(&campaign).await;
    let (sent, held) = (of(&ledger, "accepted"), not_sent(&ledger, "held_out"));
    assert!(sent > 0 && held > 0 && sent + held == PEOPLE, "{ledger}");
    let seen = world.get(&format!("/experiments/{}", id(&experiment))).await;
    let people = |at: usize| seen["counts"][at]["people"].as_i64().unwrap();
    assert_eq!((people(0), people(1)), (sent, held), "who was drawn is seen at the instant it was drawn: {seen}");
}));
