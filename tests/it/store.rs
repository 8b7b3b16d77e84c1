//! The store's promises: a write answers only after its commit, and one that
//! fails or panics takes nothing of another's with it.

use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{BulkInsert, Scope, Store, StoreError, sql};
use rialto_testkit::{TestDatabase, both};
use std::time::Duration;

const COLUMNS: &[&str] = &["workspace", "actor", "key", "request_hash", "status", "body", "created_at"];

/// A row of a table that needs nothing else to be there.
async fn put(store: &Store, workspace: WorkspaceId, key: String, then: Then) -> Result<u64, StoreError> {
    store
        .write(workspace, "test.put", move |conn| {
            Box::pin(async move {
                let mut rows = BulkInsert::new("idempotency", COLUMNS, "");
                let none: &[u8] = &[];
                rows.push([
                    workspace.into(),
                    "test".into(),
                    key.into(),
                    none.into(),
                    200_i64.into(),
                    none.into(),
                    0_i64.into(),
                ]);
                let done = rows.execute(conn).await?;
                match then {
                    Then::Keep => Ok(done),
                    Then::Fail => Err(StoreError::Address("on purpose".to_owned())),
                    Then::Panic => panic!("on purpose"),
                }
            })
        })
        .await
}

#[derive(Clone, Copy)]
enum Then {
    Keep,
    Fail,
    Panic,
}

async fn keys(store: &Store, workspace: WorkspaceId) -> Vec<String> {
    let mut conn = store.read(workspace).await.unwrap();
    let rows: Vec<(String,)> = sql("SELECT key FROM idempotency WHERE workspace = $1 ORDER BY key LIMIT 10000")
        .bind(workspace)
        .fetch_all(&mut conn)
        .await
        .unwrap();
    rows.into_iter().map(|(key,)| key).collect()
}

both! {
    async fn an_answer_means_committed(db: TestDatabase) {
        // A second store sees only what is committed.
        let other = db.another_store().await;
        let mut writes = Vec::new();
        for n in 0..200 {
            let (store, other, workspace) = (db.store.clone(), other.clone(), db.workspace);
            writes.push(tokio::spawn(async move {
                let key = format!("{n:03}");
                put(&store, workspace, key.clone(), Then::Keep).await.unwrap();
                let mut conn = other.read(workspace).await.unwrap();
                let seen: Option<(String,)> =
                    sql("SELECT key FROM idempotency WHERE workspace = $1 AND actor = 'test' AND key = $2")
                        .bind(workspace).bind(&key).fetch_optional(&mut conn).await.unwrap();
                assert!(seen.is_some(), "{key} was answered before it was committed");
            }));
        }
        for write in writes {
            write.await.unwrap();
        }
        assert_eq!(keys(&db.store, db.workspace).await.len(), 200);
    }

    async fn what_fails_rolls_back_alone(db: TestDatabase) {
        let mut writes = Vec::new();
        for n in 0..90 {
            let then = [Then::Keep, Then::Fail, Then::Panic][n % 3];
            let (store, workspace) = (db.store.clone(), db.workspace);
            writes.push(tokio::spawn(async move { put(&store, workspace, format!("{n:03}"), then).await }));
        }
        for (n, write) in writes.into_iter().enumerate() {
            match (n % 3, write.await.unwrap()) {
                (0, Ok(1)) | (1, Err(StoreError::Address(_))) => {}
                (2, Err(StoreError::Panicked { label })) => assert_eq!(label, "test.put"),
                (_, other) => panic!("write {n}: {other:?}"),
            }
        }
        let kept: Vec<String> = (0..90).filter(|n| n % 3 == 0).map(|n| format!("{n:03}")).collect();
        assert_eq!(keys(&db.store, db.workspace).await, kept);
    }

    async fn a_duplicate_is_told_apart_and_spoils_nothing(db: TestDatabase) {
        put(&db.store, db.workspace, "a".to_owned(), Then::Keep).await.unwrap();
        let (again, other) = tokio::join!(
            put(&db.store, db.workspace, "a".to_owned(), Then::Keep),
            put(&db.store, db.workspace, "b".to_owned(), Then::Keep),
        );
        assert!(matches!(again, Err(StoreError::Duplicate { .. })), "{again:?}");
        assert!(other.is_ok());
        assert_eq!(keys(&db.store, db.workspace).await, ["a", "b"]);
    }

    async fn a_caller_who_goes_away_leaves_no_half_write(db: TestDatabase) {
        for n in 0..20 {
            let write = put(&db.store, db.workspace, format!("{n:02}"), Then::Keep);
            let _ = tokio::time::timeout(Duration::from_micros(n * 40), write).await;
        }
        // The writer goes on: everything before this is either whole or absent.
        put(&db.store, db.workspace, "last".to_owned(), Then::Keep).await.unwrap();
        assert!(keys(&db.store, db.workspace).await.contains(&"last".to_owned()));
    }

    async fn a_commit_that_leaves_work_wakes_who_waits(db: TestDatabase) {
        let mut signals = db.store.signals();
        put(&db.store, db.workspace, "quiet".to_owned(), Then::Keep).await.unwrap();
        assert!(!signals.has_changed().unwrap());
        let loud: Result<(), StoreError> = db.store.write(db.workspace, "test.signal", |conn| {
            Box::pin(async move { conn.signal_on_commit(); Ok(()) })
        }).await;
        loud.unwrap();
        tokio::time::timeout(Duration::from_secs(10), signals.changed()).await.unwrap().unwrap();
    }

    async fn the_lease_clock_moves_on_its_own(db: TestDatabase) {
        let first = db.store.lease_now().await.unwrap();
        tokio::time::sleep(Duration::from_millis(30)).await;
        let then = db.store.lease_now().await.unwrap();
        assert!(then > first, "{first} {then}");
    }

    async fn migrating_again_changes_nothing(db: TestDatabase) {
        assert_eq!(db.store.migrate().await.unwrap(), Vec::<String>::new());
    }

    async fn values_come_back_as_they_went(db: TestDatabase) {
        let id = db.ids.make();
        let mut conn = db.store.read(Scope::Host).await.unwrap();
        let back: (Id, i64, f64, String, Vec<u8>, bool) = rialto_store::pair(
            "SELECT $1, $2, $3, $4, $5, $6 = TRUE",
            "SELECT CAST($1 AS UUID), CAST($2 AS BIGINT), CAST($3 AS DOUBLE PRECISION), CAST($4 AS TEXT),
                    CAST($5 AS BYTEA), CAST($6 AS BOOLEAN)",
        )
        .bind(id).bind(i64::MIN).bind(0.1).bind("营销 ✔").bind(vec![0_u8, 255]).bind(true)
        .fetch_one(&mut conn).await.unwrap();
        assert_eq!(back, (id, i64::MIN, 0.1, "营销 ✔".to_owned(), vec![0, 255], true));
    }
}

#[tokio::test]
async fn a_reader_of_sqlite_cannot_write() {
    let db = TestDatabase::sqlite().await;
    let mut conn = db.store.read(db.workspace).await.unwrap();
    let refused = sql("DELETE FROM idempotency WHERE workspace = $1").bind(db.workspace).execute(&mut conn).await;
    assert!(refused.is_err());
}
