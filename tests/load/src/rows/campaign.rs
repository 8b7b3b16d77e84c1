//! A campaign from launch to the last mail taken, by one host, beside a bare
//! SMTP client with as many connections that sends the very bytes the host had
//! sent. The sink's thread shows how busy it was.

use crate::{
    Bench,
    figure::{Figure, Reference, Samples, Target},
    host::{self, Host, install},
    http::{Api, id},
    smtp::{SinkThread, send_all},
};
use anyhow::{bail, ensure};
use serde_json::{Value, json};
use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// Connections of the host's pool, and of the bare client.
const CONNECTIONS: usize = 8;
/// How long a mail server takes over a mail: it writes its queue to a disk.
const SERVER_TAKES: Duration = Duration::from_millis(5);
/// How long a campaign may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Measure it, if asked with every fsync of the host's taking 2 ms longer.
///
/// # Errors
/// When the campaign does not reach everyone.
pub async fn measure(bench: &Bench, delay: bool) -> anyhow::Result<Vec<Figure>> {
    if delay {
        host::can_delay().map_err(anyhow::Error::msg)?;
    }
    let mut figures = vec![one(bench, delay, SERVER_TAKES).await?];
    if !delay {
        figures.push(one(bench, delay, Duration::ZERO).await?);
    }
    Ok(figures)
}

/// What a repetition showed.
struct Round {
    ours: f64,
    bare: f64,
    busy_ours: f64,
    busy_bare: f64,
    fsyncs: Option<f64>,
}

async fn one(bench: &Bench, delay: bool, takes: Duration) -> anyhow::Result<Figure> {
    let folder = bench.folder()?;
    let token = host::key(bench, folder.path(), "admin")?;
    let host = Host::start(bench, folder.path(), delay)?;
    let api = Api::new(host.address, &token);
    let recipients = bench.size(2_000, 100);
    let plan = prepare(bench, &api, recipients).await?;
    let mut rounds = Vec::new();
    for round in 0..=bench.repetitions() {
        let measured = campaign(&api, &host, &plan, takes, recipients, round).await?;
        if round > 0 {
            rounds.push(measured);
        }
    }
    let column = |of: fn(&Round) -> f64| Samples::new(rounds.iter().map(of).collect());
    let at_once = takes.is_zero();
    let server = if at_once { "at once".to_owned() } else { format!("after {} ms", takes.as_millis()) };
    let slow = if delay { ", every fsync of the host 2 ms longer" } else { "" };
    let mut note = format!(
        "{recipients} people, {CONNECTIONS} connections, from launch to the last mail taken; the sink's thread was busy {:.0} % of \
         the time under the host, {:.0} % under the bare client",
        column(|round| round.busy_ours).median() * 100.0,
        column(|round| round.busy_bare).median() * 100.0
    );
    if at_once {
        note += "; a server that takes no time at all makes both sides a race for the processor, and above 50 % the sink is what is \
                 measured: told, not promised";
    }
    if delay {
        let fsyncs = rounds.iter().filter_map(|round| round.fsyncs).collect();
        note += &format!("; fsyncs a message: {:.3}", Samples::new(fsyncs).median());
    }
    Ok(Figure {
        what: format!("campaign to a sink that answers {server}{slow}"),
        unit: "messages/s",
        ours: column(|round| round.ours),
        reference: Some(Reference { name: "bare client".into(), samples: column(|round| round.bare) }),
        target: if at_once { Target::Told } else { Target::ShareAtLeast(0.8) },
        note,
    })
}

/// One campaign, and the same bytes again by the bare client.
#[allow(clippy::cast_precision_loss, reason = "counts far below 2^53")]
async fn campaign(
    api: &Api,
    host: &Host,
    plan: &Plan,
    takes: Duration,
    recipients: usize,
    round: usize,
) -> anyhow::Result<Round> {
    let sink = SinkThread::start(takes)?;
    mail_server(api, &sink, round).await?;
    let made = plan.campaign(api, round).await?;
    let (before, busy) = (host.fsyncs()?, sink.busy()?);
    let began = Instant::now();
    api.post(&format!("/campaigns/{made}/launch"), &json!({})).await?;
    while sink.sink.taken() < recipients as u64 {
        ensure!(began.elapsed() < PATIENCE, "{} of {recipients} mails after {PATIENCE:?}", sink.sink.taken());
        sleep(Duration::from_millis(1)).await;
    }
    let took = began.elapsed();
    let busy_ours = (sink.busy()? - busy).as_secs_f64() / took.as_secs_f64();
    finished(api, &made, recipients).await?;
    let fsyncs = before.zip(host.fsyncs()?).map(|(before, after)| (after - before) as f64 / recipients as f64);
    let mails = sink.sink.mails();
    ensure!(mails.len() == recipients, "{} mails for {recipients} people", mails.len());
    drop(sink);
    let sink = SinkThread::start(takes)?;
    let again = send_all(sink.address, CONNECTIONS, &mails).await?;
    let busy_bare = sink.busy()?.as_secs_f64() / again.as_secs_f64();
    ensure!(sink.sink.taken() == recipients as u64, "the bare client lost mails");
    let rate = |time: Duration| recipients as f64 / time.as_secs_f64();
    Ok(Round { ours: rate(took), bare: rate(again), busy_ours, busy_bare, fsyncs })
}

