//! The languages that plugins are written in, and the tool that makes a
//! component of each. What is missing is installed where that language's people
//! expect it (`node_modules`, `.venv`), in the version named here.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{Error, build, contract, package};

/// The tool for JavaScript, and its version.
pub const JS_TOOL: (&str, &str) = ("componentize-qjs", "0.4.5");
/// The tool for Python, and its version.
pub const PYTHON_TOOL: (&str, &str) = ("componentize-py", "0.25.1");
/// Where what is made on the way is kept, inside a plugin's folder.
const WORK: &str = ".rialto";

/// A language that plugins are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Compiled for `wasm32-wasip2`.
    Rust,
    /// Run by QuickJS inside the component.
    Js,
    /// Run by CPython inside the component.
    Python,
}

impl Language {
    /// Every language, by its word.
    pub const ALL: [(&str, Self); 3] = [("rust", Self::Rust), ("js", Self::Js), ("python", Self::Python)];

    /// The language of this name.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, language)| *language)
    }

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, language)| *language == self).map_or("rust", |(name, _)| name)
    }

    /// The language of the plugin in a folder.
    ///
    /// # Errors
    /// When the folder holds none.
    pub fn of(dir: &Path) -> Result<Self, Error> {
        let files = [("Cargo.toml", Self::Rust), ("package.json", Self::Js), ("pyproject.toml", Self::Python)];
        let found = files.iter().find(|(file, _)| dir.join(file).is_file());
        found.map(|(_, language)| *language).ok_or_else(|| Error::NoPlugin(dir.to_owned()))
    }

    /// The files whose change means another plugin.
    #[must_use]
    pub fn sources(self) -> &'static [&'static str] {
        match self {
            Self::Rust => &["src", "Cargo.toml", "rialto.toml", "README.md"],
            Self::Js => &["src", "package.json", "rialto.toml", "README.md"],
            Self::Python => &["src", "pyproject.toml", "rialto.toml", "README.md"],
        }
    }

    /// Build the plugin in a folder and pack it.
    ///
    /// # Errors
    /// When a tool is missing, or does not build it.
    pub fn packed(self, dir: &Path) -> Result<Vec<u8>, Error> {
        self.pack(dir, package::Parts::of(dir)?, false)
    }

    /// The same while it is worked on: quick to build, and with a version that
    /// ends in `-dev.` and this number.
    ///
    /// # Errors
    /// As [`Language::packed`].
    pub fn packed_quickly(self, dir: &Path, number: i64) -> Result<Vec<u8>, Error> {
        let mut parts = package::Parts::of(dir)?;
        parts.manifest = parts.manifest.map(|text| numbered(&text, number));
        self.pack(dir, parts, true)
    }

    fn pack(self, dir: &Path, mut parts: package::Parts, quickly: bool) -> Result<Vec<u8>, Error> {
        let component = match self {
            Self::Rust if quickly => build::component_quickly(dir)?,
            Self::Rust => build::component(dir)?,
            Self::Js => js(dir)?,
            Self::Python => python(dir)?,
        };
        if self != Self::Rust {
            parts.sdk = Some(format!("{} {}", self.as_str(), env!("CARGO_PKG_VERSION")));
        }
        let component = fs::read(&component).map_err(Error::file(component))?;
        package::pack(&component, &parts)
    }

    /// Run the plugin's own tests.
    ///
    /// # Errors
    /// When they fail, or cannot be run.
    pub fn test(self, dir: &Path) -> Result<(), Error> {
        let (tool, arguments): (&'static str, &[&str]) = match self {
            Self::Rust => {
                build::ensure_target()?;
                ("cargo", &["test"])
            }
            Self::Js => ("node", &["--test"]),
            Self::Python => {
                ("python3", &["-m", "unittest", "discover", "--start-directory", "tests", "--top-level-directory", "."])
            }
        };
        let status = Command::new(tool).args(arguments).current_dir(dir).status();
        match status.map_err(|cause| Error::Tool { tool, cause: cause.to_string() })?.success() {
            true => Ok(()),
            false => Err(Error::Tests { dir: dir.to_owned() }),
        }
    }
}

