//! The second wall on PostgreSQL: with every `workspace = $n` of the texts taken
//! away, the database itself still shows a workspace its own rows alone.

use crate::source::{Text, TextKind, texts};
use rialto_audience::{Rule, segment::compile};
use rialto_kernel::Id;
use rialto_store::{HOST_ROLE, Scope, StoreError, StoreOptions, TENANT_ROLE, Wall, sql};
use rialto_testkit::{TestDatabase, TestHost};
use serde_json::json;
use sqlx::{
    AssertSqlSafe, Connection as _, Either, Executor as _, PgConnection, Row as _, SqlSafeStr as _, Statement as _,
    TypeInfo as _, postgres::PgArguments,
};
use std::fmt::Write as _;

/// One value a type, so that rows refer to each other and texts find them.
const ONE_ID: u128 = 0x0195_0000_0000_7000_8000_0000_0000_0001;
const ONE_TEXT: &str = "x";

/// A connection of the cluster's superuser, which no policy binds.
async fn superuser(db: &TestDatabase) -> PgConnection {
    let StoreOptions::Postgres { url, .. } = &db.options else { panic!("not PostgreSQL") };
    PgConnection::connect(url).await.unwrap()
}

async fn run(conn: &mut PgConnection, text: &str) -> u64 {
    let raw = sqlx::raw_sql(AssertSqlSafe(text.to_owned()));
    conn.execute(raw).await.unwrap_or_else(|e| panic!("{text}: {e}")).rows_affected()
}

async fn strings(conn: &mut PgConnection, text: &str) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(text.to_owned())).fetch_all(conn).await.unwrap_or_else(|e| panic!("{text}: {e}"))
}

async fn number(conn: &mut PgConnection, text: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(text.to_owned())).fetch_one(conn).await.unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// Tables with a workspace, partitions left out.
async fn walled(conn: &mut PgConnection) -> Vec<String> {
    strings(
        conn,
        "SELECT CAST(c.relname AS TEXT) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
           AND a.attname = 'workspace' AND NOT a.attisdropped ORDER BY 1",
    )
    .await
}

/// Step down to a tenant of this workspace.
async fn step_down(conn: &mut PgConnection, workspace: Id) {
    run(conn, &format!("SET ROLE {TENANT_ROLE}; SELECT set_config('rialto.workspace', '{workspace}', false)")).await;
}

/// One row of a workspace in every table, its values the same in all of them.
async fn fill(conn: &mut PgConnection, workspace: Id) {
    let now = number(conn, "SELECT CAST(extract(epoch FROM now()) * 1000000 AS BIGINT)").await;
    for table in walled(conn).await {
        let columns = strings(
            conn,
            &format!(
                "SELECT quote_ident(column_name) || ' ' || data_type FROM information_schema.columns
                 WHERE table_schema = 'public' AND table_name = '{table}' ORDER BY ordinal_position"
            ),
        )
        .await;
        let (mut names, mut values) = (String::new(), String::new());
        for column in &columns {
            let (name, kind) = column.split_once(' ').unwrap();
            let value = match kind {
                "uuid" if name == "workspace" => format!("'{workspace}'"),
                "uuid" => format!("'{}'", Id::from_u128(ONE_ID)),
                "bigint" => now.to_string(),
                "boolean" => "true".to_owned(),
                "double precision" => "1".to_owned(),
                // A few are unique among all tenants.
                "bytea" => format!("'{workspace}'"),
                "text" => format!("'{ONE_TEXT}'"),
                other => panic!("{table}.{name} is a {other}: say what to fill it with"),
            };
            let _ = write!(names, "{}{name}", if names.is_empty() { "" } else { ", " });
            let _ = write!(values, "{}{value}", if values.is_empty() { "" } else { ", " });
        }
        run(conn, &format!("INSERT INTO {table} ({names}) VALUES ({values})")).await;
    }
}

