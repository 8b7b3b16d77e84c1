//! A person's rights: an export that leaves no table out, and an erasure after
//! which nothing of the person is found in a whole dump.

use rialto_audience::person::{RequestKind, certificate_verify};
use rialto_slice::person::holdings;
use rialto_store::{StoreOptions, sql, sql_dynamic};
use rialto_testkit::{TestClient, TestHost, both};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use std::{collections::BTreeSet, str::FromStr as _};

/// Stands in every field that can tell who somebody is.
const CANARY: &str = "quetzalmarmot";

async fn post(http: &TestClient, path: &str, body: Value) -> Value {
    let (status, answer) = http.post(path, &body).await;
    assert!(status.is_success(), "POST {path}: {status}: {answer}");
    answer
}

/// A contact with the canary in every field, and all that hangs on them.
async fn canary(host: &TestHost, http: &TestClient, number: usize) -> String {
    let contact = post(
        http,
        "/api/v1/contacts",
        json!({
            "name": format!("{CANARY} name"), "first_name": CANARY, "last_name": CANARY,
            "identities": [
                {"kind": "email", "value": format!("{CANARY}{number}@example.com")},
                {"kind": "external", "value": format!("{CANARY}-{number}")},
            ],
        }),
    )
    .await;
    let id = contact["id"].as_str().unwrap().to_owned();
    let person: rialto_kernel::Id = id.parse().unwrap();
    let (workspace, one, now) = (host.workspace(), host.id(), host.host().now_us());
    // What other areas keep: written straight to their tables.
    let rows = [
        format!(
            "INSERT INTO trait (workspace, contact, key, kind, text, number, source, at) VALUES ($1, $2, 'city', 'text', '{CANARY}', NULL, '{CANARY}', {now})"
        ),
        format!(
            "INSERT INTO tag (workspace, contact, name, source, at, expires_at) VALUES ($1, $2, '{CANARY}', '{CANARY}', {now}, NULL)"
        ),
        format!(
            "INSERT INTO consent_record (workspace, id, contact, channel, topic, state, source, proof, actor, at) VALUES ($1, $3, $2, 'email', '*', 'given', '{CANARY}', '{CANARY}', '{CANARY}', {now})"
        ),
        format!(
            "INSERT INTO event (workspace, at, id, kind, name, contact, channel, campaign, send, source, value_minor, currency, properties, received_at) VALUES ($1, {now}, $3, 'track', 'Order Completed', $2, 'email', NULL, $3, 'test', 500, 'USD', '{{\"who\":\"{CANARY}\"}}', {now})"
        ),
        format!(
            "INSERT INTO event_seen (workspace, message_id, at) VALUES ($1, 'm-{CANARY}{number}@example.com', {now})"
        ),
        format!(
            "INSERT INTO sales_order (workspace, id, number, contact, sales_channel, at, currency, total_minor, discount_minor, lines, state, source, version, created_at) VALUES ($1, $3, 'o-{number}', $2, NULL, {now}, 'USD', 1250, 0, 0, 'placed', 'test', 1, {now})"
        ),
        format!(
            "INSERT INTO redemption (workspace, id, number, offer, contact, campaign, sales_order, code, at, source) VALUES ($1, $3, 'r-{number}', $3, $2, NULL, NULL, '{CANARY}', {now}, 'test')"
        ),
        format!(
            "INSERT INTO send (workspace, id, occurrence, campaign, contact, channel, address, address_hash, state, reason, attempt, failures, due_at, lease_until, locale, variant, topic, content_hash, connector_version, provider_id, code, detail, cost_minor, created_at, dispatched_at, settled_at) VALUES ($1, $3, $3, NULL, $2, 'email', '{CANARY}{number}@example.com', NULL, 'accepted', NULL, 1, 0, {now}, 0, '', '', '', NULL, NULL, '{CANARY}', NULL, '{CANARY}', 0, {now}, {now}, {now})"
        ),
        format!(
            "INSERT INTO send (workspace, id, occurrence, campaign, contact, channel, address, address_hash, state, reason, attempt, failures, due_at, lease_until, locale, variant, topic, content_hash, connector_version, provider_id, code, detail, cost_minor, created_at, dispatched_at, settled_at) VALUES ($1, $4, $4, NULL, $2, 'email', '{CANARY}{number}@example.com', NULL, 'pending', NULL, 0, 0, {now}, 0, '', '', '', NULL, NULL, NULL, NULL, NULL, 0, {now}, NULL, NULL)"
        ),
        format!(
            "INSERT INTO send_attempt (workspace, send, attempt, host, run, started_at, ended_at, state, code, detail) VALUES ($1, $3, 1, 'h', $4, {now}, {now}, 'accepted', NULL, '{CANARY}')"
        ),
        format!(
            "INSERT INTO delivery_report (workspace, id, send, kind, key, at, detail) VALUES ($1, $3, $3, 'bounce', '{CANARY}', {now}, '{CANARY}')"
        ),
        format!(
            "INSERT INTO plugin_run (workspace, id, installation, installation_version, digest, kind, started_at, outcome, limit_name, error, wall_us, cpu_us, memory_peak_bytes, host_calls, record, logs) VALUES ($1, $4, $3, $3, 'd', 'connector', {now}, 'ok', NULL, '{CANARY}', 1, 1, 1, 1, '{{}}', '[\"{CANARY}\"]')"
        ),
        format!(
            "INSERT INTO import_error (workspace, import, row, field, message, line) VALUES ($1, $3, 1, 'email', 'bad', 'x,{CANARY}{number}@example.com')"
        ),
        format!(
            "INSERT INTO plugin_state (workspace, installation, key, value, size_bytes, version, updated_at) VALUES ($1, $3, 'last-{CANARY}-{number}', $5, 1, 1, {now})"
        ),
    ];
    let other = host.id();
    host.host()
        .store
        .write(workspace, "test.canary", move |conn| {
            Box::pin(async move {
                conn.event_months([now]).await?;
                for text in rows {
                    // Each text takes the values it names, numbered without a gap.
                    let (mut plain, mut next) = (text.clone(), 2);
                    let mut values: Vec<rialto_store::Value> = Vec::new();
                    for (place, value) in [
                        ("$2", rialto_store::Value::from(person)),
                        ("$3", one.into()),
                        ("$4", other.into()),
                        ("$5", format!("of {CANARY}{number}@example.com").into_bytes().into()),
                    ] {
                        if text.contains(place) {
                            plain = plain.replace(place, &format!("${next}"));
                            values.push(value);
                            next += 1;
                        }
                    }
                    sql_dynamic(plain).bind(workspace).bind_all(values).execute(conn).await?;
                }
                Ok::<_, rialto_store::StoreError>(())
            })
        })
        .await
        .unwrap();
    id
}

