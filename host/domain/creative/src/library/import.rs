//! `creatives`: a row is a creative or case, with what came of it if its
//! `tried` is filled. The same file again changes nothing.

use super::{
    actions::of_input,
    model::{Creative, CreativeInput, NewResult},
    sql,
};
use crate::error::Error;
use async_trait::async_trait;
use jiff::{Timestamp, civil, tz::TimeZone};
use rialto_audience::import::{
    Column, ImportContext, ImportKind, ImportRow, Naming, RowError, TakeBack, take_back_versioned,
};
use rialto_kernel::{Currency, Id, Money, Problem, money::parse_minor};
use rialto_store::Conn;
use std::{collections::HashMap, sync::Arc};

const fn column(name: &'static str, aliases: &'static [&'static str], required: bool, about: &'static str) -> Column {
    Column { name, aliases, required, about }
}

const COLUMNS: &[Column] = &[
    column("code", &["id", "case", "case_id"], true, "what files call it; unique"),
    column("title", &["name"], true, "its title"),
    column("kind", &[], false, "asset or case; case when empty"),
    column("origin", &[], false, "own or outside; own when empty"),
    column("description", &["about"], false, "what it is about"),
    column("theme", &["themes"], false, "themes, parted by commas"),
    column("interaction", &["form", "mechanic"], false, "how people take part"),
    column("season", &["seasons", "festival"], false, "seasons and festivals, parted by commas"),
    column("channel", &["channels"], false, "marketing channels, parted by commas"),
    column("campaign_type", &["type"], false, "the type of campaign"),
    column("objectives", &["objective"], false, "objectives, parted by commas"),
    column("categories", &["category"], false, "product categories, parted by commas"),
    column("audience", &["audiences"], false, "audiences, parted by commas"),
    column("link", &["url"], false, "where it can be seen"),
    column("label", &["use", "result"], false, "which use a result is of; `import` when empty"),
    column("at", &["date"], false, "when a result was seen"),
    column("tried", &["sends", "sent", "targeted"], false, "sends, or people it was tried on"),
    column("reached", &["conversions", "responses"], false, "how many did what was wanted"),
    column("clicks", &[], false, "how many clicked"),
    column("revenue", &["sales"], false, "what it brought in"),
    column("currency", &[], false, "the currency of the revenue, ISO 4217"),
];

/// Reads creatives in.
#[derive(Debug, Clone, Copy)]
pub struct CreativesImport;

/// What keeps a creative when its import is taken back.
const NAMED_IN: &[Naming] = &[("message", "creative", "a message is made of it")];

#[async_trait]
impl ImportKind for CreativesImport {
    fn name(&self) -> &'static str {
        "creatives"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn permission(&self) -> &'static str {
        crate::message::WRITE
    }

    fn made_objects(&self) -> &'static [&'static str] {
        &["creative"]
    }

    /// A creative goes with the results that came in with it; one that has
    /// further ones is in use.
    async fn take_back(&self, conn: &mut Conn, with: &TakeBack, ids: &[Id]) -> Result<Vec<(Id, String)>, Problem> {
        let mut kept: HashMap<Id, String> = HashMap::new();
        for (id, count) in sql::results_count(conn, with.workspace, ids).await? {
            if count > with.again.get(&id).copied().unwrap_or(0) {
                kept.insert(id, "other results came of it".to_owned());
            }
        }
        let free: Vec<Id> = ids.iter().copied().filter(|id| !kept.contains_key(id)).collect();
        // A result does not count its creative up.
        let with = TakeBack { again: Arc::default(), ..with.clone() };
        let own = &[("creative_result", "creative"), ("creative", "id")];
        kept.extend(take_back_versioned(conn, &with, &free, NAMED_IN, own).await?);
        Ok(kept.into_iter().collect())
    }

    async fn apply(&self, conn: &mut Conn, ctx: &ImportContext, rows: &[ImportRow]) -> Result<Vec<RowError>, Problem> {
        let (mut errors, mut creatives, mut results) = (Vec::new(), Vec::new(), Vec::new());
        for row in rows {
            match read(ctx, row) {
                Ok((creative, result)) => {
                    results.extend(result.map(|(result, at)| (creative.code.clone(), result, at)));
                    creatives.push(creative);
                }
                Err(error) => errors.push(error),
            }
        }
        sql::creatives_insert(conn, ctx.workspace, &creatives).await?;
        let codes: Vec<&str> = creatives.iter().map(|creative| creative.code.as_str()).collect();
        let ids = sql::creative_ids(conn, ctx.workspace, &codes).await?;
        let fresh = creatives.iter().filter(|creative| ids.get(&creative.code) == Some(&creative.id));
        ctx.made("creative", fresh.map(|creative| creative.id));
        let all: Vec<Id> = ids.values().copied().collect();
        let before = sql::results_count(conn, ctx.workspace, &all).await?;
        for (code, result, at) in results {
            if let Some(creative) = ids.get(&code) {
                sql::result_put(conn, ctx.workspace, ctx.ids.make(), *creative, &result, at).await?;
            }
        }
        for (id, count) in sql::results_count(conn, ctx.workspace, &all).await? {
            let more = count - before.get(&id).copied().unwrap_or(0);
            ctx.made("creative.grown", (0..more).map(|_| id));
        }
        Ok(errors)
    }
}

