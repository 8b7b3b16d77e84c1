//! The TypeScript types of the contract, made from the WIT itself: the file in
//! `sdk/js` is what this makes. Run it with `RIALTO_WRITE_TYPES=1` after the
//! contract has grown.

use crate::source::root;
use std::{collections::BTreeMap, fmt::Write as _};
use wit_parser::{Function, FunctionKind, Handle, Interface, Resolve, Type, TypeDefKind, TypeId, WorldItem};

const FILE: &str = "sdk/js/rialto.d.ts";
const HEAD: &str = "// The contract's types, as componentize-qjs hands them to JavaScript. Made from the WIT; never edited.\n\n\
export type Result<T, E> = { tag: \"ok\"; val: T } | { tag: \"err\"; val: E };\n";

fn resolved() -> Resolve {
    let mut resolve = Resolve::default();
    let parts = ["types", "host/log", "host/http", "host/mail", "host/state", "host/query"];
    let kinds = ["kind/connector", "kind/attribution", "kind/recommender", "kind/report"];
    for part in parts.iter().chain(&kinds) {
        resolve.push_path(root().join("wit").join(part)).unwrap();
    }
    resolve
}

fn camel(name: &str, first_upper: bool) -> String {
    let mut upper = first_upper;
    let mut out = String::new();
    for c in name.chars() {
        match c {
            '-' => upper = true,
            c if upper => {
                out.extend(c.to_uppercase());
                upper = false;
            }
            c => out.push(c),
        }
    }
    out
}

struct Writer<'a> {
    resolve: &'a Resolve,
    out: String,
    written: BTreeMap<String, String>,
}

impl Writer<'_> {
    fn of(&self, of: &Type) -> String {
        match of {
            Type::Bool => "boolean".to_owned(),
            Type::String | Type::Char => "string".to_owned(),
            Type::Id(id) => self.of_id(*id),
            _ => "number".to_owned(),
        }
    }

    fn of_id(&self, id: TypeId) -> String {
        let def = &self.resolve.types[id];
        match (&def.kind, &def.name) {
            (TypeDefKind::Type(Type::Id(other)), Some(name))
                if self.resolve.types[*other].name.as_ref() == Some(name) =>
            {
                self.of_id(*other)
            }
            (_, Some(_)) => self.name(id),
            (TypeDefKind::List(Type::U8), _) => "Uint8Array".to_owned(),
            (TypeDefKind::List(of), _) => format!("{}[]", self.of(of)),
            (TypeDefKind::Option(of), _) => format!("{} | null", self.of(of)),
            (TypeDefKind::Tuple(of), _) => {
                format!("[{}]", of.types.iter().map(|one| self.of(one)).collect::<Vec<_>>().join(", "))
            }
            (TypeDefKind::Result(of), _) => {
                let part = |part: &Option<Type>| part.as_ref().map_or("undefined".to_owned(), |one| self.of(one));
                format!("Result<{}, {}>", part(&of.ok), part(&of.err))
            }
            (TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)), _) => self.of_id(*id),
            (kind, _) => panic!("the contract has a {kind:?} without a name"),
        }
    }

    /// A type's name; connectors and reports each have a description.
    fn name(&self, id: TypeId) -> String {
        let def = &self.resolve.types[id];
        let owner = match def.owner {
            wit_parser::TypeOwner::Interface(id) => self.resolve.interfaces[id].name.as_deref(),
            _ => None,
        };
        match (def.name.as_deref(), owner) {
            (Some("description"), Some("report")) => "ReportDescription".to_owned(),
            (name, _) => camel(name.unwrap_or_default(), true),
        }
    }

    fn types(&mut self, interface: &Interface) {
        for id in interface.types.values() {
            let def = &self.resolve.types[*id];
            let name = self.name(*id);
            let text = match &def.kind {
                TypeDefKind::Record(record) => {
                    let fields = record
                        .fields
                        .iter()
                        .map(|field| format!("  {}: {};\n", camel(&field.name, false), self.of(&field.ty)));
                    format!("export interface {name} {{\n{}}}\n", fields.collect::<String>())
                }
                TypeDefKind::List(Type::Id(of)) => format!("export type {name} = {}[];\n", self.of_id(*of)),
                // What another interface has is written there; a resource is a class of the plugin's.
                _ => continue,
            };
            if let Some(known) = self.written.get(&name) {
                assert_eq!(*known, text, "two types of the contract share a name");
                continue;
            }
            let _ = write!(self.out, "\n{text}");
            self.written.insert(name, text);
        }
    }

    /// A function of an interface: what may fail throws its fault at the top.
    fn function(&self, function: &Function) -> String {
        let skip = usize::from(matches!(function.kind, FunctionKind::Method(_)));
        let parameters = function.params.iter().skip(skip);
        let parameters: Vec<String> =
            parameters.map(|one| format!("{}: {}", camel(&one.name, false), self.of(&one.ty))).collect();
        let answer = function.result.as_ref().map_or("void".to_owned(), |of| match of {
            Type::Id(id) => match &self.resolve.types[*id].kind {
                TypeDefKind::Result(result) => result.ok.as_ref().map_or("void".to_owned(), |ok| self.of(ok)),
                _ => self.of(of),
            },
            of => self.of(of),
        });
        let name = function.name.rsplit('.').next().unwrap_or(&function.name);
        format!("({}): {answer}", parameters.join(", ")).pipe(|rest| format!("{}{rest}", camel(name, false)))
    }
}

