//! Building a plugin: cargo makes a component for `wasm32-wasip2`, with the
//! profile `plugin`. Builds are cargo's own, so an unchanged plugin is quick.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{Error, language::Language};

/// The target that plugins are built for.
pub const TARGET: &str = "wasm32-wasip2";
/// The profile that they are built with.
pub const PROFILE: &str = "plugin";

/// Build the plugin in a folder; the path of the component, not yet packed.
///
/// # Errors
/// When cargo cannot, or the folder makes no component.
pub fn component(dir: &Path) -> Result<PathBuf, Error> {
    component_with(dir, &[])
}

/// The same while it is worked on: quick to build, not the quickest to run.
///
/// # Errors
/// As [`component`].
pub fn component_quickly(dir: &Path) -> Result<PathBuf, Error> {
    const QUICK: [&str; 10] = [
        "--config",
        "profile.plugin.lto=false",
        "--config",
        "profile.plugin.opt-level=1",
        "--config",
        "profile.plugin.incremental=true",
        "--config",
        "profile.plugin.codegen-units=16",
        "--config",
        "profile.plugin.strip=\"debuginfo\"",
    ];
    component_with(dir, &QUICK)
}

fn component_with(dir: &Path, arguments: &[&str]) -> Result<PathBuf, Error> {
    let manifest = dir.join("Cargo.toml");
    let manifest = manifest.canonicalize().map_err(Error::file(manifest))?;
    let mut made = None;
    cargo_build(dir, arguments, |of, file| {
        if Path::new(of) == manifest {
            made = Some(file);
        }
    })?;
    made.ok_or_else(|| Error::NoComponent { dir: dir.to_owned() })
}

/// Build members of one workspace side by side; the paths of the components,
/// not yet packed, in the order of the names. `built` hears of each as it is
/// done.
///
/// # Errors
/// As [`component`].
pub fn members(root: &Path, names: &[String], mut built: impl FnMut(&str)) -> Result<Vec<PathBuf>, Error> {
    let mut made = vec![None; names.len()];
    let packages: Vec<&str> = names.iter().flat_map(|name| ["--package", name.as_str()]).collect();
    cargo_build(root, &packages, |of, file| {
        let folder = Path::new(of).parent().and_then(Path::file_name).and_then(|name| name.to_str());
        if let Some(at) = names.iter().position(|name| Some(name.as_str()) == folder) {
            built(&names[at]);
            made[at] = Some(file);
        }
    })?;
    let whole = names.iter().zip(made);
    whole.map(|(name, file)| file.ok_or_else(|| Error::NoComponent { dir: root.join(name) })).collect()
}

/// Run cargo, and hear of every component it makes: the Cargo.toml it is of, and
/// its path. Cargo's messages and progress go to standard error.
fn cargo_build(dir: &Path, arguments: &[&str], mut made: impl FnMut(&str, PathBuf)) -> Result<(), Error> {
    let missing = |cause: std::io::Error| Error::Tool { tool: "cargo", cause: cause.to_string() };
    let mut command = Command::new("cargo");
    command
        .current_dir(dir)
        .args(["build", "--lib", "--target", TARGET, "--profile", PROFILE])
        .args(["--message-format", "json-render-diagnostics"])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    // Set by an outer cargo for the crate under test; they would mean another crate here.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CARGO_PKG_VERSION", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
        command.env_remove(name);
    }
    let mut child = command.spawn().map_err(missing)?;
    if let Some(messages) = child.stdout.take() {
        for line in BufReader::new(messages).lines().map_while(Result::ok) {
            if let Some((manifest, file)) = artifact(&line) {
                made(&manifest, file);
            }
        }
    }
    match child.wait().map_err(missing)?.success() {
        true => Ok(()),
        false => Err(Error::Build { dir: dir.to_owned() }),
    }
}

/// Build the plugin in a folder, whatever its language, and pack it: the bytes
/// of the package.
///
/// # Errors
/// When it does not build, or is no component.
pub fn packed(dir: &Path) -> Result<Vec<u8>, Error> {
    Language::of(dir)?.packed(dir)
}

/// Install the target through rustup where it is missing. Answers whether it
/// had to be installed.
///
/// # Errors
/// When rustup is not there, or cannot.
pub fn ensure_target() -> Result<bool, Error> {
    let rustup = |args: &[&str]| {
        let run = Command::new("rustup").args(args).stdin(Stdio::null()).output();
        let output = run.map_err(|cause| Error::Tool { tool: "rustup", cause: cause.to_string() })?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => {
                Err(Error::Tool { tool: "rustup", cause: String::from_utf8_lossy(&output.stderr).trim().to_owned() })
            }
        }
    };
    if has_target_without_rustup()
        || rustup(&["target", "list", "--installed"])?.lines().any(|line| line.trim() == TARGET)
    {
        return Ok(false);
    }
    rustup(&["target", "add", TARGET])?;
    Ok(true)
}

/// A Rust from elsewhere may bring the target along and have no rustup.
fn has_target_without_rustup() -> bool {
    let asked = Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]).output();
    asked.is_ok_and(|output| {
        output.status.success() && Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir()
    })
}

/// The component that this line of cargo's tells of, with its Cargo.toml.
fn artifact(line: &str) -> Option<(String, PathBuf)> {
    let message: serde_json::Value = serde_json::from_str(line).ok()?;
    if message.get("reason")?.as_str()? != "compiler-artifact" {
        return None;
    }
    let manifest = message.get("manifest_path")?.as_str()?.to_owned();
    let files = message.get("filenames")?.as_array()?;
    let component = files.iter().filter_map(|file| file.as_str()).find(|file| file.ends_with(".wasm"))?;
    Some((manifest, PathBuf::from(component)))
}
