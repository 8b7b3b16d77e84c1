//! Hosts among themselves: a start takes its own leases back and nobody
//! else's, a consumer may end at any await, a held host lets nothing out, and
//! two whole hosts on one database send to each person once.

use crate::delivery::world::{Plan, World, of};
use async_trait::async_trait;
use rialto_app::compose;
use rialto_jobs::{
    Consumer, Hold, Instance, JobError, JobFailure, JobHandler, JobRun, NewInstance, NewJob, OutboxItem, RunnerOptions,
    Step, enqueue, host_list, outbox_push,
};
use rialto_kernel::{Id, Keys, Problem};
use rialto_plugin_host::{HostConfig, PluginHost};
use rialto_slice::{HostParts, Limits};
use rialto_testkit::{TestDatabase, TestHost, both};
use serde_json::json;
use std::{
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// A job that never ends by itself, and keeps its run.
struct Endless {
    runs: Arc<Mutex<Vec<rialto_jobs::Fence>>>,
    outside: bool,
}

#[async_trait]
impl JobHandler for Endless {
    fn kind(&self) -> &'static str {
        "test"
    }

    fn reaches_outside(&self) -> bool {
        self.outside
    }

    async fn run(&self, job: &mut JobRun) -> Result<Step, JobFailure> {
        self.runs.lock().unwrap().push(job.fence());
        job.stop.cancelled().await;
        Ok(Step::Again(Duration::from_secs(3_600)))
    }
}

async fn queue(db: &TestDatabase) {
    use rialto_kernel::Clock as _;
    let (id, now, workspace) = (db.ids.make(), db.clock.now_us(), db.workspace);
    let queued: Result<Id, JobError> = db
        .store
        .write(workspace, "t", move |conn| {
            Box::pin(async move { enqueue(conn, id, now, NewJob::new(workspace, "test", json!(null), now)).await })
        })
        .await;
    queued.unwrap();
}

fn start(db: &TestDatabase, name: &str, alone: bool) -> NewInstance {
    NewInstance { name: name.to_owned(), instance: db.ids.make(), alone, held: false }
}

fn parts(db: &TestDatabase, name: String, handlers: Vec<Arc<dyn JobHandler>>) -> rialto_jobs::RunnerParts {
    rialto_jobs::RunnerParts {
        store: db.store.clone(),
        clock: db.clock.clone(),
        random: db.random.clone(),
        name,
        handlers,
        consumers: vec![],
        options: RunnerOptions { poll: Duration::from_millis(20), ..RunnerOptions::default() },
    }
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..1_500 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never: {what}");
}

