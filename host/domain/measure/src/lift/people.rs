//! Reading the people of a lift run: which side each is on, and what they did
//! when. Merged contacts count as one person. Nothing after `until` is read.

use super::study::{Did, PERIODS_MAX, Person, Study};
use crate::{
    MeasureError,
    conversion::{
        Definition,
        source::{Wanted, source},
    },
    names::PLACEMENT_SEEN,
    query::binder::Binder,
};
use rialto_kernel::{Currency, Id, WorkspaceId};
use rialto_store::{Conn, sql, sql_dynamic};
use std::collections::HashMap;

/// The most people of one run.
pub(crate) const PEOPLE_MAX: usize = 2_000_000;

/// What counts as having done it.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// A conversion definition; all orders if absent.
    pub(crate) definition: Option<Definition>,
    pub(crate) currency: Currency,
}

/// Person by person, whether treated.
pub(crate) type Sides = HashMap<Id, bool>;

/// Everybody, those that a campaign wrote to as treated.
pub(crate) async fn sides_of_campaign(
    conn: &mut Conn,
    ws: WorkspaceId,
    campaign: Id,
    until: i64,
) -> Result<Sides, MeasureError> {
    let mut sides = Sides::new();
    sql("SELECT id FROM contact WHERE workspace = $1 AND merged_into IS NULL ORDER BY id")
        .bind(ws)
        .for_each::<(Id,), MeasureError>(conn, |(id,)| {
            if sides.len() >= PEOPLE_MAX {
                return Err(too_many());
            }
            sides.insert(id, false);
            Ok(())
        })
        .await?;
    let written: Vec<(Id,)> = sql("SELECT DISTINCT COALESCE(c.merged_into, c.id) FROM event e
         JOIN contact c ON c.workspace = e.workspace AND c.id = e.contact
         WHERE e.workspace = $1 AND e.campaign = $2 AND e.at <= $3 AND e.kind IN ('send', 'touch') AND e.name <> $4")
    .bind(ws)
    .bind(campaign)
    .bind(until)
    .bind(PLACEMENT_SEEN)
    .fetch_all(conn)
    .await?;
    sides.extend(written.into_iter().map(|(id,)| (id, true)));
    Ok(sides)
}

/// Everybody an experiment gave an arm; those of a frozen audience only, if one
/// is named. The person's own row counts before that of a merged contact.
pub(crate) async fn sides_of_experiment(
    conn: &mut Conn,
    ws: WorkspaceId,
    experiment: Id,
    audience: Option<Id>,
    until: i64,
) -> Result<Sides, MeasureError> {
    type Row = (Id, Id, bool);
    let rows: Vec<Row> = match audience {
        Some(audience) => {
            sql("SELECT a.contact, COALESCE(c.merged_into, c.id), m.held_out FROM experiment_assignment a
                 JOIN contact c ON c.workspace = a.workspace AND c.id = a.contact
                 JOIN experiment_arm m ON m.workspace = a.workspace AND m.experiment = a.experiment AND m.place = a.place
                 JOIN audience_member v ON v.workspace = a.workspace AND v.snapshot = $4 AND v.contact = a.contact
                 WHERE a.workspace = $1 AND a.experiment = $2 AND a.at <= $3 ORDER BY a.contact")
            .bind(ws)
            .bind(experiment)
            .bind(until)
            .bind(audience)
            .fetch_all(conn)
            .await?
        }
        None => {
            sql("SELECT a.contact, COALESCE(c.merged_into, c.id), m.held_out FROM experiment_assignment a
                 JOIN contact c ON c.workspace = a.workspace AND c.id = a.contact
                 JOIN experiment_arm m ON m.workspace = a.workspace AND m.experiment = a.experiment AND m.place = a.place
                 WHERE a.workspace = $1 AND a.experiment = $2 AND a.at <= $3 ORDER BY a.contact")
            .bind(ws)
            .bind(experiment)
            .bind(until)
            .fetch_all(conn)
            .await?
        }
    };
    if rows.len() > PEOPLE_MAX {
        return Err(too_many());
    }
    let mut sides = Sides::with_capacity(rows.len());
    for (contact, person, held_out) in rows {
        if contact == person {
            sides.insert(person, !held_out);
        } else {
            sides.entry(person).or_insert(!held_out);
        }
    }
    Ok(sides)
}

fn too_many() -> MeasureError {
    MeasureError::TooLarge { limit: "lift-people", value: PEOPLE_MAX as u64, remedy: "measure a smaller audience" }
}

/// The instant of the first thing that counts, up to an instant.
pub(crate) async fn first_at(
    conn: &mut Conn,
    ws: WorkspaceId,
    outcome: &Outcome,
    until: i64,
) -> Result<Option<i64>, MeasureError> {
    let Some(definition) = &outcome.definition else {
        let (first,): (Option<i64>,) =
            sql("SELECT MIN(at) FROM sales_order WHERE workspace = $1 AND at <= $2 AND contact IS NOT NULL")
                .bind(ws)
                .bind(until)
                .fetch_one(conn)
                .await?;
        return Ok(first);
    };
    let mut binder = Binder::new(ws);
    let wanted = Wanted { span: (None, Some(until.saturating_add(1))), ..Wanted::default() };
    let rows = source(definition, &wanted, outcome.currency, &mut binder);
    let text = format!("SELECT MIN(v.at) FROM {rows}");
    let (first,): (Option<i64>,) = sql_dynamic(text).bind_all(binder.into_values()).fetch_one(conn).await?;
    Ok(first)
}

/// What each person did from an instant, included, to another, excluded.
async fn did(
    conn: &mut Conn,
    ws: WorkspaceId,
    outcome: &Outcome,
    (from, to): (i64, i64),
) -> Result<HashMap<Id, Did>, MeasureError> {
    let rows: Vec<(Id, i64, i64)> = match &outcome.definition {
        None => {
            sql("SELECT COALESCE(c.merged_into, c.id), CAST(COUNT(*) AS BIGINT), CAST(SUM(o.total_minor) AS BIGINT)
                 FROM sales_order o
                 JOIN contact c ON c.workspace = o.workspace AND c.id = o.contact
                 WHERE o.workspace = $1 AND o.at >= $2 AND o.at < $3 AND o.currency = $4 AND o.state <> 'cancelled'
                 GROUP BY COALESCE(c.merged_into, c.id)")
            .bind(ws)
            .bind(from)
            .bind(to)
            .bind(outcome.currency)
            .fetch_all(conn)
            .await?
        }
        Some(definition) => {
            let mut binder = Binder::new(ws);
            let wanted = Wanted { span: (Some(from), Some(to)), ..Wanted::default() };
            let rows = source(definition, &wanted, outcome.currency, &mut binder);
            let own = binder.bind(outcome.currency);
            let text = format!(
                "SELECT v.contact, CAST(COUNT(*) AS BIGINT), \
                 CAST(SUM(CASE WHEN v.currency = {own} THEN v.value_minor ELSE 0 END) AS BIGINT) FROM {rows} GROUP BY v.contact"
            );
            sql_dynamic(text).bind_all(binder.into_values()).fetch_all(conn).await?
        }
    };
    let did = |(person, times, value): (Id, i64, i64)| (person, Did { times: times as f64, value: value as f64 });
    Ok(rows.into_iter().map(did).collect())
}

/// The people of a run with what they did in the window and, as far as it is
/// known, in the equally long periods before it.
pub(crate) async fn study(
    conn: &mut Conn,
    ws: WorkspaceId,
    outcome: &Outcome,
    sides: Sides,
    (start, end): (i64, i64),
) -> Result<Study, MeasureError> {
    let length = end.saturating_sub(start);
    let first = first_at(conn, ws, outcome, end).await?.unwrap_or(i64::MAX);
    let begins = |period: usize| start.saturating_sub(length.saturating_mul(period as i64 + 1));
    let periods = (0..PERIODS_MAX).take_while(|period| begins(*period) >= first).count();
    let during = did(conn, ws, outcome, (start, end)).await?;
    let mut before = Vec::with_capacity(periods);
    for period in 0..periods {
        let from = begins(period);
        before.push(did(conn, ws, outcome, (from, from.saturating_add(length))).await?);
    }
    let of = |all: &HashMap<Id, Did>, id: &Id| all.get(id).copied().unwrap_or_default();
    let mut people: Vec<(Id, Person)> = Vec::with_capacity(sides.len());
    for (id, treated) in sides {
        let mut person = Person { treated, during: of(&during, &id), ..Person::default() };
        for (slot, all) in person.before.iter_mut().zip(&before) {
            *slot = of(all, &id);
        }
        people.push((id, person));
    }
    // In one order always, so that sums come out the same to the last bit.
    people.sort_unstable_by_key(|(id, _)| *id);
    Ok(Study { periods, people: people.into_iter().map(|(_, person)| person).collect() })
}
