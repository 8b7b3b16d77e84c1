//! The `rialto` binary.

use clap::{CommandFactory as _, FromArgMatches as _};
use rialto_app::{commands::Cli, config, words};
use std::process::ExitCode;

fn main() -> ExitCode {
    // Before anything speaks TLS; a second provider cannot be there yet.
    let _ = rustls::crypto::ring::default_provider().install_default();
    words::speak(config::language(std::env::args()));
    let matches = words::in_language(Cli::command(), words::spoken()).get_matches();
    let asked = match Cli::from_arg_matches(&matches) {
        Ok(asked) => asked,
        Err(error) => error.exit(),
    };
    match asked.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rialto: {}", words::chain(&error));
            ExitCode::FAILURE
        }
    }
}
