//! `rialto plugin`

mod bench;
mod check;
mod conformance;
mod dev;
mod local;
mod rollout;
mod supply;
mod test;

pub(super) use self::rollout::{find, find_version};

use self::check::{check, check_there};
use super::{attribution::setting, wait};
use crate::{
    client::{Client, Target},
    config::{Common, Settings},
    output,
};
use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use rialto_plugin_host::inspect::inspect;
use rialto_sdk_harness::{
    build,
    language::Language,
    package::{self, Parts},
    templates::{self, Named, Sdk, TEMPLATES, Template},
};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// Plugins
#[derive(Debug, Subcommand)]
pub enum Plugin {
    /// Look at a plugin file: what it is, who signed it, what it imports, what it would need
    Check {
        /// The plugin file, https://…#sha256:…, or oci://host/repository:tag
        file: String,
        /// Another file that it would follow, to see what changes
        #[arg(long, value_name = "FILE", conflicts_with = "installation")]
        beside: Option<PathBuf>,
        /// The id of an installation that it would be a version of, to see what changes
        #[arg(long, value_name = "ID")]
        installation: Option<String>,
        #[command(flatten)]
        login: supply::Login,
        #[command(flatten)]
        target: Target,
    },
    /// Begin a plugin in a new folder
    New {
        /// Its name; also the folder
        name: String,
        /// connector, attribution, recommender or report
        #[arg(long)]
        kind: String,
        /// rust, js or python
        #[arg(long, default_value = "rust")]
        language: String,
        /// The first half of its id
        #[arg(long, default_value = "example")]
        publisher: String,
        /// The folder of the SDK (`sdk/rust` of a checkout); found by itself in a checkout
        #[arg(long, value_name = "DIR")]
        sdk: Option<PathBuf>,
    },
    /// Build the plugin in a folder, and pack it
    Build(Folder),
    /// Run the conformance suite of its kind, and the plugin's own tests, under the real host
    Test(test::Test),
    /// Measure what each entry costs, and hold it against a budget
    Bench(bench::Bench),
    /// Watch a plugin's folder: build, reload and test it at every change
    Dev(dev::Dev),
    /// What the conformance suite found of an uploaded package
    Conformance(conformance::Conformance),
    /// Put manifest, readme and icon of a folder into a component
    Pack {
        /// The component
        component: PathBuf,
        /// The folder of `rialto.toml`
        #[arg(long, default_value = ".")]
        dir: PathBuf,
        /// The file to write
        #[arg(long, short)]
        out: Option<PathBuf>,
        /// Sign it with the key in this file
        #[arg(long, value_name = "FILE")]
        sign: Option<PathBuf>,
    },
    /// Sign a plugin file
    Sign(supply::Sign),
    /// Publish a plugin file in an OCI registry
    Publish(supply::Publish),
    /// Keys that sign plugins, and which of them are trusted
    #[command(subcommand)]
    Key(supply::Key),
    /// Revoke a package: it is refused and activated no more
    Revoke(supply::Revoke),
    /// What becomes of packages that no trusted key signed
    Policy(supply::Policy),
    /// Upload a plugin file, install it, and approve it where --approve says so
    Install(Install),
    /// Give an installation another version
    Upgrade(supply::Upgrade),
    /// Runs: list, show, export as a fixture, replay
    #[command(subcommand)]
    Run(super::recorded::Run),
    /// Run a fixture offline and point at the first divergence
    Replay(super::recorded::Replay),
    /// Replay the last recorded runs of the serving version on another, with no effects
    Shadow(super::shadow::Shadow),
    /// List what is installed
    List(#[command(flatten)] Target),
    #[command(flatten)]
    Rollout(rollout::Rollout),
}

/// A plugin's folder.
#[derive(Debug, Args)]
pub struct Folder {
    /// The plugin's folder
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// The file to write; `<name>.wasm` in the folder when left out
    #[arg(long, short)]
    out: Option<PathBuf>,
}

/// Upload and install
#[derive(Debug, Args)]
pub struct Install {
    /// The plugin file, https://…#sha256:…, or oci://host/repository:tag; what `rialto plugin build` wrote in this folder when left out
    file: Option<String>,
    /// What to call the installation; the plugin's own name when left out
    #[arg(long)]
    name: Option<String>,
    /// A setting, such as host=example.com
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = setting)]
    settings: Vec<(String, Value)>,
    /// Approve all that it wishes, and let it serve
    #[arg(long)]
    approve: bool,
    /// Take it although it is older than what is here
    #[arg(long)]
    allow_older: bool,
    #[command(flatten)]
    login: supply::Login,
    #[command(flatten)]
    target: Target,
}

