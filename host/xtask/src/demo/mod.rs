//! The loop, end to end, on a real retailer's year: what `cargo xtask demo` runs.
//! Every step goes through the public API and checks what it claims; a second
//! run finds what is done and changes none of it.

mod api;
mod campaign;
mod data;
mod measure;
mod plugins;
mod replay;
mod servers;

use crate::{plugins as build, shell, source, tools};
use anyhow::{Context as _, Result, bail};
use api::Api;
use std::{
    path::Path,
    time::{Duration, Instant},
};

/// How to show it.
#[derive(clap::Args)]
pub struct Options {
    /// Stop after the loop, with status 0 only if every step held.
    #[arg(long)]
    exit: bool,
    /// Use the synthetic shop even where the retailer's year can be fetched.
    #[arg(long)]
    synthetic: bool,
    /// Begin anew: throw the demo's earlier data away.
    #[arg(long)]
    fresh: bool,
    /// Use the host and the plugins as they were built last.
    #[arg(long)]
    no_build: bool,
    /// The port the host listens at.
    #[arg(long, default_value_t = 7420)]
    port: u16,
    /// The mail server's ports: SMTP, and its web page.
    #[arg(long, default_values_t = [7425, 7480], num_args = 2)]
    mail_ports: Vec<u16>,
}

/// What every step is given.
pub struct Demo {
    pub api: Api,
    pub source: source::Source,
    pub mail: servers::MailServer,
    pub plugins: Vec<(String, std::path::PathBuf)>,
    pub folder: std::path::PathBuf,
}

pub fn run(root: &Path, options: &Options) -> Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(show(root, options))
}

async fn show(root: &Path, options: &Options) -> Result<()> {
    let began = Instant::now();
    let files = if options.no_build {
        build::built(root)?
    } else {
        tools::wasm_target()?;
        shell::quiet("build the host", shell::cargo(root).args(["build", "--workspace", "--bin", "rialto"]))?;
        build::build_all(root)?
    };
    let source = source::prepare(root, options.synthetic)?;
    let name = if source.real { "demo" } else { "demo-synthetic" };
    let folder = root.join("target").join(name);
    if options.fresh && folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let &[smtp, web] = options.mail_ports.as_slice() else { bail!("--mail-ports takes two ports") };
    let mail = servers::MailServer::start(root, &folder, smtp, web).await?;
    let host = servers::Host::start(root, &folder, options.port).await?;
    let api = Api::new(&host.base, &host.token()?)?;
    let plugins = files.into_iter().filter_map(|file| Some((file.file_stem()?.to_str()?.to_owned(), file))).collect();
    let demo = Demo { api, source, mail, plugins, folder };
    steps(&demo).await?;
    println!("\nevery step held, in {:.0} s", began.elapsed().as_secs_f64());
    println!("  API      {}/api/v1/docs", host.base);
    println!("  mails    {}", demo.mail.web);
    println!("  reports  {}", demo.folder.join("report.en.html").display());
    println!("  token    {}", host.data.join("demo-token").display());
    if !options.exit {
        println!("\nserving until Ctrl-C");
        tokio::signal::ctrl_c().await?;
    }
    Ok(())
}

async fn steps(demo: &Demo) -> Result<()> {
    let installed = step("plugins", plugins::install(demo)).await?;
    let replayed = replay::replayed(demo)?;
    step("clock", replay::stand(demo, &replayed)).await?;
    step("import", data::import(demo)).await?;
    step("seen on the eve", replay::visible(demo, &replayed)).await?;
    let plan = step("plan", campaign::plan(demo, &installed)).await?;
    let sent = step("send", campaign::send(demo, &plan)).await?;
    step("answers", campaign::answers(demo, &sent)).await?;
    step("the clock moves on", replay::move_on(demo)).await?;
    step("totals", data::totals(demo)).await?;
    step("truth", replay::truth(demo, &replayed)).await?;
    let runs = step("attribution", measure::attribution(demo, &installed)).await?;
    step("report", measure::report(demo, &installed, &sent, &runs)).await?;
    Ok(())
}

/// Run a step and say how long it took.
async fn step<T>(name: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
    println!("\n{name}");
    let began = Instant::now();
    let done = work.await.with_context(|| format!("the step `{name}` did not hold"))?;
    println!("  {:.1} s", began.elapsed().as_secs_f64());
    Ok(done)
}

/// Ask again and again until the answer is there.
pub async fn until<T, F, Fut>(what: &str, patience: Duration, mut ask: F) -> Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<Option<T>>>,
{
    let bar = shell::spinner(what.to_owned());
    let end = Instant::now() + patience;
    loop {
        if let Some(found) = ask().await? {
            bar.finish_and_clear();
            return Ok(found);
        }
        if Instant::now() > end {
            bail!("{what}: not done after {} s", patience.as_secs());
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}
