//! Virtual WASI, linked interface by interface: no files, environment or
//! sockets; the clock is the run's logical time, randomness is seeded by the
//! host's key and the run's id, stdout and stderr are log lines. The same
//! version with the same input sees the same world.

use crate::{logbook::LogBook, run::RunState};
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use wasmtime::component::{HasData, HasSelf, Linker, Resource, ResourceTable};
use wasmtime_wasi::{
    cli::{WasiCli, WasiCliCtx, WasiCliCtxView},
    filesystem::{WasiFilesystem, WasiFilesystemCtx, WasiFilesystemCtxView},
    p2::{
        DynOutputStream, DynPollable, OutputStream, Pollable, StreamError,
        bindings::{
            cli::{
                environment, exit, stderr, stdin, stdout, terminal_input, terminal_output, terminal_stderr,
                terminal_stdin, terminal_stdout,
            },
            clocks::{monotonic_clock, wall_clock},
            filesystem,
            random::{insecure, insecure_seed, random},
        },
        subscribe,
    },
};

/// The most random bytes one call gives.
const RANDOM_BYTES_MAX: u64 = 64 * 1024;
/// The most a stream takes in one write.
const WRITE_BYTES_MAX: usize = 64 * 1024;

/// The world that one run sees.
pub(crate) struct VirtualWasi {
    cli: WasiCliCtx,
    filesystem: WasiFilesystemCtx,
    now_ns: u64,
    random: RunRandom,
    log: LogBook,
}

impl VirtualWasi {
    pub(crate) fn new(at_us: i64, seed: [u8; 32], log: LogBook) -> Self {
        Self {
            cli: WasiCliCtx::default(),
            filesystem: WasiFilesystemCtx::default(),
            now_ns: u64::try_from(at_us).unwrap_or(0).saturating_mul(1_000),
            random: RunRandom { seed, block: 0 },
            log,
        }
    }

    /// Logical time. Each look moves it on by a microsecond, so that a loop
    /// that waits for time to pass ends, and ends the same way every time.
    fn look_at_clock(&mut self) -> u64 {
        self.now_ns = self.now_ns.saturating_add(1_000);
        self.now_ns
    }
}

/// HMAC-SHA-256 in counter mode over the run's seed.
struct RunRandom {
    seed: [u8; 32],
    block: u64,
}

impl RunRandom {
    fn bytes(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(len + 32);
        while bytes.len() < len {
            let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.seed) else { break };
            mac.update(&self.block.to_le_bytes());
            self.block += 1;
            bytes.extend_from_slice(&mac.finalize().into_bytes());
        }
        bytes.truncate(len);
        bytes
    }

    fn number(&mut self) -> u64 {
        let mut eight = [0; 8];
        eight.copy_from_slice(&self.bytes(8));
        u64::from_le_bytes(eight)
    }
}

/// Link every interface of the virtual world, and nothing else of WASI.
pub(crate) fn link(linker: &mut Linker<RunState>) -> wasmtime::Result<()> {
    use wasmtime_wasi_io::bindings::wasi::io;
    io::error::add_to_linker::<RunState, Io>(linker, |state| &mut state.table)?;
    io::poll::add_to_linker::<RunState, Io>(linker, |state| &mut state.table)?;
    io::streams::add_to_linker::<RunState, Io>(linker, |state| &mut state.table)?;
    environment::add_to_linker::<RunState, WasiCli>(linker, cli)?;
    exit::add_to_linker::<RunState, WasiCli>(linker, cli)?;
    stdin::add_to_linker::<RunState, WasiCli>(linker, cli)?;
    terminal_input::add_to_linker::<RunState, WasiCli>(linker, cli)?;
    terminal_output::add_to_linker::<RunState, WasiCli>(linker, cli)?;
    terminal_stdin::add_to_linker::<RunState, WasiCli>(linker, cli)?;
    terminal_stdout::add_to_linker::<RunState, WasiCli>(linker, cli)?;
    terminal_stderr::add_to_linker::<RunState, WasiCli>(linker, cli)?;
    filesystem::preopens::add_to_linker::<RunState, WasiFilesystem>(linker, files)?;
    filesystem::types::add_to_linker::<RunState, WasiFilesystem>(linker, files)?;
    stdout::add_to_linker::<RunState, HasSelf<RunState>>(linker, |state| state)?;
    stderr::add_to_linker::<RunState, HasSelf<RunState>>(linker, |state| state)?;
    monotonic_clock::add_to_linker::<RunState, HasSelf<RunState>>(linker, |state| state)?;
    wall_clock::add_to_linker::<RunState, HasSelf<RunState>>(linker, |state| state)?;
    random::add_to_linker::<RunState, HasSelf<RunState>>(linker, |state| state)?;
    insecure::add_to_linker::<RunState, HasSelf<RunState>>(linker, |state| state)?;
    insecure_seed::add_to_linker::<RunState, HasSelf<RunState>>(linker, |state| state)?;
    Ok(())
}

