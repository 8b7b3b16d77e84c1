//! A workspace that stands in the past: its clock, what it hides, what waits.

use reqwest::StatusCode;
use rialto_identity::{TokenKind, clocks_read};
use rialto_kernel::WorkspaceId;
use rialto_store::{Scope, sql};
use rialto_testkit::{TestHost, both};
use serde_json::{Value, json};

const EVE: &str = "2017-10-29T23:59:59Z";

fn instant(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
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