#[tokio::test]
async fn every_table_with_a_workspace_is_behind_the_wall() {
    let Some(db) = TestDatabase::postgres().await else { return };
    let mut conn = superuser(&db).await;
    let tables = walled(&mut conn).await;
    assert!(tables.len() > 50, "only {} tables were found", tables.len());
    let open = strings(
        &mut conn,
        "SELECT CAST(c.relname AS TEXT) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'workspace'
           AND NOT (c.relrowsecurity AND c.relforcerowsecurity
                    AND (c.relispartition OR 2 = (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid)))",
    )
    .await;
    assert!(open.is_empty(), "tables with a workspace that no policy guards: {open:?}");
    let strong = strings(
        &mut conn,
        "SELECT CAST(rolname AS TEXT) FROM pg_roles WHERE rolname IN ('rialto_tenant', 'rialto_host')
         AND NOT rolsuper AND NOT rolbypassrls AND NOT rolcanlogin AND NOT rolcreaterole ORDER BY 1",
    )
    .await;
    assert_eq!(strong, [HOST_ROLE, TENANT_ROLE]);
    // Neither owns a table, and none reaches a partition but through its table.
    let reach = strings(
        &mut conn,
        "SELECT CAST(c.relname AS TEXT) FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
         AND c.relkind IN ('r', 'p') AND (pg_get_userbyid(c.relowner) LIKE 'rialto\\_%'
           OR c.relispartition AND has_table_privilege('rialto_tenant', c.oid, 'SELECT'))",
    )
    .await;
    assert!(reach.is_empty(), "{reach:?}");
    assert!(matches!(db.store.wall().await.unwrap(), Wall::Stands { tables } if tables > 50));
}

#[tokio::test]
async fn a_table_made_later_is_walled_in_at_the_next_start() {
    let Some(db) = TestDatabase::postgres().await else { return };
    let mut conn = superuser(&db).await;
    run(&mut conn, "CREATE TABLE later (workspace UUID NOT NULL, id UUID NOT NULL, PRIMARY KEY (workspace, id))").await;
    assert_eq!(db.store.wall().await.unwrap(), Wall::Open(vec!["later".to_owned()]));
    assert!(db.store.migrate().await.unwrap().is_empty());
    assert!(matches!(db.store.wall().await.unwrap(), Wall::Stands { .. }));
}

