//! Builds guests for tests: text of a core module in, component of our
//! contract out. A test replaces the part where it wants to misbehave.

use std::path::PathBuf;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

const WORLDS: &str = "
    package test:guests;
    world deliverer { include rialto:connector/plugin@0.1.0; include rialto:connector/delivers@0.1.0; }
    world reporter { include rialto:report/plugin@0.1.0; }
    world splitter { include rialto:attribution/plugin-with-split@0.1.0; }
    world attributor { include rialto:attribution/plugin@0.1.0; }
    world recommender { include rialto:recommender/plugin@0.1.0; }
    world socketed { include rialto:report/plugin@0.1.0; import wasi:sockets/tcp@0.2.6; }
    world wasied { include rialto:report/plugin@0.1.0; import wasi:random/random@0.2.6; import wasi:clocks/wall-clock@0.2.6; }
    interface odd { use evil:corp/types@1.0.0.{thing}; f: func() -> thing; }
    world typed { include rialto:report/plugin@0.1.0; export odd; }
    world newer { include rialto:report/plugin@0.1.0; import rialto:later/later@0.9.0; }
";

/// Packages that this host does not provide.
const STRANGERS: &[&str] = &[
    "package wasi:sockets@0.2.6; interface tcp { steal: func(); }",
    "package evil:corp@1.0.0; interface types { record thing { a: u32 } }",
    "package rialto:later@0.9.0; interface later { see: func(); }",
    "package wasi:random@0.2.6; interface random { get-random-bytes: func(len: u64) -> list<u8>; }",
    "package wasi:clocks@0.2.6; interface wall-clock { record datetime { seconds: u64, nanoseconds: u32 } now: func() -> datetime; }",
];

/// The folder that holds the contract, found upwards from the crate's own.
fn wit() -> PathBuf {
    let mut dir = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    while !dir.join("wit/types").is_dir() {
        assert!(dir.pop(), "the contract is above every crate");
    }
    dir.join("wit")
}

/// Encode a core module as a component of this world.
pub fn component(world: &str, text: &str) -> Vec<u8> {
    component_of(&[], world, text)
}

/// The same against a contract that reads otherwise: each pair is replaced in
/// every package, in the worlds and in the module.
pub fn component_of(edits: &[(String, String)], world: &str, text: &str) -> Vec<u8> {
    let edited = |text: &str| edits.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    let mut resolve = Resolve::default();
    let wit = wit();
    let parts = ["types", "host/log", "host/http", "host/mail", "host/state", "host/query"];
    let kinds = ["kind/connector", "kind/attribution", "kind/recommender", "kind/report"];
    for part in parts.iter().chain(&kinds) {
        let name = part.rsplit('/').next().unwrap();
        let text = std::fs::read_to_string(wit.join(part).join(format!("{name}.wit"))).unwrap();
        resolve.push_str(name, &edited(&text)).unwrap_or_else(|cause| panic!("{part}: {cause:?}"));
    }
    for stranger in STRANGERS {
        resolve.push_str("stranger.wit", stranger).unwrap();
    }
    let package = resolve.push_str("worlds.wit", &edited(WORLDS)).unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    let mut module = wat::parse_str(edited(text)).unwrap_or_else(|cause| panic!("{cause}\n{text}"));
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().validate(true).module(&module).unwrap().encode().unwrap()
}