fn read(ctx: &ImportContext, row: &ImportRow) -> Result<(Creative, Option<(NewResult, i64)>), RowError> {
    let text = |column: usize| row.text(column).unwrap_or_default().to_owned();
    let input = CreativeInput {
        code: row.text(0).map(str::to_owned),
        title: text(1),
        kind: row.text(2).map(str::to_lowercase),
        origin: row.text(3).map(str::to_lowercase),
        description: text(4),
        theme: text(5),
        interaction: text(6),
        season: text(7),
        channel: text(8),
        campaign_type: text(9),
        objectives: text(10),
        categories: text(11),
        audience: text(12),
        link: text(13),
        body: String::new(),
    };
    if input.code.is_none() {
        return Err(row.error("code", "must not be empty"));
    }
    let creative = of_input(input, ctx.ids.make(), &ctx.actor, ctx.now);
    creative.check().map_err(|error| told(row, error))?;
    Ok((creative, result(ctx, row)?))
}

fn result(ctx: &ImportContext, row: &ImportRow) -> Result<Option<(NewResult, i64)>, RowError> {
    let Some(tried) = number(row, 16)? else { return Ok(None) };
    let revenue = match (row.text(19), row.text(20)) {
        (Some(amount), Some(code)) => {
            let currency: Currency = code.parse().map_err(|message: String| row.error("currency", message))?;
            let minor = parse_minor(amount, currency).map_err(|message| row.error("revenue", message))?;
            Some(Money { minor, currency })
        }
        (Some(_), None) => return Err(row.error("currency", "must be given with a revenue")),
        (None, _) => None,
    };
    let result = NewResult {
        label: row.text(14).unwrap_or("import").to_owned(),
        objective: row.text(10).unwrap_or_default().to_owned(),
        campaign: None,
        at: None,
        tried,
        reached: number(row, 17)?.unwrap_or(0),
        clicks: number(row, 18)?,
        revenue,
    };
    result.check().map_err(|error| told(row, error))?;
    let at = match row.text(15) {
        Some(text) => instant(text).ok_or_else(|| row.error("at", "must be an instant or a day such as 2026-03-01"))?,
        None => ctx.at,
    };
    Ok(Some((result, at)))
}

fn number(row: &ImportRow, column: usize) -> Result<Option<i64>, RowError> {
    let Some(text) = row.text(column) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| row.error(COLUMNS[column].name, "must be a whole number"))
}

fn instant(text: &str) -> Option<i64> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at.as_microsecond());
    }
    let wall = text.parse::<civil::DateTime>().ok()?;
    Some(wall.to_zoned(TimeZone::UTC).ok()?.timestamp().as_microsecond())
}

fn told(row: &ImportRow, error: Error) -> RowError {
    match error {
        Error::Fields(errors) => match errors.into_iter().next() {
            Some(first) => row.error(first.field, first.message),
            None => row.error("", "invalid"),
        },
        other => row.error("", other.to_string()),
    }
}
