//! Judging the members of an audience, a step at a time: the facts are gathered
//! in bulk, and `rules` decides. The fan-out writes what comes of it into the
//! ledger; the campaign's preflight only counts it.

use crate::{
    Error,
    fan_out::problem,
    model::{LedgerCount, Reason, SendState},
    policy::{EffectivePolicy, policy_of},
    rules::{Decision, Facts, Wave, decide},
    sql,
};
use rialto_audience::{Addressee, addressees, consent_allowed, experiment::would_hold_out, suppressed_among};
use rialto_kernel::{Id, Keys, WorkspaceId};
use rialto_store::Conn;
use std::collections::{HashMap, HashSet};

/// Members a step.
pub const STEP_ROWS: u32 = 1_000;

/// A wave as members are judged for it.
#[derive(Debug, Clone)]
pub struct WaveRules {
    /// The channel.
    pub channel: String,
    /// The consent topic.
    pub topic: String,
    /// How many sends the budget still allows; `None`: any number.
    pub affordable: Option<i64>,
    /// A reason that holds for everyone, such as `cancelled`.
    pub nobody: Option<Reason>,
    /// The experiment whose held-out arm is not written to.
    pub experiment: Option<Id>,
    /// The unit whose delivery policy holds; `None`: the workspace's.
    pub unit: Option<Id>,
    /// The instant of the sends, UTC microseconds.
    pub at_us: i64,
    /// When it is over.
    pub expires_at: Option<i64>,
}

/// Sends that are planned besides those in the ledger, by cap and person.
pub type Planned = HashMap<(usize, Id), i64>;

/// By what members are judged, and what was judged so far.
#[derive(Debug, Clone)]
pub struct Rules {
    wave: WaveRules,
    policy: EffectivePolicy,
    zone: String,
    /// Addresses that have a send already.
    pub(crate) taken: HashSet<Vec<u8>>,
    /// What other channels of the plan send to each person, and this one so far.
    pub planned: Planned,
}

impl Rules {
    /// The rules of a wave under its unit's policy.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn load(conn: &mut Conn, workspace: WorkspaceId, wave: WaveRules) -> Result<Self, Error> {
        let policy = policy_of(conn, workspace, wave.unit).await?;
        let zone = sql::workspace_zone(conn, workspace).await?;
        Ok(Self { wave, policy, zone, taken: HashSet::new(), planned: Planned::new() })
    }

    /// The last change of the policies they are by.
    pub(crate) fn policy_version(&self) -> i64 {
        self.policy.version
    }

    fn decide(&mut self, person: &Addressee, hash: Option<&Vec<u8>>, facts: Facts<'_>) -> Decision {
        let wave = Wave {
            rules: &self.policy.rules,
            channel: &self.wave.channel,
            topic: &self.wave.topic,
            zone: &self.zone,
            at_us: self.wave.at_us,
            expires_at: self.wave.expires_at,
            nobody: self.wave.nobody,
        };
        let mut facts = Facts { address: hash.is_some(), region: &person.region, zone: &person.zone, ..facts };
        facts.duplicate = hash.is_some_and(|hash| self.taken.contains(hash));
        facts.affordable = self.wave.affordable.is_none_or(|left| left > 0);
        for (at, reached) in facts.reached.iter_mut().enumerate() {
            *reached += self.planned.get(&(at, person.root)).copied().unwrap_or(0);
        }
        let decision = decide(&wave, &facts);
        if !matches!(decision, Decision::Never(_)) {
            self.wave.affordable = self.wave.affordable.map(|left| left - 1);
            self.taken.extend(hash.cloned());
            self.plan(person.root);
        }
        decision
    }

    fn plan(&mut self, root: Id) {
        for (at, cap) in self.policy.rules.caps.iter().enumerate() {
            if cap.applies(&self.wave.channel, &self.wave.topic) {
                *self.planned.entry((at, root)).or_default() += 1;
            }
        }
    }
}

/// What was judged of a member.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The member.
    pub contact: Id,
    /// Their language, as the contact says.
    pub locale: String,
    /// The address to send to.
    pub address: Option<String>,
    /// Its hash, where a send is to be made.
    pub address_hash: Option<Vec<u8>>,
    /// Why no send is to be made.
    pub reason: Option<Reason>,
    /// When their quiet hours end, where the send waits for that.
    pub due_at: Option<i64>,
}

