//! The `rialto` binary.

use clap::Parser as _;
use rialto_app::commands::Cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    // Before anything speaks TLS; a second provider cannot be there yet.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let causes: Vec<String> = error.chain().map(|cause| cause.to_string().replace('\n', " ")).collect();
            eprintln!("rialto: {}", causes.join(": "));
            ExitCode::FAILURE
        }
    }
}