/// A manifest whose version, the first line of that name, is a prerelease.
fn numbered(manifest: &str, number: i64) -> String {
    let mut done = false;
    let lines = manifest.lines().map(|line| {
        let version = line.strip_prefix("version").filter(|rest| !done && rest.trim_start().starts_with('='));
        match version.and_then(|rest| rest.split('"').nth(1)) {
            Some(version) => {
                done = true;
                format!("version = \"{}-dev.{number}\"", version.split(['-', '+']).next().unwrap_or(version))
            }
            None => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

/// `componentize-qjs` over `src/plugin.js`, without tail calls and WASI, which
/// the host does not link.
fn js(dir: &Path) -> Result<PathBuf, Error> {
    let tool = match found(dir, "node_modules/.bin", JS_TOOL.0) {
        Some(tool) => tool,
        None => {
            run(
                "npm",
                Command::new("npm").args(["install", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(dir),
            )?;
            found(dir, "node_modules/.bin", JS_TOOL.0).ok_or_else(|| missing(JS_TOOL, "npm install --save-dev"))?
        }
    };
    let world = contract::write(dir, &dir.join(WORK).join("wit"))?;
    let out = dir.join(WORK).join("component.wasm");
    let mut command = Command::new(tool);
    command.current_dir(dir).arg("--wit").arg(whole(&world)?).args(["--js", "src/plugin.js", "--module-root", "."]);
    command.args(["--world", contract::WORLD, "--sync", "--stub-wasi", "--minify", "--output"]).arg(whole(&out)?);
    run(JS_TOOL.0, &mut command)?;
    Ok(out)
}

/// `componentize-py` over the module `app` in `src`.
fn python(dir: &Path) -> Result<PathBuf, Error> {
    let tool = match found(dir, ".venv/bin", PYTHON_TOOL.0) {
        Some(tool) => tool,
        None => {
            run("python3", Command::new("python3").args(["-m", "venv", ".venv"]).current_dir(dir))?;
            let pinned = format!("{}=={}", PYTHON_TOOL.0, PYTHON_TOOL.1);
            let mut pip = Command::new(whole(&dir.join(".venv/bin/python"))?);
            run(
                "pip",
                pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", &pinned]).current_dir(dir),
            )?;
            found(dir, ".venv/bin", PYTHON_TOOL.0).ok_or_else(|| missing(PYTHON_TOOL, "pip install"))?
        }
    };
    let world = contract::write(dir, &dir.join(WORK).join("wit"))?;
    let out = dir.join(WORK).join("component.wasm");
    let mut command = Command::new(tool);
    command.current_dir(dir).arg("--quiet").arg("--wit-path").arg(whole(&world)?).args(["--world", contract::WORLD]);
    command.args(["componentize", "--stub-wasi", "--python-path", "src", "--output"]).arg(whole(&out)?).arg("app");
    run(PYTHON_TOOL.0, &mut command)?;
    Ok(out)
}

/// The tool in the plugin's own folder, in one above it, or among those that a
/// checkout installed.
fn found(dir: &Path, place: &str, tool: &str) -> Option<PathBuf> {
    let dir = dir.canonicalize().ok()?;
    dir.ancestors()
        .flat_map(|above| {
            [above.join(place), above.join("target/tools").join(tool).join(place.trim_start_matches(".venv/"))]
        })
        .map(|folder| folder.join(tool))
        .find(|file| file.is_file())
}

/// The same path from wherever a tool stands.
fn whole(path: &Path) -> Result<PathBuf, Error> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().map_err(Error::file(folder))?;
    Ok(path.file_name().map_or_else(|| folder.clone(), |name| folder.join(name)))
}

fn missing((tool, version): (&'static str, &str), how: &str) -> Error {
    Error::Tool { tool, cause: format!("it is not installed; run `{how} {tool}` for version {version}") }
}

/// Run a tool quietly: what it says is shown when it fails.
fn run(tool: &'static str, command: &mut Command) -> Result<(), Error> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|cause| Error::Tool { tool, cause: cause.to_string() })?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let last: Vec<&str> = said.lines().map(str::trim_end).filter(|line| !line.is_empty()).rev().take(20).collect();
    let cause = last.into_iter().rev().collect::<Vec<_>>().join("\n");
    Err(Error::Tool { tool, cause })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_being_worked_on_is_a_prerelease() {
        let manifest = "id = \"a/b\"\nversion = \"1.2.3\"\n[x]\nversion = \"9\"\n";
        assert_eq!(numbered(manifest, 7), "id = \"a/b\"\nversion = \"1.2.3-dev.7\"\n[x]\nversion = \"9\"\n");
    }

    #[test]
    fn languages_have_words_and_folders_have_languages() {
        for (word, language) in Language::ALL {
            assert_eq!(Language::named(word), Some(language));
            assert_eq!(language.as_str(), word);
        }
        assert_eq!(Language::named("cobol"), None);
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(Language::of(here).unwrap(), Language::Rust);
        assert!(Language::of(&here.join("src")).unwrap_err().to_string().contains("holds no plugin"));
    }
}
