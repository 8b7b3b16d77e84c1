//! Puts rows from a JSON file into a fresh database. `@name` is an id made of
//! the name, `t:…` an instant; the workspace is filled in.

use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, Store, StoreError, Value, sql_dynamic};
use serde::Deserialize;
use std::{collections::BTreeMap, path::PathBuf};

#[derive(Debug, Deserialize)]
struct Data {
    tables: Vec<Table>,
}

#[derive(Debug, Deserialize)]
struct Table {
    table: String,
    defaults: BTreeMap<String, serde_json::Value>,
    columns: Vec<String>,
    rows: Vec<Vec<serde_json::Value>>,
}

/// A file of the cases folder.
pub fn case(path: &str) -> String {
    let whole = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("cases").join(path);
    std::fs::read_to_string(&whole).unwrap_or_else(|e| panic!("{}: {e}", whole.display()))
}

/// The id that a name stands for.
pub fn id(name: &str) -> Id {
    use sha2::{Digest as _, Sha256};
    let hash = Sha256::digest(name.as_bytes());
    Id::from_slice(&hash[..16]).unwrap()
}

/// Put the rows of a file in, but for these tables.
pub async fn load(store: &Store, workspace: WorkspaceId, path: &str, without: &[&str]) {
    let mut data: Data = serde_json::from_str(&case(path)).unwrap();
    data.tables.retain(|table| !without.contains(&table.table.as_str()));
    store
        .write(workspace, "test.fixture", move |conn| {
            Box::pin(async move {
                for table in data.tables {
                    put(conn, workspace, &table).await?;
                }
                Ok::<_, StoreError>(())
            })
        })
        .await
        .unwrap();
}

async fn put(conn: &mut Conn, workspace: WorkspaceId, table: &Table) -> Result<(), StoreError> {
    let defaults: Vec<&String> = table.defaults.keys().filter(|name| !table.columns.contains(name)).collect();
    let mut columns: Vec<&str> = table.columns.iter().map(String::as_str).collect();
    columns.extend(defaults.iter().map(|name| name.as_str()));
    if table.table != "workspace" {
        columns.push("workspace");
    }
    if table.table == "event" {
        let at = table.columns.iter().position(|name| name == "at");
        let instants = table.rows.iter().filter_map(|row| row[at?].as_str()?.strip_prefix("t:")?.parse().ok());
        conn.event_months(instants.map(rialto_kernel::to_micros).collect::<Vec<_>>()).await?;
    }
    for row in &table.rows {
        let mut cells: Vec<(String, Option<Value>)> = row.iter().map(|v| cell(workspace, v)).collect();
        cells.extend(defaults.iter().map(|name| cell(workspace, &table.defaults[*name])));
        if table.table != "workspace" {
            cells.push(("$".to_owned(), Some(workspace.into())));
        }
        let mut values = Vec::new();
        let texts: Vec<String> = cells
            .into_iter()
            .map(|(text, value)| match value {
                Some(value) => {
                    values.push(value);
                    format!("${}", values.len())
                }
                None => text,
            })
            .collect();
        let text = format!("INSERT INTO {} ({}) VALUES ({})", table.table, columns.join(", "), texts.join(", "));
        sql_dynamic(text).bind_all(values).execute(conn).await?;
    }
    Ok(())
}

/// A placeholder's value, or NULL as text: its type is the column's.
fn cell(workspace: WorkspaceId, value: &serde_json::Value) -> (String, Option<Value>) {
    let bound: Value = match value {
        serde_json::Value::Null => return ("NULL".to_owned(), None),
        serde_json::Value::Bool(yes) => (*yes).into(),
        serde_json::Value::Number(n) if n.is_i64() => n.as_i64().unwrap().into(),
        serde_json::Value::Number(n) => n.as_f64().unwrap().into(),
        serde_json::Value::String(text) => match text.split_at(text.len().min(2)) {
            ("@w", "orkspace") => workspace.into(),
            ("t:", at) => at.parse::<jiff::Timestamp>().unwrap().into(),
            _ if text.starts_with('@') => id(text).into(),
            _ => text.replace("$f2", &id("@f2").to_string()).into(),
        },
        other => panic!("{other} is no cell"),
    };
    ("$".to_owned(), Some(bound))
}
