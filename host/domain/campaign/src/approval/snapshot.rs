//! A plan as one value: its sections, their hash, and what differs between two.

use super::sql;
use crate::{budget::sql::line_list, error::Result, lookup, model::Campaign};
use rialto_kernel::WorkspaceId;
use rialto_store::Conn;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The sections of a plan, in the order they are told.
const SECTIONS: [&str; 6] = ["goals", "budget", "audience", "messages", "offers", "schedule"];

/// The plan of a campaign as it stands. What is committed or spent is no part
/// of it: that moves while the plan stays.
pub(super) async fn sections(conn: &mut Conn, ws: WorkspaceId, campaign: &Campaign) -> Result<Value> {
    let mut messages = Vec::with_capacity(campaign.messages.len());
    for message in &campaign.messages {
        let head = lookup::message_head(conn, ws, message.message).await?;
        messages.push(json!({ "message": message, "version": head.map(|head| head.version) }));
    }
    let segment = match campaign.segment {
        Some(segment) => sql::segment_rule(conn, ws, segment).await?,
        None => None,
    };
    let lines = line_list(conn, ws, campaign.id).await?;
    let line = |l: &crate::budget::BudgetLine| {
        json!({
            "line": l.id, "kind": l.kind, "channel": l.channel, "planned": l.planned, "unit_cost_minor": l.unit_cost_minor,
            "quantity": l.quantity, "priced_at": l.priced_at,
        })
    };
    let lines: Vec<Value> = lines.iter().map(line).collect();
    Ok(json!({
        "goals": campaign.goals,
        "budget": {
            "lines": lines, "currency": campaign.currency, "budget_minor": campaign.budget_minor,
            "unit_cost_minor": campaign.unit_cost_minor,
        },
        "audience": {
            "segment": campaign.segment, "segment_rule": segment, "rule": campaign.rule, "topic": campaign.topic,
            "experiment": campaign.experiment,
        },
        "messages": messages,
        "offers": sql::offer_versions(conn, ws, campaign.id).await?,
        "schedule": { "starts_at": campaign.starts_at, "ends_at": campaign.ends_at },
    }))
}

/// The version of a plan.
pub(super) fn digest(sections: &Value) -> String {
    let mut hash = Sha256::new();
    for name in SECTIONS {
        hash.update(name.as_bytes());
        hash.update(canonical(&sections[name]).as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Which sections differ.
pub(super) fn changed(before: &Value, now: &Value) -> Vec<String> {
    let differs = |name: &&&str| canonical(&before[**name]) != canonical(&now[**name]);
    SECTIONS.iter().filter(differs).map(|name| (*name).to_owned()).collect()
}

/// JSON with the members of objects in the order of their names, so that where
/// a rule was stored does not change what it is.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| name.as_str());
            let members: Vec<String> = members
                .into_iter()
                .map(|(name, v)| format!("{}:{}", Value::from(name.as_str()), canonical(v)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_the_same_in_any_order_and_another_after_any_change() {
        let plan =
            json!({ "goals": [{ "metric": "roi", "expected": 1.0 }], "audience": { "rule": { "all": [], "not": 1 } } });
        let same =
            json!({ "audience": { "rule": { "not": 1, "all": [] } }, "goals": [{ "expected": 1.0, "metric": "roi" }] });
        assert_eq!(digest(&plan), digest(&same));
        assert_eq!(changed(&plan, &same), Vec::<String>::new());
        let other = json!({ "goals": [{ "metric": "roi", "expected": 1.5 }], "audience": plan["audience"] });
        assert_ne!(digest(&plan), digest(&other));
        assert_eq!(changed(&plan, &other), ["goals"]);
    }
}
