//! Whom a workspace trusts: signatures, keys, revocations, downgrades, sources.
//! Whatever is refused leaves what is here as it was.

use super::{
    deliver, installed,
    mounted::{Mounted, manifest, package},
    open, plain, serving,
};
use crate::{
    guests::Guest,
    plugins::fake::{Fake, Reply},
};
use rialto_kernel::{Keys, SeededRandom};
use rialto_plugin_host::{
    Grants, HostConfig, PackageDigest, Parts, PluginHost, pack,
    package::{SecretKey, sign},
};
use rialto_testkit::{TestDatabase, both};
use serde_json::{Value, json};

fn key(seed: u64) -> SecretKey {
    SecretKey::generate(&SeededRandom::new(seed))
}

fn signed(version: &str, seed: u64) -> Vec<u8> {
    sign(&plain(version), &key(seed)).unwrap()
}

async fn trust(host: &Mounted, seed: u64) -> String {
    let new = json!({ "publisher": "test", "public_key": key(seed).public().to_string(), "note": "seen in person" });
    let (status, made) = host.post("/publisher-keys", new).await;
    assert_eq!((status, made["state"].as_str()), (201, Some("trusted")), "{made}");
    made["key"].as_str().unwrap().to_owned()
}

async fn refused(host: &Mounted, what: &str, bytes: Vec<u8>, status: u16, code: &str, said: &str) {
    let (got, problem) = host.wasm("/plugins", bytes).await;
    assert_eq!((got, problem["code"].as_str()), (status, Some(code)), "{what}: {problem}");
    assert!(problem["detail"].as_str().unwrap().contains(said), "{what}: {problem}");
}

/// Machine code as this host itself would make it: what its cache holds behind
/// the authentication.
async fn machine_code() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let config = HostConfig { cache_dir: Some(folder.path().to_owned()), ..HostConfig::default() };
    let clock = std::sync::Arc::new(rialto_kernel::FixedClock::new("2026-11-21T12:00:00Z".parse().unwrap()));
    let random = std::sync::Arc::new(SeededRandom::new(1));
    let host = PluginHost::new(config, Keys::new([1; 32]), clock, random).unwrap();
    host.load(plain("1.0.0"), &Grants::default()).await.unwrap();
    let files = std::fs::read_dir(folder.path()).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
    let elf = |bytes: &Vec<u8>| bytes.windows(4).position(|part| part == b"\x7fELF");
    files.into_iter().find_map(|bytes| elf(&bytes).map(|at| bytes[at..].to_vec())).unwrap()
}

/// The signature of one package behind another.
fn moved(from: &[u8], unsigned: usize, onto: &[u8]) -> Vec<u8> {
    [onto, &from[unsigned..]].concat()
}

async fn bad_files() -> Vec<(&'static str, Vec<u8>, u16, &'static str, &'static str)> {
    let good = signed("1.1.0", 1);
    let other = plain("1.2.0");
    let mut wrong = good.clone();
    // A letter of the signature itself, in the last section.
    let at = wrong.len() - 20;
    wrong[at] = if wrong[at] == b'A' { b'B' } else { b'A' };
    let foreign = package(
        &Guest::default().report(),
        &manifest("1.1.0", "").replace("[title]", "kinds = [\"connector\"]\n[title]"),
    );
    let svg = Parts {
        icon: Some(b"<svg><script/></svg>".to_vec()),
        manifest: Some(manifest("1.1.0", "")),
        ..Parts::default()
    };
    let twice = [plain("1.1.0").as_slice(), &plain("1.1.0")[Guest::default().connector().len()..]].concat();
    vec![
        ("a wrong signature", wrong, 422, "bad-signature", "is not over these bytes"),
        (
            "a right signature over other bytes",
            moved(&good, plain("1.1.0").len(), &other),
            422,
            "bad-signature",
            "is not over these bytes",
        ),
        ("a truncated file", good[..good.len() - 7].to_vec(), 422, "not-a-plugin", "broken or cut off"),
        ("a file cut in the middle", good[..good.len() / 2].to_vec(), 422, "not-a-plugin", "broken or cut off"),
        ("a core module", b"\0asm\x01\0\0\0".to_vec(), 422, "not-a-plugin", "core WebAssembly module"),
        ("machine code", machine_code().await, 422, "not-a-plugin", "precompiled code, which is never loaded"),
        ("a manifest of another kind", foreign, 422, "bad-manifest", "the component exports [report]; say the same"),
        ("two manifests", twice, 422, "not-a-plugin", "`rialto:manifest` is there twice"),
        ("an icon that runs", pack(&Guest::default().connector(), &svg).unwrap(), 422, "bad-icon", "<script"),
        ("300 MB", vec![0; 300 << 20], 413, "too-large", "plugin-bytes"),
    ]
}

