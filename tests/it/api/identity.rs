//! Signing in, roles, tokens, units, users and the audit log over HTTP.

use reqwest::{Method, StatusCode, header};
use rialto_identity::TokenKind;
use rialto_store::{Scope, StoreError, sql};
use rialto_testkit::{TestClient, TestHost, answer, both};
use serde_json::{Value, json};

const PASSWORD: &str = "a long enough password";

/// A user of the host's workspace with these roles; answers the id.
async fn user(http: &TestClient, email: &str, roles: Value) -> String {
    let new = json!({ "email": email, "name": "Anna", "roles": roles, "password": PASSWORD });
    let (status, made) = http.post("/users", &new).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    made["user"]["id"].as_str().unwrap().to_owned()
}

/// Sign in; answers the cookie.
async fn sign_in(http: &TestClient, email: &str) -> String {
    let response = http
        .with_token(None)
        .request(Method::POST, "/sessions")
        .json(&json!({ "email": email, "password": PASSWORD, "workspace": "test" }))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

/// A request by session, from our own pages.
async fn by_session(
    http: &TestClient,
    cookie: &str,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> (StatusCode, Value) {
    let request = http.with_token(None).request(method, path).header(header::COOKIE, cookie);
    let request = request.header(header::ORIGIN, http.base());
    answer(match body {
        Some(body) => request.json(&body),
        None => request,
    })
    .await
}

async fn failed_sign_in(http: &TestClient, email: &str, password: &str) -> (StatusCode, Value) {
    let body = json!({ "email": email, "password": password, "workspace": "test" });
    http.with_token(None).post("/sessions", &body).await
}

both! {
    async fn a_person_signs_in_and_out(host: TestHost) {
        let http = host.http().await;
        let id = user(&http, "Anna@Example.com", json!([{ "role": "viewer" }])).await;
        let cookie = sign_in(&http, "anna@example.com").await;
        let (status, me) = by_session(&http, &cookie, Method::GET, "/me", None).await;
        assert_eq!((status, me["user"]["id"].as_str()), (StatusCode::OK, Some(id.as_str())), "{me}");
        let other = sign_in(&http, "anna@example.com").await;
        assert_ne!(cookie, other, "every sign-in has a token of its own");
        let (status, _) = by_session(&http, &cookie, Method::DELETE, "/sessions", None).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        assert_eq!(by_session(&http, &cookie, Method::GET, "/me", None).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(by_session(&http, &other, Method::GET, "/me", None).await.0, StatusCode::OK);
        // Idle for half a day: over.
        host.clock().advance_seconds(12 * 3_600);
        assert_eq!(by_session(&http, &other, Method::GET, "/me", None).await.0, StatusCode::UNAUTHORIZED);
    }

    async fn a_change_by_session_comes_from_our_own_pages(host: TestHost) {
        let http = host.http().await;
        user(&http, "anna@example.com", json!([{ "role": "admin" }])).await;
        let cookie = sign_in(&http, "anna@example.com").await;
        let unit = json!({ "kind": "store", "code": "s1", "name": "S" });
        let post = |origin: Option<&str>| {
            let request = http.with_token(None).request(Method::POST, "/units").header(header::COOKIE, &cookie).json(&unit);
            match origin {
                Some(origin) => request.header(header::ORIGIN, origin),
                None => request,
            }
        };
        for origin in [None, Some("https://evil.example"), Some("null"), Some("http://rialto.test.evil.example")] {
            let (status, problem) = answer(post(origin)).await;
            assert_eq!((status, problem["code"].as_str()), (StatusCode::FORBIDDEN, Some("cross-site")), "{origin:?}");
        }
        assert_eq!(answer(post(Some("http://rialto.test"))).await.0, StatusCode::CREATED);
        let foreign = http
            .with_token(None)
            .request(Method::POST, "/sessions")
            .header(header::ORIGIN, "https://evil.example")
            .json(&json!({ "email": "anna@example.com", "password": PASSWORD, "workspace": "test" }));
        assert_eq!(answer(foreign).await.0, StatusCode::FORBIDDEN, "nobody is signed in from another site");
    }

    async fn failures_are_equal_and_few(host: TestHost) {
        let http = host.http().await;
        user(&http, "anna@example.com", json!([])).await;
        let disabled = user(&http, "ben@example.com", json!([])).await;
        let (status, _) = http.patch(&format!("/users/{disabled}"), &json!({ "disabled": true })).await;
        assert_eq!(status, StatusCode::OK);
        let wrong = failed_sign_in(&http, "anna@example.com", "not the password").await;
        let unknown = failed_sign_in(&http, "nobody@example.com", PASSWORD).await;
        let barred = failed_sign_in(&http, "ben@example.com", PASSWORD).await;
        assert_eq!(wrong.0, StatusCode::UNAUTHORIZED);
        assert_eq!(wrong, unknown);
        assert_eq!(wrong, barred);
        // Three failures from this address so far; two more, and the door is shut to all from it.
        failed_sign_in(&http, "x@example.com", "x").await;
        failed_sign_in(&http, "y@example.com", "x").await;
        let (status, problem) = failed_sign_in(&http, "anna@example.com", PASSWORD).await;
        assert_eq!((status, problem["code"].as_str()), (StatusCode::TOO_MANY_REQUESTS, Some("too-many-attempts")));
        host.clock().advance_seconds(15 * 60 + 1);
        assert_eq!(failed_sign_in(&http, "anna@example.com", PASSWORD).await.0, StatusCode::CREATED);
        // A success is not counted.
        for _ in 0..6 {
            assert_eq!(failed_sign_in(&http, "anna@example.com", PASSWORD).await.0, StatusCode::CREATED);
        }
    }

    async fn an_invitation_sets_a_password_once(host: TestHost) {
        let http = host.http().await;
        let new = json!({ "email": "anna@example.com", "name": "Anna", "roles": [{ "role": "viewer" }] });
        let (_, made) = http.post("/users", &new).await;
        assert_eq!(made["user"]["state"], "invited");
        assert_eq!(failed_sign_in(&http, "anna@example.com", "").await.0, StatusCode::UNAUTHORIZED);
        let token = made["invitation"]["token"].as_str().unwrap();
        let anybody = http.with_token(None);
        let accept = |password: &str| json!({ "token": token, "password": password });
        let (status, problem) = anybody.post("/invitations/accept", &accept("short")).await;
        assert_eq!((status, problem["errors"][0]["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("password")));
        assert_eq!(anybody.post("/invitations/accept", &accept(PASSWORD)).await.0, StatusCode::NO_CONTENT);
        assert_eq!(anybody.post("/invitations/accept", &accept(PASSWORD)).await.0, StatusCode::NOT_FOUND);
        let cookie = sign_in(&http, "anna@example.com").await;
        let change = json!({ "old": PASSWORD, "new": "another long password" });
        assert_eq!(by_session(&http, &cookie, Method::POST, "/me/password", Some(change)).await.0, StatusCode::NO_CONTENT);
        assert_eq!(by_session(&http, &cookie, Method::GET, "/me", None).await.0, StatusCode::UNAUTHORIZED);
    }

    async fn a_role_reaches_its_unit_and_no_further(host: TestHost) {
        let http = host.http().await;
        let unit = async |code: &str, parent: Option<&str>| {
            let new = json!({ "kind": "branch", "code": code, "name": code, "parent": parent });
            let (status, made) = http.post("/units", &new).await;
            assert_eq!(status, StatusCode::CREATED, "{made}");
            made["id"].as_str().unwrap().to_owned()
        };
        let north = unit("north", None).await;
        let south = unit("south", None).await;
        let shop = unit("shop", Some(&north)).await;
        user(&http, "head@example.com", json!([{ "role": "admin", "unit": north }, { "role": "viewer", "unit": south }])).await;
        let boss = user(&http, "boss@example.com", json!([{ "role": "admin" }])).await;
        let cookie = sign_in(&http, "head@example.com").await;
        let mine = async |method: Method, path: &str, body: Value| by_session(&http, &cookie, method, path, Some(body)).await;

        let rename = json!({ "name": "renamed" });
        assert_eq!(mine(Method::PATCH, &format!("/units/{shop}"), rename.clone()).await.0, StatusCode::OK);
        assert_eq!(mine(Method::PATCH, &format!("/units/{south}"), rename.clone()).await.0, StatusCode::FORBIDDEN);
        let moved = json!({ "parent": south });
        assert_eq!(mine(Method::PATCH, &format!("/units/{shop}"), moved).await.0, StatusCode::FORBIDDEN);
        let (_, page) = by_session(&http, &cookie, Method::GET, "/units", None).await;
        let mut codes: Vec<_> = page["items"].as_array().unwrap().iter().map(|u| u["code"].as_str().unwrap()).collect();
        codes.sort_unstable();
        assert_eq!(codes, ["north", "shop", "south"], "the root is out of reach");

        // Nobody hands on more than they have, nor takes over somebody above.
        let above = json!({ "email": "a@example.com", "name": "A", "roles": [{ "role": "admin" }], "password": PASSWORD });
        assert_eq!(mine(Method::POST, "/users", above).await.0, StatusCode::FORBIDDEN);
        let beside = json!({ "email": "b@example.com", "name": "B", "roles": [{ "role": "viewer", "unit": south }], "password": PASSWORD });
        assert_eq!(mine(Method::POST, "/users", beside).await.0, StatusCode::FORBIDDEN);
        let below = json!({ "email": "c@example.com", "name": "C", "roles": [{ "role": "manager", "unit": shop }], "password": PASSWORD });
        assert_eq!(mine(Method::POST, "/users", below).await.0, StatusCode::CREATED);
        assert_eq!(mine(Method::POST, &format!("/users/{boss}/invitation"), json!({})).await.0, StatusCode::NOT_FOUND);
        assert_eq!(mine(Method::PATCH, "/workspace", rename).await.0, StatusCode::FORBIDDEN);
        assert_eq!(mine(Method::POST, "/tokens", json!({ "kind": "admin", "name": "x" })).await.0, StatusCode::FORBIDDEN);
        assert_eq!(by_session(&http, &cookie, Method::GET, "/audit", None).await.0, StatusCode::FORBIDDEN);
    }

    async fn the_tree_keeps_its_shape(host: TestHost) {
        let http = host.http().await;
        let (_, root) = http.get("/units").await;
        let root = root["items"][0]["id"].as_str().unwrap().to_owned();
        let mut parent = root.clone();
        let mut chain = vec![root.clone()];
        for level in 2..=8 {
            let new = json!({ "kind": "store", "code": format!("l{level}"), "name": "n", "parent": parent });
            let (status, made) = http.post("/units", &new).await;
            assert_eq!(status, StatusCode::CREATED, "{made}");
            parent = made["id"].as_str().unwrap().to_owned();
            chain.push(parent.clone());
        }
        let deep = json!({ "kind": "store", "code": "l9", "name": "n", "parent": parent });
        assert_eq!(http.post("/units", &deep).await.1["errors"][0]["field"], "parent");
        let taken = json!({ "kind": "store", "code": "l2", "name": "n" });
        assert_eq!(http.post("/units", &taken).await.0, StatusCode::CONFLICT);
        let at = |level: usize| format!("/units/{}", chain[level]);
        assert_eq!(http.patch(&at(1), &json!({ "parent": chain[3] })).await.1["code"], "unit-cycle");
        assert_eq!(http.patch(&at(0), &json!({ "parent": chain[3] })).await.1["code"], "unit-root");
        assert_eq!(http.delete(&at(3)).await.1["code"], "unit-not-empty");
        // Level 4 with all below it moves to the root, and every path with it.
        let (status, moved) = http.patch(&at(3), &json!({ "parent": root })).await;
        assert_eq!(status, StatusCode::OK, "{moved}");
        let (_, below) = http.get(&format!("/units?under={}", chain[3])).await;
        assert_eq!(below["items"].as_array().unwrap().len(), 5);
        let paths: Vec<_> = below["items"].as_array().unwrap().iter().map(|u| u["path"].as_str().unwrap()).collect();
        assert!(paths.iter().all(|path| path.starts_with(&format!("{root}/{}/", chain[3]))), "{paths:?}");
        assert_eq!(http.delete(&at(7)).await.0, StatusCode::NO_CONTENT);
        assert_eq!(http.get(&at(7)).await.0, StatusCode::NOT_FOUND);
    }

    async fn a_workspace_changes_its_currency_until_something_counts_in_it(host: TestHost) {
        let http = host.http().await;
        let patch = |code: &str| json!({ "currency": code });
        let (status, said) = http.patch("/workspace", &patch("yuan")).await;
        assert_eq!((status.as_u16(), &said["errors"][0]["field"]), (422, &json!("currency")), "{said}");
        let (status, said) = http.patch("/workspace", &patch("CNY")).await;
        assert_eq!((status.as_u16(), &said["currency"]), (200, &json!("CNY")), "{said}");
        let (status, campaign) = http.post("/campaigns", &json!({ "name": "Spring" })).await;
        assert_eq!((status.as_u16(), &campaign["currency"]), (201, &json!("CNY")), "{campaign}");
        let (status, said) = http.patch("/workspace", &patch("EUR")).await;
        assert_eq!((status.as_u16(), &said["code"]), (409, &json!("currency-in-use")), "{said}");
        assert!(said["detail"].as_str().unwrap().contains("campaigns"), "{said}");
        // The same currency again is no change.
        assert_eq!(http.patch("/workspace", &patch("CNY")).await.0.as_u16(), 200);
        assert_eq!(http.get("/workspace").await.1["currency"], "CNY");
    }

    async fn tokens_do_what_they_are_for(host: TestHost) {
        let http = host.http().await;
        let write = http.with_token(Some(host.token(host.workspace(), TokenKind::Write, None).await));
        assert_eq!(write.get("/workspace").await.0, StatusCode::FORBIDDEN);
        assert_eq!(write.get("/users").await.0, StatusCode::FORBIDDEN);
        let viewer = http.with_token(Some(host.token(host.workspace(), TokenKind::Api, Some("viewer")).await));
        assert_eq!(viewer.get("/workspace").await.0, StatusCode::OK);
        assert_eq!(viewer.patch("/workspace", &json!({ "name": "x" })).await.0, StatusCode::FORBIDDEN);
        let developer = http.with_token(Some(host.token(host.workspace(), TokenKind::Api, Some("developer")).await));
        let (status, _) = developer.post("/tokens", &json!({ "kind": "admin", "name": "x" })).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "nobody hands on more than they have");
        let (status, made) = developer.post("/tokens", &json!({ "kind": "write", "name": "site" })).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        for bad in [
            json!({ "kind": "api", "name": "x" }),
            json!({ "kind": "api", "name": "x", "role": "king" }),
            json!({ "kind": "write", "name": "x", "role": "admin" }),
            json!({ "kind": "write", "name": " " }),
            json!({ "kind": "write", "name": "x", "expires_at": "2001-01-01T00:00:00Z" }),
        ] {
            assert_eq!(http.post("/tokens", &bad).await.0, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        }
        // A secret is shown once.
        let id = made["token"]["id"].as_str().unwrap();
        let (_, shown) = http.get(&format!("/tokens/{id}")).await;
        assert!(!shown.to_string().contains(made["secret"].as_str().unwrap()), "{shown}");
    }

    async fn a_revoked_or_expired_token_is_dead(host: TestHost) {
        let http = host.http().await;
        let soon = host.host().clock.now() + jiff::SignedDuration::from_secs(60);
        let new = json!({ "kind": "api", "role": "viewer", "name": "x", "expires_at": soon.to_string() });
        let (_, made) = http.post("/tokens", &new).await;
        let short = http.with_token(made["secret"].as_str().map(str::to_owned));
        assert_eq!(short.get("/me").await.0, StatusCode::OK);
        host.clock().advance_seconds(61);
        assert_eq!(short.get("/me").await.0, StatusCode::UNAUTHORIZED);
        let (_, made) = http.post("/tokens", &json!({ "kind": "admin", "name": "y" })).await;
        let other = http.with_token(made["secret"].as_str().map(str::to_owned));
        assert_eq!(other.get("/me").await.0, StatusCode::OK);
        let id = made["token"]["id"].as_str().unwrap();
        assert_eq!(http.delete(&format!("/tokens/{id}")).await.0, StatusCode::NO_CONTENT);
        assert_eq!(other.get("/me").await.0, StatusCode::UNAUTHORIZED);
        for forged in ["rialto_admin_x", "x", "", "rialto_", &"rialto_".repeat(100)] {
            assert_eq!(http.with_token(Some(forged.to_owned())).get("/me").await.0, StatusCode::UNAUTHORIZED);
        }
    }

    async fn somebody_is_left_to_run_the_workspace(host: TestHost) {
        let http = host.http().await;
        let anna = user(&http, "anna@example.com", json!([{ "role": "admin" }])).await;
        let role = json!({ "role": "admin" });
        let take = async |id: &str| answer(http.request(Method::DELETE, &format!("/users/{id}/roles")).json(&role)).await;
        assert_eq!(take(&anna).await.1["code"], "last-admin");
        let (_, refused) = http.patch(&format!("/users/{anna}"), &json!({ "disabled": true })).await;
        assert_eq!(refused["code"], "last-admin");
        let ben = user(&http, "ben@example.com", json!([])).await;
        assert_eq!(http.post(&format!("/users/{ben}/roles"), &role).await.0, StatusCode::OK);
        assert_eq!(take(&anna).await.0, StatusCode::OK);
        assert_eq!(take(&anna).await.0, StatusCode::NOT_FOUND);
    }

    async fn the_audit_log_shows_tampering(host: TestHost) {
        let http = host.http().await;
        user(&http, "anna@example.com", json!([])).await;
        let (_, page) = http.get("/audit?action=user.create").await;
        assert_eq!(page["items"].as_array().unwrap().len(), 1, "{page}");
        assert!(page["items"][0]["actor"].as_str().unwrap().starts_with("token:"));
        let (_, check) = http.get("/audit/check").await;
        assert_eq!(check["intact"], true, "{check}");
        let (_, newest) = http.get("/audit?limit=1").await;
        let number = newest["items"][0]["number"].as_i64().unwrap();
        tamper(&host, sql("UPDATE audit_log SET actor = 'user:somebody-else' WHERE workspace = $1 AND number = $2"), number - 1).await;
        let (_, check) = http.get("/audit/check").await;
        assert_eq!((&check["intact"], check["broken_at"].as_i64()), (&json!(false), Some(number - 1)), "{check}");
        tamper(&host, sql("DELETE FROM audit_log WHERE workspace = $1 AND number >= $2"), number - 1).await;
        let (_, check) = http.get("/audit/check").await;
        assert_eq!(check["broken_at"].as_i64(), Some(number - 1), "a log that was cut short is no shorter log: {check}");
    }
}

async fn tamper(host: &TestHost, statement: rialto_store::Sql, number: i64) {
    let statement = statement.bind(host.workspace()).bind(number);
    let write = host
        .host()
        .store
        .write(Scope::Host, "test.tamper", move |conn| Box::pin(async move { statement.execute(conn).await }));
    assert!(write.await.map_err(|error: StoreError| error).unwrap() > 0);
}