/// Every value of every table, as text.
async fn dump(host: &TestHost) -> Vec<(String, String)> {
    let mut found = Vec::new();
    match &host.database().options {
        StoreOptions::Sqlite { path } => {
            let mut conn = sqlx::sqlite::SqliteConnectOptions::new().filename(path).connect().await.unwrap();
            let tables: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table'")
                .fetch_all(&mut conn)
                .await
                .unwrap();
            for table in tables {
                let columns: Vec<String> =
                    sqlx::query_scalar(AssertSqlSafe(format!("SELECT name FROM pragma_table_info('{table}')")))
                        .fetch_all(&mut conn)
                        .await
                        .unwrap();
                for column in columns {
                    let text =
                        format!("SELECT CAST(\"{column}\" AS TEXT) FROM \"{table}\" WHERE \"{column}\" IS NOT NULL");
                    let values: Vec<Vec<u8>> = sqlx::query_scalar(AssertSqlSafe(text.replace("AS TEXT", "AS BLOB")))
                        .fetch_all(&mut conn)
                        .await
                        .unwrap();
                    let lossy = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
                    found.extend(values.into_iter().map(|v| (format!("{table}.{column}"), lossy(v))));
                }
            }
            conn.close().await.unwrap();
        }
        StoreOptions::Postgres { url, .. } => {
            let mut conn = sqlx::postgres::PgConnectOptions::from_str(url).unwrap().connect().await.unwrap();
            let tables: Vec<String> = sqlx::query_scalar(
                "SELECT CAST(relname AS TEXT) FROM pg_class WHERE relnamespace = 'public'::regnamespace
                 AND relkind IN ('r', 'p') AND NOT relispartition",
            )
            .fetch_all(&mut conn)
            .await
            .unwrap();
            for table in tables {
                let text = format!("SELECT CAST(row_to_json(t) AS TEXT) FROM {table} t");
                let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(text)).fetch_all(&mut conn).await.unwrap();
                for row in rows {
                    // Bytes are shown in hex.
                    let plain = row.split("\\\\x").skip(1).filter_map(|rest| {
                        let digits: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
                        hex::decode(digits).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                    });
                    let all = std::iter::once(row.clone()).chain(plain).collect::<Vec<_>>().join(" ");
                    found.push((table.clone(), all));
                }
            }
            conn.close().await.unwrap();
        }
    }
    found
}

