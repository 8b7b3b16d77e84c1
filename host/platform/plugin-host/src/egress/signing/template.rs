//! What is signed, written by the plugin as a text with the request's parts in
//! it: `{{method}}\n{{path}}\n{{body-sha256}}`. Only what is listed here can be
//! named, and what comes out is only ever hashed.

use super::{ToSign, sha256_hex};
use crate::capability::Fault;
use sha1::Sha1;
use sha2::{Digest as _, Sha512};
use zeroize::Zeroizing;

/// Bytes of one template.
const TEMPLATE_BYTES_MAX: usize = 4 * 1024;
/// Bytes of what it is filled to, besides one body.
const FILLED_BYTES_MAX: usize = 8 * 1024 * 1024;
/// What may stand in a template, for the sentence that refuses another.
const PARTS: &str = "secret, method, scheme, host, path, query, sorted-query, header:NAME, body, body-sha1, body-sha256, \
     body-sha512, timestamp, timestamp-ms, date, day, iso-basic, iso, nonce, delivery";

/// Fill a template. `secret` is what `{{secret}}` stands for, where it may.
pub(super) fn fill(
    option: &str,
    template: &str,
    secret: Option<&[u8]>,
    request: &ToSign<'_>,
) -> Result<Zeroizing<Vec<u8>>, Fault> {
    if template.len() > TEMPLATE_BYTES_MAX {
        return Err(Fault::invalid(format!("the option `{option}` has more than {TEMPLATE_BYTES_MAX} bytes")));
    }
    let mut filled = Zeroizing::new(Vec::with_capacity(template.len() + request.body.len() + 64));
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else { break };
        filled.extend_from_slice(before.as_bytes());
        filled.extend_from_slice(&part(option, name, secret, request)?);
        if filled.len() > FILLED_BYTES_MAX {
            return Err(Fault::invalid(format!(
                "the option `{option}` is filled to more than {FILLED_BYTES_MAX} bytes"
            )));
        }
        rest = after;
    }
    filled.extend_from_slice(rest.as_bytes());
    Ok(filled)
}

fn part(option: &str, name: &str, secret: Option<&[u8]>, request: &ToSign<'_>) -> Result<Zeroizing<Vec<u8>>, Fault> {
    if let Some(header) = name.strip_prefix("header:") {
        let value = request.header(&header.to_ascii_lowercase());
        let missing = || Fault::invalid(format!("the option `{option}` signs a header that the request does not have"));
        return Ok(Zeroizing::new(value.ok_or_else(missing)?.into_bytes()));
    }
    let text = match name {
        "secret" if secret.is_some() => return Ok(Zeroizing::new(secret.unwrap_or_default().to_vec())),
        "body" => return Ok(Zeroizing::new(request.body.to_vec())),
        "method" => request.method.to_owned(),
        "scheme" => request.url.scheme().to_owned(),
        "host" => request.host(),
        "path" => request.url.path().to_owned(),
        "query" => request.url.query().unwrap_or_default().to_owned(),
        "sorted-query" => request.sorted_query(),
        "body-sha1" => hex::encode(Sha1::digest(request.body)),
        "body-sha256" => sha256_hex(request.body),
        "body-sha512" => hex::encode(Sha512::digest(request.body)),
        "timestamp" => request.at.as_second().to_string(),
        "timestamp-ms" => request.at.as_millisecond().to_string(),
        "date" => request.time("%Y%m%d"),
        "day" => request.time("%Y-%m-%d"),
        "iso-basic" => request.time("%Y%m%dT%H%M%SZ"),
        "iso" => request.time("%Y-%m-%dT%H:%M:%SZ"),
        "nonce" => request.nonce.to_owned(),
        "delivery" => request.delivery.unwrap_or_default().to_owned(),
        other => {
            let shown: String = other.chars().filter(|c| !c.is_control()).take(40).collect();
            return Err(Fault::invalid(format!("the option `{option}` names `{shown}`, which is none of {PARTS}")));
        }
    };
    Ok(Zeroizing::new(text.into_bytes()))
}
