//! What Rialto says stands in the Chinese catalogue: every sentence of the
//! host's source and every help text of the command line, and nothing that is
//! said no more.

use crate::source::{for_tests, host_files};
use clap::CommandFactory as _;
use rialto_kernel::{Locale, words};
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::Visit;

/// Files whose texts are not sentences to a person, or are in both languages already.
const NOT_SAID: &[&str] = &[
    "host/platform/store/",
    "host/platform/telemetry/",
    "host/platform/kernel/src/words.rs",
    "host/app/src/words.rs",
    "host/platform/web/src/site.rs",
    "host/domain/measure/src/metrics/",
    "host/domain/measure/src/catalogue/",
    "host/domain/measure/src/report/render/",
];
/// Calls and macros whose texts are for programs, logs or the database.
const NOT_SAID_IN: &[&str] = &[
    "sql",
    "pair",
    "sql_dynamic",
    "raw",
    "expect",
    "trace",
    "debug",
    "info",
    "warn",
    "error",
    "span",
    "info_span",
    "debug_span",
    "event",
    "assert",
    "assert_eq",
    "debug_assert",
    "panic",
    "unreachable",
    "concat",
    "include_str",
    "matches",
    "from_static",
    "words",
    "describe_counter",
    "describe_gauge",
    "describe_histogram",
];

struct Sentences<'a> {
    file: &'a str,
    found: &'a mut BTreeMap<String, String>,
}

impl Sentences<'_> {
    fn text(&mut self, text: &str) {
        let template = template(text);
        for line in template.split('\n') {
            if is_sentence(line) {
                self.found.entry(line.to_owned()).or_insert_with(|| self.file.to_owned());
            }
        }
    }

    fn tokens(&mut self, tokens: proc_macro2::TokenStream) {
        let mut texts = Vec::new();
        literals(tokens, &mut texts);
        if !texts.iter().any(|text| chinese(text)) {
            texts.iter().for_each(|text| self.text(text));
        }
    }
}

fn literals(tokens: proc_macro2::TokenStream, texts: &mut Vec<String>) {
    for token in tokens {
        match token {
            proc_macro2::TokenTree::Group(group) => literals(group.stream(), texts),
            proc_macro2::TokenTree::Literal(one) => {
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&one.to_string()) {
                    texts.push(text.value());
                }
            }
            _ => {}
        }
    }
}

fn chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// A text's own literals, not those of calls within it.
fn direct<'e>(parts: impl Iterator<Item = &'e syn::Expr>) -> bool {
    let mut parts = parts;
    parts.any(|part| match part {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => chinese(&text.value()),
        syn::Expr::Macro(call) => chinese(&call.mac.tokens.to_string()),
        _ => false,
    })
}

fn last(path: &syn::Path) -> String {
    path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default()
}

impl<'ast> Visit<'ast> for Sentences<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !for_tests(&item.attrs) {
            syn::visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !for_tests(&item.attrs) {
            syn::visit::visit_item_fn(self, item);
        }
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if attribute.path().is_ident("error")
            && let syn::Meta::List(list) = &attribute.meta
        {
            self.tokens(list.tokens.clone());
        }
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        let name = match call.func.as_ref() {
            syn::Expr::Path(path) => last(&path.path),
            _ => String::new(),
        };
        if !NOT_SAID_IN.contains(&name.as_str()) && !direct(call.args.iter()) {
            syn::visit::visit_expr_call(self, call);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if NOT_SAID_IN.contains(&call.method.to_string().as_str()) || direct(call.args.iter()) {
            self.visit_expr(&call.receiver);
        } else {
            syn::visit::visit_expr_method_call(self, call);
        }
    }

    fn visit_expr_tuple(&mut self, tuple: &'ast syn::ExprTuple) {
        if !direct(tuple.elems.iter()) {
            syn::visit::visit_expr_tuple(self, tuple);
        }
    }

    fn visit_expr_array(&mut self, array: &'ast syn::ExprArray) {
        if !direct(array.elems.iter()) {
            syn::visit::visit_expr_array(self, array);
        }
    }

    fn visit_expr_struct(&mut self, made: &'ast syn::ExprStruct) {
        if !direct(made.fields.iter().map(|field| &field.expr)) {
            syn::visit::visit_expr_struct(self, made);
        }
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        // An arm of its own for each language says it in that language.
        let mut pattern = Idents(BTreeSet::new());
        pattern.visit_pat(&arm.pat);
        if !pattern.0.contains("En") && !pattern.0.contains("ZhCn") {
            syn::visit::visit_arm(self, arm);
        }
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if !NOT_SAID_IN.contains(&last(&call.path).as_str()) {
            self.tokens(call.tokens.clone());
        }
    }

    fn visit_lit_str(&mut self, text: &'ast syn::LitStr) {
        if !chinese(&text.value()) {
            self.text(&text.value());
        }
    }
}

struct Idents(BTreeSet<String>);

