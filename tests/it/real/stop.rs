//! A host that is asked to stop puts everything down; one that is asked twice
//! stops at once.

use super::{
    campaign::{campaign, finished, taken},
    judge::judge,
    lab::Lab,
};
use rialto_tests::sink::{Options, Sink};
use std::time::Duration;

const PEOPLE: u32 = 120;

async fn sink(delay: Duration) -> Sink {
    Sink::start(Options { pipelining: true, delay, ..Options::default() }).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_sees_through_what_is_on_its_way_and_hands_the_rest_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = Lab::new(folder.path(), None);
    let sink = sink(Duration::from_millis(400)).await;
    lab.key().await;
    let host = lab.serve().await;
    let campaign = campaign(&host.http, &sink, PEOPLE).await;
    taken(&sink, 10).await;
    host.signal("TERM");
    let status = host.ended().await;
    assert!(status.success(), "{status}");
    assert!(sink.taken() < u64::from(PEOPLE), "the campaign was over before the host was asked to stop");
    for (query, what) in [
        ("SELECT COUNT(*) FROM send WHERE state IN ('leased', 'dispatching')", "sends"),
        ("SELECT COUNT(*) FROM send WHERE state = 'uncertain'", "doubts"),
        ("SELECT COUNT(*) FROM job WHERE state = 'running' OR lease_until > 0", "jobs"),
        ("SELECT COUNT(*) FROM outbox WHERE lease_until > 0", "outbox rows"),
        ("SELECT COUNT(*) FROM host_instance", "hosts"),
    ] {
        assert_eq!(lab.count(query).await, 0, "{what} are left");
    }
    let host = lab.serve().await;
    let ledger = finished(&host.http, &sink, &campaign).await;
    let verdict = judge(&host.http, &sink, &campaign, PEOPLE, &ledger).await;
    verdict.hold();
    assert_eq!(verdict.uncertain, 0, "a host that stops in good order leaves nobody in doubt");
    host.kill().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_sigterm_stops_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = Lab::new(folder.path(), None);
    // Nothing is answered: a host that waited would wait long.
    let sink = sink(Duration::from_secs(600)).await;
    lab.key().await;
    let mut host = lab.serve().await;
    campaign(&host.http, &sink, 8).await;
    taken(&sink, 1).await;
    host.signal("TERM");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(host.runs(), "it does not wait for what is on its way");
    host.signal("TERM");
    assert_eq!(host.ended().await.code(), Some(143));
    assert!(lab.count("SELECT COUNT(*) FROM send WHERE state = 'dispatching'").await > 0);
}
