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

/// The runtime that the producers sections speak of.
pub(crate) fn detect(bytes: &[u8]) -> Runtime {
    let mut found = Runtime::Native;
    for payload in Parser::new(0).parse_all(bytes).flatten() {
        let Payload::CustomSection(section) = payload else { continue };
        let KnownCustom::Producers(fields) = section.as_known() else { continue };
        for field in fields.into_iter().flatten() {
            for value in field.values.into_iter().flatten() {
                found = larger(found, of_tool(&value.name.to_ascii_lowercase()));
            }
        }
    }
    found
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
