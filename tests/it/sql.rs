//! Every text for the database: each runs on both, names its workspace, and
//! writes only its own area's tables.

use crate::source::{Text, TextKind, crate_of, files, texts};
use rialto_testkit::{POSTGRES_VARIABLE, TestDatabase};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, SqlSafeStr as _};
use std::{
    collections::{BTreeMap, BTreeSet},
    str::FromStr as _,
};

/// Texts that name no workspace outside files called `unscoped.rs`, by file
/// and a part of the text, each with its why.
const WITHOUT_WORKSPACE: &[(&str, &str)] = &[
    // The migrations' own table is no tenant's.
    ("host/platform/store/src/migrate.rs", "schema_migration"),
    // The database's clock is nobody's data.
    ("host/platform/store/src/open.rs", "unixepoch"),
    ("host/platform/store/src/open.rs", "clock_timestamp"),
    // Row-level security, which sees to it for every text.
    ("host/platform/store/src/wall.rs", "pg_"),
    ("host/platform/store/src/open.rs", "set_config"),
    ("host/platform/store/src/open.rs", "pg_database"),
    ("host/platform/store/src/open.rs", "pg_control_system"),
    // A backup copies every table whole.
    ("host/platform/store/src/copy.rs", "SELECT EXISTS"),
    ("host/platform/store/src/copy.rs", "FROM event"),
    ("host/platform/store/src/copy.rs", "pg_class"),
    ("host/platform/store/src/copy.rs", "pg_database_size"),
    // What the planner is told of every table.
    ("host/platform/store/src/statistics.rs", "sqlite_"),
    ("host/platform/store/src/statistics.rs", "pragma_"),
];

/// Who writes the tables of the first migration, which is everybody's ground.
const PLATFORM_TABLES: &[(&str, &str)] = &[
    ("schema_migration", "platform/store"),
    ("sqlite_stat1", "platform/store"),
    ("job", "platform/jobs"),
    ("schedule", "platform/jobs"),
    ("outbox", "platform/jobs"),
    ("host_instance", "platform/jobs"),
    ("host_epoch", "platform/jobs"),
    ("idempotency", "platform/web"),
    ("audit_log", "domain/identity"),
    // A migration of their own; the people in them are the audience's.
    ("person_request", "domain/audience"),
    ("person_document", "domain/audience"),
    ("retention", "domain/identity"),
    ("experiment", "domain/audience"),
    ("experiment_arm", "domain/audience"),
    ("experiment_assignment", "domain/audience"),
    ("waiting", "domain/audience"),
    ("lift_run", "domain/measure"),
    // The migration of plans, whose money is partly sales'.
    ("exchange_rate", "domain/sales"),
    ("refund", "domain/sales"),
    ("budget_line", "domain/campaign"),
    ("plan_setting", "domain/campaign"),
    ("campaign_approval", "domain/campaign"),
    ("campaign_comment", "domain/campaign"),
    ("comment_mention", "domain/campaign"),
    ("annotation", "domain/campaign"),
    // The migration of the gate.
    ("delivery_policy", "domain/delivery"),
    ("delivery_policy_unit", "domain/delivery"),
    ("campaign_preflight", "domain/campaign"),
    ("delivery_policy_change", "domain/delivery"),
    ("occurrence_content", "domain/delivery"),
    // The migration of imports.
    ("import_mapping", "domain/audience"),
    ("import_made", "domain/audience"),
    ("import_kept", "domain/audience"),
    // The migration of rollouts.
    ("plugin_step", "domain/plugins"),
    ("plugin_canary", "domain/plugins"),
    ("plugin_denial", "domain/plugins"),
    // The migration of where packages come from.
    ("publisher_key", "domain/plugins"),
    ("package_revocation", "domain/plugins"),
    ("package_signer", "domain/plugins"),
    ("package_origin", "domain/plugins"),
    ("package_policy", "domain/plugins"),
    // The migration of recorded runs.
    ("plugin_recording", "domain/plugins"),
    ("plugin_recording_contact", "domain/plugins"),
    ("plugin_shadow", "domain/plugins"),
    ("plugin_receipt", "domain/plugins"),
    // The migration of backups, which are the host's own.
    ("backup", "app"),
    // The migration of tokens and of keys that outlive the master key.
    ("installation_token", "domain/plugins"),
    ("kept_key", "app"),
    ("plugin_conformance", "domain/plugins"),
];

