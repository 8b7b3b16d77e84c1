//! What is not kept for ever, and what keeps a unit from being deleted.

use rialto_audience::{NewEvent, record_events};
use rialto_identity::rhythms_keep;
use rialto_jobs::{JobError, NewJob, enqueue, schedule_list, schedule_remove};
use rialto_kernel::PageQuery;
use rialto_slice::{retention::keepings, units::uses};
use rialto_store::{Dialect, Scope, StoreError, sql, sql_dynamic};
use rialto_testkit::{TestHost, both};
use serde_json::json;
use std::collections::BTreeSet;

const DAY_US: i64 = 86_400_000_000;
const HOUR_US: i64 = 3_600_000_000;

/// Events of a workspace, so many days old each.
async fn events(host: &TestHost, days_old: impl Iterator<Item = i64>) {
    let (workspace, ids, now) = (host.workspace(), host.host().ids().clone(), host.host().now_us());
    let event = |days: i64| NewEvent {
        at: now - days * DAY_US,
        kind: "track".to_owned(),
        source: "test".to_owned(),
        ..NewEvent::default()
    };
    let new: Vec<NewEvent> = days_old.map(event).collect();
    for step in new.chunks(1_000) {
        let (ids, step) = (ids.clone(), step.to_vec());
        host.host()
            .store
            .write(workspace, "test.events", move |conn| {
                Box::pin(async move { record_events(conn, &ids, now, workspace, step).await })
            })
            .await
            .unwrap();
    }
}

async fn night(host: &TestHost) {
    let (workspace, id, now) = (host.workspace(), host.id(), host.host().now_us());
    let queued = host.host().store.write(workspace, "test.night", move |conn| {
        Box::pin(
            async move { enqueue(conn, id, now, NewJob::new(workspace, "identity.retention", json!({}), now)).await },
        )
    });
    queued.await.map_err(|error: JobError| error).unwrap();
    host.drain().await;
}

/// The kinds of the workspace's schedules, and when each is due next.
async fn rhythms(host: &TestHost) -> Vec<(String, i64)> {
    let mut conn = host.read().await;
    let all = schedule_list(&mut conn, host.workspace(), &PageQuery::default()).await.unwrap();
    let mut all: Vec<_> = all.items.into_iter().map(|one| (one.kind, one.next_at)).collect();
    all.sort();
    all
}

async fn count(host: &TestHost) -> i64 {
    let mut conn = host.read().await;
    let (count,): (i64,) = sql("SELECT CAST(COUNT(*) AS BIGINT) FROM event WHERE workspace = $1")
        .bind(host.workspace())
        .fetch_one(&mut conn)
        .await
        .unwrap();
    count
}

