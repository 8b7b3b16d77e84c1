//! An author's desk: a folder, the program, and a host on loopback that listens
//! where the system puts it.

use crate::{server::Server, shell};
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

/// What the program reads of the environment and would lead it elsewhere.
const ELSEWHERE: [&str; 6] =
    ["RIALTO_SERVER", "RIALTO_DATA", "RIALTO_DATABASE", "RIALTO_CONFIG", "RIALTO_NAME", "RIALTO_LISTEN"];
/// Lines shown of what a failing command said.
const LINES: usize = 40;

/// A folder to work in, and a host to install into.
pub struct Desk {
    /// Where plugins are made.
    pub folder: PathBuf,
    /// Where the host listens.
    pub url: String,
    program: PathBuf,
    data: PathBuf,
    token: String,
    _host: Server,
    // Held open, so that the host can still say something.
    _said: BufReader<ChildStdout>,
}

impl Desk {
    /// Make the data folder and a key, and start the host.
    pub fn open(program: &Path, folder: &Path) -> Result<Self> {
        let data = folder.join("data");
        fs::create_dir_all(&data)?;
        let mut key = command(program, folder);
        key.args(["key", "create", "--kind", "admin", "--name", "authors", "--json", "--data"]).arg(&data);
        let key: Value = serde_json::from_str(&said("rialto key create", &mut key)?)?;
        let token = key["secret"].as_str().context("`rialto key create` answered no secret")?.to_owned();
        let log = folder.join("host.log");
        let mut serve = command(program, folder);
        serve.args(["serve", "--listen", "127.0.0.1:0", "--json", "--data"]).arg(&data);
        serve.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(&log)?);
        let mut child = serve.spawn().with_context(|| format!("{} cannot be started", program.display()))?;
        let out = child.stdout.take();
        let host = Server::of(child);
        let mut out = BufReader::new(out.context("the host has no output")?);
        let mut hello = String::new();
        out.read_line(&mut hello)?;
        let hello: Value = serde_json::from_str(&hello)
            .with_context(|| format!("`rialto serve` did not start:\n{}", tail(&fs::read(&log).unwrap_or_default())))?;
        let url = hello["url"].as_str().context("`rialto serve` said no address")?.to_owned();
        println!("host: {url}");
        Ok(Self { folder: folder.to_owned(), url, program: program.to_owned(), data, token, _host: host, _said: out })
    }

    /// Run a command of the program in a folder; how long it took, and the first
    /// JSON that it answered. What it says is shown when it fails.
    pub fn timed(&self, what: &str, at: &Path, arguments: &[&str]) -> Result<(Duration, Value)> {
        let mut run = command(&self.program, at);
        run.args(arguments).arg("--json").arg("--data").arg(&self.data);
        if arguments.contains(&"--server") {
            // Not as an argument, where every process of the machine could read it.
            run.env("RIALTO_TOKEN", &self.token);
        }
        let bar = shell::spinner(what.to_owned());
        let began = Instant::now();
        let answer = said(what, &mut run);
        let took = began.elapsed();
        bar.finish_and_clear();
        let answer = answer.with_context(|| format!("`rialto {}`", arguments.join(" ")))?;
        println!("{what}: {:.1} s", took.as_secs_f64());
        let value = answer.lines().find_map(|line| serde_json::from_str(line).ok());
        Ok((took, value.unwrap_or(Value::Null)))
    }
}

/// The program in a folder, led nowhere else by the environment.
pub fn command(program: &Path, at: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(at).stdin(Stdio::null()).env("RIALTO_LANG", "en").env_remove("RIALTO_TOKEN");
    for name in ELSEWHERE {
        command.env_remove(name);
    }
    command
}

/// What a command answers when it succeeds.
fn said(what: &str, command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{what} cannot be started"))?;
    if !output.status.success() {
        let all = [output.stdout, output.stderr].concat();
        bail!("{what} ended with {}:\n{}", output.status, tail(&all));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The last lines of a text.
pub fn tail(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}
