//! Everything that must pass.

use crate::{browser, console, plugins, postgres::Cluster, shell, tools};
use anyhow::{Result, bail};
use std::{
    path::Path,
    process::{Child, Command},
    time::Duration,
};

/// How to test.
#[derive(clap::Args)]
pub struct Options {
    /// Only tests whose name contains this.
    filter: Option<String>,
    /// Leave out formatting.
    #[arg(long)]
    quick: bool,
}

/// How to crash.
#[derive(clap::Args)]
pub struct CrashOptions {
    /// Kills that must hit a mail on its way.
    #[arg(long, default_value_t = 100)]
    kills: u32,
    /// People in the campaign.
    #[arg(long, default_value_t = 10_000)]
    recipients: u32,
    /// On which database.
    #[arg(long, value_enum, default_value_t = Databases::Both)]
    database: Databases,
    /// Hosts that work on one PostgreSQL and are killed at random.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    hosts: u8,
    /// Hold up every sync of a file by so many microseconds.
    #[arg(long, default_value_t = 0)]
    fsync_delay_us: u32,
    /// The order of kills; a new one when left out.
    #[arg(long)]
    seed: Option<u32>,
}

/// Which databases a crash is tried on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Databases {
    Sqlite,
    Postgres,
    Both,
}

/// Format, the console's own tests, plugins, a PostgreSQL cluster, every test on
/// both databases, and what people do most in a real browser.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    tools::wasm_target()?;
    if !options.quick {
        shell::run(shell::cargo(root).args(["fmt", "--all", "--check"]))?;
    }
    console::build(root)?;
    console::test(root)?;
    plugins::build_all(root)?;
    let registry =
        tools::debian("docker-registry", "docker-registry", "publishing plugins to a registry that others wrote");
    // The kill test starts the host as people do.
    shell::run(shell::cargo(root).args(["build", "--workspace", "--bin", "rialto"]))?;
    let cluster = Cluster::start()?;
    let mut command = runner(root);
    command.env("RIALTO_TEST_POSTGRES", cluster.url());
    if let Some(filter) = &options.filter {
        command.arg(filter);
    }
    if let Err(why) = registry {
        eprintln!("left out: the tests against a registry that others wrote ({why:#})");
        command.args(["-E", "not test(/^real::registry::/)"]);
    }
    shell::run(&mut command)?;
    drop(cluster);
    if options.filter.is_some() {
        return Ok(());
    }
    let filters = browser::EVERY_TIME.iter().map(|&part| part.to_owned()).collect();
    browser::run(root, &browser::Options { filters, no_build: true })
}

/// Formatting and clippy over everything, warnings refused. Not part of [`run`]:
/// it compiles all of it once more.
pub fn lint(root: &Path) -> Result<()> {
    shell::run(shell::cargo(root).args(["fmt", "--all", "--check"]))?;
    let clippy = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    shell::run(shell::cargo(root).args(clippy))
}

/// Write anew the files that tests make of the contract and hold against it.
pub fn generate(root: &Path) -> Result<()> {
    plugins::build_all(root)?;
    let mut command = shell::cargo(root);
    command
        .args(["test", "--workspace", "--test", "it", "--", "typescript::", "plugins::compat::", "api::openapi::"])
        .env("RIALTO_WRITE_TYPES", "1")
        .env("RIALTO_WRITE_COMPAT", "1");
    shell::run(&mut command)?;
    console::generate(root)
}

/// The kill tests, as long as one likes; each prints a line of a table.
pub fn crash(root: &Path, options: &CrashOptions) -> Result<()> {
    plugins::build_all(root)?;
    shell::run(shell::cargo(root).args(["build", "--workspace", "--bin", "rialto"]))?;
    // What is killed stays the same, whatever is built meanwhile.
    let folder = tempfile::tempdir()?;
    let program = folder.path().join("rialto");
    std::fs::copy(root.join("target/debug/rialto"), &program)?;
    if options.fsync_delay_us > 0 {
        tools::debian("strace", "strace", "holding up syncs")?;
    }
    let cluster = Cluster::start()?;
    // A database commits in its own process: it is held up there.
    let _held_up = match options.fsync_delay_us {
        0 => None,
        delay => Some(hold_up(cluster.process()?, delay)?),
    };
    let tests: &[&str] = match (options.hosts, options.database) {
        (2, Databases::Sqlite) => bail!("two hosts share PostgreSQL only: leave out --database sqlite"),
        (2, _) => &["real::kills::two_hosts_on_postgres"],
        (_, Databases::Sqlite) => &["real::kills::on_sqlite"],
        (_, Databases::Postgres) => &["real::kills::on_postgres"],
        (_, Databases::Both) => &["real::kills::on_sqlite", "real::kills::on_postgres"],
    };
    let seed = options.seed.unwrap_or_else(|| std::process::id().wrapping_mul(2_654_435_761));
    println!("seed {seed}");
    let mut command = shell::cargo(root);
    command
        .args(["test", "--workspace", "--test", "it", "--"])
        .args(tests)
        .args(["--exact", "--nocapture", "--test-threads=1"])
        .env("RIALTO_TEST_POSTGRES", cluster.url())
        .env("RIALTO_TEST_PROGRAM", &program)
        .env("RIALTO_CRASH_KILLS", options.kills.to_string())
        .env("RIALTO_CRASH_RECIPIENTS", options.recipients.to_string())
        .env("RIALTO_CRASH_FSYNC_DELAY_US", options.fsync_delay_us.to_string())
        .env("RIALTO_CRASH_SEED", seed.to_string());
    shell::run(&mut command)
}

/// A tracer that holds up every sync of a process and of all it starts.
struct HeldUp(Child);

impl Drop for HeldUp {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn hold_up(process: u32, delay_us: u32) -> Result<HeldUp> {
    let inject = format!("inject=fsync,fdatasync:delay_exit={delay_us}");
    let mut tracer = Command::new("strace");
    tracer.args(["-f", "-qq", "-e", "trace=fsync,fdatasync", "-e", &inject, "-o", "/dev/null", "-p"]);
    let mut tracer = tracer.arg(process.to_string()).spawn()?;
    std::thread::sleep(Duration::from_millis(500));
    match tracer.try_wait()? {
        None => Ok(HeldUp(tracer)),
        Some(status) => bail!("strace cannot hold PostgreSQL up: it ended with {status}"),
    }
}

/// nextest where it is installed, else cargo's own runner.
fn runner(root: &Path) -> Command {
    let mut command = shell::cargo(root);
    if shell::answer(Command::new(env!("CARGO")).args(["nextest", "--version"])).is_some() {
        command.args(["nextest", "run", "--workspace", "--no-fail-fast"]);
    } else {
        command.args(["test", "--workspace", "--no-fail-fast"]);
    }
    command
}
