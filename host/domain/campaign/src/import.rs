//! Past campaigns from files: the campaigns themselves, whom they were sent to
//! (each a touch), and the offers they carried.

use crate::{check, error::problem, lookup, model::CampaignState, sql};
use async_trait::async_trait;
use rialto_audience::{
    IdentityKind, NewEvent, identity_map,
    import::{Column, ImportContext, ImportKind, ImportRow, NamedIn, Naming, RowError, TakeBack, take_back_versioned},
    record_events,
};
use rialto_delivery::OnUncertain;
use rialto_kernel::{Currency, Id, Problem, from_micros};
use rialto_store::Conn;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// Every kind of import of this area.
#[must_use]
pub fn kinds() -> Vec<Arc<dyn ImportKind>> {
    vec![Arc::new(Campaigns), Arc::new(Targetings), Arc::new(CampaignOffers)]
}

const fn column(name: &'static str, aliases: &'static [&'static str], required: bool, about: &'static str) -> Column {
    Column { name, aliases, required, about }
}

/// What keeps a campaign when its import is taken back; areas above this one
/// answer for themselves.
const NAMED_IN: &[Naming] = &[
    ("event", "campaign", "events belong to it"),
    ("send", "campaign", "it is in the ledger of sends"),
    ("redemption", "campaign", "it has redemptions"),
    ("creative_result", "campaign", "creatives have results of it"),
    ("campaign_offer", "campaign", "it carries offers"),
    ("campaign_message", "campaign", "it has messages"),
    ("campaign_goal", "campaign", "it has goals"),
    ("spend", "campaign", "money was spent on it"),
    ("budget_line", "campaign", "it has a budget"),
    ("campaign_approval", "campaign", "its plan was put up for approval"),
    ("campaign_comment", "campaign", "it has comments"),
    ("annotation", "campaign", "it has annotations"),
];

/// What this area still needs of offers.
pub const OFFER_USES: NamedIn =
    NamedIn { object: "offer", places: &[("campaign_offer", "offer", "a campaign carries it")] };

/// `campaigns`: one row a campaign that ran elsewhere.
struct Campaigns;

const CAMPAIGN: &[Column] = &[
    column("code", &["campaign", "campaign_id"], true, "what other files call it"),
    column("name", &["title"], true, "what people call it"),
    column("kind", &["type", "campaign_type"], false, "its type"),
    column("objective", &[], false, "what it was for"),
    column("starts_at", &["start", "start_date"], true, "its first instant"),
    column("ends_at", &["end", "end_date"], true, "its last instant"),
    column("currency", &[], true, "ISO 4217"),
];

#[async_trait]
impl ImportKind for Campaigns {
    fn name(&self) -> &'static str {
        "campaigns"
    }

    fn columns(&self) -> &'static [Column] {
        CAMPAIGN
    }

    fn permission(&self) -> &'static str {
        crate::WRITE
    }

    fn made_objects(&self) -> &'static [&'static str] {
        &["campaign"]
    }

    async fn take_back(&self, conn: &mut Conn, with: &TakeBack, ids: &[Id]) -> Result<Vec<(Id, String)>, Problem> {
        Ok(take_back_versioned(conn, with, ids, NAMED_IN, &[("campaign", "id")]).await?)
    }

    async fn apply(&self, conn: &mut Conn, ctx: &ImportContext, rows: &[ImportRow]) -> Result<Vec<RowError>, Problem> {
        let mut errors = Vec::new();
        let codes: Vec<&str> = rows.iter().filter_map(|row| row.text(0)).collect();
        let mut known: HashMap<String, Id> =
            sql::campaign_codes(conn, ctx.workspace, &codes).await?.into_iter().collect();
        for row in rows {
            match past(ctx, row) {
                // The same file again changes nothing.
                Ok(campaign) if known.contains_key(&campaign.code) => {}
                Ok(campaign) => {
                    sql::campaign_put(conn, ctx.workspace, &campaign).await?;
                    ctx.made("campaign", [campaign.id]);
                    known.insert(campaign.code, campaign.id);
                }
                Err(error) => errors.push(error),
            }
        }
        Ok(errors)
    }
}

