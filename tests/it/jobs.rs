//! Durable jobs: killed, fenced, cancelled, replayed, shared by two hosts, and
//! fired by the wall clock; and outbox rows that are never lost.

use async_trait::async_trait;
use rialto_jobs::{
    Consumer, JobError, JobFailure, JobFilter, JobHandler, JobRun, JobState, NewJob, NewSchedule, OutboxItem, Runner,
    RunnerOptions, Step, enqueue, job_cancel, job_find, job_list, job_replay, outbox_parked_list, outbox_push,
    outbox_replay, schedule_list, schedule_set,
};
use rialto_kernel::{Clock as _, Id, PageQuery, Problem, WorkspaceId};
use rialto_testkit::{TestDatabase, both};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// What a test's handler does with a job.
type Act = Arc<dyn Fn(Run) -> futures::future::BoxFuture<'static, Result<Step, JobFailure>> + Send + Sync>;
/// An attempt of a job, and the checkpoint it found.
type Seen = (i64, Option<Value>);

/// What it is given: a copy, so that closures stay simple.
struct Run {
    id: Id,
    attempt: i64,
    payload: Value,
    checkpoint: Option<Value>,
    stop: CancellationToken,
    crashes: u32,
    fence: rialto_jobs::Fence,
    store: rialto_store::Store,
    workspace: WorkspaceId,
}

struct Handler {
    kind: &'static str,
    together: usize,
    act: Act,
}

#[async_trait]
impl JobHandler for Handler {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn together_max(&self) -> usize {
        self.together
    }

    async fn run(&self, job: &mut JobRun) -> Result<Step, JobFailure> {
        let run = Run {
            id: job.id,
            attempt: job.attempt,
            payload: job.payload.clone(),
            checkpoint: job.checkpoint.clone(),
            stop: job.stop.clone(),
            crashes: job.crashes,
            fence: job.fence(),
            store: job.store.clone(),
            workspace: job.workspace,
        };
        (self.act)(run).await
    }
}

fn handler<F, R>(kind: &'static str, act: F) -> Arc<dyn JobHandler>
where
    F: Fn(Run) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Step, JobFailure>> + Send + 'static,
{
    Arc::new(Handler { kind, together: 16, act: Arc::new(move |run| Box::pin(act(run))) })
}

fn quick() -> RunnerOptions {
    RunnerOptions {
        lease: Duration::from_millis(600),
        heartbeat: Duration::from_millis(150),
        poll: Duration::from_millis(40),
        cancel_check: Duration::from_millis(40),
        grace: Duration::from_millis(400),
        ..RunnerOptions::default()
    }
}

async fn queue(db: &TestDatabase, job: NewJob) -> Id {
    let (id, now) = (db.ids.make(), db.clock.now_us());
    db.store
        .write(job.workspace, "test.queue", move |conn| Box::pin(async move { enqueue(conn, id, now, job).await }))
        .await
        .unwrap()
}

fn job(db: &TestDatabase, payload: Value) -> NewJob {
    NewJob::new(db.workspace, "test", payload, db.clock.now_us())
}

async fn find(db: &TestDatabase, id: Id) -> rialto_jobs::Job {
    let mut conn = db.store.read(db.workspace).await.unwrap();
    job_find(&mut conn, db.workspace, id).await.unwrap().unwrap()
}

/// Wait for what must come; fail when it does not.
async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    for _ in 0..1_000 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never: {what}");
}

async fn until_state(db: &TestDatabase, id: Id, state: JobState) {
    until(&format!("{id} is {state:?}"), || async { find(db, id).await.progress.state == state }).await;
}

fn start(runner: &Runner) -> (CancellationToken, tokio::task::JoinHandle<()>) {
    let stop = CancellationToken::new();
    let (runner, stopped) = (runner.clone(), stop.clone());
    (stop, tokio::spawn(async move { runner.run(stopped).await }))
}

