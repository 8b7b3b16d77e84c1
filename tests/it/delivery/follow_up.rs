//! Sending to the missing: who was not reached, and only they, get the next one.

use super::{
    futures_body, on_both,
    world::{Plan, World, id, not_sent, of},
};
use reqwest::Method;
use rialto_audience::ConsentState;
use serde_json::{Value, json};

on_both!(those_who_were_missed_and_only_they_get_the_next_one, |world| Box::pin(async move {
    world.person(Some("ann@person.example"), "en", true).await;
    let late = world.person(Some("late@person.example"), "en", false).await;
    let never = world.person(Some("never@person.example"), "en", false).await;
    world.person(None, "en", true).await;
    let first = world.campaign(Plan { unit_cost_minor: 30, budget_minor: Some(100), ..Plan::default() }).await;
    world.launch(&first).await;
    let ledger = world.finish(&first).await;
    assert_eq!((of(&ledger, "accepted"), not_sent(&ledger, "no_consent"), not_sent(&ledger, "no_address")), (1, 2, 1));

    let wish = json!({ "name": "Spring, again", "reasons": ["no_consent"] });
    let draft = world.post(&format!("/campaigns/{first}/follow-up"), wish).await;
    assert_eq!((draft["state"].as_str(), draft["budget_minor"].as_i64()), (Some("draft"), Some(70)), "{draft}");
    let of_first = world.get(&format!("/campaigns/{first}")).await;
    assert_eq!((&draft["messages"], &draft["topic"]), (&of_first["messages"], &of_first["topic"]));
    assert_eq!(draft["segment"], Value::Null);

    // One agrees after all: they are written to, who still does not is not, nor anyone else.
    world.consent(late, ConsentState::Granted).await;
    let second = id(&draft);
    let preflight = world.post(&format!("/campaigns/{second}/preflight"), json!({})).await;
    assert_eq!((preflight["audience"].as_i64(), &preflight["blockers"]), (Some(2), &json!([])), "{preflight}");
    world.launch(&second).await;
    let ledger = world.finish(&second).await;
    assert_eq!((of(&ledger, "accepted"), not_sent(&ledger, "no_consent")), (1, 1), "{ledger}");
    assert_eq!(world.sink.taken(), 2);
    assert_eq!(world.send_to(never).await["state"], "not_sent");

    // Both campaigns as a rule sees them.
    let missed = json!({ "on": "send", "campaign": first, "reason": "no_address" });
    let twice = json!({ "on": "send", "count": { "op": "gte", "value": 2 } });
    for (rule, people) in [(missed, 1), (twice, 2), (json!({ "on": "send", "state": "accepted" }), 2)] {
        let counted = world.post("/segments/preview", json!({ "of": { "rule": rule } })).await;
        assert_eq!(counted["count"], people, "{rule}: {counted}");
    }
}));

on_both!(who_is_reached_meanwhile_is_not_written_to_again, |world| Box::pin(async move {
    for number in 0..6 {
        world.person(Some(&format!("p{number}@person.example")), "en", true).await;
    }
    let first = world.campaign(Plan { unit_cost_minor: 30, budget_minor: Some(100), ..Plan::default() }).await;
    world.launch(&first).await;
    let ledger = world.finish(&first).await;
    assert_eq!((of(&ledger, "accepted"), not_sent(&ledger, "over_budget")), (3, 3));
    let wish = json!({ "name": "The other three", "reasons": ["over_budget", "expired"] });
    let second = id(&world.post(&format!("/campaigns/{first}/follow-up"), wish).await);
    let request = world.http.request(Method::PATCH, &format!("/campaigns/{second}"));
    let (status, _) = rialto_testkit::answer(request.json(&json!({ "budget_minor": 1_000 }))).await;
    assert!(status.is_success());
    world.launch(&second).await;
    let ledger = world.finish(&second).await;
    assert_eq!((ledger["audience"].as_i64(), of(&ledger, "accepted")), (Some(3), 3), "{ledger}");
    assert!(world.sink.counts().values().all(|count| *count == 1), "{:?}", world.sink.counts());
}));

on_both!(what_cannot_be_followed_up_says_why, |world| Box::pin(async move {
    world.person(Some("ann@person.example"), "en", true).await;
    let campaign = world.campaign(Plan::default()).await;
    let path = format!("/campaigns/{campaign}/follow-up");
    let ask = async |body: Value| world.call(Method::POST, &path, Some(body)).await;
    let (status, told) = ask(json!({ "name": "Again", "reasons": ["capped"] })).await;
    assert_eq!((status.as_u16(), told["code"].as_str()), (409, Some("wrong-state")), "{told}");
    world.launch(&campaign).await;
    world.finish(&campaign).await;
    for (body, field) in [
        (json!({ "name": "Again", "reasons": ["held_out"] }), "reasons[0]"),
        (json!({ "name": "Again", "reasons": ["capped", "suppressed"] }), "reasons[1]"),
        (json!({ "name": "Again" }), "reasons"),
        (json!({ "name": "Again", "reasons": ["capped"], "rejected": true }), "reasons"),
    ] {
        let (status, told) = ask(body.clone()).await;
        assert_eq!((status.as_u16(), told["errors"][0]["field"].as_str()), (422, Some(field)), "{body}: {told}");
    }
    let drafts = world.get("/campaigns?state=draft").await;
    assert_eq!(drafts["items"].as_array().map(Vec::len), Some(0), "a refusal drafts nothing");
}));
