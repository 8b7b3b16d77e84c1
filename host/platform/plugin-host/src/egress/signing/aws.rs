//! AWS Signature Version 4 with the `Authorization` header, as "Create a
//! signed AWS API request" of the IAM guide describes it.

use super::{
    Signed, ToSign, encoded,
    mac::{Algorithm, chain, mac},
    options::{Bag, word},
    sha256_hex,
};
use crate::capability::Fault;
use std::collections::BTreeMap;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// Headers that change on the way, or that the host writes itself.
const UNSIGNED: &[&str] = &["accept-encoding", "authorization", "user-agent", "x-amzn-trace-id"];

/// `access-key-id`, `region`, `service`; `path-encoding` (double; single for
/// `s3`). A session token is a header of the request's own.
pub(super) fn sigv4(bag: &Bag<'_>, secret: &[u8], request: &ToSign<'_>) -> Result<Vec<Signed>, Fault> {
    bag.only(&["access-key-id", "region", "service", "path-encoding"])?;
    let (key_id, region, service) = (bag.needed("access-key-id")?, bag.needed("region")?, bag.needed("service")?);
    let encodings = [("double", false), ("single", true)];
    let single = match bag.text("path-encoding")? {
        None => service == "s3",
        given => word("path-encoding", given.as_deref(), &encodings)?,
    };
    let (at, date) = (request.time("%Y%m%dT%H%M%SZ"), request.time("%Y%m%d"));
    let digest = sha256_hex(request.body);
    let mut added = vec![Signed::header("x-amz-date", at.as_str())];
    if service == "s3" {
        added.push(Signed::header("x-amz-content-sha256", digest.as_str()));
    }
    let headers = signed_headers(request, &added);
    let names = headers.keys().map(String::as_str).collect::<Vec<_>>().join(";");
    let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let path = request.url.path();
    let path = if single { path.to_owned() } else { encoded(path.as_bytes(), b"/") };
    let canonical = [request.method, &path, &request.sorted_query(), &lines, &names, &digest].join("\n");
    let scope = format!("{date}/{region}/{service}/aws4_request");
    let to_sign = [ALGORITHM, &at, &scope, &sha256_hex(canonical.as_bytes())].join("\n");
    let steps: Vec<Vec<u8>> =
        [date.as_str(), &region, &service, "aws4_request"].iter().map(|step| step.as_bytes().to_vec()).collect();
    let key = chain(Algorithm::Sha256, &zeroize::Zeroizing::new([b"AWS4", secret].concat()), &steps)?;
    let signature = hex::encode(mac(Algorithm::Sha256, &key, to_sign.as_bytes())?);
    let value = format!("{ALGORITHM} Credential={key_id}/{scope}, SignedHeaders={names}, Signature={signature}");
    added.insert(0, Signed::header("authorization", value));
    Ok(added)
}

/// Every header that leaves, in the order of their names.
fn signed_headers(request: &ToSign<'_>, added: &[Signed]) -> BTreeMap<String, String> {
    let mut headers = BTreeMap::from([("host".to_owned(), request.host())]);
    for name in request.headers.keys().map(reqwest::header::HeaderName::as_str) {
        if !UNSIGNED.contains(&name) {
            headers.insert(name.to_owned(), request.header(name).unwrap_or_default());
        }
    }
    for one in added {
        headers.insert(one.name.clone(), String::from_utf8_lossy(&one.value).into_owned());
    }
    headers
}
