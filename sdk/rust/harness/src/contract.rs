//! The contract as tools of other languages take it: one folder with a world
//! and `deps/`. The world holds what the plugin is and what its manifest
//! wishes, and nothing else: an import is a permission.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::Error;

/// The name of the world.
pub const WORLD: &str = "rialto-plugin";

macro_rules! packages {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../../wit/", $name)))),*]
    };
}

/// Every package of the contract.
const PACKAGES: &[(&str, &str)] = packages![
    "types/types.wit",
    "host/log/log.wit",
    "host/http/http.wit",
    "host/mail/mail.wit",
    "host/state/state.wit",
    "host/query/query.wit",
    "kind/connector/connector.wit",
    "kind/attribution/attribution.wit",
    "kind/recommender/recommender.wit",
    "kind/report/report.wit",
];

/// A kind, the interface it must export, and those it may.
const KINDS: [(&str, &str, &[&str]); 4] = [
    ("connector", "connector", &["check", "deliver", "collect", "receive"]),
    ("attribution", "model", &["split"]),
    ("recommender", "recommend", &["learn", "draft"]),
    ("report", "report", &[]),
];

/// Write the contract for the plugin in `dir` to a folder, which is answered.
/// Its kinds and wishes are those of its `rialto.toml`; its abilities stand in
/// `package.json` under `rialto`, or in `pyproject.toml` under `tool.rialto`.
///
/// # Errors
/// When the manifest cannot be read, names an unknown kind, or a file cannot be
/// written.
pub fn write(dir: &Path, to: &Path) -> Result<PathBuf, Error> {
    let manifest = read_toml(&dir.join("rialto.toml"))?;
    let world = world(&manifest, &abilities(dir)?).map_err(|why| Error::Manifest { dir: dir.to_owned(), why })?;
    for (name, text) in PACKAGES {
        put(&to.join("deps").join(name.replace('/', "-").trim_end_matches(".wit")).join("package.wit"), text)?;
    }
    put(&to.join("world.wit"), &world)?;
    Ok(to.to_owned())
}

fn put(path: &Path, text: &str) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(Error::file(folder))?;
    fs::write(path, text).map_err(Error::file(path))
}

fn read_toml(path: &Path) -> Result<toml::Table, Error> {
    let text = fs::read_to_string(path).map_err(Error::file(path))?;
    toml::from_str(&text).map_err(|cause| Error::Manifest { dir: path.to_owned(), why: cause.message().to_owned() })
}

/// What the plugin can do besides the minimum of its kind.
fn abilities(dir: &Path) -> Result<Vec<String>, Error> {
    let package = dir.join("package.json");
    if package.is_file() {
        let text = fs::read_to_string(&package).map_err(Error::file(&package))?;
        let all: serde_json::Value = serde_json::from_str(&text)?;
        let list = all["rialto"]["abilities"].as_array();
        return Ok(list.into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect());
    }
    let project = dir.join("pyproject.toml");
    if !project.is_file() {
        return Ok(Vec::new());
    }
    let all = read_toml(&project)?;
    let tool = all.get("tool").and_then(|tool| tool.get("rialto")).and_then(|rialto| rialto.get("abilities"));
    let list = tool.and_then(toml::Value::as_array);
    Ok(list.into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect())
}

/// The text of the world.
fn world(manifest: &toml::Table, abilities: &[String]) -> Result<String, String> {
    let kinds = manifest.get("kinds").and_then(toml::Value::as_array).ok_or("`kinds` is missing")?;
    let kinds: Vec<&str> = kinds.iter().filter_map(toml::Value::as_str).collect();
    let mut lines = vec!["package rialto-plugin:built@0.1.0;".to_owned(), format!("world {WORLD} {{")];
    lines.push("    import rialto:log/log@0.1.0;".to_owned());
    let wishes = manifest.get("wishes").and_then(toml::Value::as_table);
    for capability in ["http", "mail", "state", "query"] {
        if wishes.is_some_and(|wishes| wishes.contains_key(capability)) {
            lines.push(format!("    import rialto:{capability}/{capability}@0.1.0;"));
        }
    }
    let mut left: Vec<&str> = abilities.iter().map(String::as_str).collect();
    for kind in kinds {
        let known = KINDS.iter().find(|(name, ..)| *name == kind);
        let (name, minimum, optional) = known.ok_or_else(|| format!("`kinds`: there is no kind `{kind}`"))?;
        lines.push(format!("    export rialto:{name}/{minimum}@0.1.0;"));
        for ability in optional.iter().filter(|ability| abilities.iter().any(|one| one == *ability)) {
            lines.push(format!("    export rialto:{name}/{ability}@0.1.0;"));
            left.retain(|one| one != ability);
        }
    }
    match left.first() {
        Some(unknown) => Err(format!("`abilities`: its kind has no ability `{unknown}`")),
        None => Ok(lines.join("\n") + "\n}\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world_of(manifest: &str, abilities: &[&str]) -> Result<String, String> {
        let abilities: Vec<String> = abilities.iter().map(|one| (*one).to_owned()).collect();
        world(&toml::from_str(manifest).unwrap(), &abilities)
    }

    #[test]
    fn a_world_imports_what_is_wished_and_nothing_else() {
        let manifest = "kinds = [\"connector\"]\n[[wishes.http]]\nhost = \"a.example\"\nreason = \"r\"\n";
        let text = world_of(manifest, &["deliver"]).unwrap();
        for line in
            ["import rialto:log/log@0.1.0;", "import rialto:http/http@0.1.0;", "export rialto:connector/deliver@0.1.0;"]
        {
            assert!(text.contains(line), "{text}");
        }
        assert!(!text.contains("mail") && !text.contains("collect"), "{text}");
        assert!(world_of(manifest, &["split"]).unwrap_err().contains("split"));
        assert!(world_of("kinds = [\"oracle\"]", &[]).unwrap_err().contains("oracle"));
    }
}