/// Judge these members (at most [`STEP_ROWS`]): what the rules say of each,
/// by what the store holds now.
///
/// # Errors
/// When the store fails.
pub async fn judge(
    conn: &mut Conn,
    keys: &Keys,
    workspace: WorkspaceId,
    rules: &mut Rules,
    members: &[Id],
    now_us: i64,
) -> Result<Vec<Judged>, Error> {
    let (channel, topic) = (rules.wave.channel.clone(), rules.wave.topic.clone());
    let people = addressees(conn, workspace, members, &channel).await.map_err(problem)?;
    let agreed = consent_allowed(conn, workspace, members, &channel, &topic).await.map_err(problem)?;
    let held_out = would_hold_out(conn, workspace, rules.wave.experiment, members, now_us).await.map_err(problem)?;
    let reached = step_reached(conn, workspace, rules, &people).await?;
    let hash_of = |person: &Addressee| person.address.as_deref().map(|address| keys.address_hash(workspace, address));
    let hashes: Vec<Option<Vec<u8>>> = people.iter().map(hash_of).collect();
    let addresses: Vec<Vec<u8>> = hashes.iter().flatten().cloned().collect();
    let barred = suppressed_among(conn, workspace, &channel, &addresses).await.map_err(problem)?;
    let mut known: HashSet<Id> = HashSet::with_capacity(people.len());
    let mut all = Vec::with_capacity(members.len());
    for (person, hash) in people.into_iter().zip(hashes) {
        known.insert(person.contact);
        let facts = Facts {
            consent: agreed.contains(&person.contact),
            suppressed: hash.as_ref().is_some_and(|hash| barred.contains(hash)),
            held_out: held_out.contains_key(&person.contact),
            reached: reached.iter().map(|cap| cap.get(&person.root).copied().unwrap_or(0)).collect(),
            ..Facts::default()
        };
        let decision = rules.decide(&person, hash.as_ref(), facts);
        all.push(judged(person, hash, decision));
    }
    // A member whose contact is gone has a row like everyone else.
    let gone = members.iter().filter(|id| !known.contains(id));
    all.extend(gone.map(|id| Judged {
        contact: *id,
        locale: String::new(),
        address: None,
        address_hash: None,
        reason: Some(Reason::NoAddress),
        due_at: None,
    }));
    Ok(all)
}

fn judged(person: Addressee, hash: Option<Vec<u8>>, decision: Decision) -> Judged {
    let (reason, due_at) = match decision {
        Decision::Go => (None, None),
        Decision::Wait(until) => (None, Some(until)),
        Decision::Never(reason) => (Some(reason), None),
    };
    Judged {
        contact: person.contact,
        locale: person.locale,
        address: person.address,
        address_hash: hash.filter(|_| reason.is_none()),
        reason,
        due_at,
    }
}

/// What reached these people within each cap's window before the sends.
async fn step_reached(
    conn: &mut Conn,
    workspace: WorkspaceId,
    rules: &Rules,
    people: &[Addressee],
) -> Result<Vec<HashMap<Id, i64>>, Error> {
    if rules.policy.rules.caps.is_empty() {
        return Ok(Vec::new());
    }
    let mut roots: Vec<Id> = people.iter().map(|person| person.root).collect();
    roots.sort_unstable();
    roots.dedup();
    let contacts = sql::person_contacts(conn, workspace, &roots).await?;
    let wave = &rules.wave;
    reached(conn, workspace, &rules.policy, (&wave.channel, &wave.topic), wave.at_us, &contacts).await
}

/// For each cap that holds for the channel and topic: how many sends left to
/// each person, under all their contacts, in its window before an instant.
///
/// # Errors
/// When the store fails.
pub(crate) async fn reached(
    conn: &mut Conn,
    workspace: WorkspaceId,
    policy: &EffectivePolicy,
    (channel, topic): (&str, &str),
    at_us: i64,
    contacts: &HashMap<Id, Id>,
) -> Result<Vec<HashMap<Id, i64>>, Error> {
    let everyone: Vec<Id> = contacts.keys().copied().collect();
    let mut all = Vec::with_capacity(policy.rules.caps.len());
    for cap in &policy.rules.caps {
        let mut by_root: HashMap<Id, i64> = HashMap::new();
        if cap.applies(channel, topic) {
            let from_us = at_us.saturating_sub(cap.window_us());
            for (contact, count) in sql::send_reached(conn, workspace, cap, (from_us, i64::MAX), &everyone).await? {
                let root = contacts.get(&contact).copied().unwrap_or(contact);
                *by_root.entry(root).or_default() += count;
            }
        }
        all.push(by_root);
    }
    Ok(all)
}

