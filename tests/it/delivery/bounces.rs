//! What comes back by mail, from a mail that was really sent.

use super::{
    futures_body, on_both,
    world::{Plan, World, root},
};
use serde_json::Value;

/// A returned mail of the corpus, made to speak of a mail that was sent.
fn returned(case: &str, mail: &rialto_tests::sink::Taken) -> String {
    let path = root().join("tests/cases/bounces").join(format!("{case}.eml"));
    let text = std::fs::read_to_string(path).unwrap();
    let id = String::from_utf8_lossy(&mail.bytes)
        .lines()
        .find(|line| line.to_lowercase().starts_with("message-id:"))
        .and_then(|line| line.split(['<', '>']).nth(1).map(str::to_owned))
        .unwrap();
    text.replace("b-00000000000000000000000000000007-tag@bounce.example", &mail.from)
        .replace("00000000000000000000000000000007@shop.example", &id)
}

async fn mailed(world: &World) -> (rialto_kernel::Id, rialto_tests::sink::Taken) {
    let contact = world.person(Some("ann@person.example"), "en", true).await;
    let campaign = world.campaign(Plan::default()).await;
    world.launch(&campaign).await;
    world.finish(&campaign).await;
    (contact, world.sink.mails().pop().unwrap())
}

on_both!(a_mailbox_that_is_gone_is_suppressed_and_the_row_stays, |world| Box::pin(async move {
    let (contact, mail) = mailed(&world).await;
    let quota = world.bounce(returned("gmail-over-quota", &mail)).await;
    assert_eq!((quota["kind"].as_str(), quota["suppressed"].as_bool()), (Some("bounced"), Some(false)), "{quota}");
    let gone = world.bounce(returned("postfix-unknown-user", &mail)).await;
    assert_eq!((gone["recorded"].as_bool(), gone["suppressed"].as_bool()), (Some(true), Some(true)), "{gone}");
    let again = world.bounce(returned("postfix-unknown-user", &mail)).await;
    assert_eq!(again["recorded"], false, "the same mail counts once");
    let story = world.send_to(contact).await;
    assert_eq!(story["state"], "accepted", "a report does not rewrite the row");
    assert_eq!(story["reports"].as_array().unwrap().len(), 2);
    assert_eq!(story["suppressed_now"], true);
    assert_eq!(story["address"], "ann@person.example");
    let viewer = world.host.token(world.host.workspace(), rialto_identity::TokenKind::Api, Some("viewer")).await;
    let viewer = world.http.with_token(Some(viewer));
    let id = story["id"].as_str().unwrap();
    for path in [format!("/sends/{id}"), format!("/sends?contact={contact}"), format!("/sends/{id}/why")] {
        let (status, seen) = viewer.get(&path).await;
        assert_eq!(status, 200, "{path}: {seen}");
        assert!(!seen.to_string().contains("ann@person.example"), "{path} gives the address away: {seen}");
    }
    assert_eq!(viewer.get(&format!("/sends/{id}")).await.1["address"], "a***@person.example");
}));

on_both!(a_complaint_is_heeded_at_once, |world| Box::pin(async move {
    let (contact, mail) = mailed(&world).await;
    let taken = world.bounce(returned("feedback-report-abuse", &mail)).await;
    assert_eq!(taken["kind"], "complained", "{taken}");
    let story = world.send_to(contact).await;
    assert_eq!((story["consent_now"].as_bool(), story["suppressed_now"].as_bool()), (Some(false), Some(true)));
}));

on_both!(what_speaks_of_nothing_of_ours_changes_nothing, |world| Box::pin(async move {
    let (contact, mail) = mailed(&world).await;
    let stranger = rialto_tests::sink::Taken {
        from: "b-00000000000000000000000000000009-00000000000000000000@bounce.example".to_owned(),
        to: mail.to.clone(),
        bytes: b"Message-ID: <00000000000000000000000000000009@shop.example>\r\n".to_vec(),
    };
    let taken = world.bounce(returned("postfix-unknown-user", &stranger)).await;
    assert_eq!((taken["send"].clone(), taken["recorded"].as_bool()), (Value::Null, Some(false)));
    for rubbish in [String::new(), "\0\0".to_owned(), "Subject: hello\r\n\r\nhi".to_owned()] {
        assert_eq!(world.bounce(rubbish).await["recorded"], false);
    }
    assert_eq!(world.send_to(contact).await["suppressed_now"], false);
}));

on_both!(a_report_settles_what_was_uncertain, |world| Box::pin(async move {
    let contact = world.person(Some("ann+cut@person.example"), "en", true).await;
    let campaign = world.campaign(Plan::default()).await;
    world.launch(&campaign).await;
    world.finish(&campaign).await;
    let mail = world.sink.mails().pop().unwrap();
    assert_eq!(world.send_to(contact).await["state"], "uncertain");
    world.bounce(returned("delivered-receipt", &mail)).await;
    assert_eq!(world.send_to(contact).await["state"], "accepted");
}));
