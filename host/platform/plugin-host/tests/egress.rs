//! The egress door against a table of addresses, and against real servers on
//! loopback that are granted explicitly.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say so and stop")]

mod server;

use rialto_kernel::{FixedClock, Keys, SeededRandom};
use rialto_plugin_host::{
    AddressSource, DispatchDoor, Doors, Fault, HostConfig, HostGrant, Place, PluginHost, Policy, Resolve, SecretValue,
    capability::{Blob, HttpRequest, HttpResponse, Signing},
    egress::address::is_special,
};
use server::{Server, gzip_bomb};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

const VECTORS: &str = include_str!("data/egress-vectors.tsv");

fn vectors(kind: &str) -> Vec<(String, bool)> {
    let rows: Vec<_> = VECTORS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|row| row[0] == kind)
        .map(|row| (serde_json::from_str(row[1]).unwrap(), matches!(row[2], "public" | "allowed")))
        .collect();
    assert!(rows.len() >= 80, "{kind}: {}", rows.len());
    rows
}

/// Every name is at the one address it is given.
struct Fixed(SocketAddr);

#[async_trait::async_trait]
impl Resolve for Fixed {
    async fn resolve(&self, _host: &str) -> std::io::Result<Vec<SocketAddr>> {
        Ok(vec![self.0])
    }
}

fn host(resolver: Option<Arc<dyn Resolve>>, private_hosts: bool) -> PluginHost {
    let config = HostConfig { resolver, private_hosts, ..HostConfig::default() };
    let clock = Arc::new(FixedClock::new("2026-11-21T12:00:00Z".parse().unwrap()));
    PluginHost::new(config, Keys::new([1; 32]), clock, Arc::new(SeededRandom::new(1))).unwrap()
}

fn request(method: &str, url: &str) -> HttpRequest {
    HttpRequest {
        method: method.into(),
        url: url.into(),
        headers: vec![],
        body: Blob::default(),
        delivery: None,
        signing: None,
        timeout_ms: Some(5_000),
        options: vec![],
    }
}

fn secrets() -> Doors {
    let secrets = BTreeMap::from([("key".to_owned(), SecretValue::new("canary-secret-77"))]);
    Doors { secrets: Some(Arc::new(secrets)), ..Doors::default() }
}

/// A server on loopback, and a policy that grants it.
async fn granted() -> (Server, Policy, PluginHost) {
    let server = Server::start().await;
    let grant = HostGrant::house("127.0.0.1", server.port()).with_secrets(["key"]).with_address();
    (server, Policy::of_hosts(vec![grant]), host(None, true))
}

async fn send(host: &PluginHost, policy: &Policy, request: &HttpRequest, doors: &Doors) -> Result<HttpResponse, Fault> {
    host.egress().fetch(policy, request, doors).await
}

#[test]
fn addresses_that_are_nobodys_business() {
    for (address, public) in vectors("addr") {
        assert_eq!(!is_special(address.parse().unwrap()), public, "{address}");
    }
}

/// What is refused is refused before any look-up: the resolver would answer
/// for every name. What is allowed reaches the resolver, whose address is
/// refused, which is another fault.
#[tokio::test]
async fn addresses_that_are_read_alike_by_all() {
    let policy = Policy::of_hosts(vec![
        HostGrant::https("api.example.com"),
        HostGrant { ports: [443, 8443].into(), ..HostGrant::https("*.shop.example") },
        HostGrant::https("93.184.216.34"),
        HostGrant::house("127.0.0.1", 8080),
    ]);
    let host = host(Some(Arc::new(Fixed("127.0.0.1:1".parse().unwrap()))), true);
    for (url, allowed) in vectors("url") {
        let mut get = request("GET", &url);
        get.timeout_ms = Some(300);
        let code = send(&host, &policy, &get, &Doors::default()).await.unwrap_err().code;
        let expected: &[&str] = if allowed { &["unavailable"] } else { &["denied", "invalid-input"] };
        assert!(expected.contains(&code.as_str()), "{url:?}: {code}");
    }
}

