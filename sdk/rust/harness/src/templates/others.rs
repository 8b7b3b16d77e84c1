//! New plugins in JavaScript and Python: the files of `sdk/js` and
//! `sdk/python`, their helper with them, so that a new plugin depends on nothing
//! that is not there.

use std::{fs, path::Path};

use super::{File, Named, is_name, title};
use crate::{Error, language::Language};

macro_rules! js {
    ($kind:literal) => {
        &[
            File { path: "package.json", text: include_str!("../../../../js/templates/package.json.tmpl") },
            File { path: ".gitignore", text: "/node_modules\n/.rialto\n/*.wasm\n" },
            File { path: "README.md", text: include_str!("../../../../js/templates/README.md.tmpl") },
            File { path: "rialto.toml", text: include_str!(concat!("../../../templates/", $kind, "/rialto.toml")) },
            File {
                path: "src/plugin.js",
                text: include_str!(concat!("../../../../js/templates/", $kind, "/plugin.js")),
            },
            File { path: "src/rialto.js", text: include_str!("../../../../js/rialto.js") },
            File { path: "src/rialto.d.ts", text: include_str!("../../../../js/rialto.d.ts") },
            File { path: "test/plugin.test.js", text: include_str!("../../../../js/templates/test.js") },
        ]
    };
}

macro_rules! python {
    ($kind:literal, [$($extra:literal),*], $test:literal) => {
        &[
            File { path: "pyproject.toml", text: include_str!("../../../../python/templates/pyproject.toml.tmpl") },
            File { path: ".gitignore", text: "/.venv\n/.rialto\n/*.wasm\n__pycache__\n" },
            File { path: "README.md", text: include_str!("../../../../python/templates/README.md.tmpl") },
            File { path: "rialto.toml", text: include_str!(concat!("../../../templates/", $kind, "/rialto.toml")) },
            File { path: "src/app.py", text: include_str!(concat!("../../../../python/templates/", $kind, "/app.py")) },
            File { path: "src/rialto.py", text: include_str!("../../../../python/rialto.py") },
            File { path: "tests/__init__.py", text: "" },
            File { path: "tests/test_plugin.py", text: include_str!(concat!("../../../../python/templates/", $test)) },
            $(File {
                path: concat!("src/", $extra),
                text: include_str!(concat!("../../../../python/templates/", $kind, "/", $extra)),
            },)*
        ]
    };
}

type Files = &'static [File];

/// A kind, and its files in JavaScript and in Python.
const OTHERS: [(&str, Files, Files); 4] = [
    ("connector", js!("connector"), python!("connector", [], "test_plugin.py")),
    ("attribution", js!("attribution"), python!("attribution", ["model.py"], "test_plugin.py")),
    ("recommender", js!("recommender"), python!("recommender", ["rating.py"], "recommender/test_plugin.py")),
    ("report", js!("report"), python!("report", [], "test_plugin.py")),
];

/// Write a new plugin in another language than Rust.
///
/// # Errors
/// As [`super::Template::write`].
pub fn write(language: Language, kind: &str, dir: &Path, named: &Named<'_>) -> Result<(), Error> {
    for name in [named.name, named.publisher] {
        if !is_name(name) {
            return Err(Error::Name(name.to_owned()));
        }
    }
    if dir.exists() {
        return Err(Error::Exists(dir.to_owned()));
    }
    let Some((kind, js, python)) = OTHERS.iter().find(|(known, ..)| *known == kind) else {
        return Err(Error::Name(kind.to_owned()));
    };
    let abilities = if *kind == "connector" { "[\"deliver\"]" } else { "[]" };
    for file in if language == Language::Python { *python } else { *js } {
        let path = dir.join(file.path);
        let folder = path.parent().unwrap_or(dir);
        fs::create_dir_all(folder).map_err(Error::file(folder))?;
        let text = file.text.replace("@NAME@", named.name).replace("@PUBLISHER@", named.publisher);
        let text =
            text.replace("@TITLE@", &title(named.name)).replace("@KIND@", kind).replace("@ABILITIES@", abilities);
        fs::write(&path, text).map_err(Error::file(path.clone()))?;
    }
    Ok(())
}
