//! `deliver` against every other side.

use super::{Batch, Door, Profile, all_are, batch, plain};
use crate::{
    model::{Finding, HOLDS, Miss, answer_or_fault, ensure, not_applicable},
    subject::Subject,
    texts::{BAD_BYTES, ODD},
    world::{Seen, World, dispatched},
};
use rialto_contract::connector::{Outcome, Status};
use rialto_plugin_host::{
    Fault,
    capability::{Blob, HttpRequest, HttpResponse},
};
use std::collections::BTreeMap;

/// What `Retry-After` asks for.
const RETRY_AFTER_S: u64 = 7;
/// Nobody waits longer than a day because a stranger says so.
const RETRY_AFTER_MS_MAX: u64 = 86_400_000;
/// Bytes of a long text.
const LONG_TEXT_BYTES: usize = 8 * 1024;
/// Where a redirect leads: nobody granted it.
const ELSEWHERE: &str = "https://elsewhere.example.net/take";

/// Deliver a few against a world.
async fn a_few(subject: &Subject, profile: &Profile, world: &World) -> Result<Vec<Outcome>, Miss> {
    let settings = subject.settings()?;
    Ok(subject.deliver(world, &settings, profile.batch(subject, 4)).await?)
}

pub(super) async fn fine(subject: &Subject) -> Finding {
    let profile = Profile::of(subject).await?;
    let world = World::fine();
    let outcomes = a_few(subject, &profile, &world).await?;
    let expected = if profile.door == Door::Mail { Status::Submitted } else { Status::Accepted };
    all_are(&outcomes, &[expected])?;
    once_each(&world.seen(), &profile.batch(subject, 4))?;
    Ok(Some(match profile.door {
        Door::Http => "one request a delivery".to_owned(),
        Door::HttpBatch => "one request for many deliveries".to_owned(),
        Door::Mail => "by the host's mail pool".to_owned(),
    }))
}

/// Every delivery left once, and nothing else did.
fn once_each(seen: &Seen, batch: &Batch) -> Result<(), Miss> {
    let mut count: BTreeMap<&str, usize> = batch.ids.iter().map(|id| (id.as_str(), 0)).collect();
    let by_request: Vec<String> = seen.requests.iter().flat_map(dispatched).collect();
    let by_mail = seen.mails.iter().map(|(delivery, _)| delivery);
    for id in by_request.iter().chain(by_mail) {
        match count.get_mut(id.as_str()) {
            Some(count) => *count += 1,
            None => return Err(Miss::Failed(format!("it sent for `{id}`, which is no delivery of the batch"))),
        }
    }
    let wrong = count.iter().find(|(_, count)| **count != 1);
    wrong.map_or(Ok(()), |(id, count)| Err(Miss::Failed(format!("it sent {count} times for `{id}`"))))?;
    let nameless = seen.requests.iter().find(|one| !is_safe(one) && dispatched(one).is_empty());
    ensure(nameless.is_none(), || "a request that has an effect names no delivery".to_owned())
}

fn is_safe(request: &HttpRequest) -> bool {
    matches!(request.method.as_str(), "GET" | "HEAD")
}

/// Nothing was sent more than once within the run.
fn at_most_once(seen: &Seen) -> Result<(), Miss> {
    let mut all: Vec<String> = seen.requests.iter().flat_map(dispatched).collect();
    let sent = all.len();
    all.sort();
    all.dedup();
    ensure(all.len() == sent, || "it sent a delivery again within one run".to_owned())
}

pub(super) async fn rate_limit(subject: &Subject) -> Finding {
    let profile = Profile::of(subject).await?;
    let mail = Fault { retry_after_ms: Some(RETRY_AFTER_S * 1_000), ..Fault::new("rate-limited", "later") };
    let wait = RETRY_AFTER_S.to_string();
    let world =
        World::answering(429, &[("Retry-After", &wait)], b"{\"error\":\"slow down\"}").mail(move |_| Err(mail.clone()));
    let outcomes = a_few(subject, &profile, &world).await?;
    all_are(&outcomes, &[Status::Retry])?;
    at_most_once(&world.seen())?;
    for one in &outcomes {
        let wait_ms = one.fault.as_ref().and_then(|fault| fault.retry_after_ms);
        ensure(wait_ms.is_some_and(|ms| ms >= RETRY_AFTER_S * 1_000), || {
            let told = wait_ms.map_or("none".to_owned(), |ms| format!("{ms} ms"));
            format!("asked to wait {RETRY_AFTER_S} s, delivery {} tells the host to wait: {told}", one.delivery)
        })?;
        ensure(wait_ms.is_none_or(|ms| ms <= RETRY_AFTER_MS_MAX), || {
            format!("delivery {} waits longer than a day", one.delivery)
        })?;
    }
    HOLDS
}

