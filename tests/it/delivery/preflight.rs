//! A preflight that a job counts: the same numbers as at once, kept until the
//! next one, and told when it no longer is the plan's.

use super::{
    futures_body, on_both,
    world::{Plan, World},
};
use reqwest::Method;
use serde_json::{Value, json};

async fn asked(world: &World, campaign: &str, query: &str) -> (u16, Value) {
    let path = format!("/campaigns/{campaign}/preflight{query}");
    let (status, body) = world.call(Method::POST, &path, Some(json!({}))).await;
    (status.as_u16(), body)
}

async fn change(world: &World, campaign: &str, patch: Value) {
    let (status, body) = world.call(Method::PATCH, &format!("/campaigns/{campaign}"), Some(patch)).await;
    assert_eq!(status, 200, "{body}");
}

on_both!(a_job_counts_what_is_counted_at_once, |world| Box::pin(async move {
    for number in 0..7 {
        world.person(Some(&format!("p{number}@person.example")), "en", number % 2 == 0).await;
    }
    let campaign = world.campaign(Plan { unit_cost_minor: 10, budget_minor: Some(30), ..Plan::default() }).await;
    let path = format!("/campaigns/{campaign}/preflight");
    let (status, none) = world.call(Method::GET, &path, None).await;
    assert_eq!(status, 404, "{none}");
    let (status, now) = asked(&world, &campaign, "").await;
    assert_eq!((status, now["audience"].as_i64()), (200, Some(7)), "{now}");
    let (status, run) = asked(&world, &campaign, "?background=true").await;
    assert_eq!((status, run["state"].as_str(), &run["result"]), (202, Some("waiting"), &Value::Null), "{run}");
    // One that counts this plan already is not doubled.
    assert_eq!(asked(&world, &campaign, "?background=true").await.1["id"], run["id"]);
    world.drain().await;
    let done = world.get(&path).await;
    assert_eq!((done["state"].as_str(), &done["result"]), (Some("finished"), &now), "{done}");
    assert_eq!((&done["done"], &done["total"], &done["plan_changed"]), (&json!(7), &json!(7), &json!(false)));
    let job = world.get(&format!("/jobs/{}", done["job"].as_str().unwrap())).await;
    assert_eq!((job["state"].as_str(), job["kind"].as_str()), (Some("done"), Some("campaign.preflight")), "{job}");
    // It stays to be read, and says that the plan is another one now.
    change(&world, &campaign, json!({ "budget_minor": 10 })).await;
    let stale = world.get(&path).await;
    assert_eq!((&stale["plan_changed"], &stale["result"]["cost"]["minor"]), (&json!(true), &json!(30)));
    assert_ne!(asked(&world, &campaign, "?background=true").await.1["id"], run["id"]);
    world.drain().await;
    assert_eq!(world.get(&path).await["result"]["cost"]["minor"], 10);
}));

on_both!(one_that_a_change_of_plan_overtook_counts_the_plan_as_it_is, |world| Box::pin(async move {
    world.person(Some("ann@person.example"), "en", true).await;
    let campaign = world.campaign(Plan { unit_cost_minor: 10, budget_minor: Some(30), ..Plan::default() }).await;
    let (_, first) = asked(&world, &campaign, "?background=true").await;
    change(&world, &campaign, json!({ "unit_cost_minor": 20 })).await;
    let (_, second) = asked(&world, &campaign, "?background=true").await;
    assert_ne!(first["job"], second["job"], "another version of the plan is counted anew");
    world.drain().await;
    let done = world.get(&format!("/campaigns/{campaign}/preflight")).await;
    assert_eq!((&done["id"], &done["result"]["cost"]["minor"]), (&second["id"], &json!(20)), "{done}");
    let overtaken = world.get(&format!("/jobs/{}", first["job"].as_str().unwrap())).await;
    assert_eq!(overtaken["result"], json!({ "replaced": true }), "{overtaken}");
}));

on_both!(one_whose_job_was_called_off_says_so, |world| Box::pin(async move {
    let campaign = world.campaign(Plan::default()).await;
    let (_, run) = asked(&world, &campaign, "?background=true").await;
    world.post(&format!("/jobs/{}/cancel", run["job"].as_str().unwrap()), json!({})).await;
    world.drain().await;
    let ended = world.get(&format!("/campaigns/{campaign}/preflight")).await;
    assert_eq!((ended["state"].as_str(), ended["error"].is_string()), (Some("failed"), true), "{ended}");
    assert_ne!(asked(&world, &campaign, "?background=true").await.1["id"], run["id"]);
}));
