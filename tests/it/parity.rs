//! Both schemas say the same: the same tables with the same columns in the
//! same order, of matching types and nullability, with the same keys and
//! indexes.

use rialto_store::{Scope, sql_dynamic};
use rialto_testkit::TestDatabase;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, PartialEq, Eq, Default)]
struct Table {
    /// Name, type word, whether it may be null.
    columns: Vec<(String, &'static str, bool)>,
    key: Vec<String>,
}

#[derive(Debug, PartialEq, Eq, Default)]
struct Schema {
    tables: BTreeMap<String, Table>,
    /// Table, columns, unique.
    indexes: BTreeSet<(String, Vec<String>, bool)>,
}

/// One word for a type in both dialects; BLOB is an id or bytes, and only the
/// PostgreSQL side tells which.
fn word(kind: &str) -> &'static str {
    match kind {
        "BLOB" | "uuid" | "bytea" => "bytes",
        "INTEGER" | "bigint" | "boolean" => "integer",
        "REAL" | "double precision" => "real",
        "TEXT" | "text" => "text",
        other => panic!("the type {other} is on no list: add it to both schemas and here"),
    }
}

async fn sqlite() -> Schema {
    let db = TestDatabase::sqlite().await;
    let mut conn = db.store.read(Scope::Host).await.unwrap();
    let mut schema = Schema::default();
    let names: Vec<(String,)> =
        sql_dynamic("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'".to_owned())
            .fetch_all(&mut conn)
            .await
            .unwrap();
    for (name,) in names {
        let columns: Vec<(String, String, i64, i64)> =
            sql_dynamic(format!("SELECT name, type, \"notnull\", pk FROM pragma_table_info('{name}') ORDER BY cid"))
                .fetch_all(&mut conn)
                .await
                .unwrap();
        let mut key: Vec<(i64, String)> = columns.iter().filter(|c| c.3 > 0).map(|c| (c.3, c.0.clone())).collect();
        key.sort();
        let table = Table {
            columns: columns.iter().map(|(n, t, notnull, _)| (n.clone(), word(t), *notnull == 0)).collect(),
            key: key.into_iter().map(|(_, name)| name).collect(),
        };
        let indexes: Vec<(String, i64, String)> =
            sql_dynamic(format!("SELECT name, \"unique\", origin FROM pragma_index_list('{name}')"))
                .fetch_all(&mut conn)
                .await
                .unwrap();
        for (index, unique, origin) in indexes {
            if origin == "pk" {
                continue;
            }
            let columns: Vec<(String,)> =
                sql_dynamic(format!("SELECT name FROM pragma_index_info('{index}') ORDER BY seqno"))
                    .fetch_all(&mut conn)
                    .await
                    .unwrap();
            let columns = columns.into_iter().map(|(name,)| name).collect();
            schema.indexes.insert((name.clone(), columns, unique == 1));
        }
        schema.tables.insert(name, table);
    }
    schema
}

async fn postgres() -> Option<Schema> {
    let db = TestDatabase::postgres().await?;
    let mut conn = db.store.read(Scope::Host).await.unwrap();
    let mut schema = Schema::default();
    let columns: Vec<(String, String, String, String)> = sql_dynamic(
        "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), CAST(data_type AS TEXT), CAST(is_nullable AS TEXT)
         FROM information_schema.columns c WHERE table_schema = 'public'
           AND NOT EXISTS (SELECT 1 FROM pg_class p WHERE p.relname = c.table_name AND p.relispartition)
         ORDER BY table_name, ordinal_position"
            .to_owned(),
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    for (table, column, kind, nullable) in columns {
        schema.tables.entry(table).or_default().columns.push((column, word(&kind), nullable == "YES"));
    }
    let indexes: Vec<(String, bool, bool, String)> = sql_dynamic(
        "SELECT CAST(t.relname AS TEXT), x.indisunique, x.indisprimary,
                CAST(string_agg(a.attname, ',' ORDER BY k.n) AS TEXT)
         FROM pg_index x
         JOIN pg_class t ON t.oid = x.indrelid AND NOT t.relispartition
         JOIN pg_namespace s ON s.oid = t.relnamespace AND s.nspname = 'public'
         JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS k(attnum, n) ON TRUE
         JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
         GROUP BY x.indexrelid, t.relname, x.indisunique, x.indisprimary"
            .to_owned(),
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    for (table, unique, primary, columns) in indexes {
        let columns: Vec<String> = columns.split(',').map(str::to_owned).collect();
        if primary {
            schema.tables.entry(table).or_default().key = columns;
        } else {
            schema.indexes.insert((table, columns, unique));
        }
    }
    Some(schema)
}

#[tokio::test]
async fn both_schemas_say_the_same() {
    let one = sqlite().await;
    assert!(one.tables.len() > 40, "only {} tables were read", one.tables.len());
    let Some(other) = postgres().await else { return };
    let names = |schema: &Schema| schema.tables.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&one), names(&other));
    for (name, table) in &one.tables {
        assert_eq!(Some(table), other.tables.get(name), "table {name}");
    }
    assert_eq!(one.indexes, other.indexes);
}

#[tokio::test]
async fn every_table_is_keyed_by_its_workspace() {
    // Tables that are not any tenant's.
    const HOST_WIDE: &[&str] = &[
        "schema_migration",
        "host_instance",
        "host_epoch",
        "kept_key",
        "workspace",
        "sign_in_failure",
        "sign_in_gate",
    ];
    for (name, table) in sqlite().await.tables {
        if HOST_WIDE.contains(&name.as_str()) {
            continue;
        }
        assert_eq!(table.key.first().map(String::as_str), Some("workspace"), "the key of {name}");
    }
}
