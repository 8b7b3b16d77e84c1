//! The loop, end to end, on a real retailer's year: what `cargo xtask demo` runs.
//! Every step goes through the public API and checks what it claims; a second
//! run finds what is done and changes none of it.

mod advice;
mod answers;
mod api;
mod audiences;
mod data;
mod gains;
mod ledger;
mod lesson;
mod measure;
mod memory;
mod message;
mod plan;
mod plugins;
mod replay;
mod returns;
mod servers;
mod truth;

use crate::{console, plugins as build, shell, source, tools};
use anyhow::{Context as _, Result, bail};
use api::Api;
use memory::Told;
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
        console::build(root)?;
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
    let console = console::is_built(root).then(|| format!("{}/console/", host.base));
    if let Some(console) = &console {
        println!("  console  {console}  as {} with {}", servers::ACCOUNT, host.password()?);
    }
    println!("  API      {}/api/v1/docs", host.base);
    println!("  mails    {}", demo.mail.web);
    println!("  reports  {}", demo.folder.join("report.en.html").display());
    println!("  token    {}", host.data.join("demo-token").display());
    if !options.exit {
        if let Some(console) = &console {
            shell::show(console);
        }
        println!("\nserving until Ctrl-C");
        tokio::signal::ctrl_c().await?;
    }
    Ok(())
}

async fn steps(demo: &Demo) -> Result<()> {
    let installed = step("plugins", plugins::install(demo)).await?;
    let replayed = replay::replayed(demo)?;
    let campaign = eve(demo, &installed, &replayed).await?;
    told(demo, "present", "the clock is let go", async |told| replay::let_go(demo, told).await).await?;
    step("totals", data::totals(demo)).await?;
    step("attribution", measure::attribution(demo, &installed)).await?;
    let report = async |told: &mut Told| measure::report(demo, &installed, &campaign, told).await;
    told(demo, "report", "report", report).await?;
    Ok(())
}

/// The eve, the sending, and the weeks after it; the campaign that was sent.
async fn eve(demo: &Demo, installed: &plugins::Installed, replayed: &replay::Replayed) -> Result<String> {
    told(demo, "clock", "clock", async |told| replay::stand(demo, replayed, told).await).await?;
    step("import", data::import(demo)).await?;
    let seen = async |told: &mut Told| replay::visible(demo, replayed, told).await;
    let seen = self::told(demo, "seen", "seen on the eve", seen).await?;
    let advice = async |told: &mut Told| advice::ask(demo, installed, told).await;
    self::told(demo, "advice", "advice", advice).await?;
    let choose = async |told: &mut Told| audiences::choose(demo, installed, replayed, told).await;
    let chosen = self::told(demo, "audiences", "audiences", choose).await?;
    let back = async |told: &mut Told| audiences::look_back(demo, installed, replayed, told).await;
    let earlier = self::told(demo, "look-back", "rankings for earlier campaigns", back).await?;
    let plan = async |told: &mut Told| plan::plan(demo, installed, replayed, &chosen, told).await;
    let plan = self::told(demo, "plan", "plan", plan).await?;
    let campaign = plan.text("campaign")?;
    self::told(demo, "send", "send", async |told| ledger::send(demo, &plan, told).await).await?;
    self::told(demo, "why", "why", async |told| ledger::why(demo, campaign, told).await).await?;
    self::told(demo, "answers", "answers", async |told| answers::answers(demo, campaign, told).await).await?;
    let not_yet = async |told: &mut Told| gains::not_yet(demo, campaign, chosen.text("recommendation")?, told).await;
    self::told(demo, "not-yet", "not yet known", not_yet).await?;
    self::told(demo, "weeks", "the weeks pass", async |told| replay::pass(demo, replayed, told).await).await?;
    let truth = async |told: &mut Told| truth::of_the_files(demo, replayed, &seen, told).await;
    self::told(demo, "truth", "truth", truth).await?;
    let own = async |told: &mut Told| truth::of_our_own(demo, campaign, told).await;
    self::told(demo, "own-truth", "our own campaign", own).await?;
    let judge = async |told: &mut Told| gains::judge(demo, replayed, &earlier, &chosen, told).await;
    self::told(demo, "gains", "gains", judge).await?;
    let returns = async |told: &mut Told| returns::judge(demo, campaign, replayed, told).await;
    self::told(demo, "returns", "return on investment", returns).await?;
    self::told(demo, "lesson", "lesson", async |told| lesson::learn(demo, campaign, told).await).await?;
    Ok(campaign.to_owned())
}

/// A step that is done once, and told again on later runs.
async fn told(demo: &Demo, file: &str, name: &str, work: impl AsyncFnOnce(&mut Told) -> Result<()>) -> Result<Told> {
    step(name, memory::once(demo, file, work)).await
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
