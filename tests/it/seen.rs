//! Who sees which part of an address: whole for those who may reveal it,
//! masked for all others, in whatever shows it.

use rialto_audience::{NewEvent, record_events};
use rialto_identity::TokenKind;
use rialto_testkit::{TestClient, TestHost, both};
use serde_json::{Value, json};

const EMAIL: &str = "hui@example.com";
const PHONE: &str = "+8613812341234";

async fn person(host: &TestHost, http: &TestClient) -> String {
    let new = json!({
        "first_name": "Hui",
        "identities": [
            { "kind": "email", "value": EMAIL }, { "kind": "phone", "value": PHONE },
            { "kind": "member", "issuer": "club", "value": "M-7" },
        ],
        "traits": { "mobile": "13812341234", "note": "write to hui@example.com", "age": 41, "plan": "pro" },
    });
    let (status, made) = http.post("/contacts", &new).await;
    assert_eq!(status, 201, "{made}");
    let id = made["id"].as_str().unwrap().to_owned();
    let consent = json!({ "channel": "email", "state": "granted", "proof": "form, as hui@example.com" });
    assert_eq!(http.post(&format!("/contacts/{id}/consents"), &consent).await.0, 201);
    let (workspace, ids, now) = (host.workspace(), host.host().ids().clone(), host.host().now_us());
    let properties = json!({ "reply": { "to": ["hui@example.com", "+86 138 1234 1234"] }, "sku": "A-1" });
    let event = NewEvent {
        at: now,
        kind: "track".to_owned(),
        source: "shop".to_owned(),
        contact: Some(id.parse().unwrap()),
        properties: properties.as_object().unwrap().clone(),
        ..NewEvent::default()
    };
    let written = host.host().store.write(workspace, "test", move |conn| {
        Box::pin(async move { record_events(conn, &ids, now, workspace, vec![event]).await })
    });
    written.await.unwrap();
    id
}

/// Everything over HTTP that shows this person.
async fn shown(http: &TestClient, id: &str) -> Value {
    let mut all = json!({});
    for part in ["profile", "timeline", "consents"] {
        let (status, body) = http.get(&format!("/contacts/{id}/{part}")).await;
        assert_eq!(status, 200, "{part}: {body}");
        all[part] = body;
    }
    all
}

fn whole(text: &str) -> bool {
    [EMAIL, PHONE, "13812341234", "138 1234 1234"].iter().any(|address| text.contains(address))
}

both! {
    async fn addresses_are_whole_only_for_those_who_may_reveal_them(host: TestHost) {
        let http = host.http().await;
        let id = person(&host, &http).await;
        for (role, sees) in [
            ("admin", true), ("manager", true), ("marketer", false), ("analyst", false), ("developer", false), ("viewer", false),
        ] {
            let http = http.with_token(Some(host.token(host.workspace(), TokenKind::Api, Some(role)).await));
            let all = shown(&http, &id).await;
            assert_eq!(whole(&all.to_string()), sees, "{role}: {all}");
            let identities = all["profile"]["identities"].as_array().unwrap();
            let of = |kind: &str| &identities.iter().find(|one| one["kind"] == kind).unwrap()["shown"];
            assert_eq!(of("member"), "M-7", "what is no address stays");
            assert_eq!(all["profile"]["contact"]["name"], "Hui");
            if sees {
                continue;
            }
            assert_eq!((of("email"), of("phone")), (&json!("h***@example.com"), &json!("138****1234")));
            let traits = all["profile"]["traits"].as_array().unwrap();
            let held = |key: &str| &traits.iter().find(|one| one["key"] == key).unwrap()["value"];
            assert_eq!((held("mobile"), held("plan")), (&json!("138****1234"), &json!("pro")));
            assert_eq!(held("note"), "write to h***@example.com");
            let event = &all["timeline"]["items"][0]["properties"];
            assert_eq!(event["reply"]["to"], json!(["h***@example.com", "138****1234"]), "{event}");
            assert_eq!(event["sku"], "A-1");
            // A whole address still finds its person: whoever has it may ask whose it is.
            let (_, found) = http.get(&format!("/contacts?q={EMAIL}")).await;
            assert_eq!(found["items"][0]["id"], json!(id));
        }
    }

    async fn what_a_change_answers_is_masked_too(host: TestHost) {
        let http = host.http().await;
        let id = person(&host, &http).await;
        let marketer = http.with_token(Some(host.token(host.workspace(), TokenKind::Api, Some("marketer")).await));
        let (status, profile) = marketer.post(&format!("/contacts/{id}/tags"), &json!({ "name": "vip" })).await;
        assert_eq!(status, 200, "{profile}");
        assert!(!whole(&profile.to_string()), "{profile}");
        let (status, profile) = marketer.post(&format!("/contacts/{id}/identities"), &json!({ "kind": "user_id", "value": "u1" })).await;
        assert_eq!(status, 200, "{profile}");
        assert!(!whole(&profile.to_string()), "{profile}");
    }
}