pub(super) async fn partial_failure(subject: &Subject) -> Finding {
    let profile = Profile::of(subject).await?;
    if profile.door == Door::HttpBatch {
        return Err(not_applicable("one request carries the whole batch"));
    }
    let refused = |id: &str| id.as_bytes().get(7).is_some_and(|digit| digit % 2 == 1);
    let world = World::http(move |request| {
        let status = if dispatched(request).iter().any(|id| refused(id)) { 422 } else { 200 };
        Ok(HttpResponse { status, headers: Vec::new(), body: Blob(b"{}".to_vec()), options: Vec::new() })
    })
    .mail(move |id| if refused(id) { Err(Fault::invalid("this one is refused")) } else { Ok(()) });
    let ids = profile.batch(subject, 4).ids;
    let outcomes = a_few(subject, &profile, &world).await?;
    for (id, one) in ids.iter().zip(&outcomes) {
        let went = matches!(Status::of(&one.status), Status::Accepted | Status::Submitted);
        ensure(went != refused(id), || {
            let other = if refused(id) { "refused" } else { "took" };
            format!("the other side {other} delivery {}, and its status is `{}`", one.delivery, one.status)
        })?;
    }
    HOLDS
}

/// Nobody knows what became of it.
async fn silence(subject: &Subject, message: &str) -> Finding {
    let profile = Profile::of(subject).await?;
    profile.over_http()?;
    let world = World::failing(Fault::unavailable(message));
    let outcomes = match answer_or_fault(a_few_run(subject, &profile, &world).await?)? {
        Some(outcomes) => outcomes,
        // A fault means that nothing was sent for any of them.
        None => {
            let sent = world.seen().requests.iter().any(|one| !dispatched(one).is_empty());
            ensure(!sent, || "it answered a fault, as if nothing had been sent".to_owned())?;
            return HOLDS;
        }
    };
    all_are(&outcomes, &[Status::Uncertain, Status::Retry])?;
    at_most_once(&world.seen())?;
    HOLDS
}

async fn a_few_run(
    subject: &Subject,
    profile: &Profile,
    world: &World,
) -> Result<Result<Vec<Outcome>, rialto_plugin_host::RunError>, Miss> {
    let settings = subject.settings()?;
    Ok(subject.deliver(world, &settings, profile.batch(subject, 4)).await)
}

pub(super) async fn time_out(subject: &Subject) -> Finding {
    silence(subject, "the other side took too long").await
}

pub(super) async fn cut_connection(subject: &Subject) -> Finding {
    let finding = silence(subject, "the response broke off").await?;
    // The connection may also break in the middle of a batch.
    let profile = Profile::of(subject).await?;
    if profile.door == Door::HttpBatch {
        return Ok(finding);
    }
    let cut = |id: &str| id.as_bytes().get(7).is_some_and(|digit| *digit >= b'2');
    let world = World::http(move |request| match dispatched(request).iter().any(|id| cut(id)) {
        true => Err(Fault::unavailable("the response broke off")),
        false => Ok(HttpResponse { status: 200, headers: Vec::new(), body: Blob(b"{}".to_vec()), options: Vec::new() }),
    });
    let ids = profile.batch(subject, 4).ids;
    let outcomes = a_few(subject, &profile, &world).await?;
    for (id, one) in ids.iter().zip(&outcomes) {
        let status = Status::of(&one.status);
        let right =
            if cut(id) { matches!(status, Status::Uncertain | Status::Retry) } else { status == Status::Accepted };
        ensure(right, || format!("cut after the second delivery, delivery {} is `{}`", one.delivery, one.status))?;
    }
    Ok(finding)
}

pub(super) async fn server_error(subject: &Subject) -> Finding {
    let profile = Profile::of(subject).await?;
    let world = World::answering(503, &[("content-type", "text/html")], b"<h1>Service Unavailable</h1>")
        .mail(|_| Err(Fault::unavailable("the mail pool is full")));
    let outcomes = a_few(subject, &profile, &world).await?;
    all_are(&outcomes, &[Status::Retry, Status::Uncertain])?;
    at_most_once(&world.seen())?;
    HOLDS
}

pub(super) async fn redirect(subject: &Subject) -> Finding {
    let profile = Profile::of(subject).await?;
    profile.over_http()?;
    let world = World::answering(302, &[("Location", ELSEWHERE)], b"");
    let outcomes = a_few(subject, &profile, &world).await?;
    let seen = world.seen();
    ensure(seen.requests.iter().all(|one| !one.url.starts_with("https://elsewhere.example.net")), || {
        "it went where the redirect leads by itself; the host's door decides that".to_owned()
    })?;
    all_are(&outcomes, &[Status::Rejected, Status::Retry, Status::Uncertain])?;
    at_most_once(&seen)?;
    HOLDS
}

