//! Signed mails, verified by a library that others wrote (dkimpy); where it or
//! `openssl` cannot be had, the test says so and is skipped.

use super::world::{Plan, World, id};
use crate::real_clients::{installed, root};
use serde_json::json;
use tokio::process::Command;

const PACKAGE: &str = "dkimpy==1.1.8";

async fn openssl(arguments: &[&str]) -> Option<Vec<u8>> {
    let done = Command::new("openssl").args(arguments).output().await.ok()?;
    done.status.success().then_some(done.stdout)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dkimpy_finds_the_signature_good() {
    let folder = root().join("target/real/dkimpy");
    let target = folder.to_string_lossy().into_owned();
    let install = ["-m", "pip", "install", "--quiet", "--target", &target, PACKAGE];
    if !installed(&folder.join("installed"), "python3", &install).await {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let key_file = place.path().join("key.pem").to_string_lossy().into_owned();
    if openssl(&["genrsa", "-traditional", "-out", &key_file, "2048"]).await.is_none() {
        eprintln!("SKIPPED: openssl cannot make a key");
        return;
    }
    let public = openssl(&["rsa", "-in", &key_file, "-pubout", "-outform", "DER"]).await.unwrap();
    let record = format!("v=DKIM1; k=rsa; p={}", base64(&public));

    let world = World::new(rialto_testkit::TestDatabase::sqlite().await).await;
    world.person(Some("ann@person.example"), "en", true).await;
    world.person(Some("wang@person.example"), "zh-CN", true).await;
    let campaign = world.campaign(Plan::default()).await;
    let server = world.get("/mail-servers").await;
    let path = format!("/mail-servers/{}", id(&server["items"][0]));
    let key = std::fs::read_to_string(&key_file).unwrap();
    let (status, problem) = world.call(reqwest::Method::PATCH, &path, Some(json!({ "dkim_key": key }))).await;
    assert_eq!(status, 422, "a key needs its domain: {problem}");
    let signing = json!({ "dkim_key": key, "dkim_domain": "shop.example", "dkim_selector": "spring" });
    let (status, changed) = world.call(reqwest::Method::PATCH, &path, Some(signing)).await;
    assert_eq!((status.as_u16(), changed["dkim_key_set"].as_bool()), (200, Some(true)), "{changed}");
    assert!(!changed.to_string().contains("PRIVATE KEY"));
    world.launch(&campaign).await;
    world.finish(&campaign).await;
    let mails = world.sink.mails();
    assert_eq!(mails.len(), 2);
    for mail in mails {
        let file = place.path().join("mail.eml");
        std::fs::write(&file, &mail.bytes).unwrap();
        let done = Command::new("python3")
            .arg(root().join("tests/real/dkim_verify.py"))
            .arg(&target)
            .arg(&file)
            .args([record.as_str(), "spring", "shop.example"])
            .output()
            .await
            .unwrap();
        let said = String::from_utf8_lossy(&done.stdout).to_lowercase();
        assert!(done.status.success(), "{said} {}", String::from_utf8_lossy(&done.stderr));
        assert!(said.contains("list-unsubscribe,") || said.contains("list-unsubscribe-post"), "{said}");
    }
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |value: u32| char::from(LETTERS[(value & 63) as usize]);
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte)) << (8 * (3 - chunk.len()));
        out.extend((0..4).map(|at| if at <= chunk.len() { letter(bits >> (18 - 6 * at)) } else { '=' }));
    }
    out
}
