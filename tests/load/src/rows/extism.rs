//! A guarded run beside Extism on the same work: about a kilobyte in, turned
//! eight bytes at a time, as many out. Extism runs in a process of its own
//! (`peer-extism`), for it brings another wasmtime; both take turns.

use super::run::Times;
use crate::{
    Bench,
    figure::{Figure, Reference, Samples, Target},
    guests::Guest,
};
use anyhow::{Context as _, ensure};
use rialto_contract::report;
use rialto_kernel::{Id, Keys, OsRandom, SystemClock, WorkspaceId};
use rialto_plugin_host::{Grants, HostConfig, LoadedPlugin, PluginHost, PluginKind, RunRequest};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::Arc,
    time::Instant,
};

/// Bytes in, and as many out.
const BYTES: usize = 1024;
/// Calls before it is the other's turn.
const TURN: usize = 50;
/// The version that `peer-extism` is built with.
const NAME: &str = "extism 1.30";

/// Measure it.
///
/// # Errors
/// When the guest does not run, or Extism's does not answer.
pub async fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let ours = Ours::new().await?;
    let mut peer = bench.peer.as_deref().map(Peer::start).transpose()?;
    let turns = bench.size(3_000, 50) / TURN;
    let (mut guarded, mut fresh, mut reused) = (Times::default(), Times::default(), Times::default());
    // The first round warms both up and is not counted.
    for round in 0..=bench.repetitions() {
        let (mut run, mut made, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..turns {
            run.extend(ours.calls(TURN).await?);
            if let Some(peer) = &mut peer {
                made.extend(peer.calls("fresh", TURN)?);
                kept.extend(peer.calls("reused", TURN)?);
            }
        }
        if round > 0 {
            guarded.add(run);
            if peer.is_some() {
                fresh.add(made);
                reused.add(kept);
            }
        }
    }
    Ok(figures(&guarded, peer.is_some().then_some((&fresh, &reused)), turns * TURN))
}

fn figures(guarded: &Times, theirs: Option<(&Times, &Times)>, calls: usize) -> Vec<Figure> {
    let line = |what: &str, ours: Samples, who: &str, theirs: Option<Samples>, target| Figure {
        what: format!("guarded run, 1 kB turned, {what}"),
        unit: "µs",
        ours,
        reference: theirs.map(|samples| Reference { name: format!("{NAME}, {who}"), samples }),
        target,
        note: String::new(),
    };
    let (fresh, reused) = (theirs.map(|(fresh, _)| fresh), theirs.map(|(_, reused)| reused));
    let made = "made, called, gone";
    let mut median = line("p50", guarded.p50(), made, fresh.map(Times::p50), Target::TimesAtMost(1.0));
    median.note = match theirs {
        Some(_) => format!(
            "{calls} calls a repetition, {TURN} by turns; each side compiled beforehand, each at its own settings: no time-out and no \
             memory bound is set for Extism, ours has all of its own"
        ),
        None => "peer-extism is not at hand (no --peer): nothing is claimed".to_owned(),
    };
    let mut again =
        line("p50, beside an instance kept", guarded.p50(), "instance kept", reused.map(Times::p50), Target::Told);
    again.note =
        "Extism's instance stays and keeps what the call before left in it; ours is fresh every time".to_owned();
    vec![median, line("p99", guarded.p99(), made, fresh.map(Times::p99), Target::Told), again]
}

/// The guarded side.
struct Ours {
    host: PluginHost,
    plugin: LoadedPlugin,
    input: String,
    wanted: String,
}

impl Ours {
    async fn new() -> anyhow::Result<Self> {
        let host =
            PluginHost::new(HostConfig::default(), Keys::new([7; 32]), Arc::new(SystemClock), Arc::new(OsRandom))?;
        let plugin = host.load(guest(), &Grants::default()).await?;
        let input: String = ('a'..='z').cycle().take(BYTES).collect();
        let wanted = input.to_ascii_uppercase();
        Ok(Self { host, plugin, input, wanted })
    }

