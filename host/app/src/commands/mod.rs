//! The command line: one file a command. A command reads its arguments, does
//! what the HTTP API does, and says it in one line or in JSON.

mod attribution;
mod backup;
mod doctor;
mod experiment;
mod export;
mod host;
mod import;
mod key;
mod lift;
mod metrics;
mod migrate;
mod person;
mod plan;
mod plugin;
mod policy;
mod receipt;
mod recorded;
mod restore;
mod retention;
mod rotate;
mod segment;
mod serve;
mod shadow;
mod user;
mod why;
mod worker;
mod workspace;

use crate::config::Common;
use clap::{Parser, Subcommand};
use std::future::Future;

/// Rialto: a marketing platform in one binary, extended by plugins that can
/// only answer what they are asked
#[derive(Debug, Parser)]
#[command(name = "rialto", version, propagate_version = true, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API and work on jobs until stopped
    Serve(serve::Serve),
    /// API keys
    #[command(subcommand)]
    Key(key::Key),
    /// People who can sign in
    #[command(subcommand)]
    User(user::User),
    /// Workspaces: each a tenant's walled data
    #[command(subcommand)]
    Workspace(workspace::Workspace),
    /// Bring the database's schema up to date
    Migrate(migrate::Migrate),
    /// Look whether everything is in order
    Doctor(doctor::Doctor),
    /// The host itself: who works on the database, whether it sends
    #[command(subcommand)]
    Host(host::Host),
    /// Copy everything into one file, as of one moment, while it is in use
    Backup(backup::Backup),
    /// Fill an empty data folder or database from a backup
    Restore(restore::Restore),
    /// Read a file in: contacts, products, orders, offers, redemptions, placements, events
    Import(import::Import),
    /// Take a list away as a file: contacts, orders, sends
    Export(export::Export),
    /// Plugins: make, build, check, pack, install
    #[command(subcommand)]
    Plugin(plugin::Plugin),
    /// Receipts of attribution runs and reports: shown, and verified by making the same again
    #[command(subcommand)]
    Receipt(receipt::Receipt),
    /// How often and when people may be written to
    #[command(subcommand)]
    Policy(policy::Policy),
    /// Why a person got, or did not get, what a campaign sent
    Why(why::Why),
    /// Attribution over a file of paths
    #[command(subcommand)]
    Attribution(attribution::Attribution),
    /// A person's rights: export and erasure
    #[command(subcommand)]
    Person(person::Person),
    /// Certificates of erasures, and erasures after a restore
    #[command(subcommand)]
    Erasure(person::Erasure),
    /// The plan of a campaign and its money: budget, goals, ROI, approval, comments, annotations, rates
    #[command(subcommand)]
    Plan(plan::Plan),
    /// How long things are kept
    #[command(subcommand)]
    Retention(retention::Retention),
    /// Numbers from the metrics catalogue
    #[command(subcommand)]
    Metrics(metrics::Metrics),
    /// Experiments: who is held out, so that an effect can be told
    #[command(subcommand)]
    Experiment(experiment::Experiment),
    /// What campaigns changed, and how rankings did
    #[command(subcommand)]
    Lift(lift::Lift),
    /// Segments worth having, and whom two share
    #[command(subcommand)]
    Segment(segment::Segment),
    /// The limited process that compiles a plugin; the host starts it by itself
    #[command(name = COMPILE, hide = true)]
    CompileChild {
        /// Bytes of memory
        memory_bytes: u64,
        /// Seconds of processor time
        cpu_s: u64,
    },
}

/// The hidden command that compiles.
pub(crate) const COMPILE: &str = "compile-component";

impl Cli {
    /// Do what was asked.
    ///
    /// # Errors
    /// What went wrong, for one line on standard error.
    pub fn run(self) -> anyhow::Result<()> {
        let common = self.common;
        match self.command {
            Command::Serve(command) => wait(command.run(&common)),
            Command::Key(command) => wait(command.run(&common)),
            Command::User(command) => wait(command.run(&common)),
            Command::Workspace(command) => wait(command.run(&common)),
            Command::Migrate(command) => wait(command.run(&common)),
            Command::Doctor(command) => wait(command.run(&common)),
            Command::Host(command) => wait(command.run(&common)),
            Command::Backup(command) => wait(command.run(&common)),
            Command::Restore(command) => wait(command.run(&common)),
            Command::Import(command) => wait(command.run(&common)),
            Command::Export(command) => wait(command.run(&common)),
            Command::Plugin(command) => command.run(&common),
            Command::Receipt(command) => wait(command.run(&common)),
            Command::Policy(command) => wait(command.run(&common)),
            Command::Why(command) => wait(command.run(&common)),
            Command::Attribution(command) => wait(command.run(&common)),
            Command::Person(command) => wait(command.run(&common)),
            Command::Erasure(command) => wait(command.run(&common)),
            Command::Plan(command) => wait(command.run(&common)),
            Command::Retention(command) => wait(command.run(&common)),
            Command::Metrics(command) => wait(command.run(&common)),
            Command::Experiment(command) => wait(command.run(&common)),
            Command::Lift(command) => wait(command.run(&common)),
            Command::Segment(command) => wait(command.run(&common)),
            Command::CompileChild { memory_bytes, cpu_s } => {
                match rialto_plugin_host::compile::child::serve(memory_bytes, cpu_s) {
                    0 => Ok(()),
                    // The host tells by it what happened, so nothing is added.
                    code => std::process::exit(code.into()),
                }
            }
        }
    }
}

/// Run a command's future on a runtime of its own.
fn wait<T>(command: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(command)
}
