//! Reading touches and conversions and laying paths out in a working file,
//! contact by contact, a page of contacts at a time.

use super::{
    batch::{Gatherer, Spool, SpooledPaths, Totals},
    path::{Conversion, Frame, NO_CAMPAIGN, Touch, build},
    pattern::Patterns,
    sql,
};
use crate::{
    MeasureError,
    conversion::{
        Definition,
        source::{Wanted, source},
    },
    query::{binder::Binder, foreign},
};
use rialto_jobs::JobRun;
use rialto_kernel::{Currency, Id, WorkspaceId};
use rialto_sales::rates::Way;
use rialto_slice::Host;
use rialto_store::{Conn, sql_dynamic};
use std::{collections::HashMap, hash::Hash};

/// Contacts read at a time.
const CONTACTS_PAGE: u32 = 500;
/// Pages between two notes of progress.
const PAGES_A_SAVE: u32 = 20;
/// The most touches read at a time; a page with more is read in halves.
const TOUCHES_PAGE_MAX: u32 = 400_000;
/// The most conversions of one run.
pub(crate) const CONVERSIONS_MAX: usize = 4_000_000;
/// The most channels of one run.
pub(crate) const CHANNELS_MAX: usize = 1_000;

/// What a run's paths are made of.
#[derive(Debug, Clone)]
pub(crate) struct Gathering {
    pub(crate) workspace: WorkspaceId,
    pub(crate) definition: Definition,
    /// Only conversions of this campaign, and touches of it or of none.
    pub(crate) campaign: Option<Id>,
    /// Only touches of these channels; empty for all.
    pub(crate) channels: Vec<String>,
    pub(crate) frame: Frame,
    pub(crate) currency: Currency,
}

/// Paths ready to be read by any number of models.
#[derive(Debug)]
pub(crate) struct Gathered {
    pub(crate) spooled: SpooledPaths,
    pub(crate) totals: Totals,
    pub(crate) patterns: Patterns,
    pub(crate) channels: Vec<String>,
    pub(crate) campaigns: Vec<Id>,
}

/// Names by number, in the order they were first seen.
#[derive(Debug)]
struct Names<T> {
    numbers: HashMap<T, u32>,
    list: Vec<T>,
}

impl<T: Hash + Eq + Clone> Names<T> {
    fn new() -> Self {
        Self { numbers: HashMap::new(), list: Vec::new() }
    }

    fn number(&mut self, name: T) -> u32 {
        if let Some(number) = self.numbers.get(&name) {
            return *number;
        }
        let number = u32::try_from(self.list.len()).unwrap_or(NO_CAMPAIGN);
        self.list.push(name.clone());
        self.numbers.insert(name, number);
        number
    }
}

/// Who waits for the paths.
pub(crate) enum Waiting<'j> {
    /// A job, which hears how far it is, and may be stopped.
    Job(&'j mut JobRun),
    /// Whoever asked, for a purpose of this id.
    Caller(Id),
}

impl Waiting<'_> {
    fn id(&self) -> Id {
        match self {
            Self::Job(job) => job.id,
            Self::Caller(id) => *id,
        }
    }

    fn stopped(&self) -> bool {
        matches!(self, Self::Job(job) if job.stop.is_cancelled())
    }

    async fn hears(&mut self, done: u64, total: u64) -> Result<(), MeasureError> {
        match self {
            Self::Job(job) => Ok(job.save(serde_json::Value::Null, done, total).await?),
            Self::Caller(_) => Ok(()),
        }
    }
}

/// Lay the paths out.
pub(crate) async fn gather(
    host: &Host,
    mut waiting: Waiting<'_>,
    wanted: &Gathering,
) -> Result<Gathered, MeasureError> {
    let conversions = conversions(host, wanted).await?;
    let (mut channels, mut campaigns) = (Names::new(), Names::new());
    let mut gatherer = Gatherer::default();
    let mut spool = Spool::create(&host.data_dir.join("spool"), &waiting.id().to_string()).await?;
    let total = contacts(host, wanted).await?;
    let (mut after, mut size, mut done, mut pages) = (Id::nil(), CONTACTS_PAGE, 0_u64, 0_u32);
    while let Some(page) = page(host, wanted, after, size).await? {
        let Some(rows) = page.touches else {
            size = (size / 2).max(1);
            continue;
        };
        let people = people(rows, &mut channels, &mut campaigns)?;
        let from = conversions.partition_point(|(contact, _)| *contact <= after);
        let to = conversions.partition_point(|(contact, _)| *contact <= page.last);
        lay_out(people, &conversions[from..to], wanted.frame, &mut gatherer);
        for batch in gatherer.take_full() {
            spool.write(&batch).await?;
        }
        (after, done, pages) = (page.last, done + page.contacts, pages + 1);
        if waiting.stopped() {
            return Err(MeasureError::Stopped);
        }
        if pages.is_multiple_of(PAGES_A_SAVE) {
            waiting.hears(done.min(total), total).await?;
        }
    }
    if let Some(batch) = gatherer.take_rest() {
        spool.write(&batch).await?;
    }
    let (totals, patterns) = (gatherer.totals, gatherer.ways.told(&channels.list));
    let spooled = spool.finish().await?;
    Ok(Gathered { spooled, totals, patterns, channels: channels.list, campaigns: campaigns.list })
}