both! {
    async fn a_start_takes_back_its_own_leases_and_fences_who_held_them(db: TestDatabase) {
        let runs: Arc<Mutex<Vec<rialto_jobs::Fence>>> = Arc::default();
        let handlers: Vec<Arc<dyn JobHandler>> = vec![Arc::new(Endless { runs: Arc::clone(&runs), outside: false })];
        let (earlier, taken) = Instance::begin(&db.store, start(&db, "one", false)).await.unwrap();
        assert_eq!((taken.jobs, taken.items), (0, 0));
        queue(&db).await;
        let first = rialto_jobs::Runner::new(parts(&db, earlier.owner(), handlers.clone()));
        // Dropped in the middle: as a kill.
        let task = tokio::spawn(async move { first.run(CancellationToken::new()).await });
        until("the first run begins", || runs.lock().unwrap().len() == 1).await;
        let (_, taken) = Instance::begin(&db.store, start(&db, "two", false)).await.unwrap();
        assert_eq!(taken.jobs, 0, "another's lease runs out by time alone");
        assert!(earlier.beat(false).await.unwrap());
        task.abort();
        let (later, taken) = Instance::begin(&db.store, start(&db, "one", false)).await.unwrap();
        assert_eq!(taken.jobs, 1);
        let fence = runs.lock().unwrap()[0];
        let late: Result<(), JobError> = db.store
            .write(db.workspace, "t", move |c| Box::pin(async move { fence.save(c, &json!(1), 1, 1).await })).await;
        assert!(matches!(late, Err(JobError::Fenced)), "fenced before anyone has claimed it: {late:?}");
        assert!(!earlier.beat(false).await.unwrap(), "the earlier start has been replaced");
        assert!(later.beat(true).await.unwrap());
        let stop = CancellationToken::new();
        let second = rialto_jobs::Runner::new(parts(&db, later.owner(), handlers));
        let task = tokio::spawn({ let stop = stop.clone(); async move { second.run(stop).await } });
        until("the second run begins, long before a lease runs out", || runs.lock().unwrap().len() == 2).await;
        stop.cancel();
        task.await.unwrap();
        let hosts = host_list(&db.store).await.unwrap();
        assert_eq!(hosts.iter().map(|row| (row.name.as_str(), row.held)).collect::<Vec<_>>().len(), 2);
        later.end().await.unwrap();
        assert_eq!(host_list(&db.store).await.unwrap().len(), 1);
    }

    async fn a_held_host_lets_nothing_out(db: TestDatabase) {
        let runs: Arc<Mutex<Vec<rialto_jobs::Fence>>> = Arc::default();
        let handlers: Vec<Arc<dyn JobHandler>> = vec![Arc::new(Endless { runs: Arc::clone(&runs), outside: true })];
        queue(&db).await;
        let hold = Hold::default();
        hold.set("a copy");
        let mut parts = parts(&db, "held".to_owned(), handlers);
        parts.options.hold = hold.clone();
        let (runner, stop) = (rialto_jobs::Runner::new(parts), CancellationToken::new());
        assert_eq!(runner.drain().await.unwrap().jobs, 0);
        let task = tokio::spawn({ let stop = stop.clone(); async move { runner.run(stop).await } });
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            assert!(runs.lock().unwrap().is_empty());
        }
        hold.lift();
        until("it goes once the hold is lifted", || runs.lock().unwrap().len() == 1).await;
        stop.cancel();
        task.await.unwrap();
    }

    async fn a_consumer_that_ends_at_any_await_loses_and_doubles_nothing(host: TestHost) {
        let key = host.token(host.workspace(), rialto_identity::TokenKind::Write, None).await;
        let http = rialto_testkit::TestClient::new(host.serve().await, Some(key));
        let admin = host.http().await;
        let mut cuts = 0;
        for polls in 1..=40_u32 {
            let user = format!("u{polls}");
            let event = |n: u32| json!({
                "type": "identify", "userId": user, "messageId": format!("{polls}-{n}"),
                "traits": { "plan": format!("p{n}"), "email": format!("{user}@person.example") },
            });
            let batch = json!({ "batch": [event(1), event(2)] });
            let (status, said) = http.post("/v1/batch", &batch).await;
            assert!(status.is_success(), "{status} {said}");
            let drain = host.runner().drain();
            if (Cut { inner: Box::pin(drain), polls }).await.is_none() {
                cuts += 1;
            }
            // The next start, which finds what this one had leased.
            let database = host.database();
            let (start, _) = Instance::begin(&database.store, start(database, "one", true)).await.unwrap();
            start.end().await.unwrap();
            host.drain().await;
            let (_, found) = admin.get(&format!("/contacts?q={user}&identity=user_id")).await;
            let id = found["items"][0]["id"].as_str().unwrap_or_else(|| panic!("no contact {user}: {found}"));
            let (_, profile) = admin.get(&format!("/contacts/{id}/profile")).await;
            let plan = profile["traits"].as_array().unwrap().iter().find(|t| t["key"] == "plan");
            assert!(plan.is_some_and(|plan| plan["value"] == "p2"), "{polls} polls: {profile}");
            let emails = profile["identities"].as_array().unwrap().iter().filter(|i| i["kind"] == "email").count();
            assert_eq!(emails, 1, "{polls} polls: {profile}");
        }
        assert!(cuts > 10, "only {cuts} ended early");
        let mut conn = host.read().await;
        let (left,): (i64,) = rialto_store::sql_dynamic("SELECT CAST(COUNT(*) AS BIGINT) FROM outbox".to_owned())
            .fetch_one(&mut conn).await.unwrap();
        assert_eq!(left, 0);
    }

    async fn a_batch_ends_before_during_and_after_its_steps_and_is_taken_again(db: TestDatabase) {
        use rialto_kernel::Clock as _;
        let consumer = Arc::new(Steps::default());
        for ends_at in 0..=4_u32 {
            let (id, now, workspace) = (db.ids.make(), db.clock.now_us(), db.workspace);
            let pushed: Result<(), JobError> = db.store.write(workspace, "t", move |c| Box::pin(async move {
                outbox_push(c, workspace, id, now, "events", b"x", &["steps"]).await
            })).await;
            pushed.unwrap();
            consumer.ends_at.store(ends_at, Ordering::SeqCst);
            consumer.done.lock().unwrap().clear();
            let runner = db.runner(vec![], vec![consumer.clone()], RunnerOptions::default());
            let cut = tokio::time::timeout(Duration::from_millis(300), runner.drain()).await;
            assert_eq!(cut.is_err(), ends_at > 0, "step {ends_at}");
            consumer.ends_at.store(0, Ordering::SeqCst);
            let (_, taken) = Instance::begin(&db.store, start(&db, "one", true)).await.unwrap();
            assert_eq!(taken.items, u64::from(ends_at > 0), "step {ends_at}");
            runner.drain().await.unwrap();
            assert_eq!(consumer.done.lock().unwrap().last(), Some(&4), "step {ends_at}");
        }
    }
}

