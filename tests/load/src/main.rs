//! `rialto-load`: measure, print the table, write it as JSON.

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use rialto_load::{
    Bench,
    figure::{Figure, table},
    inserts, rows,
};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

#[derive(Parser)]
#[command(name = "rialto-load", about = "Measure the figures that Rialto promises, each beside its reference")]
struct Args {
    /// Only this row; may be given several times
    #[arg(long, value_name = "ROW", value_parser = clap::builder::PossibleValuesParser::new(rows::NAMES))]
    only: Vec<String>,
    /// See that everything runs: small sizes, two repetitions
    #[arg(long)]
    quick: bool,
    /// Write the figures to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// A Python that has ChannelAttribution
    #[arg(long, value_name = "FILE")]
    python: Option<PathBuf>,
    /// `peer-extism`, which runs Extism on the same work
    #[arg(long, value_name = "FILE")]
    peer: Option<PathBuf>,
    /// The release build of the host
    #[arg(long, value_name = "FILE")]
    host: Option<PathBuf>,
    #[command(subcommand)]
    part: Option<Part>,
}

#[derive(Subcommand)]
enum Part {
    /// What intake is held against: bare inserts, in a process of their own
    #[command(hide = true)]
    Inserts(inserts::Inserts),
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    if let Some(Part::Inserts(inserts)) = args.part {
        println!("{}", inserts.run().await?);
        return Ok(ExitCode::SUCCESS);
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("no repository above")?.to_owned();
    let bench = Bench {
        host: args.host.unwrap_or_else(|| root.join("target/release/rialto")),
        own: std::env::current_exe()?,
        python: args.python,
        peer: args.peer,
        quick: args.quick,
        root,
    };
    let wanted = |name: &&str| args.only.is_empty() || args.only.iter().any(|only| only == name);
    let (mut figures, mut failed) = (Vec::<Figure>::new(), Vec::new());
    for name in rows::NAMES.iter().filter(|name| wanted(name)) {
        let began = Instant::now();
        match rows::measure(&bench, name).await {
            Ok(more) => {
                eprintln!("{name}: measured in {:.0} s", began.elapsed().as_secs_f64());
                figures.extend(more);
            }
            Err(why) => {
                eprintln!("{name}: cannot be measured: {why:#}");
                failed.push(*name);
            }
        }
    }
    println!("{}", table(&figures));
    if let Some(file) = args.json {
        let text = serde_json::to_string_pretty(&figures.iter().map(Figure::json).collect::<Vec<_>>())?;
        std::fs::write(&file, text).with_context(|| format!("{} cannot be written", file.display()))?;
    }
    if failed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("not measured: {}", failed.join(", "));
    Ok(ExitCode::FAILURE)
}
