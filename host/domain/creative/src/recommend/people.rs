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

/// How long ago is recent: ninety days.
const RECENT_US: i64 = 90 * 86_400_000_000;

/// What is asked about people.
#[derive(Debug, Clone)]
pub(super) struct Question<'a> {
    pub(super) of: Who,
    /// The offer whose categories count; else those of the campaign's offers.
    pub(super) offer: Option<Id>,
    pub(super) campaign: Option<Id>,
    /// What makes a campaign similar: its type, where one is named; else its channel.
    pub(super) kind: &'a str,
    pub(super) channel: &'a str,
    pub(super) at: i64,
    pub(super) currency: &'a str,
}

/// Which people.
#[derive(Debug, Clone)]
pub(super) enum Who {
    /// Everyone, or whom a rule or a segment fits now.
    Of(Option<RuleSource>),
    /// These, whom the campaign wrote to.
    Written(Vec<Id>),
}

/// What is known of one person.
#[derive(Debug, Clone, Copy)]
struct Known {
    recency_days: f64,
    orders: f64,
    spend: f64,
    recent_spend: f64,
    discount: f64,
    category_spend: f64,
    redemptions: f64,
    campaigns: f64,
    responses: f64,
    all_campaigns: f64,
    all_responses: f64,
}

impl Default for Known {
    /// Someone of whom there is no row: nothing bought, nothing answered, and
    /// no day of a last order.
    fn default() -> Self {
        Self {
            recency_days: f64::NAN,
            orders: 0.0,
            spend: 0.0,
            recent_spend: 0.0,
            discount: 0.0,
            category_spend: 0.0,
            redemptions: 0.0,
            campaigns: 0.0,
            responses: 0.0,
            all_campaigns: 0.0,
            all_responses: 0.0,
        }
    }
}

const COLUMNS: &[&str] = &[
    "recency-days",
    "orders",
    "spend",
    "recent-spend",
    "discount",
    "category-affinity",
    "category-spend",
    "coupon-redemptions",
    "similar-campaigns",
    "similar-responses",
    "all-campaigns",
    "all-responses",
];

/// Everyone of a segment or rule, or everyone, as candidates.
pub(super) async fn people(host: &Host, conn: &mut Conn, ws: WorkspaceId, question: Question<'_>) -> Result<Shown> {
    let ids = match &question.of {
        Who::Written(ids) => ids.clone(),
        Who::Of(of) => {
            let everyone = || RuleSource::Rule(rialto_audience::Rule::everyone().json().clone());
            let of = of.clone().unwrap_or_else(everyone);
            people_of(host, conn, ws, of).await.map_err(Problem::from)?
        }
    };
    if ids.len() > CANDIDATES_MAX {
        return Err(too_many(CANDIDATES_MAX, "narrow the segment"));
    }
    if let Some(offer) = question.offer
        && !sql::offer_known(conn, ws, offer).await?
    {
        return Err(Error::NotFound("offer"));
    }
    let known = known(conn, ws, &question).await?;
    let about_an_offer = question.offer.is_some() || question.campaign.is_some();
    let mut table = Table::new(&[], COLUMNS);
    for id in &ids {
        let one = known.get(id).copied().unwrap_or_default();
        let (spend, affinity) = match about_an_offer {
            true if one.spend > 0.0 => (one.category_spend, one.category_spend / one.spend),
            true => (0.0, 0.0),
            false => (f64::NAN, f64::NAN),
        };
        let row = [
            one.recency_days,
            one.orders,
            one.spend,
            one.recent_spend,
            one.discount,
            affinity,
            spend,
            one.redemptions,
            one.campaigns,
            one.responses,
            one.all_campaigns,
            one.all_responses,
        ];
        table.push([], row);
    }
    let numbers = (0..ids.len()).map(|number| number.to_string()).collect();
    let ids = ids.iter().map(ToString::to_string).collect();
    Ok(Shown { candidates: table.candidates("contact", numbers), ids })
}

async fn known(conn: &mut Conn, ws: WorkspaceId, question: &Question<'_>) -> Result<HashMap<Id, Known>> {
    let (at, currency) = (question.at, question.currency);
    let mut known: HashMap<Id, Known> = HashMap::new();
    for row in sql::orders_by_person(conn, ws, at, currency, at.saturating_sub(RECENT_US)).await? {
        let one = known.entry(row.person).or_default();
        one.recency_days = days(row.last_at, at);
        one.orders = whole(row.orders);
        one.spend = whole(row.spend);
        one.recent_spend = whole(row.recent_spend);
        one.discount = whole(row.discount);
    }
    for (person, spend) in category_spend(conn, ws, question).await? {
        known.entry(person).or_default().category_spend = whole(spend);
    }
    for (person, count) in sql::redemptions_by_person(conn, ws, at).await? {
        known.entry(person).or_default().redemptions = whole(count);
    }
    let like = (question.kind, if question.kind.is_empty() { question.channel } else { "" });
    for (person, count) in sql::campaigns_by_person(conn, ws, at, like).await? {
        known.entry(person).or_default().campaigns = whole(count);
    }
    for (person, count) in sql::responses_by_person(conn, ws, at, like).await? {
        known.entry(person).or_default().responses = whole(count);
    }
    for (person, count) in sql::campaigns_by_person(conn, ws, at, ("", "")).await? {
        known.entry(person).or_default().all_campaigns = whole(count);
    }
    for (person, count) in sql::responses_by_person(conn, ws, at, ("", "")).await? {
        known.entry(person).or_default().all_responses = whole(count);
    }
    Ok(known)
}

/// Spend on the categories of an offer, or of all a campaign's offers.
async fn category_spend(conn: &mut Conn, ws: WorkspaceId, question: &Question<'_>) -> Result<Vec<(Id, i64)>> {
    let (at, currency) = (question.at, question.currency);
    match (question.offer, question.campaign, &question.of) {
        (Some(offer), ..) => Ok(sql::category_spend_by_person(conn, ws, at, currency, offer).await?),
        (None, Some(campaign), Who::Of(_)) => {
            Ok(sql::category_spend_by_person(conn, ws, at, currency, campaign).await?)
        }
        (None, Some(campaign), Who::Written(_)) => {
            Ok(sql::category_spend_of_written(conn, ws, at, currency, campaign).await?)
        }
        (None, None, _) => Ok(Vec::new()),
    }
}
