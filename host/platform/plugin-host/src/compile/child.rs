//! Compiling in a process of its own, which the system limits: a component made
//! to exhaust a compiler exhausts that process and costs an error. The child
//! is this very program under a hidden command; it reads a component and
//! writes code, and has no key, no database and no network.
//!
//! The limits are the system's own (`setrlimit`): where it has none, only the
//! clock and the size of the answer bound the child, and the log says so.

use crate::{engine::engine_config, error::LoadError, limits::LimitName};
use std::{
    io::{Read as _, Write as _},
    path::PathBuf,
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::Command,
};
use wasmtime::Engine;

/// The exit code of a child that compiled nothing, and says why on standard error.
const DOES_NOT_COMPILE: u8 = 3;
/// What of the child's standard error is read.
const SAID_BYTES_MAX: u64 = 4 * 1024;
/// Threads the compiler may use: each needs memory of its own.
const THREADS: &str = "2";
/// Exit codes of a shell for a process that a signal ended are 128 and more.
#[cfg(unix)]
mod signal {
    pub(super) const ABORT: i32 = 6;
    pub(super) const KILL: i32 = 9;
    pub(super) const BUS: i32 = 7;
    pub(super) const SEGV: i32 = 11;
    pub(super) const CPU: i32 = 24;
}

/// How components are compiled in a process of their own.
#[derive(Debug, Clone)]
pub struct CompileChild {
    /// The program that has the hidden command: this one.
    pub program: PathBuf,
    /// What comes before the limits on its command line.
    pub arguments: Vec<String>,
    /// Bytes of memory it may take beyond what the program itself takes.
    pub memory_bytes: u64,
    /// Seconds of processor time, of all its threads.
    pub cpu_s: u64,
    /// Bytes of code it may answer.
    pub code_bytes: u64,
}

impl CompileChild {
    /// The usual limits (2 GiB, 60 s on all processors, 256 MiB of code) for a
    /// program with this hidden command. An interpreter of 40 MB is among what
    /// must fit.
    #[must_use]
    pub fn of(program: PathBuf, command: &str) -> Self {
        Self { program, arguments: vec![command.to_owned()], memory_bytes: 2 << 30, cpu_s: 60, code_bytes: 256 << 20 }
    }

    /// Compile a component: its code, or the limit it passed.
    pub(super) async fn compile(&self, component: &[u8], wall_ms: u64) -> Result<Vec<u8>, LoadError> {
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .arg(self.memory_bytes.to_string())
            .arg(self.cpu_s.to_string())
            .env_clear()
            .env("RAYON_NUM_THREADS", THREADS)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|cause| LoadError::Host(format!("the compiler's process does not start: {cause}")))?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let feed = async {
            if let Some(mut stdin) = stdin {
                // A child that ended early says why by its status.
                let _ = stdin.write_all(component).await;
                let _ = stdin.shutdown().await;
            }
        };
        let read = async {
            let mut code = Vec::new();
            if let Some(stdout) = stdout {
                let _ = stdout.take(self.code_bytes + 1).read_to_end(&mut code).await;
            }
            code
        };
        let heard = async {
            let mut said = Vec::new();
            if let Some(mut stderr) = stderr {
                let _ = (&mut stderr).take(SAID_BYTES_MAX).read_to_end(&mut said).await;
                // The rest is drained, or the child would wait for a reader.
                let _ = tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await;
            }
            String::from_utf8_lossy(&said).into_owned()
        };
        let work = async {
            let ((), code, said) = tokio::join!(feed, read, heard);
            (child.wait().await, code, said)
        };
        // Dropped when its time is over, which kills it.
        match tokio::time::timeout(Duration::from_millis(wall_ms), work).await {
            Err(_) => Err(over(LimitName::CompileWall, wall_ms)),
            Ok((Err(cause), ..)) => Err(LoadError::Host(format!("the compiler's process: {cause}"))),
            Ok((Ok(_), code, _)) if code.len() as u64 > self.code_bytes => {
                Err(over(LimitName::CompileCode, self.code_bytes))
            }
            Ok((Ok(status), code, _)) if status.success() => Ok(code),
            Ok((Ok(status), _, said)) => Err(self.why(status, &said)),
        }
    }

    /// What ended the child.
    fn why(&self, status: ExitStatus, said: &str) -> LoadError {
        if status.code() == Some(i32::from(DOES_NOT_COMPILE)) {
            return LoadError::Compile { detail: one_line(said) };
        }
        let memory = over(LimitName::CompileMemory, self.memory_bytes);
        let starved = ["memory allocation of", "Cannot allocate memory", "Resource temporarily unavailable"];
        if starved.iter().any(|words| said.contains(words)) {
            return memory;
        }
        match signal_of(status) {
            #[cfg(unix)]
            Some(signal::CPU | signal::KILL) => over(LimitName::CompileCpu, self.cpu_s * 1_000),
            #[cfg(unix)]
            Some(signal::SEGV | signal::BUS | signal::ABORT) if said.contains("overflowed its stack") => {
                LoadError::Compile { detail: "it is nested deeper than the compiler can follow".to_owned() }
            }
            // A page that cannot be had ends a process like this too.
            #[cfg(unix)]
            Some(signal::SEGV | signal::BUS) => memory,
            _ => LoadError::Compile { detail: format!("the compiler ended with {status}: {}", one_line(said)) },
        }
    }
}

