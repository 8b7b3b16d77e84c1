//! The command line over a data folder of its own: the same actions as over
//! HTTP, in both languages.

use super::lab::Lab;
use serde_json::{Value, json};

/// A campaign of an empty data folder.
async fn campaign(lab: &Lab) -> String {
    let running = lab.serve().await;
    let (status, made) = running
        .http
        .post("/api/v1/campaigns", &json!({ "name": "Spring", "rule": { "all": [] }, "currency": "EUR" }))
        .await;
    assert!(status.is_success(), "{made}");
    running.signal("TERM");
    assert!(running.ended().await.success());
    made["id"].as_str().unwrap().to_owned()
}

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|line| line["name"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_of_the_budget_are_added_changed_and_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = Lab::new(folder.path(), None);
    lab.key().await;
    let campaign = campaign(&lab).await;
    let plan = |verb: &'static str, rest: &[&'static str]| {
        let mut all = vec!["plan", verb, campaign.as_str()];
        all.extend(rest);
        all.into_iter().map(str::to_owned).collect::<Vec<String>>()
    };
    let run = async |arguments: Vec<String>| lab.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let refused =
        async |arguments: Vec<String>| lab.refused(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let made =
        run(plan("add-line", &["media", "--name", "Posters", "--planned", "50000", "--note", "two weeks"])).await;
    run(plan("add-line", &["venue", "--name", "Hall", "--planned", "20000"])).await;
    let changed = run(plan("change-line", &["Posters", "--planned", "60000", "--committed", "10000"])).await;
    assert_eq!((&changed["id"], &changed["note"]), (&made["id"], &json!("two weeks")));
    assert_eq!((&changed["planned"]["minor"], &changed["committed"]["minor"]), (&json!(60_000), &json!(10_000)));
    // A unit cost and a quantity take the place of the amount.
    let changed = run(plan("change-line", &["Posters", "--unit-cost", "30", "--quantity", "100"])).await;
    assert_eq!(changed["planned"]["minor"], 3_000, "{changed}");
    let said = refused(plan("change-line", &["Posters"])).await;
    assert!(said.contains("say what is to change"), "{said}");
    let said = refused(plan("change-line", &["Flyers", "--planned", "1"])).await;
    assert!(said.contains("no line of this budget is called `Flyers`"), "{said}");
    let said = refused(plan("remove-line", &["Flyers", "--lang", "zh-CN"])).await;
    assert!(said.contains("预算"), "{said}");
    run(plan("add-line", &["other", "--name", "Hall", "--planned", "100"])).await;
    let said = refused(plan("remove-line", &["Hall"])).await;
    assert!(said.contains("several lines"), "{said}");
    run(plan("remove-line", &["Posters"])).await;
    assert_eq!(names(&run(plan("lines", &[])).await), ["Hall", "Hall"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_preflight_is_counted_at_once_or_by_a_job_with_the_same_answer() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = Lab::new(folder.path(), None);
    lab.key().await;
    let campaign = campaign(&lab).await;
    let now = lab.run(&["plan", "preflight", &campaign]).await;
    let later = lab.run(&["plan", "preflight", &campaign, "--background"]).await;
    assert_eq!((&now, now["audience"].as_i64()), (&later, Some(0)));
    assert!(now["blockers"].to_string().contains("choose at least one channel"), "{now}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_policy_of_a_unit_is_set_shown_and_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = Lab::new(folder.path(), None);
    lab.key().await;
    let running = lab.serve().await;
    let new = json!({ "kind": "store", "code": "s1", "name": "Store 1" });
    let (status, unit) = running.http.post("/api/v1/units", &new).await;
    assert!(status.is_success(), "{unit}");
    running.signal("TERM");
    assert!(running.ended().await.success());
    let (unit, file) = (unit["id"].as_str().unwrap(), folder.path().join("policy.json"));
    std::fs::write(&file, r#"{ "caps": [{ "sends": 1, "days": 7 }] }"#).unwrap();
    let set = lab.run(&["policy", "set", file.to_str().unwrap(), "--unit", unit]).await;
    assert_eq!((&set["from"]["caps"], &set["from"]["barred"]), (&json!(unit), &Value::Null), "{set}");
    // What is shown can be set again.
    std::fs::write(&file, set.to_string()).unwrap();
    let again = lab.run(&["policy", "set", file.to_str().unwrap(), "--unit", unit]).await;
    assert_eq!((&again["own"], &again["effective"]), (&set["own"], &set["effective"]));
    let gone = lab.run(&["policy", "remove", "--unit", unit]).await;
    assert_eq!((&gone["version"], &gone["own"]), (&json!(0), &json!({})), "{gone}");
}
