//! A throwaway PostgreSQL cluster for the tests: its own folder, a unix socket
//! only, never run as root, gone when dropped.

use crate::shell;
use anyhow::{Context as _, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A running cluster.
pub struct Cluster {
    folder: PathBuf,
    bin: PathBuf,
    root: bool,
}

impl Cluster {
    /// Make a fresh cluster and start it.
    pub fn start() -> Result<Self> {
        let bin = programs()?;
        let folder = std::env::temp_dir().join(format!("rialto-postgres-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        let cluster = Self { folder, bin, root: shell::is_root() };
        if cluster.root {
            shell::run(Command::new("chown").arg("postgres").arg(&cluster.folder))?;
        }
        let data = cluster.folder.join("data");
        let mut init = cluster.program("initdb");
        init.args(["--username=rialto", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-D"]).arg(&data);
        shell::quiet("PostgreSQL cluster", &mut init)?;
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}' -c max_connections=200",
            cluster.folder.display()
        );
        let mut start = cluster.program("pg_ctl");
        start
            .args(["-w", "-t", "60", "-D"])
            .arg(&data)
            .arg("-l")
            .arg(cluster.folder.join("log"))
            .args(["-o", &options, "start"]);
        start.stdout(Stdio::null()).stderr(Stdio::null());
        shell::run(&mut start).context("PostgreSQL does not start")?;
        Ok(cluster)
    }

    /// How to reach it: `postgres://…`.
    pub fn url(&self) -> String {
        let socket = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://rialto@{socket}/postgres")
    }

    /// The server's process, which starts one for each connection.
    pub fn process(&self) -> Result<u32> {
        let file = self.folder.join("data").join("postmaster.pid");
        let text = fs::read_to_string(&file).with_context(|| format!("{}", file.display()))?;
        text.lines().next().and_then(|line| line.trim().parse().ok()).context("postmaster.pid names no process")
    }

    /// A program of PostgreSQL's, as the user `postgres` when we are root.
    fn program(&self, name: &str) -> Command {
        let path = self.bin.join(name);
        let mut command = if self.root {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir(&self.folder);
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = self.program("pg_ctl");
        stop.args(["-m", "immediate", "-D"]).arg(self.folder.join("data")).arg("stop");
        let _ = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Where PostgreSQL's server programs are; installed where they are missing.
fn programs() -> Result<PathBuf> {
    if let Some(found) = find() {
        return Ok(found);
    }
    if shell::is_root() && shell::has("apt-get") {
        shell::quiet("package lists", Command::new("apt-get").args(["update", "-qq"]))?;
        shell::quiet("PostgreSQL", Command::new("apt-get").args(["install", "-y", "-qq", "postgresql"]))?;
    }
    match find() {
        Some(found) => Ok(found),
        None => bail!("PostgreSQL's server programs (initdb, pg_ctl) are missing: install the package `postgresql`"),
    }
}

fn find() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    versions.sort();
    versions.pop().or_else(|| {
        let path = shell::answer(Command::new("sh").args(["-c", "command -v initdb"]))?;
        Path::new(&path).parent().map(Path::to_path_buf)
    })
}
