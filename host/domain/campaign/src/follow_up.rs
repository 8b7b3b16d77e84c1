//! Sending to the missing: a plan drafted for those whom a campaign was meant for
//! and did not reach. Whom it is for is a rule over the ledger, counted anew at its
//! launch like any other: who was reached meanwhile is not in it.

use crate::{
    actions::{WRITE, campaign_create, require},
    error::{Error, Result, problem},
    model::{Campaign, CampaignState, FollowUp, NewCampaign},
    sql,
};
use rialto_delivery::{LedgerCounts, LedgerOf, Reason, SendState, ledger_counts};
use rialto_kernel::{Id, problem::FieldError};
use rialto_slice::Host;
use rialto_web::Caller;
use serde_json::{Value, json};

/// Draft a plan for those a campaign did not reach, with its messages, topic,
/// offers and what is left of its budget. Nothing leaves before it is launched.
///
/// # Errors
/// When there is no such campaign, it has no ledger yet, nobody was missed for
/// what is asked, or the caller may not plan where it belongs.
pub(crate) async fn follow_up(host: &Host, caller: &Caller, id: Id, wish: FollowUp) -> Result<Campaign> {
    let (of, counts) = launched(host, caller, id).await?;
    checked(&wish, &counts)?;
    let left = of.budget_minor.map(|budget| (budget - counts.cost_minor).max(0));
    let new = NewCampaign {
        code: None,
        name: wish.name.clone(),
        kind: of.kind,
        objective: of.objective,
        unit: of.unit,
        segment: None,
        rule: Some(missing(id, &wish)),
        topic: of.topic,
        currency: Some(of.currency),
        unit_cost_minor: of.unit_cost_minor,
        budget_minor: left,
        starts_at: None,
        ends_at: None,
        on_uncertain: Some(of.on_uncertain),
        messages: of.messages,
        goals: Vec::new(),
        offers: of.offers,
        // Its control group is told apart by the first one; nobody of it is in the rule.
        experiment: None,
    };
    campaign_create(host, caller, new).await
}

/// The campaign and its ledger, when there is one to follow up.
async fn launched(host: &Host, caller: &Caller, id: Id) -> Result<(Campaign, LedgerCounts)> {
    let mut conn = host.store.read(caller.workspace).await?;
    let campaign = sql::campaign_find(&mut conn, caller.workspace, id).await?;
    require(&mut conn, caller, campaign.unit, WRITE).await?;
    match campaign.state {
        CampaignState::Draft => return Err(Error::state(campaign.state, "launch it first; then see whom it missed")),
        CampaignState::Past => {
            return Err(Error::state(campaign.state, "it ran elsewhere: whom it missed is not known here"));
        }
        CampaignState::Running | CampaignState::Paused | CampaignState::Finished | CampaignState::Cancelled => (),
    }
    let counts = ledger_counts(&mut conn, caller.workspace, LedgerOf::Campaign(id)).await.map_err(problem)?;
    Ok((campaign, counts))
}

/// Why nobody can be written to again who was left out for this.
fn barred(reason: Reason) -> Option<&'static str> {
    match reason {
        Reason::HeldOut => Some("the control group is not written to: what the campaign earned is measured by it"),
        Reason::Suppressed => Some("a suppressed address is not written to"),
        Reason::DuplicatePerson => Some("the same person has a row of their own"),
        Reason::NoConsent
        | Reason::NoAddress
        | Reason::Capped
        | Reason::Expired
        | Reason::OverBudget
        | Reason::Policy
        | Reason::Cancelled => None,
    }
}

fn checked(wish: &FollowUp, counts: &LedgerCounts) -> Result<()> {
    let errors: Vec<FieldError> = (wish.reasons.iter().enumerate())
        .filter_map(|(at, reason)| {
            barred(*reason).map(|why| FieldError { field: format!("reasons[{at}]"), message: why.to_owned() })
        })
        .collect();
    if !errors.is_empty() {
        return Err(Error::Fields(errors));
    }
    if wish.reasons.is_empty() && !wish.rejected {
        return Err(Error::field("reasons", "name why they were missed, or ask for those whose send was turned away"));
    }
    let rejected = if wish.rejected { counts.of(SendState::Rejected) } else { 0 };
    if rejected + wish.reasons.iter().map(|reason| counts.not_sent(*reason)).sum::<i64>() == 0 {
        return Err(Error::field("reasons", "nobody was missed for that; see the ledger for why people were"));
    }
    Ok(())
}

/// The rule: missed for one of these, and reached on no channel, as far as one knows.
fn missing(campaign: Id, wish: &FollowUp) -> Value {
    let mut missed = Vec::new();
    if !wish.reasons.is_empty() {
        let reasons: Vec<&str> = wish.reasons.iter().map(|reason| reason.word()).collect();
        missed
            .push(json!({ "on": "send", "campaign": campaign, "state": SendState::NotSent.word(), "reason": reasons }));
    }
    if wish.rejected {
        missed.push(json!({ "on": "send", "campaign": campaign, "state": SendState::Rejected.word() }));
    }
    let reached: Vec<&str> = (SendState::ALL.iter())
        .filter(|state| !matches!(state, SendState::NotSent | SendState::Rejected))
        .map(|state| state.word())
        .collect();
    let none = json!({ "op": "eq", "value": 0 });
    json!({ "all": [{ "any": missed }, { "on": "send", "campaign": campaign, "state": reached, "count": none }] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rialto_audience::Rule;

    #[test]
    fn its_rule_is_one_that_segments_know() {
        let id = Id::from_u128(7);
        for (reasons, rejected) in
            [(vec![Reason::Capped, Reason::Policy], false), (vec![], true), (vec![Reason::NoConsent], true)]
        {
            Rule::parse(missing(id, &FollowUp { name: "Again".to_owned(), reasons, rejected })).unwrap();
        }
    }

    #[test]
    fn who_must_not_be_written_to_is_never_followed_up() {
        let counts = LedgerCounts::default();
        for reason in [Reason::HeldOut, Reason::Suppressed, Reason::DuplicatePerson] {
            let wish = FollowUp { name: "Again".to_owned(), reasons: vec![Reason::Capped, reason], rejected: false };
            let Err(Error::Fields(errors)) = checked(&wish, &counts) else { panic!("{reason:?} is taken") };
            assert_eq!(errors[0].field, "reasons[1]");
        }
    }
}
