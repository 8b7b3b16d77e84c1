//! One request through the door, redirects included.

use super::{
    EgressRun, body,
    field::Field,
    fill::{self, Name, Values},
    signing::{self, Signed, ToSign},
    target::{self, Target, unreachable_host},
};
use crate::{
    capability::{Blob, Fault, HttpRequest, HttpResponse},
    grants::Place,
    limits::LimitName,
};
use reqwest::{
    Method,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use zeroize::Zeroizing;

/// Redirects that are followed, each checked like the first address.
const REDIRECTS_MAX: usize = 3;
/// Headers of a request and of a response.
const HEADERS_MAX: usize = 64;
/// Bytes of all headers.
const HEADER_BYTES_MAX: usize = 64 * 1024;
/// Headers that belong to the connection, and so to the host.
const HOSTS_OWN: &[&str] = &[
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

pub(crate) struct Exchange<'a> {
    run: &'a EgressRun,
    request: &'a HttpRequest,
    pub(crate) dispatched: bool,
    pub(crate) reached: bool,
    /// Names of the secrets it carried.
    pub(crate) carried: Vec<String>,
}

/// A request with everything filled, for one destination.
struct Ready {
    url: url::Url,
    headers: HeaderMap,
    body: Zeroizing<Vec<u8>>,
}

impl Ready {
    /// Put one part of a signature where it belongs.
    fn add(&mut self, signed: &Signed, field: Field) -> Result<(), Fault> {
        match signed.place {
            Place::Query => {
                let text = String::from_utf8_lossy(&signed.value);
                self.url.query_pairs_mut().append_pair(&signed.name, &text);
            }
            Place::Field | Place::Body => {
                self.body = Zeroizing::new(field.add(&self.body, &signed.name, &signed.value)?);
            }
            Place::Header | Place::Path => {
                let key = header_name(&signed.name)?;
                self.headers.insert(key, header_value(&signed.name, &signed.value, true)?);
            }
        }
        Ok(())
    }
}

impl<'a> Exchange<'a> {
    pub(crate) fn new(run: &'a EgressRun, request: &'a HttpRequest) -> Self {
        Self { run, request, dispatched: false, reached: false, carried: Vec::new() }
    }

    pub(crate) async fn run(&mut self) -> Result<HttpResponse, Fault> {
        let method = self.method()?;
        let slotted = fill::slotted(&self.request.url)?;
        let mut target = target::check(&self.run.policy, &slotted.text, method.as_str())?;
        let secret = |name| if let Name::Secret(secret) = name { Some(secret) } else { None };
        self.carried = self.names(&target, &slotted.slots, true)?.into_iter().filter_map(secret).collect();
        let mut ready = self.prepare(&target, &slotted.slots, true).await?;
        self.dispatch(&method).await?;
        for hop in 0..=REDIRECTS_MAX {
            self.run.charge()?;
            let response = self.execute(&target, &method, ready).await?;
            // Anything but GET and HEAD is an effect, and is not repeated
            // elsewhere: the plugin gets the redirect as its response.
            let Some(next) = next_address(&response, &target).filter(|_| is_safe(&method)) else {
                return self.answer(response).await;
            };
            if hop == REDIRECTS_MAX {
                return Err(Fault::unavailable(format!("more than {REDIRECTS_MAX} redirects")));
            }
            target = target::check(&self.run.policy, &next, method.as_str())?;
            ready = self.prepare(&target, &[], false).await?;
        }
        Err(Fault::unavailable("too many redirects"))
    }

    fn method(&self) -> Result<Method, Fault> {
        let text = self.request.method.as_str();
        let plain = (1..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase());
        if !plain || matches!(text, "CONNECT" | "TRACE") {
            return Err(Fault::invalid("the method must be an upper-case word such as POST"));
        }
        Method::from_bytes(text.as_bytes()).map_err(|_| Fault::invalid("the method cannot be read"))
    }

    /// Commit `dispatching` before the first byte of an effect leaves.
    async fn dispatch(&mut self, method: &Method) -> Result<(), Fault> {
        if is_safe(method) {
            return Ok(());
        }
        for delivery in self.request.deliveries()? {
            self.run.dispatch(&delivery).await?;
            self.dispatched = true;
        }
        Ok(())
    }

    /// Fill and sign for this destination. After a redirect the address is as
    /// the server gave it, and what may not go to the new host is left out.
    async fn prepare(&self, target: &Target, slots: &[Name], first: bool) -> Result<Ready, Fault> {
        let names = self.names(target, slots, first)?;
        let values = self.run.values(&names, self.request.delivery.as_deref()).await?;
        let url = if first { fill::fill_url(target, slots, &values)? } else { target.url.clone() };
        let headers = self.headers(target, &values, first)?;
        let kind = headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or("").to_ascii_lowercase();
        let body = fill::fill_body(target, &self.request.body.0, &kind, &values)?;
        let mut ready = Ready { url, headers, body };
        self.sign(target, &values, &mut ready, Field::of(&kind), first)?;
        if ready.body.len() as u64 > self.run.policy.request_bytes {
            return Err(Fault::limit(LimitName::HostCallBytes, self.run.policy.request_bytes));
        }
        Ok(ready)
    }

    /// Every name the request speaks of, each allowed for this destination.
    fn names(&self, target: &Target, slots: &[Name], first: bool) -> Result<Vec<Name>, Fault> {
        let mut names = slots.to_vec();
        for (_, value) in &self.request.headers {
            names.extend(fill::names_in(value.as_bytes()));
        }
        names.extend(fill::names_in(&self.request.body.0));
        names.extend(self.request.signing.as_ref().map(|s| Name::Secret(s.secret.clone())));
        if first {
            for name in &names {
                self.granted(target, name)?;
            }
        } else {
            names.retain(|name| self.granted(target, name).is_ok());
        }
        Ok(names)
    }

    /// Whether the name may go to this host at all; the place is checked
    /// where it is filled.
    fn granted(&self, target: &Target, name: &Name) -> Result<(), Fault> {
        if matches!(name, Name::Secret(_)) && target.grant.places.contains(&Place::Field) {
            // Which field is not known before the body is read.
            return fill::granted(target, name);
        }
        let mut refusal = Ok(());
        for place in Place::ALL {
            refusal = fill::allowed(target, name, place, None);
            if refusal.is_ok() {
                break;
            }
        }
        refusal
    }

    fn headers(&self, target: &Target, values: &Values, first: bool) -> Result<HeaderMap, Fault> {
        if self.request.headers.len() > HEADERS_MAX {
            return Err(Fault::invalid(format!("more than {HEADERS_MAX} headers")));
        }
        let mut headers = HeaderMap::new();
        let mut bytes = 0;
        for (name, text) in &self.request.headers {
            let key = header_name(name)?;
            let filled = match fill::fill_header(target, text, values) {
                Ok(filled) => filled,
                Err(_) if !first => continue,
                Err(fault) => return Err(fault),
            };
            bytes += key.as_str().len() + filled.len();
            if bytes > HEADER_BYTES_MAX {
                return Err(Fault::invalid(format!("more than {HEADER_BYTES_MAX} bytes of headers")));
            }
            let has_secret = !fill::names_in(text.as_bytes()).is_empty();
            headers.append(key, header_value(name, &filled, has_secret)?);
        }
        headers.insert("accept-encoding", HeaderValue::from_static("gzip"));
        Ok(headers)
    }

    fn sign(
        &self,
        target: &Target,
        values: &Values,
        ready: &mut Ready,
        field: Field,
        first: bool,
    ) -> Result<(), Fault> {
        let Some(signing) = &self.request.signing else { return Ok(()) };
        let name = Name::Secret(signing.secret.clone());
        match self.granted(target, &name) {
            Err(_) if !first => return Ok(()),
            granted => granted?,
        }
        let secret = values.0.get(&name).ok_or_else(|| Fault::denied("there is no such secret"))?;
        let request = ToSign {
            method: &self.request.method,
            url: &ready.url,
            headers: &ready.headers,
            body: &ready.body,
            delivery: self.request.delivery.as_deref(),
            at: self.run.egress.clock.now(),
            nonce: &self.run.egress.nonce(),
        };
        let added = signing::sign(signing, secret.expose(), &request)?;
        // All of them or none: a time without its signature says nothing.
        let spot = |one: &Signed| (one.place == Place::Field).then(|| one.name.clone());
        let refusal = added.iter().find_map(|s| fill::allowed(target, &name, s.place, spot(s).as_deref()).err());
        match refusal {
            Some(_) if !first => return Ok(()),
            Some(fault) => return Err(fault),
            None => {}
        }
        for signed in added {
            self.run.learn(&signed.secret);
            ready.add(&signed, field)?;
        }
        Ok(())
    }

    async fn execute(&mut self, target: &Target, method: &Method, ready: Ready) -> Result<reqwest::Response, Fault> {
        let client = self.run.egress.clients.get(target.private)?;
        let mut request = reqwest::Request::new(method.clone(), ready.url);
        *request.headers_mut() = ready.headers;
        if !ready.body.is_empty() || !is_safe(method) {
            *request.body_mut() = Some(ready.body.to_vec().into());
        }
        // Set before the first byte can leave, so that a cancelled or timed
        // out request is never taken for one that was not sent.
        let reached_before = std::mem::replace(&mut self.reached, true);
        client.execute(request).await.map_err(|cause| {
            if cause.is_connect() {
                self.reached = reached_before;
                tracing::debug!(host = %target.host, "no connection for a plugin's request");
                return unreachable_host();
            }
            Fault::unavailable(if cause.is_timeout() {
                "the other side took too long"
            } else {
                "the connection broke off"
            })
        })
    }

    async fn answer(&self, mut response: reqwest::Response) -> Result<HttpResponse, Fault> {
        let status = response.status().as_u16();
        let mut headers = Vec::new();
        let mut packed = false;
        let mut bytes = 0;
        for (name, value) in response.headers() {
            let text = String::from_utf8_lossy(value.as_bytes());
            bytes += name.as_str().len() + text.len();
            if name == "content-encoding" {
                packed = text.eq_ignore_ascii_case("gzip") || text.eq_ignore_ascii_case("x-gzip");
            }
            let hidden = HOSTS_OWN.contains(&name.as_str()) || packed && name == "content-encoding";
            if !hidden {
                headers.push((name.as_str().to_owned(), self.run.redact(&text)));
            }
        }
        if bytes > HEADER_BYTES_MAX {
            return Err(Fault::unavailable(format!("the response has more than {HEADER_BYTES_MAX} bytes of headers")));
        }
        let limit = self.run.policy.response_bytes;
        let raw = body::read(&mut response, limit).await?;
        let body = if packed && !raw.is_empty() { body::gunzip(&raw, limit)? } else { raw };
        Ok(HttpResponse { status, headers, body: Blob(self.run.redact_bytes(&body)), options: Vec::new() })
    }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// Where a redirect leads, if the response is one.
fn next_address(response: &reqwest::Response, target: &Target) -> Option<String> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get("location")?.to_str().ok()?;
    let mut next = target.url.join(location).ok()?;
    // A fragment is the reader's, not the server's.
    next.set_fragment(None);
    Some(next.into())
}

fn header_name(name: &str) -> Result<HeaderName, Fault> {
    let lower = name.to_ascii_lowercase();
    if HOSTS_OWN.contains(&lower.as_str()) {
        return Err(Fault::denied(format!("the header `{lower}` is the host's to set")));
    }
    HeaderName::from_bytes(lower.as_bytes()).map_err(|_| Fault::invalid("a header's name cannot be sent"))
}

fn header_value(name: &str, bytes: &[u8], secret: bool) -> Result<HeaderValue, Fault> {
    let mut value = HeaderValue::from_bytes(bytes)
        .map_err(|_| Fault::invalid(format!("the value of the header `{name}` cannot be sent")))?;
    value.set_sensitive(secret);
    Ok(value)
}
