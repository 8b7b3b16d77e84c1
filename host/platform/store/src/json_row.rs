//! A row of any shape as JSON, for exports that follow the schema.

use serde_json::{Map, Value as Json};
use sqlx::{Column as _, FromRow, Row as _, TypeInfo as _, ValueRef as _, postgres::PgRow, sqlite::SqliteRow};

/// A row as an object by column: ids as text, other bytes in hex.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonRow(pub Map<String, Json>);

impl FromRow<'_, SqliteRow> for JsonRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let mut map = Map::new();
        for (at, column) in row.columns().iter().enumerate() {
            let raw = row.try_get_raw(at)?;
            let value = match (raw.is_null(), raw.type_info().name()) {
                (true, _) => Json::Null,
                (_, "INTEGER") => Json::from(row.try_get::<i64, _>(at)?),
                (_, "REAL") => Json::from(row.try_get::<f64, _>(at)?),
                (_, "BLOB") => bytes(&row.try_get::<Vec<u8>, _>(at)?),
                _ => Json::from(row.try_get::<String, _>(at)?),
            };
            map.insert(column.name().to_owned(), value);
        }
        Ok(Self(map))
    }
}

impl FromRow<'_, PgRow> for JsonRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let mut map = Map::new();
        for (at, column) in row.columns().iter().enumerate() {
            let raw = row.try_get_raw(at)?;
            let value = match (raw.is_null(), raw.type_info().name()) {
                (true, _) => Json::Null,
                (_, "INT8") => Json::from(row.try_get::<i64, _>(at)?),
                (_, "FLOAT8") => Json::from(row.try_get::<f64, _>(at)?),
                (_, "BOOL") => Json::from(row.try_get::<bool, _>(at)?),
                (_, "UUID") => Json::from(row.try_get::<uuid::Uuid, _>(at)?.to_string()),
                (_, "BYTEA") => bytes(&row.try_get::<Vec<u8>, _>(at)?),
                _ => Json::from(row.try_get::<String, _>(at)?),
            };
            map.insert(column.name().to_owned(), value);
        }
        Ok(Self(map))
    }
}

fn bytes(bytes: &[u8]) -> Json {
    match uuid::Uuid::from_slice(bytes) {
        Ok(id) => Json::from(id.to_string()),
        Err(_) => Json::from(hex::encode(bytes)),
    }
}