/// The packages of the contract, in the order they need each other.
const PACKAGES: [&str; 10] = [
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

/// A component of the world `guest` of a text that may bring packages of its
/// own, in place of the contract's where they have its names. Every import is
/// used and every export traps: it is there to be looked at.
pub fn dummy(text: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let (wit, mut text) = (wit(), text.to_owned());
    for package in PACKAGES {
        let name = package.rsplit('/').next().unwrap_or(package);
        match own(&mut text, &format!("package rialto:{name}@0.1.0")) {
            Some(own) => resolve.push_str("own.wit", &own).unwrap(),
            None => resolve.push_path(wit.join(package)).unwrap().0,
        };
    }
    let package = resolve.push_str("guest.wit", &text).unwrap();
    let world = resolve.select_world(&[package], Some("guest")).unwrap();
    let mut module = wit_component::dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().validate(true).module(&module).unwrap().encode().unwrap()
}

/// A package of a text's own, taken out of it: `head` and its braces.
fn own(text: &mut String, head: &str) -> Option<String> {
    let begin = text.find(&format!("{head} {{"))?;
    let end = begin + text[begin..].find("\n}\n")?;
    let inner = text[begin + head.len() + 2..end].to_owned();
    text.replace_range(begin..end + 3, "");
    Some(format!("{head};\n{inner}\n"))
}

/// A guest of some kind, healthy until a part is replaced.
pub struct Guest {
    /// Imports of the core module.
    pub imports: String,
    /// What runs first in the entry under test.
    pub body: String,
    /// What runs first in the entry before it: `describe`, or `start`.
    pub before: String,
    /// What runs first in `observe`, between the two.
    pub between: String,
    /// What runs first in `cabi_realloc`.
    pub realloc: String,
    /// Further module fields.
    pub extra: String,
    /// Limits of the memory: pages.
    pub memory: String,
    /// What the entry under test answers; see each kind.
    pub answer: String,
    /// How the contract it is built against reads otherwise.
    pub contract: Vec<(String, String)>,
}

impl Default for Guest {
    fn default() -> Self {
        Self {
            imports: String::new(),
            body: String::new(),
            before: String::new(),
            between: String::new(),
            realloc: String::new(),
            extra: String::new(),
            memory: "2".into(),
            answer: String::new(),
            contract: Vec::new(),
        }
    }
}

impl Guest {
    fn frame(&self, functions: &str) -> String {
        let Self { imports, realloc, extra, memory, .. } = self;
        format!(
            r#"(module
  {imports}
  (memory (export "memory") {memory})
  (global $free (mut i32) (i32.const 65536))
  (data (i32.const 1024) "report")
  (data (i32.const 1040) "{{}}")
  (data (i32.const 1048) "accepted")
  (data (i32.const 1064) "email")
  (data (i32.const 1072) "\28\04\00\00\05\00\00\00")
  (func $realloc (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    {realloc}
    (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.set $free (i32.add (local.get $at) (local.get 3)))
    (if (i32.gt_u (global.get $free) (i32.mul (memory.size) (i32.const 65536)))
      (then (drop (memory.grow (i32.add (i32.div_u (local.get 3) (i32.const 65536)) (i32.const 1))))))
    (local.get $at))
  {functions}
  {extra})"#
        )
    }

    /// A report. `answer` may overwrite the result at 3072: the case at 0, the
    /// title at 8, the blocks at 16, the options at 24.
    pub fn report(&self) -> Vec<u8> {
        self.report_in("reporter")
    }

    /// A report of another world.
    pub fn report_in(&self, world: &str) -> Vec<u8> {
        let Self { body, answer, before, .. } = self;
        component_of(
            &self.contract,
            world,
            &self.frame(&format!(
                r#"(func (export "rialto:report/report@0.1.0#describe") (param i32 i32) (result i32)
    {before}
    (i32.store (i32.const 2048) (i32.const 1024)) (i32.store (i32.const 2052) (i32.const 6))
    (i32.store (i32.const 2056) (i32.const 1040)) (i32.store (i32.const 2060) (i32.const 2))
    (i32.const 2048))
  (func (export "rialto:report/report@0.1.0#build") (param i32 i32 i32 i32 i32 i32) (result i32)
    (local $n i32)
    {body}
    (i32.store (i32.const 3080) (i32.const 1024)) (i32.store (i32.const 3084) (i32.const 6))
    {answer}
    (i32.const 3072))"#
            )),
        )
    }

    /// A connector that accepts every delivery. `answer` runs with `$list` and
    /// `$count` of the outcomes (80 bytes each: the delivery at 0, the status
    /// at 4) and may change them.
    pub fn connector(&self) -> Vec<u8> {
        let Self { body, answer, before, .. } = self;
        component_of(
            &self.contract,
            "deliverer",
            &self.frame(&format!(
                r#"(func (export "rialto:connector/connector@0.1.0#describe") (result i32)
    {before}
    (i32.store (i32.const 2048) (i32.const 1072)) (i32.store (i32.const 2052) (i32.const 1))
    (i32.store (i32.const 2064) (i32.const 100))
    (i32.const 2048))
  (func (export "rialto:connector/deliver@0.1.0#deliver") (param $in i32) (result i32)
    (local $count i32) (local $list i32) (local $n i32) (local $one i32)
    {body}
    (local.set $count (i32.load offset=28 (local.get $in)))
    (local.set $list (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (i32.mul (local.get $count) (i32.const 80))))
    (memory.fill (local.get $list) (i32.const 0) (i32.mul (local.get $count) (i32.const 80)))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $n) (local.get $count)))
      (local.set $one (i32.add (local.get $list) (i32.mul (local.get $n) (i32.const 80))))
      (i32.store (local.get $one) (local.get $n))
      (i32.store offset=4 (local.get $one) (i32.const 1048))
      (i32.store offset=8 (local.get $one) (i32.const 8))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br $next)))
    {answer}
    (i32.store (i32.const 3080) (local.get $list)) (i32.store (i32.const 3084) (local.get $count))
    (i32.const 3072))"#
            )),
        )
    }

    /// A model that credits everything to the first channel. `answer` runs
    /// with `$share` at the conversions and may change them; `body` runs in
    /// `credit`.
    pub fn attribution(&self) -> Vec<u8> {
        component("attributor", &self.attribution_text())
    }

    fn attribution_text(&self) -> String {
        let Self { body, answer, before, between, .. } = self;
        let mut guest = Self { imports: self.imports.clone(), ..Self::default() };
        guest.imports.push_str(
            r#"(import "[export]rialto:attribution/model@0.1.0" "[resource-new]fit" (func $new (param i32) (result i32)))"#,
        );
        guest.realloc.clone_from(&self.realloc);
        guest.memory.clone_from(&self.memory);
        guest.extra.clone_from(&self.extra);
        if !guest.extra.contains("[dtor]fit") {
            guest.extra.push_str(r#"(func (export "rialto:attribution/model@0.1.0#[dtor]fit") (param i32))"#);
        }
        guest.frame(&format!(
            r#"(global $channels (mut i32) (i32.const 0))
  (global $conversions (mut f64) (f64.const 0))
  (global $value (mut f64) (f64.const 0))
  (func (export "rialto:attribution/model@0.1.0#[static]fit.start") (param i32 i32 i32 i32) (result i32)
    {before}
    (global.set $channels (local.get 3))
    (i32.store (i32.const 2056) (call $new (i32.const 7)))
    (i32.const 2048))
  (func (export "rialto:attribution/model@0.1.0#[method]fit.observe") (param $in i32) (result i32)
    (local $n i32)
    {between}
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $n) (i32.load offset=40 (local.get $in))))
      (global.set $conversions (f64.add (global.get $conversions) (f64.convert_i32_u
        (i32.load (i32.add (i32.load offset=36 (local.get $in)) (i32.mul (local.get $n) (i32.const 4)))))))
      (global.set $value (f64.add (global.get $value)
        (f64.load (i32.add (i32.load offset=52 (local.get $in)) (i32.mul (local.get $n) (i32.const 8))))))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br $next)))
    (i32.const 2560))
  (func (export "rialto:attribution/model@0.1.0#[method]fit.credit") (param i32) (result i32)
    (local $share i32) (local $worth i32)
    {body}
    (local.set $share (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (i32.mul (global.get $channels) (i32.const 8))))
    (local.set $worth (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (i32.mul (global.get $channels) (i32.const 8))))
    (f64.store (local.get $share) (global.get $conversions))
    (f64.store (local.get $worth) (global.get $value))
    {answer}
    (i32.store (i32.const 3080) (local.get $share)) (i32.store (i32.const 3084) (global.get $channels))
    (i32.store (i32.const 3088) (local.get $worth)) (i32.store (i32.const 3092) (global.get $channels))
    (i32.const 3072))"#
        ))
    }

    /// A recommender that ranks the first candidate with the score `answer`,
    /// the text of a float.
    pub fn recommender(&self) -> Vec<u8> {
        let Self { body, answer, .. } = self;
        component(
            "recommender",
            &self.frame(&format!(
                r#"(func (export "rialto:recommender/recommend@0.1.0#recommend") (param $in i32) (result i32)
    {body}
    (f64.store (i32.const 4104) (f64.const {answer}))
    (i32.store (i32.const 3080) (i32.const 4096)) (i32.store (i32.const 3084) (i32.const 1))
    (i32.const 3072))"#
            )),
        )
    }
}

