//! The developer's errands: the README's two commands, and what they lean on.
//! Nothing here runs in production.

mod authors;
mod bench;
mod browser;
mod console;
mod demo;
mod plugins;
mod postgres;
mod server;
mod shell;
mod source;
mod test;
mod tools;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Build, test, show and measure Rialto")]
struct Args {
    #[command(subcommand)]
    errand: Errand,
}

#[derive(Subcommand)]
enum Errand {
    /// Build everything, run the whole loop on real data, and keep serving.
    Demo(demo::Options),
    /// Run everything that must pass, PostgreSQL included.
    Test(test::Options),
    /// Formatting and every lint, of all targets.
    Lint,
    /// Build every first-party plugin to target/plugins/<name>.wasm.
    Plugins,
    /// Build the console to host/console/dist, where anything of it changed.
    Console,
    /// Serve the console with hot reload beside a running host.
    Dev(console::DevOptions),
    /// Write anew what is made from the contract and the API: TypeScript types, compat.json.
    Generate,
    /// Measure the promised figures, each beside its reference.
    Bench(bench::Options),
    /// Make a plugin in each language from nothing: scaffold, build, test, install, call, each step timed.
    Authors(authors::Options),
    /// Drive the console in a real browser, on the demo's data.
    Browser(browser::Options),
    /// Kill a host at random in the middle of a campaign, again and again.
    Crash(test::CrashOptions),
}

fn main() -> Result<()> {
    let root = root();
    match Args::parse().errand {
        Errand::Demo(options) => demo::run(&root, &options),
        Errand::Test(options) => test::run(&root, &options),
        Errand::Lint => test::lint(&root),
        Errand::Plugins => {
            for file in plugins::build_all(&root)? {
                println!("{}", file.display());
            }
            Ok(())
        }
        Errand::Console => console::build(&root),
        Errand::Dev(options) => console::dev(&root, &options),
        Errand::Generate => test::generate(&root),
        Errand::Bench(options) => bench::run(&root, &options),
        Errand::Authors(options) => authors::run(&root, &options),
        Errand::Browser(options) => browser::run(&root, &options),
        Errand::Crash(options) => test::crash(&root, &options),
    }
}

/// The repository's top folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}
