//! What wasmtime says of an end, as a typed error with the name of the bound.
//! No text of the engine's linker or of its backtraces leaves this file.

use super::RunState;
use crate::{
    engine::WASM_STACK_BYTES,
    error::RunError,
    limits::{LimitName, Limits},
    run::bounds::COUNTS_MAX,
};
use wasmtime::{Trap, WasmBacktrace};

/// The longest detail kept.
const DETAIL_CHARS_MAX: usize = 300;

pub(crate) fn classify(cause: &wasmtime::Error, state: &mut RunState, entry: &str, limits: &Limits) -> RunError {
    if let Some(why) = state.trip.take() {
        return why;
    }
    let over = |name, limit, used| RunError::Limit { entry: entry.to_owned(), name, limit, used };
    if cause.downcast_ref::<Trap>() == Some(&Trap::StackOverflow) {
        return over(LimitName::Stack, WASM_STACK_BYTES as u64, WASM_STACK_BYTES as u64);
    }
    let text = root_text(cause);
    // While the guest runs there is a backtrace; none means that the guest
    // had returned and its answer was being read.
    let in_guest = cause.downcast_ref::<WasmBacktrace>().is_some();
    if text.contains("fuel allocated for hostcalls") {
        let transfer = limits.host_call_bytes.max(limits.output_bytes);
        return if in_guest {
            over(LimitName::HostCallBytes, limits.host_call_bytes, transfer + 1)
        } else {
            over(LimitName::OutputBytes, limits.output_bytes, transfer + 1)
        };
    }
    if text.contains("count too high") {
        return over(LimitName::Instances, COUNTS_MAX, COUNTS_MAX + 1);
    }
    if text.contains("handle limit exceeded") || text.contains("resource table has no free keys") {
        return over(LimitName::Handles, limits.handles, limits.handles + 1);
    }
    if let Some(denied) = state.bounds.denied() {
        return over(denied.name, denied.limit, denied.wanted);
    }
    if cause.downcast_ref::<wasmtime_wasi::I32Exit>().is_some() {
        return trap(entry, "it called exit");
    }
    match cause.downcast_ref::<Trap>() {
        Some(trapped) => trap(entry, trapped.to_string().trim_start_matches("wasm trap: ")),
        None if in_guest => trap(entry, &text),
        None => RunError::WrongAnswer { entry: entry.to_owned(), detail: short(&text) },
    }
}

fn trap(entry: &str, detail: &str) -> RunError {
    RunError::Trap { entry: entry.to_owned(), detail: short(detail) }
}

fn root_text(cause: &wasmtime::Error) -> String {
    cause.root_cause().to_string()
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(DETAIL_CHARS_MAX).collect()
}
