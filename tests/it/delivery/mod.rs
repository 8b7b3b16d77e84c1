//! Sending: the ledger, the gate, mail servers that misbehave, plugins that
//! lie, and what recipients do. Each test runs on SQLite, and on PostgreSQL
//! where a cluster is given.

mod bounces;
mod clock;
mod dkim;
mod follow_up;
mod gate;
mod ledger;
mod letter;
mod liars;
mod past;
mod plans;
mod preferences;
mod preflight;
mod tracking;
mod units;
mod view;
pub(crate) mod world;

/// Run a test on both databases.
macro_rules! on_both {
    ($name:ident, $body:expr) => {
        mod $name {
            #[allow(unused_imports, reason = "each test takes what it needs")]
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let body: fn(World) -> futures_body::Body = $body;
                body(World::new(rialto_testkit::TestDatabase::sqlite().await).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let Some(database) = rialto_testkit::TestDatabase::postgres().await else { return };
                let body: fn(World) -> futures_body::Body = $body;
                body(World::new(database).await).await;
            }
        }
    };
}

/// The body of a test.
pub(crate) mod futures_body {
    /// A boxed future that ends when the test does.
    pub(crate) type Body = std::pin::Pin<Box<dyn std::future::Future<Output = ()>>>;
}

pub(crate) use on_both;
