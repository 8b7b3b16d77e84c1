//! Connectors that trap, answer wrongly, or claim what never happened: nobody
//! is lost, nobody gets anything twice, and the campaign comes to its end.

use super::{
    futures_body, on_both,
    world::{Plan, World, of, packed},
};
use crate::guests::Guest;
use rialto_plugin_host::{Parts, pack};
use serde_json::json;

/// This component as what the email connector was one version ago.
fn liar(component: &[u8]) -> Vec<u8> {
    let manifest = include_str!("../../../plugins/connector-email/rialto.toml").replacen("0.1.0", "0.0.9", 1);
    pack(component, &Parts { manifest: Some(manifest), ..Parts::default() }).unwrap()
}

/// A campaign to three people through this connector, launched; it and the
/// connector's installation.
async fn launched(world: &World, component: &[u8]) -> (String, String) {
    for number in 0..3 {
        world.person(Some(&format!("p{number}@person.example")), "en", true).await;
    }
    let plugin = world.install("liar", liar(component), json!({})).await;
    let campaign = world.campaign(Plan { plugin: Some(plugin.clone()), ..Plan::default() }).await;
    world.launch(&campaign).await;
    (campaign, plugin)
}

/// Send to three people through this connector, to the end.
async fn through(world: &World, component: Vec<u8>) -> serde_json::Value {
    let (campaign, _) = launched(world, &component).await;
    world.finish(&campaign).await
}

/// A connector that never works is quarantined before anybody is given up: the
/// campaign is held with the reason, and a version that works goes on with it.
async fn held_then_mended(world: &World, component: Vec<u8>) {
    let (campaign, plugin) = launched(world, &component).await;
    let mut ledger = json!({});
    for _ in 0..60 {
        world.drain().await;
        ledger = world.ledger(&campaign).await;
        if ledger["state"] == "paused" {
            break;
        }
        world.host.clock().advance_seconds(120);
    }
    assert_eq!((&ledger["state"], of(&ledger, "pending")), (&json!("paused"), 3), "{ledger}");
    assert_eq!(ledger["hold_reason"], "email: no version of liar serves");
    let failing = world.get(&format!("/installations/{plugin}")).await;
    assert_eq!(failing["state"], "quarantined", "{failing}");
    assert_eq!(world.sink.taken(), 0);
    let mended = world.upgrade(&plugin, packed("connector-email")).await;
    assert_eq!((&mended["state"], &mended["active"]["version"]), (&json!("active"), &json!("0.1.0")), "{mended}");
    world.post(&format!("/campaigns/{campaign}/resume"), json!({})).await;
    let ledger = world.finish(&campaign).await;
    assert_eq!((of(&ledger, "accepted"), world.sink.taken()), (3, 3), "{ledger}");
}

fn all_failed(ledger: &serde_json::Value, world: &World) {
    assert_eq!(of(ledger, "rejected"), 3, "{ledger}");
    assert_eq!(world.sink.taken(), 0);
}

on_both!(a_connector_that_traps, |world| Box::pin(async move {
    held_then_mended(&world, Guest { body: "unreachable".into(), ..Guest::default() }.connector()).await;
}));

on_both!(a_connector_that_answers_for_nobody, |world| Box::pin(async move {
    let answer = "(local.set $count (i32.const 0))".to_owned();
    held_then_mended(&world, Guest { answer, ..Guest::default() }.connector()).await;
}));

on_both!(a_connector_that_claims_what_never_left, |world| Box::pin(async move {
    let ledger = through(&world, Guest::default().connector()).await;
    all_failed(&ledger, &world);
    let page = world.get("/sends?state=rejected").await;
    let detail = page["items"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("nothing left through the host"), "{detail}");
}));