fn past(ctx: &ImportContext, row: &ImportRow) -> Result<crate::Campaign, RowError> {
    let now = from_micros(ctx.now);
    let (starts_at, ends_at) = (instant(row, CAMPAIGN, 4)?, instant(row, CAMPAIGN, 5)?);
    if starts_at >= ends_at {
        return Err(row.error("ends_at", "must be after starts_at"));
    }
    let code = check::code(needed(row, CAMPAIGN, 0)?).map_err(|e| row.error("code", e.to_string()))?;
    let name = check::line("name", needed(row, CAMPAIGN, 1)?).map_err(|e| row.error("name", e.to_string()))?;
    let currency: Currency = needed(row, CAMPAIGN, 6)?.parse().map_err(|e: String| row.error("currency", e))?;
    Ok(crate::Campaign {
        id: ctx.ids.make(),
        code,
        name,
        kind: row.text(2).unwrap_or_default().to_owned(),
        objective: row.text(3).unwrap_or_default().to_owned(),
        state: CampaignState::Past,
        unit: None,
        segment: None,
        rule: None,
        snapshot: None,
        experiment: None,
        topic: String::new(),
        currency,
        unit_cost_minor: 0,
        budget_minor: None,
        starts_at: Some(from_micros(starts_at)),
        ends_at: Some(from_micros(ends_at)),
        launched_at: Some(from_micros(starts_at)),
        finished_at: Some(from_micros(ends_at)),
        on_uncertain: OnUncertain::Park,
        messages: Vec::new(),
        goals: Vec::new(),
        offers: Vec::new(),
        source: "import".to_owned(),
        version: 1,
        created_by: ctx.actor.clone(),
        created_at: now,
        updated_at: now,
    })
}

/// `targetings`: one row a person that a campaign wrote to. Each is a touch.
struct Targetings;

const TARGETING: &[Column] = &[
    column("campaign", &["campaign_id"], true, "the campaign's code"),
    column("customer", &["external_id", "household_id", "customer_id"], true, "the contact's external id"),
    column("channel", &[], true, "the marketing channel, such as direct_mail"),
    column("at", &["date", "sent_at"], true, "when"),
];

#[async_trait]
impl ImportKind for Targetings {
    fn name(&self) -> &'static str {
        "targetings"
    }

    fn columns(&self) -> &'static [Column] {
        TARGETING
    }

    fn permission(&self) -> &'static str {
        crate::WRITE
    }

    fn kept_because(&self) -> &'static str {
        "each of its rows is an event, and events are only ever added to; restore a backup from before, or erase the \
         people"
    }

    async fn apply(&self, conn: &mut Conn, ctx: &ImportContext, rows: &[ImportRow]) -> Result<Vec<RowError>, Problem> {
        let campaigns = campaigns_named(conn, ctx, rows, 0).await?;
        let names: BTreeSet<String> = rows.iter().filter_map(|row| row.text(1)).map(str::to_owned).collect();
        let names: Vec<String> = names.into_iter().collect();
        let people = identity_map(conn, ctx.workspace, IdentityKind::External, "", &names).await?;
        let (mut errors, mut events) = (Vec::new(), Vec::with_capacity(rows.len()));
        for row in rows {
            match targeting(row, &campaigns, &people) {
                Ok(event) => events.push(event),
                Err(error) => errors.push(error),
            }
        }
        record_events(conn, &ctx.ids, ctx.now, ctx.workspace, events).await?;
        Ok(errors)
    }
}

fn targeting(
    row: &ImportRow,
    campaigns: &HashMap<String, Id>,
    people: &HashMap<String, Id>,
) -> Result<NewEvent, RowError> {
    let (code, customer) = (needed(row, TARGETING, 0)?, needed(row, TARGETING, 1)?);
    let campaign = *campaigns.get(code).ok_or_else(|| row.error("campaign", "no campaign has this code"))?;
    let contact = *people.get(customer).ok_or_else(|| row.error("customer", "no contact has this external id"))?;
    Ok(NewEvent {
        message_id: Some(format!("targeting:{code}:{customer}")),
        at: instant(row, TARGETING, 3)?,
        kind: "touch".to_owned(),
        name: "campaign-targeted".to_owned(),
        contact: Some(contact),
        channel: Some(needed(row, TARGETING, 2)?.to_owned()),
        campaign: Some(campaign),
        source: "import".to_owned(),
        ..NewEvent::default()
    })
}

/// `campaign-offers`: one row an offer that a campaign carried.
struct CampaignOffers;

const CAMPAIGN_OFFER: &[Column] = &[
    column("campaign", &["campaign_id"], true, "the campaign's code"),
    column("code", &["offer", "coupon_upc"], true, "the offer's code"),
];

