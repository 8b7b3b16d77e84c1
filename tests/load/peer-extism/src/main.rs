//! Extism doing what a guarded run is measured with: a plug-in takes some bytes
//! in, turns them and answers as many. `fresh N` or `reused N` comes in a line,
//! and the microseconds of N calls go out in one, as JSON. Nothing is written in
//! and nothing else is said.

use anyhow::{Context as _, bail, ensure};
use extism::{CompiledPlugin, Plugin, PluginBuilder};
use std::{
    io::{BufRead as _, stdin},
    time::Instant,
};

/// Bytes in, and as many out: eight at a time, as the row's own guest does it.
const BYTES: usize = 1024;
/// What turns a small letter into a capital one.
const TURN: u8 = 0x20;

/// Through Extism's own memory: its input is read and its output written by
/// the functions that it lends.
const GUEST: &str = r#"(module
  (import "extism:host/env" "input_length" (func $length (result i64)))
  (import "extism:host/env" "input_load_u64" (func $load (param i64) (result i64)))
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u64" (func $store (param i64 i64)))
  (import "extism:host/env" "output_set" (func $output (param i64 i64)))
  (memory (export "memory") 2)
  (func (export "turn") (result i32)
    (local $bytes i64) (local $out i64) (local $at i64)
    (local.set $bytes (call $length))
    (local.set $out (call $alloc (local.get $bytes)))
    (block $done (loop $next
      (br_if $done (i64.ge_u (local.get $at) (local.get $bytes)))
      (call $store (i64.add (local.get $out) (local.get $at))
        (i64.xor (call $load (local.get $at)) (i64.const 0x2020202020202020)))
      (local.set $at (i64.add (local.get $at) (i64.const 8)))
      (br $next)))
    (call $output (local.get $out) (local.get $bytes))
    (i32.const 0)))"#;

fn main() -> anyhow::Result<()> {
    let compiled = CompiledPlugin::new(PluginBuilder::new(wat::parse_str(GUEST)?))?;
    let mut kept = Plugin::new_from_compiled(&compiled)?;
    let input: Vec<u8> = (b'a'..=b'z').cycle().take(BYTES).collect();
    let wanted: Vec<u8> = input.iter().map(|byte| byte ^ TURN).collect();
    for line in stdin().lock().lines() {
        let line = line?;
        let (how, count) = line.split_once(' ').context("say `fresh N` or `reused N`")?;
        let count: usize = count.trim().parse()?;
        let mut took_us = Vec::with_capacity(count);
        for _ in 0..count {
            let began = Instant::now();
            match how {
                // As the guarded run has it: made, called and gone.
                "fresh" => {
                    let mut plugin = Plugin::new_from_compiled(&compiled)?;
                    turn(&mut plugin, &input, &wanted)?;
                }
                "reused" => turn(&mut kept, &input, &wanted)?,
                other => bail!("there is no `{other}`: say `fresh N` or `reused N`"),
            }
            took_us.push(began.elapsed().as_secs_f64() * 1e6);
        }
        println!("{}", serde_json::to_string(&took_us)?);
    }
    Ok(())
}

fn turn(plugin: &mut Plugin, input: &[u8], wanted: &[u8]) -> anyhow::Result<()> {
    let answer: &[u8] = plugin.call("turn", input)?;
    ensure!(answer == wanted, "the plug-in answered {} bytes, and not those that were asked for", answer.len());
    Ok(())
}
