//! The machine's clock is set back: nothing leaves twice, and nothing is missed.

use super::{
    futures_body,
    ledger::fan_out_only,
    on_both,
    world::{Plan, World, not_sent, of},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

const PEOPLE: i64 = 12;

async fn people(world: &World) {
    for number in 0..PEOPLE {
        world.person(Some(&format!("p{number}@person.example")), "en", true).await;
    }
}

fn set_back(world: &World, hours: i64) {
    let now = Timestamp::from_microsecond(world.host.host().now_us()).unwrap();
    world.host.clock().set(now - SignedDuration::from_hours(hours));
}

on_both!(a_clock_set_back_in_the_middle_sends_each_message_once, |world| Box::pin(async move {
    people(&world).await;
    let campaign = world.campaign(Plan::default()).await;
    world.launch(&campaign).await;
    fan_out_only(&world).await;
    set_back(&world, 2);
    let ledger = world.finish(&campaign).await;
    assert_eq!((of(&ledger, "accepted"), world.sink.taken()), (PEOPLE, PEOPLE as u64), "{ledger}");
}));

on_both!(what_was_sent_before_a_clock_was_set_back_counts_for_caps, |world| Box::pin(async move {
    people(&world).await;
    let rules = json!({ "caps": [{ "sends": 1, "days": 1 }] });
    let (status, set) = world.call(reqwest::Method::PUT, "/delivery-policy", Some(rules)).await;
    assert_eq!(status, 200, "{set}");
    let campaign = world.campaign(Plan::default()).await;
    world.launch(&campaign).await;
    world.finish(&campaign).await;
    set_back(&world, 48);
    let again = world.campaign_again("Again").await;
    world.launch(&again).await;
    let ledger = world.finish(&again).await;
    assert_eq!((not_sent(&ledger, "capped"), world.sink.taken()), (PEOPLE, PEOPLE as u64), "{ledger}");
}));
