//! The second wall and the months of events, by the store's own doors, on a
//! PostgreSQL of the tests (`RIALTO_TEST_POSTGRES`); nothing is done without one.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should say so and stop")]
#![allow(unused_crate_dependencies, reason = "what the store uses")]

use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, Scope, Store, StoreError, StoreOptions, TENANT_ROLE, Wall, sql, sql_dynamic};

/// A fresh database on the tests' cluster.
async fn fresh(name: &str) -> Option<(Store, StoreOptions)> {
    #[allow(clippy::disallowed_methods, reason = "tests are told of the cluster by the environment")]
    let Ok(cluster) = std::env::var("RIALTO_TEST_POSTGRES") else {
        eprintln!("SKIPPED: RIALTO_TEST_POSTGRES is not set");
        return None;
    };
    let admin = StoreOptions::Postgres { url: cluster.clone(), connections: 1 };
    let admin = Store::open_unmigrated(&admin).await.unwrap();
    let mut conn = admin.read(Scope::Host).await.unwrap();
    for text in [format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), format!("CREATE DATABASE {name}")] {
        sql_dynamic(text).execute(&mut conn).await.unwrap();
    }
    let (before, _) = cluster.rsplit_once('/').unwrap();
    let options = StoreOptions::Postgres { url: format!("{before}/{name}"), connections: 4 };
    Some((Store::open(&options).await.unwrap(), options))
}

fn workspace(number: u128) -> WorkspaceId {
    WorkspaceId(Id::from_u128(number))
}

async fn tag(store: &Store, scope: WorkspaceId, row: WorkspaceId) -> Result<u64, StoreError> {
    store
        .write(scope, "test.tag", move |conn| {
            Box::pin(async move {
                sql("INSERT INTO tag (workspace, contact, name, source, at, expires_at) VALUES ($1, $1, 'x', 'x', 1, NULL)")
                    .bind(row)
                    .execute(conn)
                    .await
            })
        })
        .await
}

async fn tags(conn: &mut Conn) -> i64 {
    let (count,): (i64,) = sql_dynamic("SELECT count(*) FROM tag".to_owned()).fetch_one(conn).await.unwrap();
    count
}

#[tokio::test]
async fn a_scope_is_a_role_and_a_workspace() {
    let Some((store, options)) = fresh("rialto_store_wall").await else { return };
    let (one, two) = (workspace(1), workspace(2));
    assert!(matches!(store.wall().await.unwrap(), Wall::Stands { tables } if tables > 50));
    tag(&store, one, one).await.unwrap();
    tag(&store, two, two).await.unwrap();
    assert!(tag(&store, one, two).await.is_err(), "a row of another workspace was written");
    for _ in 0..8 {
        // The same few connections serve all scopes in turn.
        assert_eq!(tags(&mut store.read(one).await.unwrap()).await, 1);
        assert_eq!(tags(&mut store.read(workspace(3)).await.unwrap()).await, 0);
        assert_eq!(tags(&mut store.read(Scope::Host).await.unwrap()).await, 2);
        tag(&store, one, one).await.unwrap_err();
    }
    let mut conn = store.read(one).await.unwrap();
    let (role,): (String,) =
        sql_dynamic("SELECT CAST(current_user AS TEXT)".to_owned()).fetch_one(&mut conn).await.unwrap();
    assert_eq!(role, TENANT_ROLE);
    drop(conn);
    // A second start finds it standing, and a host that only opens it uses it too.
    assert!(Store::open(&options).await.unwrap().migrate().await.unwrap().is_empty());
    let other = Store::open_unmigrated(&options).await.unwrap();
    assert_eq!(tags(&mut other.read(workspace(3)).await.unwrap()).await, 0);
}

#[tokio::test]
async fn months_are_made_when_they_are_needed_and_dropped_whole() {
    let Some((store, _)) = fresh("rialto_store_months").await else { return };
    let one = workspace(1);
    // 2019-03-31T23:59:59Z and a second later.
    let ats = [1_554_076_799_000_000_i64, 1_554_076_800_000_000];
    for _ in 0..2 {
        store
            .write(one, "test.months", move |conn| Box::pin(async move { conn.event_months(ats).await }))
            .await
            .unwrap();
    }
    for at in ats {
        let put = store.write(one, "test.event", move |conn| {
            Box::pin(async move {
                sql("INSERT INTO event (workspace, at, id, kind, name, source, properties, received_at)
                     VALUES ($1, $2, $1, 'k', 'n', 's', '{}', 1)")
                .bind(one)
                .bind(at)
                .execute(conn)
                .await
            })
        });
        put.await.map_err(|error: StoreError| error).unwrap();
    }
    let drop_as = |scope: Scope| {
        store.write(scope, "test.drop", move |conn| Box::pin(async move { conn.event_months_drop(ats[1]).await }))
    };
    let refused: Result<u64, StoreError> = drop_as(one.into()).await;
    assert!(refused.is_err(), "a workspace dropped a month of everybody's");
    let dropped: Result<u64, StoreError> = drop_as(Scope::Host).await;
    assert_eq!(dropped.unwrap(), 1);
    let mut conn = store.read(one).await.unwrap();
    let (left,): (i64,) = sql_dynamic("SELECT count(*) FROM event".to_owned()).fetch_one(&mut conn).await.unwrap();
    assert_eq!(left, 1);
    let never: Result<(), StoreError> =
        store.write(one, "test.months", |conn| Box::pin(async move { conn.event_months([0]).await })).await;
    assert!(never.is_err());
}