fn hits(dump: &[(String, String)]) -> BTreeSet<&str> {
    dump.iter().filter(|(_, value)| value.contains(CANARY)).map(|(place, _)| place.as_str()).collect()
}

both! {
    async fn an_erased_person_is_nowhere(host: TestHost) {
        let http = host.http().await;
        let winner = canary(&host, &http, 1).await;
        let loser = canary(&host, &http, 2).await;
        post(&http, &format!("/api/v1/contacts/{winner}:merge"), json!({"loser": loser, "reason": CANARY})).await;
        host.drain().await;
        let before = hits(&dump(&host).await).len();
        assert!(before > 8, "the canary stands in {before} places only");

        let asked = post(&http, &format!("/api/v1/contacts/{loser}:export"), json!({"reason": "letter 1"})).await;
        assert_eq!(asked["contact"], winner, "the merged ones are one person");
        host.drain().await;
        let export = asked["id"].as_str().unwrap();
        let (status, document) = http.get(&format!("/api/v1/person-requests/{export}/document")).await;
        assert_eq!(status, 200, "{document}");
        for table in ["contact", "identity", "trait", "tag", "consent_record", "event", "sales_order", "redemption", "send"] {
            let rows = document["tables"][table].as_array().unwrap_or_else(|| panic!("no {table}"));
            assert!(rows.len() >= 2, "both contacts' rows of {table}: {rows:?}");
        }

        let wrong = http.post(&format!("/api/v1/contacts/{winner}:erase"), &json!({"confirm": loser})).await;
        assert_eq!(wrong.0, 422, "{}", wrong.1);
        let asked = post(&http, &format!("/api/v1/contacts/{loser}:erase"), json!({"confirm": loser})).await;
        host.drain().await;
        let erasure = asked["id"].as_str().unwrap().to_owned();
        let (_, done) = http.get(&format!("/api/v1/person-requests/{erasure}")).await;
        assert_eq!(done["state"], "done", "{done}");
        assert!(certificate_verify(&host.host().keys, &done["certificate"], done["signature"].as_str().unwrap()));
        assert!(done["certificate"]["rows_erased"]["event"].as_u64() >= Some(2), "{done}");

        let dump = dump(&host).await;
        assert_eq!(hits(&dump), BTreeSet::new(), "found after the erasure");
        let (status, _) = http.get(&format!("/api/v1/person-requests/{export}/document")).await;
        assert_eq!(status, 404, "the export went with the person");
        for entry in walkdir::WalkDir::new(&host.host().data_dir).into_iter().filter_map(Result::ok) {
            let text = std::fs::read(entry.path()).map(|b| String::from_utf8_lossy(&b).into_owned()).unwrap_or_default();
            assert!(!text.contains(CANARY), "found in {}", entry.path().display());
        }

        // What stays: the totals, the ledger's rows, the ban.
        let mut conn = host.read().await;
        let (orders, total): (i64, i64) =
            sql("SELECT CAST(COUNT(*) AS BIGINT), CAST(SUM(total_minor) AS BIGINT) FROM sales_order WHERE workspace = $1")
                .bind(host.workspace()).fetch_one(&mut conn).await.unwrap();
        assert_eq!((orders, total), (2, 2_500));
        let states: Vec<(String, Option<String>)> =
            sql("SELECT state, reason FROM send WHERE workspace = $1 ORDER BY state")
                .bind(host.workspace()).fetch_all(&mut conn).await.unwrap();
        assert_eq!(states.len(), 4);
        assert!(states.iter().filter(|(s, r)| s == "not_sent" && r.as_deref() == Some("erased")).count() == 2);
        for number in [1, 2] {
            let hash = host.host().keys.address_hash(host.workspace(), &format!("{CANARY}{number}@example.com"));
            assert!(rialto_audience::suppressed(&mut conn, host.workspace(), "email", &hash).await.unwrap());
        }
        drop(conn);

        // A backup from before it comes back: the log beside the database tells.
        let workspace = host.workspace();
        host.host().store.write(workspace, "test.restore", move |conn| Box::pin(async move {
            sql("DELETE FROM person_request WHERE workspace = $1").bind(workspace).execute(conn).await?;
            sql("DELETE FROM job WHERE workspace = $1").bind(workspace).execute(conn).await?;
            sql("UPDATE contact SET name = 'quetzalmarmot', source = 'test' WHERE workspace = $1").bind(workspace).execute(conn).await
        })).await.map_err(|e: rialto_store::StoreError| e).unwrap();
        assert_eq!(rialto_audience::person::erasures_reapply(host.host()).await.unwrap(), 1);
        assert_eq!(rialto_audience::person::erasures_reapply(host.host()).await.unwrap(), 0);
        host.drain().await;
        let again = rialto_audience::person::person_request_find(host.host(), workspace, erasure.parse().unwrap()).await.unwrap();
        assert_eq!((again.kind, again.certificate.is_some()), (RequestKind::Erasure, true));
        assert_eq!(hits(&self::dump(&host).await), BTreeSet::new(), "found after the restore");
    }
}

