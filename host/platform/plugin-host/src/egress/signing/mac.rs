//! Keyed hashes (RFC 2104) as services ask for them: of any part of the
//! request, with the key itself or with one derived from it in steps, put
//! where the service looks for it.

use super::{
    Signed, ToSign,
    options::{Bag, word},
    template::fill,
};
use crate::{capability::Fault, grants::Place};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use zeroize::Zeroizing;

/// Steps of one chain.
const STEPS_MAX: usize = 16;
/// What `hmac` and `derived-key` understand.
const OPTIONS: &[&str] = &[
    "algorithm",
    "key",
    "key-encoding",
    "steps",
    "message",
    "encoding",
    "place",
    "name",
    "prefix",
    "timestamp-name",
    "timestamp-unit",
    "nonce-name",
];

/// A hash function.
#[derive(Debug, Clone, Copy)]
pub(super) enum Algorithm {
    Sha1,
    Sha256,
    Sha512,
}

/// `HMAC(key, message)`.
pub(super) fn mac(algorithm: Algorithm, key: &[u8], message: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault> {
    // HMAC takes a key of any length.
    let bad = |_| Fault::invalid("the secret is no key");
    Ok(Zeroizing::new(match algorithm {
        Algorithm::Sha1 => {
            Hmac::<sha1::Sha1>::new_from_slice(key).map_err(bad)?.chain_update(message).finalize().into_bytes().to_vec()
        }
        Algorithm::Sha256 => Hmac::<sha2::Sha256>::new_from_slice(key)
            .map_err(bad)?
            .chain_update(message)
            .finalize()
            .into_bytes()
            .to_vec(),
        Algorithm::Sha512 => Hmac::<sha2::Sha512>::new_from_slice(key)
            .map_err(bad)?
            .chain_update(message)
            .finalize()
            .into_bytes()
            .to_vec(),
    }))
}

/// The key that a chain of steps leads to: each step is signed with the key
/// before it.
pub(super) fn chain(algorithm: Algorithm, key: &[u8], steps: &[Vec<u8>]) -> Result<Zeroizing<Vec<u8>>, Fault> {
    steps.iter().try_fold(Zeroizing::new(key.to_vec()), |key, step| mac(algorithm, &key, step))
}

/// `message` (`{{body}}`) signed with `key` (`{{secret}}`), by `algorithm`
/// (sha256), as `encoding` (hex) behind `prefix`, under `name` (x-signature)
/// in `place` (header).
pub(super) fn hmac(bag: &Bag<'_>, secret: &[u8], request: &ToSign<'_>) -> Result<Vec<Signed>, Fault> {
    bag.only(OPTIONS)?;
    if bag.texts("steps")?.is_some() {
        return Err(Fault::invalid("the option `steps` belongs to the scheme `derived-key`"));
    }
    keyed(bag, secret, request)
}

/// [`hmac`] with a key derived from the secret by `steps`.
pub(super) fn derived_key(bag: &Bag<'_>, secret: &[u8], request: &ToSign<'_>) -> Result<Vec<Signed>, Fault> {
    bag.only(OPTIONS)?;
    match bag.texts("steps")?.map(|steps| steps.len()) {
        Some(count) if (1..=STEPS_MAX).contains(&count) => keyed(bag, secret, request),
        _ => Err(Fault::invalid(format!("the option `steps` must list 1 to {STEPS_MAX} texts"))),
    }
}

fn keyed(bag: &Bag<'_>, secret: &[u8], request: &ToSign<'_>) -> Result<Vec<Signed>, Fault> {
    let algorithms = [("sha256", Algorithm::Sha256), ("sha1", Algorithm::Sha1), ("sha512", Algorithm::Sha512)];
    let algorithm = word("algorithm", bag.text("algorithm")?.as_deref(), &algorithms)?;
    let plain = key_bytes(bag, secret)?;
    let template = bag.text("key")?.unwrap_or_else(|| "{{secret}}".to_owned());
    let key = fill("key", &template, Some(&plain), request)?;
    let steps = bag.texts("steps")?.unwrap_or_default();
    let steps = steps.iter().map(|step| fill("steps", step, None, request).map(|step| step.to_vec()));
    let key = chain(algorithm, &key, &steps.collect::<Result<Vec<_>, _>>()?)?;
    let message = bag.text("message")?.unwrap_or_else(|| "{{body}}".to_owned());
    let message = fill("message", &message, Some(&plain), request)?;
    let mac = encoded(bag, &mac(algorithm, &key, &message)?)?;
    placed(bag, mac, request)
}

/// The secret as `key-encoding` (text) says it is written.
fn key_bytes(bag: &Bag<'_>, secret: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let written = bag.text("key-encoding")?;
    let decoded = match written.as_deref() {
        None | Some("text") => Some(secret.to_vec()),
        Some("hex") => hex::decode(secret).ok(),
        Some("base64") => STANDARD.decode(secret).ok(),
        Some(_) => return Err(Fault::invalid("the option `key-encoding` must be one of text, hex, base64")),
    };
    decoded.map(Zeroizing::new).ok_or_else(|| Fault::invalid("the secret is not written as `key-encoding` says"))
}

fn encoded(bag: &Bag<'_>, mac: &[u8]) -> Result<String, Fault> {
    match bag.text("encoding")?.as_deref() {
        None | Some("hex") => Ok(hex::encode(mac)),
        Some("base64") => Ok(STANDARD.encode(mac)),
        Some("base64url") => Ok(URL_SAFE_NO_PAD.encode(mac)),
        Some(_) => Err(Fault::invalid("the option `encoding` must be one of hex, base64, base64url")),
    }
}

/// The signature, and the time and the nonce where they are asked for, all in
/// the same place.
fn placed(bag: &Bag<'_>, mac: String, request: &ToSign<'_>) -> Result<Vec<Signed>, Fault> {
    let places = [("header", Place::Header), ("query", Place::Query), ("field", Place::Field)];
    let place = word("place", bag.text("place")?.as_deref(), &places)?;
    let name = bag.text("name")?.unwrap_or_else(|| "x-signature".to_owned());
    let prefix = bag.text("prefix")?.unwrap_or_default();
    let mut added = vec![Signed::at(place, &name, format!("{prefix}{mac}"))];
    if let Some(name) = bag.text("timestamp-name")? {
        let units = [("s", false), ("ms", true)];
        let fine = word("timestamp-unit", bag.text("timestamp-unit")?.as_deref(), &units)?;
        let time = if fine { request.at.as_millisecond() } else { request.at.as_second() };
        added.push(Signed::at(place, &name, time.to_string()));
    }
    if let Some(name) = bag.text("nonce-name")? {
        added.push(Signed::at(place, &name, request.nonce));
    }
    Ok(added)
}

/// `header` (x-signature), `prefix` (none), `encoding` (hex or base64), and
/// `timestamp-header`: when named, the time is added and signed as
/// `time.body`. The older and shorter way to say [`hmac`].
pub(super) fn hmac_sha256(bag: &Bag<'_>, secret: &[u8], request: &ToSign<'_>) -> Result<Vec<Signed>, Fault> {
    bag.only(&["header", "prefix", "encoding", "timestamp-header"])?;
    let header = bag.text("header")?.unwrap_or_else(|| "x-signature".to_owned());
    let prefix = bag.text("prefix")?.unwrap_or_default();
    let stamp = bag.text("timestamp-header")?;
    let now = request.at.as_second().to_string();
    let message = match &stamp {
        Some(_) => [now.as_bytes(), b".", request.body].concat(),
        None => request.body.to_vec(),
    };
    let mac = encoded(bag, &mac(Algorithm::Sha256, secret, &message)?)?;
    let mut added = vec![Signed::header(&header, format!("{prefix}{mac}"))];
    added.extend(stamp.map(|header| Signed::header(&header, now)));
    Ok(added)
}
