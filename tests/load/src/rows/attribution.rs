//! Attribution over many paths: through the sandbox, beside the same Rust
//! code compiled for this machine, and beside ChannelAttribution (C++, PyPI) on
//! the same file. Reading the file is counted apart.

use crate::{
    Bench,
    figure::{Figure, Reference, Samples, Target},
};
use anyhow::{Context as _, ensure};
use attribution_markov::Markov;
use attribution_rules::Rules;
use rialto_contract::attribution::run_over_paths;
use rialto_kernel::{Id, Keys, OsRandom, SystemClock, WorkspaceId};
use rialto_plugin_host::{Grants, HostConfig, LoadedPlugin, PluginHost, PluginKind, RunRequest};
use rialto_sdk::{
    Attribution,
    attribution::{Columns, Credits, Paths},
};
use rialto_sdk_harness::paths_file::{self, PathsFile};
use std::{
    fmt::Write as _,
    fs::File,
    io::{BufReader, BufWriter, Write as _},
    path::Path,
    sync::Arc,
    time::Instant,
};

/// Channels of the made file.
const CHANNELS: [&str; 12] = [
    "email",
    "sms",
    "paid_search",
    "organic_search",
    "display",
    "social",
    "affiliate",
    "direct",
    "referral",
    "video",
    "push",
    "in_store",
];
/// How far sandbox and machine may differ, relative to the credit.
const TOLERANCE: f64 = 1e-9;

/// Measure it.
///
/// # Errors
/// When a model does not run, or sandbox and machine differ.
pub async fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let folder = bench.folder()?;
    let file = folder.path().join("paths.csv");
    write_paths(&file, bench.size(1_000_000, 5_000))?;
    let mut parse_s = Vec::new();
    let mut paths = read(&file)?;
    for _ in 0..bench.repetitions() {
        let began = Instant::now();
        paths = read(&file)?;
        parse_s.push(began.elapsed().as_secs_f64());
    }
    let host = PluginHost::new(HostConfig::default(), Keys::new([7; 32]), Arc::new(SystemClock), Arc::new(OsRandom))?;
    let mut figures = Vec::new();
    let (markov, sandboxed) =
        model::<Markov>(bench, &host, &paths, "attribution-markov", "{}", "Markov order 1").await?;
    figures.push(markov);
    let linear = r#"{"model":"linear"}"#;
    figures.push(model::<Rules>(bench, &host, &paths, "attribution-rules", linear, "rules, linear").await?.0);
    figures.push(beside_channel_attribution(bench, &file, &sandboxed, &parse_s)?);
    Ok(figures)
}

/// One model through the sandbox and native, turn about.
async fn model<T: Attribution>(
    bench: &Bench,
    host: &PluginHost,
    paths: &PathsFile,
    plugin: &str,
    settings: &str,
    name: &str,
) -> anyhow::Result<(Figure, Vec<f64>)> {
    let loaded = host.load(bench.plugin(plugin)?, &Grants::default()).await?;
    let (mut ours, mut natives) = (Vec::new(), Vec::new());
    for round in 0..=bench.repetitions() {
        let (sandbox_s, sandbox) = sandboxed(host, &loaded, settings, paths).await?;
        let (native_s, native) = native::<T>(settings, paths)?;
        same(&sandbox, &native)?;
        if round > 0 {
            ours.push(sandbox_s);
            natives.push(native_s);
        }
    }
    let in_ms = |seconds: &[f64]| Samples::new(seconds.iter().map(|s| s * 1e3).collect());
    let figure = Figure {
        what: format!("attribution, {} paths, {name}", paths.len()),
        unit: "ms",
        ours: in_ms(&ours),
        reference: Some(Reference { name: "the same code native".into(), samples: in_ms(&natives) }),
        target: Target::TimesAtMost(1.5),
        note: format!(
            "{} touches; ours begins with the columns at hand and ends with checked credits: a fresh instance, cutting into \
             batches, digests and metering are in it; both answers agree within {TOLERANCE:e}",
            paths.channel.len()
        ),
    };
    Ok((figure, ours))
}

async fn sandboxed(
    host: &PluginHost,
    plugin: &LoadedPlugin,
    settings: &str,
    paths: &PathsFile,
) -> anyhow::Result<(f64, Vec<f64>)> {
    let (columns, channels) = (Arc::new(paths.to_paths()), paths.channels.clone());
    let began = Instant::now();
    let request = RunRequest::new(plugin, PluginKind::Attribution, WorkspaceId(Id::nil()), Id::nil());
    let mut run = host.run(request).await?;
    let credits = run_over_paths(&mut run, settings, channels, columns).await;
    run.finish().await;
    let credits = credits?;
    Ok((began.elapsed().as_secs_f64(), credits.conversions.into_iter().chain(credits.value).collect()))
}

