//! Asking a recommender, and looking at what it answered.

use super::{
    asking::{Answered, Asking},
    candidates::{self, Shown},
    lessons::lessons,
    model::{BestOf, CandidateKind, NewRecommendation, RankedCandidate, RankedReason, Recommendation},
    people::{self, Question, Who},
    sql::{self, Row},
};
use crate::{
    error::{Error, Result},
    message::{READ, WRITE},
};
use rialto_audience::{Snapshot, snapshot_of};
use rialto_contract::recommender::{Brief, Outcomes, Ranked};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Id, Page, PageQuery, Problem, from_micros, to_micros};
use rialto_plugin_host::{Limits, PluginKind};
use rialto_plugins::installations_of_kind;
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::Caller;
use serde_json::{Value, json};
use std::collections::HashMap;

/// Facts of one question, and bytes of them all.
const FACTS_MAX: usize = 50;
const FACTS_BYTES_MAX: usize = 16 * 1024;
/// Ranked candidates that are kept of one answer.
const RANKED_KEPT_MAX: usize = 10_000;
/// The permission to see people's names.
const PEOPLE: &str = "audience.read";
/// The permission to make audiences.
const PEOPLE_WRITE: &str = "audience.write";

/// Ask a recommender, and keep its answer.
///
/// # Errors
/// When a field is wrong, there is no such recommender, or its run fails.
pub async fn recommend(host: &Host, caller: &Caller, new: NewRecommendation) -> Result<Recommendation> {
    caller.require(WRITE)?;
    if new.kind == CandidateKind::Contact {
        caller.require_everywhere(PEOPLE)?;
    }
    check(&new)?;
    let now = host.now_in(caller.workspace);
    let at = new.at.map_or(now, |at| to_micros(at).min(now));
    let installation = installation(host, caller, &new).await?;
    let mut shown = shown(host, caller, &new, at).await?;
    let locale = new.locale.clone().unwrap_or_else(|| caller.locale.tag().to_owned());
    let facts = new.facts.iter().map(|(name, value)| (name.clone(), value.to_string())).collect();
    let brief = Brief { objective: new.objective.clone(), locale: locale.clone(), at, facts };
    let kept = json!({
        "objective": new.objective, "locale": locale, "at": from_micros(at), "facts": new.facts, "of": new.of,
        "offer": new.offer, "campaign": new.campaign, "candidates": shown.ids.len(),
    });
    let asking = Asking { host, caller, new: &new, installation, brief };
    let answered = asking.ask(&mut shown).await?;
    let id = keep(host, caller, &asking, answered, &shown, kept).await?;
    recommendation_get(host, caller, id, &PageQuery::default()).await
}

/// What a recommender that can learn is told, in the run that is about to
/// rank: what came of the campaigns that were over by then.
pub(super) async fn lessons_for(
    host: &Host,
    caller: &Caller,
    new: &NewRecommendation,
    brief: &Brief,
) -> Result<Vec<Outcomes>> {
    let mut conn = host.store.read(caller.workspace).await?;
    let currency = currency(&mut conn, caller).await?;
    let kind = kind(&mut conn, caller, new).await?;
    let question = question(new, &kind, brief.at, &currency);
    lessons(host, &mut conn, caller.workspace, &question, brief).await
}

fn question<'q>(new: &'q NewRecommendation, kind: &'q str, at: i64, currency: &'q str) -> Question<'q> {
    let channel = new.facts.get("channel").and_then(Value::as_str).unwrap_or("");
    let of = Who::Of(new.of.clone());
    Question { of, offer: new.offer, campaign: new.campaign, kind, channel, at, currency }
}

/// The type of the campaign that is asked about; empty where none is.
async fn kind(conn: &mut Conn, caller: &Caller, new: &NewRecommendation) -> Result<String> {
    match new.campaign {
        None => Ok(String::new()),
        Some(id) => {
            let found = sql::campaign_kind(conn, caller.workspace, id).await?;
            found.ok_or_else(|| Error::field("campaign", "there is no such campaign"))
        }
    }
}

async fn currency(conn: &mut Conn, caller: &Caller) -> Result<String> {
    sql::workspace_currency(conn, caller.workspace).await?.ok_or(Error::NotFound("workspace"))
}

async fn keep(
    host: &Host,
    caller: &Caller,
    asked: &Asking<'_>,
    answered: Answered,
    shown: &Shown,
    mut kept: Value,
) -> Result<Id> {
    let Answered { run, ranked, state, skipped } = answered;
    if let Some(why) = skipped {
        kept["skipped"] = Value::String(why);
    }
    let (ranked, kind, installation) = (places(ranked, &shown.ids), asked.new.kind, asked.installation);
    let (id, workspace) = (host.id(), caller.workspace);
    let entry = AuditEntry::new(host, caller, "creative.recommend", "recommendation", id)
        .detail(json!({ "kind": kind.as_str(), "installation": installation, "ranked": ranked.len() }));
    let row = Row {
        id,
        installation,
        run,
        kind: kind.as_str().to_owned(),
        brief: kept.to_string(),
        answer: serde_json::to_string(&ranked).map_err(|_| Error::Stored("recommendation"))?,
        created_by: caller.actor.to_string(),
        created_at: host.now_in(caller.workspace),
    };
    host.store
        .write(workspace, "creative.recommend", move |conn| {
            Box::pin(async move {
                if let Some(state) = state {
                    state.apply(conn).await.map_err(Problem::from)?;
                }
                sql::recommendation_insert(conn, workspace, row).await?;
                audit(conn, &entry).await?;
                Ok(id)
            })
        })
        .await
}

