//! Experiments: shares that hold, arms that stay, hold-outs of a campaign and
//! of the whole workspace, and what is refused.

use rialto_audience::{
    contact::{NewMerge, contact_merge},
    experiment::{Assigned, arms_of, assign, hold_out, would_hold_out},
};
use rialto_kernel::Id;
use rialto_store::{BulkInsert, StoreError};
use rialto_testkit::{TestHost, both};
use serde_json::{Value, json};
use std::collections::BTreeMap;

async fn people(host: &TestHost, count: usize) -> Vec<Id> {
    let ids: Vec<Id> = (0..count).map(|_| host.id()).collect();
    let (ws, now, made) = (host.workspace(), host.host().now_us(), ids.clone());
    const COLUMNS: &[&str] = &[
        "workspace",
        "id",
        "name",
        "first_name",
        "last_name",
        "locale",
        "zone",
        "region",
        "source",
        "version",
        "created_at",
        "updated_at",
    ];
    let put = host.host().store.write(ws, "test.people", move |conn| {
        Box::pin(async move {
            let mut rows = BulkInsert::new("contact", COLUMNS, "");
            for id in made {
                let text = || "".into();
                rows.push([
                    ws.into(),
                    id.into(),
                    text(),
                    text(),
                    text(),
                    text(),
                    text(),
                    text(),
                    text(),
                    1_i64.into(),
                    now.into(),
                    now.into(),
                ]);
            }
            rows.execute(conn).await?;
            Ok::<_, StoreError>(())
        })
    });
    put.await.unwrap();
    ids
}

async fn experiment(host: &TestHost, body: Value) -> Id {
    let (status, made) = host.http().await.post("/experiments", &body).await;
    assert_eq!(status, 201, "{made}");
    made["id"].as_str().unwrap().parse().unwrap()
}

fn arms(held_out: i64) -> Value {
    json!([
        { "name": "treated", "share_bp": 10_000 - held_out },
        { "name": "held_out", "share_bp": held_out, "held_out": true },
    ])
}

async fn assigned(host: &TestHost, experiment: Id, contacts: &[Id]) -> Vec<Assigned> {
    let (ws, now, contacts) = (host.workspace(), host.host().now_us(), contacts.to_vec());
    let write = host.host().store.write(ws, "test.assign", move |conn| {
        Box::pin(async move { assign(conn, ws, experiment, &contacts, now).await })
    });
    write.await.unwrap()
}

