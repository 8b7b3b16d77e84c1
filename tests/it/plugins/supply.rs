//! The door by which packages come in, against servers that hang, lie, swamp
//! and lead elsewhere. What is refused names its reason, and nobody who must
//! not be asked is asked.

use super::fake::{Fake, Reply};
use rialto_plugin_host::{
    PackageDigest, Resolve, Supply, SupplyConfig, SupplyError,
    supply::{Credentials, Fetched, Source},
};
use serde_json::{Value, json};
use std::{net::SocketAddr, sync::Arc};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const BOUND: u64 = 100_000;

fn sha(bytes: &[u8]) -> String {
    format!("sha256:{}", PackageDigest::of(bytes))
}

/// A supply with tight bounds, in whose house these servers are.
fn supply(house: &[&Fake]) -> Supply {
    let registries = house.iter().map(|fake| fake.url("").parse().unwrap()).collect();
    Supply::new(SupplyConfig { registries, package_bytes: BOUND, download_ms: 2_000, resolver: None })
}

async fn fetch(supply: &Supply, source: &str) -> Result<Fetched, SupplyError> {
    supply.fetch(&Source::parse(source, None).unwrap(), None).await
}

fn manifest(layer: &[u8]) -> Value {
    let blob = |kind: &str, bytes: &[u8]| json!({ "mediaType": kind, "digest": sha(bytes), "size": bytes.len() });
    json!({
        "schemaVersion": 2, "mediaType": MANIFEST,
        "config": blob("application/vnd.wasm.config.v0+json", b"{}"), "layers": [blob("application/wasm", layer)],
    })
}

/// A registry that holds one artifact, `acme/mailer:1`, and where it is.
async fn registry(document: &Value, layer: &[u8]) -> (Fake, String) {
    let fake = Fake::start().await;
    let text = document.to_string();
    fake.says("/v2/acme/mailer/manifests/1", Reply::ok(text.clone()));
    fake.says(&format!("/v2/acme/mailer/manifests/{}", sha(text.as_bytes())), Reply::ok(text));
    fake.says(&format!("/v2/acme/mailer/blobs/{}", sha(layer)), Reply::ok(layer));
    let source = format!("oci://{}/acme/mailer:1", fake.address);
    (fake, source)
}

#[tokio::test]
async fn an_artifact_is_fetched_by_tag_and_by_digest_and_through_an_index() {
    let document = manifest(b"component");
    let (fake, source) = registry(&document, b"component").await;
    let supply = supply(&[&fake]);
    let digest = sha(document.to_string().as_bytes());
    let fetched = fetch(&supply, &source).await.unwrap();
    assert_eq!((fetched.bytes.as_slice(), fetched.resolved), (&b"component"[..], Some(digest.clone())));
    assert_eq!(fetched.reference, source);
    let fetched = fetch(&supply, &source.replace(":1", &format!("@{digest}"))).await.unwrap();
    assert_eq!(fetched.resolved.as_deref(), Some(digest.as_str()));
    let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [
        { "mediaType": MANIFEST, "digest": sha(b"linux"), "size": 5, "platform": { "os": "linux", "architecture": "amd64" } },
        { "mediaType": MANIFEST, "digest": digest, "size": 5, "platform": { "os": "wasip2", "architecture": "wasm" } },
    ] });
    fake.says("/v2/acme/mailer/manifests/2", Reply::ok(index.to_string()));
    assert_eq!(fetch(&supply, &source.replace(":1", ":2")).await.unwrap().bytes, b"component");
}

