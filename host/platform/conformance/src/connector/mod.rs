//! What a connector must bear: an other side that is busy, broken, slow, gone,
//! rude or elsewhere, and messages of every shape. It may say that it does not
//! know; it may never say that something was sent which was not, nor have the
//! host send again what was.

mod collect;
mod deliver;
mod receive;

use crate::{
    model::{Finding, HOLDS, Miss, answer_or_fault, ensure, failed, not_applicable},
    subject::Subject,
    suite::{Check, check},
    world::{Seen, World, dispatched},
};
use rialto_contract::connector::{Batch, Outcome, Status};

pub(crate) const CHECKS: &[Check] = &[
    check!(
        Connector,
        "connector.describe",
        describe,
        "says which channels and parts it serves, with nothing granted and nothing asked"
    ),
    check!(
        Connector,
        "connector.bad-settings",
        bad_settings,
        "answers settings that break its schema with a fault, and sends nothing"
    ),
    check!(
        Connector / Check,
        "connector.check-sends-nothing",
        check_sends_nothing,
        "checks its settings without reaching any person"
    ),
    check!(
        Connector / Deliver,
        "connector.deliver",
        deliver::fine,
        "sends each delivery once under its own id, and says that it went"
    ),
    check!(
        Connector / Deliver,
        "connector.rate-limit",
        deliver::rate_limit,
        "meets 429 with Retry-After: tries later, and not sooner than asked"
    ),
    check!(
        Connector / Deliver,
        "connector.partial-failure",
        deliver::partial_failure,
        "keeps the deliveries of a batch apart when some are refused"
    ),
    check!(
        Connector / Deliver,
        "connector.time-out",
        deliver::time_out,
        "takes silence for what it is: neither sent nor refused, and not sent twice"
    ),
    check!(
        Connector / Deliver,
        "connector.cut-connection",
        deliver::cut_connection,
        "does not know what became of an answer that broke off, and says so"
    ),
    check!(
        Connector / Deliver,
        "connector.server-error",
        deliver::server_error,
        "leaves a delivery open when the other side fails"
    ),
    check!(
        Connector / Deliver,
        "connector.redirect",
        deliver::redirect,
        "does not take a redirect for success, and does not follow it by itself"
    ),
    check!(
        Connector / Deliver,
        "connector.not-json",
        deliver::not_json,
        "bears an answer that is not JSON, and never has it sent again"
    ),
    check!(
        Connector / Deliver,
        "connector.duplicate",
        deliver::duplicate,
        "sends a repeated delivery under the same id with the same bytes, so that the other side can tell"
    ),
    check!(
        Connector / Deliver,
        "connector.huge-batch",
        deliver::huge_batch,
        "carries its largest batch with long messages within its bounds"
    ),
    check!(
        Connector / Deliver,
        "connector.bad-unicode",
        deliver::bad_unicode,
        "carries odd texts without harm to the messages beside them"
    ),
    check!(
        Connector / Deliver,
        "connector.empty-batch",
        deliver::empty_batch,
        "answers a batch of nothing with nothing"
    ),
    check!(
        Connector / Deliver,
        "connector.denied",
        deliver::denied,
        "does not say that something was sent which the host's door refused"
    ),
    check!(
        Connector / Collect,
        "connector.collect-server-error",
        collect::server_error,
        "does not move on when the source fails"
    ),
    check!(
        Connector / Collect,
        "connector.collect-not-json",
        collect::not_json,
        "does not move on when the source answers what cannot be read"
    ),
    check!(
        Connector / Collect,
        "connector.collect-duplicate",
        collect::duplicate,
        "gives what it sees twice the same key"
    ),
    check!(Connector / Receive, "connector.receive-garbage", receive::garbage, "bears inbound requests of every shape"),
    check!(
        Connector / Receive,
        "connector.receive-duplicate",
        receive::duplicate,
        "gives an inbound event that comes twice the same key"
    ),
];

/// Through which door deliveries leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// One request a delivery.
    Http,
    /// One request for many.
    HttpBatch,
    /// The host's mail pool.
    Mail,
}

/// What the connector is and how it sends, seen once.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Profile {
    channel: String,
    parts: Vec<String>,
    batch_max: usize,
    door: Door,
}

/// A batch with texts for every part the connector reads.
fn batch(
    subject: &Subject,
    channel: &str,
    parts: &[String],
    count: usize,
    text: impl Fn(usize, &str) -> String,
) -> Batch {
    let columns: Vec<String> = subject.grants().fields.iter().cloned().collect();
    Batch {
        channel: channel.to_owned(),
        topic: "news".to_owned(),
        ids: (0..count).map(|at| format!("dlv-{at:04}-7f3a9c")).collect(),
        part_names: parts.to_vec(),
        parts: (0..count)
            .flat_map(|at| parts.iter().map(move |part| (at, part)))
            .map(|(at, part)| text(at, part))
            .collect(),
        columns: vec!["Ada".to_owned(); count * columns.len()],
        column_names: columns,
        options: Vec::new(),
    }
}

/// A plain message.
fn plain(_: usize, part: &str) -> String {
    if part == "html" { "<p>Hello Ada</p>".to_owned() } else { "Hello Ada".to_owned() }
}

impl Profile {
    /// The connector's profile, looked at once.
    async fn of(subject: &Subject) -> Result<Self, Miss> {
        subject.profile.get_or_init(|| Self::look(subject)).await.clone()
    }