#[tokio::test]
async fn a_name_that_resolves_to_a_private_address_is_not_reached() {
    let server = Server::start().await;
    let resolver = Arc::new(Fixed(server.address()));
    let public = HostGrant { plain_http: true, ports: [server.port()].into(), ..HostGrant::https("api.example.com") };
    let url = format!("http://api.example.com:{}/ok", server.port());
    let private_host = host(Some(resolver.clone()), true);
    let fault =
        send(&private_host, &Policy::of_hosts(vec![public.clone()]), &request("GET", &url), &Doors::default()).await;
    assert_eq!(fault.unwrap_err().code, "unavailable");
    assert_eq!(server.hits(), 0);
    // Granted as private, it is; on a host set up without, it is not.
    let private = Policy::of_hosts(vec![HostGrant { private: true, ..public }]);
    assert_eq!(send(&private_host, &private, &request("GET", &url), &Doors::default()).await.unwrap().status, 200);
    let strict = host(Some(resolver), false);
    assert!(send(&strict, &private, &request("GET", &url), &Doors::default()).await.is_err());
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn a_literal_private_address_needs_the_private_grant() {
    let server = Server::start().await;
    let grant = HostGrant { private: false, ..HostGrant::house("127.0.0.1", server.port()) };
    let fault =
        send(&host(None, true), &Policy::of_hosts(vec![grant]), &request("GET", &server.url("/ok")), &Doors::default())
            .await;
    assert_eq!(fault.unwrap_err().code, "unavailable");
    assert_eq!(server.hits(), 0);
}

#[tokio::test]
async fn secrets_go_where_they_are_granted_and_come_back_redacted() {
    let (server, policy, host) = granted().await;
    let mut echo = request("GET", &server.url("/echo?k={{secret:key}}"));
    echo.headers.push(("X-Key".into(), "Key {{secret:key}}".into()));
    echo.signing = Some(Signing {
        scheme: "basic".into(),
        secret: "key".into(),
        options: vec![("username".into(), "\"ada\"".into())],
    });
    let response = send(&host, &policy, &echo, &secrets()).await.unwrap();
    let seen = server.last();
    assert!(seen.contains("k=canary-secret-77") && seen.contains("Key canary-secret-77"), "{seen}");
    assert!(seen.contains("Basic YWRhOmNhbmFyeS1zZWNyZXQtNzc="), "{seen}");
    let back = format!("{:?} {}", response.headers, String::from_utf8_lossy(&response.body.0));
    assert!(!back.contains("canary") && !back.contains("YWRhOmNhbmFyeS1zZWNyZXQtNzc"), "{back}");
    assert!(back.contains("[secret]"), "{back}");
}

#[tokio::test]
async fn a_secret_is_not_sent_where_it_is_not_granted() {
    let (server, policy, host) = granted().await;
    let mut bare = policy.clone();
    bare.hosts[0].secrets.clear();
    let mut with_header = request("GET", &server.url("/echo"));
    with_header.headers.push(("X-Key".into(), "{{secret:key}}".into()));
    assert_eq!(send(&host, &bare, &with_header, &secrets()).await.unwrap_err().code, "denied");
    let mut with_body = request("POST", &server.url("/echo"));
    with_body.body = Blob(b"hello {{secret:key}}".to_vec());
    assert_eq!(send(&host, &policy, &with_body, &secrets()).await.unwrap_err().code, "denied", "not in the body");
    assert_eq!(server.hits(), 0);
    let mut body_too = policy.clone();
    body_too.hosts[0].places.insert(Place::Body);
    assert_eq!(send(&host, &body_too, &with_body, &secrets()).await.unwrap().status, 200);
}

/// A grant of one place is a grant of no other, whether the secret is written
/// there by a placeholder or by a signature.
#[tokio::test]
async fn a_secret_stands_in_the_places_that_are_granted_and_in_no_other() {
    let (server, policy, host) = granted().await;
    let form = || ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned());
    let with_body = |kind: (String, String), body: &str| HttpRequest {
        headers: vec![kind],
        body: Blob(body.into()),
        ..request("POST", &server.url("/echo"))
    };
    let signed = |place: &str| HttpRequest {
        signing: Some(Signing {
            scheme: "hmac".into(),
            secret: "key".into(),
            options: vec![("place".into(), format!("\"{place}\"")), ("name".into(), "\"sign\"".into())],
        }),
        ..with_body(form(), "a=1")
    };
    let in_header = HttpRequest {
        headers: vec![("x-key".into(), "{{secret:key}}".into())],
        ..request("GET", &server.url("/echo"))
    };
    let asked = [
        (Place::Header, in_header),
        (Place::Path, request("GET", &server.url("/{{secret:key}}"))),
        (Place::Query, request("GET", &server.url("/echo?k={{secret:key}}"))),
        (Place::Field, with_body(form(), "api_key={{secret:key}}")),
        (
            Place::Field,
            with_body(("content-type".into(), "application/json".into()), r#"{"api_key":"{{secret:key}}"}"#),
        ),
        (Place::Body, with_body(form(), "other={{secret:key}}")),
        (Place::Body, with_body(("content-type".into(), "text/plain".into()), "api_key={{secret:key}}")),
        (Place::Header, signed("header")),
        (Place::Query, signed("query")),
        (Place::Field, signed("field")),
    ];
    let mut refused = 0;
    for granted in Place::ALL {
        let mut only = policy.clone();
        only.hosts[0] = HostGrant::house("127.0.0.1", server.port()).with_secrets(["key"]).in_places([granted]);
        if granted == Place::Field {
            only.hosts[0] = only.hosts[0].clone().in_fields(["api_key", "sign"]);
        }
        for (place, request) in &asked {
            let answer = send(&host, &only, request, &secrets()).await;
            // All of the body holds its fields too.
            if *place == granted || granted == Place::Body && *place == Place::Field {
                assert!(answer.is_ok(), "{granted:?}: {request:?}: {answer:?}");
                continue;
            }
            let fault = answer.unwrap_err();
            assert_eq!(fault.code, "denied", "{granted:?}: {request:?}: {fault:?}");
            assert!(fault.message.contains("`key`"), "{}", fault.message);
            refused += 1;
        }
    }
    assert_eq!(server.hits(), asked.len() * Place::ALL.len() - refused, "not a byte of what was refused");
}

#[tokio::test]
async fn a_signature_arrives_where_it_was_asked_for() {
    let (server, mut policy, host) = granted().await;
    policy.hosts[0] = policy.hosts[0].clone().in_fields(["sign", "time"]);
    let options = |list: &[(&str, &str)]| list.iter().map(|(n, v)| ((*n).to_owned(), format!("\"{v}\""))).collect();
    let mut post = request("POST", &server.url("/echo?a=1"));
    post.headers.push(("content-type".into(), "application/json".into()));
    post.body = Blob(br#"{"n": 1.00}"#.to_vec());
    post.signing = Some(Signing {
        scheme: "hmac".into(),
        secret: "key".into(),
        options: options(&[
            ("place", "field"),
            ("name", "sign"),
            ("timestamp-name", "time"),
            ("message", "{{timestamp}}"),
        ]),
    });
    send(&host, &policy, &post, &secrets()).await.unwrap();
    let seen = server.last();
    assert!(seen.contains(r#"{"n": 1.00,"sign":""#) && seen.ends_with(r#","time":"1795262400"}"#), "{seen}");
    post.signing = Some(Signing {
        scheme: "sigv4".into(),
        secret: "key".into(),
        options: options(&[("access-key-id", "AKID"), ("region", "eu"), ("service", "ses")]),
    });
    send(&host, &policy, &post, &secrets()).await.unwrap();
    let seen = server.last();
    let names = "SignedHeaders=content-type;host;x-amz-date, Signature=";
    assert!(
        seen.contains("AWS4-HMAC-SHA256 Credential=AKID/20261121/eu/ses/aws4_request, ") && seen.contains(names),
        "{seen}"
    );
    post.signing =
        Some(Signing { scheme: "hmac".into(), secret: "key".into(), options: options(&[("place", "query")]) });
    send(&host, &policy, &post, &secrets()).await.unwrap();
    assert!(server.last().starts_with("POST /echo?a=1&x-signature="), "{}", server.last());
}

/// What a server echoes is clean however it is cut up, and even if another run
/// sent it.
#[tokio::test]
async fn an_echo_in_pieces_or_from_another_run_is_clean() {
    let (server, policy, host) = granted().await;
    let chunked = request("GET", &server.url("/chunks?k={{secret:key}}"));
    let answer = send(&host, &policy, &chunked, &secrets()).await.unwrap();
    let body = String::from_utf8(answer.body.0).unwrap();
    assert!(server.last().contains("canary-secret-77") && body.contains("k=[secret]"), "{body}");
    let mut remembered = request("POST", &server.url("/echo"));
    remembered.body = Blob(b"an earlier run sent canary-secret-77 or Y2FuYXJ5LXNlY3JldC03Nw==".to_vec());
    let answer = send(&host, &policy, &remembered, &secrets()).await.unwrap();
    let body = String::from_utf8(answer.body.0).unwrap();
    assert!(!body.contains("canary") && !body.contains("Y2FuYXJ5"), "{body}");
}

#[tokio::test]
async fn redirects_are_checked_like_the_first_address() {
    let (server, policy, host) = granted().await;
    let other = Server::start().await;
    let elsewhere = |to: &str| server.url(&format!("/redirect?to={to}"));
    for to in [
        other.url("/ok"),
        "http://169.254.169.254/latest".into(),
        "file:///etc/passwd".into(),
        "https://evil.test/".into(),
    ] {
        let encoded: String = url::form_urlencoded::byte_serialize(to.as_bytes()).collect();
        assert!(send(&host, &policy, &request("GET", &elsewhere(&encoded)), &Doors::default()).await.is_err(), "{to}");
    }
    assert_eq!(other.hits(), 0);
    let near = send(&host, &policy, &request("GET", &elsewhere("/ok")), &Doors::default()).await.unwrap();
    assert_eq!(near.status, 200);
    let fault = send(&host, &policy, &request("GET", &server.url("/loop")), &Doors::default()).await.unwrap_err();
    assert!(fault.message.contains("3 redirects"), "{}", fault.message);
    let post = send(&host, &policy, &request("POST", &elsewhere("/ok")), &Doors::default()).await.unwrap();
    assert_eq!(post.status, 302, "an effect is not repeated elsewhere");
}

#[tokio::test]
async fn secrets_do_not_follow_a_redirect_to_a_host_without_them() {
    let (server, mut policy, host) = granted().await;
    let other = Server::start().await;
    policy.hosts.push(HostGrant::house("127.0.0.1", other.port()));
    let to: String = url::form_urlencoded::byte_serialize(other.url("/echo?{{secret:key}}").as_bytes()).collect();
    let mut get = request("GET", &server.url(&format!("/redirect?to={to}")));
    get.headers.push(("X-Key".into(), "{{secret:key}}".into()));
    get.signing = Some(Signing { scheme: "bearer".into(), secret: "key".into(), options: vec![] });
    assert_eq!(send(&host, &policy, &get, &secrets()).await.unwrap().status, 200);
    assert!(server.last().contains("canary-secret-77"));
    assert!(!other.last().contains("canary"), "{}", other.last());
}

#[tokio::test]
async fn large_bombs_and_slow_answers_are_cut() {
    let (server, policy, host) = granted().await;
    let code = async |path: &str| {
        let mut get = request("GET", &server.url(path));
        get.timeout_ms = Some(700);
        send(&host, &policy, &get, &Doors::default()).await.unwrap_err().code
    };
    assert_eq!(code("/large").await, "limit");
    assert_eq!(code("/bomb").await, "limit");
    assert_eq!(code("/slow").await, "unavailable");
    assert_eq!(code("/endless").await, "limit");
    assert_eq!(code("/headers").await, "unavailable");
    assert!(gzip_bomb().len() < 1024 * 1024, "small on the wire");
    let good = send(&host, &policy, &request("GET", &server.url("/gzip")), &Doors::default()).await.unwrap();
    assert_eq!(good.body.0, b"hello hello hello");
    assert!(good.headers.iter().all(|(name, _)| name != "content-encoding"));
}

#[tokio::test]
async fn requests_are_counted_and_their_headers_are_the_plugins_own_only() {
    let (server, mut policy, host) = granted().await;
    for name in ["Host", "Content-Length", "Transfer-Encoding", "Connection", "x y", ""] {
        let mut get = request("GET", &server.url("/ok"));
        get.headers.push((name.into(), "1".into()));
        assert!(send(&host, &policy, &get, &Doors::default()).await.is_err(), "{name}");
    }
    let mut split = request("GET", &server.url("/ok"));
    split.headers.push(("x".into(), "a\r\nhost: evil".into()));
    assert!(send(&host, &policy, &split, &Doors::default()).await.is_err());
    for method in ["get", "CONNECT", "DELETE", "GE T", ""] {
        assert!(
            send(&host, &policy, &request(method, &server.url("/ok")), &Doors::default()).await.is_err(),
            "{method}"
        );
    }
    policy.requests = 2;
    let fault = send(&host, &policy, &request("GET", &server.url("/loop")), &Doors::default()).await.unwrap_err();
    assert_eq!(fault.code, "limit");
}

/// Remembers the order of what happened.
#[derive(Default)]
struct Ledger(Mutex<Vec<String>>, bool);

#[async_trait::async_trait]
impl DispatchDoor for Ledger {
    async fn dispatching(&self, delivery: &str) -> Result<(), Fault> {
        self.0.lock().unwrap().push(delivery.to_owned());
        if self.1 { Err(Fault::new("gone", "the person opted out")) } else { Ok(()) }
    }
}

#[tokio::test]
async fn the_ledger_comes_before_the_first_byte() {
    let (server, policy, host) = granted().await;
    let refusing = Arc::new(Ledger(Mutex::default(), true));
    let addresses: Arc<dyn AddressSource> = Arc::new(BTreeMap::from([("d1".to_owned(), "ada@example.com".to_owned())]));
    let doors = |ledger: Arc<Ledger>| Doors { dispatch: Some(ledger), address: Some(addresses.clone()), ..secrets() };
    let mut post = request("POST", &server.url("/echo"));
    post.delivery = Some("d1".into());
    post.headers.push(("content-type".into(), "application/json".into()));
    post.body = Blob(br#"{"to":"{{address}}"}"#.to_vec());
    assert_eq!(send(&host, &policy, &post, &doors(refusing.clone())).await.unwrap_err().code, "gone");
    assert_eq!(server.hits(), 0, "not a byte");
    assert_eq!(
        send(&host, &policy, &post, &Doors { dispatch: None, ..doors(refusing) }).await.unwrap_err().code,
        "denied"
    );
    let willing = Arc::new(Ledger::default());
    assert_eq!(send(&host, &policy, &post, &doors(willing.clone())).await.unwrap().status, 200);
    assert!(server.last().contains(r#"{"to":"ada@example.com"}"#), "{}", server.last());
    assert_eq!(*willing.0.lock().unwrap(), ["d1"]);
    let get = HttpRequest { method: "GET".into(), body: Blob::default(), ..post };
    send(&host, &policy, &get, &doors(willing.clone())).await.unwrap();
    assert_eq!(willing.0.lock().unwrap().len(), 1, "a look is no dispatch");
}

#[tokio::test]
async fn a_request_for_many_dispatches_each_of_them_first() {
    let (server, policy, host) = granted().await;
    let ledger = Arc::new(Ledger::default());
    let doors = Doors { dispatch: Some(ledger.clone()), ..Doors::default() };
    let mut post = HttpRequest { delivery: Some("d1".to_owned()), ..request("POST", &server.url("/")) };
    post.options = vec![("deliveries".to_owned(), r#"["d1","d2"]"#.to_owned())];
    send(&host, &policy, &post, &doors).await.unwrap();
    assert_eq!(*ledger.0.lock().unwrap(), ["d1", "d2"]);
    post.options = vec![("deliveries".to_owned(), "7".to_owned())];
    assert_eq!(send(&host, &policy, &post, &doors).await.unwrap_err().code, "invalid-input");
    assert_eq!(ledger.0.lock().unwrap().len(), 2, "nothing more was dispatched");
}
