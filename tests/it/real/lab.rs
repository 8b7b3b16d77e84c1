//! Data folders and the program that is run over them.

use crate::delivery::world::root;
use rialto_testkit::TestClient;
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

/// The longest anything may take that must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// A data folder, and which database it works on.
#[derive(Clone)]
pub(crate) struct Lab {
    pub(crate) data: PathBuf,
    pub(crate) database: Option<String>,
    pub(crate) token: String,
    /// Microseconds by which every sync of a file is held up, where it is to be.
    pub(crate) sync_delay_us: u64,
}

/// A host that runs.
pub(crate) struct Running {
    child: Child,
    /// The host itself, where another program stands around it.
    pid: u32,
    pub(crate) http: TestClient,
    /// What it said when it listened.
    pub(crate) hello: Value,
    /// What it logs; shown when a test fails.
    log: tempfile::NamedTempFile,
}

/// The program under test.
pub(crate) fn program() -> PathBuf {
    #[allow(clippy::disallowed_methods, reason = "tests are told by the environment which program to try")]
    let named = std::env::var_os("RIALTO_TEST_PROGRAM");
    let program = named.map_or_else(|| root().join("target/debug/rialto"), PathBuf::from);
    assert!(program.exists(), "{} is not built; run `cargo build -p rialto-app`", program.display());
    program
}

impl Lab {
    pub(crate) fn new(data: &Path, database: Option<String>) -> Self {
        Self { data: data.to_owned(), database, token: String::new(), sync_delay_us: 0 }
    }

    /// Another data folder on the same database, under the same master key.
    pub(crate) fn beside(&self, data: &Path) -> Self {
        std::fs::copy(self.data.join("master.key"), data.join("master.key")).unwrap();
        Self { data: data.to_owned(), ..self.clone() }
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let program = program();
        let mut command = if self.sync_delay_us > 0 && arguments.first() == Some(&"serve") {
            let mut command = Command::new("strace");
            let inject = format!("inject=fsync,fdatasync:delay_exit={}", self.sync_delay_us);
            command.args(["-f", "-qq", "-e", "trace=fsync,fdatasync", "-e", &inject, "-o", "/dev/null", "--"]);
            command.arg(program);
            command
        } else {
            Command::new(program)
        };
        command.args(arguments).arg("--data").arg(&self.data).arg("--json").kill_on_drop(true);
        if let Some(url) = &self.database {
            command.arg("--database").arg(url);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Run a command to its end; its answer.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Value {
        let output = self.command(arguments).output().await.unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Run a command that must refuse; what it says.
    pub(crate) async fn refused(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().await.unwrap();
        assert!(!output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    pub(crate) async fn key(&mut self) {
        let key = self.run(&["key", "create", "--kind", "admin"]).await;
        self.token = key["secret"].as_str().unwrap_or_else(|| panic!("no secret in {key}")).to_owned();
    }

    /// Start the host; ready when it says where it listens.
    pub(crate) async fn serve(&self) -> Running {
        self.serve_as(&[]).await
    }

    pub(crate) async fn serve_as(&self, further: &[&str]) -> Running {
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0"];
        arguments.extend(further);
        let mut command = self.command(&arguments);
        let log = tempfile::NamedTempFile::new().unwrap();
        command.stderr(log.reopen().unwrap());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut text = String::new();
        while let Some(line) = lines.next_line().await.unwrap() {
            text.push_str(&line);
            if let Ok(hello) = serde_json::from_str::<Value>(&text) {
                let base = format!("http://{}", hello["listen"].as_str().unwrap());
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                let pid = inner(child.id().unwrap(), self.sync_delay_us > 0);
                return Running { child, pid, http: TestClient::new(base, Some(self.token.clone())), hello, log };
            }
        }
        panic!("the host ended before it listened: {text}");
    }

    /// Numbers as the database has them when nobody works on it: one of a query
    /// without values.
    pub(crate) async fn count(&self, query: &'static str) -> i64 {
        use sqlx::Connection as _;
        if let Some(url) = &self.database {
            let mut conn = sqlx::PgConnection::connect(url).await.unwrap();
            let count: i64 = sqlx::query_scalar(query).fetch_one(&mut conn).await.unwrap();
            conn.close().await.unwrap();
            return count;
        }
        // Over a copy: what the kill left is for the host itself to mend.
        let copy = tempfile::tempdir().unwrap();
        for name in ["rialto.db", "rialto.db-wal"] {
            let _ = std::fs::copy(self.data.join(name), copy.path().join(name));
        }
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(copy.path().join("rialto.db"));
        let mut conn = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
        let count: i64 = sqlx::query_scalar(query).fetch_one(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        count
    }
}

impl Running {
    /// Send a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let sent = std::process::Command::new("kill").arg(format!("-{name}")).arg(self.pid.to_string()).status();
        assert!(sent.unwrap().success(), "SIG{name} to {}", self.pid);
    }

    /// Wait until it has ended.
    pub(crate) async fn ended(mut self) -> ExitStatus {
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        ended.unwrap_or_else(|_| panic!("the host does not end")).unwrap()
    }

    /// As a power cut for the program.
    pub(crate) async fn kill(self) {
        self.signal("KILL");
        self.ended().await;
    }

    /// Whether it still runs.
    pub(crate) fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let said = std::fs::read_to_string(self.log.path()).unwrap_or_default();
            let lines: Vec<&str> = said.lines().collect();
            eprintln!("the host's log ends:\n{}", lines[lines.len().saturating_sub(40)..].join("\n"));
        }
        if self.runs() && self.child.id() != Some(self.pid) {
            let _ = std::process::Command::new("kill").arg("-KILL").arg(self.pid.to_string()).status();
        }
    }
}

/// The program within the one that stands around it.
fn inner(pid: u32, wrapped: bool) -> u32 {
    if !wrapped {
        return pid;
    }
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    children.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or(pid)
}