impl Plugin {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<()> {
        match self {
            Self::Check { file, beside, installation, login, target } => match installation {
                Some(id) => wait(check_there(common, &file, login, &id, &target)),
                None => check(common, &file, login, beside.as_deref()),
            },
            Self::New { name, kind, language, publisher, sdk } => {
                new(common, &Named { name: &name, publisher: &publisher }, &kind, &language, sdk.as_deref())
            }
            Self::Build(folder) => folder.build(common),
            Self::Test(test) => test.run(common),
            Self::Bench(bench) => wait(bench.run(common)),
            Self::Dev(dev) => wait(dev.run(common)),
            Self::Conformance(list) => wait(list.run(common)),
            Self::Pack { component, dir, out, sign } => pack(common, &component, &dir, out, sign.as_deref()),
            Self::Sign(sign) => sign.run(common),
            Self::Publish(publish) => publish.run(common),
            Self::Key(key) => key.run(common),
            Self::Revoke(revoke) => wait(revoke.run(common)),
            Self::Policy(policy) => wait(policy.run(common)),
            Self::Upgrade(upgrade) => wait(upgrade.run(common)),
            Self::Install(install) => wait(install.run(common)),
            Self::Run(run) => wait(run.run(common)),
            Self::Replay(replay) => replay.run(common),
            Self::Shadow(shadow) => wait(shadow.run(common)),
            Self::List(target) => wait(list(target, common)),
            Self::Rollout(rollout) => rollout.run(common),
        }
    }
}

fn new(common: &Common, named: &Named<'_>, kind: &str, language: &str, sdk: Option<&Path>) -> anyhow::Result<()> {
    let Some(language) = Language::named(language) else {
        bail!("there is no language `{language}`: use rust, js or python");
    };
    let Some(template) = Template::of(kind) else {
        let kinds: Vec<_> = TEMPLATES.iter().map(|template| template.kind).collect();
        bail!("there is no kind `{kind}`: use {}", kinds.join(", "));
    };
    let (dir, name) = (Path::new(named.name), named.name);
    match language {
        Language::Rust => {
            let found = sdk.map(Path::to_owned).or_else(find_sdk);
            let sdk = match &found {
                Some(path) => Sdk::Path(path),
                None => Sdk::Version(env!("CARGO_PKG_VERSION")),
            };
            template.write(dir, named, &sdk)?;
        }
        other => templates::write(other, kind, dir, named)?,
    }
    let shown = json!({ "dir": name, "kind": kind, "language": language.as_str() });
    output::answer(common.json, &shown, |_| format!("made {name}/; next: rialto plugin build {name}"))
}

/// The SDK of the checkout that this folder, or this program, is in.
fn find_sdk() -> Option<PathBuf> {
    let starts = [std::env::current_dir().ok(), std::env::current_exe().ok()];
    starts.into_iter().flatten().find_map(|start| {
        let within = |dir: &Path| Some(dir.join("sdk/rust")).filter(|sdk| sdk.join("Cargo.toml").is_file());
        start.ancestors().find_map(within)
    })
}

impl Folder {
    fn build(self, common: &Common) -> anyhow::Result<()> {
        let language = Language::of(&self.dir)?;
        if language == Language::Rust && build::ensure_target()? {
            eprintln!("installed the target {}", build::TARGET);
        }
        let bytes = language.packed(&self.dir)?;
        write(common, &file_of(&self.dir, self.out)?, &bytes)
    }
}

