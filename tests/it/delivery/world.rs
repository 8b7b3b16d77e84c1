//! A whole host over a fresh database, a mail sink, and the shortest way to a
//! campaign. Everything goes over HTTP but the making of people.

use reqwest::{Client, Method, StatusCode};
use rialto_audience::{ConsentState, IdentityKind, NewConsent, NewContact, NewIdentity, consent_set, contact_create};
use rialto_kernel::{Id, Problem};
use rialto_store::StoreError;
use rialto_testkit::{TestClient, TestDatabase, TestHost};
use rialto_tests::sink::{Options, Sink};
use serde_json::{Value, json};
use std::path::PathBuf;

/// The consent topic of every test.
pub(crate) const TOPIC: &str = "offers";

/// A whole host.
pub(crate) struct World {
    pub(crate) host: TestHost,
    pub(crate) http: TestClient,
    pub(crate) sink: Sink,
    outside: Client,
}

/// What a campaign is made of; the rest is usual.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) plugin: Option<String>,
    pub(crate) on_uncertain: Option<&'static str>,
    pub(crate) unit_cost_minor: i64,
    pub(crate) budget_minor: Option<i64>,
    pub(crate) ends_at: Option<&'static str>,
}

impl World {
    pub(crate) async fn new(database: TestDatabase) -> Self {
        let host = TestHost::on(database, |config| {
            config.private_hosts = true;
            config.compile_ms = 120_000;
        })
        .await;
        let http = host.http().await;
        let sink = Sink::start(Options { keep: true, pipelining: true, ..Options::default() }).await.unwrap();
        let outside = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { host, http, sink, outside }
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let request = self.http.request(method, path);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        rialto_testkit::answer(request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, body) = self.call(Method::GET, path, None).await;
        assert!(status.is_success(), "GET {path}: {status} {body}");
        body
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        let (status, body) = self.call(Method::POST, path, Some(body)).await;
        assert!(status.is_success(), "POST {path}: {status} {body}");
        body
    }

    /// A client of the outside world.
    pub(crate) fn outside(&self) -> &Client {
        &self.outside
    }

    /// Where a public address is in this test.
    pub(crate) fn here(&self, url: &str) -> String {
        url.replace("http://rialto.test", self.http.base())
    }

    /// A raw mail handed to the bounce endpoint.
    pub(crate) async fn bounce(&self, raw: String) -> Value {
        let request = self.http.request(Method::POST, "/bounces").header("content-type", "message/rfc822").body(raw);
        let (status, body) = rialto_testkit::answer(request).await;
        assert!(status.is_success(), "{status} {body}");
        body
    }

    /// A person; with consent to mails about [`TOPIC`] if `agrees`.
    pub(crate) async fn person(&self, email: Option<&str>, locale: &str, agrees: bool) -> Id {
        let identities = email
            .map(|value| NewIdentity { kind: IdentityKind::Email, issuer: String::new(), value: value.to_owned() })
            .into_iter()
            .collect();
        let name = email.and_then(|email| email.split(['@', '+']).next()).unwrap_or("nobody").to_owned();
        let new = NewContact { first_name: name, locale: locale.to_owned(), identities, ..NewContact::default() };
        let contact = contact_create(self.host.host(), &self.host.caller(), new).await.unwrap().id;
        if agrees {
            self.consent(contact, ConsentState::Granted).await;
        }
        contact
    }

    pub(crate) async fn consent(&self, contact: Id, state: ConsentState) {
        let (ws, host) = (self.host.workspace(), self.host.host());
        let new = NewConsent {
            id: host.id(),
            contact,
            channel: "email".to_owned(),
            topic: TOPIC.to_owned(),
            state,
            source: "test".to_owned(),
            proof: "said so".to_owned(),
            actor: "test".to_owned(),
            at: host.now_us(),
        };
        host.store
            .write(ws, "test.consent", move |conn| {
                Box::pin(async move { consent_set(conn, ws, new).await.map_err(|cause| Failed(cause.into())) })
            })
            .await
            .unwrap_or_else(|failed| panic!("{failed:?}"));
    }

    /// Upload, install, approve and activate a plugin; the installation's id.
    pub(crate) async fn install(&self, name: &str, bytes: Vec<u8>, settings: Value) -> String {
        let package = self.upload(bytes).await;
        let body = json!({ "package": package["digest"], "name": name, "settings": settings });
        let installation = id(&self.post("/installations", body).await);
        let versions = self.get(&format!("/installations/{installation}/versions")).await;
        let version = id(&versions["items"][0]);
        let path = format!("/installations/{installation}/versions/{version}/approve");
        self.post(&path, json!({ "activate": true })).await;
        installation
    }

    async fn upload(&self, bytes: Vec<u8>) -> Value {
        let request =
            self.http.request(Method::POST, "/plugins").header("content-type", "application/wasm").body(bytes);
        let (status, package) = rialto_testkit::answer(request).await;
        assert!(status.is_success(), "{status} {package}");
        package
    }

    /// Approve another version and let it serve; the installation then.
    pub(crate) async fn upgrade(&self, installation: &str, bytes: Vec<u8>) -> Value {
        let package = self.upload(bytes).await;
        let versions = format!("/installations/{installation}/versions");
        let version = id(&self.post(&versions, json!({ "package": package["digest"] })).await);
        self.post(&format!("{versions}/{version}/approve"), json!({ "activate": true })).await;
        self.get(&format!("/installations/{installation}")).await
    }

    /// The first-party email connector.
    pub(crate) async fn install_email(&self) -> String {
        self.install("connector-email", packed("connector-email"), json!({})).await
    }

