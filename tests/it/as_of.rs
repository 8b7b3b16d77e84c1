//! A workspace that stands in the past: its clock, what it hides, what waits.

mod planted;
mod runs;

use crate::source::{TextKind, files, texts};
use reqwest::StatusCode;
use rialto_identity::{TokenKind, clocks_read};
use rialto_kernel::WorkspaceId;
use rialto_store::{AS_OF, Conn, Scope, StoreError, as_of, sql};
use rialto_testkit::{POSTGRES_VARIABLE, TestDatabase, TestHost, both};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, SqlSafeStr as _};
use std::{collections::BTreeSet, str::FromStr as _};

/// An instant of 2020, in microseconds.
const MOMENT: i64 = 1_600_000_000_000_000;
const EVE: &str = "2017-10-29T23:59:59Z";

fn instant(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
}

async fn events(conn: &mut Conn, ws: WorkspaceId) -> i64 {
    let text = sql("SELECT CAST(COUNT(*) AS BIGINT) FROM event WHERE workspace = $1").bind(ws);
    text.fetch_one::<(i64,)>(conn).await.unwrap().0
}

both! {
    async fn a_clock_stands_and_moves_forward_only(host: TestHost) {
        let (http, ws) = (host.http().await, host.workspace());
        assert_eq!(host.host().now_in(ws), host.host().now_us());
        let put = async |at: Value| http.put("/workspace/clock", &json!({ "stands_at": at })).await;
        let (status, problem) = http.put("/workspace/clock", &json!({})).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
        let (status, problem) = put(json!("2999-01-01T00:00:00Z")).await;
        assert_eq!((status, &problem["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("stands_at")));
        let (status, workspace) = put(json!(EVE)).await;
        assert_eq!((status, &workspace["stands_at"]), (StatusCode::OK, &json!(EVE)), "{workspace}");
        assert_eq!(host.host().now_in(ws), instant(EVE));
        let (status, problem) = put(json!("2017-10-28T00:00:00Z")).await;
        assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("clock-set-back")), "{problem}");
        assert_eq!(host.host().now_in(ws), instant(EVE));
        // Time inside a workspace is no time of the host: tokens and the audit log go on.
        assert_eq!(put(json!("2017-11-01T00:00:00Z")).await.0, StatusCode::OK);
        assert_eq!(host.host().now_in(ws), instant("2017-11-01T00:00:00Z"));
        let (_, audit) = http.get("/audit?action=workspace.clock").await;
        assert_eq!(audit["items"].as_array().unwrap().len(), 2, "{audit}");
        assert_eq!(audit["items"][0]["detail"], json!({ "from": EVE, "to": "2017-11-01T00:00:00Z" }));
        assert_eq!(put(Value::Null).await.1["stands_at"], Value::Null);
        assert_eq!(host.host().now_in(ws), host.host().now_us());
    }

    async fn a_clock_stands_only_while_nothing_has_happened(host: TestHost) {
        let http = host.http().await;
        let (status, made) = http.post("/contacts", &json!({ "name": "Anna" })).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        let (status, problem) = http.put("/workspace/clock", &json!({ "stands_at": EVE })).await;
        assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("clock-late")), "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains("contacts"), "{problem}");
    }

    async fn a_clock_is_the_workspaces_own_and_its_admins(host: TestHost) {
        let http = host.http().await;
        let elsewhere: WorkspaceId = host.another_workspace("elsewhere").await;
        assert_eq!(http.put("/workspace/clock", &json!({ "stands_at": EVE })).await.0, StatusCode::OK);
        assert_eq!(host.host().now_in(elsewhere), host.host().now_us());
        let viewer = host.token(host.workspace(), TokenKind::Api, Some("manager")).await;
        let (status, problem) = http.with_token(Some(viewer)).put("/workspace/clock", &json!({ "stands_at": null })).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{problem}");
    }

    async fn reads_and_writes_see_up_to_the_clock(host: TestHost) {
        let ws = host.workspace();
        let ids = [host.id(), host.id(), host.id()];
        let store = &host.host().store;
        let wrote = store.write(ws, "test.events", move |conn| Box::pin(async move {
            let instants = [10, 20, 30].map(|after| MOMENT + after);
            conn.event_months(instants).await?;
            for (id, at) in ids.into_iter().zip(instants) {
                sql("INSERT INTO event (workspace, at, id, kind, name, source, properties, received_at)
                     VALUES ($1, $2, $3, 'track', 'x', 'test', '{}', 0)").bind(ws).bind(at).bind(id).execute(conn).await?;
            }
            Ok::<_, StoreError>(())
        }));
        wrote.await.unwrap();
        assert_eq!(events(&mut host.read().await, ws).await, 3);
        store.clocks().set(ws, Some(MOMENT + 20));
        let mut conn = host.read().await;
        assert_eq!(events(&mut conn, ws).await, 2);
        conn.see_all();
        assert_eq!(events(&mut conn, ws).await, 3, "what takes data in sees all of it");
        drop(conn);
        let seen = store.write(ws, "test.see", move |conn| Box::pin(async move {
            Ok::<_, StoreError>((events(conn, ws).await, conn.now_or(99)))
        }));
        assert_eq!(seen.await.unwrap(), (2, MOMENT + 20));
        store.clocks().set(ws, Some(MOMENT + 30));
        assert_eq!(events(&mut host.read().await, ws).await, 3);
    }

    async fn a_host_follows_a_clock_that_another_moved(host: TestHost) {
        let (http, ws) = (host.http().await, host.workspace());
        assert_eq!(http.put("/workspace/clock", &json!({ "stands_at": EVE })).await.0, StatusCode::OK);
        let later = instant("2017-12-01T00:00:00Z");
        let moved = host.host().store.write(Scope::Host, "test.clock", move |conn| Box::pin(async move {
            sql("UPDATE workspace SET stands_at = $2 WHERE id = $1").bind(ws).bind(later).execute(conn).await
        }));
        assert_eq!(moved.await.unwrap(), 1);
        clocks_read(host.host()).await.unwrap();
        assert_eq!(host.host().now_in(ws), later);
    }
}

/// Texts as they read with a clock that stands.
fn bounded(dialect: TextKind) -> Vec<(String, String)> {
    let of = texts().0.into_iter().filter(|text| text.kind == TextKind::Both || text.kind == dialect);
    let found: Vec<_> = of.filter_map(|text| Some((text.file, as_of(&text.text, 1_509_321_599_000_000)?))).collect();
    assert!(found.len() > 40, "only {} texts read what a clock hides", found.len());
    found
}

#[tokio::test]
async fn every_bounded_text_prepares_on_sqlite() {
    let db = TestDatabase::sqlite().await;
    let rialto_store::StoreOptions::Sqlite { path } = &db.options else { panic!("not SQLite") };
    let mut conn = sqlx::sqlite::SqliteConnectOptions::new().filename(path).connect().await.unwrap();
    let mut wrong = Vec::new();
    for (file, text) in bounded(TextKind::Sqlite) {
        if let Err(cause) = conn.prepare(AssertSqlSafe(text.clone()).into_sql_str()).await {
            wrong.push(format!("{file}: {cause}\n{text}"));
        }
    }
    conn.close().await.unwrap();
    assert!(wrong.is_empty(), "{} bounded texts do not prepare:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[tokio::test]
async fn every_bounded_text_prepares_on_postgres() {
    let Some(db) = TestDatabase::postgres().await else { return };
    let rialto_store::StoreOptions::Postgres { url, .. } = &db.options else { panic!("not {POSTGRES_VARIABLE}") };
    let mut conn = sqlx::postgres::PgConnectOptions::from_str(url).unwrap().connect().await.unwrap();
    let mut wrong = Vec::new();
    for (file, text) in bounded(TextKind::Postgres) {
        if let Err(cause) = conn.prepare(AssertSqlSafe(text.clone()).into_sql_str()).await {
            wrong.push(format!("{file}: {cause}\n{text}"));
        }
    }
    conn.close().await.unwrap();
    assert!(wrong.is_empty(), "{} bounded texts do not prepare:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_table_says_how_it_keeps_to_the_clock() {
    let schema = files("host/schema/sqlite", &[".sql"]);
    let made: BTreeSet<&str> = schema
        .iter()
        .flat_map(|(_, text)| text.split("CREATE TABLE ").skip(1))
        .filter_map(|text| text.split_whitespace().next())
        .collect();
    let listed: BTreeSet<&str> = AS_OF.keys().copied().collect();
    assert_eq!(made, listed, "host/schema/as_of.txt says for every table which of its rows a clock hides");
}