#[tokio::test]
async fn a_user_who_may_not_make_roles_is_told_what_to_run() {
    let Some(db) = TestDatabase::postgres().await else { return };
    let mut conn = superuser(&db).await;
    run(&mut conn, "CREATE SCHEMA IF NOT EXISTS public; DO $$ BEGIN CREATE ROLE rialto_test_poor LOGIN;
                    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
                    GRANT ALL ON SCHEMA public TO rialto_test_poor; GRANT ALL ON ALL TABLES IN SCHEMA public TO rialto_test_poor")
    .await;
    let StoreOptions::Postgres { url, .. } = &db.options else { panic!("not PostgreSQL") };
    let mut url: url::Url = url.parse().unwrap();
    url.set_username("rialto_test_poor").unwrap();
    let options = StoreOptions::Postgres { url: url.to_string(), connections: 1 };
    let refused = rialto_store::Store::open(&options).await.unwrap_err();
    let StoreError::Migration { reason, .. } = &refused else { panic!("{refused:?}") };
    assert!(reason.contains("GRANT rialto_tenant, rialto_host TO rialto_test_poor;"), "{reason}");
}

#[tokio::test]
async fn the_role_sees_its_own_workspace_and_nothing_without_one() {
    let Some(db) = TestDatabase::postgres().await else { return };
    let mut conn = superuser(&db).await;
    let (own, other) = (db.ids.make(), db.ids.make());
    fill(&mut conn, other).await;
    let tables = walled(&mut conn).await;
    for (setting, seen) in [("SELECT 1".to_owned(), 0), (set(own), 0), (set(other), 1)] {
        run(&mut conn, &format!("SET ROLE {TENANT_ROLE}; {setting}")).await;
        for table in &tables {
            assert_eq!(number(&mut conn, &format!("SELECT count(*) FROM {table}")).await, seen, "{table}: {setting}");
        }
        run(&mut conn, "RESET ROLE; SELECT set_config('rialto.workspace', '', false)").await;
    }
    step_down(&mut conn, own).await;
    for table in &tables {
        assert_eq!(run(&mut conn, &format!("UPDATE {table} SET workspace = '{own}'")).await, 0, "{table}");
        assert_eq!(run(&mut conn, &format!("DELETE FROM {table}")).await, 0, "{table}");
    }
    let foreign = format!("INSERT INTO tag VALUES ('{other}', '{own}', 'x', 'x', 1, NULL)");
    let refused = conn.execute(sqlx::raw_sql(AssertSqlSafe(foreign))).await.unwrap_err();
    assert!(refused.to_string().contains("row-level security"), "{refused}");
    // The store's own doors take the roles.
    let mut reader = db.store.read(rialto_kernel::WorkspaceId(own)).await.unwrap();
    let (role,): (String,) = sql("SELECT CAST(current_user AS TEXT)").fetch_one(&mut reader).await.unwrap();
    assert_eq!(role, TENANT_ROLE);
    let role: (String,) = db
        .store
        .write(Scope::Host, "test", |conn| {
            Box::pin(async move { sql("SELECT CAST(current_user AS TEXT)").fetch_one(conn).await })
        })
        .await
        .map_err(|e: StoreError| e)
        .unwrap();
    assert_eq!(role.0, HOST_ROLE);
}

fn set(workspace: Id) -> String {
    format!("SELECT set_config('rialto.workspace', '{workspace}', false)")
}

/// A text with its own wall taken down: `t.workspace = $1` becomes true.
fn wall_taken_down(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("workspace = $") {
        let digits = rest[at + 13..].chars().take_while(char::is_ascii_digit).count();
        let place = &rest[at + 12..at + 13 + digits];
        let head = rest[..at].trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.');
        let _ = write!(out, "{head}(CAST({place} AS UUID) IS NOT NULL)");
        rest = &rest[at + 13 + digits..];
    }
    out.push_str(rest);
    out
}

/// Run a text with every id bound to one, every text to another …; what it answers.
async fn answer(conn: &mut PgConnection, text: &str, workspace: Id, now: i64) -> Result<String, sqlx::Error> {
    use sqlx::Arguments as _;
    let statement = conn.prepare(AssertSqlSafe(text.to_owned()).into_sql_str()).await?;
    let kinds: Vec<String> = match statement.parameters() {
        Some(Either::Left(kinds)) => kinds.iter().map(|kind| kind.name().to_owned()).collect(),
        _ => Vec::new(),
    };
    let mut arguments = PgArguments::default();
    for (at, kind) in kinds.iter().enumerate() {
        let of_workspace = text.contains(&format!("CAST(${} AS UUID) IS NOT NULL", at + 1))
            || text.contains(&format!("workspace = ${}", at + 1));
        match kind.as_str() {
            "UUID" if of_workspace => arguments.add(workspace),
            "UUID" => arguments.add(Id::from_u128(ONE_ID)),
            "INT8" => arguments.add(now),
            "INT4" => arguments.add(1_i32),
            "TEXT" => arguments.add(ONE_TEXT),
            "BYTEA" => arguments.add(workspace.to_string().into_bytes()),
            "FLOAT8" => arguments.add(1.0_f64),
            "BOOL" => arguments.add(true),
            other => panic!("a parameter is a {other}: say what to bind\n{text}"),
        }
        .unwrap();
    }
    let rows = sqlx::query_with(AssertSqlSafe(text.to_owned()), arguments).fetch_all(&mut *conn).await?;
    // A text that only counts answers a row of anybody's; its value tells.
    Ok(rows
        .iter()
        .map(|row| (0..row.len()).map(|at| format!("{:?}", row.try_get_raw(at).map(bytes).ok())).collect::<String>())
        .collect::<Vec<_>>()
        .join("\n"))
}

fn bytes(value: sqlx::postgres::PgValueRef<'_>) -> Vec<u8> {
    value.as_bytes().map(<[u8]>::to_vec).unwrap_or_default()
}

#[tokio::test]
async fn no_text_shows_a_stranger_anything_with_its_own_wall_taken_down() {
    let Some(db) = TestDatabase::postgres().await else { return };
    let mut conn = superuser(&db).await;
    let (own, other) = (db.ids.make(), db.ids.make());
    fill(&mut conn, other).await;
    let now = number(&mut conn, "SELECT CAST(extract(epoch FROM now()) * 1000000 AS BIGINT)").await + 1_000_000;
    let of_tenants = |text: &Text| {
        !text.file.ends_with("unscoped.rs")
            && matches!(text.kind, TextKind::Both | TextKind::Postgres)
            && text.text.contains("workspace = $")
    };
    let all: Vec<Text> = texts().0.into_iter().filter(of_tenants).collect();
    let (mut told, mut leaks, mut shown) = (0, Vec::new(), 0);
    for text in &all {
        let open = wall_taken_down(&text.text);
        if !open.trim_start().starts_with("SELECT") && !open.trim_start().starts_with("WITH") {
            // What changes rows changes none of another's.
            run(&mut conn, "BEGIN").await;
            step_down(&mut conn, own).await;
            if !open.trim_start().starts_with("INSERT") {
                match answer(&mut conn, &format!("{open} {}", returning(&open)), other, now).await {
                    Ok(rows) if rows.is_empty() => told += 1,
                    Ok(rows) => leaks.push(format!("{}: changed {rows}\n{open}", text.file)),
                    Err(_) => {}
                }
            }
            run(&mut conn, "ROLLBACK").await;
            continue;
        }
        // What the text answers where nothing is, as it stands, to the superuser.
        let Ok(nothing) = answer(&mut conn, &text.text, own, now).await else { continue };
        let Ok(everything) = answer(&mut conn, &open, other, now).await else { continue };
        step_down(&mut conn, own).await;
        let seen = answer(&mut conn, &open, other, now).await;
        run(&mut conn, "RESET ROLE").await;
        let seen = match seen {
            Ok(seen) => seen,
            // A table that is no tenant's at all.
            Err(cause) if cause.to_string().contains("permission denied") => nothing.clone(),
            Err(cause) => panic!("{}: {cause}\n{open}", text.file),
        };
        told += 1;
        shown += usize::from(everything != nothing);
        if seen != nothing {
            leaks.push(format!("{}: {seen}\n{open}", text.file));
        }
    }
    assert!(leaks.is_empty(), "{} texts show a stranger something:\n\n{}", leaks.len(), leaks.join("\n\n"));
    // Enough of them would have, had the second wall not been there.
    assert!(told > all.len() / 2 && shown > 60, "{told} of {} texts ran, {shown} could have told", all.len());
    eprintln!("{told} of {} texts ran with their own wall down; {shown} would have shown another's rows", all.len());
}

fn returning(text: &str) -> &'static str {
    if text.contains("RETURNING") { "" } else { "RETURNING 1" }
}

