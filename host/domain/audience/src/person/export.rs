//! One document of all that is known of a person: every declared table, row by
//! row, as it stands.

use super::{EXPORT_BYTES_MAX, EXPORT_STEP_ROWS, model::PersonRequest, sql};
use crate::{Error, error::Result};
use rialto_jobs::JobRun;
use rialto_slice::{Host, person::holdings};
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// Read everything; the document's text.
pub(super) async fn document(host: &Host, job: &mut JobRun, request: &PersonRequest) -> Result<String> {
    let all = holdings(host);
    let mut tables: Map<String, Value> = Map::new();
    let mut size = 0;
    // A merge is found by both of its contacts.
    let mut seen: HashSet<String> = HashSet::new();
    let total = all.len() as u64;
    for (done, holding) in all.iter().enumerate() {
        let Some(find) = holding.find else { continue };
        let mut rows: Vec<Value> = Vec::new();
        seen.clear();
        for contact in &request.contacts {
            let mut passed = 0;
            loop {
                let mut conn = host.store.read(job.workspace).await?;
                conn.see_all();
                let found = sql::held(&mut conn, find, job.workspace, *contact, EXPORT_STEP_ROWS, passed).await?;
                let last = (found.len() as i64) < EXPORT_STEP_ROWS;
                passed += found.len() as i64;
                for row in found {
                    let row = Value::Object(row.0);
                    let text = row.to_string();
                    size += text.len();
                    if seen.insert(text) {
                        rows.push(row);
                    }
                }
                if size > EXPORT_BYTES_MAX {
                    return Err(Error::TooMany { limit: "person-export-bytes", max: EXPORT_BYTES_MAX as u64 });
                }
                if last {
                    break;
                }
            }
        }
        tables.insert(holding.table.to_owned(), Value::Array(rows));
        job.save(json!({ "table": holding.table }), done as u64 + 1, total).await?;
    }
    let document = json!({
        "contact": request.contact,
        "contacts": request.contacts,
        "as_of": rialto_kernel::from_micros(host.now_us()).to_string(),
        "tables": tables,
    });
    Ok(serde_json::to_string_pretty(&document).unwrap_or_else(|_| document.to_string()))
}
