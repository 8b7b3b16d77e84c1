//! The delivery policy by unit: what a store sets decides its preflight, its
//! fan-out and its gate alike, and nobody else's.

use super::{
    futures_body,
    ledger::fan_out_only,
    on_both,
    world::{Plan, World, id, not_sent, of},
};
use reqwest::Method;
use serde_json::{Value, json};

/// A region and a store in it.
async fn tree(world: &World) -> (String, String) {
    let region = json!({ "kind": "branch", "code": "north", "name": "North" });
    let region = id(&world.post("/units", region).await);
    let store = json!({ "kind": "store", "code": "n1", "name": "North 1", "parent": region });
    let store = id(&world.post("/units", store).await);
    (region, store)
}

async fn set(world: &World, unit: &str, parts: Value) -> Value {
    let (status, set) = world.call(Method::PUT, &format!("/units/{unit}/delivery-policy"), Some(parts)).await;
    assert_eq!(status, 200, "{set}");
    set
}

/// Another draft of what there is, of a unit.
async fn campaign_of(world: &World, name: &str, unit: &str) -> String {
    let page = world.get("/campaigns").await;
    let like = world.get(&format!("/campaigns/{}", id(&page["items"][0]))).await;
    let body = json!({
        "name": name, "unit": unit, "rule": { "all": [] }, "topic": like["topic"], "currency": "EUR",
        "messages": like["messages"],
    });
    id(&world.post("/campaigns", body).await)
}

async fn preflight(world: &World, campaign: &str) -> Value {
    world.post(&format!("/campaigns/{campaign}/preflight"), json!({})).await["channels"][0].clone()
}

/// Six people, two of them in a region of the world, who all got one message.
async fn written_to(world: &World) {
    for number in 0..6 {
        let region = if number < 2 { "XX" } else { "" };
        let identities = json!([{ "kind": "email", "value": format!("p{number}@person.example") }]);
        let made = world.post("/contacts", json!({ "name": "One", "region": region, "identities": identities })).await;
        world.consent(id(&made).parse().unwrap(), rialto_audience::ConsentState::Granted).await;
    }
    let first = world.campaign(Plan::default()).await;
    world.launch(&first).await;
    assert_eq!(of(&world.finish(&first).await, "accepted"), 6);
}

on_both!(what_a_store_sets_decides_its_preflight_and_its_gate_alike, |world| Box::pin(async move {
    written_to(&world).await;
    let (region, store) = tree(&world).await;
    let rules = json!({ "caps": [{ "sends": 9, "days": 30 }] });
    world.call(Method::PUT, "/delivery-policy", Some(rules)).await;
    set(&world, &region, json!({ "barred": [{ "region": "XX" }] })).await;
    // Rows first: what is set afterwards decides at the gate alone.
    let late = campaign_of(&world, "Late", &store).await;
    assert_eq!(not_sent(&preflight(&world, &late).await, "policy"), 2);
    world.launch(&late).await;
    fan_out_only(&world).await;
    let policy = set(&world, &store, json!({ "caps": [{ "sends": 1, "days": 30 }] })).await;
    assert_eq!((&policy["from"]["caps"], &policy["from"]["barred"]), (&json!(store), &json!(region)), "{policy}");
    assert_eq!((&policy["from"]["quiet_hours"], &policy["effective"]["caps"][0]["sends"]), (&Value::Null, &json!(1)));
    let said = preflight(&world, &campaign_of(&world, "Asked", &store).await).await;
    assert_eq!((not_sent(&said, "policy"), not_sent(&said, "capped")), (2, 4), "{said}");
    let ledger = world.finish(&late).await;
    assert_eq!((not_sent(&ledger, "policy"), not_sent(&ledger, "capped")), (2, 4), "{ledger}");
    // By whom: the number of the last change, which the audit log tells.
    let capped = world.get(&format!("/sends?campaign={late}&reason=capped")).await;
    let why = world.get(&format!("/sends/{}/why", id(&capped["items"][0]))).await;
    assert_eq!((&why["sends"][0]["policy_version"], &why["sends"][0]["caps"][0]["sends"]), (&json!(3), &json!(1)));
    let log = world.get("/audit?limit=50").await;
    let change = log["items"].as_array().unwrap().iter().find(|entry| entry["object_id"] == json!(store)).unwrap();
    assert_eq!((&change["action"], &change["detail"]["version"]), (&json!("delivery.policy"), &json!(3)), "{change}");
    // The fan-out of another of its campaigns says the same as its preflight.
    let whole = campaign_of(&world, "Whole", &store).await;
    let said = preflight(&world, &whole).await;
    world.launch(&whole).await;
    let ledger = world.finish(&whole).await;
    for reason in ["policy", "capped"] {
        assert_eq!(not_sent(&said, reason), not_sent(&ledger, reason), "{reason}: {said} {ledger}");
    }
    // The region's own campaigns are not capped so, and the workspace's bar nobody.
    assert_eq!(not_sent(&preflight(&world, &campaign_of(&world, "Region", &region).await).await, "capped"), 0);
    let free = preflight(&world, &world.campaign_again("All").await).await;
    assert_eq!((not_sent(&free, "policy"), not_sent(&free, "capped")), (0, 0), "{free}");
}));

