//! The repository's own source, read for the tests that hold its rules.

use std::path::{Path, PathBuf};
use syn::visit::Visit;

/// The root of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().find(|folder| folder.join("ARCHITECTURE.md").is_file()).unwrap_or(here).to_owned()
}

/// Files under a folder with one of these endings, by their path from the root.
pub fn files(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    const NOT_OURS: &[&str] = &["target", "node_modules", ".git", "rialto-data", "dist"];
    let root = root();
    let mut found: Vec<(String, String)> = walkdir::WalkDir::new(root.join(folder))
        .into_iter()
        .filter_entry(|entry| !NOT_OURS.contains(&entry.file_name().to_str().unwrap_or("")))
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .filter(|entry| endings.iter().any(|ending| entry.path().to_str().is_some_and(|p| p.ends_with(ending))))
        .filter_map(|entry| {
            let name = entry.path().strip_prefix(&root).ok()?.to_str()?.to_owned();
            Some((name, std::fs::read_to_string(entry.path()).ok()?))
        })
        .collect();
    found.sort();
    found
}

/// The Rust files of the host itself: what ships, without tests and errands.
pub fn host_files() -> Vec<(String, String)> {
    let ours =
        |name: &str| name.contains("/src/") && !name.starts_with("host/testkit/") && !name.starts_with("host/xtask/");
    files("host", &[".rs"]).into_iter().filter(|(name, _)| ours(name)).collect()
}

/// The crate a file belongs to, as its folder: `domain/sales`, `platform/jobs`, `app`.
pub fn crate_of(name: &str) -> &str {
    let inside = name.strip_prefix("host/").unwrap_or(name);
    inside.split_once("/src/").map_or(inside, |(folder, _)| folder)
}

/// Whether an item is there for tests only.
pub fn for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || (attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test")))
    })
}

/// A text for the database and where it stands.
#[derive(Debug, Clone)]
pub struct Text {
    pub file: String,
    pub kind: TextKind,
    pub text: String,
}

/// On which databases a text runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextKind {
    Both,
    Sqlite,
    Postgres,
    /// Built at run time: a part of it, not to be prepared.
    Part,
}

/// Every text in the host's source. One that is not written out where it is
/// used ends up in the second list: it could not be checked.
pub fn texts() -> (Vec<Text>, Vec<String>) {
    let (mut found, mut hidden) = (Vec::new(), Vec::new());
    for (file, source) in host_files() {
        let tree = syn::parse_file(&source).unwrap_or_else(|e| panic!("{file}: {e}"));
        let mut reader = Reader { file: &file, found: &mut found, hidden: &mut hidden, consts: Default::default() };
        reader.note_consts(&tree);
        reader.visit_file(&tree);
    }
    (found, hidden)
}

struct Reader<'a> {
    file: &'a str,
    found: &'a mut Vec<Text>,
    hidden: &'a mut Vec<String>,
    consts: std::collections::HashMap<String, String>,
}

impl Reader<'_> {
    fn note_consts(&mut self, tree: &syn::File) {
        for item in &tree.items {
            if let syn::Item::Const(one) = item
                && let Some(text) = literal(&one.expr)
            {
                self.consts.insert(one.ident.to_string(), text);
            }
        }
    }

    fn text(&mut self, argument: Option<&syn::Expr>, kind: TextKind) {
        let text = argument.and_then(|expression| {
            literal(expression).or_else(|| match expression {
                syn::Expr::Path(path) => self.consts.get(&path.path.get_ident()?.to_string()).cloned(),
                _ => None,
            })
        });
        match text {
            Some(text) => self.found.push(Text { file: self.file.to_owned(), kind, text }),
            None => self.hidden.push(self.file.to_owned()),
        }
    }

    fn tokens(&mut self, tokens: proc_macro2::TokenStream) {
        for token in tokens {
            match token {
                proc_macro2::TokenTree::Group(group) => self.tokens(group.stream()),
                proc_macro2::TokenTree::Literal(one) => {
                    if let Ok(text) = syn::parse_str::<syn::LitStr>(&one.to_string()) {
                        self.part(&text.value());
                    }
                }
                _ => {}
            }
        }
    }

    fn part(&mut self, text: &str) {
        const VERBS: &[&str] = &["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "WITH "];
        if VERBS.iter().any(|verb| text.trim_start().starts_with(verb)) {
            let (file, text) = (self.file.to_owned(), text.to_owned());
            self.found.push(Text { file, kind: TextKind::Part, text });
        }
    }
}

fn literal(expression: &syn::Expr) -> Option<String> {
    match expression {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
        syn::Expr::Macro(call) if call.mac.path.is_ident("concat") => {
            let parts = call
                .mac
                .parse_body_with(syn::punctuated::Punctuated::<syn::LitStr, syn::Token![,]>::parse_terminated)
                .ok()?;
            Some(parts.iter().map(syn::LitStr::value).collect())
        }
        _ => None,
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
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

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let syn::Expr::Path(path) = call.func.as_ref() {
            let name = path.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
            // The store's own plumbing passes texts on.
            let plumbing = self.file.starts_with("host/platform/store/src/query.rs");
            match (name.as_str(), call.args.len()) {
                ("sql", 1) if !plumbing => self.text(call.args.first(), TextKind::Both),
                ("pair", 2) if !plumbing => {
                    self.text(call.args.first(), TextKind::Sqlite);
                    self.text(call.args.last(), TextKind::Postgres);
                }
                _ => {}
            }
        }
        syn::visit::visit_expr_call(self, call);
    }

    fn visit_lit_str(&mut self, text: &'ast syn::LitStr) {
        self.part(&text.value());
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.tokens(call.tokens.clone());
    }
}
