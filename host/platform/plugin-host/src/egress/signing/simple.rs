//! The schemes that need no template: bearer (RFC 6750), basic (RFC 7617) and
//! Standard Webhooks.

use super::{
    Signed, ToSign,
    mac::{Algorithm, mac},
    options::Bag,
};
use crate::capability::Fault;
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// `header` (authorization) and `prefix` ("Bearer ").
pub(super) fn bearer(bag: &Bag<'_>, secret: &[u8]) -> Result<Vec<Signed>, Fault> {
    bag.only(&["header", "prefix"])?;
    let header = bag.text("header")?.unwrap_or_else(|| "authorization".to_owned());
    let prefix = bag.text("prefix")?.unwrap_or_else(|| "Bearer ".to_owned());
    Ok(vec![Signed::header(&header, [prefix.as_bytes(), secret].concat()).hiding(secret)])
}

/// `username`; without it the secret is `user:password`.
pub(super) fn basic(bag: &Bag<'_>, secret: &[u8]) -> Result<Vec<Signed>, Fault> {
    bag.only(&["username"])?;
    let pair = match bag.text("username")? {
        Some(user) if user.contains(':') => return Err(Fault::invalid("a user name cannot hold a colon")),
        Some(user) => [user.as_bytes(), b":", secret].concat(),
        None => secret.to_vec(),
    };
    let encoded = STANDARD.encode(pair);
    Ok(vec![Signed::header("authorization", format!("Basic {encoded}")).hiding(encoded.as_bytes())])
}

/// The Standard Webhooks signature (standardwebhooks.com). `id` defaults to
/// the delivery, so that a retry carries the same one.
pub(super) fn standard_webhooks(bag: &Bag<'_>, secret: &[u8], request: &ToSign<'_>) -> Result<Vec<Signed>, Fault> {
    bag.only(&["id"])?;
    let id = match (bag.text("id")?, request.delivery) {
        (Some(id), _) => id,
        (None, Some(delivery)) => delivery.to_owned(),
        (None, None) => return Err(Fault::invalid("`standard-webhooks` needs the option `id` or a delivery")),
    };
    let key = webhook_key(secret)?;
    let now = request.at.as_second().to_string();
    let mac = mac(Algorithm::Sha256, &key, &[id.as_bytes(), b".", now.as_bytes(), b".", request.body].concat())?;
    Ok(vec![
        Signed::header("webhook-id", id),
        Signed::header("webhook-timestamp", now),
        Signed::header("webhook-signature", format!("v1,{}", STANDARD.encode(mac))),
    ])
}

/// `whsec_` and base64, or the bytes as they are.
fn webhook_key(secret: &[u8]) -> Result<Vec<u8>, Fault> {
    match secret.strip_prefix(b"whsec_") {
        Some(encoded) => STANDARD
            .decode(encoded)
            .map_err(|_| Fault::invalid("the secret begins with whsec_ and is not base64 after it")),
        None => Ok(secret.to_vec()),
    }
}