/// The import of `log.write`.
pub const LOG: &str = r#"(import "rialto:log/log@0.1.0" "write" (func $log (param i32 i32 i32 i32 i32 i32)))"#;

/// Scheme, secret, options as JSON texts.
pub type Signing<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

/// A request that a guest sends, written into its memory as the contract lays
/// it out.
#[derive(Default)]
pub struct Sending<'a> {
    pub method: &'a str,
    pub url: &'a str,
    pub headers: &'a [(&'a str, &'a str)],
    pub body: &'a str,
    pub delivery: Option<&'a str>,
    pub signing: Option<Signing<'a>>,
}

/// Where what is sent stands: between the guest's own cells and its heap.
const SENT_AT: usize = 8 * 1024;

/// Bytes with pointers into them, from [`SENT_AT`] on.
#[derive(Default)]
struct Laid(Vec<u8>);

impl Laid {
    fn bytes(&mut self, bytes: &[u8]) -> [u32; 2] {
        while !self.0.len().is_multiple_of(8) {
            self.0.push(0);
        }
        let at = SENT_AT + self.0.len();
        self.0.extend_from_slice(bytes);
        [at as u32, bytes.len() as u32]
    }

    fn words(&mut self, words: &[u32]) -> u32 {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.bytes(&bytes)[0]
    }