async fn contacts(host: &Host, wanted: &Gathering) -> Result<u64, MeasureError> {
    let mut conn = host.store.read(wanted.workspace).await?;
    sql::contact_count(&mut conn, wanted.workspace).await
}

/// Every conversion of the run and of the window before it, by contact and time.
async fn conversions(host: &Host, wanted: &Gathering) -> Result<Vec<(Id, Conversion)>, MeasureError> {
    let mut binder = Binder::new(wanted.workspace);
    let frame = wanted.frame;
    let which = Wanted {
        campaigns: wanted.campaign.into_iter().collect(),
        by_campaign: false,
        span: (Some(frame.start.saturating_sub(frame.window)), Some(frame.end)),
    };
    let rows = source(&wanted.definition, &which, wanted.currency, &mut binder);
    let text = format!("SELECT v.contact, v.at, CAST(v.value_minor AS BIGINT), v.currency FROM {rows}");
    let mut found: Vec<(Id, Conversion)> = Vec::new();
    let mut conn = host.store.read(wanted.workspace).await?;
    let ways = ways(&mut conn, wanted).await?;
    let home = wanted.currency.code();
    sql_dynamic(text)
        .bind_all(binder.into_values())
        .for_each::<(Id, i64, i64, String), MeasureError>(&mut conn, |(contact, at, value_minor, currency)| {
            if found.len() >= CONVERSIONS_MAX {
                return Err(MeasureError::TooLarge {
                    limit: "run-conversions",
                    value: CONVERSIONS_MAX as u64,
                    remedy: "choose a shorter span",
                });
            }
            let value_minor = match ways.get(&currency) {
                Some(way) => way.convert(value_minor, at).map_err(foreign::refused)?,
                None if currency == home => value_minor,
                None => return Err(MeasureError::invalid("currency", format!("`{currency}` is no currency"))),
            };
            found.push((contact, Conversion { at, value_minor }));
            Ok(())
        })
        .await?;
    found.sort_unstable_by_key(|(contact, conversion)| (*contact, conversion.at, conversion.value_minor));
    Ok(found)
}

/// The ways from every other currency of conversions to the run's.
async fn ways(conn: &mut Conn, wanted: &Gathering) -> Result<HashMap<String, Way>, MeasureError> {
    let (ws, table) = (wanted.workspace, foreign::table_of(&wanted.definition));
    let mut ways = HashMap::new();
    for currency in foreign::others(conn, ws, table, wanted.currency).await? {
        ways.insert(currency.code().to_owned(), foreign::way(conn, ws, currency, wanted.currency).await?);
    }
    Ok(ways)
}

/// Touches of a page of contacts; `None` for the touches when they are too many.
struct Page {
    last: Id,
    contacts: u64,
    touches: Option<Vec<sql::TouchRow>>,
}

async fn page(host: &Host, wanted: &Gathering, after: Id, size: u32) -> Result<Option<Page>, MeasureError> {
    let mut conn = host.store.read(wanted.workspace).await?;
    let contacts = sql::contact_page(&mut conn, wanted.workspace, after, size).await?;
    let Some(last) = contacts.last().copied() else { return Ok(None) };
    let touches = sql::touch_page(&mut conn, wanted, (after, last), TOUCHES_PAGE_MAX + 1).await?;
    if touches.len() <= TOUCHES_PAGE_MAX as usize {
        return Ok(Some(Page { last, contacts: contacts.len() as u64, touches: Some(touches) }));
    }
    if contacts.len() == 1 {
        return Err(MeasureError::TooLarge {
            limit: "touches-a-contact",
            value: u64::from(TOUCHES_PAGE_MAX),
            remedy: "name the channels that count, or choose a shorter span",
        });
    }
    Ok(Some(Page { last, contacts: contacts.len() as u64, touches: None }))
}

