//! What of a person is seen by whom: addresses whole by those who have
//! [`REVEAL`], masked by all others who may read contacts. Everything that
//! shows an address to people goes through here.

use crate::{
    consent::ConsentRecord,
    contact::{Identity, Profile, TraitValue},
    event::Event,
    normalise::IdentityKind,
};
use rialto_kernel::mask::{masked, masked_in};
use rialto_web::Caller;
use serde_json::Value as Json;

/// The permission to see addresses whole.
pub const REVEAL: &str = "audience.reveal";

/// An address as this caller sees it; nothing for those who may not read
/// contacts.
#[must_use]
pub fn address_seen(caller: &Caller, address: String) -> Option<String> {
    if caller.may(REVEAL) {
        return Some(address);
    }
    caller.may("audience.read").then(|| masked(&address))
}

/// A text in which an address may stand, such as a mail server's answer, as
/// this caller sees it.
#[must_use]
pub fn text_seen(caller: &Caller, text: String) -> String {
    if caller.may(REVEAL) { text } else { masked_in(&text) }
}

/// A document in which addresses may stand, as this caller sees it.
#[must_use]
pub fn json_seen(caller: &Caller, mut value: Json) -> Json {
    if !caller.may(REVEAL) {
        json_masked(&mut value);
    }
    value
}

/// Statements of consent as this caller sees them: a proof may name an address.
#[must_use]
pub fn consents_seen(caller: &Caller, mut records: Vec<ConsentRecord>) -> Vec<ConsentRecord> {
    if !caller.may(REVEAL) {
        for record in &mut records {
            record.proof = masked_in(&record.proof);
        }
    }
    records
}

/// A profile as this caller sees it.
pub(crate) fn profile_seen(caller: &Caller, mut profile: Profile) -> Profile {
    if caller.may(REVEAL) {
        return profile;
    }
    profile.identities = profile.identities.into_iter().map(identity_masked).collect();
    for held in &mut profile.traits {
        if let TraitValue::Text(text) = &mut held.value {
            *text = masked_in(text);
        }
    }
    profile.events = events_seen(caller, profile.events);
    profile
}

/// Events as this caller sees them.
pub(crate) fn events_seen(caller: &Caller, mut events: Vec<Event>) -> Vec<Event> {
    if !caller.may(REVEAL) {
        for event in &mut events {
            json_masked(&mut event.properties);
        }
    }
    events
}

fn identity_masked(identity: Identity) -> Identity {
    if !matches!(identity.kind, IdentityKind::Email | IdentityKind::Phone) {
        return Identity { shown: masked_in(&identity.shown), value: masked_in(&identity.value), ..identity };
    }
    Identity { shown: masked(&identity.shown), value: masked(&identity.value), ..identity }
}

fn json_masked(value: &mut Json) {
    match value {
        Json::String(text) => *text = masked_in(text),
        Json::Array(items) => items.iter_mut().for_each(json_masked),
        Json::Object(fields) => fields.values_mut().for_each(json_masked),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}
