//! Erasing a person, step by step: first their addresses are barred, then every
//! declared table is gone through until nothing is left to erase. Each step is
//! a transaction with its checkpoint, so a kill leaves it between two steps.

use super::{ERASE_STEP_ROWS, VALUE_CHARS_MIN, certificate::certificate_make, log, model::PersonRequest, sql};
use crate::{
    consent::{CHANNEL_ALL, suppress},
    error::Result,
};
use rialto_identity::{AuditEntry, audit};
use rialto_jobs::{JobRun, Step};
use rialto_kernel::{Id, WorkspaceId};
use rialto_slice::{
    Host,
    person::{By, Holding, holdings},
};
use rialto_store::Value;
use rialto_web::Actor;
use serde_json::json;
use std::{collections::BTreeMap, time::Duration};

/// How long to wait for a send that is on its way.
const BUSY_WAIT: Duration = Duration::from_secs(5);

/// Rows erased so far, by table.
type Counts = BTreeMap<String, u64>;

/// Erase, or as much of it as can be done now.
pub(super) async fn run(host: &Host, job: &mut JobRun, request: &PersonRequest) -> Result<Step> {
    let workspace = job.workspace;
    let line = log::Line {
        workspace: workspace.0,
        erasure: request.id,
        contact: request.contact,
        contacts: request.contacts.clone(),
        at: host.now_us(),
    };
    let mut counts: Counts = job.checkpoint()?.unwrap_or_default();
    if counts.is_empty() {
        log::add(host, line).await?;
    }
    bar(host, job, request).await?;
    let all = in_order(holdings(host));
    let values = values(host, workspace, request).await?;
    for (done, holding) in all.iter().enumerate() {
        let whos: Vec<Value> = match holding.by {
            By::Contact => request.contacts.iter().map(|id| Value::from(*id)).collect(),
            By::Value => values.iter().map(|value| Value::from(value.as_str())).collect(),
        };
        for who in whos {
            if job.stop.is_cancelled() {
                return Ok(Step::Again(Duration::ZERO));
            }
            table(host, job, holding, &who, &mut counts, (done as u64 + 1, all.len() as u64)).await?;
        }
    }
    if waits(host, workspace, request, &all).await? {
        return Ok(Step::Again(BUSY_WAIT));
    }
    finish(host, job, request, counts, &all).await
}

/// Who somebody is goes last: what is found by their addresses is found first.
fn in_order(mut all: Vec<Holding>) -> Vec<Holding> {
    all.sort_by_key(|holding| match (holding.by, holding.table) {
        (By::Value, _) => 0,
        // By its attempts the runs that were told of the person are found.
        (_, "plugin_run") => 1,
        (_, "identity") => 3,
        _ => 2,
    });
    all
}

/// Nobody writes to these addresses again, and no send is decided meanwhile.
async fn bar(host: &Host, job: &JobRun, request: &PersonRequest) -> Result<()> {
    let (worker, workspace, contacts) = (host.clone(), job.workspace, request.contacts.clone());
    host.store
        .write(workspace, "person.bar", move |conn| {
            Box::pin(async move {
                conn.see_all();
                for contact in contacts {
                    let names = sql::names_of(conn, workspace, contact).await?;
                    for (_, value, _) in names.into_iter().filter(|(kind, ..)| kind == "email" || kind == "phone") {
                        let hash = worker.keys.address_hash(workspace, &value);
                        suppress(conn, workspace, CHANNEL_ALL, &hash, "erased", "erasure", worker.now_us()).await?;
                    }
                }
                Ok(())
            })
        })
        .await
}

/// `LIKE` patterns around what the person is called.
async fn values(host: &Host, workspace: WorkspaceId, request: &PersonRequest) -> Result<Vec<String>> {
    let mut conn = host.store.read(workspace).await?;
    conn.see_all();
    let mut all = Vec::new();
    for contact in &request.contacts {
        for (_, value, shown) in sql::names_of(&mut conn, workspace, *contact).await? {
            all.extend([value, shown].into_iter().filter(|text| text.chars().count() >= VALUE_CHARS_MIN));
        }
    }
    all.sort_unstable();
    all.dedup();
    Ok(all.iter().map(|text| pattern(text)).collect())
}

fn pattern(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('%');
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('%');
    out
}

/// Erase a table's rows of one contact, or with one value, until none is found.
async fn table(
    host: &Host,
    job: &mut JobRun,
    holding: &Holding,
    who: &Value,
    counts: &mut Counts,
    (done, total): (u64, u64),
) -> Result<()> {
    let Some(words) = holding.erase else { return Ok(()) };
    loop {
        let (fence, workspace, who, table) = (job.fence(), job.workspace, who.clone(), holding.table);
        let mut kept = counts.clone();
        let (rows, kept) = host
            .store
            .write(workspace, "person.erase", move |conn| {
                Box::pin(async move {
                    conn.see_all();
                    let rows = sql::erase(conn, words, workspace, who, ERASE_STEP_ROWS).await?;
                    *kept.entry(table.to_owned()).or_default() += rows;
                    if rows > 0 {
                        fence.save(conn, &json!(kept), done, total).await?;
                    }
                    Ok::<_, crate::Error>((rows, kept))
                })
            })
            .await?;
        *counts = kept;
        if rows < ERASE_STEP_ROWS.unsigned_abs() {
            return Ok(());
        }
    }
}

/// Whether a send to the person is on its way: its rows are erased when it is over.
async fn waits(host: &Host, workspace: WorkspaceId, request: &PersonRequest, all: &[Holding]) -> Result<bool> {
    let mut conn = host.store.read(workspace).await?;
    conn.see_all();
    for text in all.iter().filter_map(|holding| holding.busy) {
        for contact in &request.contacts {
            if sql::busy(&mut conn, text, workspace, *contact).await? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

async fn finish(host: &Host, job: &JobRun, request: &PersonRequest, counts: Counts, all: &[Holding]) -> Result<Step> {
    let (workspace, id, now) = (job.workspace, request.id, host.now_us());
    let (text, signature) = certificate_make(&host.keys, workspace, request, &counts, all, now);
    let entry = AuditEntry::by(host, workspace, &Actor::System, "contact.erased", "contact", request.contact)
        .detail(json!({ "erasure": id, "rows": counts }));
    let contacts: Vec<Id> = request.contacts.clone();
    host.store
        .write(workspace, "person.erased", move |conn| {
            Box::pin(async move {
                for contact in contacts {
                    sql::exports_expire(conn, workspace, contact).await?;
                }
                sql::request_finish(conn, workspace, id, 0, Some((text.as_str(), signature.as_str())), now).await?;
                audit(conn, &entry).await?;
                Ok::<_, crate::Error>(())
            })
        })
        .await?;
    Ok(Step::Done(json!({ "erasure": id })))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_pattern_means_what_is_written() {
        assert_eq!(super::pattern("a_b%c\\d"), "%a\\_b\\%c\\\\d%");
    }
}
