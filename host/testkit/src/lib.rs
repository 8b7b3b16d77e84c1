//! What tests stand on: fresh databases, a whole host on one of them with a
//! clock that stands still, and a client that talks to it. Never part of the
//! program.

mod client;
mod database;
mod host;

pub use client::{TestClient, answer, outside};
pub use database::{POSTGRES_VARIABLE, TestDatabase};
pub use host::TestHost;
pub use rialto_testkit_postgres::PostgresCluster;

/// Make two tests of one body: on SQLite, and on PostgreSQL when the tests
/// were given a cluster. The argument's type has `sqlite()` and `postgres()`.
///
/// ```ignore
/// both! {
///     async fn an_order_is_kept(db: TestDatabase) { … }
/// }
/// ```
#[macro_export]
macro_rules! both {
    ($($(#[$note:meta])* async fn $name:ident($arg:ident : $kind:ty) $body:block)*) => {$(
        $(#[$note])*
        mod $name {
            use super::*;

            async fn body($arg: $kind) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                body(<$kind>::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(given) = <$kind>::postgres().await {
                    body(given).await;
                }
            }
        }
    )*};
}
