//! Importing events: what happened, to whom, when.

use super::{
    kind::{Column, Extra, ImportContext, ImportKind, ImportRow, RowError},
    moment::Moments,
};
use crate::{
    contact::resolve::{OnTwo, Resolved, Resolving, Wanted, known_from, resolve},
    error::Result,
    event::{NewEvent, record_events},
    limits::{EVENT_NAME_BYTES_MAX, KEY_BYTES_MAX},
    normalise::{IdentityKind, normalise, short_name},
};
use async_trait::async_trait;
use rialto_kernel::{Currency, Money, Problem, money::parse_minor};
use rialto_store::{Conn, EVENT_AT_END, EVENT_AT_MIN};
use serde_json::{Map, Value as Json};

/// Events, one a row. A message id that was seen in the last thirty days is
/// not recorded again.
#[derive(Debug, Clone, Copy)]
pub struct EventsImport;

const COLUMNS: &[Column] = &[
    column("name", &["event", "event_name", "事件", "事件名称"], true, "what happened, such as Order Completed"),
    column(
        "at",
        &["timestamp", "time", "date", "occurred_at", "时间", "日期", "发生时间"],
        true,
        "when: an instant, or a date",
    ),
    column("kind", &["type", "类型"], false, "its kind; `track` when empty"),
    column(
        "external_id",
        &["id", "customer_id", "contact_id", "客户编号", "客户ID"],
        false,
        "whose: the id in your own system",
    ),
    column("user_id", &[], false, "whose: the id of a signed-in visitor"),
    column("email", &["e-mail", "mail", "邮箱", "电子邮箱"], false, "whose: the email address"),
    column("phone", &["mobile", "手机号", "手机", "手机号码", "电话"], false, "whose: the telephone number"),
    column("anonymous_id", &[], false, "whose: the id a browser made up"),
    column("channel", &["渠道"], false, "the marketing channel, when it is a touch"),
    column("campaign", &["campaign_id"], false, "the campaign's id"),
    column("value", &["amount", "revenue", "金额"], false, "its value, such as 12.50"),
    column("currency", &["币种"], false, "the value's currency, such as CNY"),
    column("message_id", &["event_id"], false, "names the event for good"),
    column("properties", &[], false, "anything else, as a JSON object"),
];

const IDENTITIES: [(usize, IdentityKind); 5] = [
    (3, IdentityKind::External),
    (4, IdentityKind::UserId),
    (5, IdentityKind::Email),
    (6, IdentityKind::Phone),
    (7, IdentityKind::AnonymousId),
];

const fn column(name: &'static str, aliases: &'static [&'static str], required: bool, about: &'static str) -> Column {
    Column { name, aliases, required, about }
}

#[async_trait]
impl ImportKind for EventsImport {
    fn name(&self) -> &'static str {
        "events"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn extra(&self) -> Extra {
        Extra::OnRequest
    }

    fn kept_because(&self) -> &'static str {
        "events are facts that are only ever added to, and numbers, profiles and triggers have read them; let them \
         pass by their retention, erase the people, or restore a backup from before"
    }

    async fn apply(&self, conn: &mut Conn, ctx: &ImportContext, rows: &[ImportRow]) -> Result<Vec<RowError>, Problem> {
        let mut errors = Vec::new();
        let (mut people, mut events) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
        let moments = Moments::of(ctx)?;
        for row in rows {
            match read(ctx, row, &moments) {
                Ok((person, event)) => {
                    people.push(person);
                    events.push(event);
                }
                Err(error) => errors.push(error),
            }
        }
        let how = Resolving {
            workspace: ctx.workspace,
            ids: &ctx.ids,
            now: ctx.at,
            known_at: events.iter().map(|event| event.at).max().unwrap_or(ctx.at),
            source: "import",
            on_two: OnTwo::Surest,
        };
        let found = resolve(conn, how, &people).await?;
        for (event, resolved) in events.iter_mut().zip(found) {
            event.contact = resolved.and_then(Resolved::contact);
        }
        known_from(conn, ctx.workspace, events.iter().map(|event| (event.contact, event.at))).await?;
        record_events(conn, &ctx.ids, ctx.now, ctx.workspace, events).await?;
        Ok(errors)
    }
}

fn read(ctx: &ImportContext, row: &ImportRow, moments: &Moments) -> Result<(Vec<Wanted>, NewEvent), RowError> {
    let at = |place: usize| row.text(place);
    let fault = |place: usize, message: String| row.error(COLUMNS[place].name, message);
    let mut person = Vec::new();
    for (place, kind) in IDENTITIES {
        if let Some(shown) = at(place) {
            let value = match kind {
                IdentityKind::Phone => ctx.phone(shown),
                _ => normalise(kind, shown).map_err(told),
            }
            .map_err(|message| fault(place, message))?;
            person.push(Wanted { kind, value, shown: shown.to_owned() });
        }
    }
    let name = short_name("name", at(0).unwrap_or(""), EVENT_NAME_BYTES_MAX).map_err(|error| fault(0, told(error)))?;
    let when = moments.past(at(1).unwrap_or(""), ctx.now).map_err(|message| fault(1, message))?;
    if !(EVENT_AT_MIN..EVENT_AT_END).contains(&when) {
        return Err(fault(1, "must be from 1990 on and before 2100".to_owned()));
    }
    let campaign = match at(9) {
        Some(text) => Some(text.parse().map_err(|_| fault(9, "must be a campaign's id".to_owned()))?),
        None => None,
    };
    let event = NewEvent {
        message_id: at(12).map(|id| id.chars().take(EVENT_NAME_BYTES_MAX).collect()),
        at: when,
        kind: short_name("kind", at(2).unwrap_or("track"), KEY_BYTES_MAX).map_err(|error| fault(2, told(error)))?,
        name,
        contact: None,
        channel: at(8).map(str::to_owned),
        campaign,
        send: None,
        source: "import".to_owned(),
        value: value(row)?,
        properties: properties(row)?,
    };
    Ok((person, event))
}

fn value(row: &ImportRow) -> Result<Option<Money>, RowError> {
    let Some(text) = row.text(10) else { return Ok(None) };
    let Some(currency) = row.text(11) else { return Err(row.error("currency", "is needed beside a value")) };
    let currency: Currency = currency.parse().map_err(|message: String| row.error("currency", message))?;
    let minor = parse_minor(text, currency).map_err(|message| row.error("value", message))?;
    Ok(Some(Money { minor, currency }))
}

fn properties(row: &ImportRow) -> Result<Map<String, Json>, RowError> {
    let mut all = match row.text(13).map(serde_json::from_str::<Json>) {
        None => Map::new(),
        Some(Ok(Json::Object(map))) => map,
        Some(_) => return Err(row.error("properties", "must be a JSON object such as {\"size\": 3}")),
    };
    for (header, cell) in row.extras() {
        all.insert(header.to_owned(), Json::String(cell.to_owned()));
    }
    Ok(all)
}

fn told(error: crate::Error) -> String {
    match error {
        crate::Error::Field { message, .. } => message,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_where_the_code_reads_them() {
        let name = |at: usize| COLUMNS[at].name;
        assert_eq!(IDENTITIES.map(|(at, _)| name(at)), ["external_id", "user_id", "email", "phone", "anonymous_id"]);
        assert_eq!(
            [0, 1, 2, 8, 9, 10, 11, 12, 13].map(name),
            ["name", "at", "kind", "channel", "campaign", "value", "currency", "message_id", "properties"]
        );
    }
}
