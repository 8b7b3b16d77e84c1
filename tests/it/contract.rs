//! Forbids edits to the released contract: the frozen copies have the digests
//! they were frozen with, and the packages in use still hold everything that
//! was frozen. What may grow is said in `wit/README.md`.

use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};
use wit_parser::{Function, Interface, Resolve, Type, TypeDefKind};

const PARTS: &[&str] = &[
    "types",
    "host/log",
    "host/http",
    "host/mail",
    "host/state",
    "host/query",
    "kind/connector",
    "kind/attribution",
    "kind/recommender",
    "kind/report",
];

fn wit() -> PathBuf {
    let mut dir = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    while !dir.join("wit/types").is_dir() {
        assert!(dir.pop(), "the contract is above every crate");
    }
    dir.join("wit")
}

fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

#[test]
fn frozen_copies_are_as_they_were_frozen() {
    let released = wit().join("released");
    let digests = fs::read_to_string(released.join("digests")).unwrap();
    let mut listed: BTreeMap<PathBuf, &str> =
        digests.lines().map(|l| l.split_once("  ").unwrap()).map(|(d, f)| (released.join(f), d)).collect();
    for file in files_below(&released).into_iter().filter(|f| f.extension().is_some_and(|e| e == "wit")) {
        let digest = hex::encode(Sha256::digest(fs::read(&file).unwrap()));
        let expected = listed.remove(&file);
        assert_eq!(expected, Some(digest.as_str()), "{} was edited after its release", file.display());
    }
    assert!(listed.is_empty(), "frozen files are missing: {listed:?}");
}

#[test]
fn the_packages_in_use_hold_everything_that_was_released() {
    for track in fs::read_dir(wit().join("released")).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()) {
        let (frozen, current) = (parse(&track), parse(&wit()));
        for (name, old) in &frozen {
            let new = current.get(name).unwrap_or_else(|| panic!("the interface `{name}` is gone"));
            let may_grow = name.contains("host/");
            for (function, shape) in old {
                assert_eq!(new.get(function), Some(shape), "`{name}` `{function}` changed after its release");
            }
            if !may_grow {
                assert_eq!(new.len(), old.len(), "`{name}` is frozen: a new ability is a new interface");
            }
        }
    }
}

/// A package of the same version is the same text, comments and all.
#[test]
fn a_version_is_one_text() {
    let released = wit().join("released/0.1");
    for part in PARTS {
        for file in files_below(&released.join(part)) {
            let now = wit().join(part).join(file.file_name().unwrap());
            let (old, new) = (fs::read_to_string(&file).unwrap(), fs::read_to_string(&now).unwrap());
            let version = |text: &str| text.lines().find(|l| l.starts_with("package ")).unwrap().to_owned();
            if version(&old) == version(&new) {
                assert!(old == new, "{} changed without a new version", now.display());
            }
        }
    }
}

/// Every interface with the shape of every function and named type.
fn parse(root: &Path) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut resolve = Resolve::default();
    let mut all = BTreeMap::new();
    for part in PARTS {
        let (package, _) = resolve.push_path(root.join(part)).unwrap();
        for (name, id) in resolve.packages[package].interfaces.clone() {
            all.insert(format!("{part}/{name}"), shapes(&resolve, &resolve.interfaces[id]));
        }
    }
    all
}

fn shapes(resolve: &Resolve, interface: &Interface) -> BTreeMap<String, String> {
    let types = interface.types.iter().map(|(name, id)| (format!("type {name}"), shape(resolve, &Type::Id(*id))));
    let functions = interface.functions.iter().map(|(name, f)| (format!("func {name}"), signature(resolve, f)));
    types.chain(functions).collect()
}

fn signature(resolve: &Resolve, function: &Function) -> String {
    let params: Vec<_> = function.params.iter().map(|p| format!("{}: {}", p.name, shape(resolve, &p.ty))).collect();
    let result = function.result.map(|ty| shape(resolve, &ty));
    format!("({}) -> {result:?}", params.join(", "))
}

/// A type, spelt out to its primitives.
fn shape(resolve: &Resolve, ty: &Type) -> String {
    let Type::Id(id) = ty else { return format!("{ty:?}") };
    let of = |ty: &Type| shape(resolve, ty);
    let maybe = |ty: &Option<Type>| ty.as_ref().map_or("_".to_owned(), of);
    match &resolve.types[*id].kind {
        TypeDefKind::Record(record) => {
            let fields: Vec<_> = record.fields.iter().map(|f| format!("{}: {}", f.name, of(&f.ty))).collect();
            format!("record {{{}}}", fields.join(", "))
        }
        TypeDefKind::Tuple(tuple) => format!("tuple<{}>", tuple.types.iter().map(of).collect::<Vec<_>>().join(", ")),
        TypeDefKind::List(ty) => format!("list<{}>", of(ty)),
        TypeDefKind::Option(ty) => format!("option<{}>", of(ty)),
        TypeDefKind::Result(result) => format!("result<{}, {}>", maybe(&result.ok), maybe(&result.err)),
        TypeDefKind::Type(ty) => of(ty),
        TypeDefKind::Handle(handle) => format!("{handle:?}").replace(|c: char| c.is_ascii_digit(), ""),
        TypeDefKind::Resource => format!("resource {}", resolve.types[*id].name.as_deref().unwrap_or("")),
        other => panic!("the contract uses {}: say here how it is compared", other.as_str()),
    }
}
