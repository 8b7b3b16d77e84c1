//! `rialto plugin dev` by the clock: a source line is changed, and the new
//! version serves so much later.

use super::desk::{command, tail};
use crate::server::Server;
use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{ChildStdout, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    time::{Duration, Instant},
};

/// The line of the scaffold that another is put behind.
const PLACE: &str = "fn credit(&mut self) -> Result<Credits, Fault> {";
/// How soon a changed line is to serve.
const SOON: Duration = Duration::from_secs(2);
/// How long a build may take: the first makes everything that the plugin uses.
const PATIENCE: Duration = Duration::from_secs(600);

/// One change: from the saved file to the version that serves, and what of it
/// the build took.
pub struct Reload {
    all: Duration,
    build: Duration,
}

/// `rialto plugin dev` at work.
struct Dev {
    events: Receiver<Value>,
    log: PathBuf,
    _program: Server,
}

/// Change a line of a Rust plugin again and again.
pub fn measure(program: &Path, plugin: &Path, changes: u32) -> Result<Vec<Reload>> {
    let file = plugin.join("src/lib.rs");
    let source = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    ensure!(source.contains(PLACE), "the scaffold in {} has no line `{PLACE}`", file.display());
    let dev = Dev::start(program, plugin)?;
    dev.wait("serves")?;
    // The suite runs after every reload; a change during it would wait for it.
    dev.wait("suite")?;
    let mut reloads = Vec::new();
    for change in 1..=changes {
        let line = format!("{PLACE}\n        rialto_sdk::log::info!(\"change {change}\");");
        let text = source.replacen(PLACE, &line, 1);
        let began = Instant::now();
        fs::write(&file, text)?;
        let served = dev.wait("serves")?;
        let all = began.elapsed();
        let build = served["build_ms"].as_u64().context("`rialto plugin dev` does not say how long it built")?;
        println!("change {change}: {:.2} s, built in {build} ms", all.as_secs_f64());
        reloads.push(Reload { all, build: Duration::from_millis(build) });
        dev.wait("suite")?;
    }
    Ok(reloads)
}

impl Dev {
    fn start(program: &Path, plugin: &Path) -> Result<Self> {
        let log = plugin.with_extension("dev.log");
        let mut dev = command(program, plugin);
        dev.args(["plugin", "dev", "--json"]).stdout(Stdio::piped()).stderr(File::create(&log)?);
        // What saves room on a build machine would make every build a whole one.
        dev.env_remove("CARGO_INCREMENTAL");
        let mut child = dev.spawn().with_context(|| format!("{} cannot be started", program.display()))?;
        let out = child.stdout.take();
        let server = Server::of(child);
        let (say, events) = channel();
        let out = out.context("`rialto plugin dev` has no output")?;
        std::thread::spawn(move || hear(out, &say));
        Ok(Self { events, log, _program: server })
    }

    /// Wait for an event of this name.
    fn wait(&self, wanted: &str) -> Result<Value> {
        let until = Instant::now() + PATIENCE;
        loop {
            let event = match self.events.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(event) => event,
                Err(RecvTimeoutError::Timeout) => {
                    bail!("no `{wanted}` of `rialto plugin dev` for {} s", PATIENCE.as_secs())
                }
                Err(RecvTimeoutError::Disconnected) => bail!("`rialto plugin dev` ended:\n{}", self.said()),
            };
            match event["event"].as_str() {
                Some(name) if name == wanted => return Ok(event),
                Some("kept" | "untested") => {
                    let why = event["why"].as_str().unwrap_or_default();
                    bail!("`rialto plugin dev` keeps what serves: {why}\n{}", self.said());
                }
                _ => {}
            }
        }
    }

    fn said(&self) -> String {
        tail(&fs::read(&self.log).unwrap_or_default())
    }
}

/// Events, a line each, until there are no more.
fn hear(out: ChildStdout, say: &Sender<Value>) {
    for line in BufReader::new(out).lines().map_while(Result::ok) {
        if let Ok(event) = serde_json::from_str(&line)
            && say.send(event).is_err()
        {
            return;
        }
    }
}

/// The figures in a sentence.
pub fn told(reloads: &[Reload]) -> String {
    let sorted = |of: fn(&Reload) -> Duration| {
        let mut all: Vec<Duration> = reloads.iter().map(of).collect();
        all.sort_unstable();
        all
    };
    let (all, build) = (sorted(|one| one.all), sorted(|one| one.build));
    let (Some(least), Some(most)) = (all.first(), all.last()) else { return "nothing was changed".to_owned() };
    let (middle, built) = (all[all.len() / 2], build[build.len() / 2]);
    let share = 100.0 * built.as_secs_f64() / middle.as_secs_f64().max(f64::EPSILON);
    format!(
        "{} changes of a source line in Rust: the new version serves after {:.2} s (median; {:.2}–{:.2}), of which the build takes {:.2} s ({share:.0} %); \
         within {} s: {}",
        reloads.len(),
        middle.as_secs_f64(),
        least.as_secs_f64(),
        most.as_secs_f64(),
        built.as_secs_f64(),
        SOON.as_secs(),
        if *most <= SOON { "yes" } else { "NO" }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_change_decides() {
        let reload = |all: u64| Reload { all: Duration::from_millis(all), build: Duration::from_millis(all / 2) };
        let text = told(&[reload(1_000), reload(1_900), reload(1_200)]);
        assert!(text.contains("after 1.20 s (median; 1.00–1.90), of which the build takes 0.60 s (50 %)"), "{text}");
        assert!(text.ends_with("within 2 s: yes"), "{text}");
        assert!(told(&[reload(1_000), reload(2_001)]).ends_with("within 2 s: NO"));
        assert_eq!(told(&[]), "nothing was changed");
    }
}