both! {
    async fn a_new_workspace_has_its_nights_and_they_move_with_its_zone(host: TestHost) {
        let http = host.http().await;
        let utc = rhythms(&host).await;
        let kinds: Vec<&str> = utc.iter().map(|one| one.0.as_str()).collect();
        assert_eq!(kinds, ["identity.retention", "plugins.recordings"]);
        let (status, said) = http.patch("/workspace", &json!({ "zone": "Asia/Kolkata" })).await;
        assert_eq!(status.as_u16(), 200, "{said}");
        // Five and a half hours ahead of UTC all year: 03:17 there is 21:47 of the day before.
        let there = rhythms(&host).await;
        assert_eq!((there[0].1 - utc[0].1).rem_euclid(DAY_US), 18 * HOUR_US + HOUR_US / 2);
        assert_eq!((there[1].1 - utc[1].1).rem_euclid(HOUR_US), HOUR_US / 2);
    }

    async fn a_night_that_is_due_stays_due_over_a_start_and_a_change(host: TestHost) {
        let http = host.http().await;
        let due = rhythms(&host).await;
        host.clock().advance_seconds(2 * 86_400);
        rhythms_keep(host.host()).await.unwrap();
        assert_eq!(rhythms(&host).await, due, "a start put off a night that was missed");
        let (status, said) = http.patch("/workspace", &json!({ "name": "Another name" })).await;
        assert_eq!(status.as_u16(), 200, "{said}");
        assert_eq!(rhythms(&host).await, due, "a new name put off a night that was missed");
        let (workspace, kind) = (host.workspace(), "plugins.recordings");
        let gone = host.host().store.write(workspace, "test.gone", move |conn| {
            Box::pin(async move { schedule_remove(conn, workspace, kind, "hourly").await })
        });
        assert!(gone.await.unwrap());
        rhythms_keep(host.host()).await.unwrap();
        let kept = rhythms(&host).await;
        assert_eq!(kept[0], due[0]);
        assert!(kept[1].0 == kind && kept[1].1 > host.host().now_us(), "a start puts back what is missing");
    }

    async fn what_is_older_goes_at_night(host: TestHost) {
        let http = host.http().await;
        events(&host, (0..2_500).map(|n| 100 + n % 60).chain([1, 2, 89])).await;
        night(&host).await;
        assert_eq!(count(&host).await, 2_503, "nothing goes for which no days are set");
        for (days, status) in [(json!(5), 422), (json!(90), 200)] {
            let request = http.request(reqwest::Method::PUT, "/api/v1/retention/events").json(&json!({"days": days}));
            assert_eq!(rialto_testkit::answer(request).await.0.as_u16(), status);
        }
        night(&host).await;
        assert_eq!(count(&host).await, 3);
        let (_, log) = http.get("/api/v1/audit").await;
        let told = log["items"].as_array().unwrap().iter().find(|row| row["action"] == "retention.run").unwrap();
        assert_eq!(told["detail"]["forgotten"]["events"], 2_500);
        let mut conn = host.host().store.read(Scope::Host).await.unwrap();
        if conn.dialect() == Dialect::Postgres {
            let months: Vec<(String,)> = sql_dynamic(
                "SELECT CAST(c.relname AS TEXT) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                 WHERE c.relname LIKE 'event\\_2025\\_0%' AND c.relkind = 'r'".to_owned(),
            ).fetch_all(&mut conn).await.unwrap();
            assert!(months.is_empty(), "months that nobody keeps are still there: {months:?}");
        }
    }

    async fn an_event_of_no_possible_time_is_refused(host: TestHost) {
        let (workspace, ids, now) = (host.workspace(), host.host().ids().clone(), host.host().now_us());
        for at in [0, 4_200_000_000_000_000] {
            let ids = ids.clone();
            let new = NewEvent { at, kind: "track".to_owned(), source: "test".to_owned(), ..NewEvent::default() };
            let refused = host.host().store.write(workspace, "test", move |conn| {
                Box::pin(async move { record_events(conn, &ids, now, workspace, vec![new]).await })
            }).await.unwrap_err();
            assert!(refused.to_string().starts_with("at: "), "{refused}");
        }
    }

    async fn a_unit_with_something_in_it_stays(host: TestHost) {
        let http = host.http().await;
        let (_, unit) = http.post("/api/v1/units", &json!({"kind": "store", "code": "s1", "name": "Store 1"})).await;
        let id = unit["id"].as_str().unwrap_or_else(|| panic!("{unit}")).to_owned();
        let (workspace, now, unit_id) = (host.workspace(), host.host().now_us(), id.parse::<rialto_kernel::Id>().unwrap());
        let contact = host.id();
        host.host().store.write(workspace, "test.contact", move |conn| Box::pin(async move {
            sql("INSERT INTO contact (workspace, id, unit, name, first_name, last_name, locale, zone, region, source,
                                      merged_into, version, created_at, updated_at)
                 VALUES ($1, $2, $3, 'A', '', '', '', '', '', 'test', NULL, 1, $4, $4)")
            .bind(workspace).bind(contact).bind(unit_id).bind(now).execute(conn).await
        })).await.map_err(|e: StoreError| e).unwrap();
        let remove = || http.request(reqwest::Method::DELETE, &format!("/api/v1/units/{id}"));
        let (status, body) = rialto_testkit::answer(remove()).await;
        assert_eq!((status.as_u16(), body["code"].as_str()), (409, Some("unit-not-empty")), "{body}");
        host.host().store.write(workspace, "test.contact", move |conn| Box::pin(async move {
            sql("UPDATE contact SET unit = NULL WHERE workspace = $1").bind(workspace).execute(conn).await
        })).await.map_err(|e: StoreError| e).unwrap();
        let (status, body) = rialto_testkit::answer(remove()).await;
        assert!(status.is_success(), "{body}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_table_with_a_unit_is_declared() {
    // Identity looks at its own itself.
    const OWN: &[&str] = &["role_assignment", "api_token"];
    let host = TestHost::sqlite().await;
    let declared: BTreeSet<&str> = uses(host.host()).iter().map(|one| one.table).chain(OWN.iter().copied()).collect();
    let mut conn = host.read().await;
    let tables: Vec<(String,)> = sql_dynamic(
        "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) i WHERE m.type = 'table' AND i.name = 'unit'"
            .to_owned(),
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    assert!(tables.len() > 6, "{tables:?}");
    let missing: Vec<&String> =
        tables.iter().map(|(name,)| name).filter(|name| !declared.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "tables that name a unit, and no area declares: {missing:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_declared_runs_on_both_databases() {
    let mut hosts = vec![TestHost::sqlite().await];
    hosts.extend(TestHost::postgres().await);
    for host in hosts {
        let workspace = host.workspace();
        for keeping in keepings(host.host()) {
            let run = host.host().store.write(workspace, "test", move |conn| {
                Box::pin(async move {
                    sql_dynamic(keeping.forget.to_owned()).bind(workspace).bind(1_i64).bind(10_i64).execute(conn).await
                })
            });
            assert_eq!(run.await.map_err(|e: StoreError| e).unwrap(), 0, "{}", keeping.what);
        }
        let mut conn = host.read().await;
        for one in uses(host.host()) {
            let query = sql_dynamic(one.find.to_owned()).bind(workspace).bind(host.id());
            let found: Option<(i64,)> =
                query.fetch_optional(&mut conn).await.unwrap_or_else(|e| panic!("{}: {e:?}", one.table));
            assert!(found.is_none());
        }
    }
}