/// The file that is asked for, or the one a folder's plugin is packed into.
pub(super) fn file_of(dir: &Path, asked: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    if let Some(file) = asked {
        return Ok(file);
    }
    let whole = dir.canonicalize().with_context(|| dir.display().to_string())?;
    let name = whole.file_name().map_or_else(|| "plugin".to_owned(), |name| name.to_string_lossy().into_owned());
    Ok(dir.join(format!("{name}.wasm")))
}

fn pack(
    common: &Common,
    component: &Path,
    dir: &Path,
    out: Option<PathBuf>,
    sign: Option<&Path>,
) -> anyhow::Result<()> {
    let bytes = supply::read(component, Settings::read(common)?.limits.plugin_bytes_max)?;
    let sdk = package::sdk_stamp(&bytes)?;
    let Parts { manifest, icon, readme, .. } = Parts::of(dir)?;
    // The host's own packer: what was packed or signed before is packed anew, not on top.
    let mut packed = rialto_plugin_host::pack(&bytes, &rialto_plugin_host::Parts { manifest, icon, readme, sdk })?;
    if let Some(key) = sign {
        packed = rialto_plugin_host::package::sign(&packed, &supply::secret(key)?)?;
    }
    write(common, &file_of(dir, out)?, &packed)
}

/// Write a package, once it is seen to be one.
fn write(common: &Common, out: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let settings = Settings::read(common)?;
    let inspection = inspect(bytes, settings.limits.plugin_bytes_max)?;
    std::fs::write(out, bytes).with_context(|| out.display().to_string())?;
    let digest = inspection.digest.to_hex();
    let shown = json!({ "file": out, "bytes": bytes.len(), "digest": digest, "plugin": inspection.manifest.id });
    output::answer(common.json, &shown, |_| format!("{} ({} bytes, sha256 {digest})", out.display(), bytes.len()))
}

impl Install {
    async fn run(self, common: &Common) -> anyhow::Result<()> {
        let source = match self.file {
            Some(source) => source,
            None => {
                let file = file_of(Path::new("."), None)?;
                if !file.exists() {
                    bail!("there is no {} here: run `rialto plugin build` first, or name the file", file.display());
                }
                file.display().to_string()
            }
        };
        let settings = Settings::read(common)?;
        let client = Client::open(&self.target, common).await?;
        let package = supply::upload(&client, &source, self.login, self.allow_older, &settings).await?;
        let plugin = package["plugin"].as_str().unwrap_or("plugin");
        let own = plugin.rsplit('/').next().unwrap_or(plugin);
        let name = self.name.as_deref().unwrap_or(own);
        let settings: Map<String, Value> = self.settings.into_iter().collect();
        let new = json!({ "package": package["digest"], "name": name, "settings": settings });
        let mut installed = client.post("/installations", &new).await?;
        if self.approve {
            let (Some(id), Some(version)) = (installed["id"].as_str(), installed["waiting"][0]["id"].as_str()) else {
                bail!("the host answered no version to approve");
            };
            let path = format!("/installations/{id}/versions/{version}/approve");
            installed = client.post(&path, &json!({ "activate": true })).await?;
        }
        output::answer(common.json, &installed, |installed| {
            let text = |name: &str| installed[name].as_str().unwrap_or("").to_owned();
            format!("{}  {}  {}  {}", text("id"), text("name"), text("plugin"), text("state"))
        })
    }
}

async fn list(target: Target, common: &Common) -> anyhow::Result<()> {
    let page = Client::open(&target, common).await?.get("/installations?limit=500").await?;
    output::answer(common.json, &page, |page| {
        let line = |one: &Value| {
            let text = |name: &str| one[name].as_str().unwrap_or("").to_owned();
            format!("{}  {:24} {:32} {}", text("id"), text("name"), text("plugin"), text("state"))
        };
        page["items"].as_array().into_iter().flatten().map(line).collect::<Vec<_>>().join("\n")
    })
}
