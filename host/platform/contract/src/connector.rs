//! Calling connectors.

use crate::{
    call::{accept, ask, given, hold, indices},
    tape::{Answered, Asked},
};
use rialto_plugin_host::{
    Ability, Options, Payload, PluginKind, Run, RunError,
    wit::exports::rialto::connector::{
        check as check_export, collect as collect_export, connector as connector_export, deliver as deliver_export,
        receive as receive_export,
    },
};
use serde::{Deserialize, Serialize};

pub use rialto_plugin_host::wit::exports::rialto::connector::{
    collect::{Observation, Page},
    connector::Description,
    deliver::{Batch, Outcome},
    receive::{Event, Inbound, Received},
};

/// The most deliveries in one batch.
pub const BATCH_MAX: usize = 100;
/// The most observations in one page.
pub const OBSERVATIONS_MAX: usize = 10_000;
/// The most events from one inbound request.
pub const EVENTS_MAX: usize = 10_000;

/// How a delivery went, read from the open word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// The other side took it.
    Accepted,
    /// The host's mail pool will say.
    Submitted,
    /// Nothing happened; try later.
    Retry,
    /// It never will.
    Rejected,
    /// Nobody knows.
    Uncertain,
}

impl Status {
    /// A word that is not known is read as uncertain.
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word {
            "accepted" => Self::Accepted,
            "submitted" => Self::Submitted,
            "retry" => Self::Retry,
            "rejected" => Self::Rejected,
            _ => Self::Uncertain,
        }
    }
}

/// What the connector is.
///
/// # Errors
/// A [`RunError`].
pub async fn describe(run: &mut Run) -> Result<Description, RunError> {
    const ENTRY: &str = "describe";
    run.require(PluginKind::Connector)?;
    let indices = indices(run, ENTRY, connector_export::GuestIndices::new)?;
    let input = given(run, Payload::none(), || Asked::DescribeConnector {});
    let answer = run
        .enter(ENTRY, input, move |store, instance| {
            Box::pin(async move { indices.load(&mut *store, &instance)?.call_describe(store).await })
        })
        .await?;
    let right = if answer.batch == 0 {
        Err("`batch` is 0".to_owned())
    } else if answer.channels.is_empty() {
        Err("`channels` is empty".to_owned())
    } else {
        Ok(())
    };
    hold(run, ENTRY, right)?;
    accept(run, ENTRY, answer, Answered::Connector)
}

/// Are these settings good, and does the other side answer?
///
/// # Errors
/// A [`RunError`]; a fault says that they are not.
pub async fn check(run: &mut Run, settings: &str) -> Result<Options, RunError> {
    const ENTRY: &str = "check";
    run.require_ability(Ability::Check)?;
    let indices = indices(run, ENTRY, check_export::GuestIndices::new)?;
    let input = given(run, Payload::json(&settings), || Asked::Check { settings: settings.to_owned() });
    let settings = settings.to_owned();
    let answer = ask(run, ENTRY, input, move |store, instance| {
        Box::pin(async move { indices.load(&mut *store, &instance)?.call_check(store, &settings).await })
    })
    .await?;
    accept(run, ENTRY, answer, Answered::Checked)
}

/// Deliver a batch: exactly one outcome a delivery, in the order of `ids`. A
/// batch of nothing is allowed, and answered by nothing.
///
/// # Errors
/// A [`RunError`]. Whatever it is, what was dispatched stays dispatched: look
/// at `deliveries` of the finished run.
pub async fn deliver(run: &mut Run, settings: &str, batch: Batch) -> Result<Vec<Outcome>, RunError> {
    const ENTRY: &str = "deliver";
    run.require_ability(Ability::Deliver)?;
    let count = batch.ids.len();
    check_batch(&batch).map_err(|detail| RunError::Host { entry: ENTRY.to_owned(), detail })?;
    let indices = indices(run, ENTRY, deliver_export::GuestIndices::new)?;
    let digest = Payload::json(&(settings, &batch));
    let asked = || Asked::Deliver { settings: settings.to_owned(), batch: batch.clone() };
    let (input, settings) = (given(run, digest, asked), settings.to_owned());
    let mut answer = ask(run, ENTRY, input, move |store, instance| {
        Box::pin(async move { indices.load(&mut *store, &instance)?.call_deliver(store, &settings, &batch).await })
    })
    .await?;
    hold(run, ENTRY, one_each(&answer, count))?;
    answer.sort_by_key(|outcome| outcome.delivery);
    accept(run, ENTRY, answer, Answered::Outcomes)
}

/// The host's own side of the bargain.
fn check_batch(batch: &Batch) -> Result<(), String> {
    let count = batch.ids.len();
    if count > BATCH_MAX {
        return Err(format!("a batch has at most {BATCH_MAX} deliveries, not {count}"));
    }
    if batch.parts.len() != count * batch.part_names.len() || batch.columns.len() != count * batch.column_names.len() {
        return Err("parts and columns must be full rows".to_owned());
    }
    Ok(())
}

