//! The house rules that a machine can hold. What one of them allows is listed
//! here with its reason; a list only ever gets shorter.

use crate::source::{crate_of, files, for_tests, host_files, root};
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::Visit;

/// Lines a file may have.
const LINES_MAX: usize = 600;
/// Files that are longer, with their length: none may grow, and one that got
/// shorter by a fifth is to be entered anew.
const LONGER: &[(&str, usize)] = &[];

/// Where the program may stop at once, because going on is worse.
const MAY_PANIC: &[(&str, &str)] = &[
    // Without the system's randomness no key and no id is safe to make.
    ("host/platform/kernel/src/random.rs", "panic"),
];

/// Files that ask which database it is: the named pairs of texts.
const PAIRS: &[&str] = &[
    "host/platform/store/src/open.rs",
    "host/platform/store/src/lib.rs",
    "host/platform/store/src/query.rs",
    "host/platform/jobs/src/unscoped.rs",
];

#[test]
fn every_file_says_what_it_is() {
    let mut silent = Vec::new();
    for folder in ["host", "tests", "sdk", "plugins"] {
        for (name, text) in files(folder, &[".rs"]) {
            if !text.trim_start().starts_with("//!") && !name.contains("/templates/") {
                silent.push(name);
            }
        }
    }
    assert!(silent.is_empty(), "files without `//!`: {silent:?}");
}

#[test]
fn files_stay_short() {
    let mut wrong = Vec::new();
    let known: BTreeMap<&str, usize> = LONGER.iter().copied().collect();
    for (name, text) in files("host", &[".rs"]).into_iter().chain(files("tests", &[".rs"])) {
        let lines = text.lines().count();
        match known.get(name.as_str()) {
            None if lines > LINES_MAX => wrong.push(format!("{name} has {lines} lines; {LINES_MAX} are allowed")),
            Some(max) if lines > *max => wrong.push(format!("{name} has {lines} lines; it had {max}")),
            Some(max) if lines <= LINES_MAX || lines < max - max / 5 => {
                wrong.push(format!("{name} has only {lines} lines now: enter that"));
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_panics_outside_tests() {
    let mut wrong = Vec::new();
    for (name, text) in host_files() {
        let tree = syn::parse_file(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        if for_tests(&tree.attrs) || name.ends_with("tests.rs") || name.contains("/tests/") {
            continue;
        }
        let mut seen = Panics::default();
        seen.visit_file(&tree);
        wrong.extend(
            seen.0
                .into_iter()
                .filter(|word| !MAY_PANIC.contains(&(name.as_str(), word)))
                .map(|word| format!("{name}: {word}")),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Ways to stop at once, by name.
#[derive(Default)]
struct Panics(Vec<&'static str>);

impl<'ast> Visit<'ast> for Panics {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !for_tests(&module.attrs) {
            syn::visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        if !for_tests(&function.attrs) {
            syn::visit::visit_item_fn(self, function);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        for word in ["unwrap", "expect", "unwrap_err", "expect_err"] {
            if call.method == word {
                self.0.push(word);
            }
        }
        syn::visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        for word in ["panic", "todo", "unimplemented", "dbg"] {
            if call.path.is_ident(word) {
                self.0.push(word);
            }
        }
    }
}

#[test]
fn nothing_tells_of_the_machine_it_was_written_on() {
    // Written in two pieces, so that this file does not find itself.
    let words = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Use", "rs/")];
    let endings = [".rs", ".toml", ".md", ".sql", ".wit", ".json", ".py", ".js", ".ts", ".tsx", ".yml", ".yaml", ".sh"];
    let mut wrong = Vec::new();
    for (name, text) in files("", &endings) {
        for (at, line) in text.lines().enumerate() {
            if let Some(word) = words.iter().find(|word| line.contains(**word)) {
                wrong.push(format!("{name}:{}: {word}", at + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_named_pairs_ask_which_database_it_is() {
    let mut others = BTreeSet::new();
    for (name, text) in host_files() {
        if text.contains("pair(") && text.contains("rialto_store") | name.starts_with("host/platform/store/") {
            let calls = text.lines().any(|line| {
                let line = line.trim_start();
                !line.starts_with("//")
                    && (line.starts_with("pair(") || line.contains(" pair(") || line.contains("=pair("))
            });
            if calls && !PAIRS.contains(&name.as_str()) {
                others.insert(name);
            }
        }
    }
    assert!(others.is_empty(), "files with `pair(…)` texts that are not on the list: {others:?}");
}

#[test]
fn crates_use_only_what_the_map_says() {
    let map = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let block = map.split("```crates\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let listed: BTreeMap<String, Vec<String>> = block.lines().filter_map(line_of_map).collect();
    let mut wrong = Vec::new();
    for (file, text) in files("host", &["Cargo.toml"]) {
        let name =
            text.lines().find_map(|line| line.strip_prefix("name = ")).unwrap_or("").trim_matches('"').to_owned();
        if !["host/platform/", "host/domain/", "host/app/"].iter().any(|folder| file.starts_with(folder)) {
            continue;
        }
        let Some(_) = listed.get(&name) else {
            wrong.push(format!("{name} ({}) is not on the map", crate_of(&file)));
            continue;
        };
        let allowed = allowed(&listed, &name);
        for used in uses(&text) {
            if !allowed.contains(&used) {
                wrong.push(format!("{name} uses {used}, which the map does not say"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `rialto-x: a b and below` as a name and the names it lists.
fn line_of_map(line: &str) -> Option<(String, Vec<String>)> {
    let (name, uses) = line.split_once(':')?;
    let slices = "identity plugins audience sales creative delivery campaign measure strategy";
    let uses = uses.replace("every slice", slices).replace("and below", "");
    Some((name.trim().to_owned(), uses.split_whitespace().map(|word| format!("rialto-{word}")).collect()))
}

/// Everything a crate may use: what the map lists for it, and what those may use.
fn allowed(listed: &BTreeMap<String, Vec<String>>, name: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = listed.get(name).into_iter().flatten().map(String::as_str).collect();
    while let Some(next) = open.pop() {
        if found.insert(next.to_owned()) {
            open.extend(listed.get(next).into_iter().flatten().map(String::as_str));
        }
    }
    found
}

/// Rialto's own crates among a manifest's dependencies (not those of its tests).
fn uses(manifest: &str) -> Vec<String> {
    let part = manifest.split("[dependencies]").nth(1).unwrap_or("");
    let part = part.split("\n[").next().unwrap_or("");
    part.lines()
        .filter(|line| line.starts_with("rialto-"))
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .map(str::to_owned)
        .collect()
}
