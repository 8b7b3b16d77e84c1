//! A host that starts again takes its own work back at once, and the earlier
//! start, should it wake up, finds itself replaced and stops.

use super::{
    campaign::{campaign, finished, taken},
    judge::judge,
    kills::url,
    lab::Lab,
};
use rialto_testkit::TestDatabase;
use rialto_tests::sink::{Options, Sink};
use std::time::Duration;

const PEOPLE: u32 = 400;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_that_slept_finds_itself_replaced() {
    let Some(database) = TestDatabase::postgres().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut lab = Lab::new(folder.path(), Some(url(&database)));
    let delay = Duration::from_millis(10);
    let sink = Sink::start(Options { pipelining: true, delay, ..Options::default() }).await.unwrap();
    lab.key().await;
    let earlier = lab.serve_as(&["--name", "one"]).await;
    let campaign = campaign(&earlier.http, &sink, PEOPLE).await;
    taken(&sink, 30).await;
    earlier.signal("STOP");
    let later = lab.serve_as(&["--name", "one"]).await;
    let text = "SELECT COUNT(*) FROM job WHERE state = 'running' AND lease_until > 0 AND lease_owner LIKE 'one/%'";
    // The lease is the later start's own long before it would have run out.
    taken(&sink, sink.taken() + 30).await;
    assert!(lab.count(text).await > 0);
    earlier.signal("CONT");
    let status = earlier.ended().await;
    assert!(!status.success(), "a start that was replaced says so: {status}");
    let ledger = finished(&later.http, &sink, &campaign).await;
    judge(&later.http, &sink, &campaign, PEOPLE, &ledger).await.hold();
    later.kill().await;
}