fn one_each(outcomes: &[Outcome], count: usize) -> Result<(), String> {
    if outcomes.len() != count {
        return Err(format!("{} outcomes for {count} deliveries", outcomes.len()));
    }
    let mut seen = vec![false; count];
    for outcome in outcomes {
        match seen.get_mut(outcome.delivery as usize) {
            None => return Err(format!("an outcome for delivery {} of {count}", outcome.delivery)),
            Some(true) => return Err(format!("two outcomes for delivery {}", outcome.delivery)),
            Some(slot) => *slot = true,
        }
    }
    Ok(())
}

/// Bring a page of observations in.
///
/// # Errors
/// A [`RunError`].
pub async fn collect(run: &mut Run, settings: &str, source: &str, cursor: Option<&str>) -> Result<Page, RunError> {
    const ENTRY: &str = "collect";
    run.require_ability(Ability::Collect)?;
    let indices = indices(run, ENTRY, collect_export::GuestIndices::new)?;
    let digest = Payload::json(&(settings, source, cursor));
    let (settings, source, cursor) = (settings.to_owned(), source.to_owned(), cursor.map(str::to_owned));
    let asked = || Asked::Collect { settings: settings.clone(), source: source.clone(), cursor: cursor.clone() };
    let input = given(run, digest, asked);
    let same_cursor = cursor.clone();
    let answer = ask(run, ENTRY, input, move |store, instance| {
        Box::pin(async move {
            let guest = indices.load(&mut *store, &instance)?;
            guest.call_collect(store, &settings, &source, cursor.as_deref()).await
        })
    })
    .await?;
    let right = if answer.observations.len() > OBSERVATIONS_MAX {
        Err(format!("more than {OBSERVATIONS_MAX} observations in a page"))
    } else if answer.observations.iter().any(|o| o.key.is_empty() || o.kind.is_empty()) {
        Err("an observation without a key or a kind".to_owned())
    } else if answer.more && answer.cursor == same_cursor {
        Err("more is waiting, and yet the cursor stays where it was".to_owned())
    } else {
        Ok(())
    };
    hold(run, ENTRY, right)?;
    accept(run, ENTRY, answer, Answered::Page)
}

/// Read what the other side sent.
///
/// # Errors
/// A [`RunError`].
pub async fn receive(run: &mut Run, settings: &str, inbound: Inbound) -> Result<Received, RunError> {
    const ENTRY: &str = "receive";
    run.require_ability(Ability::Receive)?;
    let indices = indices(run, ENTRY, receive_export::GuestIndices::new)?;
    let digest = Payload::json(&(settings, &inbound));
    let asked = || Asked::Receive { settings: settings.to_owned(), inbound: inbound.clone() };
    let (input, settings) = (given(run, digest, asked), settings.to_owned());
    let answer = ask(run, ENTRY, input, move |store, instance| {
        Box::pin(async move { indices.load(&mut *store, &instance)?.call_receive(store, &settings, &inbound).await })
    })
    .await?;
    hold(run, ENTRY, check_received(&answer))?;
    accept(run, ENTRY, answer, Answered::Received)
}

fn check_received(received: &Received) -> Result<(), String> {
    if !(200..=599).contains(&received.status) {
        return Err(format!("the status {} is not one of a response", received.status));
    }
    if received.events.len() > EVENTS_MAX {
        return Err(format!("more than {EVENTS_MAX} events"));
    }
    if received.events.iter().any(|e| e.key.is_empty() || e.kind.is_empty()) {
        return Err("an event without a key or a kind".to_owned());
    }
    let clean = |text: &str| !text.chars().any(|c| c.is_control());
    if !received.headers.iter().all(|(name, value)| clean(name) && clean(value) && !name.is_empty()) {
        return Err("a header with control characters".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(delivery: u32) -> Outcome {
        Outcome { delivery, status: "accepted".into(), provider_id: None, fault: None, options: vec![] }
    }

    #[test]
    fn each_delivery_has_one_outcome() {
        assert_eq!(one_each(&[outcome(1), outcome(0)], 2), Ok(()));
        assert!(one_each(&[outcome(0)], 2).unwrap_err().contains("1 outcomes for 2"));
        assert!(one_each(&[outcome(0), outcome(0)], 2).unwrap_err().contains("two outcomes"));
        assert!(one_each(&[outcome(0), outcome(2)], 2).unwrap_err().contains("delivery 2 of 2"));
    }

    #[test]
    fn an_unknown_status_is_uncertain() {
        assert_eq!(Status::of("rejected"), Status::Rejected);
        assert_eq!(Status::of("delivered-i-swear"), Status::Uncertain);
    }

    #[test]
    fn headers_cannot_split_a_response() {
        let headers = vec![("x".to_owned(), "a\r\nset-cookie: b".to_owned())];
        let received = Received { status: 200, headers, body: vec![], events: vec![] };
        assert!(check_received(&received).is_err());
    }
}
