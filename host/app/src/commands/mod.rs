//! The command line: one file a command. A command reads its arguments, does
//! what the HTTP API does, and says it in one line or in JSON.

mod attribution;
mod backup;
mod doctor;
mod import;
mod key;
mod metrics;
mod migrate;
mod plugin;
mod serve;
mod user;
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
    /// Copy the embedded database while it is in use
    Backup(backup::Backup),
    /// Read a file in: contacts, products, orders, offers, redemptions, placements, events
    Import(import::Import),
    /// Plugins: make, build, check, pack, install
    #[command(subcommand)]
    Plugin(plugin::Plugin),
    /// Attribution over a file of paths
    #[command(subcommand)]
    Attribution(attribution::Attribution),
    /// Numbers from the metrics catalogue
    #[command(subcommand)]
    Metrics(metrics::Metrics),
}

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
            Command::Backup(command) => wait(command.run(&common)),
            Command::Import(command) => wait(command.run(&common)),
            Command::Plugin(command) => command.run(&common),
            Command::Attribution(command) => wait(command.run(&common)),
            Command::Metrics(command) => wait(command.run(&common)),
        }
    }
}

/// Run a command's future on a runtime of its own.
fn wait(command: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(command)
}