/// Touches by person, each person's in the order of time; those of one instant
/// in the order of their channels, because ids differ from import to import.
fn people(
    mut rows: Vec<sql::TouchRow>,
    channels: &mut Names<String>,
    campaigns: &mut Names<Id>,
) -> Result<Vec<(Id, Vec<Touch>)>, MeasureError> {
    rows.sort_unstable_by(|a, b| (a.0, a.1, &a.3, a.2).cmp(&(b.0, b.1, &b.3, b.2)));
    let mut people: Vec<(Id, Vec<Touch>)> = Vec::new();
    for (contact, at, _, channel, campaign) in rows {
        let touch = Touch {
            at,
            channel: channels.number(channel),
            campaign: campaign.map_or(NO_CAMPAIGN, |campaign| campaigns.number(campaign)),
        };
        match people.last_mut() {
            Some((last, touches)) if *last == contact => touches.push(touch),
            _ => people.push((contact, vec![touch])),
        }
    }
    if channels.list.len() > CHANNELS_MAX {
        return Err(MeasureError::TooLarge {
            limit: "run-channels",
            value: CHANNELS_MAX as u64,
            remedy: "name the channels that count",
        });
    }
    Ok(people)
}

/// Both lists are sorted by contact: walk them side by side.
fn lay_out(people: Vec<(Id, Vec<Touch>)>, conversions: &[(Id, Conversion)], frame: Frame, gatherer: &mut Gatherer) {
    let mut rest = conversions;
    for (contact, touches) in people {
        let alone = rest.partition_point(|(other, _)| *other < contact);
        untouched(&rest[..alone], frame, gatherer);
        let own_end = rest.partition_point(|(other, _)| *other <= contact);
        let own: Vec<Conversion> = rest[alone..own_end].iter().map(|(_, conversion)| *conversion).collect();
        gatherer.next_person();
        build(&touches, &own, frame, gatherer);
        rest = &rest[own_end..];
    }
    untouched(rest, frame, gatherer);
}

fn untouched(conversions: &[(Id, Conversion)], frame: Frame, gatherer: &mut Gatherer) {
    for (_, conversion) in conversions {
        build(&[], std::slice::from_ref(conversion), frame, gatherer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_without_touches_convert_untouched() {
        let id = |n: u128| Id::from_u128(n);
        let touch = |at| Touch { at, channel: 0, campaign: NO_CAMPAIGN };
        let conversion = |at| Conversion { at, value_minor: 10 };
        let people = vec![(id(2), vec![touch(1), touch(2)]), (id(4), vec![touch(3)])];
        let conversions =
            [(id(1), conversion(5)), (id(2), conversion(5)), (id(3), conversion(6)), (id(5), conversion(7))];
        let mut gatherer = Gatherer::default();
        lay_out(people, &conversions, Frame { start: 0, end: 10, window: 10 }, &mut gatherer);
        let totals = gatherer.totals;
        assert_eq!((totals.paths, totals.conversions, totals.untouched), (2, 1, 3));
        assert_eq!((totals.value_minor, totals.untouched_value_minor), (10, 30));
        let batch = gatherer.take_rest().unwrap();
        assert_eq!((batch.paths.conversions, batch.paths.nulls), (vec![1, 0], vec![0, 1]));
    }

    #[test]
    fn touches_of_one_instant_stand_in_the_order_of_their_channels() {
        let id = |n: u128| Id::from_u128(n);
        let row = |event, channel: &str| (id(1), 5, id(event), channel.to_owned(), None);
        let laid = |rows| {
            let (mut channels, mut campaigns) = (Names::new(), Names::new());
            let people = people(rows, &mut channels, &mut campaigns).unwrap();
            people[0].1.iter().map(|touch| channels.list[touch.channel as usize].clone()).collect::<Vec<_>>()
        };
        assert_eq!(laid(vec![row(1, "mailer"), row(2, "display")]), ["display", "mailer"]);
        assert_eq!(laid(vec![row(2, "mailer"), row(1, "display")]), ["display", "mailer"]);
    }

    #[test]
    fn names_are_numbered_once() {
        let mut names = Names::new();
        let numbers: Vec<_> = ["a", "b", "a"].into_iter().map(|name| names.number(name)).collect();
        assert_eq!((numbers, names.list), (vec![0, 1, 0], vec!["a", "b"]));
    }
}