    async fn look(subject: &Subject) -> Result<Self, Miss> {
        let settings = subject.settings()?;
        let told = subject.describe_connector(&World::fine()).await?;
        let channel = told.channels.first().cloned().unwrap_or_default();
        let batch_max = (told.batch as usize).clamp(1, rialto_contract::connector::BATCH_MAX);
        let world = World::fine();
        let two = batch_max.min(2);
        subject.deliver(&world, &settings, batch(subject, &channel, &told.parts, two, plain)).await?;
        let door = door(&world.seen())
            .ok_or_else(|| failed("with an other side that takes everything, nothing was sent for any delivery"))?;
        Ok(Self { channel, parts: told.parts, batch_max, door })
    }

    fn batch(&self, subject: &Subject, count: usize) -> Batch {
        batch(subject, &self.channel, &self.parts, count.min(self.batch_max), plain)
    }

    fn over_http(&self) -> Result<(), Miss> {
        match self.door {
            Door::Http | Door::HttpBatch => Ok(()),
            Door::Mail => Err(not_applicable("it hands mails to the host, which speaks with the other side")),
        }
    }
}

fn door(seen: &Seen) -> Option<Door> {
    if !seen.mails.is_empty() {
        return Some(Door::Mail);
    }
    let served: Vec<usize> = seen.requests.iter().map(|one| dispatched(one).len()).filter(|n| *n > 0).collect();
    match served.as_slice() {
        [] => None,
        counts if counts.iter().any(|n| *n > 1) => Some(Door::HttpBatch),
        _ => Some(Door::Http),
    }
}

/// Every outcome's status is one of these.
fn all_are(outcomes: &[Outcome], allowed: &[Status]) -> Result<(), Miss> {
    outcomes.iter().try_for_each(|one| {
        ensure(allowed.contains(&Status::of(&one.status)), || {
            let allowed = allowed.iter().map(|status| word(*status)).collect::<Vec<_>>().join(" or ");
            format!("delivery {} is `{}`; it must be {allowed}", one.delivery, one.status)
        })
    })
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Accepted => "`accepted`",
        Status::Submitted => "`submitted`",
        Status::Retry => "`retry`",
        Status::Rejected => "`rejected`",
        Status::Uncertain => "`uncertain`",
    }
}

async fn describe(subject: &Subject) -> Finding {
    let world = World::failing(rialto_plugin_host::Fault::denied("nothing is granted"));
    let told = subject.describe_connector(&world).await?;
    ensure(world.seen().calls == 0, || "`describe` asked something of the host".to_owned())?;
    ensure(told.batch as usize <= rialto_contract::connector::BATCH_MAX, || {
        format!("`batch` is {}; the host's bound is {}", told.batch, rialto_contract::connector::BATCH_MAX)
    })?;
    ensure(told.channels.iter().chain(&told.parts).all(|name| !name.trim().is_empty()), || {
        "a channel or a part has no name".to_owned()
    })?;
    HOLDS
}

async fn bad_settings(subject: &Subject) -> Finding {
    use rialto_plugin_host::Ability;
    let bad = subject.bad_settings()?;
    let can = |ability| subject.inspection().can(ability);
    if !can(Ability::Deliver) && !can(Ability::Check) {
        return Err(not_applicable("it has neither `check` nor `deliver`"));
    }
    for settings in &bad {
        let world = World::fine();
        if can(Ability::Check) {
            let answer = answer_or_fault(subject.check_settings(&world, settings).await)?;
            let lenient = answer.is_some() && settings == "{}";
            ensure(!lenient, || "`check` calls settings good that lack what the schema requires".to_owned())?;
        }
        if can(Ability::Deliver) {
            let told = subject.describe_connector(&world).await?;
            let channel = told.channels.first().map_or("", String::as_str);
            let one = batch(subject, channel, &told.parts, 1, plain);
            let answer = answer_or_fault(subject.deliver(&world, settings, one).await)?;
            let went = answer.iter().flatten().any(|one| Status::of(&one.status) == Status::Accepted);
            let lenient = settings == "{}" && (went || !world.seen().requests.is_empty());
            ensure(!lenient, || "it sent with settings that lack what the schema requires".to_owned())?;
        }
    }
    HOLDS
}

async fn check_sends_nothing(subject: &Subject) -> Finding {
    let settings = subject.settings()?;
    let world = World::fine();
    subject.check_settings(&world, &settings).await?;
    let seen = world.seen();
    ensure(seen.mails.is_empty(), || "`check` submitted a mail".to_owned())?;
    ensure(seen.requests.iter().all(|one| one.delivery.is_none()), || "`check` named a delivery".to_owned())?;
    ensure(seen.requests.iter().all(|one| !body_names_address(&one.body.0)), || {
        "`check` put a person's address into a request".to_owned()
    })?;
    HOLDS
}

fn body_names_address(body: &[u8]) -> bool {
    String::from_utf8_lossy(body).contains("{{address}}")
}

/// The largest batch of short messages, for a bench.
pub(crate) async fn bench_batch(subject: &Subject) -> Result<Batch, Miss> {
    let profile = Profile::of(subject).await?;
    Ok(profile.batch(subject, rialto_contract::connector::BATCH_MAX))
}
