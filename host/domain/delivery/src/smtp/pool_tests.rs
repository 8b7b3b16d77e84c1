//! The pool against a server that misbehaves on request.

use super::{Fate, Mail, Pools, Security, Server};
use rialto_kernel::Id;
use rialto_tests::sink::{Options, Sink};
use std::sync::Arc;

async fn sink(pipelining: bool) -> Sink {
    Sink::start(Options { keep: true, pipelining, ..Options::default() }).await.unwrap()
}

fn server(sink: &Sink, security: Security) -> Server {
    Server {
        id: Id::from_u128(1),
        version: 1,
        host: sink.address().ip().to_string(),
        port: sink.address().port(),
        security,
        username: String::new(),
        password: None,
        connections: 4,
        rate_per_second: None,
        bounce_domain: String::new(),
        dkim: None,
    }
}

fn mail(to: &str) -> Mail {
    Mail {
        from: "news@shop.example".to_owned(),
        to: format!("{to}@person.example"),
        bytes: b"Subject: hi\r\n\r\n.a dot\r\n..\r\nend\r\n".to_vec(),
    }
}

#[tokio::test]
async fn every_misbehaviour_has_its_fate() {
    for pipelining in [true, false] {
        let sink = sink(pipelining).await;
        let pool = Pools::default().of(&server(&sink, Security::None));
        let fate = async |to: &str| pool.send(&mail(to)).await;
        assert!(matches!(fate("ann").await, Fate::Accepted { code: 250, .. }));
        assert!(matches!(fate("a+550").await, Fate::Rejected { code: 550, recipient: true, .. }));
        assert!(matches!(fate("a+policy").await, Fate::Rejected { code: 550, recipient: false, .. }));
        assert!(matches!(fate("a+450").await, Fate::Deferred { code: 450, .. }));
        assert!(matches!(fate("b+450once").await, Fate::Deferred { .. }));
        assert!(matches!(fate("b+450once").await, Fate::Accepted { .. }));
        assert!(matches!(fate("a+data550").await, Fate::Rejected { recipient: false, .. }));
        assert!(matches!(fate("a+slow").await, Fate::Accepted { .. }));
        assert!(matches!(fate("a+421").await, Fate::Deferred { code: 421, .. }));
        // Taken, and no reply: the host cannot know.
        assert!(matches!(fate("a+cut").await, Fate::Uncertain { .. }), "pipelining {pipelining}");
        assert!(matches!(fate("after").await, Fate::Accepted { .. }), "the next mail has a connection of its own");
        let counts = sink.counts();
        assert_eq!(counts["ann@person.example"], 1);
        assert_eq!(counts["a+cut@person.example"], 1, "an uncertain mail is never sent again by the pool");
        assert_eq!(counts.get("a+550@person.example"), None);
        let first = sink.mails().into_iter().find(|mail| mail.to == "ann@person.example").unwrap();
        assert_eq!(first.bytes, mail("ann").bytes, "dots arrive as they were written");
    }
}

#[tokio::test]
async fn a_cut_in_the_body_is_never_taken_for_delivered() {
    let sink = sink(true).await;
    let pool = Pools::default().of(&server(&sink, Security::None));
    let big = Mail {
        bytes: [b"Subject: big\r\n\r\n".as_slice(), &b"line\r\n".repeat(800_000)].concat(),
        ..mail("a+cutdata")
    };
    let fate = pool.send(&big).await;
    assert!(matches!(fate, Fate::Untouched { server: false, .. } | Fate::Uncertain { .. }), "{fate:?}");
    assert_eq!(sink.taken(), 0);
}

#[tokio::test]
async fn there_is_no_falling_back_to_the_clear() {
    let sink = sink(true).await;
    for security in [Security::Starttls, Security::Tls] {
        let pool = Pools::default().of(&server(&sink, security));
        let fate = pool.send(&mail("ann")).await;
        assert!(matches!(fate, Fate::Untouched { server: true, .. }), "{security:?}: {fate:?}");
    }
    assert_eq!(sink.taken(), 0);
}

#[tokio::test]
async fn a_server_that_is_away_costs_no_mail() {
    let gone = {
        let sink = sink(true).await;
        server(&sink, Security::None)
    };
    let pool = Pools::default().of(&gone);
    assert!(matches!(pool.send(&mail("ann")).await, Fate::Untouched { server: true, .. }));
    assert!(pool.rest() >= std::time::Duration::from_secs(1), "it is left alone for a while");
}

#[tokio::test]
async fn connections_stay_within_their_bound_and_are_used_again() {
    let sink = Arc::new(sink(true).await);
    let pool = Pools::default().of(&server(&sink, Security::None));
    let mut sending = tokio::task::JoinSet::new();
    for number in 0..60 {
        let pool = Arc::clone(&pool);
        sending.spawn(async move { pool.send(&mail(&format!("n{number}"))).await });
    }
    while let Some(fate) = sending.join_next().await {
        assert!(matches!(fate.unwrap(), Fate::Accepted { .. }));
    }
    assert_eq!(sink.taken(), 60);
    assert!(sink.connections_most() <= 4, "{} connections", sink.connections_most());
}
