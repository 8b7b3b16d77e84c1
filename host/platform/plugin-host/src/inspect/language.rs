//! Which language runtime a component carries, guessed from the tools that it
//! says made it. Only defaults of limits follow from the guess.

use serde::{Deserialize, Serialize};
use wasmparser::{KnownCustom, Parser, Payload};

/// The language runtime inside a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Runtime {
    /// Compiled ahead of time: Rust, C, Go …
    #[default]
    Native,
    /// A small JavaScript engine.
    QuickJs,
    /// A large JavaScript engine.
    StarlingMonkey,
    /// A Python interpreter.
    Python,
}

/// A language, or a tool, that a component says it was made with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Producer {
    /// `language`, `processed-by` or `sdk`.
    pub field: String,
    /// Its name.
    pub name: String,
    /// Its version; empty where none is said.
    pub version: String,
}

/// Tools that are told of.
const PRODUCERS_MAX: usize = 40;
/// The longest name of one.
const NAME_CHARS_MAX: usize = 80;

/// The runtime that the producers sections speak of.
pub(crate) fn detect(bytes: &[u8]) -> Runtime {
    let mut found = Runtime::Native;
    each(bytes, |_, name, _| found = larger(found, of_tool(&name.to_ascii_lowercase())));
    larger(found, of_marks(bytes))
}

/// Every language and tool that the producers sections speak of, once.
pub(crate) fn producers(bytes: &[u8]) -> Vec<Producer> {
    let mut found = std::collections::BTreeSet::new();
    let text = |text: &str| text.chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect();
    each(bytes, |field, name, version| {
        if found.len() < PRODUCERS_MAX {
            found.insert(Producer { field: text(field), name: text(name), version: text(version) });
        }
    });
    found.into_iter().collect()
}

fn each(bytes: &[u8], mut see: impl FnMut(&str, &str, &str)) {
    for payload in Parser::new(0).parse_all(bytes).flatten() {
        let Payload::CustomSection(section) = payload else { continue };
        let KnownCustom::Producers(fields) = section.as_known() else { continue };
        for field in fields.into_iter().flatten() {
            for value in field.values.into_iter().flatten() {
                see(field.name, value.name, value.version);
            }
        }
    }
}

/// What the tools of some languages name the runtime that they link in, where
/// no section tells.
const MARKS: [(&[u8], Runtime); 2] =
    [(b"componentize_qjs_runtime.wasm", Runtime::QuickJs), (b"libcomponentize_py_runtime", Runtime::Python)];

fn of_marks(bytes: &[u8]) -> Runtime {
    let marked = MARKS.iter().filter(|(mark, _)| memchr::memmem::find(bytes, mark).is_some());
    marked.fold(Runtime::Native, |found, (_, runtime)| larger(found, *runtime))
}

fn of_tool(tool: &str) -> Runtime {
    if tool.contains("componentize-py") || tool == "python" {
        Runtime::Python
    } else if tool.contains("componentizejs") || tool.contains("starlingmonkey") || tool == "javascript" {
        Runtime::StarlingMonkey
    } else if tool.contains("qjs") || tool.contains("quickjs") {
        Runtime::QuickJs
    } else {
        Runtime::Native
    }
}

fn larger(a: Runtime, b: Runtime) -> Runtime {
    let rank = |r: Runtime| match r {
        Runtime::Native => 0,
        Runtime::QuickJs => 1,
        Runtime::StarlingMonkey => 2,
        Runtime::Python => 3,
    };
    if rank(b) > rank(a) { b } else { a }
}