pub(super) async fn not_json(subject: &Subject) -> Finding {
    let profile = Profile::of(subject).await?;
    profile.over_http()?;
    let bodies: [&[u8]; 4] = [b"<html>fine</html>", b"", BAD_BYTES, b"[[[[[[{\"a\":"];
    for body in bodies {
        let world = World::answering(200, &[("content-type", "text/html; charset=latin1")], body);
        let outcomes = a_few(subject, &profile, &world).await?;
        all_are(&outcomes, &[Status::Accepted, Status::Uncertain])?;
        at_most_once(&world.seen())?;
    }
    HOLDS
}

pub(super) async fn duplicate(subject: &Subject) -> Finding {
    let profile = Profile::of(subject).await?;
    profile.over_http()?;
    let (first, second) = (World::fine(), World::fine());
    a_few(subject, &profile, &first).await?;
    a_few(subject, &profile, &second).await?;
    let (first, second) = (first.seen().requests, second.seen().requests);
    for request in first.iter().filter(|one| !is_safe(one)) {
        for id in dispatched(request) {
            ensure(carries(request, &id), || {
                format!(
                    "nothing that leaves says which delivery it is: put `{id}` into a header, the address or the body"
                )
            })?;
        }
    }
    ensure(first == second, || "the same delivery leaves with other bytes the second time".to_owned())?;
    HOLDS
}

/// Whether the other side can read the id off the request.
fn carries(request: &HttpRequest, id: &str) -> bool {
    request.url.contains(id)
        || request.headers.iter().any(|(_, value)| value.contains(id))
        || request.body.0.windows(id.len()).any(|window| window == id.as_bytes())
}

pub(super) async fn huge_batch(subject: &Subject) -> Finding {
    let profile = Profile::of(subject).await?;
    let settings = subject.settings()?;
    // What the host gives is within the bound on what one entry may be given.
    let limits = subject.limits(rialto_plugin_host::PluginKind::Connector);
    let texts = profile.batch_max * profile.parts.len().max(1);
    let room = usize::try_from(limits.input_bytes).unwrap_or(usize::MAX) / 2 / texts.max(1);
    let bytes = LONG_TEXT_BYTES.min(room);
    let long = |_: usize, part: &str| match part {
        "subject" => "Hello Ada".to_owned(),
        "html" => format!("<p>{}</p>", "ä好 ".repeat(bytes / 6)),
        _ => "ä好 ".repeat(bytes / 6),
    };
    let all = batch(subject, &profile.channel, &profile.parts, profile.batch_max, long);
    let world = World::fine();
    let outcomes = subject.deliver(&world, &settings, all.clone()).await?;
    all_are(&outcomes, &[Status::Accepted, Status::Submitted])?;
    once_each(&world.seen(), &all)?;
    Ok(Some(format!("{} deliveries of {} bytes a part", profile.batch_max, bytes)))
}

pub(super) async fn bad_unicode(subject: &Subject) -> Finding {
    let profile = Profile::of(subject).await?;
    let settings = subject.settings()?;
    let count = (ODD.len() + 1).min(profile.batch_max);
    let odd = |at: usize, part: &str| if at == 0 { plain(at, part) } else { ODD[(at - 1) % ODD.len()].to_owned() };
    let all = batch(subject, &profile.channel, &profile.parts, count, odd);
    let world = World::fine();
    let outcomes = subject.deliver(&world, &settings, all).await?;
    let healthy = outcomes.first().map(|one| Status::of(&one.status));
    ensure(matches!(healthy, Some(Status::Accepted | Status::Submitted)), || {
        "a plain message beside odd ones is not sent".to_owned()
    })?;
    for request in &world.seen().requests {
        let json = request.headers.iter().any(|(name, value)| {
            name.eq_ignore_ascii_case("content-type") && value.to_ascii_lowercase().contains("json")
        });
        let read = serde_json::from_slice::<serde_json::Value>(&request.body.0).is_ok();
        ensure(!json || read, || "an odd text makes a body that is called JSON and is none".to_owned())?;
    }
    HOLDS
}

pub(super) async fn empty_batch(subject: &Subject) -> Finding {
    let profile = Profile::of(subject).await?;
    let settings = subject.settings()?;
    let world = World::fine();
    let none = batch(subject, &profile.channel, &profile.parts, 0, plain);
    answer_or_fault(subject.deliver(&world, &settings, none).await)?;
    let seen = world.seen();
    let sent = seen.mails.len() + seen.requests.iter().filter(|one| !is_safe(one)).count();
    ensure(sent == 0, || "it sent something for a batch of nothing".to_owned())?;
    HOLDS
}

pub(super) async fn denied(subject: &Subject) -> Finding {
    let profile = Profile::of(subject).await?;
    let world = World::failing(Fault::denied("nobody granted it"));
    if let Some(outcomes) = answer_or_fault(a_few_run(subject, &profile, &world).await?)? {
        all_are(&outcomes, &[Status::Retry, Status::Rejected, Status::Uncertain])?;
    }
    HOLDS
}
