//! The one decision: may this send to this person be made now? Pure, over facts
//! that others gathered. The preflight, the fan-out and the gate at the last
//! moment all ask here, so their answers cannot differ but by the facts.

use crate::{model::Reason, policy::PolicyRules};

/// What is the same for every person of a wave.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wave<'a> {
    pub(crate) rules: &'a PolicyRules,
    pub(crate) channel: &'a str,
    pub(crate) topic: &'a str,
    /// The zone of people whose own is not known.
    pub(crate) zone: &'a str,
    /// The instant of the send, UTC microseconds.
    pub(crate) at_us: i64,
    pub(crate) expires_at: Option<i64>,
    /// A reason that holds for everyone, such as `cancelled`.
    pub(crate) nobody: Option<Reason>,
}

/// What is known of one person.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts<'a> {
    pub(crate) address: bool,
    pub(crate) consent: bool,
    pub(crate) suppressed: bool,
    /// Someone else in the audience has the address, or is the same person.
    pub(crate) duplicate: bool,
    pub(crate) region: &'a str,
    pub(crate) zone: &'a str,
    /// What reached the person within each cap's window, in the caps' order.
    pub(crate) reached: Vec<i64>,
    pub(crate) held_out: bool,
    pub(crate) affordable: bool,
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It may go.
    Go,
    /// Not before this instant.
    Wait(i64),
    /// It will not be made.
    Never(Reason),
}

/// Decide. The held-out arm comes after all that would have kept a person from
/// being written to, so that it is like those who are; the budget comes last,
/// so that it is spent on sends that are made.
pub(crate) fn decide(wave: &Wave<'_>, facts: &Facts<'_>) -> Decision {
    if !facts.address {
        return Decision::Never(Reason::NoAddress);
    }
    if let Some(reason) = wave.nobody {
        return Decision::Never(reason);
    }
    let until =
        wave.rules.quiet_hours.as_ref().and_then(|quiet| quiet.end_of(wave.channel, facts.zone, wave.zone, wave.at_us));
    let over = |at: i64| wave.expires_at.is_some_and(|end| end <= at);
    let reasons = [
        (over(wave.at_us), Reason::Expired),
        (!facts.consent, Reason::NoConsent),
        (facts.suppressed, Reason::Suppressed),
        (facts.duplicate, Reason::DuplicatePerson),
        (wave.rules.bars(wave.channel, facts.region), Reason::Policy),
        (capped(wave, &facts.reached), Reason::Capped),
        (until.is_some_and(over), Reason::Expired),
        (facts.held_out, Reason::HeldOut),
        (!facts.affordable, Reason::OverBudget),
    ];
    match (reasons.into_iter().find(|(holds, _)| *holds), until) {
        (Some((_, reason)), _) => Decision::Never(reason),
        (None, Some(until)) => Decision::Wait(until),
        (None, None) => Decision::Go,
    }
}

fn capped(wave: &Wave<'_>, reached: &[i64]) -> bool {
    wave.rules
        .caps
        .iter()
        .zip(reached)
        .any(|(cap, reached)| cap.applies(wave.channel, wave.topic) && *reached >= i64::from(cap.sends))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Barred, Cap, QuietHours};

    fn rules() -> PolicyRules {
        PolicyRules {
            caps: vec![
                Cap { channel: None, topic: None, sends: 3, days: 7 },
                Cap { channel: Some("sms".to_owned()), topic: None, sends: 1, days: 1 },
            ],
            quiet_hours: Some(QuietHours { from: "21:00".to_owned(), to: "08:00".to_owned(), channels: vec![] }),
            barred: vec![Barred { region: "DE".to_owned(), channel: None }],
            ..PolicyRules::default()
        }
    }

    fn wave(rules: &PolicyRules, at: &str) -> (i64, Wave<'static>) {
        let at_us = at.parse::<jiff::Timestamp>().unwrap().as_microsecond();
        let rules: &'static PolicyRules = Box::leak(Box::new(rules.clone()));
        let wave = Wave { rules, channel: "email", topic: "news", zone: "UTC", at_us, expires_at: None, nobody: None };
        (at_us, wave)
    }

    fn good() -> Facts<'static> {
        Facts { address: true, consent: true, affordable: true, reached: vec![0, 0], ..Facts::default() }
    }

    #[test]
    fn the_first_reason_of_a_fixed_order_stands() {
        let (_, day) = wave(&rules(), "2024-05-01T12:00:00Z");
        let mut facts = Facts {
            suppressed: true,
            duplicate: true,
            region: "de",
            held_out: true,
            reached: vec![3, 0],
            ..Facts::default()
        };
        let next = |facts: &Facts<'_>| decide(&day, facts);
        assert_eq!(next(&facts), Decision::Never(Reason::NoAddress));
        facts.address = true;
        assert_eq!(next(&facts), Decision::Never(Reason::NoConsent));
        facts.consent = true;
        assert_eq!(next(&facts), Decision::Never(Reason::Suppressed));
        facts.suppressed = false;
        assert_eq!(next(&facts), Decision::Never(Reason::DuplicatePerson));
        facts.duplicate = false;
        assert_eq!(next(&facts), Decision::Never(Reason::Policy));
        facts.region = "fr";
        assert_eq!(next(&facts), Decision::Never(Reason::Capped));
        facts.reached = vec![2, 9];
        assert_eq!(next(&facts), Decision::Never(Reason::HeldOut), "a cap of another channel does not count");
        facts.held_out = false;
        assert_eq!(next(&facts), Decision::Never(Reason::OverBudget));
        facts.affordable = true;
        assert_eq!(next(&facts), Decision::Go);
        let cancelled = Wave { nobody: Some(Reason::Cancelled), ..day };
        assert_eq!(decide(&cancelled, &good()), Decision::Never(Reason::Cancelled));
    }

    #[test]
    fn a_quiet_hour_waits_for_its_end_unless_the_campaign_ends_before() {
        let (at, night) = wave(&rules(), "2024-05-01T22:00:00Z");
        let morning = at + 10 * 3_600 * 1_000_000;
        assert_eq!(decide(&night, &good()), Decision::Wait(morning));
        let ends = Wave { expires_at: Some(morning), ..night };
        assert_eq!(decide(&ends, &good()), Decision::Never(Reason::Expired));
        let later = Wave { expires_at: Some(morning + 1), ..night };
        assert_eq!(decide(&later, &good()), Decision::Wait(morning));
        let elsewhere = Facts { zone: "America/Los_Angeles", ..good() };
        assert_eq!(decide(&night, &elsewhere), Decision::Go, "it is afternoon there");
    }
}