both! {
    async fn an_arm_is_given_once_and_stays(host: TestHost) {
        let everyone = people(&host, 1_000).await;
        let id = experiment(&host, json!({ "name": "spring", "scope": "campaign", "arms": arms(2_000) })).await;
        let foreseen = arms_of(&mut host.read().await, host.workspace(), id, &everyone).await.unwrap();
        let given = assigned(&host, id, &everyone).await;
        assert_eq!(given, foreseen, "what is counted before is what is given");
        assert_eq!(given, assigned(&host, id, &everyone).await);
        let held = given.iter().filter(|one| one.held_out).count();
        // 200 expected; five standard deviations of the binomial are 63.
        assert!((137..=263).contains(&held), "{held} of 1,000 held out");
        let (_, view) = host.http().await.get(&format!("/experiments/{id}")).await;
        assert_eq!(view["counts"][1]["people"], held);
        assert_eq!((&view["balance"]["mismatch"], &view["counts"][1]["empty"]), (&json!(false), &json!(false)), "{view}");
    }

    async fn a_merged_person_has_one_arm(host: TestHost) {
        let everyone = people(&host, 200).await;
        let id = experiment(&host, json!({ "name": "spring", "scope": "campaign", "arms": arms(5_000) })).await;
        let arm_of: BTreeMap<Id, String> =
            assigned(&host, id, &everyone).await.into_iter().map(|one| (one.contact, one.arm)).collect();
        let winner = everyone[0];
        let loser = *everyone.iter().find(|one| arm_of[*one] != arm_of[&winner]).unwrap();
        let new = NewMerge { id: host.id(), winner, loser, reason: "test".into(), actor: "test".into(), at: host.host().now_us() };
        let ws = host.workspace();
        let merge = host.host().store.write(ws, "test.merge", move |conn| {
            Box::pin(async move { contact_merge(conn, ws, new).await })
        });
        merge.await.unwrap();
        let now = assigned(&host, id, &[loser, winner]).await;
        assert_eq!((&now[0].arm, &now[1].arm), (&arm_of[&winner], &arm_of[&winner]));
    }

    async fn a_workspace_wide_one_holds_out_of_every_campaign_in_its_period(host: TestHost) {
        let everyone = people(&host, 400).await;
        let now = host.host().now_us();
        let at = |days: i64| rialto_kernel::from_micros(now + days * 86_400_000_000).to_string();
        let wide = json!({ "name": "all year", "scope": "workspace", "arms": arms(2_500), "starts_at": at(-1), "ends_at": at(30) });
        let wide_id = experiment(&host, wide.clone()).await;
        let own = experiment(&host, json!({ "name": "spring", "scope": "campaign", "arms": arms(2_500) })).await;
        let (ws, people) = (host.workspace(), everyone.clone());
        let foreseen = would_hold_out(&mut host.read().await, ws, Some(own), &everyone, now).await.unwrap();
        let write = host.host().store.write(ws, "test.hold", move |conn| {
            Box::pin(async move { hold_out(conn, ws, Some(own), &people, now).await })
        });
        let held = write.await.unwrap();
        assert_eq!(held, foreseen);
        let by = |id: Id| held.values().filter(|one| **one == id).count();
        // 100 by the workspace's; of the 300 left, 75 by the campaign's own. Five deviations each.
        assert!((57..=143).contains(&by(wide_id)) && (37..=113).contains(&by(own)), "{} {}", by(wide_id), by(own));
        let later = would_hold_out(&mut host.read().await, ws, None, &everyone, now + 40 * 86_400_000_000).await.unwrap();
        assert!(later.is_empty(), "its period is over");
        let mut again = wide;
        again["name"] = json!("another");
        let http = host.http().await;
        let (status, problem) = http.post("/experiments", &again).await;
        assert_eq!((status.as_u16(), problem["code"].as_str()), (409, Some("experiment-overlaps")), "{problem}");
        let (status, _) = http.post(&format!("/experiments/{wide_id}/archive"), &json!({})).await;
        assert_eq!(status, 200);
        let none = would_hold_out(&mut host.read().await, ws, None, &everyone, now).await.unwrap();
        assert!(none.is_empty(), "an archived one holds nobody out");
    }

    async fn what_cannot_be_is_refused_by_its_field(host: TestHost) {
        let http = host.http().await;
        let refused = async |body: Value, field: &str| {
            let (status, problem) = http.post("/experiments", &body).await;
            assert_eq!((status.as_u16(), problem["errors"][0]["field"].as_str()), (422, Some(field)), "{problem}");
        };
        refused(json!({ "name": "x", "scope": "campaign", "arms": arms(0) }), "/arms/1/share_bp").await;
        refused(json!({ "name": "x", "scope": "campaign", "arms": [{ "name": "a", "share_bp": 10_000 }] }), "/arms").await;
        refused(json!({ "name": "x", "scope": "workspace", "arms": arms(100) }), "/starts_at").await;
        let id = experiment(&host, json!({ "name": "x", "scope": "campaign", "arms": arms(100) })).await;
        let (status, _) = http.post("/experiments", &json!({ "name": "x", "scope": "campaign", "arms": arms(100) })).await;
        assert_eq!(status, 409, "the name is taken");
        let (status, made) = http.post("/campaigns", &json!({ "name": "spring", "experiment": id })).await;
        assert_eq!((status.as_u16(), made["experiment"].as_str()), (201, Some(id.to_string().as_str())), "{made}");
        http.post(&format!("/experiments/{id}/archive"), &json!({})).await;
        let (status, problem) = http.post("/campaigns", &json!({ "name": "later", "experiment": id })).await;
        assert_eq!((status.as_u16(), problem["errors"][0]["field"].as_str()), (422, Some("experiment")), "{problem}");
    }
}