fn native<T: Attribution>(settings: &str, paths: &PathsFile) -> anyhow::Result<(f64, Vec<f64>)> {
    let (columns, channels) = (columns(paths), paths.channels.clone());
    let fault = |fault: rialto_sdk::Fault| anyhow::anyhow!("{}: {}", fault.code, fault.message);
    let began = Instant::now();
    let mut model = T::start(serde_json::from_str(settings)?, channels).map_err(fault)?;
    let checked = Paths::check(columns, paths.channels.len()).map_err(fault)?;
    model.observe(&checked).map_err(fault)?;
    let Credits { conversions, value, .. } = model.credit().map_err(fault)?;
    Ok((began.elapsed().as_secs_f64(), conversions.into_iter().chain(value).collect()))
}

fn columns(paths: &PathsFile) -> Columns {
    Columns {
        offset: paths.offset.clone(),
        channel: paths.channel.clone(),
        conversions: paths.conversions.clone(),
        nulls: paths.nulls.clone(),
        value: paths.value.clone(),
        ..Columns::default()
    }
}

fn same(one: &[f64], other: &[f64]) -> anyhow::Result<()> {
    ensure!(one.len() == other.len(), "sandbox and machine credit another number of channels");
    for (a, b) in one.iter().zip(other) {
        ensure!((a - b).abs() <= TOLERANCE * b.abs().max(1.0), "the sandbox credits {a}, the machine {b}");
    }
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<PathsFile> {
    Ok(paths_file::parse(BufReader::with_capacity(1 << 20, File::open(file)?))?)
}

/// Paths that look like chance and are the same every time: one to eight
/// touches, short ones likelier; one in eight converts.
fn write_paths(file: &Path, count: usize) -> anyhow::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(file)?);
    out.write_all(b"path;conv;value;null\n")?;
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) % below
    };
    let mut line = String::new();
    for _ in 0..count {
        line.clear();
        let touches = 1 + next(8).min(next(8));
        for touch in 0..touches {
            let channel =
                CHANNELS.get(usize::try_from(next(12).min(next(12))).unwrap_or(0)).copied().unwrap_or("direct");
            let _ = write!(line, "{}{channel}", if touch == 0 { "" } else { " > " });
        }
        let converts = next(8) == 0;
        let value = if converts { next(20_000) } else { 0 };
        let _ = writeln!(line, ";{};{}.{:02};{}", u8::from(converts), value / 100, value % 100, u8::from(!converts));
        out.write_all(line.as_bytes())?;
    }
    Ok(out.flush()?)
}

/// Its seconds, a repetition a line; reading the file is not in them.
const CHANNEL_ATTRIBUTION: &str = "
import sys, time
import pandas
from ChannelAttribution import markov_model
paths = pandas.read_csv(sys.argv[1], sep=';')
for _ in range(int(sys.argv[2]) + 1):
    began = time.perf_counter()
    markov_model(paths, 'path', 'conv', var_value='value', var_null='null', order=1, ncore=1, verbose=False, flg_pro=False)
    print('took', time.perf_counter() - began)
";

/// ChannelAttribution takes the paths apart itself, so ours has its reading of
/// the file added here.
fn beside_channel_attribution(
    bench: &Bench,
    file: &Path,
    sandboxed: &[f64],
    parse_s: &[f64],
) -> anyhow::Result<Figure> {
    let taken: Option<Vec<f64>> = bench.python.as_deref().map(|python| reference(bench, python, file)).transpose()?;
    let note = match &taken {
        Some(_) => {
            "ours has the reading of the file in it, because ChannelAttribution splits the path texts itself; it simulates at its \
             defaults, ours is exact"
        }
        None => "ChannelAttribution is not at hand (no --python): nothing is claimed",
    };
    let in_ms = |seconds: &[f64]| Samples::new(seconds.iter().map(|s| s * 1e3).collect());
    let whole: Vec<f64> = sandboxed.iter().zip(parse_s).map(|(model, parse)| model + parse).collect();
    Ok(Figure {
        what: "attribution, Markov order 1 with reading the file".into(),
        unit: "ms",
        ours: in_ms(&whole),
        reference: taken.map(|s| Reference { name: "ChannelAttribution, one core".into(), samples: in_ms(&s) }),
        target: Target::TimesAtMost(1.0),
        note: format!("{note}; reading alone: {:.0} ms", in_ms(parse_s).median()),
    })
}

fn reference(bench: &Bench, python: &Path, file: &Path) -> anyhow::Result<Vec<f64>> {
    let mut command = std::process::Command::new(python);
    command.args(["-c", CHANNEL_ATTRIBUTION]).arg(file).arg(bench.repetitions().to_string());
    for threads in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"] {
        command.env(threads, "1");
    }
    let output = command.output().with_context(|| format!("{} cannot be started", python.display()))?;
    ensure!(output.status.success(), "ChannelAttribution failed: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    let times = text.lines().filter_map(|line| line.strip_prefix("took ")?.parse().ok());
    let times: Vec<f64> = times.skip(1).collect();
    ensure!(times.len() == bench.repetitions(), "ChannelAttribution printed {} times", times.len());
    Ok(times)
}