on_both!(what_a_unit_no_longer_sets_is_as_it_is_above, |world| Box::pin(async move {
    written_to(&world).await;
    let (region, store) = tree(&world).await;
    let path = format!("/units/{store}/delivery-policy");
    let bare = world.get(&path).await;
    assert_eq!((&bare["version"], &bare["own"]), (&json!(0), &json!({})), "{bare}");
    set(&world, &region, json!({ "caps": [{ "sends": 1, "days": 30 }] })).await;
    set(&world, &store, json!({ "caps": [], "quiet_hours": null })).await;
    let campaign = campaign_of(&world, "Store", &store).await;
    assert_eq!(not_sent(&preflight(&world, &campaign).await, "capped"), 0);
    // A unit that sets something stays.
    let (status, problem) = world.call(Method::DELETE, &format!("/units/{store}"), None).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (409, Some("unit-not-empty")), "{problem}");
    // Only who has seen it last changes it.
    let stale = world.http.request(Method::DELETE, &path).header("if-match", "\"1\"");
    assert_eq!(rialto_testkit::answer(stale).await.0, 412);
    let (status, body) = world.call(Method::DELETE, &path, None).await;
    assert_eq!(status, 204, "{body}");
    assert_eq!(not_sent(&preflight(&world, &campaign).await, "capped"), 6);
    let (status, problem) = world.call(Method::DELETE, &path, None).await;
    assert_eq!(status, 404, "{problem}");
    let last = world.get("/audit?limit=50").await.to_string();
    assert!(last.contains("delivery.policy-delete"), "{last}");
    // What is wrong names its field; what sets nothing is no setting.
    for (parts, field) in [(json!({}), "caps"), (json!({ "caps": [{ "sends": 0, "days": 1 }] }), "caps[0].sends")] {
        let (status, problem) = world.call(Method::PUT, &path, Some(parts)).await;
        assert_eq!((status.as_u16(), problem["errors"][0]["field"].as_str()), (422, Some(field)), "{problem}");
    }
    let (status, problem) =
        world.call(Method::GET, "/units/00000000-0000-7000-8000-000000000000/delivery-policy", None).await;
    assert_eq!(status, 404, "{problem}");
}));

on_both!(a_store_has_its_own_bounds_for_bounces, |world| Box::pin(async move {
    let (_, store) = tree(&world).await;
    for number in 0..6 {
        world.person(Some(&format!("a{number}+550@person.example")), "en", true).await;
    }
    // Some that are tried again, so that it is not over when it is looked at.
    for number in 0..3 {
        world.person(Some(&format!("c{number}+450once@person.example")), "en", true).await;
    }
    set(&world, &store, json!({ "auto_pause": { "after": 5 } })).await;
    world.campaign(Plan::default()).await;
    let campaign = campaign_of(&world, "Store", &store).await;
    world.launch(&campaign).await;
    world.drain().await;
    world.host.clock().advance_seconds(3);
    world.drain().await;
    assert_eq!(world.ledger(&campaign).await["hold_reason"], "email: 6 hard bounces in 6 sends");
}));