impl<'ast> Visit<'ast> for Idents {
    fn visit_ident(&mut self, ident: &'ast proc_macro2::Ident) {
        self.0.insert(ident.to_string());
    }
}

/// A text as the catalogue has it: what is put in is numbered.
fn template(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    let mut number = 0;
    while let Some(c) = chars.next() {
        match c {
            '{' if chars.peek() == Some(&'{') => {
                chars.next();
                out.push('{');
            }
            '}' if chars.peek() == Some(&'}') => {
                chars.next();
                out.push('}');
            }
            '{' => {
                let inside: String = chars.by_ref().take_while(|c| *c != '}').collect();
                let place =
                    inside.is_empty() || inside.starts_with(|c: char| c.is_ascii_alphanumeric() || "_:.".contains(c));
                if place && !inside.contains(' ') {
                    number += 1;
                    out.push_str(&format!("{{{number}}}"));
                } else {
                    out.push_str(&format!("{{{inside}}}"));
                }
            }
            c => out.push(c),
        }
    }
    out
}

/// Two words after each other, and neither markup nor a text for the database.
fn is_sentence(text: &str) -> bool {
    const SQL: &[&str] = &[
        "SELECT", "INSERT", "UPDATE", "DELETE", "WHERE", "FROM", "JOIN", "AND ", "OR ", "ORDER", "GROUP", "CREATE",
        "PRAGMA", "WITH ", "VALUES", "UNION", "EXISTS", "COALESCE", "CASE ", "SET ", "NULL", "LIMIT",
    ];
    let trimmed = text.trim();
    let words: Vec<&str> = trimmed.split(' ').filter(|word| word.chars().any(|c| c.is_ascii_lowercase())).collect();
    let after_each_other = words.len() >= 2 && trimmed.contains(' ');
    let letters = trimmed.chars().filter(char::is_ascii_lowercase).count();
    after_each_other
        && letters >= 4
        && !trimmed.starts_with(['<', '@', '#', '&', ';'])
        && !trimmed.contains("</")
        && !SQL.iter().any(|word| trimmed.contains(word))
}

fn help(command: &clap::Command, found: &mut BTreeMap<String, String>) {
    let mut add = |text: Option<&clap::builder::StyledStr>| {
        if let Some(text) = text {
            found.entry(text.to_string()).or_insert_with(|| format!("help of `{}`", command.get_name()));
        }
    };
    add(command.get_about());
    add(command.get_long_about());
    for argument in command.get_arguments() {
        add(argument.get_help());
        add(argument.get_long_help());
    }
    for one in command.get_subcommands() {
        help(one, found);
    }
}

/// All that is said, and where.
fn said() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (file, source) in host_files() {
        if NOT_SAID.iter().any(|part| file.starts_with(part)) {
            continue;
        }
        let tree = syn::parse_file(&source).unwrap_or_else(|e| panic!("{file}: {e}"));
        Sentences { file: &file, found: &mut found }.visit_file(&tree);
    }
    // Parts of texts for the database, headers and names of simulated worlds.
    let not_said = include_str!("../cases/words/not-said.txt");
    found.retain(|text, _| !not_said.lines().any(|line| line == text));
    let mut command = rialto_app::commands::Cli::command();
    command.build();
    help(&command, &mut found);
    found
}

fn places(text: &str) -> BTreeSet<String> {
    let places = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    places.map(|(inside, _)| inside.to_owned()).filter(|inside| inside.bytes().all(|b| b.is_ascii_digit())).collect()
}

#[test]
fn every_sentence_is_in_the_catalogue() {
    let catalogue = words::catalogue().unwrap();
    let missing: Vec<String> = said()
        .into_iter()
        .filter(|(text, _)| !catalogue.contains_key(text))
        .map(|(text, file)| format!("{file}\t{text}"))
        .collect();
    assert!(missing.is_empty(), "{} sentences have no Chinese:\n{}", missing.len(), missing.join("\n"));
}

#[test]
fn the_catalogue_is_chinese_and_keeps_what_is_put_in() {
    let said = said();
    let formulas: BTreeSet<&str> = rialto_measure::metrics::catalogue().map(|metric| metric.formula).collect();
    let mut wrong = Vec::new();
    for (en, zh) in words::catalogue().unwrap() {
        if places(&en) != places(&zh) {
            wrong.push(format!("what is put in differs: {en} / {zh}"));
        }
        let own_words = en.chars().any(|c| c.is_ascii_alphabetic());
        if own_words && !chinese(&zh) && zh != en {
            wrong.push(format!("not Chinese: {zh}"));
        }
        // Single words are nouns that sentences are filled with, and formulas are the catalogue's own.
        if is_sentence(&en) && own_words && !said.contains_key(&en) && !formulas.contains(en.as_str()) {
            wrong.push(format!("said no more: {en}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_refusal_is_said_in_the_language_asked_for() {
    let text = "there is no such campaign";
    assert_eq!(words::said(text, Locale::En), text);
    assert_ne!(words::said(text, Locale::ZhCn), text);
}