/// Columns that are named as a person's are, and are not.
const NOBODYS: &[(&str, &str)] = &[
    // The company's own address.
    ("sender", "address"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_table_with_a_contact_is_declared() {
    let host = TestHost::sqlite().await;
    let declared = holdings(host.host());
    let mut conn = host.read().await;
    let columns: Vec<(String, String)> = sql_dynamic(
        "SELECT m.name, i.name FROM sqlite_master m, pragma_table_info(m.name) i WHERE m.type = 'table'".to_owned(),
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    let telling = ["contact", "winner", "loser", "merged_into", "address", "address_hash", "person"];
    let missing: Vec<String> = columns
        .iter()
        .filter(|(table, column)| {
            telling.contains(&column.as_str()) && !NOBODYS.contains(&(table.as_str(), column.as_str()))
        })
        .filter(|(table, column)| {
            !declared.iter().any(|one| one.table == table && one.columns.contains(&column.as_str()))
        })
        .map(|(table, column)| format!("{table}.{column}"))
        .collect();
    assert!(missing.is_empty(), "columns that say who somebody is, and no area declares: {missing:?}");
    // What is declared is there, and says what becomes of it.
    for one in &declared {
        let known = |column: &&str| columns.iter().any(|(table, name)| table == one.table && name == column);
        assert!(one.columns.iter().all(known), "{}", one.table);
        assert!(one.erase.is_some() || !one.left.is_empty(), "{} is neither erased nor left", one.table);
    }
}

/// What Python reads of the archive: the tables as rows of cells by name, the
/// text, and whether every file begins with the mark that Excel looks for.
const READER: &str = r#"
import csv, io, json, sys, zipfile
archive = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))
assert archive.testzip() is None
read = {"names": archive.namelist(), "tables": {}}
for name in archive.namelist():
    data = archive.read(name)
    if name.endswith(".csv"):
        assert data.startswith(b"\xef\xbb\xbf"), name
        read["tables"][name[:-4]] = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
read["readme"] = archive.read("README.txt").decode("utf-8-sig")
read["document"] = json.loads(archive.read("export.json"))
json.dump(read, sys.stdout)
"#;

fn read_by_python(archive: &[u8]) -> Value {
    use std::io::Write as _;
    let mut child = std::process::Command::new("python3")
        .args(["-c", READER])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(archive).unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success(), "{done:?}");
    serde_json::from_slice(&done.stdout).unwrap()
}