#[test]
fn a_wall_is_taken_down_whole() {
    assert_eq!(
        wall_taken_down("SELECT a FROM t x WHERE x.workspace = $12 AND workspace = $1"),
        "SELECT a FROM t x WHERE (CAST($12 AS UUID) IS NOT NULL) AND (CAST($1 AS UUID) IS NOT NULL)"
    );
}

/// People of each of two workspaces in the test below.
const PEOPLE: i64 = 20_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn segments_keep_their_indexes_behind_the_wall() {
    let Some(host) = TestHost::postgres().await else { return };
    let (own, other) = (host.workspace(), host.another_workspace("other").await);
    let mut conn = superuser(host.database()).await;
    for workspace in [own.0, other.0] {
        crowd(&mut conn, workspace).await;
    }
    run(&mut conn, "ANALYZE trait; ANALYZE tag; ANALYZE event; ANALYZE contact").await;
    let rules = [
        (json!({"on": "trait", "key": "city", "op": "is", "value": "city7"}), "trait"),
        (json!({"on": "trait", "key": "points", "op": "gte", "value": 9_990}), "trait"),
        (json!({"on": "tag", "name": "tag7"}), "tag"),
        (json!({"on": "event", "name": "name7", "within_days": 90, "count": {"op": "gte", "value": 1}}), "event"),
    ];
    for (rule, table) in rules {
        let rule = Rule::parse(rule).unwrap();
        let compiled = compile(&rule, own, host.host().now_us());
        let mut reader = host.read().await;
        let plan = compiled.explain(&mut reader).await.unwrap();
        let whole = plan.lines().any(|line| line.contains("Seq Scan on ") && line.contains(table));
        assert!(plan.contains("Index") && !whole, "{table} is read whole behind the wall:\n{plan}");
    }
}

/// Contacts with a city, points, a tag and three events each: 100,000 rows of
/// what segments read, and their contacts.
async fn crowd(conn: &mut PgConnection, workspace: Id) {
    let at = "CAST(extract(epoch FROM TIMESTAMP '2026-01-01') AS BIGINT) * 1000000";
    run(conn, &format!("SELECT event_months_make({at}, {at})")).await;
    let id = format!("CAST(md5('{workspace}' || n) AS UUID)");
    let each = format!("generate_series(1, {PEOPLE}) n");
    let texts = [
        format!(
            "INSERT INTO contact SELECT '{workspace}', {id}, NULL, '', '', '', '', '', '', 'test', NULL, 1, 1, 1 FROM {each}"
        ),
        format!(
            "INSERT INTO trait SELECT '{workspace}', {id}, 'city', 'text', 'city' || n % 500, NULL, 'test', 1 FROM {each}"
        ),
        format!("INSERT INTO trait SELECT '{workspace}', {id}, 'points', 'number', NULL, n % 10000, 'test', 1 FROM {each}"),
        format!("INSERT INTO tag SELECT '{workspace}', {id}, 'tag' || n % 500, 'test', 1, NULL FROM {each}"),
        format!(
            "INSERT INTO event SELECT '{workspace}', {at} + n + m, gen_random_uuid(), 'track', 'name' || n % 500, {id}, NULL,
             NULL, NULL, 'test', NULL, NULL, '{{}}', 1 FROM {each}, generate_series(1, 3) m"
        ),
    ];
    for text in texts {
        run(conn, &text).await;
    }
}
