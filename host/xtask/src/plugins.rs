//! Building the first-party plugins: each becomes one packed file under
//! `target/plugins/`. What did not change is not written again.

use crate::tools;
use anyhow::{Context as _, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use rialto_sdk_harness::{
    build,
    language::{JS_TOOL, Language, PYTHON_TOOL},
    package,
};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// Build every plugin under `plugins/`, in the order of their names; the files.
pub fn build_all(root: &Path) -> Result<Vec<PathBuf>> {
    if build::ensure_target()? {
        println!("installed the Rust target {}", build::TARGET);
    }
    let names = names(&root.join("plugins"))?;
    let out = root.join("target/plugins");
    fs::create_dir_all(&out).with_context(|| format!("{} cannot be made", out.display()))?;
    let language = |name: &String| Language::of(&root.join("plugins").join(name));
    let (mut rust, mut others) = (Vec::new(), Vec::new());
    for name in &names {
        match language(name)? {
            Language::Rust => rust.push(name.clone()),
            other => others.push((name.clone(), other)),
        }
    }
    let bar = progress(names.len());
    let components = build::members(root, &rust, |name| {
        bar.set_message(name.to_owned());
        bar.inc(1);
    })?;
    let packed = rust.iter().zip(&components).map(|(name, component)| pack(root, &out, name, component));
    let mut files = packed.collect::<Result<Vec<_>>>()?;
    for (name, language) in &others {
        bar.set_message(name.clone());
        files.push(other(root, &out, name, *language)?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    files.sort();
    Ok(files)
}

/// A plugin in another language than Rust, built by the tool of that language
/// where anything of it is newer than what was built last.
fn other(root: &Path, out: &Path, name: &str, language: Language) -> Result<PathBuf> {
    let (folder, file) = (root.join("plugins").join(name), out.join(format!("{name}.wasm")));
    if !newer(&folder, language, &file) {
        return Ok(file);
    }
    let needs = || format!("{name} is written in {}: its tool is installed from a package registry", language.as_str());
    tool(root, language).with_context(needs)?;
    let packed = language.packed(&folder).with_context(|| format!("{name} cannot be built"))?;
    fs::write(&file, packed).with_context(|| format!("{} cannot be written", file.display()))?;
    Ok(file)
}

/// The tool that makes components of a language, installed where it is missing.
pub fn tool(root: &Path, language: Language) -> Result<()> {
    match language {
        Language::Rust => tools::wasm_target(),
        Language::Js => tools::npm(root, JS_TOOL.0, &[&format!("{}@{}", JS_TOOL.0, JS_TOOL.1)]).map(drop),
        Language::Python => {
            tools::python(root, PYTHON_TOOL.0, &[&format!("{}=={}", PYTHON_TOOL.0, PYTHON_TOOL.1)], &[]).map(drop)
        }
    }
}

/// Whether any source is younger than the file, the contract and the SDK included.
fn newer(folder: &Path, language: Language, file: &Path) -> bool {
    let age = |path: &Path| fs::metadata(path).and_then(|of| of.modified()).ok();
    let Some(built) = age(file) else { return true };
    let mut open: Vec<PathBuf> = language.sources().iter().map(|one| folder.join(one)).collect();
    while let Some(path) = open.pop() {
        if let Ok(entries) = fs::read_dir(&path) {
            open.extend(entries.flatten().map(|entry| entry.path()));
        } else if age(&path).is_some_and(|of| of > built) {
            return true;
        }
    }
    false
}

/// The files of the plugins as they were built last.
pub fn built(root: &Path) -> Result<Vec<PathBuf>> {
    let out = root.join("target/plugins");
    let files: Vec<PathBuf> =
        names(&root.join("plugins"))?.iter().map(|name| out.join(format!("{name}.wasm"))).collect();
    match files.iter().find(|file| !file.exists()) {
        Some(missing) => bail!("{} is not built yet: run `cargo xtask plugins`", missing.display()),
        None => Ok(files),
    }
}

/// The folders that hold a plugin.
fn names(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let entry = entry?;
        if entry.path().join("rialto.toml").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    match names.is_empty() {
        true => bail!("{} holds no plugin", folder.display()),
        false => Ok(names),
    }
}

fn pack(root: &Path, out: &Path, name: &str, component: &Path) -> Result<PathBuf> {
    let bytes = fs::read(component).with_context(|| format!("{} cannot be read", component.display()))?;
    let parts = package::Parts::of(&root.join("plugins").join(name))?;
    let packed = package::pack(&bytes, &parts).with_context(|| format!("{name} cannot be packed"))?;
    let file = out.join(format!("{name}.wasm"));
    let same = fs::read(&file).is_ok_and(|present| present == packed);
    if !same {
        fs::write(&file, packed).with_context(|| format!("{} cannot be written", file.display()))?;
    }
    Ok(file)
}

fn progress(count: usize) -> ProgressBar {
    let bar = ProgressBar::new(count as u64);
    let style = ProgressStyle::with_template("building plugins {bar:24} {pos}/{len} {msg} {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
