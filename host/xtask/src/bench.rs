//! The figures: builds what is measured as people run it (release), the plugins
//! and the references, and starts `rialto-load`, which measures and prints.

use crate::{plugins, shell, tools};
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

/// ChannelAttribution as it is on PyPI, and what it asks for at import.
const CHANNEL_ATTRIBUTION: [&str; 4] = ["ChannelAttribution==2.2.5", "numpy", "pandas", "matplotlib"];

/// What to measure.
#[derive(clap::Args)]
pub struct Options {
    /// Only this row (run, extism, parts, attribution, intake, campaign, segment, start, intake-delayed, campaign-delayed);
    /// may be given several times.
    #[arg(long, value_name = "ROW")]
    only: Vec<String>,
    /// See that everything runs: small sizes, two repetitions; the figures mean nothing.
    #[arg(long)]
    quick: bool,
    /// Write the figures to this file as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Use what was built last.
    #[arg(long)]
    no_build: bool,
}

impl Options {
    fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|row| row == name)
    }
}

/// Build, measure, print.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let load = root.join("target/release/rialto-load");
    if !options.no_build {
        tools::wasm_target()?;
        plugins::build_all(root)?;
        let build = ["build", "--release", "-p", "rialto-app", "-p", "rialto-load"];
        shell::run(shell::cargo(root).args(build))?;
    }
    if !load.exists() {
        bail!("{} is not built: leave --no-build out", load.display());
    }
    delays();
    let mut command = std::process::Command::new(&load);
    for row in &options.only {
        command.args(["--only", row]);
    }
    if options.quick {
        command.arg("--quick");
    }
    if let Some(file) = &options.json {
        command.arg("--json").arg(file);
    }
    if options.wants("extism") {
        match peer(root, options.no_build) {
            Ok(peer) => {
                command.arg("--peer").arg(peer);
            }
            Err(why) => println!("Extism is left out: {why:#}"),
        }
    }
    if options.wants("attribution") {
        match tools::python(root, "channel-attribution", &CHANNEL_ATTRIBUTION, &[]) {
            Ok(python) => {
                command.arg("--python").arg(python);
            }
            Err(why) => println!("ChannelAttribution is left out: {why:#}"),
        }
    }
    shell::run(&mut command)
}

/// Extism on the row's work: a program of its own outside the workspace, for it
/// brings a wasmtime that nothing else is to be built with.
fn peer(root: &Path, as_it_is: bool) -> Result<PathBuf> {
    let target = root.join("target/peer-extism");
    if !as_it_is {
        let mut build = shell::cargo(root);
        build.args(["build", "--release", "--manifest-path", "tests/load/peer-extism/Cargo.toml", "--target-dir"]);
        shell::run(build.arg(&target))?;
    }
    let program = target.join("release/peer-extism");
    match program.is_file() {
        true => Ok(program),
        false => bail!("{} is not built: leave --no-build out", program.display()),
    }
}

/// The delayed rows need strace; the others do not.
fn delays() {
    if shell::has("strace") || !(shell::is_root() && shell::has("apt-get")) {
        return;
    }
    let mut install = std::process::Command::new("apt-get");
    if let Err(why) = shell::quiet("strace", install.args(["install", "-y", "-qq", "strace"])) {
        println!("fsyncs cannot be delayed: {why:#}");
    }
}