    /// How long each of some calls took, in microseconds.
    async fn calls(&self, count: usize) -> anyhow::Result<Vec<f64>> {
        let mut took_us = Vec::with_capacity(count);
        for _ in 0..count {
            let began = Instant::now();
            self.call().await?;
            took_us.push(began.elapsed().as_secs_f64() * 1e6);
        }
        Ok(took_us)
    }

    async fn call(&self) -> anyhow::Result<()> {
        let request = RunRequest::new(&self.plugin, PluginKind::Report, WorkspaceId(Id::nil()), Id::nil());
        let mut run = self.host.run(request).await?;
        let document = report::build(&mut run, "", "", &self.input).await?;
        let finished = run.finish().await;
        ensure!(document.title == self.wanted && finished.record.error.is_none(), "the guest answered otherwise");
        Ok(())
    }
}

/// A report whose title is its parameters in capital letters.
fn guest() -> Vec<u8> {
    let turn = "(func $turn (param $in i32) (param $bytes i32) (result i32)
    (local $out i32) (local $at i32)
    (local.set $out (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (local.get $bytes)))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $at) (local.get $bytes)))
      (i64.store (i32.add (local.get $out) (local.get $at))
        (i64.xor (i64.load (i32.add (local.get $in) (local.get $at))) (i64.const 0x2020202020202020)))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br $next)))
    (local.get $out))";
    let answer = "(i32.store (i32.const 3080) (call $turn (local.get 4) (local.get 5)))
    (i32.store (i32.const 3084) (local.get 5))";
    Guest { extra: turn.into(), answer: answer.into(), ..Guest::default() }.report()
}

/// Extism, in its own process.
struct Peer {
    child: Child,
    say: Option<ChildStdin>,
    hear: BufReader<ChildStdout>,
}

impl Peer {
    fn start(program: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new(program);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("{} cannot be started", program.display()))?;
        let say = child.stdin.take();
        let hear = child.stdout.take().context("peer-extism has no output")?;
        Ok(Self { child, say, hear: BufReader::new(hear) })
    }

    /// How long each of some calls took, in microseconds.
    fn calls(&mut self, how: &str, count: usize) -> anyhow::Result<Vec<f64>> {
        let say = self.say.as_mut().context("peer-extism does not listen")?;
        writeln!(say, "{how} {count}")?;
        say.flush()?;
        let mut line = String::new();
        self.hear.read_line(&mut line)?;
        let took_us: Vec<f64> =
            serde_json::from_str(&line).context("peer-extism ended: what it says of it stands above")?;
        ensure!(took_us.len() == count, "peer-extism measured {} calls of {count}", took_us.len());
        Ok(took_us)
    }
}

impl Drop for Peer {
    /// It ends when nothing more can come.
    fn drop(&mut self) {
        drop(self.say.take());
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// Our side runs and answers rightly; without the other nothing is claimed.
    #[tokio::test]
    async fn without_extism_nothing_is_claimed() {
        let nowhere = PathBuf::new();
        let bench =
            Bench { root: nowhere.clone(), host: nowhere.clone(), own: nowhere, python: None, peer: None, quick: true };
        let figures = measure(&bench).await.unwrap();
        assert_eq!(figures.len(), 3);
        for figure in &figures {
            assert!(figure.ours.median() > 0.0 && figure.holds().is_none(), "{figure:?}");
        }
        assert!(figures[0].note.contains("nothing is claimed"), "{}", figures[0].note);
    }

    #[test]
    fn extism_is_held_to_by_its_fresh_call() {
        let times = |us: f64| {
            let mut times = Times::default();
            times.add(vec![us; 3]);
            times
        };
        let (ours, fresh, kept) = (times(40.0), times(80.0), times(4.0));
        let figures = figures(&ours, Some((&fresh, &kept)), 3);
        assert_eq!(figures.iter().map(Figure::holds).collect::<Vec<_>>(), [Some(true), None, None]);
        assert_eq!(figures[2].ratio().unwrap().median(), 10.0);
    }
}