trait Pipe: Sized {
    fn pipe<T>(self, then: impl FnOnce(Self) -> T) -> T {
        then(self)
    }
}

impl<T> Pipe for T {}

/// What a plugin exports: an object for each interface.
fn exported(writer: &mut Writer<'_>, name: &str, interface: &Interface) {
    let plain = interface.functions.values().filter(|one| matches!(one.kind, FunctionKind::Freestanding));
    let functions: Vec<String> = plain.map(|one| format!("  {};\n", writer.function(one))).collect();
    if !functions.is_empty() {
        let _ = write!(writer.out, "\nexport interface {} {{\n{}}}\n", camel(name, true), functions.concat());
    }
    for (resource, id) in
        interface.types.iter().filter(|(_, id)| writer.resolve.types[**id].kind == TypeDefKind::Resource)
    {
        let of = |one: &&Function| matches!(one.kind, FunctionKind::Method(of) if of == *id);
        let methods: Vec<String> =
            interface.functions.values().filter(of).map(|one| format!("  {};\n", writer.function(one))).collect();
        let _ = write!(writer.out, "\nexport interface {} {{\n{}}}\n", camel(resource, true), methods.concat());
        let fixed =
            interface.functions.values().filter(|one| matches!(one.kind, FunctionKind::Static(of) if of == *id));
        let fixed: Vec<String> = fixed.map(|one| format!("    {};\n", writer.function(one))).collect();
        let class = format!("  {}: {{\n{}  }};\n", camel(resource, true), fixed.concat());
        let _ = write!(writer.out, "\nexport interface {} {{\n{class}}}\n", camel(name, true));
    }
}

/// What the host lends: a module for each interface.
fn imported(writer: &mut Writer<'_>, address: &str, interface: &Interface) {
    let functions: Vec<String> =
        interface.functions.values().map(|one| format!("    {};\n", writer.function(one))).collect();
    let names: Vec<&str> =
        writer.written.keys().map(String::as_str).filter(|name| functions.concat().contains(*name)).collect();
    let import = if names.is_empty() {
        String::new()
    } else {
        format!("  import type {{ {} }} from \"./rialto\";\n", names.join(", "))
    };
    let _ = write!(
        writer.out,
        "\ndeclare module \"{address}\" {{\n{import}  const host: {{\n{}  }};\n  export default host;\n}}\n",
        functions.concat()
    );
}

fn made() -> String {
    let resolve = resolved();
    let mut writer = Writer { resolve: &resolve, out: HEAD.to_owned(), written: BTreeMap::new() };
    for (_, interface) in resolve.interfaces.iter() {
        writer.types(interface);
    }
    let (mut imports, mut exports) = (BTreeMap::new(), BTreeMap::new());
    for (_, world) in resolve.worlds.iter() {
        for (from, items) in [(true, &world.imports), (false, &world.exports)] {
            for (key, item) in items {
                if let WorldItem::Interface { id, .. } = item {
                    let name = resolve.name_world_key(key);
                    if from { &mut imports } else { &mut exports }.insert(name, *id);
                }
            }
        }
    }
    for (name, id) in &exports {
        let short = name.split(['/', '@']).nth(1).unwrap();
        exported(&mut writer, short, &resolve.interfaces[*id]);
    }
    for (name, id) in imports
        .iter()
        .filter(|(name, id)| !exports.contains_key(*name) && !resolve.interfaces[**id].functions.is_empty())
    {
        imported(&mut writer, name, &resolve.interfaces[*id]);
    }
    writer.out
}

#[test]
fn the_types_are_those_of_the_contract() {
    let (made, file) = (made(), root().join(FILE));
    #[allow(clippy::disallowed_methods, reason = "whoever runs the test says so")]
    if std::env::var_os("RIALTO_WRITE_TYPES").is_some() {
        std::fs::write(&file, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(kept, made, "{FILE} is not what the contract makes of it: run this test with RIALTO_WRITE_TYPES=1");
}
