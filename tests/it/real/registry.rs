//! A real registry that others wrote (Debian's `docker-registry`): what is
//! published there by the command line is pulled by tag and by digest, and what
//! was tampered with on its disk is refused.

use super::lab::Lab;
use crate::guests::Guest;
use rialto_plugin_host::{PackageDigest, Parts, pack};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::process::{Child, Command};

/// How often one looks whether the registry listens.
const LOOKS: u32 = 200;

/// A registry over a folder of its own; it ends with the test.
struct Registry {
    _child: Child,
    authority: String,
    folder: tempfile::TempDir,
}

impl Registry {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let authority = format!("127.0.0.1:{port}");
        let store = folder.path().join("store");
        let config = format!(
            "version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {}\nhttp:\n  addr: {authority}\n",
            store.display()
        );
        let file = folder.path().join("config.yml");
        std::fs::write(&file, config).unwrap();
        let child = Command::new("docker-registry")
            .arg("serve")
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let child = child.unwrap_or_else(|cause| {
            panic!("docker-registry cannot be run ({cause}): install the Debian package of that name, as `cargo xtask test` does")
        });
        let registry = Self { _child: child, authority, folder };
        for _ in 0..LOOKS {
            if registry.get("/v2/", "*/*").await.is_some_and(|(status, _)| status == 200) {
                return registry;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("docker-registry does not listen on {}", registry.authority);
    }

    async fn get(&self, path: &str, accept: &str) -> Option<(u16, Vec<u8>)> {
        let http = rialto_testkit::outside();
        let url = format!("http://{}{path}", self.authority);
        let answer = http.get(url).header("accept", accept).send().await.ok()?;
        Some((answer.status().as_u16(), answer.bytes().await.ok()?.to_vec()))
    }

    fn at(&self, rest: &str) -> String {
        format!("oci://{}/acme/mailer{rest}", self.authority)
    }

    /// The file in which it keeps a blob.
    fn blob(&self, digest: &str) -> PathBuf {
        let blobs = self.folder.path().join("store/docker/registry/v2/blobs/sha256");
        blobs.join(&digest[..2]).join(digest).join("data")
    }

    async fn run(&self, lab: &Lab, arguments: &[&str]) -> Value {
        let output = self.command(lab, arguments).output().await.unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    async fn refused(&self, lab: &Lab, arguments: &[&str]) -> String {
        let output = self.command(lab, arguments).output().await.unwrap();
        assert!(!output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// A command whose operator lists this registry.
    fn command(&self, lab: &Lab, arguments: &[&str]) -> Command {
        let mut command = lab.command(arguments);
        command.env("RIALTO_REGISTRIES", format!("http://{}", self.authority));
        command
    }
}

/// A plugin file of this version.
fn plugin(folder: &Path, version: &str) -> String {
    let manifest = format!(
        "id = \"acme/mailer\"\nversion = \"{version}\"\nlicence = \"Apache-2.0\"\n[title]\nen = \"Mailer\"\nzh-CN = \"邮件\"\n"
    );
    let parts = Parts { manifest: Some(manifest), readme: Some("# Mailer".into()), ..Parts::default() };
    let file = folder.join(format!("{version}.wasm"));
    std::fs::write(&file, pack(&Guest::default().connector(), &parts).unwrap()).unwrap();
    file.to_str().unwrap().to_owned()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_published_is_installed_by_tag_and_by_digest() {
    let registry = Registry::start().await;
    let (data, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let lab = Lab::new(data.path(), None);
    let key = home.path().join("acme.key");
    let key = key.to_str().unwrap();
    let (one, two) = (plugin(home.path(), "1.0.0"), plugin(home.path(), "2.0.0"));
    let made = registry.run(&lab, &["plugin", "key", "create", key]).await;
    for file in [&one, &two] {
        registry.run(&lab, &["plugin", "sign", file, "--key", key]).await;
    }
    let package = PackageDigest::of(&std::fs::read(&one).unwrap()).to_hex();

    // Published, and the same again changes nothing; other bytes do not take the tag.
    let published = registry.run(&lab, &["plugin", "publish", &registry.at(":1.0.0"), &one]).await;
    let digest = text(&published["digest"]).to_owned();
    assert_eq!(published["package"], package.as_str());
    let again = registry.run(&lab, &["plugin", "publish", &registry.at(":1.0.0"), &one]).await;
    assert_eq!(again["digest"], digest.as_str());
    let said = registry.refused(&lab, &["plugin", "publish", &registry.at(":1.0.0"), &two]).await;
    assert!(said.contains("holds other bytes already"), "{said}");
    registry.run(&lab, &["plugin", "publish", &registry.at(":2.0.0"), &two]).await;

    // The layout is the one that other tools know.
    let accept = "application/vnd.oci.image.manifest.v1+json";
    let (status, manifest) = registry.get(&format!("/v2/acme/mailer/manifests/{digest}"), accept).await.unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!((status, &manifest["config"]["mediaType"]), (200, &"application/vnd.wasm.config.v0+json".into()));
    assert_eq!(manifest["layers"][0]["mediaType"], "application/wasm");
    assert_eq!(manifest["layers"][0]["digest"], format!("sha256:{package}"));
    let config = format!("/v2/acme/mailer/blobs/{}", text(&manifest["config"]["digest"]));
    let config: Value = serde_json::from_slice(&registry.get(&config, "*/*").await.unwrap().1).unwrap();
    assert_eq!((&config["os"], &config["architecture"]), (&"wasip2".into(), &"wasm".into()));
    assert_eq!(config["layerDigests"][0], format!("sha256:{package}"));
    let exports = config["component"]["exports"].as_array().unwrap();
    assert!(exports.iter().any(|name| text(name).starts_with("rialto:connector/")), "{config}");

    // A workspace that takes nothing unsigned, and trusts the publisher's key.
    let trust = ["plugin", "key", "trust", text(&made["public_key"]), "--publisher", "acme"];
    registry.run(&lab, &trust).await;
    registry.run(&lab, &["plugin", "policy", "--unsigned", "refuse"]).await;
    let by_tag = ["plugin", "install", &registry.at(":1.0.0"), "--name", "by-tag", "--approve"];
    let installed = registry.run(&lab, &by_tag).await;
    assert_eq!((&installed["state"], &installed["active"]["package"]), (&"active".into(), &package.as_str().into()));
    let by_digest = registry.at(&format!("@{digest}"));
    let installed = registry.run(&lab, &["plugin", "install", &by_digest, "--name", "by-digest", "--approve"]).await;
    assert_eq!(installed["active"]["package"], package.as_str(), "{installed}");
    let upgraded = registry.run(&lab, &["plugin", "upgrade", "by-tag", &registry.at(":2.0.0"), "--activate"]).await;
    assert_eq!((&upgraded["version"], &upgraded["state"]), (&"2.0.0".into(), &"active".into()), "{upgraded}");
    let checked = registry.run(&lab, &["plugin", "check", &by_digest]).await;
    assert_eq!(checked["package"]["signatures"][0]["intact"], true, "{checked}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_registry_does_not_have_or_has_changed_is_refused() {
    let registry = Registry::start().await;
    let (data, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let lab = Lab::new(data.path(), None);
    let one = plugin(home.path(), "1.0.0");
    let published = registry.run(&lab, &["plugin", "publish", &registry.at(":1.0.0"), &one]).await;
    let wrong = registry.at(&format!("@sha256:{}", "0".repeat(64)));
    let said = registry.refused(&lab, &["plugin", "install", &wrong]).await;
    assert!(said.contains("has no artifact"), "{said}");
    let said = registry.refused(&lab, &["plugin", "install", &registry.at(":9.9.9")]).await;
    assert!(said.contains("has no artifact"), "{said}");
    // A host whose operator does not list the registry does not ask it.
    let said = lab.refused(&["plugin", "install", &registry.at(":1.0.0")]).await;
    assert!(said.contains("has no address that may be reached"), "{said}");
    // Somebody changes one byte on the registry's disk.
    let file = registry.blob(text(&published["package"]));
    let mut bytes = std::fs::read(&file).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    let said = registry.refused(&lab, &["plugin", "install", &registry.at(":1.0.0")]).await;
    assert!(said.contains("nothing was done with them"), "{said}");
    let list = registry.run(&lab, &["plugin", "list"]).await;
    assert_eq!(list["items"], serde_json::json!([]), "{list}");
}
