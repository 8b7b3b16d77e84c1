//! Programs that others wrote and that the demo and the tests use: installed
//! under `target/tools`, once.

use crate::shell;
use anyhow::{Context as _, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A Python with these packages, in a virtual environment of its own.
/// `no_deps` packages come without what they depend on.
pub fn python(root: &Path, name: &str, packages: &[&str], no_deps: &[&str]) -> Result<PathBuf> {
    let folder = root.join("target/tools").join(name);
    let python = folder.join("bin/python");
    // Where it stands is part of it: its programs name their own Python by its path.
    let wanted = format!("{packages:?} {no_deps:?} {}", folder.display());
    let stamp = folder.join("installed");
    if fs::read_to_string(&stamp).is_ok_and(|have| have == wanted) {
        return Ok(python);
    }
    shell::quiet(&format!("python for {name}"), Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let pip = |extra: &[&str], packages: &[&str]| {
        let mut command = Command::new(&python);
        command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(extra).args(packages);
        shell::quiet(&format!("packages for {name}"), &mut command)
    };
    if !packages.is_empty() {
        pip(&[], packages)?;
    }
    if !no_deps.is_empty() {
        pip(&["--no-deps"], no_deps)?;
    }
    fs::write(&stamp, wanted).with_context(|| format!("{} cannot be written", stamp.display()))?;
    Ok(python)
}

/// A folder with these npm packages.
pub fn npm(root: &Path, name: &str, packages: &[&str]) -> Result<PathBuf> {
    let folder = root.join("target/tools").join(name);
    let wanted = format!("{packages:?}");
    let stamp = folder.join("installed");
    if fs::read_to_string(&stamp).is_ok_and(|have| have == wanted) {
        return Ok(folder);
    }
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("package.json"), "{\"private\": true}\n")?;
    let mut command = Command::new("npm");
    command.current_dir(&folder).args(["install", "--no-audit", "--no-fund", "--loglevel=error"]).args(packages);
    shell::quiet(&format!("npm packages for {name}"), &mut command)?;
    fs::write(&stamp, wanted)?;
    Ok(folder)
}

/// A program of a Debian package, installed where it is missing and may be.
pub fn debian(program: &str, package: &str, what: &str) -> Result<()> {
    if !shell::has(program) && shell::is_root() && shell::has("apt-get") {
        shell::quiet("package lists", Command::new("apt-get").args(["update", "-qq"]))?;
        shell::quiet(package, Command::new("apt-get").args(["install", "-y", "-qq", package]))?;
    }
    if shell::has(program) { Ok(()) } else { bail!("{what} needs `{program}`: install the package `{package}`") }
}

/// A font that has Chinese, installed where there is none and that may be done:
/// without one a browser draws boxes, which are narrower than what people read.
pub fn chinese_font() -> Result<()> {
    let have = || shell::answer(Command::new("fc-list").args([":lang=zh"])).is_some_and(|fonts| !fonts.is_empty());
    if !have() && shell::is_root() && shell::has("apt-get") {
        shell::quiet("a Chinese font", Command::new("apt-get").args(["install", "-y", "-qq", "fonts-noto-cjk"]))?;
    }
    if have() { Ok(()) } else { bail!("install a font that has Chinese, such as the package `fonts-noto-cjk`") }
}

/// Make sure the guest target is there.
pub fn wasm_target() -> Result<()> {
    let have = shell::answer(Command::new("rustc").args(["--print", "target-libdir", "--target", "wasm32-wasip2"]))
        .is_some_and(|folder| Path::new(&folder).is_dir());
    if have {
        return Ok(());
    }
    shell::run(Command::new("rustup").args(["target", "add", "wasm32-wasip2"]))
}
