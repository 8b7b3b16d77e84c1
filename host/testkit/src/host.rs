//! A whole host on a fresh database: every slice, a workspace in it, a clock
//! that stands still. Its runner works only when asked ([`TestHost::drain`]).

use crate::{TestClient, TestDatabase};
use rialto_app::{App, compose};
use rialto_identity::{NewToken, NewWorkspace, TokenKind, clocks_read, token_create, workspace_create};
use rialto_jobs::{Drained, Runner};
use rialto_kernel::{FixedClock, Id, Keys, Locale, WorkspaceId};
use rialto_plugin_host::{HostConfig, PluginHost};
use rialto_slice::{Host, HostParts, Limits};
use rialto_store::Conn;
use rialto_web::Caller;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// A host for one test; everything of it is gone when it is dropped.
pub struct TestHost {
    app: App,
    workspace: WorkspaceId,
    stop: CancellationToken,
    database: TestDatabase,
    _data: TempDir,
}

impl Drop for TestHost {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl TestHost {
    /// A host on a fresh SQLite database.
    pub async fn sqlite() -> Self {
        Self::on(TestDatabase::sqlite().await, |_| {}).await
    }

    /// A host on a fresh PostgreSQL database; `None` as [`TestDatabase::postgres`].
    pub async fn postgres() -> Option<Self> {
        Some(Self::on(TestDatabase::postgres().await?, |_| {}).await)
    }

    /// A host on this database, its plugin host set up by `plugins`. Uploads
    /// are not followed by the conformance suite.
    pub async fn on(database: TestDatabase, plugins: impl FnOnce(&mut HostConfig)) -> Self {
        Self::within(database, Limits { conformance_s_max: 0, ..Limits::default() }, plugins).await
    }

    /// The same within these bounds.
    pub async fn within(database: TestDatabase, limits: Limits, plugins: impl FnOnce(&mut HostConfig)) -> Self {
        let data = tempfile::tempdir().unwrap_or_else(|e| panic!("no temporary folder: {e}"));
        let mut config = HostConfig { cache_dir: Some(data.path().join("plugin-cache")), ..HostConfig::default() };
        plugins(&mut config);
        let keys = Keys::new([7; 32]);
        let plugins = PluginHost::new(config, keys.clone(), database.clock.clone(), database.random.clone())
            .unwrap_or_else(|e| panic!("the plugin host does not start: {e:?}"));
        let parts = HostParts {
            store: database.store.clone(),
            clock: database.clock.clone(),
            random: database.random.clone(),
            keys,
            plugins,
            data_dir: data.path().to_owned(),
            public_url: "http://rialto.test".to_owned(),
            name: "test-host".to_owned(),
            limits,
        };
        let app = compose(parts).unwrap_or_else(|e| panic!("the host does not compose: {e:?}"));
        clocks_read(&app.host).await.unwrap_or_else(|e| panic!("the clocks cannot be read: {e:?}"));
        let mut host =
            Self { app, workspace: database.workspace, stop: CancellationToken::new(), database, _data: data };
        host.workspace = host.another_workspace("test").await;
        host
    }

    /// What slices are given.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.app.host
    }

    /// The whole of it.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The runner, for tests that let it run.
    #[must_use]
    pub fn runner(&self) -> &Runner {
        &self.app.runner
    }

    /// The clock, to be moved.
    #[must_use]
    pub fn clock(&self) -> &Arc<FixedClock> {
        &self.database.clock
    }

    /// Where the data is.
    #[must_use]
    pub fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// The workspace of this test.
    #[must_use]
    pub fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// A caller who may do anything in the workspace.
    #[must_use]
    pub fn caller(&self) -> Caller {
        Caller::local(self.workspace)
    }

    /// A connection to read with.
    pub async fn read(&self) -> Conn {
        self.host().store.read(self.workspace).await.unwrap_or_else(|e| panic!("the database does not answer: {e:?}"))
    }

    /// A new id.
    #[must_use]
    pub fn id(&self) -> Id {
        self.host().id()
    }

    /// A further workspace, to be a stranger in.
    pub async fn another_workspace(&self, slug: &str) -> WorkspaceId {
        let new = NewWorkspace {
            slug: slug.to_owned(),
            name: slug.to_owned(),
            locale: Locale::En,
            zone: "UTC".to_owned(),
            currency: "USD".to_owned(),
        };
        let made = workspace_create(self.host(), new).await;
        WorkspaceId(made.unwrap_or_else(|e| panic!("no workspace: {e:?}")).id)
    }

    /// A token's secret for a workspace: `Admin`, `Write`, or `Api` with a role.
    pub async fn token(&self, workspace: WorkspaceId, kind: TokenKind, role: Option<&str>) -> String {
        let new =
            NewToken { kind, name: "test".to_owned(), role: role.map(str::to_owned), unit: None, expires_at: None };
        let made = token_create(self.host(), &Caller::local(workspace), new).await;
        made.unwrap_or_else(|e| panic!("no token: {e:?}")).secret
    }

    /// A client with an admin token, on a server of its own at a loopback port.
    pub async fn http(&self) -> TestClient {
        let token = self.token(self.workspace, TokenKind::Admin, None).await;
        TestClient::new(self.serve().await, Some(token))
    }

    /// Serve on a loopback port; answers the address, `http://127.0.0.1:…`.
    pub async fn serve(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap_or_else(|e| panic!("no port: {e}"));
        let address = listener.local_addr().unwrap_or_else(|e| panic!("no address: {e}"));
        tokio::spawn(rialto_web::server::serve(listener, self.app.router.clone(), self.stop.clone()));
        format!("http://{address}")
    }

    /// Run all jobs, consumers and schedules that are due, until nothing is.
    pub async fn drain(&self) -> Drained {
        self.app.runner.drain().await.unwrap_or_else(|e| panic!("the work does not end: {e:?}"))
    }
}