#[tokio::test]
async fn every_text_prepares_on_sqlite() {
    let db = TestDatabase::sqlite().await;
    let rialto_store::StoreOptions::Sqlite { path } = &db.options else { panic!("not SQLite") };
    let mut conn = sqlx::sqlite::SqliteConnectOptions::new().filename(path).connect().await.unwrap();
    let mut wrong = Vec::new();
    for text in prepared(TextKind::Sqlite) {
        if let Err(cause) = conn.prepare(AssertSqlSafe(text.text.clone()).into_sql_str()).await {
            wrong.push(format!("{}: {cause}\n{}", text.file, text.text));
        }
    }
    conn.close().await.unwrap();
    assert!(wrong.is_empty(), "{} texts do not prepare on SQLite:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[tokio::test]
async fn every_text_prepares_on_postgres() {
    let Some(db) = TestDatabase::postgres().await else { return };
    let rialto_store::StoreOptions::Postgres { url, .. } = &db.options else { panic!("not {POSTGRES_VARIABLE}") };
    let mut conn = sqlx::postgres::PgConnectOptions::from_str(url).unwrap().connect().await.unwrap();
    let mut wrong = Vec::new();
    for text in prepared(TextKind::Postgres) {
        if let Err(cause) = conn.prepare(AssertSqlSafe(text.text.clone()).into_sql_str()).await {
            wrong.push(format!("{}: {cause}\n{}", text.file, text.text));
        }
    }
    conn.close().await.unwrap();
    assert!(wrong.is_empty(), "{} texts do not prepare on PostgreSQL:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

fn prepared(dialect: TextKind) -> Vec<Text> {
    let found: Vec<Text> =
        texts().0.into_iter().filter(|text| text.kind == TextKind::Both || text.kind == dialect).collect();
    assert!(found.len() > 100, "only {} texts were found", found.len());
    found
}

/// Texts that read a whole table on SQLite, by file and table, each with its why.
const WHOLE_TABLES: &[(&str, &str)] = &[
    // A handful of rows: the migrations, the workspaces.
    ("host/platform/store/src/migrate.rs", "schema_migration"),
    ("host/platform/store/src/unscoped.rs", "schema_migration"),
    ("host/domain/identity/src/unscoped.rs", "workspace"),
    // The hosts on one database; and what one start takes back, once.
    ("host/platform/jobs/src/unscoped.rs", "host_instance"),
    ("host/platform/jobs/src/unscoped.rs", "outbox"),
    // A handful of keys.
    ("host/app/src/keyring/unscoped.rs", "kept_key"),
    // Emptied every few minutes by these very texts.
    ("host/domain/identity/src/unscoped.rs", "sign_in_failure"),
    ("host/domain/identity/src/unscoped.rs", "sign_in_gate"),
];

#[tokio::test]
async fn no_text_reads_a_whole_table() {
    let db = TestDatabase::sqlite().await;
    let rialto_store::StoreOptions::Sqlite { path } = &db.options else { panic!("not SQLite") };
    let mut conn = sqlx::sqlite::SqliteConnectOptions::new().filename(path).connect().await.unwrap();
    let mut wrong = Vec::new();
    for text in prepared(TextKind::Sqlite) {
        let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", text.text));
        let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain).fetch_all(&mut conn).await.unwrap();
        for (.., step) in steps {
            let scanned = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next()).unwrap_or("");
            let allowed = WHOLE_TABLES.iter().any(|(file, table)| text.file == *file && *table == scanned);
            if !scanned.is_empty() && !scanned.starts_with('(') && scanned != "CONSTANT" && !allowed {
                wrong.push(format!("{}: {step}\n{}", text.file, text.text));
            }
        }
    }
    conn.close().await.unwrap();
    assert!(wrong.is_empty(), "{} texts read a whole table:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_text_is_written_out_where_it_is_used() {
    let hidden: BTreeSet<String> = texts().1.into_iter().collect();
    assert!(hidden.is_empty(), "texts that are built elsewhere cannot be checked (use sql_dynamic): {hidden:?}");
}

#[test]
fn every_text_names_its_workspace() {
    let mut wrong = Vec::new();
    for text in texts().0 {
        let known = WITHOUT_WORKSPACE.iter().any(|(file, part)| text.file == *file && text.text.contains(part));
        if !text.file.ends_with("unscoped.rs") && !known && !scoped(&text.text) {
            wrong.push(format!("{}: {}", text.file, text.text));
        }
    }
    assert!(wrong.is_empty(), "{} texts without a workspace:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

fn scoped(text: &str) -> bool {
    // A part that is built at run time may read from another part, `FROM ({rows})`,
    // which has to be scoped itself; a table of its own it reads in its own name.
    let words: Vec<&str> = text.split_whitespace().collect();
    let of_a_table = words
        .windows(2)
        .any(|pair| matches!(pair[0], "FROM" | "JOIN" | "INTO" | "UPDATE") && !pair[1].starts_with(['{', '(']));
    !of_a_table || text.contains("workspace")
}

#[test]
fn an_area_writes_only_its_own_tables() {
    let owners = owners();
    let mut wrong = Vec::new();
    for text in texts().0 {
        for table in written(&text.text) {
            match owners.get(table.as_str()) {
                Some(owner) if owner == crate_of(&text.file) => {}
                Some(owner) => wrong.push(format!("{} writes `{table}` of {owner}", text.file)),
                None => wrong.push(format!("{} writes `{table}`, which no migration makes", text.file)),
            }
        }
    }
    for (file, source) in crate::source::host_files() {
        for part in source.split("BulkInsert::new(").skip(1) {
            let table = part.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()).unwrap_or("");
            match owners.get(table) {
                Some(owner) if owner == crate_of(&file) => {}
                _ if file.starts_with("host/platform/store/") => {}
                owner => wrong.push(format!("{file} inserts into `{table}` of {owner:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Which crate owns each table: that of the migration which makes it.
fn owners() -> BTreeMap<String, String> {
    let mut owners = BTreeMap::new();
    for (file, text) in files("host/schema/sqlite", &[".sql"]) {
        let area = file.rsplit('/').next().and_then(|name| name.split_once('_')).map_or("", |(_, rest)| rest);
        let area = area.trim_end_matches(".sql");
        for table in text.split("CREATE TABLE ").skip(1) {
            let table = table.split_whitespace().next().unwrap_or("").to_owned();
            owners.insert(table, format!("domain/{area}"));
        }
    }
    owners.extend(PLATFORM_TABLES.iter().map(|(table, owner)| ((*table).to_owned(), (*owner).to_owned())));
    owners
}

/// The tables a statement writes.
fn written(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut tables = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let next = |n: usize| words.get(at + n).copied().unwrap_or("");
        match *word {
            "INTO" if at > 0 && words[at - 1] == "INSERT" => tables.push(next(1)),
            "FROM" if at > 0 && words[at - 1] == "DELETE" => tables.push(next(1)),
            // Not `FOR UPDATE`, not `DO UPDATE SET`.
            "UPDATE" if at == 0 || !matches!(words[at - 1], "FOR" | "DO") => tables.push(next(1)),
            _ => {}
        }
    }
    let name = |table: &str| table.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '_').to_owned();
    // A name that is put in at run time cannot be told here.
    tables.into_iter().filter(|table| !table.contains('{')).map(name).filter(|table| !table.is_empty()).collect()
}