#[async_trait]
impl ImportKind for CampaignOffers {
    fn name(&self) -> &'static str {
        "campaign-offers"
    }

    fn columns(&self) -> &'static [Column] {
        CAMPAIGN_OFFER
    }

    fn permission(&self) -> &'static str {
        crate::WRITE
    }

    fn made_objects(&self) -> &'static [&'static str] {
        &["campaign-offer"]
    }

    async fn take_back(&self, conn: &mut Conn, with: &TakeBack, ids: &[Id]) -> Result<Vec<(Id, String)>, Problem> {
        let mut kept = Vec::new();
        for id in ids {
            let Some(&[campaign, offer]) = with.of.get(id).map(Vec::as_slice) else { continue };
            if lookup::redeemed(conn, with.workspace, campaign, offer).await? {
                kept.push((*id, "the offer was redeemed in the campaign".to_owned()));
            } else {
                sql::campaign_offer_remove(conn, with.workspace, campaign, offer).await?;
            }
        }
        Ok(kept)
    }

    async fn apply(&self, conn: &mut Conn, ctx: &ImportContext, rows: &[ImportRow]) -> Result<Vec<RowError>, Problem> {
        let campaigns = campaigns_named(conn, ctx, rows, 0).await?;
        let codes: BTreeSet<&str> = rows.iter().filter_map(|row| row.text(1)).collect();
        let codes: Vec<&str> = codes.into_iter().collect();
        let offers: HashMap<String, Id> = lookup::offer_codes(conn, ctx.workspace, &codes).await?.into_iter().collect();
        let (mut errors, mut pairs) = (Vec::new(), BTreeSet::new());
        for row in rows {
            let found = needed(row, CAMPAIGN_OFFER, 0).and_then(|code| {
                campaigns.get(code).copied().ok_or_else(|| row.error("campaign", "no campaign has this code"))
            });
            let offer = needed(row, CAMPAIGN_OFFER, 1)
                .and_then(|code| offers.get(code).copied().ok_or_else(|| row.error("code", "no offer has this code")));
            match (found, offer) {
                (Ok(campaign), Ok(offer)) => {
                    pairs.insert((campaign, offer));
                }
                (Err(error), _) | (_, Err(error)) => errors.push(error),
            }
        }
        let named: BTreeSet<Id> = pairs.iter().map(|(campaign, _)| *campaign).collect();
        let mut there = BTreeSet::new();
        for campaign in named {
            let offers = sql::campaign_offers_there(conn, ctx.workspace, campaign).await?;
            there.extend(offers.into_iter().map(|offer| (campaign, offer)));
        }
        let fresh: Vec<(Id, Id)> = pairs.difference(&there).copied().collect();
        // A pair has no id of its own: it is written down with one, and what it is of.
        ctx.made("campaign-offer", fresh.iter().map(|_| ctx.ids.make()));
        ctx.made("campaign-offer.of", fresh.iter().flat_map(|(campaign, offer)| [*campaign, *offer]));
        sql::campaign_offers_add(conn, ctx.workspace, fresh).await?;
        Ok(errors)
    }
}

/// The campaigns that a column of these rows names, by code; looked up once a file.
async fn campaigns_named(
    conn: &mut Conn,
    ctx: &ImportContext,
    rows: &[ImportRow],
    at: usize,
) -> Result<HashMap<String, Id>, Problem> {
    const SORT: &str = "campaign";
    let codes: BTreeSet<&str> = rows.iter().filter_map(|row| row.text(at)).collect();
    let mut found = HashMap::with_capacity(codes.len());
    let mut missing = Vec::new();
    for code in codes {
        match ctx.cache.get(SORT, code) {
            Some(id) => drop(found.insert(code.to_owned(), id)),
            None => missing.push(code),
        }
    }
    let new = sql::campaign_codes(conn, ctx.workspace, &missing).await.map_err(problem)?;
    ctx.cache.put(SORT, new.iter().cloned());
    found.extend(new);
    Ok(found)
}

fn needed<'r>(row: &'r ImportRow, columns: &[Column], at: usize) -> Result<&'r str, RowError> {
    row.text(at).ok_or_else(|| row.error(columns[at].name, "must not be empty"))
}

fn instant(row: &ImportRow, columns: &[Column], at: usize) -> Result<i64, RowError> {
    let text = needed(row, columns, at)?;
    let parsed: Result<jiff::Timestamp, _> = text.parse();
    parsed
        .map(|at| at.as_microsecond())
        .map_err(|_| row.error(columns[at].name, "must be an instant such as 2017-03-03T00:00:00Z"))
}