/// What every campaign needs, made once.
struct Plan {
    installation: String,
    message: String,
    sender: String,
}

impl Plan {
    async fn campaign(&self, api: &Api, round: usize) -> anyhow::Result<String> {
        let plan = json!({
            "name": format!("Bench {round}"), "rule": { "all": [] }, "topic": "offers",
            "messages": [{
                "channel": "email", "message": self.message, "installation": self.installation, "sender": self.sender,
            }],
        });
        id(&api.post("/campaigns", &plan).await?)
    }
}

async fn prepare(bench: &Bench, api: &Api, recipients: usize) -> anyhow::Result<Plan> {
    let installation = install(api, &bench.plugin("connector-email")?, "email").await?;
    people(api, recipients).await?;
    let contents = json!({ "en": {
        "subject": "Something for your garden, {{ first_name }}",
        "text": "Hello {{ first_name }},\n\nthe spring sale has begun: seeds, tools and pots for less, this week only.\n\
                 See https://shop.example/spring\n\nNot for you? {{ unsubscribe_url }}\n",
    } });
    let message = json!({ "name": "Bench", "channel": "email", "contents": contents });
    let sender = json!({ "channel": "email", "name": "Shop", "address": "news@shop.example" });
    Ok(Plan {
        installation,
        message: id(&api.post("/messages", &message).await?)?,
        sender: id(&api.post("/senders", &sender).await?)?,
    })
}

/// Import the audience.
async fn people(api: &Api, recipients: usize) -> anyhow::Result<()> {
    let mut csv = String::from("email,first_name,consent_email:offers,consent_proof,consent_source\n");
    for number in 0..recipients {
        let _ = writeln!(csv, "p{number}@person.example,P{number},yes,test,test");
    }
    let path = "/imports?kind=contacts&file_name=people.csv";
    let import = id(&api.send("POST", path, "text/csv", csv.as_bytes()).await?)?;
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let state = api.get(&format!("/imports/{import}")).await?;
        match state["state"].as_str() {
            Some("done" | "finished") => {
                ensure!(state["rows_good"].as_u64() == Some(recipients as u64), "{state}");
                return Ok(());
            }
            Some("failed" | "cancelled") => bail!("the import failed: {state}"),
            _ => sleep(Duration::from_millis(50)).await,
        }
    }
    bail!("the import does not end")
}

/// Name this round's sink as the mail server.
async fn mail_server(api: &Api, sink: &SinkThread, round: usize) -> anyhow::Result<()> {
    let known = api.get("/mail-servers").await?;
    let server = json!({
        "name": format!("sink {round}"), "host": sink.address.ip().to_string(), "port": sink.address.port(), "security": "none",
        "connections": CONNECTIONS,
    });
    for old in known["items"].as_array().into_iter().flatten() {
        api.send("DELETE", &format!("/mail-servers/{}", id(old)?), "application/json", b"").await?;
    }
    api.post("/mail-servers", &server).await?;
    Ok(())
}

/// The ledger says that it is over, and that everyone was reached.
async fn finished(api: &Api, campaign: &str, recipients: usize) -> anyhow::Result<()> {
    let began = Instant::now();
    loop {
        let ledger: Value = api.get(&format!("/campaigns/{campaign}/ledger")).await?;
        if ledger["finished"] == true {
            let accepted = ledger["rows"].as_array().into_iter().flatten();
            let accepted: u64 =
                accepted.filter(|row| row["state"] == "accepted").filter_map(|row| row["count"].as_u64()).sum();
            ensure!(accepted == recipients as u64, "the ledger of {recipients} people: {ledger}");
            return Ok(());
        }
        ensure!(began.elapsed() < PATIENCE, "the campaign does not finish: {ledger}");
        sleep(Duration::from_millis(20)).await;
    }
}