/// What a registry may do wrong, and what is said of it.
#[tokio::test]
async fn a_registry_that_lies_or_hangs_costs_an_error() {
    let good = manifest(b"component");
    let digest = sha(good.to_string().as_bytes());
    let blob = format!("/v2/acme/mailer/blobs/{}", sha(b"component"));
    let at = "/v2/acme/mailer/manifests/1";
    let mut large = good.clone();
    large["layers"][0]["size"] = json!(300 << 20);
    let linux =
        json!([{ "mediaType": MANIFEST, "digest": digest, "size": 1, "platform": { "architecture": "amd64" } }]);
    let lie = vec![("docker-content-digest", sha(b"something else"))];
    let index = json!({ "mediaType": INDEX, "manifests": linux }).to_string();
    let cases: Vec<(&str, &str, Reply, &str)> = vec![
        ("hangs", at, Reply::Hangs, "`download-ms` of 2000"),
        ("hangs at the blob", &blob, Reply::Hangs, "`download-ms` of 2000"),
        ("says another digest", at, Reply::Says(200, lie, good.to_string().into()), "nothing was done with them"),
        ("gives another blob", &blob, Reply::ok("others"), "nothing was done with them"),
        ("gives a cut blob", &blob, Reply::ok("compon"), "nothing was done with them"),
        ("says it is large", at, Reply::ok(large.to_string()), "`package-bytes` of 100000"),
        ("sends without end", &blob, Reply::Endless, "`package-bytes` of 100000"),
        ("an index without a component", at, Reply::ok(index), "index without a manifest for WebAssembly"),
        ("has it not", at, Reply::Says(404, vec![], vec![]), "has no artifact oci://"),
        ("has no blob", &blob, Reply::Says(404, vec![], vec![]), "names a blob that it does not have"),
        ("is no registry", at, Reply::ok("<html>"), "its manifest cannot be read"),
        ("fails", at, Reply::Says(500, vec![], vec![]), "status 500"),
        ("asks oddly", at, Reply::Says(401, vec![], vec![]), "lets nobody in"),
        ("packs", &blob, Reply::Says(200, vec![("content-encoding", "gzip".into())], vec![1]), "packed"),
        ("breaks off", at, Reply::Head("HTTP/1.1 200 OK\r\ncontent-length: 9\r\nconnection: close\r\n\r\n".into()), ""),
    ];
    for (name, path, reply, said) in cases {
        let (fake, source) = registry(&good, b"component").await;
        fake.says(path, reply);
        let error = fetch(&supply(&[&fake]), &source).await.map(|f| f.bytes).unwrap_err();
        assert!(error.to_string().contains(said), "{name}: {error}");
    }
    // By digest it gives the manifest of something else.
    let (fake, source) = registry(&good, b"component").await;
    let other = PackageDigest::of(b"other").to_hex();
    fake.says(&format!("/v2/acme/mailer/manifests/sha256:{other}"), Reply::ok(good.to_string()));
    let error = fetch(&supply(&[&fake]), &source.replace(":1", &format!("@sha256:{other}"))).await.unwrap_err();
    assert!(matches!(error, SupplyError::Digest { .. }), "{error}");
    assert_eq!(fake.hits(), 1, "nothing more was asked");
}