    pub(crate) async fn mail_server(&self) -> String {
        let address = self.sink.address();
        let body = json!({
            "name": "sink", "host": address.ip(), "port": address.port(), "security": "none", "connections": 4,
            "bounce_domain": "bounce.example",
        });
        id(&self.post("/mail-servers", body).await)
    }

    /// A draft for everyone there is.
    pub(crate) async fn campaign(&self, plan: Plan) -> String {
        let plugin = match plan.plugin.clone() {
            Some(plugin) => plugin,
            None => self.install_email().await,
        };
        self.mail_server().await;
        self.campaign_of(plan_of(plan, &plugin)).await
    }

    /// Another draft of what the workspace has already.
    pub(crate) async fn campaign_again(&self, name: &str) -> String {
        let page = self.get("/campaigns").await;
        let message = self.get(&format!("/campaigns/{}", id(&page["items"][0]))).await["messages"].clone();
        let body =
            json!({ "name": name, "rule": { "all": [] }, "topic": TOPIC, "currency": "EUR", "messages": message });
        id(&self.post("/campaigns", body).await)
    }

    async fn campaign_of(&self, mut body: Value) -> String {
        let contents = json!({
            "en": { "subject": "Hello {{ first_name }}", "html": HTML },
            "zh-CN": { "subject": "{{ first_name }}，春季新品", "html": HTML, "text": "你好 {{ unsubscribe_url }}" },
        });
        let message = json!({ "name": "Spring", "channel": "email", "contents": contents });
        let message = id(&self.post("/messages", message).await);
        let sender = json!({ "channel": "email", "name": "Spring Shop", "address": "news@shop.example" });
        let sender = id(&self.post("/senders", sender).await);
        body["messages"][0]["message"] = message.into();
        body["messages"][0]["sender"] = sender.into();
        id(&self.post("/campaigns", body).await)
    }

    pub(crate) async fn launch(&self, campaign: &str) {
        self.post(&format!("/campaigns/{campaign}/launch"), json!({})).await;
    }

    /// Do all that is due.
    pub(crate) async fn drain(&self) {
        self.host.drain().await;
    }

    /// Do all that comes due, moving the clock from one thing to the next, until the campaign is over.
    pub(crate) async fn finish(&self, campaign: &str) -> Value {
        for _ in 0..400 {
            self.drain().await;
            let ledger = self.ledger(campaign).await;
            if ledger["finished"] == true && matches!(ledger["state"].as_str(), Some("finished" | "cancelled")) {
                assert_eq!(total(&ledger), ledger["audience"].as_i64().unwrap(), "the sum is the audience: {ledger}");
                return ledger;
            }
            self.host.clock().advance_seconds(120);
        }
        panic!("the campaign does not end: {}", self.ledger(campaign).await);
    }

    pub(crate) async fn ledger(&self, campaign: &str) -> Value {
        self.get(&format!("/campaigns/{campaign}/ledger")).await
    }

    /// The send to a contact.
    pub(crate) async fn send_to(&self, contact: Id) -> Value {
        let page = self.get(&format!("/sends?contact={contact}")).await;
        let id = id(&page["items"][0]);
        self.get(&format!("/sends/{id}")).await
    }
}

/// What a write fails with in tests.
#[derive(Debug)]
#[allow(dead_code, reason = "shown when a test fails")]
struct Failed(Problem);

impl From<StoreError> for Failed {
    fn from(cause: StoreError) -> Self {
        Self(cause.into())
    }
}

fn plan_of(plan: Plan, plugin: &str) -> Value {
    json!({
        "name": "Spring", "rule": { "all": [] }, "topic": TOPIC, "currency": "EUR",
        "unit_cost_minor": plan.unit_cost_minor, "budget_minor": plan.budget_minor, "ends_at": plan.ends_at,
        "on_uncertain": plan.on_uncertain.unwrap_or("park"),
        "messages": [{ "channel": "email", "installation": plugin }],
    })
}

const HTML: &str = r#"<html><body><p>Hello {{ first_name }}</p>
<a href="https://shop.example.com/sale?x=1&amp;y=2">Sale</a>
<a href="{{ unsubscribe_url }}">Unsubscribe</a> <a href="{{ preferences_url }}">Choose</a>
<a href="{{ view_url }}">In a browser</a></body></html>"#;

/// A first-party plugin as `cargo xtask plugins` packs it.
pub(crate) fn packed(name: &str) -> Vec<u8> {
    let path = root().join("target/plugins").join(format!("{name}.wasm"));
    std::fs::read(&path).unwrap_or_else(|cause| panic!("{}: {cause}; run `cargo xtask plugins`", path.display()))
}

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The id of a thing.
pub(crate) fn id(thing: &Value) -> String {
    thing["id"].as_str().unwrap_or_else(|| panic!("no id in {thing}")).to_owned()
}

/// How many rows are in a state, for whatever reason.
pub(crate) fn of(ledger: &Value, state: &str) -> i64 {
    rows(ledger).filter(|row| row["state"] == state).map(count).sum()
}

/// How many rows were not sent for a reason.
pub(crate) fn not_sent(ledger: &Value, reason: &str) -> i64 {
    rows(ledger).filter(|row| row["reason"] == reason).map(count).sum()
}

fn total(ledger: &Value) -> i64 {
    rows(ledger).map(count).sum()
}

fn rows(ledger: &Value) -> impl Iterator<Item = &Value> {
    ledger["rows"].as_array().into_iter().flatten()
}

fn count(row: &Value) -> i64 {
    row["count"].as_i64().unwrap_or(0)
}