    fn pairs(&mut self, pairs: &[(&str, &str)]) -> [u32; 2] {
        let words: Vec<u32> =
            pairs.iter().flat_map(|(a, b)| [self.bytes(a.as_bytes()), self.bytes(b.as_bytes())].concat()).collect();
        [self.words(&words), pairs.len() as u32]
    }

    fn request(&mut self, of: &Sending<'_>) -> u32 {
        let mut words = Vec::new();
        words.extend(self.bytes(of.method.as_bytes()));
        words.extend(self.bytes(of.url.as_bytes()));
        words.extend(self.pairs(of.headers));
        words.extend(self.bytes(of.body.as_bytes()));
        let delivery = of.delivery.map(|text| self.bytes(text.as_bytes()));
        words.extend([u32::from(delivery.is_some())]);
        words.extend(delivery.unwrap_or_default());
        let signing = of.signing.map(|(scheme, secret, options)| {
            [self.bytes(scheme.as_bytes()), self.bytes(secret.as_bytes()), self.pairs(options)].concat()
        });
        words.extend([u32::from(signing.is_some())]);
        words.extend(signing.unwrap_or_else(|| vec![0; 6]));
        words.extend([0, 0, 0, 0]);
        self.words(&words)
    }
}

impl Sending<'_> {
    /// A guest that sends this and writes what comes back, body or fault, into
    /// its log.
    pub fn guest(&self) -> Guest {
        let mut laid = Laid::default();
        let request = laid.request(self);
        let data: String = laid.0.iter().map(|byte| format!("\\{byte:02x}")).collect();
        let send = r#"(import "rialto:http/http@0.1.0" "send-all" (func $send (param i32 i32 i32)))"#;
        // The first answer: its case at 0; a response's body at 20, a fault's
        // message at 16.
        let body = format!(
            "(call $send (i32.const {request}) (i32.const 1) (i32.const 4096))
             (call $log (i32.const 1024) (i32.const 6)
               (i32.load (i32.add (i32.load (i32.const 4096))
                 (select (i32.const 16) (i32.const 20) (i32.load8_u (i32.load (i32.const 4096))))))
               (i32.load (i32.add (i32.load (i32.const 4096))
                 (select (i32.const 20) (i32.const 24) (i32.load8_u (i32.load (i32.const 4096))))))
               (i32.const 0) (i32.const 0))"
        );
        Guest {
            imports: format!("{send}\n{LOG}"),
            body,
            extra: format!("(data (i32.const {SENT_AT}) \"{data}\")"),
            ..Guest::default()
        }
    }
}
