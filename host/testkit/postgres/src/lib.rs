//! A throwaway PostgreSQL cluster for tests: made in a temporary folder,
//! reached over a unix socket only, gone when dropped. The server never runs
//! as root: under root it runs as the user `postgres`.
//!
//! Needs no runtime, so that the developer's errands can use it too.

use anyhow::{Context as _, bail};
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How long a cluster may take to answer.
const START_MAX: Duration = Duration::from_secs(60);
/// The user that owns the cluster and runs the server under root.
const OWNER: &str = "postgres";

/// A running cluster.
#[derive(Debug)]
pub struct PostgresCluster {
    folder: TempDir,
    programs: PathBuf,
    server: Child,
    options: Vec<String>,
}

impl PostgresCluster {
    /// Make and start a cluster with durable commits.
    ///
    /// # Errors
    /// When PostgreSQL is not installed or does not start.
    pub fn start() -> anyhow::Result<Self> {
        Self::start_with(&[])
    }

    /// Make and start a cluster with further settings, such as `fsync=off`.
    ///
    /// # Errors
    /// When PostgreSQL is not installed or does not start.
    pub fn start_with(settings: &[&str]) -> anyhow::Result<Self> {
        let programs = programs()?;
        let folder = tempfile::Builder::new().prefix("rialto-pg-").tempdir().context("no temporary folder")?;
        give_away(folder.path())?;
        let data = folder.path().join("data");
        let made = as_owner(&programs.join("initdb"))
            .arg("-D")
            .arg(&data)
            .args(["-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .output()
            .context("initdb cannot be run")?;
        if !made.status.success() {
            bail!("initdb failed: {}", String::from_utf8_lossy(&made.stderr));
        }
        let options: Vec<String> = ["listen_addresses=", "max_connections=200", "log_min_messages=warning"]
            .iter()
            .chain(settings)
            .map(|setting| (*setting).to_owned())
            .collect();
        let server = serve(&programs, folder.path(), &options)?;
        let mut cluster = Self { folder, programs, server, options };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// Where to connect: the maintenance database, as its superuser.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://{OWNER}@localhost/postgres?host={}", self.folder.path().display())
    }

    /// Stop at once, as a power cut would, and start again.
    ///
    /// # Errors
    /// When it does not come back.
    pub fn restart_hard(&mut self) -> anyhow::Result<()> {
        self.stop("immediate")?;
        self.server = serve(&self.programs, self.folder.path(), &self.options)?;
        self.wait_until_ready()
    }

    /// Stop the server: `fast` or `immediate`.
    ///
    /// # Errors
    /// When it does not stop.
    pub fn stop(&mut self, mode: &str) -> anyhow::Result<()> {
        let stopped = as_owner(&self.programs.join("pg_ctl"))
            .arg("-D")
            .arg(self.folder.path().join("data"))
            .args(["-m", mode, "-w", "stop"])
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .context("pg_ctl cannot be run")?;
        self.server.wait().context("the server does not end")?;
        if stopped.success() { Ok(()) } else { bail!("pg_ctl did not stop the server") }
    }

    fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let began = Instant::now();
        while began.elapsed() < START_MAX {
            if let Some(status) = self.server.try_wait()? {
                let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
                bail!("postgres ended with {status}: {log}");
            }
            let ready = Command::new(self.programs.join("pg_isready"))
                .arg("-q")
                .arg("-h")
                .arg(self.folder.path())
                .status()
                .context("pg_isready cannot be run")?;
            if ready.success() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("postgres was not ready within {} s", START_MAX.as_secs())
    }
}

impl Drop for PostgresCluster {
    fn drop(&mut self) {
        if !matches!(self.server.try_wait(), Ok(Some(_))) {
            let _ = self.stop("immediate");
        }
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn serve(programs: &Path, folder: &Path, options: &[String]) -> anyhow::Result<Child> {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(folder.join("log"))?;
    let mut server = as_owner(&programs.join("postgres"));
    server.arg("-D").arg(folder.join("data")).arg("-k").arg(folder).current_dir(folder);
    for option in options {
        server.arg("-c").arg(option);
    }
    server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().context("postgres cannot be run")
}

/// The newest installed PostgreSQL, or the one on the path.
fn programs() -> anyhow::Result<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").is_file())
        .collect();
    found.sort();
    if let Some((_, bin)) = found.pop() {
        return Ok(bin);
    }
    let located = Command::new("sh").args(["-c", "command -v initdb"]).output().context("no shell")?;
    let path = PathBuf::from(String::from_utf8_lossy(&located.stdout).trim());
    match path.parent() {
        Some(bin) if located.status.success() => Ok(bin.to_owned()),
        _ => bail!("PostgreSQL is not installed (no initdb); install the package `postgresql`"),
    }
}

/// The program, as a user who is not root.
fn as_owner(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.arg(format!("--reuid={OWNER}")).arg(format!("--regid={OWNER}")).arg("--clear-groups").arg(program);
    command
}

fn give_away(folder: &Path) -> anyhow::Result<()> {
    if is_root() {
        let given = Command::new("chown").arg(format!("{OWNER}:{OWNER}")).arg(folder).status()?;
        if !given.success() {
            bail!("there is no user `{OWNER}` to run the server as");
        }
    }
    Ok(())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| String::from_utf8_lossy(&id.stdout).trim() == "0")
}
