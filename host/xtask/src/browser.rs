//! The tests in a real browser, before a real host on the demo's data. Without
//! Node.js or Chromium they are left out, and that is said.

use crate::{console, plugins, shell, tools};
use anyhow::{Context as _, Result};
use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

/// Where the demo's data may be: the retailer's own year, else the made-up shop's.
const DEMOS: [&str; 2] = ["demo", "demo-synthetic"];
/// What the demo's last step leaves behind.
const LAST_STEP: &str = "told-report.json";
/// What Chromium may be called.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// What every whole test runs: the journeys, and what takes seconds. Every page
/// by axe and the canaries take as long again: `cargo xtask browser` runs them.
pub const EVERY_TIME: [&str; 4] = ["journeys/", "pages/public", "pages/routes", "pages/bundle"];

/// How to test in a browser.
#[derive(clap::Args)]
pub struct Options {
    /// Only files whose path contains one of these, such as `journeys/` or `every-page`.
    pub filters: Vec<String>,
    /// Use the host, the console and the plugins as they were built last.
    #[arg(long)]
    pub no_build: bool,
}

/// Build what is tested, live the demo through where it was not, and drive it.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    if let Err(why) = console::node().and_then(|()| chromium()) {
        println!("left out: the tests in a browser ({why:#})");
        return Ok(());
    }
    if let Err(why) = tools::chinese_font() {
        println!("Chinese is drawn as boxes ({why:#})");
    }
    if !options.no_build {
        tools::wasm_target()?;
        console::build(root)?;
        shell::quiet("build the host", shell::cargo(root).args(["build", "--workspace", "--bin", "rialto"]))?;
        plugins::build_all(root)?;
    }
    let data = demo(root)?;
    let folder = root.join("tests/browser");
    // The words of the console are read from its sources, which lean on its packages.
    console::install(root, &root.join("host/console"), "console")?;
    console::install(root, &folder, "browser")?;
    shell::quiet("types of the tests in a browser", console::npm(&folder).args(["run", "check"]))?;
    let mut command = console::npm(&folder);
    command
        .args(["run", "test", "--"])
        .args(&options.filters)
        .env("RIALTO_BIN", root.join("target/debug/rialto"))
        .env("RIALTO_PLUGINS", root.join("target/plugins"))
        .env("RIALTO_DEMO_DATA", data);
    shell::run(&mut command)?;
    println!("pictures and tables: {}", root.join("target/browser").display());
    Ok(())
}

/// Refuse where there is no Chromium and none can be had.
#[allow(clippy::disallowed_methods, reason = "which browser tests is a matter of the tests, not of a host")]
fn chromium() -> Result<()> {
    if env::var_os("CHROME_PATH").is_some() || BROWSERS.iter().any(|name| shell::has(name)) {
        return Ok(());
    }
    tools::debian("chromium", "chromium", "testing in a browser")
}

/// The data of a demo that came to its end; it is lived through first where
/// there is none.
fn demo(root: &Path) -> Result<PathBuf> {
    if let Some(data) = lived_through(root) {
        return Ok(data);
    }
    let program = env::current_exe().context("this program cannot be found again")?;
    shell::quiet("the demo's year, once", Command::new(program).args(["demo", "--exit", "--no-build"]))?;
    lived_through(root).context("the demo left no data")
}

fn lived_through(root: &Path) -> Option<PathBuf> {
    let folders = DEMOS.iter().map(|name| root.join("target").join(name));
    folders.into_iter().find(|folder| folder.join(LAST_STEP).is_file()).map(|folder| folder.join("data"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn only_a_demo_that_came_to_its_end_is_used() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("target/demo/data")).unwrap();
        assert_eq!(lived_through(root.path()), None);
        let synthetic = root.path().join("target/demo-synthetic");
        fs::create_dir_all(synthetic.join("data")).unwrap();
        fs::write(synthetic.join(LAST_STEP), "{}").unwrap();
        assert_eq!(lived_through(root.path()), Some(synthetic.join("data")));
        fs::write(root.path().join("target/demo").join(LAST_STEP), "{}").unwrap();
        assert_eq!(lived_through(root.path()), Some(root.path().join("target/demo/data")));
    }
}
