//! A new plugin in each language, from nothing to called, by the clock: what
//! `cargo xtask authors` runs. Every step is a command that an author types,
//! over the same program; nothing is done behind its back.

mod desk;
mod dev;

use crate::{plugins, shell};
use anyhow::{Context as _, Result, bail, ensure};
use desk::Desk;
use rialto_sdk_harness::language::Language;
use serde_json::Value;
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// The kind that is made: every language has it, and what it answers can be
/// checked to the last digit.
const KIND: &str = "attribution";
/// What the model is given, and what each channel is due: every touch counts
/// alike.
const PATHS: &str = "path;conv;value;null\nemail > search;2;30;1\nsearch;1;10;0\n";
const DUE: [(&str, f64, f64); 2] = [("email", 1.0, 15.0), ("search", 2.0, 25.0)];

/// What to make.
#[derive(clap::Args)]
pub struct Options {
    /// Only this language; may be given several times.
    #[arg(long, value_name = "LANGUAGE", value_parser = ["rust", "js", "python"])]
    only: Vec<String>,
    /// Leave out the plugins' own tests: Rust's compile the host when they run for the first time, which takes minutes.
    #[arg(long)]
    suite_only: bool,
    /// Changes of a source line under `rialto plugin dev`; 0 leaves it out.
    #[arg(long, default_value_t = 5)]
    changes: u32,
    /// Use the release build of the host, as people run it.
    #[arg(long)]
    release: bool,
    /// Use the host as it was built last.
    #[arg(long)]
    no_build: bool,
}

impl Options {
    fn wants(&self, word: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == word)
    }
}

/// A step and how long it took.
struct Step {
    name: &'static str,
    took: Duration,
}

/// What came of one language.
struct Made {
    word: &'static str,
    folder: PathBuf,
    steps: Vec<Step>,
    bytes: u64,
}

/// Make, test, install and call a plugin in each language; print the table.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let program = program(root, options)?;
    let place = root.join("target/authors");
    fs::create_dir_all(&place)?;
    // Below `target`: the tools of other languages are found where `tools` puts them.
    let folder = tempfile::Builder::new().prefix("new-").tempdir_in(&place)?;
    let (made, failed) = make_all(root, &program, folder.path(), options)?;
    println!("\n{}", table(&made));
    println!("The tools of the languages were there before; everything else is in the figures.");
    if let Some(rust) = made.iter().find(|one| one.word == "rust").filter(|_| options.changes > 0) {
        println!("\nrialto plugin dev");
        println!("{}", dev::told(&dev::measure(&program, &rust.folder, options.changes)?));
    }
    match failed.is_empty() {
        true => Ok(()),
        false => bail!("not from scaffold to called: {}", failed.join(", ")),
    }
}

/// Every language that is asked for, in a host of their own that ends with it.
fn make_all(root: &Path, program: &Path, folder: &Path, options: &Options) -> Result<(Vec<Made>, Vec<&'static str>)> {
    let desk = Desk::open(program, folder)?;
    let (mut made, mut failed) = (Vec::new(), Vec::new());
    for (word, language) in Language::ALL.into_iter().filter(|(word, _)| options.wants(word)) {
        println!("\n{word}");
        match tool(root, language).and_then(|()| make(&desk, word, options)) {
            Ok(one) => made.push(one),
            Err(why) => {
                println!("{why:#}");
                failed.push(word);
            }
        }
    }
    Ok((made, failed))
}

/// The program that authors run, built where that is wanted.
fn program(root: &Path, options: &Options) -> Result<PathBuf> {
    let profile = if options.release { "release" } else { "debug" };
    if !options.no_build {
        let mut build = shell::cargo(root);
        // As everything else here is built, so that nothing is compiled twice.
        build.args(["build", "--workspace", "--bin", "rialto"]);
        if options.release {
            build.arg("--release");
        }
        shell::run(&mut build)?;
    }
    let program = root.join("target").join(profile).join("rialto");
    ensure!(program.is_file(), "{} is not built: leave --no-build out", program.display());
    Ok(program)
}

/// What a language's people have installed already.
fn tool(root: &Path, language: Language) -> Result<()> {
    let programs: &[&str] = match language {
        Language::Rust => &["cargo"],
        Language::Js => &["node", "npm"],
        Language::Python => &["python3"],
    };
    for program in programs {
        ensure!(
            shell::has(program),
            "{} needs `{program}`: install it, or name the other languages with --only",
            language.as_str()
        );
    }
    plugins::tool(root, language)
}