/// A value of the document as its cell must read.
fn as_cell(column: &str, value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Number(micros) if column == "at" || column.ends_with("_at") => {
            rialto_kernel::from_micros(micros.as_i64().unwrap()).to_string()
        }
        Value::String(text) if text.starts_with(['=', '+', '-', '@']) => format!("'{text}"),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

both! {
    async fn an_export_is_read_by_people_too(host: TestHost) {
        let http = host.http().await;
        let contact = canary(&host, &http, 1).await;
        let names = json!({ "name": "=HYPERLINK(\"http://evil.example\",\"王芳\")", "first_name": "芳, \"小\"\n芳",
                            "last_name": "+王" });
        let found = http.request(reqwest::Method::GET, &format!("/contacts/{contact}")).send().await.unwrap();
        let version = found.headers()["etag"].clone();
        let change = http.request(reqwest::Method::PATCH, &format!("/contacts/{contact}"));
        let (status, changed) = rialto_testkit::answer(change.header("if-match", version).json(&names)).await;
        assert!(status.is_success(), "{status} {changed}");
        for (locale, title, said) in [("en", "All that is held about you", "your names"), ("zh-CN", "我们保存的关于您的全部数据", "您的姓名")] {
            let workspace = host.workspace();
            host.host().store.write(workspace, "test.locale", move |conn| Box::pin(async move {
                sql("UPDATE workspace SET locale = $2 WHERE id = $1").bind(workspace).bind(locale).execute(conn).await
            })).await.map_err(|e: rialto_store::StoreError| e).unwrap();
            let asked = post(&http, &format!("/api/v1/contacts/{contact}:export"), json!({})).await;
            let path = format!("/api/v1/person-requests/{}/document", asked["id"].as_str().unwrap());
            assert_eq!(http.get(&format!("{path}?format=zip")).await.1["code"], "not-done");
            host.drain().await;
            let (_, document) = http.get(&path).await;
            let archive = http.request(reqwest::Method::GET, &format!("{path}?format=zip")).send().await.unwrap();
            assert_eq!(archive.headers()["content-type"], "application/zip");
            let read = read_by_python(&archive.bytes().await.unwrap());
            assert_eq!(read["document"], document);
            let readme = read["readme"].as_str().unwrap();
            assert!(readme.starts_with(title) && readme.contains(said), "{readme}");
            let (mut cells, mut tables) = (0, 0);
            for (table, rows) in document["tables"].as_object().unwrap() {
                let rows = rows.as_array().unwrap();
                if rows.is_empty() {
                    assert_eq!(read["tables"][table], Value::Null);
                    continue;
                }
                tables += 1;
                assert!(readme.contains(&format!("{table}.csv")), "{table} is not in the text:\n{readme}");
                let found = read["tables"][table].as_array().unwrap_or_else(|| panic!("no {table}.csv"));
                assert_eq!(found.len(), rows.len(), "{table}");
                for (row, found) in rows.iter().zip(found) {
                    for (column, value) in row.as_object().unwrap() {
                        assert_eq!(found[column].as_str(), Some(as_cell(column, value).as_str()), "{table}.{column}");
                        cells += 1;
                    }
                }
            }
            assert!(tables >= 9 && cells > 80, "{tables} tables, {cells} cells");
        }
        assert_eq!(http.get(&format!("/api/v1/person-requests/{}/document?format=pdf", host.id())).await.0, 422);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_shown_says_what_it_is_in_both_languages() {
    let host = TestHost::sqlite().await;
    for one in holdings(host.host()).iter().filter(|one| one.find.is_some()) {
        assert!(!one.about.0.is_empty() && !one.about.1.is_empty(), "{} says not what it is", one.table);
        assert!(one.about.0.is_ascii() && !one.about.1.is_ascii(), "{}", one.table);
    }
}