fn check(new: &NewRecommendation) -> Result<()> {
    let objective = new.objective.trim();
    if objective.is_empty() || objective.len() > 100 || objective.chars().any(char::is_control) {
        return Err(Error::field("objective", "must be one line of 1 to 100 bytes"));
    }
    if new.facts.len() > FACTS_MAX || Value::Object(new.facts.clone()).to_string().len() > FACTS_BYTES_MAX {
        return Err(Error::field(
            "facts",
            format!("must be at most {FACTS_MAX}, and {FACTS_BYTES_MAX} bytes together"),
        ));
    }
    if new.locale.as_ref().is_some_and(|tag| tag.parse::<rialto_kernel::Locale>().is_err()) {
        return Err(Error::field("locale", "must be en or zh-CN"));
    }
    let about_people = new.kind == CandidateKind::Contact;
    if !about_people && new.of.is_some() {
        return Err(Error::field("of", "is for the kind `contact`"));
    }
    if !about_people && new.campaign.is_some() {
        return Err(Error::field("campaign", "is for the kind `contact`"));
    }
    if !about_people && new.offer.is_some() {
        return Err(Error::field("offer", "is for the kind `contact`; name its categories among the facts"));
    }
    Ok(())
}

/// The recommender that was named, or the only one.
async fn installation(host: &Host, caller: &Caller, new: &NewRecommendation) -> Result<Id> {
    if let Some(named) = new.installation {
        return Ok(named);
    }
    let mut conn = host.store.read(caller.workspace).await?;
    let all = installations_of_kind(&mut conn, caller.workspace, PluginKind::Recommender).await?;
    match all.as_slice() {
        [only] => Ok(only.id),
        [] => Err(Error::field("installation", "no recommender is installed and active")),
        _ => Err(Error::field("installation", "there are several recommenders; name one")),
    }
}

async fn shown(host: &Host, caller: &Caller, new: &NewRecommendation, at: i64) -> Result<Shown> {
    let workspace = caller.workspace;
    let mut conn = host.store.read(workspace).await?;
    let currency = currency(&mut conn, caller).await?;
    match new.kind {
        CandidateKind::Creative => candidates::creatives(&mut conn, workspace, at, &currency).await,
        CandidateKind::CampaignType => candidates::campaign_types(&mut conn, workspace, at, &currency).await,
        CandidateKind::Contact => {
            let kind = kind(&mut conn, caller, new).await?;
            people::people(host, &mut conn, workspace, question(new, &kind, at, &currency)).await
        }
    }
}

/// A ranking of many people weighs more than the usual few candidates.
pub(super) fn limits(kind: CandidateKind) -> Limits {
    let usual = Limits::of(PluginKind::Recommender);
    match kind {
        CandidateKind::Contact => Limits {
            memory_bytes: 256 << 20,
            cpu_entry_ms: 20_000,
            cpu_run_ms: 20_000,
            wall_run_ms: 60_000,
            input_bytes: 32 << 20,
            output_bytes: 16 << 20,
            ..usual
        },
        CandidateKind::Creative | CandidateKind::CampaignType => Limits {
            cpu_entry_ms: 5_000,
            cpu_run_ms: 5_000,
            wall_run_ms: 30_000,
            input_bytes: 8 << 20,
            output_bytes: 8 << 20,
            ..usual
        },
    }
}

fn places(ranked: Vec<Ranked>, ids: &[String]) -> Vec<RankedCandidate> {
    let best = ranked.into_iter().take(RANKED_KEPT_MAX).zip(1_u32..);
    best.filter_map(|(one, place)| {
        Some(RankedCandidate {
            place,
            id: ids.get(one.candidate as usize)?.clone(),
            name: String::new(),
            score: one.score,
            reasons: one
                .reasons
                .into_iter()
                .map(|reason| RankedReason { code: reason.code, text: reason.text, weight: reason.weight })
                .collect(),
            changes: one.changes.into_iter().map(|(field, text)| (field, plain(text))).collect(),
        })
    })
    .collect()
}

/// A suggested value is a JSON text; a string is shown without its quotes.
fn plain(text: String) -> String {
    serde_json::from_str::<String>(&text).unwrap_or(text)
}

