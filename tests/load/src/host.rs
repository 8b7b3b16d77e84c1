//! The host as people run it: the release build, its own process and data
//! folder, if asked under `strace`, which makes every fsync take longer and
//! counts them.

use crate::{Bench, http::Api};
use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use std::{
    fs::File,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// How much longer an fsync takes, in microseconds.
pub(crate) const DELAY_US: u32 = 2_000;
/// How long the host may take to start or stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running host.
pub(crate) struct Host {
    child: Child,
    /// The host's own process, also under `strace`.
    pub(crate) pid: u32,
    pub(crate) address: SocketAddr,
    trace: Option<PathBuf>,
}

/// A command under `strace` with delayed fsyncs, each written to the file.
pub(crate) fn delayed(program: &Path, trace: &Path) -> Command {
    let mut command = Command::new("strace");
    command
        .args(["-f", "-qq", "--seccomp-bpf", "-e", "trace=fdatasync,fsync", "-e", "signal=none"])
        .args(["-e", &format!("inject=fdatasync,fsync:delay_exit={DELAY_US}")])
        .arg("-o")
        .arg(trace)
        .arg(program);
    command
}

/// Whether fsyncs can be delayed here; why not, if not.
pub(crate) fn can_delay() -> Result<(), String> {
    let tried = Command::new("strace").args(["-f", "-qq", "--seccomp-bpf", "-e", "trace=fsync", "true"]).output();
    match tried {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("strace cannot trace here: {}", String::from_utf8_lossy(&output.stderr).trim())),
        Err(_) => Err("strace is not installed".to_owned()),
    }
}

/// How many fsyncs a trace holds.
pub(crate) fn fsyncs(trace: &Path) -> anyhow::Result<usize> {
    let text = std::fs::read_to_string(trace)?;
    Ok(text.lines().filter(|line| line.contains("sync(")).count())
}

impl Host {
    /// Start it and wait until it is ready.
    pub(crate) fn start(bench: &Bench, data: &Path, delay: bool) -> anyhow::Result<Self> {
        let trace = delay.then(|| data.join("fsyncs"));
        let mut command = match &trace {
            Some(trace) => delayed(&bench.host, trace),
            None => Command::new(&bench.host),
        };
        // A plugin's conformance suite would run beside what is measured.
        std::fs::write(data.join("rialto.toml"), "[limits]\nconformance_s_max = 0\n")?;
        let listen = free_address()?;
        let log = File::create(data.join("host.log"))?;
        command.args(["serve", "--json", "--listen", &listen.to_string(), "--data"]).arg(data);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let child = command.spawn().with_context(|| format!("{} cannot be started", bench.host.display()))?;
        let mut host = Self { pid: child.id(), child, address: listen, trace };
        host.wait_until_ready()?;
        if delay {
            host.pid = child_of(host.child.id())?;
        }
        Ok(host)
    }

    fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait()? {
                bail!("the host ended with {status}");
            }
            if is_ready(self.address) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        bail!("the host was not ready within {} s", PATIENCE.as_secs())
    }

    /// How many fsyncs it made so far, where it is traced.
    pub(crate) fn fsyncs(&self) -> anyhow::Result<Option<usize>> {
        self.trace.as_deref().map(fsyncs).transpose()
    }

    /// Memory that is its own now, in MB.
    pub(crate) fn memory_mb(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kib * 1024.0 / 1e6)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.pid.to_string()).status();
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Ask `/readyz` once, without a runtime.
pub(crate) fn is_ready(address: SocketAddr) -> bool {
    use std::io::{Read as _, Write as _};
    let Ok(mut stream) = std::net::TcpStream::connect(address) else { return false };
    let mut head = [0; 12];
    let asked = stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n");
    asked.is_ok() && stream.read_exact(&mut head).is_ok() && head.ends_with(b"200")
}

/// An address on loopback that nobody listens at.
pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// The one child of a process.
fn child_of(pid: u32) -> anyhow::Result<u32> {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))?;
    children.split_whitespace().next().and_then(|child| child.parse().ok()).context("strace has no child")
}

/// Make a key before the host starts; its secret.
pub(crate) fn key(bench: &Bench, data: &Path, kind: &str) -> anyhow::Result<String> {
    let mut command = Command::new(&bench.host);
    command.args(["key", "create", "--kind", kind, "--name", "bench", "--json", "--data"]).arg(data);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{} is not built; run `cargo xtask bench`", bench.host.display()))?;
    if !output.status.success() {
        bail!("`rialto key create` failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let answer: Value = serde_json::from_slice(&output.stdout)?;
    Ok(answer["secret"].as_str().context("`rialto key create` answered no secret")?.to_owned())
}

/// Install a package and let it run; the installation.
pub(crate) async fn install(api: &Api, package: &[u8], name: &str) -> anyhow::Result<String> {
    let package = api.send("POST", "/plugins", "application/wasm", package).await?;
    let wished = json!({ "package": package["digest"], "name": name });
    let installation = crate::http::id(&api.post("/installations", &wished).await?)?;
    let versions = api.get(&format!("/installations/{installation}/versions")).await?;
    let version = crate::http::id(&versions["items"][0])?;
    let path = format!("/installations/{installation}/versions/{version}/approve");
    api.post(&path, &json!({ "activate": true })).await?;
    Ok(installation)
}
