//! Everything that must pass.

use crate::{plugins, postgres::Cluster, shell, tools};
use anyhow::Result;
use std::{path::Path, process::Command};

/// How to test.
#[derive(clap::Args)]
pub struct Options {
    /// Only tests whose name contains this.
    filter: Option<String>,
    /// Leave out formatting and lints.
    #[arg(long)]
    quick: bool,
}

/// How to crash.
#[derive(clap::Args)]
pub struct CrashOptions {
    /// Kills that must hit a send.
    #[arg(long, default_value_t = 100)]
    kills: u32,
    /// People in the campaign.
    #[arg(long, default_value_t = 10_000)]
    recipients: u32,
}

/// Format, lints, plugins, a PostgreSQL cluster, and every test on both databases.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    tools::wasm_target()?;
    if !options.quick {
        shell::run(shell::cargo(root).args(["fmt", "--all", "--check"]))?;
    }
    plugins::build_all(root)?;
    // The kill test starts the host as people do.
    shell::run(shell::cargo(root).args(["build", "-p", "rialto-app"]))?;
    let cluster = Cluster::start()?;
    let mut command = runner(root);
    command.env("RIALTO_TEST_POSTGRES", cluster.url());
    if let Some(filter) = &options.filter {
        command.arg(filter);
    }
    shell::run(&mut command)
}

/// The kill test, as long as one likes.
pub fn crash(root: &Path, options: &CrashOptions) -> Result<()> {
    plugins::build_all(root)?;
    shell::run(shell::cargo(root).args(["build", "-p", "rialto-app"]))?;
    let cluster = Cluster::start()?;
    let mut command = shell::cargo(root);
    command
        .args(["test", "-p", "rialto-tests", "--test", "it", "kills", "--", "--nocapture", "--test-threads=1"])
        .env("RIALTO_TEST_POSTGRES", cluster.url())
        .env("RIALTO_CRASH_KILLS", options.kills.to_string())
        .env("RIALTO_CRASH_RECIPIENTS", options.recipients.to_string());
    shell::run(&mut command)
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