/// Look at one recommendation; the ranking comes in pages.
///
/// # Errors
/// When there is none, or the caller may not.
pub async fn recommendation_get(host: &Host, caller: &Caller, id: Id, page: &PageQuery) -> Result<Recommendation> {
    caller.require(READ)?;
    let (limit, after) = (page.limit()?, page.after::<u32>()?.unwrap_or(0));
    let mut conn = host.store.read(caller.workspace).await?;
    let found = sql::recommendation_find(&mut conn, caller.workspace, id).await?;
    let row = found.ok_or(Error::NotFound("recommendation"))?;
    let all: Vec<RankedCandidate> = serde_json::from_str(&row.answer).map_err(|_| Error::Stored("recommendation"))?;
    let ranked = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let wanted = all.into_iter().filter(|one| one.place > after).take(limit as usize + 1).collect();
    let mut page = Page::from_rows(wanted, limit, |one: &RankedCandidate| one.place)?;
    let mut shown = of_row(row, ranked)?;
    name_all(&mut conn, caller, shown.kind, &mut page.items).await?;
    shown.items = page.items;
    shown.next = page.next;
    Ok(shown)
}

/// Make an audience of the best a recommendation of people ranked.
///
/// # Errors
/// When there is none, it is not of people, or nobody would be in the audience.
pub async fn recommendation_audience(host: &Host, caller: &Caller, id: Id, best: BestOf) -> Result<Snapshot> {
    caller.require_everywhere(PEOPLE_WRITE)?;
    let found = {
        let mut conn = host.store.read(caller.workspace).await?;
        sql::recommendation_find(&mut conn, caller.workspace, id).await?.ok_or(Error::NotFound("recommendation"))?
    };
    if found.kind != CandidateKind::Contact.as_str() {
        return Err(Error::field("id", "this recommendation does not rank people"));
    }
    let all: Vec<RankedCandidate> = serde_json::from_str(&found.answer).map_err(|_| Error::Stored("recommendation"))?;
    let people: Vec<Id> = all.iter().take(best.top as usize).filter_map(|one| one.id.parse().ok()).collect();
    if people.is_empty() {
        return Err(Error::field("top", "nobody would be in the audience; take at least the best one"));
    }
    Ok(snapshot_of(host, caller, &best.name, people).await.map_err(Problem::from)?)
}

/// Recommendations, newest first, without their rankings.
pub(super) async fn recommendation_page(
    host: &Host,
    caller: &Caller,
    page: &PageQuery,
) -> Result<Page<Recommendation>> {
    caller.require(READ)?;
    let (limit, before) = (page.limit()?, page.after::<Id>()?.unwrap_or(Id::max()));
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = sql::recommendation_list(&mut conn, caller.workspace, before, limit + 1).await?;
    let page = Page::from_rows(rows, limit, |row| row.id)?;
    let items = page.items.into_iter().map(|row| of_row(row, 0)).collect::<Result<_>>()?;
    Ok(Page { items, next: page.next })
}

fn of_row(row: Row, ranked: u32) -> Result<Recommendation> {
    let kind = serde_json::from_value(Value::String(row.kind)).map_err(|_| Error::Stored("recommendation"))?;
    let brief: Value = serde_json::from_str(&row.brief).map_err(|_| Error::Stored("recommendation"))?;
    Ok(Recommendation {
        id: row.id,
        kind,
        installation: row.installation,
        run: row.run,
        skipped: brief["skipped"].as_str().map(str::to_owned),
        brief,
        ranked,
        items: Vec::new(),
        next: None,
        created_by: row.created_by,
        created_at: from_micros(row.created_at),
    })
}

/// Put names to a page of candidates, as far as the caller may see them.
async fn name_all(
    conn: &mut rialto_store::Conn,
    caller: &Caller,
    kind: CandidateKind,
    items: &mut [RankedCandidate],
) -> Result<()> {
    let ids: Vec<Id> = items.iter().filter_map(|one| one.id.parse().ok()).collect();
    let names: HashMap<Id, String> = match kind {
        CandidateKind::CampaignType => {
            items.iter_mut().for_each(|one| one.name.clone_from(&one.id));
            return Ok(());
        }
        CandidateKind::Contact if !caller.may(PEOPLE) => return Ok(()),
        CandidateKind::Contact => sql::contact_names(conn, caller.workspace, &ids).await?.into_iter().collect(),
        CandidateKind::Creative => sql::creative_titles(conn, caller.workspace, &ids).await?.into_iter().collect(),
    };
    for one in items {
        if let Some(name) = one.id.parse().ok().and_then(|id: Id| names.get(&id)) {
            one.name.clone_from(name);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_lose_their_quotes() {
        assert_eq!(plain("\"winter\"".to_owned()), "winter");
        assert_eq!(plain("[1]".to_owned()), "[1]");
        assert_eq!(plain("winter".to_owned()), "winter");
    }

    #[test]
    fn questions_about_people_alone_name_people() {
        let new = |kind: &str| -> NewRecommendation {
            let offer = Id::nil();
            serde_json::from_value(json!({ "kind": kind, "objective": "repeat", "offer": offer })).unwrap()
        };
        assert!(check(&new("contact")).is_ok());
        assert!(check(&new("creative")).is_err());
    }
}
