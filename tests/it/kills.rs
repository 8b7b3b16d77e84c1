//! Killing the host in the middle of a campaign, again and again. The oracle
//! is the sink, which stands outside: every recipient exactly once, or marked
//! uncertain; and the ledger sums to the audience. SIGKILL does not test the
//! disk: what was written stays in the kernel's cache.
//!
//! `cargo xtask crash` runs it long: `RIALTO_CRASH_KILLS` kills that hit a send
//! on its way, among `RIALTO_CRASH_RECIPIENTS` people, on each database.

use crate::delivery::world::{id, of, packed, root};
use rialto_testkit::{TestClient, TestDatabase};
use rialto_tests::sink::{Options, Sink};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    fmt::Write as _,
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    time::sleep,
};

/// How many kills, of how large a campaign, where nobody says.
const KILLS: u32 = 6;
const RECIPIENTS: u32 = 600;
/// The longest a campaign may stand still.
const STUCK: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_lose_nobody_and_send_to_nobody_twice_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    crash(Lab { data: folder.path().to_owned(), database: None, token: String::new() }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_lose_nobody_and_send_to_nobody_twice_on_postgres() {
    let Some(database) = TestDatabase::postgres().await else { return };
    let rialto_store::StoreOptions::Postgres { url, .. } = &database.options else { panic!("not PostgreSQL") };
    let folder = tempfile::tempdir().unwrap();
    crash(Lab { data: folder.path().to_owned(), database: Some(url.clone()), token: String::new() }).await;
}

/// A data folder, and the program that is killed over it.
struct Lab {
    data: PathBuf,
    database: Option<String>,
    token: String,
}

impl Lab {
    fn command(&self, arguments: &[&str]) -> Command {
        let program = root().join("target/debug/rialto");
        assert!(program.exists(), "{} is not built; run `cargo build -p rialto-app`", program.display());
        let mut command = Command::new(program);
        command.args(arguments).arg("--data").arg(&self.data).arg("--json").kill_on_drop(true);
        if let Some(url) = &self.database {
            command.arg("--database").arg(url);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }

    async fn key(&mut self) {
        let output = self.command(&["key", "create", "--kind", "admin"]).output().await.unwrap();
        assert!(output.status.success(), "{output:?}");
        let key: Value = serde_json::from_slice(&output.stdout).unwrap();
        self.token = key["secret"].as_str().unwrap_or_else(|| panic!("no secret in {key}")).to_owned();
    }

    /// Start the host; ready when it says where it listens.
    async fn serve(&self) -> (Child, TestClient) {
        let mut child = self.command(&["serve", "--listen", "127.0.0.1:0"]).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut text = String::new();
        while let Some(line) = lines.next_line().await.unwrap() {
            text.push_str(&line);
            if let Ok(hello) = serde_json::from_str::<Value>(&text) {
                let base = format!("http://{}", hello["listen"].as_str().unwrap());
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return (child, TestClient::new(base, Some(self.token.clone())));
            }
        }
        panic!("the host ended before it listened: {text}");
    }
}

async fn crash(mut lab: Lab) {
    let (kills, recipients) = (number("RIALTO_CRASH_KILLS", KILLS), number("RIALTO_CRASH_RECIPIENTS", RECIPIENTS));
    let log = lab.data.join("sink.log");
    // Answers take a moment, so that a kill finds mails on their way.
    let options = Options { log: Some(log), pipelining: true, delay: Duration::from_millis(5), ..Options::default() };
    let sink = Sink::start(options).await.unwrap();
    lab.key().await;
    let (mut child, mut http) = lab.serve().await;
    let campaign = campaign(&http, &sink, recipients).await;
    let mut hit = 0;
    let began = Instant::now();
    let mut moved = (Instant::now(), 0);
    loop {
        if hit < kills {
            // Somewhere within what is left, so that kills spread over the campaign.
            let left = u64::from(recipients).saturating_sub(sink.taken());
            let until = sink.taken() + 1 + spread(hit) % (left / u64::from(kills - hit)).max(1);
            let patience = Instant::now();
            while sink.taken() < until && patience.elapsed() < Duration::from_secs(30) {
                sleep(Duration::from_millis(1)).await;
            }
            sleep(Duration::from_micros(spread(hit + 7) % 3_000)).await;
            child.kill().await.unwrap();
            (child, http) = lab.serve().await;
            if on_their_way(&http, &campaign).await > 0 {
                hit += 1;
            }
        }
        let ledger = ledger_of(&http, &campaign).await;
        if ledger["finished"] == true {
            println!("{hit} kills hit a send on its way, {recipients} people, {:?}", began.elapsed());
            judge(&http, &sink, &campaign, recipients, &ledger).await;
            assert!(hit >= kills.min(3), "only {hit} of {kills} kills hit a send on its way: send more slowly");
            break;
        }
        if moved.1 != sink.taken() {
            moved = (Instant::now(), sink.taken());
        }
        assert!(moved.0.elapsed() < STUCK, "nothing has moved for {STUCK:?}: {ledger}");
        if hit >= kills {
            sleep(Duration::from_millis(200)).await;
        }
    }
    child.kill().await.unwrap();
}

/// The ledger and the sink must tell the same story.
async fn judge(http: &TestClient, sink: &Sink, campaign: &str, recipients: u32, ledger: &Value) {
    let sum: i64 = ledger["rows"].as_array().unwrap().iter().map(|row| row["count"].as_i64().unwrap()).sum();
    assert_eq!((sum, ledger["audience"].as_i64().unwrap()), (i64::from(recipients), i64::from(recipients)), "{ledger}");
    let mut states: HashMap<String, String> = HashMap::new();
    let mut cursor = String::new();
    loop {
        let (status, page) = http.get(&format!("/sends?campaign={campaign}&limit=500{cursor}")).await;
        assert!(status.is_success(), "{status} {page}");
        for send in page["items"].as_array().unwrap() {
            states.insert(send["address"].as_str().unwrap().to_owned(), send["state"].as_str().unwrap().to_owned());
        }
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let counts = sink.counts();
    for (address, state) in &states {
        let count = counts.get(address).copied().unwrap_or(0);
        match state.as_str() {
            "accepted" => assert_eq!(count, 1, "{address} is accepted and arrived {count} times"),
            "uncertain" => assert!(count <= 1, "{address} is uncertain and arrived {count} times"),
            other => panic!("{address} is {other} after the end"),
        }
    }
    assert_eq!(states.len(), recipients as usize);
    assert!(counts.keys().all(|address| states.contains_key(address)), "the sink got a stranger's mail");
    println!("accepted {}, uncertain {}, taken {}", of(ledger, "accepted"), of(ledger, "uncertain"), sink.taken());
}

/// How many rows the last host left on their way; they stand so until its lease ends and the next takes them up.
async fn on_their_way(http: &TestClient, campaign: &str) -> i64 {
    let ledger = ledger_of(http, campaign).await;
    of(&ledger, "dispatching")
}

async fn ledger_of(http: &TestClient, campaign: &str) -> Value {
    let (status, ledger) = http.get(&format!("/campaigns/{campaign}/ledger")).await;
    assert!(status.is_success(), "{status} {ledger}");
    ledger
}

/// Install, import, plan and launch, as anyone would over HTTP.
async fn campaign(http: &TestClient, sink: &Sink, recipients: u32) -> String {
    let request = http.request(reqwest::Method::POST, "/plugins").header("content-type", "application/wasm");
    let (status, package) = rialto_testkit::answer(request.body(packed("connector-email"))).await;
    assert!(status.is_success(), "{status} {package}");
    let installation = made(http, "/installations", json!({ "package": package["digest"], "name": "email" })).await;
    let (_, versions) = http.get(&format!("/installations/{installation}/versions")).await;
    let path = format!("/installations/{installation}/versions/{}/approve", id(&versions["items"][0]));
    let (status, answer) = http.post(&path, &json!({ "activate": true })).await;
    assert!(status.is_success(), "{status} {answer}");
    people(http, recipients).await;
    let address = sink.address();
    let server = json!({
        "name": "sink", "host": address.ip(), "port": address.port(), "security": "none", "connections": 8,
    });
    made(http, "/mail-servers", server).await;
    let contents = json!({ "en": { "subject": "Hello {{ first_name }}", "text": "Hello. {{ unsubscribe_url }}" } });
    let message = made(http, "/messages", json!({ "name": "M", "channel": "email", "contents": contents })).await;
    let sender = json!({ "channel": "email", "name": "Shop", "address": "news@shop.example" });
    let sender = made(http, "/senders", sender).await;
    let plan = json!({
        "name": "Crash", "rule": { "all": [] }, "topic": "offers",
        "messages": [{ "channel": "email", "message": message, "installation": installation, "sender": sender }],
    });
    let campaign = made(http, "/campaigns", plan).await;
    let (status, answer) = http.post(&format!("/campaigns/{campaign}/launch"), &json!({})).await;
    assert!(status.is_success(), "{status} {answer}");
    campaign
}

async fn made(http: &TestClient, path: &str, body: Value) -> String {
    let (status, answer) = http.post(path, &body).await;
    assert!(status.is_success(), "POST {path}: {status} {answer}");
    id(&answer)
}

/// Import the audience.
async fn people(http: &TestClient, recipients: u32) {
    let mut csv = String::from("email,first_name,consent_email:offers,consent_proof,consent_source\n");
    for number in 0..recipients {
        let _ = writeln!(csv, "p{number}@person.example,P{number},yes,test,test");
    }
    let request = http.request(reqwest::Method::POST, "/imports?kind=contacts&file_name=people.csv");
    let (status, import) = rialto_testkit::answer(request.header("content-type", "text/csv").body(csv)).await;
    assert!(status.is_success(), "{status} {import}");
    let path = format!("/imports/{}", id(&import));
    for _ in 0..600 {
        let (_, state) = http.get(&path).await;
        match state["state"].as_str() {
            Some("done" | "finished") => {
                assert_eq!(state["rows_good"].as_u64(), Some(u64::from(recipients)), "{state}");
                return;
            }
            Some("failed" | "cancelled") => panic!("{state}"),
            _ => sleep(Duration::from_millis(100)).await,
        }
    }
    panic!("the import does not end");
}

/// A number that looks like chance and is the same every time.
fn spread(step: u32) -> u64 {
    u64::from(step + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 17
}

fn number(name: &str, otherwise: u32) -> u32 {
    #[allow(clippy::disallowed_methods, reason = "tests are told how long to run by the environment")]
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}
