//! Events from outside: real clients' recorded requests, what is refused and
//! what is kept, each message once, profiles that follow.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, write::GzEncoder};
use reqwest::Method;
use rialto_identity::TokenKind;
use rialto_testkit::{TestClient, TestHost, answer, both};
use serde_json::{Value, json};
use std::{io::Write as _, path::Path};

/// A client with a write key in a header, and the key.
async fn writer(host: &TestHost) -> (TestClient, String) {
    let key = host.token(host.workspace(), TokenKind::Write, None).await;
    (TestClient::new(host.serve().await, Some(key.clone())), key)
}

async fn count(host: &TestHost, table: &'static str) -> i64 {
    let text = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table} WHERE workspace = $1");
    let mut conn = host.read().await;
    let (count,): (i64,) = rialto_store::sql_dynamic(text).bind(host.workspace()).fetch_one(&mut conn).await.unwrap();
    count
}

fn track(user: &str, message: &str) -> Value {
    json!({"type": "track", "userId": user, "event": "Viewed", "messageId": message})
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

both! {
    async fn recorded_clients_are_understood(host: TestHost) {
        let (http, key) = writer(&host).await;
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/captures");
        let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|ext| ext == "json"));
        files.sort();
        assert_eq!(files.len(), 4);
        for path in files {
            let capture: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            let headers = capture["headers"].as_object().unwrap();
            let header = |name: &str| headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).and_then(|(_, v)| v.as_str());
            let mut body = capture["body"].clone();
            if body["writeKey"].is_string() {
                body["writeKey"] = json!(key);
            }
            let messages = body["batch"].as_array().map_or(1, Vec::len) as u64;
            let mut bytes = body.to_string().into_bytes();
            let mut request = http.with_token(None).request(Method::POST, capture["path"].as_str().unwrap())
                .header("content-type", header("content-type").unwrap())
                .header("authorization", format!("Basic {}", STANDARD.encode(format!("{key}:"))));
            if header("content-encoding") == Some("gzip") {
                bytes = gzip(&bytes);
                request = request.header("content-encoding", "gzip");
            }
            let (status, said) = answer(request.try_clone().unwrap().body(bytes.clone())).await;
            assert_eq!((status.as_u16(), said["stored"].as_u64()), (200, Some(messages)), "{}: {said}", path.display());
            let (status, said) = answer(request.body(bytes)).await;
            assert_eq!((status.as_u16(), said["duplicates"].as_u64()), (200, Some(messages)), "{said}");
        }
        host.drain().await;
        let admin = host.http().await;
        let (_, found) = admin.get("/contacts?q=u-1&identity=user_id").await;
        let id = found["items"][0]["id"].as_str().unwrap_or_else(|| panic!("no contact: {found}"));
        let (_, profile) = admin.get(&format!("/contacts/{id}/profile")).await;
        assert_eq!(profile["contact"]["name"], "Ann 李", "{profile}");
        let traits: Vec<&str> = profile["traits"].as_array().unwrap().iter().map(|t| t["key"].as_str().unwrap()).collect();
        assert!(traits.contains(&"plan") && traits.contains(&"group_id"), "{traits:?}");
        let kinds: Vec<&str> = profile["identities"].as_array().unwrap().iter().map(|i| i["kind"].as_str().unwrap()).collect();
        assert!(kinds.contains(&"email") && kinds.contains(&"anonymous_id"), "{kinds:?}");
        let (_, timeline) = admin.get(&format!("/contacts/{id}/timeline?limit=500")).await;
        let events = timeline["items"].as_array().unwrap();
        let order = events.iter().find(|e| e["name"] == "Order Completed").unwrap();
        assert_eq!((order["value_minor"].as_i64(), order["channel"].as_str()), (Some(2_750), Some("paid_search")));
        assert!(events.iter().any(|e| e["name"] == "Button Clicked"));
    }

    async fn a_message_counts_once_however_often_and_wherever_it_comes(host: TestHost) {
        let (http, _) = writer(&host).await;
        let batch = json!({"batch": (0..50).map(|n| track("u", &format!("m-{}", n % 40))).collect::<Vec<_>>()});
        let many = (0..16).map(|_| { let (http, batch) = (http.clone(), batch.clone()); async move { http.post("/v1/batch", &batch).await } });
        let answers = futures::future::join_all(many).await;
        assert!(answers.iter().all(|(status, _)| *status == 200), "{answers:?}");
        let stored: i64 = answers.iter().map(|(_, said)| said["stored"].as_i64().unwrap()).sum();
        assert_eq!((stored, count(&host, "event").await, count(&host, "contact").await), (40, 40, 1));
    }

    async fn good_messages_are_kept_beside_bad_ones(host: TestHost) {
        let (http, _) = writer(&host).await;
        let batch = json!({"batch": [track("u", "a"), {"type": "track", "userId": "u"}, {"type": "page"}, track("v", "b")]});
        let (status, said) = http.post("/v1/batch", &batch).await;
        assert_eq!((status.as_u16(), said["stored"].as_i64(), said["refused_count"].as_i64()), (200, Some(2), Some(2)));
        assert_eq!(said["refused"][0]["index"], 1);
        assert_eq!(said["refused"][0]["errors"][0]["field"], "/event");
        let (status, said) = http.post("/v1/track", &json!({"event": "x"})).await;
        assert_eq!((status.as_u16(), said["errors"][0]["field"].as_str()), (400, Some("/userId")));
    }

    async fn what_cannot_be_read_is_refused_whole(host: TestHost) {
        let (http, key) = writer(&host).await;
        let deep = format!("{{\"batch\":{}{}}}", "[".repeat(5_000), "]".repeat(5_000));
        let bomb = gzip(&vec![b' '; 64 << 20]);
        let send = |body: Vec<u8>, encoding: Option<&'static str>| {
            let mut request = http.request(Method::POST, "/v1/batch").body(body);
            if let Some(encoding) = encoding {
                request = request.header("content-encoding", encoding);
            }
            answer(request)
        };
        for (body, encoding, expected) in [
            (b"{".to_vec(), None, 400),
            (deep.into_bytes(), None, 400),
            (b"{\"batch\": [], \"x\": 1e400}".to_vec(), None, 400),
            (b"{\"batch\": [\"\\ud800\"]}".to_vec(), None, 400),
            (b"\xff\xfe".to_vec(), None, 400),
            (b"{\"batch\": {}}".to_vec(), None, 400),
            (b"not gzip".to_vec(), Some("gzip"), 400),
            (bomb, Some("gzip"), 413),
            (vec![b' '; 2 << 20], None, 413),
            (b"{}".to_vec(), Some("br"), 415),
            (json!({"batch": vec![track("u", "m"); 1_001]}).to_string().into_bytes(), None, 413),
        ] {
            let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
            let (status, said) = send(body, encoding).await;
            assert_eq!(status.as_u16(), expected, "{shown}: {said}");
        }
        let nobody = http.with_token(None);
        assert_eq!(nobody.post("/v1/batch", &json!({"batch": []})).await.0, 401);
        assert_eq!(nobody.post("/v1/batch", &json!({"batch": [], "writeKey": "x"})).await.0, 401);
        assert_eq!(nobody.post("/v1/batch", &json!({"batch": [], "writeKey": key})).await.0, 200);
        assert_eq!(count(&host, "event").await, 0);
        let (status, settings) = nobody.get(&format!("/v1/projects/{key}/settings")).await;
        assert_eq!((status.as_u16(), settings["integrations"]["Segment.io"]["apiHost"].as_str()), (200, Some("rialto.test/v1")));
        assert_eq!(nobody.get("/v1/projects/nothing/settings").await.0, 404);
    }

    async fn a_visitor_becomes_the_person_they_turn_out_to_be(host: TestHost) {
        let (http, _) = writer(&host).await;
        let page = |anonymous: &str, user: Option<&str>, id: &str| json!({"type": "page", "anonymousId": anonymous, "userId": user, "messageId": id});
        // Known by an earlier visit, then browsing on another device, then signed in there.
        http.post("/v1/batch", &json!({"batch": [page("phone", Some("u"), "1"), page("laptop", None, "2"), page("laptop", Some("u"), "3")]})).await;
        host.drain().await;
        // Somebody else signs in on the same laptop: two people stay two.
        http.post("/v1/batch?wait=applied", &json!({"batch": [page("laptop", Some("w"), "4")]})).await;
        host.drain().await;
        let admin = host.http().await;
        let person = async |user: &str| {
            let (_, found) = admin.get(&format!("/contacts?q={user}&identity=user_id")).await;
            found["items"][0]["id"].as_str().unwrap().to_owned()
        };
        let (u, w) = (person("u").await, person("w").await);
        assert_ne!(u, w);
        let (_, timeline) = admin.get(&format!("/contacts/{u}/timeline")).await;
        assert_eq!(timeline["items"].as_array().map(Vec::len), Some(3), "{timeline}");
        // An alias with a stranger's user id merges nobody.
        http.post("/v1/alias?wait=applied", &json!({"userId": "w", "previousId": "u", "messageId": "5"})).await;
        assert_ne!(person("u").await, person("w").await);
    }

    async fn a_wait_reads_its_own_write(host: TestHost) {
        let (http, _) = writer(&host).await;
        let call = json!({"userId": "u", "traits": {"email": "U@Example.com", "age": 30, "address": {"city": "Bern"}, "tags": ["vip"], "list": [1]}});
        let (status, _) = http.post("/v1/identify?wait=applied", &call).await;
        assert_eq!(status, 200);
        let admin = host.http().await;
        let (_, found) = admin.get("/contacts?q=u@example.com").await;
        let id = found["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{found}")).to_owned();
        let (_, profile) = admin.get(&format!("/contacts/{id}/profile")).await;
        let traits: Vec<(String, Value)> = profile["traits"].as_array().unwrap().iter()
            .map(|t| (t["key"].as_str().unwrap().to_owned(), t["value"].clone())).collect();
        assert_eq!(traits, [("address.city".to_owned(), json!("Bern")), ("age".to_owned(), json!(30.0))]);
        assert_eq!(profile["tags"][0]["name"], "vip");
        // The outbox row is still there and is taken in again: nothing changes.
        host.drain().await;
        let (_, again) = admin.get(&format!("/contacts/{id}/profile")).await;
        assert_eq!(again["traits"], profile["traits"]);
        // An address that somebody has stays with them.
        http.post("/v1/identify?wait=applied", &json!({"userId": "thief", "traits": {"email": "u@example.com"}})).await;
        let (_, found) = admin.get("/contacts?q=u@example.com").await;
        assert_eq!(found["items"][0]["id"].as_str(), Some(id.as_str()));
    }
}
