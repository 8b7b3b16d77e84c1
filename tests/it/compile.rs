//! Compiling in a limited process: a component made to exhaust a compiler costs
//! an error that names the limit, and the host's own memory does not move.

use crate::{guests::Guest, plugins::Lab, real::program};
use rialto_plugin_host::{CompileChild, HostConfig, LimitName, LoadError};
use std::fmt::Write as _;

/// The host of a test whose plugins are compiled by the real program, within
/// these bounds.
fn lab(memory_bytes: u64, cpu_s: u64, wall_ms: u64) -> Lab {
    let child = CompileChild { memory_bytes, cpu_s, ..CompileChild::of(program(), "compile-component") };
    Lab::with(HostConfig {
        compile_child: Some(child),
        compile_ms: wall_ms,
        package_bytes: 64 << 20,
        ..HostConfig::default()
    })
}

/// Bytes of memory that this process has in use.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    text.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

/// One function with a jump of so many targets, so many times over.
fn wide_jumps(targets: usize, times: usize) -> Guest {
    let mut body = String::new();
    for _ in 0..times {
        body.push_str("(block $out ");
        let labels = "$out ".repeat(targets);
        let _ = write!(body, "(br_table {labels} (local.get 0)))");
    }
    Guest { extra: format!("(func (export \"wide\") (param i32) {body})"), ..Guest::default() }
}

/// One function of so many dependent steps, each kept alive to its end.
fn giant(steps: usize) -> Guest {
    let mut body = String::new();
    for n in 0..steps {
        let _ = write!(
            body,
            "(local.set {} (i64.mul (local.get {}) (i64.xor (local.get {}) (i64.const {n}))))",
            n % 2_000,
            (n * 7) % 2_000,
            (n * 13 + 5) % 2_000
        );
    }
    let locals = "i64 ".repeat(2_000);
    Guest { extra: format!("(func (export \"giant\") (local {locals}) {body})"), ..Guest::default() }
}

/// So many small functions.
fn many(count: usize) -> Guest {
    let one = "(func (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))";
    Guest { extra: one.repeat(count), ..Guest::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_healthy_plugin_is_compiled_in_the_child_and_runs() {
    let lab = lab(1 << 30, 20, 60_000);
    lab.healthy().await;
    let broken = wat::parse_str("(component)").unwrap();
    assert!(matches!(lab.host.precompile(broken).await, Err(LoadError::Package(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bomb_costs_an_error_that_names_the_limit() {
    // Small bounds, so that the bombs are small; each passes one of them.
    type Bomb = (&'static str, Vec<u8>, (u64, u64, u64), &'static [LimitName]);
    let bombs: [Bomb; 4] = [
        ("a wide jump, often", wide_jumps(40_000, 40).report(), (96 << 20, 60, 120_000), &[LimitName::CompileMemory]),
        ("a giant function", giant(120_000).report(), (96 << 20, 60, 120_000), &[LimitName::CompileMemory]),
        ("a giant function, slowly", giant(120_000).report(), (4 << 30, 1, 120_000), &[LimitName::CompileCpu]),
        ("many functions, at once", many(60_000).report(), (4 << 30, 60, 150), &[LimitName::CompileWall]),
    ];
    println!("| bomb | bytes | limit named | host memory moved |\n| --- | --- | --- | --- |");
    for (what, bytes, (memory, cpu, wall), expected) in bombs {
        let lab = lab(memory, cpu, wall);
        let size = bytes.len();
        // What reading the file takes is not the compiler's.
        lab.host.inspect(&bytes).unwrap();
        let before = resident();
        let why = lab.host.precompile(bytes).await.unwrap_err();
        let moved = resident().saturating_sub(before);
        let LoadError::CompileLimit { name, .. } = &why else { panic!("{what}: {why}") };
        assert!(expected.contains(name), "{what}: {why}");
        assert!(why.to_string().contains(name.as_str()), "{why}");
        println!("| {what} | {size} | {name} | {moved} |");
        assert!(moved < 32 << 20, "{what}: the host grew by {moved} bytes");
    }
}

/// A child that says nonsense, or is not there, is the host's failure and not
/// the plugin's.
#[tokio::test]
async fn a_child_that_is_not_there_is_told_apart() {
    let child = CompileChild::of("/nowhere/rialto".into(), "compile-component");
    let lab = Lab::with(HostConfig { compile_child: Some(child), ..HostConfig::default() });
    let why = lab.host.precompile(Guest::default().report()).await.unwrap_err();
    assert!(matches!(why, LoadError::Host(_)), "{why}");
    let liar = CompileChild { arguments: vec!["not code".to_owned()], ..CompileChild::of("/bin/echo".into(), "") };
    let lab = Lab::with(HostConfig { compile_child: Some(liar), ..HostConfig::default() });
    let why = lab.host.precompile(Guest::default().report()).await.unwrap_err();
    assert!(matches!(why, LoadError::Host(_)), "{why}");
}