#[tokio::test]
async fn a_file_is_fetched_only_with_its_digest() {
    let fake = Fake::start().await;
    let supply = supply(&[&fake]);
    let file = |digest: &str| format!("{}#{digest}", fake.url("/a.wasm?token=secret"));
    fake.says("/a.wasm", Reply::ok("component"));
    let fetched = fetch(&supply, &file(&sha(b"component"))).await.unwrap();
    assert_eq!((fetched.bytes.as_slice(), fetched.resolved), (&b"component"[..], None));
    assert_eq!(fetched.reference, fake.url("/a.wasm"), "a query may hold a secret");
    let error = fetch(&supply, &file(&sha(b"other"))).await.unwrap_err();
    assert!(matches!(error, SupplyError::Digest { .. }) && !error.to_string().contains("secret"), "{error}");
    let huge = "HTTP/1.1 200 OK\r\ncontent-length: 314572800\r\n\r\n".to_owned();
    let cases = [
        (Reply::Head(huge), "`package-bytes` of 100000"),
        (Reply::Endless, "`package-bytes` of 100000"),
        (Reply::Hangs, "`download-ms` of 2000"),
        (Reply::Says(404, vec![], vec![]), "has no such file"),
        (Reply::Says(403, vec![], vec![]), "lets nobody in"),
        (Reply::to("/a.wasm"), "more than 3 redirects"),
    ];
    for (reply, said) in cases {
        fake.says("/a.wasm", reply);
        let error = fetch(&supply, &file(&sha(b"component"))).await.unwrap_err().to_string();
        assert!(error.contains(said) && !error.contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn nobody_leads_the_host_into_its_own_house() {
    let (fake, sentinel) = (Fake::start().await, Fake::start().await);
    sentinel.says("/a.wasm", Reply::ok("component"));
    let digest = sha(b"component");
    // Not listed: plain http and loopback are refused before anything is asked.
    let refused = fetch(&supply(&[&fake]), &format!("{}#{digest}", sentinel.url("/a.wasm"))).await.unwrap_err();
    assert!(matches!(refused, SupplyError::Refused { .. }), "{refused}");
    let refused = fetch(&supply(&[&fake]), &format!("https://{}/a.wasm#{digest}", sentinel.address)).await.unwrap_err();
    assert!(matches!(refused, SupplyError::Unreachable { .. }), "{refused}");
    // Redirects, also to a registry that is listed itself.
    let elsewhere = [
        sentinel.url("/a.wasm"),
        format!("https://{}/a.wasm", sentinel.address),
        "https://169.254.169.254/latest/meta-data".to_owned(),
        "https://[::ffff:127.0.0.1]/".to_owned(),
        "file:///etc/passwd".to_owned(),
    ];
    for to in elsewhere {
        for house in [&[&fake][..], &[&fake, &sentinel]] {
            fake.says("/a.wasm", Reply::to(to.clone()));
            let error = fetch(&supply(house), &format!("{}#{digest}", fake.url("/a.wasm"))).await.unwrap_err();
            assert!(!matches!(error, SupplyError::Timeout { .. } | SupplyError::Digest { .. }), "{to}: {error}");
        }
    }
    assert_eq!(sentinel.hits(), 0);
    // A token's address is as little believed.
    let (registry, source) = registry(&manifest(b"component"), b"component").await;
    let challenge = vec![("www-authenticate", format!("Bearer realm=\"{}\"", sentinel.url("/token")))];
    registry.says("/v2/acme/mailer/manifests/1", Reply::Says(401, challenge, vec![]));
    let error = fetch(&supply(&[&registry]), &source).await.unwrap_err();
    assert!(matches!(error, SupplyError::Refused { .. }), "{error}");
    assert_eq!(sentinel.hits(), 0);
}

/// Every name is at the one address it is given.
struct Fixed(SocketAddr);

#[async_trait::async_trait]
impl Resolve for Fixed {
    async fn resolve(&self, _host: &str) -> std::io::Result<Vec<SocketAddr>> {
        Ok(vec![self.0])
    }
}

#[tokio::test]
async fn a_name_at_a_private_address_is_not_reached() {
    let sentinel = Fake::start().await;
    let resolver: Option<Arc<dyn Resolve>> = Some(Arc::new(Fixed(sentinel.address)));
    let supply = Supply::new(SupplyConfig { resolver, ..SupplyConfig::default() });
    let digest = sha(b"component");
    for source in [format!("https://files.example.com/a.wasm#{digest}"), "oci://registry.example.com/a:1".to_owned()] {
        let error = fetch(&supply, &source).await.unwrap_err();
        assert!(matches!(error, SupplyError::Unreachable { .. }), "{error}");
    }
    assert_eq!(sentinel.hits(), 0);
}

#[tokio::test]
async fn a_token_is_asked_for_with_the_password_and_shown_to_the_registry() {
    let (fake, source) = registry(&manifest(b"component"), b"component").await;
    let realm =
        format!("Bearer realm=\"{}\",service=\"here\",scope=\"repository:acme/mailer:pull\"", fake.url("/token"));
    let challenge = vec![("www-authenticate", realm)];
    // ada:secret-7
    let token = Reply::ok(json!({ "token": "t-1" }).to_string());
    fake.says("/token", Reply::Guarded("Basic YWRhOnNlY3JldC03", vec![], Box::new(token)));
    let text = Reply::ok(manifest(b"component").to_string());
    fake.says("/v2/acme/mailer/manifests/1", Reply::Guarded("Bearer t-1", challenge, Box::new(text)));
    let supply = supply(&[&fake]);
    let read = Source::parse(&source, None).unwrap();
    let login = |password: &str| Credentials { user: "ada".into(), password: password.to_owned().into() };
    assert_eq!(supply.fetch(&read, Some(&login("secret-7"))).await.unwrap().bytes, b"component");
    for wrong in [Some(login("wrong-77")), None] {
        let error = supply.fetch(&read, wrong.as_ref()).await.unwrap_err();
        assert!(
            matches!(error, SupplyError::Unauthorised { .. }) && !format!("{error:?}").contains("wrong-77"),
            "{error}"
        );
    }
}
