//! New plugins from templates: the smallest plugin of each kind, with manifest,
//! readme and a test under the real host. Behind `rialto plugin new`.

mod others;

use std::{fs, path::Path};

use crate::Error;

pub use others::write;

/// A file of a template: where it goes, and its text with `@…@` to be filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File {
    /// The path inside the new folder.
    pub path: &'static str,
    /// The text.
    pub text: &'static str,
}

/// The template of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    /// `connector`, `attribution`, `recommender` or `report`.
    pub kind: &'static str,
    /// Its files.
    pub files: &'static [File],
}

macro_rules! template {
    ($kind:literal) => {
        Template {
            kind: $kind,
            files: &[
                File { path: "Cargo.toml", text: include_str!("../../templates/Cargo.toml.tmpl") },
                File { path: ".gitignore", text: "/target\n/.cargo\n" },
                File { path: "README.md", text: include_str!("../../templates/README.md.tmpl") },
                File { path: "rialto.toml", text: include_str!(concat!("../../templates/", $kind, "/rialto.toml")) },
                File { path: "src/lib.rs", text: include_str!(concat!("../../templates/", $kind, "/lib.rs")) },
                File {
                    path: "tests/harness.rs",
                    text: include_str!(concat!("../../templates/", $kind, "/harness.rs")),
                },
            ],
        }
    };
}

/// A template a kind.
pub const TEMPLATES: [Template; 4] =
    [template!("connector"), template!("attribution"), template!("recommender"), template!("report")];

/// Where the new plugin finds the SDK.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sdk<'a> {
    /// A checkout: the folder `sdk/rust`.
    Path(&'a Path),
    /// A published version.
    Version(&'a str),
    /// The plugin becomes a member of the workspace that holds the SDK.
    Workspace,
}

/// What a new plugin is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<'a> {
    /// Its name: the crate, the folder, the second half of its id.
    pub name: &'a str,
    /// The first half of its id.
    pub publisher: &'a str,
}

impl Template {
    /// The template of a kind.
    pub fn of(kind: &str) -> Option<&'static Self> {
        TEMPLATES.iter().find(|template| template.kind == kind)
    }

    /// Write a new plugin into a folder that does not exist yet.
    ///
    /// # Errors
    /// When a name cannot be one, the folder exists, or a file cannot be
    /// written.
    pub fn write(&self, dir: &Path, named: &Named<'_>, sdk: &Sdk<'_>) -> Result<(), Error> {
        for name in [named.name, named.publisher] {
            if !is_name(name) {
                return Err(Error::Name(name.to_owned()));
            }
        }
        if dir.exists() {
            return Err(Error::Exists(dir.to_owned()));
        }
        let words = self.words(named, sdk)?;
        for file in self.files {
            let path = dir.join(file.path);
            let folder = path.parent().unwrap_or(dir);
            fs::create_dir_all(folder).map_err(Error::file(folder))?;
            let text = words.iter().fold(file.text.to_owned(), |text, (word, value)| text.replace(word, value));
            fs::write(&path, text).map_err(Error::file(path.clone()))?;
        }
        match sdk {
            Sdk::Path(path) => share(path, dir),
            Sdk::Version(_) | Sdk::Workspace => Ok(()),
        }
    }

    fn words(&self, named: &Named<'_>, sdk: &Sdk<'_>) -> Result<[(&'static str, String); 7], Error> {
        let (own, harness) = match sdk {
            Sdk::Path(path) => {
                let path = path.canonicalize().map_err(Error::file(*path))?;
                let to = |path: &Path| format!("{{ path = {} }}", toml_text(&path.to_string_lossy()));
                (to(&path), to(&path.join("harness")))
            }
            Sdk::Version(version) => (toml_text(version), toml_text(version)),
            Sdk::Workspace => ("{ workspace = true }".to_owned(), "{ workspace = true }".to_owned()),
        };
        let root = if *sdk == Sdk::Workspace { "" } else { ROOT };
        Ok([
            ("@NAME@", named.name.to_owned()),
            ("@PUBLISHER@", named.publisher.to_owned()),
            ("@TITLE@", title(named.name)),
            ("@KIND@", self.kind.to_owned()),
            ("@SDK@", own),
            ("@HARNESS@", harness),
            ("@ROOT@", root.to_owned()),
        ])
    }
}

/// What a plugin outside a workspace needs of its own.
const ROOT: &str = r#"
[workspace]

[profile.plugin]
inherits = "release"
opt-level = 3
lto = true
codegen-units = 1
panic = "abort"
strip = true

# As the host's own workspace has it: the host under test is quick, and what is
# compiled there already need not be compiled again.
[profile.dev]
debug = "line-tables-only"

[profile.dev.package."*"]
debug = false
opt-level = 1

[profile.dev.package.cranelift-codegen]
opt-level = 3
[profile.dev.package.regalloc2]
opt-level = 3
[profile.dev.package.wasmparser]
opt-level = 3
[profile.dev.package.csv-core]
opt-level = 3
[profile.dev.package.csv]
opt-level = 3
[profile.dev.package.sha2]
opt-level = 3
"#;

/// Share a checkout's work: its lock file, so that the new plugin is tested with
/// the very versions that the host was, and its compiled crates.
fn share(sdk: &Path, dir: &Path) -> Result<(), Error> {
    let checkout = sdk.join("../..").canonicalize().map_err(Error::file(sdk))?;
    let lock = checkout.join("Cargo.lock");
    if !lock.is_file() {
        return Ok(());
    }
    let to = dir.join("Cargo.lock");
    fs::copy(&lock, &to).map_err(Error::file(to.clone()))?;
    let config = dir.join(".cargo/config.toml");
    let folder = dir.join(".cargo");
    fs::create_dir_all(&folder).map_err(Error::file(folder.clone()))?;
    let target = toml_text(&checkout.join("target").to_string_lossy());
    let text = format!(
        "# Uses what the checkout has compiled already; delete this file to stand alone.\n[build]\ntarget-dir = {target}\n"
    );
    fs::write(&config, text).map_err(Error::file(config.clone()))
}

fn toml_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn title(name: &str) -> String {
    let words = name.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !name.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_plugin_of_each_kind_is_small() {
        for template in TEMPLATES {
            let source = template.files.iter().find(|file| file.path == "src/lib.rs").unwrap();
            let lines = source.text.lines().count();
            assert!(lines < 40, "{} has {lines} lines", template.kind);
        }
    }

    #[test]
    fn names_are_checked_and_titles_made() {
        assert!(is_name("my-model2"));
        for bad in ["", "My", "2x", "a_b", "x-", "a/b", "ä"] {
            assert!(!is_name(bad), "{bad}");
        }
        assert_eq!(title("half-life-model"), "Half life model");
    }
}
