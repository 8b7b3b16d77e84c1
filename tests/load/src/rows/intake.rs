//! Event intake: batches of a hundred over loopback HTTP and several
//! connections, each durable before its answer, beside bare inserts of the same
//! rows. Both write to the same disk, turn about.

use crate::{
    Bench,
    figure::{Figure, Reference, Samples, Target},
    host::{self, Host},
    http::{Http, basic, render},
    inserts::{self, BATCH, event},
};
use anyhow::{Context as _, ensure};
use rialto_kernel::{Clock as _, SystemClock, from_micros};
use serde_json::{Value, json};
use std::{
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};
use tokio::task::JoinSet;

/// Connections that deliver side by side.
const CONNECTIONS: usize = 8;

/// Measure it, if asked with every fsync taking 2 ms longer.
///
/// # Errors
/// When the host does not take the events in, or rows are missing.
pub async fn measure(bench: &Bench, delay: bool) -> anyhow::Result<Vec<Figure>> {
    if delay {
        host::can_delay().map_err(anyhow::Error::msg)?;
    }
    let folder = bench.folder()?;
    let (data, database) = (folder.path().join("data"), folder.path().join("reference.db"));
    std::fs::create_dir_all(&data)?;
    let key = basic(&host::key(bench, &data, "write")?);
    let host = Host::start(bench, &data, delay)?;
    let batches = bench.size(300, 10);
    let mut lab = Lab { bench, host, key, database, delay, batches, from: 0 };
    let figures = lab.measure().await?;
    let (ours, theirs) =
        (inserts::weight(&data.join("rialto.db")).await?, inserts::weight(&folder.path().join("reference.db")).await?);
    let wanted = i64::try_from(batches * BATCH * (bench.repetitions() + 1))?;
    ensure!(ours.0 == wanted, "the host holds {} events of {wanted}", ours.0);
    let apart = (ours.1 as f64 / ours.0 as f64) / (theirs.1 as f64 / theirs.0 as f64);
    ensure!((apart - 1.0).abs() < 0.02, "a row of the host's weighs {apart:.2} times one of the reference's");
    Ok(figures)
}

struct Lab<'b> {
    bench: &'b Bench,
    host: Host,
    key: String,
    database: std::path::PathBuf,
    delay: bool,
    batches: usize,
    from: usize,
}

impl Lab<'_> {
    async fn measure(&mut self) -> anyhow::Result<Vec<Figure>> {
        let (mut ours, mut bare, mut with_claims, mut synced) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
        let events = (self.batches * BATCH) as f64;
        // The first round makes the contacts and is not counted.
        for round in 0..=self.bench.repetitions() {
            let before = self.host.fsyncs()?;
            let took = self.deliver().await?;
            let after = self.host.fsyncs()?;
            let reference = self.reference(false)?;
            let claimed = self.reference(true)?;
            self.from += self.batches;
            if round > 0 {
                ours.push(events / took);
                bare.push(events / reference.0);
                with_claims.push(events / claimed.0);
                if let (Some(before), Some(after), Some(theirs)) = (before, after, reference.1) {
                    #[allow(clippy::cast_precision_loss, reason = "thousands")]
                    synced.push(((after - before) as f64 / events, theirs as f64 / events));
                }
            }
        }
        let column = |at: fn(&(f64, f64)) -> f64| Samples::new(synced.iter().map(at).collect()).median();
        let mut note = format!(
            "{CONNECTIONS} connections, {BATCH} events a request, {} requests a repetition; bare inserts with the claims of message \
             ids besides: {:.0} events/s",
            self.batches,
            Samples::new(with_claims).median()
        );
        if self.delay {
            note += &format!("; fsyncs an event: host {:.4}, bare {:.4}", column(|pair| pair.0), column(|pair| pair.1));
        }
        let slow = if self.delay { ", every fsync 2 ms longer" } else { "" };
        Ok(vec![Figure {
            what: format!("event intake over HTTP, SQLite{slow}"),
            unit: "events/s",
            ours: Samples::new(ours),
            reference: Some(Reference { name: "bare inserts".into(), samples: Samples::new(bare) }),
            target: Target::ShareAtLeast(0.5),
            note,
        }])
    }

    /// Deliver the next batches; seconds from the first byte to the last answer.
    async fn deliver(&self) -> anyhow::Result<f64> {
        let now = SystemClock.now_us();
        let requests: Arc<Vec<Vec<u8>>> =
            Arc::new((self.from..self.from + self.batches).map(|batch| self.request(batch, now)).collect());
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS {
            connections.push(Http::open(self.host.address).await?);
        }
        let next = Arc::new(AtomicUsize::new(0));
        let began = Instant::now();
        let mut senders = JoinSet::new();
        for mut http in connections {
            let (requests, next) = (Arc::clone(&requests), Arc::clone(&next));
            senders.spawn(async move {
                while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (status, body) = http.exchange(request).await?;
                    let answer: Value = serde_json::from_slice(&body).context("no JSON")?;
                    ensure!(status == 200 && answer["stored"] == json!(BATCH), "{status} {answer}");
                }
                anyhow::Ok(())
            });
        }
        while let Some(ended) = senders.join_next().await {
            ended??;
        }
        Ok(began.elapsed().as_secs_f64())
    }

    fn request(&self, batch: usize, now: i64) -> Vec<u8> {
        let messages: Vec<Value> = (batch * BATCH..(batch + 1) * BATCH)
            .map(|n| event(n, now))
            .map(|event| {
                json!({
                    "type": "track", "event": event.name, "userId": event.user, "messageId": event.message_id,
                    "timestamp": from_micros(event.at), "properties": event.properties,
                })
            })
            .collect();
        let body = json!({ "batch": messages }).to_string();
        render("POST", "/v1/batch", &self.key, "application/json", body.as_bytes())
    }

    /// The same batches, bare: seconds, and fsyncs where they are delayed.
    fn reference(&self, claims: bool) -> anyhow::Result<(f64, Option<usize>)> {
        let trace = self.database.with_extension("fsyncs");
        let mut command = match self.delay {
            true => host::delayed(&self.bench.own, &trace),
            false => Command::new(&self.bench.own),
        };
        let database = if claims { self.database.with_extension("claims.db") } else { self.database.clone() };
        command.args(["inserts", "--database"]).arg(&database);
        command.args(["--first", &self.from.to_string(), "--batches", &self.batches.to_string()]);
        if claims {
            command.arg("--claims");
        }
        let output = command.output().context("the reference cannot be started")?;
        ensure!(output.status.success(), "the reference failed: {}", String::from_utf8_lossy(&output.stderr));
        let seconds = String::from_utf8_lossy(&output.stdout).trim().parse().context("the reference says no time")?;
        Ok((seconds, self.delay.then(|| host::fsyncs(Path::new(&trace))).transpose()?))
    }
}
