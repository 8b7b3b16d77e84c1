//! Killing hosts in the middle of a campaign, again and again: every recipient
//! exactly once, or marked uncertain; and the ledger sums to the audience. A
//! kill counts when at least one mail was on its way. SIGKILL does not test the
//! disk: what was written stays in the kernel's cache.
//!
//! `cargo xtask crash` runs it long: `RIALTO_CRASH_KILLS` kills among
//! `RIALTO_CRASH_RECIPIENTS` people, in an order told by `RIALTO_CRASH_SEED`,
//! with every file's sync held up by `RIALTO_CRASH_FSYNC_DELAY_US`.

use super::{
    campaign::{campaign, finished, ledger_of},
    judge::judge,
    lab::{Lab, PATIENCE, Running},
};
use rialto_testkit::TestDatabase;
use rialto_tests::sink::{Options, Sink};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// How many kills, of how large a campaign, in which order, where nobody says.
const KILLS: u64 = 6;
const RECIPIENTS: u64 = 600;
const SEED: u64 = 1;
/// Of so many kills with two hosts one leaves its host dead until the other has taken over.
const LEFT_DEAD_ONE_OF: u64 = 8;

const ON_THEIR_WAY: &str = "SELECT COUNT(*) FROM send WHERE state = 'dispatching'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    Crash::of("SQLite", Lab::new(folder.path(), None)).run(&[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres() {
    let Some(database) = TestDatabase::postgres().await else { return };
    let folder = tempfile::tempdir().unwrap();
    Crash::of("PostgreSQL", Lab::new(folder.path(), Some(url(&database)))).run(&[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hosts_on_postgres() {
    let Some(database) = TestDatabase::postgres().await else { return };
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    Crash::of("PostgreSQL, two hosts", Lab::new(one.path(), Some(url(&database)))).run(&[two.path()]).await;
}

pub(crate) fn url(database: &TestDatabase) -> String {
    let rialto_store::StoreOptions::Postgres { url, .. } = &database.options else { panic!("not PostgreSQL") };
    url.clone()
}

/// One run of the test.
struct Crash {
    name: &'static str,
    labs: Vec<Lab>,
    kills: u64,
    recipients: u32,
    chance: Chance,
    /// Kills that hit a mail on its way, kills in all, and mails on their way at a kill.
    hit: u64,
    tried: u64,
    flying: i64,
}

impl Crash {
    fn of(name: &'static str, mut lab: Lab) -> Self {
        // The server's syncs are held up where it was started.
        let delay = number("RIALTO_CRASH_FSYNC_DELAY_US", 0);
        lab.sync_delay_us = if lab.database.is_none() { delay } else { 0 };
        Self {
            name,
            labs: vec![lab],
            kills: number("RIALTO_CRASH_KILLS", KILLS),
            recipients: u32::try_from(number("RIALTO_CRASH_RECIPIENTS", RECIPIENTS)).unwrap(),
            chance: Chance(number("RIALTO_CRASH_SEED", SEED)),
            hit: 0,
            tried: 0,
            flying: 0,
        }
    }

    async fn run(mut self, others: &[&std::path::Path]) {
        let seed = self.chance.0;
        // Answers take a moment, so that a kill finds mails on their way.
        let delay = Duration::from_millis(5);
        let log = Some(self.labs[0].data.join("sink.log"));
        let sink = Sink::start(Options { log, pipelining: true, delay, ..Options::default() }).await.unwrap();
        self.labs[0].key().await;
        let mut hosts = vec![Some(self.labs[0].serve().await)];
        for data in others {
            let lab = self.labs[0].beside(data);
            lab.run(&["host", "confirm"]).await;
            hosts.push(Some(lab.serve().await));
            self.labs.push(lab);
        }
        let began = Instant::now();
        let campaign = campaign(&alive(&hosts).http, &sink, self.recipients).await;
        while self.hit < self.kills && !self.over(&hosts, &campaign).await {
            self.wait(&sink).await;
            self.strike(&mut hosts, &sink).await;
        }
        let http = alive(&hosts).http.clone();
        let ledger = finished(&http, &sink, &campaign).await;
        let verdict = judge(&http, &sink, &campaign, self.recipients, &ledger).await;
        println!(
            "| {} | seed {seed} | {} of {} kills | {} on their way | accepted {} | uncertain {} | missed {} | twice {} \
             | sums equal: {} | {:.0} s |",
            self.name,
            self.hit,
            self.tried,
            self.flying,
            verdict.accepted,
            verdict.uncertain,
            verdict.missed.len(),
            verdict.twice.len(),
            verdict.sums_equal,
            began.elapsed().as_secs_f64()
        );
        verdict.hold();
        let flying = u64::try_from(self.flying).unwrap();
        assert!(verdict.uncertain <= flying, "{} are uncertain, {flying} were on their way", verdict.uncertain);
        // How many do is left to chance, and told above; a run that none hits shows nothing.
        assert!(self.hit > 0, "none of {} kills hit a mail on its way", self.tried);
        for host in hosts.into_iter().flatten() {
            host.kill().await;
        }
    }

    async fn over(&self, hosts: &[Option<Running>], campaign: &str) -> bool {
        ledger_of(&alive(hosts).http, campaign).await["finished"] == true
    }

    /// Wait for somewhere within what is left, so that kills spread over the campaign.
    async fn wait(&mut self, sink: &Sink) {
        let left = u64::from(self.recipients).saturating_sub(sink.taken()) / (self.kills - self.hit);
        let until = sink.taken() + 1 + self.chance.below(left.max(1));
        let began = Instant::now();
        while sink.taken() < until && began.elapsed() < Duration::from_secs(30) {
            sleep(Duration::from_millis(1)).await;
        }
        sleep(Duration::from_micros(self.chance.below(3_000))).await;
    }

    /// Kill one host and start it again.
    async fn strike(&mut self, hosts: &mut [Option<Running>], sink: &Sink) {
        let victim = usize::try_from(self.chance.below(hosts.len() as u64)).unwrap();
        let Some(host) = hosts[victim].take() else { return };
        let name = host.hello["host"].as_str().unwrap().to_owned();
        host.kill().await;
        self.tried += 1;
        if self.labs[victim].database.is_some() {
            // A commit that was under way is seen through by the server.
            sleep(Duration::from_millis(100)).await;
        }
        let flying = self.labs[victim].count(ON_THEIR_WAY).await;
        // With two hosts it may be the other one that sends: nothing is cut off then.
        if flying > 0 && self.sends(victim, &name).await {
            self.hit += 1;
            self.flying += flying;
        }
        if hosts.len() > 1 && self.chance.below(LEFT_DEAD_ONE_OF) == 0 {
            let (before, began) = (sink.taken(), Instant::now());
            while sink.taken() < before + 20 && began.elapsed() < PATIENCE {
                sleep(Duration::from_millis(50)).await;
            }
        }
        hosts[victim] = Some(self.labs[victim].serve().await);
    }

    /// Whether the host of this name was the one that sends.
    async fn sends(&self, victim: usize, name: &str) -> bool {
        use sqlx::Connection as _;
        let Some(url) = &self.labs[victim].database else { return true };
        let mut conn = sqlx::PgConnection::connect(url).await.unwrap();
        let text =
            "SELECT COUNT(*) FROM job WHERE kind = 'delivery.dispatch' AND state = 'running' AND lease_owner = $1";
        let count: i64 = sqlx::query_scalar(text).bind(name).fetch_one(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        count > 0
    }
}

fn alive(hosts: &[Option<Running>]) -> &Running {
    hosts.iter().flatten().next().unwrap()
}

/// Numbers that look like chance and are the same for one seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound.max(1)
    }
}

fn number(name: &str, otherwise: u64) -> u64 {
    #[allow(clippy::disallowed_methods, reason = "tests are told how long to run by the environment")]
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}
