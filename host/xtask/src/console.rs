//! The console's build: `npm ci` where its packages changed, `vite build` where
//! anything of it did. Without Node.js the host is built all the same, with the
//! console that was built last or none, and says so.

use crate::shell;
use anyhow::{Context as _, Result, bail};
use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    process::Command,
};

/// The oldest Node.js that builds it, as its `package.json` says.
const NODE_MIN: (u32, u32) = (20, 19);
/// What the built pages are made from, below its folder.
const MADE_FROM: &[&str] =
    &["src", "public", "index.html", "vite.config.ts", "tsconfig.json", "package.json", "package-lock.json"];
/// What its packages are made from.
const INSTALLED_FROM: &[&str] = &["package.json", "package-lock.json", ".npmrc"];

/// How to serve it while it is written.
#[derive(clap::Args)]
pub struct DevOptions {
    /// The host that answers its questions.
    #[arg(long, default_value = "http://127.0.0.1:7420")]
    host: String,
}

/// Build it where anything changed. A machine without Node.js is no failure.
pub fn build(root: &Path) -> Result<()> {
    let folder = folder(root);
    let stamp = root.join("target/tools/console/built");
    let wanted = digest(&folder, MADE_FROM)?;
    if is_built(root) && fs::read_to_string(&stamp).is_ok_and(|have| have == wanted) {
        return Ok(());
    }
    if let Err(why) = node() {
        let without = if is_built(root) { "as it was built last" } else { "missing" };
        println!("The console is {without}: {why:#}.");
        return Ok(());
    }
    install(root, &folder, "console")?;
    shell::quiet("build the console", npm(&folder).args(["run", "build"]))?;
    keep(&stamp, &wanted)
}

/// Whether there is a built one.
pub fn is_built(root: &Path) -> bool {
    folder(root).join("dist/index.html").is_file()
}

/// Types, lints and tests of the console.
pub fn test(root: &Path) -> Result<()> {
    if let Err(why) = node() {
        println!("left out: the tests of the console ({why:#})");
        return Ok(());
    }
    let folder = folder(root);
    install(root, &folder, "console")?;
    shell::quiet("types and lints of the console", npm(&folder).args(["run", "check"]))?;
    shell::quiet("tests of the console", npm(&folder).args(["run", "test"])).map(drop)
}

/// Draw its types from the kept document of the API.
pub fn generate(root: &Path) -> Result<()> {
    node()?;
    let folder = folder(root);
    install(root, &folder, "console")?;
    shell::quiet("types of the console", npm(&folder).args(["run", "types"])).map(drop)
}

/// Serve it with hot reload beside a running host, until it is stopped.
pub fn dev(root: &Path, options: &DevOptions) -> Result<()> {
    node()?;
    let folder = folder(root);
    install(root, &folder, "console")?;
    println!("The console at http://127.0.0.1:5173/console/, its questions to {}", options.host);
    shell::run(npm(&folder).args(["run", "dev"]).env("RIALTO_HOST", &options.host))
}

fn folder(root: &Path) -> PathBuf {
    root.join("host/console")
}

/// npm in this folder.
pub fn npm(folder: &Path) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(folder).arg("--loglevel=error");
    command
}

/// Refuse where there is no Node.js, or too old a one.
pub fn node() -> Result<()> {
    let (major, minor) = NODE_MIN;
    let Some(said) = shell::answer(Command::new("node").arg("--version")) else {
        bail!("it is built by Node.js {major}.{minor} or newer, which is not installed");
    };
    let mut parts = said.trim_start_matches('v').split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    if (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) < NODE_MIN {
        bail!("it is built by Node.js {major}.{minor} or newer; this is {said}");
    }
    if !shell::has("npm") {
        bail!("it is built by npm, which is not installed beside Node.js");
    }
    Ok(())
}

/// Exactly the packages of a folder's lock file, where they are not there yet;
/// `what` they are for.
pub fn install(root: &Path, folder: &Path, what: &str) -> Result<()> {
    let stamp = root.join("target/tools").join(what).join("installed");
    let wanted = digest(folder, INSTALLED_FROM)?;
    if folder.join("node_modules").is_dir() && fs::read_to_string(&stamp).is_ok_and(|have| have == wanted) {
        return Ok(());
    }
    shell::quiet(&format!("npm packages for the {what}"), npm(folder).args(["ci", "--no-audit", "--no-fund"]))?;
    keep(&stamp, &wanted)
}

fn keep(stamp: &Path, text: &str) -> Result<()> {
    if let Some(parent) = stamp.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(stamp, text).with_context(|| format!("{} cannot be written", stamp.display()))
}

/// A number that changes with any name or byte of these files and folders.
fn digest(folder: &Path, parts: &[&str]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for part in parts {
        let walk = walkdir::WalkDir::new(folder.join(part)).sort_by_file_name();
        for entry in walk.into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file()) {
            entry.path().hash(&mut hasher);
            fs::read(entry.path())
                .with_context(|| format!("{} cannot be read", entry.path().display()))?
                .hash(&mut hasher);
        }
    }
    Ok(format!("{:016x}", hasher.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_changes_with_every_byte_and_name() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("src")).unwrap();
        fs::write(at("src/a.ts"), "1").unwrap();
        let first = digest(folder.path(), &["src", "missing"]).unwrap();
        assert_eq!(digest(folder.path(), &["src", "missing"]).unwrap(), first);
        fs::write(at("src/a.ts"), "2").unwrap();
        assert_ne!(digest(folder.path(), &["src"]).unwrap(), first);
        fs::write(at("src/a.ts"), "1").unwrap();
        fs::rename(at("src/a.ts"), at("src/b.ts")).unwrap();
        assert_ne!(digest(folder.path(), &["src"]).unwrap(), first);
    }
}
