//! Contacts, consent, suppressions and imports: as people and programs use
//! them over HTTP, and as a kill finds them.

use async_trait::async_trait;
use reqwest::Method;
use rialto_audience::{
    addressees, consent_allows,
    import::{Column, ContactsImport, ImportContext, ImportKind, ImportRow, RowError, register},
    suppressed,
};
use rialto_kernel::{Id, Problem};
use rialto_store::{Conn, sql_dynamic};
use rialto_testkit::{TestClient, TestHost, answer, both};
use serde_json::{Value, json};
use std::{
    collections::HashSet,
    fmt::Write as _,
    path::Path,
    sync::{Arc, Mutex},
};

async fn count(host: &TestHost, table: &'static str) -> i64 {
    let text = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table} WHERE workspace = $1");
    let mut conn = host.read().await;
    let (count,): (i64,) = sql_dynamic(text).bind(host.workspace()).fetch_one(&mut conn).await.unwrap();
    count
}

fn id(value: &Value) -> Id {
    value["id"].as_str().unwrap_or_else(|| panic!("no id: {value}")).parse().unwrap()
}

async fn send(http: &TestClient, query: &str, body: impl Into<reqwest::Body>) -> Value {
    let (status, import) = answer(http.request(Method::POST, &format!("/imports?{query}")).body(body)).await;
    assert_eq!(status, 202, "{import}");
    import
}

/// Let an import end, also one whose job must be tried again later.
async fn ended(host: &TestHost, http: &TestClient, import: &Value) -> Value {
    for _ in 0..40 {
        host.drain().await;
        let (_, now) = http.get(&format!("/imports/{}", import["id"].as_str().unwrap())).await;
        if now["state"] != "running" {
            return now;
        }
        host.clock().advance_seconds(7_200);
    }
    panic!("the import does not end");
}