/// From nothing to called: the README's commands.
fn make(desk: &Desk, word: &'static str, options: &Options) -> Result<Made> {
    let name = format!("my-{word}-model");
    let folder = desk.folder.join(&name);
    let mut steps = Vec::new();
    let mut step = |name: &'static str, at: &Path, arguments: &[&str]| -> Result<Value> {
        let (took, answer) = desk.timed(&format!("{word}: {name}"), at, arguments)?;
        steps.push(Step { name, took });
        Ok(answer)
    };
    step("new", &desk.folder, &["plugin", "new", "--kind", KIND, "--language", word, &name])?;
    let built = step("build", &folder, &["plugin", "build"])?;
    let suite_only = if options.suite_only { &["--suite-only"][..] } else { &[] };
    let tested = step("test", &folder, &[&["plugin", "test"][..], suite_only].concat())?;
    let passed = tested["passed"].as_u64().unwrap_or(0);
    ensure!(passed > 0 && tested["failed"] == 0, "the suite passed {passed} checks, and not all of them: {tested}");
    let installed = step("install", &folder, &["plugin", "install", "--approve", "--server", &desk.url])?;
    ensure!(installed["state"] == "active", "it is installed and does not serve: {installed}");
    let id = installed["id"].as_str().context("`rialto plugin install` answered no id")?;
    fs::write(folder.join("paths.csv"), PATHS)?;
    let call = ["attribution", "run", "--paths", "paths.csv", "--plugin", id];
    check(&step("call", &folder, &call)?)?;
    Ok(Made { word, bytes: built["bytes"].as_u64().unwrap_or(0), folder, steps })
}

/// Every channel got what it is due.
fn check(shared: &Value) -> Result<()> {
    let channels = shared["channels"].as_array().map(Vec::as_slice).unwrap_or_default();
    ensure!(channels.len() == DUE.len(), "the model credits {} channels: {shared}", channels.len());
    for (channel, conversions, value) in DUE {
        let one = channels.iter().find(|one| one["channel"] == channel);
        let one = one.with_context(|| format!("the model credits nothing to {channel}: {shared}"))?;
        let near = |name: &str, due: f64| one[name].as_f64().is_some_and(|got| (got - due).abs() < 1e-9);
        ensure!(near("conversions", conversions) && near("value", value), "{channel} is not credited its due: {one}");
    }
    Ok(())
}

/// A line a language, a column a step, in seconds.
fn table(made: &[Made]) -> String {
    let Some(first) = made.first() else { return "nothing was made".to_owned() };
    let names: Vec<&str> = first.steps.iter().map(|step| step.name).collect();
    let mut text = format!("| language | {} | all | package |\n", names.join(" | "));
    text.push_str(&"|---".repeat(names.len() + 3));
    text.push('|');
    for one in made {
        let _ = write!(text, "\n| {} |", one.word);
        for step in &one.steps {
            let _ = write!(text, " {:.1} s |", step.took.as_secs_f64());
        }
        let all: Duration = one.steps.iter().map(|step| step.took).sum();
        let _ = write!(text, " {:.1} s | {} kB |", all.as_secs_f64(), one.bytes / 1024);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_model_that_shares_otherwise_is_seen() {
        let shared = |email: f64| {
            let channel = |name: &str, conversions: f64, value: f64| json!({ "channel": name, "conversions": conversions, "value": value });
            json!({ "channels": [channel("email", email, 15.0), channel("search", 2.0, 25.0)] })
        };
        check(&shared(1.0)).unwrap();
        let why = check(&shared(2.0)).unwrap_err().to_string();
        assert!(why.contains("email is not credited its due"), "{why}");
        assert!(check(&json!({ "channels": [] })).is_err());
    }

    #[test]
    fn the_table_has_a_column_for_every_step() {
        let names = ["new", "build", "test", "install", "call"];
        let steps = names.map(|name| Step { name, took: Duration::from_millis(1_500) });
        let made = Made { word: "rust", folder: PathBuf::new(), steps: steps.into(), bytes: 204_800 };
        let text = table(&[made]);
        let head = names.join(" | ");
        assert!(text.starts_with(&format!("| language | {head} | all | package |")), "{text}");
        assert!(text.ends_with("| rust | 1.5 s | 1.5 s | 1.5 s | 1.5 s | 1.5 s | 7.5 s | 200 kB |"), "{text}");
    }
}
