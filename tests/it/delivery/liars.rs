//! Connectors that trap, answer wrongly, or claim what never happened: nobody
//! is lost, nobody gets anything twice, and the campaign comes to its end.

use super::{
    futures_body, on_both,
    world::{Plan, World, of},
};
use crate::guests::Guest;
use rialto_plugin_host::{Parts, pack};
use serde_json::json;

/// Send to three people through this connector, to the end.
async fn through(world: &World, component: Vec<u8>) -> serde_json::Value {
    for number in 0..3 {
        world.person(Some(&format!("p{number}@person.example")), "en", true).await;
    }
    let manifest = "id = \"test/liar\"\nversion = \"1.0.0\"\n[title]\nen = \"Liar\"\nzh-CN = \"说谎者\"\n";
    let packed = pack(&component, &Parts { manifest: Some(manifest.to_owned()), ..Parts::default() }).unwrap();
    let plugin = world.install("liar", packed, json!({})).await;
    let campaign = world.campaign(Plan { plugin: Some(plugin), ..Plan::default() }).await;
    world.launch(&campaign).await;
    world.finish(&campaign).await
}

fn all_failed(ledger: &serde_json::Value, world: &World) {
    assert_eq!(of(ledger, "rejected"), 3, "{ledger}");
    assert_eq!(world.sink.taken(), 0);
}

on_both!(a_connector_that_traps, |world| Box::pin(async move {
    let ledger = through(&world, Guest { body: "unreachable".into(), ..Guest::default() }.connector()).await;
    all_failed(&ledger, &world);
}));

on_both!(a_connector_that_answers_for_nobody, |world| Box::pin(async move {
    let answer = "(local.set $count (i32.const 0))".to_owned();
    let ledger = through(&world, Guest { answer, ..Guest::default() }.connector()).await;
    all_failed(&ledger, &world);
}));

on_both!(a_connector_that_claims_what_never_left, |world| Box::pin(async move {
    let ledger = through(&world, Guest::default().connector()).await;
    all_failed(&ledger, &world);
    let page = world.get("/sends?state=rejected").await;
    let detail = page["items"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("nothing left through the host"), "{detail}");
}));