both! {
    async fn a_contact_is_made_changed_and_found(host: TestHost) {
        let http = host.http().await;
        let new = json!({
            "first_name": "雷", "last_name": "李", "locale": "zh-CN", "zone": "Asia/Shanghai",
            "identities": [{"kind": "email", "value": " Li@Example.COM "}, {"kind": "phone", "value": "+86 138 0013 8000"}],
            "traits": {"age": 41, "vip": true, "joined": "2026-01-02T00:00:00Z", "plan": "pro"}, "tags": ["gold"],
        });
        let (status, made) = http.post("/contacts", &new).await;
        assert_eq!((status.as_u16(), made["name"].as_str()), (201, Some("李雷")), "{made}");
        let path = format!("/contacts/{}", made["id"].as_str().unwrap());
        for q in ["li@example.com", "%2B8613800138000", "李"] {
            let (_, found) = http.get(&format!("/contacts?q={q}")).await;
            assert_eq!(found["items"][0]["id"], made["id"], "{q}: {found}");
        }
        let (status, other) = http.post("/contacts", &json!({"identities": [{"kind": "email", "value": "li@example.com"}]})).await;
        assert_eq!((status.as_u16(), other["code"].as_str(), &other["contact"]), (409, Some("identity-taken"), &made["id"]));
        assert_eq!(count(&host, "contact").await, 1, "nothing of the refused one stays");
        let (status, wrong) = http.post("/contacts", &json!({"identities": [{"kind": "email", "value": "a@b"}]})).await;
        assert_eq!((status.as_u16(), wrong["errors"][0]["field"].as_str()), (422, Some("/identities/0/value")));
        assert_eq!(http.post("/contacts", &json!({"nmae": "x"})).await.0, 422);
        let stale = http.request(Method::PATCH, &path).header("if-match", "\"9\"").json(&json!({"region": "x"}));
        assert_eq!(answer(stale).await.0, 412);
        let (_, changed) = http.patch(&path, &json!({"region": "East"})).await;
        assert_eq!((changed["version"].as_i64(), changed["region"].as_str()), (Some(2), Some("East")));
        assert_eq!(http.patch(&path, &json!({"zone": "Mars/Olympus"})).await.0, 422);
        let (status, mixed) = http.patch(&format!("{path}/traits"), &json!({"age": "old", "vip": null, "plan": 7})).await;
        assert_eq!((status.as_u16(), mixed["errors"][0]["field"].as_str()), (422, Some("/age")), "{mixed}");
        let (_, profile) = http.patch(&format!("{path}/traits"), &json!({"age": "42", "vip": null, "plan": 7})).await;
        let traits: Vec<&Value> = profile["traits"].as_array().unwrap().iter().map(|t| &t["value"]).collect();
        assert_eq!(traits, [&json!(42.0), &json!("2026-01-02T00:00:00Z"), &json!("7")], "{profile}");
        let (status, _) = http.delete(&format!("{path}/tags/gold")).await;
        assert_eq!(status, 200);
        assert_eq!(http.get(&format!("/contacts/{}", host.id())).await.0, 404);
    }

    async fn a_merge_is_a_pointer_and_can_be_taken_back(host: TestHost) {
        let http = host.http().await;
        let mut made = Vec::new();
        for (n, plan) in [(1, "a"), (2, "b"), (3, "c")] {
            let new = json!({"name": format!("P{n}"), "identities": [{"kind": "email", "value": format!("p{n}@example.com")}],
                             "traits": {"plan": plan, format!("only{n}"): n}});
            made.push(id(&http.post("/contacts", &new).await.1));
            host.clock().advance_seconds(1);
        }
        let merge = async |winner: Id, loser: Id| http.post(&format!("/contacts/{winner}/merge"), &json!({"loser": loser})).await;
        // 3 into 2, then 2 into 1: everybody points at 1 in one step.
        let (status, first) = merge(made[1], made[2]).await;
        assert_eq!(status, 201, "{first}");
        let (_, second) = merge(made[0], made[1]).await;
        assert_eq!(merge(made[0], made[2]).await.1["code"], "one-person-already");
        let (_, profile) = http.get(&format!("/contacts/{}/profile", made[2])).await;
        assert_eq!(id(&profile["contact"]), made[0]);
        assert_eq!((profile["identities"].as_array().unwrap().len(), profile["merged"].as_array().unwrap().len()), (3, 2));
        let plan = profile["traits"].as_array().unwrap().iter().find(|t| t["key"] == "plan").unwrap();
        assert_eq!(plan["value"], "c", "of several the latest");
        let mut conn = host.read().await;
        let people = addressees(&mut conn, host.workspace(), &[made[2], made[0], host.id()], "email").await.unwrap();
        assert_eq!(people.len(), 2);
        assert!(people.iter().all(|p| p.root == made[0] && p.address.as_deref() == Some("p1@example.com")));
        drop(conn);
        let undo = |merge: &Value| format!("/contact-merges/{}/undo", merge["id"].as_str().unwrap());
        assert_eq!(http.post(&undo(&second), &json!({})).await.0, 200);
        assert_eq!(http.post(&undo(&second), &json!({})).await.0, 409);
        let (_, two) = http.get(&format!("/contacts/{}/profile", made[2])).await;
        assert_eq!(id(&two["contact"]), made[1], "the earlier merge still holds");
        assert_eq!(http.post(&undo(&first), &json!({})).await.0, 200);
        for contact in &made {
            let (_, one) = http.get(&format!("/contacts/{contact}/profile")).await;
            assert_eq!((id(&one["contact"]), one["identities"].as_array().unwrap().len()), (*contact, 1));
        }
    }

    async fn an_opt_out_wins_and_has_its_proof(host: TestHost) {
        let http = host.http().await;
        let person = id(&http.post("/contacts", &json!({"name": "P"})).await.1);
        let other = id(&http.post("/contacts", &json!({"name": "Q"})).await.1);
        let allows = async |contact: Id, topic: &str| {
            let mut conn = host.read().await;
            consent_allows(&mut conn, host.workspace(), contact, "email", topic).await.unwrap()
        };
        let say = async |contact: Id, body: Value| http.post(&format!("/contacts/{contact}/consents"), &body).await;
        assert!(!allows(person, "news").await, "no statement is no consent");
        assert_eq!(say(person, json!({"channel": "email", "state": "granted"})).await.0, 422, "a grant needs its proof");
        assert_eq!(say(person, json!({"channel": "email", "state": "granted", "proof": "form 7"})).await.0, 201);
        assert!(allows(person, "news").await && !allows(other, "news").await);
        host.clock().advance_seconds(60);
        say(person, json!({"channel": "email", "topic": "news", "state": "withdrawn"})).await;
        assert!(!allows(person, "news").await && allows(person, "offers").await);
        // Written down later, said earlier: what was said last holds.
        say(person, json!({"channel": "email", "topic": "news", "state": "granted", "proof": "paper", "at": "2025-01-01T00:00:00Z"})).await;
        assert!(!allows(person, "news").await);
        let (_, records) = http.get(&format!("/contacts/{person}/consents")).await;
        assert_eq!(records.as_array().map(Vec::len), Some(3), "{records}");
        // Two contacts turn out to be one person: one no is enough.
        say(other, json!({"channel": "email", "state": "granted", "proof": "form"})).await;
        assert!(allows(other, "news").await);
        http.post(&format!("/contacts/{other}/merge"), &json!({"loser": person})).await;
        assert!(!allows(other, "news").await && allows(other, "offers").await);
    }

    async fn suppressed_addresses_are_kept_as_hashes(host: TestHost) {
        let http = host.http().await;
        let asked = json!({"channel": "email", "address": " Gone@Example.com", "reason": "complaint"});
        assert_eq!(http.post("/suppressions", &asked).await.0, 201);
        assert_eq!(http.post("/suppressions", &asked).await.0, 200);
        let hash = host.host().keys.address_hash(host.workspace(), "gone@example.com");
        let mut conn = host.read().await;
        assert!(suppressed(&mut conn, host.workspace(), "email", &hash).await.unwrap());
        assert!(!suppressed(&mut conn, host.workspace(), "sms", &hash).await.unwrap());
        drop(conn);
        let (_, list) = http.get("/suppressions").await;
        assert_eq!(list["items"][0]["address_hash"].as_str(), Some(hex::encode(&hash).as_str()));
        assert!(!list.to_string().contains("gone@"));
        assert_eq!(http.post("/suppressions/remove", &asked).await.0, 204);
        assert_eq!(http.post("/suppressions/remove", &asked).await.0, 404);
        assert_eq!(http.post("/suppressions", &json!({"channel": "email", "address": "x"})).await.0, 422);
    }

    async fn a_file_with_broken_rows_gives_its_good_ones(host: TestHost) {
        let http = host.http().await;
        let file = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/imports/contacts-broken.csv")).unwrap();
        let import = send(&http, "kind=contacts&file_name=broken.csv&keep_unknown=true", file).await;
        let done = ended(&host, &http, &import).await;
        let figures = ["rows_read", "rows_good", "rows_bad"].map(|name| done[name].as_i64().unwrap());
        assert_eq!((done["state"].as_str(), figures), (Some("done"), [13, 6, 7]), "{done}");
        assert_eq!(done["report"]["delimiter"], ";");
        let (_, errors) = http.get(&format!("/imports/{}/errors", import["id"].as_str().unwrap())).await;
        let told: Vec<(i64, &str)> = errors["items"].as_array().unwrap().iter()
            .map(|e| (e["row"].as_i64().unwrap(), e["field"].as_str().unwrap())).collect();
        assert_eq!(told, [(3, "email"), (4, "row"), (5, "external_id"), (7, "row"), (9, "phone"), (10, "consent_email"), (13, "email")], "{errors}");
        assert_eq!(count(&host, "contact").await, 5, "row 12 is row 1 again");
        let (_, found) = http.get("/contacts?q=c-1&identity=external").await;
        let (_, profile) = http.get(&format!("/contacts/{}/profile", found["items"][0]["id"].as_str().unwrap())).await;
        assert_eq!(profile["contact"]["name"], "Ann B. Lee");
        let ages: Vec<&Value> = profile["traits"].as_array().unwrap().iter().map(|t| &t["value"]).collect();
        assert_eq!(ages, [&json!(42.0)], "{profile}");
        assert_eq!(profile["consents"][0]["state"], "granted");
        // Mended and sent again as it was handed out.
        let (_, csv) = http.text(&format!("/imports/{}/errors.csv", import["id"].as_str().unwrap())).await;
        assert!(csv.starts_with("\u{feff}external_id") || csv.starts_with("external_id"), "{csv}");
        assert_eq!(csv.lines().count(), 8, "{csv}");
        let mended = csv.replace("not-an-address", "dan@example.com");
        let again = send(&http, "kind=contacts&keep_unknown=true", mended).await;
        assert!(ended(&host, &http, &again).await["rows_good"].as_i64().unwrap() >= 1);
    }

    async fn a_file_that_is_none_is_refused_as_a_whole(host: TestHost) {
        let http = host.http().await;
        for (body, hint) in [
            (&b"\xd0\xcf\x11\xe0xxxx"[..], "XLSX"),
            (b"PK\x03\x04xxxx", "workbook"),
            (b"email,e-mail\na@b.ch,c@d.ch\n", "second column"),
            (b"\n\n", "empty"),
        ] {
            let import = send(&http, "kind=contacts", body).await;
            let done = ended(&host, &http, &import).await;
            assert_eq!(done["state"], "failed", "{done}");
            assert!(done["error"].as_str().unwrap().contains(hint), "{done}");
        }
        let (status, unknown) = answer(http.request(Method::POST, "/imports?kind=nothing").body("a")).await;
        assert_eq!((status.as_u16(), unknown["errors"][0]["field"].as_str()), (422, Some("kind")));
        assert_eq!(answer(http.request(Method::POST, "/imports?kind=contacts")).await.0, 422);
        let left = std::fs::read_dir(host.host().data_dir.join("imports")).map(Iterator::count).unwrap_or(0);
        assert_eq!(left, 0, "no file is left behind");
    }

    async fn a_failure_at_every_batch_repeats_nothing_and_skips_nothing(host: TestHost) {
        register(host.host(), Arc::new(Faltering::default()));
        let http = host.http().await;
        let mut file = String::from("external_id,email,name,consent_email\n");
        for n in 0..5_500 {
            let email = if n % 1_000 == 7 { "broken".to_owned() } else { format!("p{n}@example.com") };
            let _ = writeln!(file, "c-{n},{email},Person {n},yes");
        }
        let import = send(&http, "kind=faltering", file).await;
        let done = ended(&host, &http, &import).await;
        let figures = ["rows_read", "rows_good", "rows_bad"].map(|name| done[name].as_i64().unwrap());
        assert_eq!((done["state"].as_str(), figures), (Some("done"), [5_500, 5_494, 6]), "{done}");
        assert_eq!(count(&host, "contact").await, 5_494);
        assert_eq!(count(&host, "consent_record").await, 5_494, "each row was taken in exactly once");
        assert_eq!(count(&host, "import_error").await, 6);
    }

    async fn a_row_that_a_kind_refuses_is_found_and_left_out(host: TestHost) {
        register(host.host(), Arc::new(Picky));
        let http = host.http().await;
        let mut file = String::from("external_id\n");
        for n in 0..2_300 {
            let _ = writeln!(file, "c-{n}");
        }
        let import = send(&http, "kind=picky", file).await;
        let done = ended(&host, &http, &import).await;
        assert_eq!((done["rows_good"].as_i64(), done["rows_bad"].as_i64()), (Some(2_297), Some(3)), "{done}");
        assert_eq!(count(&host, "contact").await, 2_297);
    }

    async fn a_cancelled_import_keeps_what_it_had(host: TestHost) {
        let http = host.http().await;
        let import = send(&http, "kind=contacts", "email\na@example.com\n").await;
        let path = format!("/imports/{}/cancel", import["id"].as_str().unwrap());
        assert_eq!(http.post(&path, &json!({})).await.1["state"], "cancelled");
        assert_eq!(http.post(&path, &json!({})).await.0, 409);
        host.drain().await;
        assert_eq!(count(&host, "contact").await, 0);
    }

    async fn events_are_imported_once(host: TestHost) {
        let http = host.http().await;
        let file = "event,at,external_id,value,currency,message_id,size\nBought,2026-01-02,c-1,12.50,USD,m-1,L\n\
                    Bought,soon,c-1,,,m-2,L\nBought,2026-01-02,c-1,12.505,USD,m-3,L\nBought,2026-01-02,c-1,12.50,USD,m-1,L\n";
        let import = send(&http, "kind=events&keep_unknown=true", file).await;
        let done = ended(&host, &http, &import).await;
        assert_eq!((done["rows_good"].as_i64(), done["rows_bad"].as_i64()), (Some(2), Some(2)), "{done}");
        assert_eq!((count(&host, "event").await, count(&host, "contact").await), (1, 1));
    }

    async fn a_stranger_finds_nothing(host: TestHost) {
        let http = host.http().await;
        let person = id(&http.post("/contacts", &json!({"name": "P", "tags": ["x"]})).await.1);
        let import = send(&http, "kind=contacts", "email\na@example.com\n").await;
        let stranger = host.another_workspace("stranger").await;
        let token = host.token(stranger, rialto_identity::TokenKind::Admin, None).await;
        let other = http.with_token(Some(token));
        for path in [
            format!("/contacts/{person}"), format!("/contacts/{person}/profile"), format!("/contacts/{person}/timeline"),
            format!("/contacts/{person}/consents"), format!("/imports/{}", import["id"].as_str().unwrap()),
            format!("/imports/{}/errors.csv", import["id"].as_str().unwrap()),
        ] {
            assert_eq!(other.get(&path).await.0, 404, "{path}");
        }
        assert_eq!(other.get("/contacts").await.1["items"], json!([]));
        assert_eq!(other.patch(&format!("/contacts/{person}"), &json!({"name": "X"})).await.0, 404);
        assert_eq!(other.post(&format!("/contacts/{person}/tags"), &json!({"name": "y"})).await.0, 404);
        assert_eq!(http.with_token(None).get("/contacts").await.0, 401);
    }
}

