//! Outgoing HTTP through the host's egress door (needs a grant per host name).
//!
//! A plugin never holds a secret or a person's address: it writes
//! [`crate::Secret::placeholder`] or [`ADDRESS`], or names a [`Signing`]
//! scheme, and the host fills in at the door.

use serde::{Serialize, de::DeserializeOwned};

use crate::{Fault, OptionBag as _, Secret, bindings::host::rialto::http::http as wit};

pub use wit::{Request, Response, Signing};

/// Stands for the address of the person that the request's delivery goes to.
pub const ADDRESS: &str = "{{address}}";

impl Signing {
    /// Have the host sign with `scheme` (`standard-webhooks`, `bearer`, …) and a secret.
    pub fn new(scheme: impl Into<String>, secret: &Secret) -> Self {
        Self { scheme: scheme.into(), secret: secret.name().to_owned(), options: Vec::new() }
    }

    /// What the scheme needs besides: a header name, a prefix, an encoding.
    pub fn option(mut self, name: &str, value: impl Serialize) -> Self {
        self.options = self.options.with(name, value);
        self
    }
}

impl Request {
    /// A request with any method, in upper case.
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            url: url.into(),
            headers: Vec::new(),
            body: Vec::new(),
            delivery: None,
            signing: None,
            timeout_ms: None,
            options: Vec::new(),
        }
    }

    /// A GET request.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new("GET", url)
    }

    /// A POST request.
    pub fn post(url: impl Into<String>) -> Self {
        Self::new("POST", url)
    }

    /// Add a header.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Set the body.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Set a JSON body with its content type.
    ///
    /// # Errors
    /// `invalid-input` when the value has no JSON form.
    pub fn json(self, value: &impl Serialize) -> Result<Self, Fault> {
        let body = serde_json::to_vec(value)?;
        Ok(self.header("content-type", "application/json").body(body))
    }

    /// Name the delivery this request serves: with any method but GET and HEAD
    /// it is that delivery's dispatch.
    pub fn delivery(mut self, id: impl Into<String>) -> Self {
        self.delivery = Some(id.into());
        self
    }

    /// Name every delivery that one request serves, for an endpoint that takes
    /// many at once: all of them are dispatched before the first byte leaves.
    pub fn deliveries(mut self, ids: &[&str]) -> Self {
        self.delivery = ids.first().map(|id| (*id).to_owned());
        self.options = self.options.with("deliveries", ids);
        self
    }

    /// Have the host sign it.
    pub fn sign(mut self, signing: Signing) -> Self {
        self.signing = Some(signing);
        self
    }

    /// Wait at most so long; the host's own bound stays.
    pub fn timeout_ms(mut self, timeout_ms: u32) -> Self {
        self.timeout_ms = Some(timeout_ms);
        self
    }

    /// Send it alone.
    ///
    /// # Errors
    /// What the host says; an error status is a response, not a fault.
    pub fn send(self) -> Result<Response, Fault> {
        let mut answers = send_all(vec![self]);
        answers.pop().unwrap_or_else(|| Err(Fault::internal("the host gave no answer to a request")))
    }
}

impl Response {
    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The first header of that name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as text; what is not UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// `invalid-input` when it is not JSON of that shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        Ok(serde_json::from_slice(&self.body)?)
    }

    /// The wait that `Retry-After` asks for, when it is given in seconds. A date
    /// is not read: a plugin has no wall clock of the other side's.
    pub fn retry_after_ms(&self) -> Option<u64> {
        let seconds: u64 = self.header("retry-after")?.trim().parse().ok()?;
        Some(seconds.saturating_mul(1_000))
    }
}

/// Send all of them side by side and answer in their order.
pub fn send_all(requests: Vec<Request>) -> Vec<Result<Response, Fault>> {
    if requests.is_empty() {
        return Vec::new();
    }
    call(requests)
}

#[cfg(target_arch = "wasm32")]
fn call(requests: Vec<Request>) -> Vec<Result<Response, Fault>> {
    wit::send_all(&requests)
}

#[cfg(not(target_arch = "wasm32"))]
fn call(requests: Vec<Request>) -> Vec<Result<Response, Fault>> {
    requests.iter().map(|_| Err(Fault::unavailable("http exists only under a host; test with the harness"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_built_in_one_sentence() {
        let request = Request::post("https://example.com/hook")
            .json(&serde_json::json!({"a": 1}))
            .unwrap()
            .delivery("d-1")
            .sign(Signing::new("standard-webhooks", &Secret::named("key")));
        assert_eq!(request.body, br#"{"a":1}"#);
        assert_eq!(request.headers, vec![("content-type".to_owned(), "application/json".to_owned())]);
        assert_eq!(request.signing.unwrap().secret, "key");
    }

    #[test]
    fn retry_after_reads_seconds_and_no_dates() {
        let answer = |value: &str| Response {
            status: 429,
            headers: vec![("Retry-After".to_owned(), value.to_owned())],
            body: Vec::new(),
            options: Vec::new(),
        };
        assert_eq!(answer(" 7 ").retry_after_ms(), Some(7_000));
        assert_eq!(answer("Wed, 21 Oct 2026 07:28:00 GMT").retry_after_ms(), None);
    }
}
