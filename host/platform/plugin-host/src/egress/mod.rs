//! The one door to the outside. A request is read once, matched with a grant,
//! filled and signed here, dispatched in the ledger, sent to a checked
//! address, followed through checked redirects, bounded, and cleaned of
//! secrets on its way back. Nothing else in the host opens a connection.

pub mod address;
mod body;
mod client;
mod exchange;
mod field;
mod fill;
pub mod oauth2;
mod redact;
mod signing;
pub(crate) mod supply;
mod target;

pub use client::{Resolve, SystemResolver};
pub use signing::SCHEMES;
pub use supply::Origin;

use crate::{
    capability::{Doors, Fault, HttpRequest, HttpResponse, SecretValue},
    grants::{Grants, HostGrant},
    limits::{LimitName, Limits},
    metric,
};
use client::Clients;
use exchange::Exchange;
use fill::{Name, Values};
use futures::{StreamExt as _, future::BoxFuture, stream};
pub use redact::Redactor;
use rialto_kernel::{SharedClock, SharedRandom};
use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// The door.
pub struct Egress {
    clients: Clients,
    private_hosts: bool,
    clock: SharedClock,
    random: SharedRandom,
}

impl fmt::Debug for Egress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Egress").field("private_hosts", &self.private_hosts).finish_non_exhaustive()
    }
}

/// What may be reached, and how much of it.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Hosts, ports, methods, secrets.
    pub hosts: Vec<HostGrant>,
    /// Whether `private` in a grant counts. The door takes it back where the
    /// host is set up without.
    pub private_hosts: bool,
    /// Requests in all, redirects included.
    pub requests: u64,
    /// Requests side by side.
    pub open: u64,
    /// Bytes of one request body, placeholders filled.
    pub request_bytes: u64,
    /// Bytes of one response body, unpacked.
    pub response_bytes: u64,
    /// Milliseconds of one request, redirects included.
    pub timeout_ms: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            hosts: Vec::new(),
            private_hosts: true,
            requests: 100,
            open: 8,
            request_bytes: 4 * 1024 * 1024,
            response_bytes: 1024 * 1024,
            timeout_ms: 30_000,
        }
    }
}

impl Policy {
    /// These hosts, with the usual bounds.
    #[must_use]
    pub fn of_hosts(hosts: Vec<HostGrant>) -> Self {
        Self { hosts, ..Self::default() }
    }

    pub(crate) fn of_grants(grants: &Grants, limits: &Limits) -> Self {
        Self {
            hosts: grants.http.clone(),
            private_hosts: true,
            requests: limits.http_requests,
            open: limits.http_open,
            request_bytes: limits.host_call_bytes,
            response_bytes: limits.http_response_bytes,
            timeout_ms: limits.http_timeout_ms,
        }
    }
}

impl Egress {
    pub(crate) fn new(
        resolver: Arc<dyn Resolve>,
        private_hosts: bool,
        clock: SharedClock,
        random: SharedRandom,
    ) -> Self {
        Self { clients: Clients::new(resolver), private_hosts, clock, random }
    }

    /// Sixteen random bytes as hex.
    fn nonce(&self) -> String {
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes);
        hex::encode(bytes)
    }

    /// One request of the host's own, under the same rules as a plugin's.
    ///
    /// # Errors
    /// A [`Fault`] when it was not sent or not answered.
    pub async fn fetch(
        self: &Arc<Self>,
        policy: &Policy,
        request: &HttpRequest,
        doors: &Doors,
    ) -> Result<HttpResponse, Fault> {
        EgressRun::new(self.clone(), policy.clone(), doors.clone()).send(request).await.answer
    }
}

/// How a request went.
pub(crate) struct Sent {
    pub(crate) answer: Result<HttpResponse, Fault>,
    /// Whether `dispatching` was committed for its delivery.
    pub(crate) dispatched: bool,
    /// Whether any byte of it may have left.
    pub(crate) reached: bool,
}

/// The door as one run uses it: with its quota and its secrets.
pub(crate) struct EgressRun {
    egress: Arc<Egress>,
    policy: Policy,
    doors: Doors,
    used: AtomicU64,
    redactor: Mutex<Redactor>,
    /// Whether the redactor knows every secret of the installation.
    taught: tokio::sync::OnceCell<()>,
}

impl EgressRun {
    pub(crate) fn new(egress: Arc<Egress>, mut policy: Policy, doors: Doors) -> Self {
        policy.private_hosts &= egress.private_hosts;
        let taught = tokio::sync::OnceCell::new();
        Self { egress, policy, doors, used: AtomicU64::new(0), redactor: Mutex::default(), taught }
    }