struct Io;

impl HasData for Io {
    type Data<'a> = &'a mut ResourceTable;
}

fn cli(state: &mut RunState) -> WasiCliCtxView<'_> {
    WasiCliCtxView { ctx: &mut state.wasi.cli, table: &mut state.table }
}

fn files(state: &mut RunState) -> WasiFilesystemCtxView<'_> {
    WasiFilesystemCtxView { ctx: &mut state.wasi.filesystem, table: &mut state.table }
}

/// A stream whose text becomes log lines; it never refuses and never blocks.
struct LogStream {
    log: LogBook,
    level: &'static str,
}

#[wasmtime_wasi::async_trait]
impl Pollable for LogStream {
    async fn ready(&mut self) {}
}

impl OutputStream for LogStream {
    fn write(&mut self, bytes: Bytes) -> Result<(), StreamError> {
        self.log.text(self.level, &bytes);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StreamError> {
        Ok(())
    }

    fn check_write(&mut self) -> Result<usize, StreamError> {
        Ok(WRITE_BYTES_MAX)
    }
}

impl RunState {
    fn log_stream(&mut self, level: &'static str) -> wasmtime::Result<Resource<DynOutputStream>> {
        let stream: DynOutputStream = Box::new(LogStream { log: self.wasi.log.clone(), level });
        Ok(self.table.push(stream)?)
    }
}

impl stdout::Host for RunState {
    fn get_stdout(&mut self) -> wasmtime::Result<Resource<DynOutputStream>> {
        self.log_stream("info")
    }
}

impl stderr::Host for RunState {
    fn get_stderr(&mut self) -> wasmtime::Result<Resource<DynOutputStream>> {
        self.log_stream("warn")
    }
}

/// Ready at once: waiting moves the logical clock, nothing else.
struct Ready;

#[wasmtime_wasi::async_trait]
impl Pollable for Ready {
    async fn ready(&mut self) {}
}

impl monotonic_clock::Host for RunState {
    fn now(&mut self) -> wasmtime::Result<u64> {
        Ok(self.wasi.look_at_clock())
    }

    fn resolution(&mut self) -> wasmtime::Result<u64> {
        Ok(1_000)
    }

    fn subscribe_instant(&mut self, when: u64) -> wasmtime::Result<Resource<DynPollable>> {
        self.wasi.now_ns = self.wasi.now_ns.max(when);
        let ready = self.table.push(Ready)?;
        subscribe(&mut self.table, ready)
    }

    fn subscribe_duration(&mut self, duration: u64) -> wasmtime::Result<Resource<DynPollable>> {
        let when = self.wasi.now_ns.saturating_add(duration);
        self.subscribe_instant(when)
    }
}

impl wall_clock::Host for RunState {
    fn now(&mut self) -> wasmtime::Result<wall_clock::Datetime> {
        let now = self.wasi.look_at_clock();
        let nanoseconds = u32::try_from(now % 1_000_000_000).unwrap_or(0);
        Ok(wall_clock::Datetime { seconds: now / 1_000_000_000, nanoseconds })
    }

    fn resolution(&mut self) -> wasmtime::Result<wall_clock::Datetime> {
        Ok(wall_clock::Datetime { seconds: 0, nanoseconds: 1_000 })
    }
}

impl RunState {
    fn random_bytes(&mut self, len: u64) -> wasmtime::Result<Vec<u8>> {
        if len > RANDOM_BYTES_MAX {
            return Err(wasmtime::Error::msg(format!("more than {RANDOM_BYTES_MAX} random bytes in one call")));
        }
        Ok(self.wasi.random.bytes(usize::try_from(len).unwrap_or(0)))
    }
}

impl random::Host for RunState {
    fn get_random_bytes(&mut self, len: u64) -> wasmtime::Result<Vec<u8>> {
        self.random_bytes(len)
    }

    fn get_random_u64(&mut self) -> wasmtime::Result<u64> {
        Ok(self.wasi.random.number())
    }
}

impl insecure::Host for RunState {
    fn get_insecure_random_bytes(&mut self, len: u64) -> wasmtime::Result<Vec<u8>> {
        self.random_bytes(len)
    }

    fn get_insecure_random_u64(&mut self) -> wasmtime::Result<u64> {
        Ok(self.wasi.random.number())
    }
}

impl insecure_seed::Host for RunState {
    fn insecure_seed(&mut self) -> wasmtime::Result<(u64, u64)> {
        Ok((self.wasi.random.number(), self.wasi.random.number()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_bytes_however_they_are_asked_for() {
        let random = |seed| RunRandom { seed: [seed; 32], block: 0 };
        assert_eq!(random(1).bytes(100), random(1).bytes(100));
        assert_ne!(random(1).bytes(32), random(2).bytes(32));
        let mut one = random(1);
        assert_ne!(one.bytes(32), one.bytes(32));
    }
}