/// How many of these wait for their quiet hours to end.
#[must_use]
pub fn waiting(judged: &[Judged]) -> i64 {
    judged.iter().filter(|one| one.due_at.is_some()).map(|_| 1).sum()
}

/// Count what was judged, by state and reason.
pub fn count(judged: &[Judged], into: &mut Vec<LedgerCount>) {
    for one in judged {
        let state = if one.reason.is_some() { SendState::NotSent } else { SendState::Pending };
        match into.iter_mut().find(|row| row.state == state && row.reason == one.reason) {
            Some(row) => row.count += 1,
            None => into.push(LedgerCount { state, reason: one.reason, count: 1 }),
        }
    }
}

/// How many sends a budget pays for.
#[must_use]
pub fn affordable(budget_minor: Option<i64>, unit_cost_minor: i64) -> Option<i64> {
    budget_minor.filter(|_| unit_cost_minor > 0).map(|budget| budget.max(0) / unit_cost_minor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Cap, PolicyRules};

    fn rules(affordable: Option<i64>, caps: Vec<Cap>) -> Rules {
        let wave = WaveRules {
            channel: "email".to_owned(),
            topic: "news".to_owned(),
            affordable,
            nobody: None,
            experiment: None,
            unit: None,
            at_us: 0,
            expires_at: None,
        };
        let policy = EffectivePolicy { rules: PolicyRules { caps, ..PolicyRules::default() }, version: 0 };
        Rules { wave, policy, zone: "UTC".to_owned(), taken: HashSet::new(), planned: Planned::new() }
    }

    fn person(number: u128) -> Addressee {
        Addressee {
            contact: Id::from_u128(number),
            root: Id::from_u128(number),
            address: None,
            locale: String::new(),
            zone: String::new(),
            region: String::new(),
            first_name: String::new(),
            last_name: String::new(),
            name: String::new(),
            traits: std::collections::BTreeMap::new(),
        }
    }

    #[test]
    fn each_member_has_one_reason_or_a_send_of_their_own() {
        let mut rules = rules(Some(2), Vec::new());
        let (a, b, c) = (vec![1], vec![2], vec![3]);
        let mut ask = |hash: Option<&Vec<u8>>, consent, suppressed| match rules.decide(
            &person(1),
            hash,
            Facts { consent, suppressed, ..Facts::default() },
        ) {
            Decision::Never(reason) => Some(reason),
            _ => None,
        };
        assert_eq!(ask(None, true, false), Some(Reason::NoAddress));
        assert_eq!(ask(Some(&a), false, false), Some(Reason::NoConsent));
        assert_eq!(ask(Some(&a), true, true), Some(Reason::Suppressed));
        assert_eq!(ask(Some(&a), true, false), None, "a refused one does not take the address");
        assert_eq!(ask(Some(&a), true, false), Some(Reason::DuplicatePerson));
        assert_eq!(ask(Some(&b), true, false), None);
        assert_eq!(ask(Some(&c), true, false), Some(Reason::OverBudget));
    }

    #[test]
    fn what_another_channel_plans_counts_for_a_cap_of_all() {
        let mut email = rules(None, vec![Cap { channel: None, topic: None, sends: 1, days: 7 }]);
        let facts = || Facts { consent: true, reached: vec![0], ..Facts::default() };
        assert_eq!(email.decide(&person(1), Some(&vec![1]), facts()), Decision::Go);
        let mut sms = rules(None, email.policy.rules.caps.clone());
        sms.planned = email.planned;
        assert_eq!(sms.decide(&person(1), Some(&vec![1]), facts()), Decision::Never(Reason::Capped));
        assert_eq!(sms.decide(&person(2), Some(&vec![2]), facts()), Decision::Go);
    }

    #[test]
    fn a_budget_pays_for_whole_sends_only() {
        assert_eq!(affordable(Some(100), 30), Some(3));
        assert_eq!(affordable(Some(100), 0), None);
        assert_eq!(affordable(None, 30), None);
    }
}
