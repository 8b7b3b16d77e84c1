//! Tencent Cloud's signature version 3, TC3-HMAC-SHA256, as "Signature v3" of
//! its API documentation describes it.

use super::{
    Signed, ToSign,
    mac::{Algorithm, chain, mac},
    options::Bag,
    sha256_hex,
};
use crate::capability::Fault;

const ALGORITHM: &str = "TC3-HMAC-SHA256";

/// `secret-id`; `service` (the host's first label); `signed-headers`
/// (content-type, host, and x-tc-action where the request has it).
pub(super) fn tc3(bag: &Bag<'_>, secret: &[u8], request: &ToSign<'_>) -> Result<Vec<Signed>, Fault> {
    bag.only(&["secret-id", "service", "signed-headers"])?;
    let id = bag.needed("secret-id")?;
    let host = request.host();
    let label = host.split('.').next().unwrap_or_default().to_owned();
    let service = bag.text("service")?.unwrap_or(label);
    let headers = signed_headers(bag, request, &host)?;
    let names = headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";");
    let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let query = if request.method == "GET" { request.url.query().unwrap_or_default() } else { "" };
    let canonical = [request.method, "/", query, &lines, &names, &sha256_hex(request.body)].join("\n");
    let (now, day) = (request.at.as_second().to_string(), request.time("%Y-%m-%d"));
    let scope = format!("{day}/{service}/tc3_request");
    let to_sign = [ALGORITHM, &now, &scope, &sha256_hex(canonical.as_bytes())].join("\n");
    let steps: Vec<Vec<u8>> =
        [day.as_str(), &service, "tc3_request"].iter().map(|step| step.as_bytes().to_vec()).collect();
    let key = chain(Algorithm::Sha256, &zeroize::Zeroizing::new([b"TC3", secret].concat()), &steps)?;
    let signature = hex::encode(mac(Algorithm::Sha256, &key, to_sign.as_bytes())?);
    let value = format!("{ALGORITHM} Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}");
    Ok(vec![Signed::header("authorization", value), Signed::header("x-tc-timestamp", now)])
}

/// The headers that are signed, sorted, their values in lower case.
fn signed_headers(bag: &Bag<'_>, request: &ToSign<'_>, host: &str) -> Result<Vec<(String, String)>, Fault> {
    let mut names = match bag.texts("signed-headers")? {
        Some(names) => names.into_iter().map(|name| name.to_ascii_lowercase()).collect(),
        None => {
            let mut usual = vec!["content-type".to_owned(), "host".to_owned()];
            usual.extend(request.headers.contains_key("x-tc-action").then(|| "x-tc-action".to_owned()));
            usual
        }
    };
    names.sort();
    names.dedup();
    if !["content-type", "host"].iter().all(|needed| names.iter().any(|name| name == needed)) {
        return Err(Fault::invalid("the option `signed-headers` must name content-type and host"));
    }
    let value = |name: String| {
        let found = if name == "host" { Some(host.to_owned()) } else { request.header(&name) };
        let found =
            found.ok_or_else(|| Fault::invalid(format!("`tc3` signs the header `{name}`, which is not there")))?;
        Ok((name, found.to_lowercase()))
    };
    names.into_iter().map(value).collect()
}