both! {
    async fn bad_files_are_refused_with_their_reason_and_nothing_is_lost(db: TestDatabase) {
        let host = Mounted::new(db);
        trust(&host, 1).await;
        let id = serving(&host, "mail", signed("1.0.0", 1)).await;
        let (_, before) = host.get("/plugins").await;
        for (what, bytes, status, code, said) in bad_files().await {
            refused(&host, what, bytes, status, code, said).await;
        }
        refused(&host, "unsigned", plain("1.1.0"), 422, "other-key", "none that it trusts signed this package").await;
        refused(&host, "another's key", signed("1.1.0", 2), 422, "other-key", "the keys of test").await;
        assert_eq!(host.get("/plugins").await.1, before, "nothing was kept");
        let mut run = open(&host, &id).await.unwrap();
        assert_eq!(deliver(&mut run).await.unwrap()[0].status, "accepted", "what served serves");
        run.finish().await;
        assert_eq!(host.wasm("/plugins", signed("1.1.0", 1)).await.0, 201, "the good one is taken");
    }

    async fn an_older_version_correctly_signed_is_said_not_slipped_in(db: TestDatabase) {
        let host = Mounted::new(db);
        trust(&host, 1).await;
        let id = serving(&host, "mail", signed("2.0.0", 1)).await;
        let (status, problem) = host.wasm("/plugins", signed("1.0.0", 1)).await;
        assert_eq!((status, problem["code"].as_str()), (409, Some("older-version")), "{problem}");
        let (status, older) = host.wasm("/plugins?allow_older=true", signed("1.0.0", 1)).await;
        assert_eq!((status, older["trust"]["state"].as_str()), (201, Some("trusted")), "{older}");
        let at = format!("/installations/{id}/versions");
        let (status, problem) = host.post(&at, json!({ "package": older["digest"], "activate": true })).await;
        assert_eq!((status, problem["code"].as_str()), (409, Some("older-version")), "{problem}");
        let body = json!({ "package": older["digest"], "activate": true, "allow_older": true });
        let (status, version) = host.post(&at, body).await;
        assert_eq!((status, version["state"].as_str()), (201, Some("active")), "{version}");
    }

    async fn who_signed_is_shown_and_the_policy_decides_about_the_rest(db: TestDatabase) {
        let host = Mounted::new(db);
        let (_, check) = host.wasm("/plugins:check", plain("1.0.0")).await;
        assert_eq!(check["package"]["trust"]["state"], "unsigned", "{check}");
        let (_, made) = host.wasm("/plugins", plain("1.0.0")).await;
        assert_eq!((&made["trust"]["allowed"], &made["trust"]["detail"]), (&json!(true), &json!("nobody signed the package")));
        assert_eq!(made["origin"], json!({ "kind": "upload" }));
        let (_, policy) = host.get("/package-policy").await;
        assert_eq!(policy, json!({ "unsigned": "warn", "version": 0 }));
        let (status, policy) = host.put("/package-policy", json!({ "unsigned": "refuse" })).await;
        assert_eq!((status, &policy["version"]), (200, &json!(1)));
        refused(&host, "unsigned", plain("1.1.0"), 422, "not-trusted", "nobody signed the package").await;
        refused(&host, "unknown", signed("1.1.0", 1), 422, "not-trusted", "which the workspace does not trust").await;
        // What was taken before waits no longer to be refused.
        let body = json!({ "package": made["digest"], "name": "mail" });
        let (status, problem) = host.post("/installations", body).await;
        assert_eq!((status, problem["code"].as_str()), (422, Some("not-trusted")), "{problem}");
        let name = trust(&host, 1).await;
        let (_, check) = host.wasm("/plugins:check", signed("1.1.0", 1)).await;
        assert_eq!(check["package"]["trust"], json!({ "state": "trusted", "allowed": true, "key": name }));
        assert_eq!(host.wasm("/plugins", signed("1.1.0", 1)).await.0, 201);
        let (_, keys) = host.get("/publisher-keys").await;
        assert_eq!((&keys["items"][0]["key"], &keys["items"][0]["publisher"]), (&json!(name), &json!("test")));
        let again = json!({ "publisher": "test", "public_key": key(1).public().to_string() });
        assert_eq!(host.post("/publisher-keys", again).await.1["code"], "exists");
        for bad in [json!({ "publisher": "a/b", "public_key": key(1).public().to_string() }), json!({ "publisher": "a", "public_key": "x" })] {
            let (status, problem) = host.post("/publisher-keys", bad).await;
            assert_eq!(status, 422, "{problem}");
        }
        assert_eq!(host.put("/package-policy", json!({ "unsigned": "maybe" })).await.0, 422);
    }

    async fn a_revoked_key_stops_activations_and_says_what_still_serves(db: TestDatabase) {
        let host = Mounted::new(db);
        let name = trust(&host, 1).await;
        trust(&host, 2).await;
        let id = serving(&host, "mail", signed("1.0.0", 1)).await;
        let at = format!("/installations/{id}");
        let both_keys = sign(&signed("1.1.0", 1), &key(2)).unwrap();
        let second = host.upload(both_keys).await;
        host.post(&format!("{at}/versions"), json!({ "package": second })).await;
        let (status, done) = host.post(&format!("/publisher-keys/{name}:revoke"), json!({ "reason": "lost" })).await;
        assert_eq!((status, done["keys"][0]["state"].as_str()), (200, Some("revoked")), "{done}");
        let versions = done["versions"].as_array().unwrap();
        assert_eq!((versions.len(), versions[0]["now"].as_str()), (1, Some("serves")), "the other is signed by two: {done}");
        let (_, view) = host.get(&at).await;
        assert_eq!(view["state"], "revoked", "{view}");
        assert_eq!(view["active"]["revoked"], format!("the key {name} that signed it is revoked: lost"));
        assert_eq!(view["waiting"][0].get("revoked"), None, "{view}");
        // It goes on serving until somebody stops it.
        let mut run = open(&host, &id).await.unwrap();
        assert!(deliver(&mut run).await.is_ok());
        run.finish().await;
        refused(&host, "revoked", signed("1.2.0", 1), 422, "revoked", "is revoked: lost").await;
        // The next one, signed by a key that is trusted, takes over; back is barred.
        let next = view["waiting"][0]["id"].as_str().unwrap();
        let (status, view) = host.post(&format!("{at}/versions/{next}:activate"), json!({})).await;
        assert_eq!((status, view["state"].as_str()), (200, Some("active")), "{view}");
        let (status, problem) = host.post(&format!("{at}:rollback"), json!({})).await;
        assert_eq!((status, problem["code"].as_str()), (422, Some("revoked")), "{problem}");
        // For ever.
        let again = json!({ "publisher": "test", "public_key": key(1).public().to_string() });
        assert_eq!(host.post("/publisher-keys", again).await.1["code"], "key-revoked");
        let none = format!("/publisher-keys/{}:revoke", "0".repeat(32));
        assert_eq!(host.post(&none, json!({ "reason": "x" })).await.0, 404);
        let unsaid = format!("/publisher-keys/{name}:revoke");
        assert_eq!(host.post(&unsaid, json!({ "reason": " " })).await.1["errors"][0]["field"], "reason");
    }

    async fn a_revoked_package_is_stopped_where_that_is_said(db: TestDatabase) {
        let host = Mounted::new(db);
        let id = serving(&host, "mail", plain("1.0.0")).await;
        let at = format!("/installations/{id}");
        let digest = PackageDigest::of(&plain("1.0.0")).to_hex();
        let mut running = open(&host, &id).await.unwrap();
        let body = json!({ "digest": digest, "reason": "a hole", "stop": true });
        let (status, done) = host.post("/package-revocations", body).await;
        assert_eq!((status, done["versions"][0]["now"].as_str()), (201, Some("stopped")), "{done}");
        assert!(deliver(&mut running).await.is_ok(), "what runs finishes");
        running.finish().await;
        assert!(matches!(open(&host, &id).await, Err(rialto_plugins::Error::Disabled)));
        let (status, problem) = host.post(&format!("{at}:enable"), json!({})).await;
        assert_eq!((status, problem["code"].as_str()), (422, Some("revoked")), "{problem}");
        refused(&host, "revoked", plain("1.0.0"), 422, "revoked", "the package is revoked: a hole").await;
        let (_, list) = host.get(&format!("{at}/versions")).await;
        assert_eq!(list["items"][0]["revoked"], "the package is revoked: a hole", "{list}");
        assert_eq!(host.get("/package-revocations").await.1["items"][0]["digest"], digest.as_str());
        // Taken back, it may serve again; a digest that nobody revoked is not found.
        assert_eq!(host.delete(&format!("/package-revocations/{digest}")).await.0, 204);
        assert_eq!(host.delete(&format!("/package-revocations/{digest}")).await.0, 404);
        assert_eq!(host.post(&format!("{at}:enable"), json!({})).await.1["state"], "active");
        // One that is not here yet is kept out.
        let later = PackageDigest::of(&plain("1.1.0")).to_hex();
        host.post("/package-revocations", json!({ "digest": later, "reason": "known bad" })).await;
        refused(&host, "not yet here", plain("1.1.0"), 422, "revoked", "known bad").await;
        let waiting = installed(&host, "other", plain("1.2.0")).await;
        let digest = PackageDigest::of(&plain("1.2.0")).to_hex();
        let (_, done) = host.post("/package-revocations", json!({ "digest": digest, "reason": "a hole" })).await;
        assert_eq!(done["versions"][0]["now"], "idle", "{done}");
        let path = format!("/installations/{}/versions/{}:approve", waiting.0, waiting.1);
        let (status, problem) = host.post(&path, json!({ "activate": true })).await;
        assert_eq!((status, problem["code"].as_str()), (422, Some("revoked")), "{problem}");
    }

    async fn a_package_comes_from_where_it_is(db: TestDatabase) {
        let fake = Fake::start().await;
        let registries = vec![fake.url("").parse().unwrap()];
        let host = Mounted::with(db, HostConfig { registries, download_ms: 5_000, ..HostConfig::default() });
        let bytes = plain("1.0.0");
        let digest = PackageDigest::of(&bytes).to_hex();
        fake.says("/a.wasm", Reply::ok(bytes.clone()));
        let source = format!("{}#sha256:{digest}", fake.url("/a.wasm?token=hunter2"));
        let (status, check) = host.post("/plugins:check", json!({ "source": source })).await;
        assert_eq!((status, check["package"]["digest"].as_str()), (200, Some(digest.as_str())), "{check}");
        assert_eq!(host.get("/plugins").await.1["items"], json!([]), "looking keeps nothing");
        let (status, made) = host.post("/plugins", json!({ "source": source })).await;
        assert_eq!((status, made["digest"].as_str()), (201, Some(digest.as_str())), "{made}");
        assert_eq!(made["origin"], json!({ "kind": "url", "reference": fake.url("/a.wasm") }));
        assert!(!host.everything_stored().await.contains("hunter2"));
        let two = plain("2.0.0");
        let blob = |kind: &str, bytes: &[u8]| json!({ "mediaType": kind, "digest": format!("sha256:{}", PackageDigest::of(bytes)), "size": bytes.len() });
        let document = json!({ "schemaVersion": 2, "layers": [blob("application/wasm", &two)] }).to_string();
        fake.says("/v2/acme/mailer/manifests/2", Reply::ok(document.clone()));
        fake.says(&format!("/v2/acme/mailer/blobs/sha256:{}", PackageDigest::of(&two)), Reply::ok(two));
        let source = format!("oci://{}/acme/mailer:2", fake.address);
        let (status, made) = host.post("/plugins", json!({ "source": source })).await;
        assert_eq!((status, made["version"].as_str()), (201, Some("2.0.0")), "{made}");
        let resolved = format!("sha256:{}", PackageDigest::of(document.as_bytes()));
        let origin = json!({ "kind": "oci", "reference": source, "resolved": resolved });
        assert_eq!(host.get(&format!("/plugins/{}", made["digest"].as_str().unwrap())).await.1["origin"], origin);
        for (body, status, code) in [
            (json!({ "source": source, "digest": digest }), 404, "source-missing"),
            (json!({ "source": fake.url("/a.wasm"), "digest": format!("sha256:{}", "0".repeat(64)) }), 422, "digest-mismatch"),
            (json!({ "source": fake.url("/a.wasm") }), 422, "invalid-input"),
            (json!({ "source": format!("https://10.0.0.1/a.wasm#sha256:{digest}") }), 502, "source-unreachable"),
            (json!({ "source": format!("http://example.com/a.wasm#sha256:{digest}") }), 422, "source-refused"),
            (json!({ "sauce": "x" }), 422, "invalid-input"),
        ] {
            let (got, problem): (u16, Value) = host.post("/plugins", body.clone()).await;
            assert_eq!((got, problem["code"].as_str()), (status, Some(code)), "{body}: {problem}");
        }
    }

    async fn icon_and_readme_come_along(db: TestDatabase) {
        let host = Mounted::new(db);
        let parts = Parts {
            manifest: Some(manifest("1.0.0", "")),
            icon: Some(b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()),
            readme: Some("# Mailer".into()),
            sdk: None,
        };
        let (_, made) = host.wasm("/plugins", pack(&Guest::default().connector(), &parts).unwrap()).await;
        assert_eq!((&made["icon"], &made["readme"]), (&json!("svg"), &json!("# Mailer")), "{made}");
        let at = format!("/plugins/{}/icon", made["digest"].as_str().unwrap());
        assert_eq!(host.get(&at).await, (200, json!("<svg xmlns='http://www.w3.org/2000/svg'/>")));
        let bare = host.upload(plain("1.1.0")).await;
        assert_eq!(host.get(&format!("/plugins/{bare}/icon")).await.0, 404);
    }
}