    /// Send them side by side, as far as that is bounded, and answer in order.
    pub(crate) async fn send_all(&self, requests: &[HttpRequest]) -> Vec<Sent> {
        let open = usize::try_from(self.policy.open.max(1)).unwrap_or(1);
        let mut exchanges: Vec<BoxFuture<'_, Sent>> = Vec::with_capacity(requests.len());
        for request in requests {
            exchanges.push(Box::pin(self.send(request)));
        }
        stream::iter(exchanges).buffered(open).collect().await
    }

    /// The text without the secrets of this run.
    pub(crate) fn redact(&self, text: &str) -> String {
        self.redactor.lock().unwrap_or_else(PoisonError::into_inner).text(text)
    }

    fn redact_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        self.redactor.lock().unwrap_or_else(PoisonError::into_inner).bytes(bytes)
    }

    fn learn(&self, secret: &[u8]) {
        self.redactor.lock().unwrap_or_else(PoisonError::into_inner).learn(secret);
    }

    /// A server may keep a secret that an earlier run sent it and echo it in
    /// this one, so every secret is known before the first answer is read.
    async fn teach(&self) -> Result<(), Fault> {
        let Some(source) = &self.doors.secrets else { return Ok(()) };
        let learnt = self.taught.get_or_try_init(|| async {
            for value in source.all().await? {
                self.learn(value.expose());
            }
            Ok(())
        });
        learnt.await.copied()
    }

    async fn send(&self, request: &HttpRequest) -> Sent {
        let own = request.timeout_ms.map_or(self.policy.timeout_ms, u64::from);
        let allowed = Duration::from_millis(own.clamp(1, self.policy.timeout_ms.max(1)));
        let began = Instant::now();
        let mut exchange = Exchange::new(self, request);
        let whole = async {
            self.teach().await?;
            exchange.run().await
        };
        let answer = match tokio::time::timeout(allowed, whole).await {
            Ok(answer) => answer,
            Err(_) => Err(Fault::unavailable("the other side took too long")),
        };
        if let (Ok(401), Some(source)) = (answer.as_ref().map(|a| a.status), &self.doors.secrets) {
            for name in &exchange.carried {
                source.refused(name).await;
            }
        }
        metric::request(outcome(&answer), u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX));
        let answer = answer.map_err(|fault| Fault { message: self.redact(&fault.message), ..fault });
        Sent { answer, dispatched: exchange.dispatched, reached: exchange.reached }
    }

    /// Count one request, redirects included.
    fn charge(&self) -> Result<(), Fault> {
        if self.used.fetch_add(1, Ordering::AcqRel) >= self.policy.requests {
            return Err(Fault::limit(LimitName::HttpRequests, self.policy.requests));
        }
        Ok(())
    }

    /// Find what the names of a request stand for. Called for names that the
    /// destination's grant allows, and for no other.
    async fn values(&self, names: &[Name], delivery: Option<&str>) -> Result<Values, Fault> {
        let mut found = BTreeMap::new();
        for name in names {
            if found.contains_key(name) {
                continue;
            }
            let value = match name {
                Name::Secret(secret) => self.secret(secret).await?,
                Name::Address => SecretValue::new(self.address(delivery).await?),
            };
            found.insert(name.clone(), value);
        }
        Ok(Values(found))
    }

    async fn secret(&self, name: &str) -> Result<SecretValue, Fault> {
        let missing = || Fault::denied(format!("there is no secret `{name}`"));
        let source = self.doors.secrets.as_ref().ok_or_else(missing)?;
        let value = source.secret(name).await?.ok_or_else(missing)?;
        self.learn(value.expose());
        Ok(value)
    }

    async fn address(&self, delivery: Option<&str>) -> Result<String, Fault> {
        let delivery =
            delivery.ok_or_else(|| Fault::invalid("`{{address}}` needs the request to name its delivery"))?;
        let source = self.doors.address.as_ref().ok_or_else(|| Fault::denied("there are no addresses in this run"))?;
        source.address(delivery).await
    }

    async fn dispatch(&self, delivery: &str) -> Result<(), Fault> {
        let door = self.doors.dispatch.as_ref();
        door.ok_or_else(|| Fault::denied("this run serves no deliveries"))?.dispatching(delivery).await
    }
}

/// The closed list of words that a metric may carry.
fn outcome(answer: &Result<HttpResponse, Fault>) -> &'static str {
    match answer {
        Ok(response) if response.status < 400 => "answered",
        Ok(_) => "error-status",
        Err(fault) => match fault.code.as_str() {
            "denied" | "invalid-input" => "refused",
            "limit" => "limit",
            _ => "failed",
        },
    }
}