both! {
    async fn a_job_runs_once_and_keeps_its_answer(db: TestDatabase) {
        let runner = db.runner(
            vec![handler("test", |run| async move { Ok(Step::Done(json!({"got": run.payload, "run": run.attempt}))) })],
            vec![],
            RunnerOptions::default(),
        );
        let id = queue(&db, job(&db, json!({"n": 1})).keyed("one")).await;
        let same = queue(&db, job(&db, json!({"n": 2})).keyed("one")).await;
        assert_eq!(id, same);
        let drained = runner.drain().await.unwrap();
        assert_eq!((drained.jobs, drained.failures.len()), (1, 0));
        let done = find(&db, id).await;
        assert_eq!(done.progress.state, JobState::Done);
        assert_eq!(done.result, Some(json!({"got": {"n": 1}, "run": 1})));
        assert_eq!(runner.drain().await.unwrap().jobs, 0);
    }

    async fn a_job_waits_for_its_time(db: TestDatabase) {
        let runner = db.runner(
            vec![handler("test", |run| async move {
                match run.checkpoint {
                    None => {
                        let fence = run.fence;
                        run.store.write(run.workspace, "t", move |c| Box::pin(async move {
                            fence.save(c, &json!(1), 1, 2).await
                        })).await?;
                        Ok(Step::Again(Duration::from_secs(60)))
                    }
                    Some(kept) => Ok(Step::Done(kept)),
                }
            })],
            vec![],
            RunnerOptions::default(),
        );
        let mut later = job(&db, json!(null));
        later.due_at += 1_000_000;
        let id = queue(&db, later).await;
        assert_eq!(runner.drain().await.unwrap().jobs, 0);
        db.clock.advance_seconds(1);
        assert_eq!(runner.drain().await.unwrap().jobs, 1);
        let waiting = find(&db, id).await;
        assert_eq!((waiting.progress.state, waiting.progress.done, waiting.progress.total), (JobState::Pending, 1, 2));
        db.clock.advance_seconds(60);
        runner.drain().await.unwrap();
        assert_eq!(find(&db, id).await.result, Some(json!(1)));
    }

    async fn a_killed_host_is_taken_over_from_the_checkpoint(db: TestDatabase) {
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let kept = Arc::clone(&seen);
        let handlers = vec![handler("test", move |run| {
            let seen = Arc::clone(&kept);
            async move {
                seen.lock().unwrap().push((run.attempt, run.checkpoint.clone()));
                if run.checkpoint.is_some() {
                    return Ok(Step::Done(json!("finished")));
                }
                let fence = run.fence;
                run.store.write(run.workspace, "t", move |c| Box::pin(async move {
                    fence.save(c, &json!({"row": 500}), 500, 1000).await
                })).await?;
                futures::future::pending::<()>().await;
                unreachable!("it is dropped while it waits")
            }
        })];
        let id = queue(&db, job(&db, json!(null))).await;
        let first = db.runner(handlers.clone(), vec![], quick());
        let (_, task) = start(&first);
        until("half is done", || async { find(&db, id).await.progress.done == 500 }).await;
        task.abort();
        let _ = task.await;
        assert_eq!(find(&db, id).await.progress.state, JobState::Running);
        let (stop, second) = start(&db.runner(handlers, vec![], quick()));
        until_state(&db, id, JobState::Done).await;
        stop.cancel();
        second.await.unwrap();
        assert_eq!(*seen.lock().unwrap(), [(1, None), (2, Some(json!({"row": 500})))]);
    }

    async fn a_run_that_lost_its_lease_writes_nothing(db: TestDatabase) {
        let stale: Arc<Mutex<Option<Run>>> = Arc::default();
        let kept = Arc::clone(&stale);
        let runner = db.runner(
            vec![handler("test", move |run| {
                let stale = Arc::clone(&kept);
                async move {
                    if run.attempt == 1 {
                        *stale.lock().unwrap() = Some(run);
                        return futures::future::pending().await;
                    }
                    Ok(Step::Done(json!(["second", run.crashes])))
                }
            })],
            vec![],
            quick(),
        );
        let id = queue(&db, job(&db, json!(null))).await;
        let (_, task) = start(&runner);
        until("the first run began", || async { stale.lock().unwrap().is_some() }).await;
        task.abort();
        let _ = task.await;
        let (stop, task) = start(&runner);
        until_state(&db, id, JobState::Done).await;
        stop.cancel();
        task.await.unwrap();
        // The first run comes back from the dead, as after a long pause.
        let run = stale.lock().unwrap().take().unwrap();
        let (fence, workspace) = (run.fence, run.workspace);
        let late: Result<(), JobError> = run.store.write(workspace, "t", move |c| Box::pin(async move {
            enqueue(c, Id::from_u128(1), 0, NewJob::new(workspace, "effect", json!(null), i64::MAX)).await?;
            fence.save(c, &json!("late"), 9, 9).await
        })).await;
        assert!(matches!(late, Err(JobError::Fenced)), "{late:?}");
        let mut conn = db.store.read(workspace).await.unwrap();
        assert!(job_find(&mut conn, workspace, Id::from_u128(1)).await.unwrap().is_none(), "its effect was kept");
        assert_eq!(find(&db, id).await.result, Some(json!(["second", 1])));
    }

    async fn failures_back_off_then_wait_as_a_dead_letter(db: TestDatabase) {
        let mended = Arc::new(Mutex::new(false));
        let flag = Arc::clone(&mended);
        let runner = db.runner(
            vec![handler("test", move |_| {
                let fine = *flag.lock().unwrap();
                async move {
                    if fine { Ok(Step::Done(json!(null))) } else { Err(Problem::unavailable("the server is away").into()) }
                }
            })],
            vec![],
            RunnerOptions::default(),
        );
        let mut new = job(&db, json!(null));
        new.failures_max = 3;
        let id = queue(&db, new).await;
        for failures in 1..=3 {
            assert_eq!(runner.drain().await.unwrap().failures.len(), 1);
            let failed = find(&db, id).await;
            assert_eq!(failed.failures, failures);
            assert_eq!(failed.error.as_deref(), Some("unavailable: the server is away"));
            db.clock.advance_seconds(3_600);
        }
        assert_eq!(find(&db, id).await.progress.state, JobState::Dead);
        assert_eq!(runner.drain().await.unwrap().jobs, 0, "a dead letter does not run");
        *mended.lock().unwrap() = true;
        let (now, workspace) = (db.clock.now_us(), db.workspace);
        db.store.write(workspace, "t", move |c| Box::pin(job_replay(c, workspace, id, now))).await.unwrap();
        runner.drain().await.unwrap();
        assert_eq!(find(&db, id).await.progress.state, JobState::Done);
        let again = db.store.write(workspace, "t", move |c| Box::pin(job_replay(c, workspace, id, now))).await;
        assert_eq!(again.unwrap_err().code, "job-state");
    }

    async fn a_panic_is_a_failure_of_that_job_alone(db: TestDatabase) {
        let runner = db.runner(
            vec![handler("test", |run| async move {
                assert!(run.payload != json!("bad"), "on purpose");
                Ok(Step::Done(json!(null)))
            })],
            vec![],
            RunnerOptions::default(),
        );
        let (bad, good) = (queue(&db, job(&db, json!("bad"))).await, queue(&db, job(&db, json!("good"))).await);
        runner.drain().await.unwrap();
        assert_eq!(find(&db, bad).await.error.as_deref(), Some("internal: the job's code panicked"));
        assert_eq!(find(&db, good).await.progress.state, JobState::Done);
    }

    async fn a_cancel_reaches_waiting_and_running_jobs(db: TestDatabase) {
        let began = Arc::new(Mutex::new(HashSet::new()));
        let kept = Arc::clone(&began);
        let runner = db.runner(
            vec![handler("test", move |run| {
                kept.lock().unwrap().insert(run.id);
                async move {
                    if run.payload == json!("polite") {
                        run.stop.cancelled().await;
                        return Ok(Step::Again(Duration::ZERO));
                    }
                    futures::future::pending::<()>().await;
                    unreachable!("it is dropped while it waits")
                }
            })],
            vec![],
            quick(),
        );
        let mut later = job(&db, json!("later"));
        later.due_at = i64::MAX;
        let later = queue(&db, later).await;
        let polite = queue(&db, job(&db, json!("polite"))).await;
        let deaf = queue(&db, job(&db, json!("deaf"))).await;
        let (stop, task) = start(&runner);
        until("both run", || async { began.lock().unwrap().len() == 2 }).await;
        let (now, workspace) = (db.clock.now_us(), db.workspace);
        for id in [later, polite, deaf] {
            db.store.write(workspace, "t", move |c| Box::pin(job_cancel(c, workspace, id, now))).await.unwrap();
        }
        for id in [later, polite, deaf] {
            until_state(&db, id, JobState::Cancelled).await;
        }
        let again = db.store.write(workspace, "t", move |c| Box::pin(job_cancel(c, workspace, deaf, now))).await;
        assert_eq!(again.unwrap_err().status, 409);
        let unknown = db.store.write(workspace, "t", move |c| Box::pin(job_cancel(c, workspace, Id::nil(), now))).await;
        assert_eq!(unknown.unwrap_err().status, 404);
        stop.cancel();
        task.await.unwrap();
    }

    async fn a_stopping_host_gives_its_jobs_back_at_once(db: TestDatabase) {
        let first = Arc::new(Mutex::new(true));
        let flag = Arc::clone(&first);
        let handlers = vec![handler("test", move |run| {
            let first = std::mem::replace(&mut *flag.lock().unwrap(), false);
            async move {
                if first {
                    run.stop.cancelled().await;
                    return Err(Problem::unavailable("stopped half-way").into());
                }
                Ok(Step::Done(json!(run.attempt)))
            }
        })];
        let id = queue(&db, job(&db, json!(null))).await;
        let (stop, task) = start(&db.runner(handlers.clone(), vec![], RunnerOptions::default()));
        until("it runs", || async { !*first.lock().unwrap() }).await;
        stop.cancel();
        task.await.unwrap();
        let given_back = find(&db, id).await;
        assert_eq!((given_back.progress.state, given_back.failures), (JobState::Pending, 0));
        db.runner(handlers, vec![], RunnerOptions::default()).drain().await.unwrap();
        assert_eq!(find(&db, id).await.result, Some(json!(2)));
    }

    async fn two_hosts_never_run_one_job_twice(db: TestDatabase) {
        let runs: Arc<Mutex<BTreeMap<Id, u32>>> = Arc::default();
        let kept = Arc::clone(&runs);
        let handlers = vec![handler("test", move |run| {
            *kept.lock().unwrap().entry(run.id).or_default() += 1;
            async move {
                tokio::time::sleep(Duration::from_millis(3)).await;
                Ok(Step::Done(json!(null)))
            }
        })];
        let mut queued = HashSet::new();
        for n in 0..120 {
            queued.insert(queue(&db, job(&db, json!(n))).await);
        }
        let other = db.another_store().await;
        let one = db.runner(handlers.clone(), vec![], RunnerOptions::default());
        let two = Runner::new(rialto_jobs::RunnerParts {
            store: other,
            clock: db.clock.clone(),
            random: db.random.clone(),
            name: "second".to_owned(),
            handlers,
            consumers: vec![],
            options: RunnerOptions::default(),
        });
        let ((stop_one, task_one), (stop_two, task_two)) = (start(&one), start(&two));
        until("all ran", || async { runs.lock().unwrap().len() == queued.len() }).await;
        stop_one.cancel();
        stop_two.cancel();
        task_one.await.unwrap();
        task_two.await.unwrap();
        let runs = runs.lock().unwrap();
        assert!(runs.values().all(|count| *count == 1), "{runs:?}");
    }

    async fn a_flood_of_one_workspace_leaves_room_for_another(db: TestDatabase) {
        let order: Arc<Mutex<Vec<WorkspaceId>>> = Arc::default();
        let kept = Arc::clone(&order);
        let gate = Arc::new(tokio::sync::Semaphore::new(0));
        let held = Arc::clone(&gate);
        let runner = db.runner(
            vec![handler("test", move |run| {
                kept.lock().unwrap().push(run.workspace);
                let held = Arc::clone(&held);
                async move {
                    held.acquire().await.unwrap().forget();
                    Ok(Step::Done(json!(null)))
                }
            })],
            vec![],
            RunnerOptions { workers: 4, ..quick() },
        );
        for n in 0..40 {
            queue(&db, job(&db, json!(n))).await;
        }
        let (stop, task) = start(&runner);
        until("the flood runs", || async { order.lock().unwrap().len() == 3 }).await;
        let small = WorkspaceId(db.ids.make());
        let id = queue(&db, NewJob { workspace: small, ..job(&db, json!(null)) }).await;
        until("the other begins", || async { order.lock().unwrap().contains(&small) }).await;
        assert_eq!(order.lock().unwrap().len(), 4, "it did not have to wait for the flood");
        gate.add_permits(100);
        until("it is done", || async {
            let mut conn = db.store.read(small).await.unwrap();
            job_find(&mut conn, small, id).await.unwrap().unwrap().progress.state == JobState::Done
        }).await;
        stop.cancel();
        task.await.unwrap();
    }

    async fn a_kind_has_its_own_bound(db: TestDatabase) {
        let running = Arc::new(Mutex::new((0_u32, 0_u32)));
        let kept = Arc::clone(&running);
        let one_at_a_time = Arc::new(Handler {
            kind: "test",
            together: 1,
            act: Arc::new(move |_| {
                let running = Arc::clone(&kept);
                Box::pin(async move {
                    {
                        let mut counts = running.lock().unwrap();
                        counts.0 += 1;
                        counts.1 = counts.1.max(counts.0);
                    }
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    running.lock().unwrap().0 -= 1;
                    Ok(Step::Done(json!(null)))
                })
            }),
        });
        let mut ids = Vec::new();
        for n in 0..10 {
            ids.push(queue(&db, job(&db, json!(n))).await);
        }
        let (stop, task) = start(&db.runner(vec![one_at_a_time], vec![], quick()));
        for id in ids {
            until_state(&db, id, JobState::Done).await;
        }
        stop.cancel();
        task.await.unwrap();
        assert_eq!(running.lock().unwrap().1, 1);
    }

    async fn an_enqueue_is_run_without_waiting_for_the_poll(db: TestDatabase) {
        let options = RunnerOptions { poll: Duration::from_secs(3_600), ..quick() };
        let (stop, task) = start(&db.runner(
            vec![handler("test", |_| async { Ok(Step::Done(json!(null))) })], vec![], options,
        ));
        tokio::time::sleep(Duration::from_millis(100)).await;
        let id = queue(&db, job(&db, json!(null))).await;
        until_state(&db, id, JobState::Done).await;
        stop.cancel();
        task.await.unwrap();
    }

    async fn a_schedule_fires_once_among_hosts_at_wall_time(db: TestDatabase) {
        let handlers = vec![handler("test", |run| async move { Ok(Step::Done(run.payload)) })];
        let schedule = NewSchedule {
            workspace: db.workspace,
            kind: "test",
            key: "digest".to_owned(),
            payload: json!({"digest": true}),
            cron: "0 9 * * *".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            enabled: true,
        };
        // The evening before clocks go forward: 9 o'clock is 08:00Z, then 07:00Z.
        db.clock.set("2026-03-28T20:00:00Z".parse().unwrap());
        let (id, now) = (db.ids.make(), db.clock.now_us());
        let kept = schedule.clone();
        db.store.write(db.workspace, "t", move |c| Box::pin(async move { schedule_set(c, id, now, &kept).await }))
            .await.unwrap();
        let other = Runner::new(rialto_jobs::RunnerParts {
            store: db.another_store().await,
            clock: db.clock.clone(),
            random: db.random.clone(),
            name: "second".to_owned(),
            handlers: handlers.clone(),
            consumers: vec![],
            options: RunnerOptions::default(),
        });
        let one = db.runner(handlers, vec![], RunnerOptions::default());
        let fired = |expected: usize| {
            let (one, other, db) = (one.clone(), other.clone(), &db);
            async move {
                let (a, b) = tokio::join!(one.drain(), other.drain());
                a.unwrap();
                b.unwrap();
                let mut conn = db.store.read(db.workspace).await.unwrap();
                let jobs = job_list(&mut conn, db.workspace, &JobFilter::default(), &PageQuery::default()).await.unwrap();
                assert_eq!(jobs.items.len(), expected, "{:?}", db.clock.now());
            }
        };
        db.clock.set("2026-03-29T06:59:59Z".parse().unwrap());
        fired(0).await;
        db.clock.set("2026-03-29T07:00:00Z".parse().unwrap());
        fired(1).await;
        fired(1).await;
        // Three days without any host: made up for once.
        db.clock.set("2026-04-01T12:00:00Z".parse().unwrap());
        fired(2).await;
        fired(2).await;
        let mut conn = db.store.read(db.workspace).await.unwrap();
        let kept = schedule_list(&mut conn, db.workspace, &PageQuery::default()).await.unwrap().items;
        assert_eq!(rialto_kernel::from_micros(kept[0].next_at).to_string(), "2026-04-02T07:00:00Z");
        drop(conn);
        let bad = NewSchedule { zone: "Mars/Olympus".to_owned(), ..schedule };
        let refused: Result<Id, JobError> = db.store
            .write(db.workspace, "t", move |c| Box::pin(async move { schedule_set(c, id, now, &bad).await })).await;
        assert_eq!(Problem::from(refused.unwrap_err()).errors[0].field, "zone");
    }

    async fn outbox_rows_are_taken_in_retried_and_parked_never_lost(db: TestDatabase) {
        let taken: Arc<Mutex<Vec<String>>> = Arc::default();
        let mended = Arc::new(Mutex::new(false));
        let consumer: Arc<dyn Consumer> = Arc::new(Reader { taken: Arc::clone(&taken), mended: Arc::clone(&mended) });
        let runner = db.runner(vec![], vec![consumer], RunnerOptions::default());
        let (now, workspace) = (db.clock.now_us(), db.workspace);
        for n in 0..40 {
            let text = if n == 7 { "bad".to_owned() } else { n.to_string() };
            let id = db.ids.make();
            let pushed: Result<(), JobError> = db.store.write(workspace, "t", move |c| Box::pin(async move {
                outbox_push(c, workspace, id, now, "events", text.as_bytes(), &["reader", "nobody-here"]).await
            })).await;
            pushed.unwrap();
        }
        let drained = runner.drain().await.unwrap();
        assert_eq!((drained.items, drained.failures.len()), (39, 1));
        for _ in 0..20 {
            db.clock.advance_seconds(3_600);
            runner.drain().await.unwrap();
        }
        let page = PageQuery::default();
        let mut conn = db.store.read(workspace).await.unwrap();
        let parked = outbox_parked_list(&mut conn, workspace, &page).await.unwrap().items;
        drop(conn);
        assert_eq!(parked.len(), 1);
        assert_eq!(parked[0].error.as_deref(), Some("internal: the consumer's code panicked"));
        assert_eq!(taken.lock().unwrap().len(), 39);
        *mended.lock().unwrap() = true;
        let (id, now) = (parked[0].id, db.clock.now_us());
        let back: Result<bool, JobError> = db.store
            .write(workspace, "t", move |c| Box::pin(async move { outbox_replay(c, workspace, id, "reader", now).await }))
            .await;
        assert!(back.unwrap());
        assert_eq!(runner.drain().await.unwrap().items, 1);
        assert_eq!(taken.lock().unwrap().len(), 40);
    }
}

struct Reader {
    taken: Arc<Mutex<Vec<String>>>,
    mended: Arc<Mutex<bool>>,
}

#[async_trait]
impl Consumer for Reader {
    fn name(&self) -> &'static str {
        "reader"
    }

    async fn take(&self, item: &OutboxItem) -> Result<(), Problem> {
        let text = String::from_utf8_lossy(&item.payload).into_owned();
        assert!(text != "bad" || *self.mended.lock().unwrap(), "on purpose");
        self.taken.lock().unwrap().push(text);
        Ok(())
    }
}