/// Contacts, but every batch fails once after it was written.
#[derive(Default)]
struct Faltering(Mutex<HashSet<u64>>);

#[async_trait]
impl ImportKind for Faltering {
    fn name(&self) -> &'static str {
        "faltering"
    }

    fn columns(&self) -> &'static [Column] {
        ContactsImport.columns()
    }

    fn knows(&self, header: &str) -> bool {
        ContactsImport.knows(header)
    }

    async fn apply(&self, conn: &mut Conn, ctx: &ImportContext, rows: &[ImportRow]) -> Result<Vec<RowError>, Problem> {
        let errors = ContactsImport.apply(conn, ctx, rows).await?;
        let first = rows.first().map_or(0, |row| row.number);
        if self.0.lock().unwrap().insert(first) { Err(Problem::unavailable("killed")) } else { Ok(errors) }
    }
}

/// Contacts, but some rows make the whole batch fail.
struct Picky;

#[async_trait]
impl ImportKind for Picky {
    fn name(&self) -> &'static str {
        "picky"
    }

    fn columns(&self) -> &'static [Column] {
        ContactsImport.columns()
    }

    async fn apply(&self, conn: &mut Conn, ctx: &ImportContext, rows: &[ImportRow]) -> Result<Vec<RowError>, Problem> {
        let errors = ContactsImport.apply(conn, ctx, rows).await?;
        match rows.iter().find(|row| [1, 777, 2_300].contains(&row.number)) {
            Some(row) => Err(Problem::invalid("external_id", format!("row {} is not liked", row.number))),
            None => Ok(errors),
        }
    }
}
