//! Running other programs, and saying plainly which one failed.

use anyhow::{Context as _, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// A spinner with a line of text; silent where there is no terminal.
pub fn spinner(text: impl Into<String>) -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    bar.set_style(
        ProgressStyle::with_template("{spinner} {msg} {elapsed}").unwrap_or_else(|_| ProgressStyle::default_spinner()),
    );
    bar.set_message(text.into());
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// Run to the end with output shown; fail when it fails.
pub fn run(command: &mut Command) -> Result<()> {
    let name = format!("{command:?}");
    let status = command.status().with_context(|| format!("{name} cannot be started"))?;
    if status.success() { Ok(()) } else { bail!("{name} ended with {status}") }
}

/// Run to the end under a spinner; its output is shown only when it fails.
pub fn quiet(text: &str, command: &mut Command) -> Result<Duration> {
    let bar = spinner(text);
    let began = Instant::now();
    let name = format!("{command:?}");
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("{name} cannot be started"))?;
    bar.finish_and_clear();
    if !output.status.success() {
        eprintln!("{}", String::from_utf8_lossy(&output.stdout));
        eprintln!("{}", String::from_utf8_lossy(&output.stderr));
        bail!("{text}: {name} ended with {}", output.status);
    }
    let took = began.elapsed();
    println!("{text}: {:.1} s", took.as_secs_f64());
    Ok(took)
}

/// What a program prints, when it succeeds.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether a program is on the path.
pub fn has(program: &str) -> bool {
    answer(Command::new("sh").args(["-c", &format!("command -v {program}")])).is_some()
}

/// What cargo tells a program that it runs of its own package. Build scripts
/// that look at them (ring's does) would build half the tree anew by turns:
/// once for a cargo that `cargo xtask` runs, once for one that a person runs.
const OF_OUR_PACKAGE: [&str; 8] = [
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_LINKS",
    "CARGO_MANIFEST_PATH",
    "CARGO_PKG_NAME",
    "CARGO_PKG_VERSION_MAJOR",
    "CARGO_PKG_VERSION_MINOR",
    "CARGO_PKG_VERSION_PATCH",
    "CARGO_PKG_VERSION_PRE",
];

/// Open a page in the browser of whoever sits here; nobody may.
pub fn show(url: &str) {
    for program in ["xdg-open", "open"].into_iter().filter(|program| has(program)) {
        let mut command = Command::new(program);
        command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if command.spawn().is_ok() {
            return;
        }
    }
}

/// The cargo that runs us, in the repository.
pub fn cargo(root: &Path) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root);
    for name in OF_OUR_PACKAGE {
        command.env_remove(name);
    }
    command
}

/// Whether this process is root.
pub fn is_root() -> bool {
    answer(Command::new("id").arg("-u")).as_deref() == Some("0")
}