#[cfg(unix)]
fn signal_of(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal_of(_status: ExitStatus) -> Option<i32> {
    None
}

fn over(name: LimitName, limit: u64) -> LoadError {
    LoadError::CompileLimit { name, limit }
}

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).take(3).collect::<Vec<_>>().join("; ")
}

/// Be the child: take the limits on, read a component from standard input,
/// write its code to standard output. The hidden command of the host's program
/// is this and nothing else. Answers the exit code.
#[must_use]
pub fn serve(memory_bytes: u64, cpu_s: u64) -> u8 {
    if let Err(cause) = limit(memory_bytes, cpu_s) {
        eprintln!("the limits of the compiler's process cannot be set: {cause}");
        return DOES_NOT_COMPILE;
    }
    match compile() {
        Ok(code) => {
            let mut out = std::io::stdout();
            u8::from(out.write_all(&code).and_then(|()| out.flush()).is_err())
        }
        Err(cause) => {
            eprintln!("{cause}");
            DOES_NOT_COMPILE
        }
    }
}

fn compile() -> Result<Vec<u8>, String> {
    let mut component = Vec::new();
    std::io::stdin().read_to_end(&mut component).map_err(|cause| cause.to_string())?;
    let engine = Engine::new(&engine_config()).map_err(|cause| cause.to_string())?;
    engine.precompile_component(&component).map_err(|cause| cause.root_cause().to_string())
}

/// Whether this system can limit a child.
#[must_use]
pub fn can_limit() -> bool {
    cfg!(target_os = "linux")
}

#[cfg(target_os = "linux")]
fn limit(memory_bytes: u64, cpu_s: u64) -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    // The program's own mappings are not the component's.
    let own = std::fs::read_to_string("/proc/self/statm")?;
    let pages = own.split(' ').next().and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    let space = pages.saturating_mul(rustix::param::page_size() as u64).saturating_add(memory_bytes);
    // No core file, no file of any size, a second's grace after the warning.
    let wanted = [
        (Resource::As, space, space),
        (Resource::Cpu, cpu_s.max(1), cpu_s.max(1) + 1),
        (Resource::Fsize, 0, 0),
        (Resource::Core, 0, 0),
        (Resource::Nofile, 32, 32),
    ];
    for (resource, current, maximum) in wanted {
        // Never above what whoever started the host allows it.
        let ceiling = getrlimit(resource).maximum.unwrap_or(u64::MAX);
        let limit = Rlimit { current: Some(current.min(ceiling)), maximum: Some(maximum.min(ceiling)) };
        setrlimit(resource, limit)?;
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn limit(_memory_bytes: u64, _cpu_s: u64) -> std::io::Result<()> {
    Ok(())
}
