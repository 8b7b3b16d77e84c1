//! Who is given which arm: by a keyed hash of the person, once.

use super::{
    model::{Arm, WHOLE_BP},
    sql,
};
use crate::{Error, contact::contact_roots, error::Result};
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::Conn;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeSet, HashMap};

/// The arm of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    /// The contact that was asked about.
    pub contact: Id,
    /// The name of the arm.
    pub arm: String,
    /// Whether this arm is not written to.
    pub held_out: bool,
}

/// Give each of these contacts its arm, writing down those that have none yet;
/// answered in the order asked. Contacts merged into one person have the arm
/// of that person. Call it inside `store.write`, a thousand contacts at most.
///
/// # Errors
/// When there is no such experiment, or the store fails.
pub async fn assign(
    conn: &mut Conn,
    workspace: WorkspaceId,
    experiment: Id,
    contacts: &[Id],
    now: i64,
) -> Result<Vec<Assigned>> {
    let found = look(conn, workspace, experiment, contacts).await?;
    sql::assignment_add(conn, workspace, experiment, &found.fresh, now).await?;
    Ok(found.assigned)
}

/// The arm that [`assign`] would give each of these contacts; nothing is written.
///
/// # Errors
/// When there is no such experiment, or the store fails.
pub async fn arms_of(
    conn: &mut Conn,
    workspace: WorkspaceId,
    experiment: Id,
    contacts: &[Id],
) -> Result<Vec<Assigned>> {
    Ok(look(conn, workspace, experiment, contacts).await?.assigned)
}

/// Decide which of these contacts are not to be written to, and write down
/// everybody's arm: in the campaign's own experiment, if it has one, and in the
/// workspace-wide one that is in its period now. Answers the experiment that
/// holds each of them out. Call it inside `store.write`.
///
/// # Errors
/// When the store fails.
pub async fn hold_out(
    conn: &mut Conn,
    workspace: WorkspaceId,
    of_campaign: Option<Id>,
    contacts: &[Id],
    now: i64,
) -> Result<HashMap<Id, Id>> {
    let mut out = HashMap::new();
    for experiment in in_force(conn, workspace, of_campaign, now).await? {
        note(&mut out, experiment, assign(conn, workspace, experiment, contacts, now).await?);
    }
    Ok(out)
}

/// What [`hold_out`] would decide now; nothing is written.
///
/// # Errors
/// When the store fails.
pub async fn would_hold_out(
    conn: &mut Conn,
    workspace: WorkspaceId,
    of_campaign: Option<Id>,
    contacts: &[Id],
    now: i64,
) -> Result<HashMap<Id, Id>> {
    let mut out = HashMap::new();
    for experiment in in_force(conn, workspace, of_campaign, now).await? {
        note(&mut out, experiment, arms_of(conn, workspace, experiment, contacts).await?);
    }
    Ok(out)
}

fn note(out: &mut HashMap<Id, Id>, experiment: Id, assigned: Vec<Assigned>) {
    for one in assigned.into_iter().filter(|one| one.held_out) {
        out.entry(one.contact).or_insert(experiment);
    }
}

/// The experiments a campaign's people go through, the workspace's first.
async fn in_force(conn: &mut Conn, workspace: WorkspaceId, of_campaign: Option<Id>, now: i64) -> Result<Vec<Id>> {
    let mut all = sql::experiment_wide(conn, workspace, now).await?;
    all.extend(of_campaign.filter(|id| !all.contains(id)));
    Ok(all)
}

struct Found {
    assigned: Vec<Assigned>,
    /// Roots that had no row yet, and the places they get.
    fresh: Vec<(Id, usize)>,
}

async fn look(conn: &mut Conn, workspace: WorkspaceId, experiment: Id, contacts: &[Id]) -> Result<Found> {
    let (experiment, salt) = sql::experiment_salted(conn, workspace, experiment).await?;
    let roots = contact_roots(conn, workspace, contacts).await?;
    let root = |id: &Id| roots.get(id).copied().unwrap_or(*id);
    let people: BTreeSet<Id> = contacts.iter().map(root).collect();
    let people: Vec<Id> = people.into_iter().collect();
    let held = sql::assignment_map(conn, workspace, experiment.id, &people).await?;
    let mut places: HashMap<Id, usize> = HashMap::with_capacity(people.len());
    let mut fresh = Vec::new();
    for person in people {
        let place = held.get(&person).copied().unwrap_or_else(|| {
            let place = place_of(&experiment.arms, &salt, person);
            fresh.push((person, place));
            place
        });
        places.insert(person, place);
    }
    let mut assigned = Vec::with_capacity(contacts.len());
    for contact in contacts {
        let arm = places.get(&root(contact)).and_then(|place| experiment.arms.get(*place));
        let arm = arm.ok_or(Error::NotFound("arm"))?;
        assigned.push(Assigned { contact: *contact, arm: arm.name.clone(), held_out: arm.held_out });
    }
    Ok(Found { assigned, fresh })
}

/// The place of a person's arm. `salt` is HMAC(workspace key, experiment) of 32
/// bytes; it and the id have one length always, so that hashing the one before
/// the other is a keyed hash that nobody outside can steer.
fn place_of(arms: &[Arm], salt: &[u8], person: Id) -> usize {
    let digest: [u8; 32] = Sha256::new().chain_update(salt).chain_update(person.as_bytes()).finalize().into();
    let [a, b, c, d, e, f, g, h, ..] = digest;
    let drawn = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
    let at = ((u128::from(drawn) * WHOLE_BP as u128) >> 64) as i64;
    let mut until = 0;
    for (place, arm) in arms.iter().enumerate() {
        until += arm.share_bp;
        if at < until {
            return place;
        }
    }
    arms.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arms(shares: &[i64]) -> Vec<Arm> {
        shares.iter().map(|share| Arm { name: share.to_string(), share_bp: *share, held_out: false }).collect()
    }

    #[test]
    fn shares_come_out_as_asked_and_stay() {
        let (arms, salt) = (arms(&[1_000, 2_500, 6_500]), [7_u8; 32]);
        let mut counts = [0_i64; 3];
        for n in 0..20_000_u128 {
            let place = place_of(&arms, &salt, Id::from_u128(n));
            assert_eq!(place, place_of(&arms, &salt, Id::from_u128(n)));
            counts[place] += 1;
        }
        // Within five standard deviations of the binomial.
        for (count, arm) in counts.iter().zip(&arms) {
            let share = arm.share_bp as f64 / 10_000.0;
            let expected = 20_000.0 * share;
            assert!((*count as f64 - expected).abs() < 5.0 * (expected * (1.0 - share)).sqrt(), "{counts:?}");
        }
    }

    #[test]
    fn two_experiments_split_apart() {
        let arms = arms(&[5_000, 5_000]);
        let same = (0..4_000_u128)
            .filter(|n| {
                let id = Id::from_u128(*n);
                place_of(&arms, &[1; 32], id) == place_of(&arms, &[2; 32], id)
            })
            .count();
        assert!((1_800..2_200).contains(&same), "{same} of 4,000 fall alike");
    }
}
