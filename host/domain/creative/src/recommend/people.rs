//! People as a recommender is shown them: numbers as of an instant, by set
//! statements over orders, redemptions and touches. Names, addresses and ids
//! stay with the host; the plugin sees people as 0, 1, 2 …

use super::{
    candidates::{CANDIDATES_MAX, Shown, Table, days, too_many, whole},
    sql,
};
use crate::error::{Error, Result};
use rialto_audience::{RuleSource, people_of};
use rialto_kernel::{Id, Problem, WorkspaceId};
use rialto_slice::Host;
use rialto_store::Conn;
use std::collections::HashMap;

/// What is asked about people.
pub(super) struct Question<'a> {
    pub(super) of: Option<RuleSource>,
    pub(super) offer: Option<Id>,
    pub(super) channel: &'a str,
    pub(super) at: i64,
    pub(super) currency: &'a str,
}

/// What is known of one person.
#[derive(Debug, Clone, Copy)]
struct Known {
    recency_days: f64,
    orders: f64,
    spend: f64,
    category_spend: f64,
    redemptions: f64,
    campaigns: f64,
    responses: f64,
}

impl Default for Known {
    /// Someone of whom there is no row: nothing bought, nothing answered, and
    /// no day of a last order.
    fn default() -> Self {
        Self {
            recency_days: f64::NAN,
            orders: 0.0,
            spend: 0.0,
            category_spend: 0.0,
            redemptions: 0.0,
            campaigns: 0.0,
            responses: 0.0,
        }
    }
}

/// Everyone of a segment or rule, or everyone, as candidates.
pub(super) async fn people(host: &Host, conn: &mut Conn, ws: WorkspaceId, question: Question<'_>) -> Result<Shown> {
    let of = question.of.clone().unwrap_or_else(|| RuleSource::Rule(rialto_audience::Rule::everyone().json().clone()));
    let ids = people_of(host, conn, ws, of).await.map_err(Problem::from)?;
    if ids.len() > CANDIDATES_MAX {
        return Err(too_many(CANDIDATES_MAX, "narrow the segment"));
    }
    if let Some(offer) = question.offer
        && !sql::offer_known(conn, ws, offer).await?
    {
        return Err(Error::NotFound("offer"));
    }
    let known = known(conn, ws, &question).await?;
    let mut table = Table::new(
        &[],
        &[
            "recency-days",
            "orders",
            "spend",
            "category-affinity",
            "category-spend",
            "coupon-redemptions",
            "similar-campaigns",
            "similar-responses",
        ],
    );
    for id in &ids {
        let one = known.get(id).copied().unwrap_or_default();
        let (spend, affinity) = match question.offer {
            Some(_) if one.spend > 0.0 => (one.category_spend, one.category_spend / one.spend),
            Some(_) => (0.0, 0.0),
            None => (f64::NAN, f64::NAN),
        };
        table.push(
            [],
            [one.recency_days, one.orders, one.spend, affinity, spend, one.redemptions, one.campaigns, one.responses],
        );
    }
    let numbers = (0..ids.len()).map(|number| number.to_string()).collect();
    let ids = ids.iter().map(ToString::to_string).collect();
    Ok(Shown { candidates: table.candidates("contact", numbers), ids })
}

async fn known(conn: &mut Conn, ws: WorkspaceId, question: &Question<'_>) -> Result<HashMap<Id, Known>> {
    let (at, currency, channel) = (question.at, question.currency, question.channel);
    let mut known: HashMap<Id, Known> = HashMap::new();
    for (person, orders, spend, last) in sql::orders_by_person(conn, ws, at, currency).await? {
        let one = known.entry(person).or_default();
        one.recency_days = days(last, at);
        one.orders = whole(orders);
        one.spend = whole(spend);
    }
    if let Some(offer) = question.offer {
        for (person, spend) in sql::category_spend_by_person(conn, ws, at, currency, offer).await? {
            known.entry(person).or_default().category_spend = whole(spend);
        }
    }
    for (person, count) in sql::redemptions_by_person(conn, ws, at).await? {
        known.entry(person).or_default().redemptions = whole(count);
    }
    for (person, count) in sql::campaigns_by_person(conn, ws, at, channel).await? {
        known.entry(person).or_default().campaigns = whole(count);
    }
    for (person, count) in sql::responses_by_person(conn, ws, at, channel).await? {
        known.entry(person).or_default().responses = whole(count);
    }
    Ok(known)
}