/// Takes a batch in by four steps, and stays for ever before one of them if told.
#[derive(Default)]
struct Steps {
    ends_at: AtomicU32,
    done: Mutex<Vec<u32>>,
}

#[async_trait]
impl Consumer for Steps {
    fn name(&self) -> &'static str {
        "steps"
    }

    async fn take(&self, _item: &OutboxItem) -> Result<(), Problem> {
        for step in 1..=4 {
            if self.ends_at.load(Ordering::SeqCst) == step {
                std::future::pending::<()>().await;
            }
            self.done.lock().unwrap().push(step);
            tokio::task::yield_now().await;
        }
        Ok(())
    }
}

/// A future that is dropped after so many polls.
struct Cut<F> {
    inner: Pin<Box<F>>,
    polls: u32,
}

impl<F: Future> Future for Cut<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        self.inner.as_mut().poll(context).map(Some)
    }
}

#[test]
fn a_dead_host_is_taken_over_within_twenty_seconds() {
    let options = RunnerOptions::default();
    // Its lease, renewed at the last moment, and the longest until somebody looks.
    assert!(options.lease + 2 * options.poll <= Duration::from_secs(20));
    assert!(options.heartbeat * 2 < options.lease, "one heartbeat may fail");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_whole_hosts_send_to_each_person_once() {
    const PEOPLE: i64 = 160;
    let Some(database) = TestDatabase::postgres().await else { return };
    let world = World::new(database).await;
    for number in 0..PEOPLE {
        world.person(Some(&format!("p{number}@person.example")), "en", true).await;
    }
    let campaign = world.campaign(Plan::default()).await;
    let (second, _data) = another(&world).await;
    world.launch(&campaign).await;
    let stop = CancellationToken::new();
    let runners = [world.host.runner().clone(), second.runner.clone()].map(|runner| {
        let stop = stop.clone();
        tokio::spawn(async move { runner.run(stop).await })
    });
    let mut ledger = world.ledger(&campaign).await;
    for _ in 0..600 {
        if ledger["finished"] == true {
            break;
        }
        // What is told to come back later comes by the clock of the test.
        world.host.clock().advance_seconds(1);
        tokio::time::sleep(Duration::from_millis(100)).await;
        ledger = world.ledger(&campaign).await;
    }
    stop.cancel();
    for runner in runners {
        runner.await.unwrap();
    }
    assert_eq!((of(&ledger, "accepted"), world.sink.taken()), (PEOPLE, PEOPLE as u64), "{ledger}");
    assert!(world.sink.counts().values().all(|count| *count == 1));
}

/// Another whole host on the same database, as another machine would have.
async fn another(world: &World) -> (rialto_app::App, tempfile::TempDir) {
    let database = world.host.database();
    let data = tempfile::tempdir().unwrap();
    let keys = Keys::new([7; 32]);
    let config = HostConfig {
        cache_dir: Some(data.path().join("plugin-cache")),
        private_hosts: true,
        compile_ms: 120_000,
        ..HostConfig::default()
    };
    let plugins = PluginHost::new(config, keys.clone(), database.clock.clone(), database.random.clone()).unwrap();
    let app = compose(HostParts {
        store: database.another_store().await,
        clock: database.clock.clone(),
        random: database.random.clone(),
        keys,
        plugins,
        data_dir: data.path().to_owned(),
        public_url: "http://rialto.test".to_owned(),
        name: "second".to_owned(),
        limits: Limits::default(),
    });
    (app.unwrap(), data)
}
