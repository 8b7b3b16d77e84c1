//! What a campaign asks of SQLite, statement by statement, texts built at run
//! time included: none may look through the whole workspace for each row of
//! another. Such a question answers rightly on ten contacts and stalls on a
//! million.

use super::world::{Plan, TOPIC, World};
use rialto_testkit::TestDatabase;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    process::Command,
    sync::{Arc, Mutex},
};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{Layer, filter::LevelFilter, layer::Context, prelude::*};

/// Steps that do read a workspace's rows in an inner loop: table, and why it may.
const ALLOWED: &[(&str, &str)] = &[];

/// Keeps every text that the driver ran.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<BTreeSet<String>>>);

#[derive(Default)]
struct Statement {
    whole: String,
    summary: String,
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "db.statement" => value.clone_into(&mut self.whole),
            "summary" => value.clone_into(&mut self.summary),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

impl<S: Subscriber> Layer<S> for Heard {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            let mut statement = Statement::default();
            event.record(&mut statement);
            let text = if statement.whole.is_empty() { statement.summary } else { statement.whole };
            self.0.lock().unwrap().insert(text.trim().to_owned());
        }
    }
}

/// Set in the process that hears the texts.
const ALONE: &str = "RIALTO_TEST_ALONE";

/// In a process of its own: whoever listens to the driver hears every test of
/// the process.
#[test]
fn a_campaign_looks_through_no_workspace_row_by_row() {
    let program = std::env::current_exe().unwrap();
    let test = "delivery::plans::what_a_campaign_asks_is_explained";
    let output = Command::new(program).args([test, "--exact", "--nocapture"]).env(ALONE, "1").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_campaign_asks_is_explained() {
    #[allow(clippy::disallowed_methods, reason = "the process it starts itself in is told so")]
    let alone = std::env::var_os(ALONE);
    if alone.is_none() {
        return;
    }
    let heard = Heard::default();
    tracing_subscriber::registry().with(heard.clone().with_filter(LevelFilter::DEBUG)).try_init().unwrap();
    let database = TestDatabase::sqlite().await;
    let rialto_store::StoreOptions::Sqlite { path } = database.options.clone() else { panic!("not SQLite") };
    let world = World::new(database).await;
    import(&world).await;
    world.person(Some("ann@person.example"), "en", true).await;
    let policy = serde_json::json!({ "caps": [{ "sends": 3, "days": 7 }] });
    let (status, body) = world.call(reqwest::Method::PUT, "/delivery-policy", Some(policy)).await;
    assert!(status.is_success(), "{body}");
    let campaign = world.campaign(Plan { unit_cost_minor: 10, budget_minor: Some(1_000), ..Plan::default() }).await;
    world.post(&format!("/campaigns/{campaign}/preflight"), serde_json::json!({})).await;
    world.launch(&campaign).await;
    world.finish(&campaign).await;

    let texts = heard.0.lock().unwrap().clone();
    assert!(texts.iter().any(|text| text.contains("JOIN consent") && text.contains("IN (")), "texts were not heard");
    let mut conn = sqlx::sqlite::SqliteConnectOptions::new().filename(path).connect().await.unwrap();
    let mut wrong = BTreeMap::new();
    for text in texts.iter().filter(|text| explains(text)) {
        let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}"));
        let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain).fetch_all(&mut conn).await.unwrap();
        if let Some(step) = whole_workspace_inside(&steps) {
            wrong.insert(text.clone(), step);
        }
    }
    conn.close().await.unwrap();
    assert!(wrong.is_empty(), "{} texts read a workspace for each row of another table: {wrong:#?}", wrong.len());
}

async fn import(world: &World) {
    let csv = format!(
        "external_id,email,first_name,consent_email:{TOPIC},consent_proof,consent_source\n\
         a1,bob@person.example,Bob,yes,form,test\na2,cleo@person.example,Cleo,no,form,test\n\
         a1,rob@person.example,Bob,yes,form,test\n"
    );
    let path = "/imports?kind=contacts&file_name=people.csv";
    let request = world.http.request(reqwest::Method::POST, path).header("content-type", "text/csv").body(csv);
    let (status, body) = rialto_testkit::answer(request).await;
    assert!(status.is_success(), "{body}");
    world.drain().await;
}

/// What the host asks; not what the store asks of the schema.
fn explains(text: &str) -> bool {
    !text.contains("sqlite_master")
        && ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].iter().any(|word| text.starts_with(word))
}

/// A step that finds all rows of a workspace and stands inside another loop: a
/// later one of the same block, or any of a block asked for each row.
fn whole_workspace_inside(steps: &[(i64, i64, i64, String)]) -> Option<String> {
    let correlated: HashMap<i64, bool> =
        steps.iter().map(|(id, .., what)| (*id, what.starts_with("CORRELATED"))).collect();
    let mut loops: HashMap<i64, u32> = HashMap::new();
    for (_, parent, _, what) in steps {
        if !what.starts_with("SEARCH") && !what.starts_with("SCAN") {
            continue;
        }
        let before = loops.entry(*parent).or_default();
        let inner = *before > 0 || correlated.get(parent).copied().unwrap_or(false);
        *before += 1;
        let whole = what.starts_with("SCAN") || what.ends_with("(workspace=?)");
        let table = what.split_whitespace().nth(1).unwrap_or("");
        if inner && whole && !ALLOWED.iter().any(|(allowed, _)| *allowed == table) {
            return Some(what.clone());
        }
    }
    None
}

#[test]
fn such_a_step_is_found() {
    let step = |id, parent, what: &str| (id, parent, 0, what.to_owned());
    let inner = [
        step(3, 0, "SEARCH c USING PRIMARY KEY (workspace=? AND id=?)"),
        step(9, 0, "SEARCH p USING PRIMARY KEY (workspace=?)"),
    ];
    assert!(whole_workspace_inside(&inner).is_some());
    assert!(whole_workspace_inside(&inner[..1]).is_none());
    assert!(whole_workspace_inside(&[step(3, 0, "SEARCH p USING PRIMARY KEY (workspace=?)")]).is_none(), "a list");
    let asked = [step(3, 0, "CORRELATED SCALAR SUBQUERY 1"), step(4, 3, "SEARCH p USING PRIMARY KEY (workspace=?)")];
    assert!(whole_workspace_inside(&asked).is_some());
}
