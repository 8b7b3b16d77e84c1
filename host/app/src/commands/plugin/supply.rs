//! `rialto plugin key | sign | publish | upgrade | revoke | policy`: where
//! packages come from and who vouches for them.

use super::super::wait;
use crate::{
    client::{Client, Target},
    config::{Common, Settings, create_private},
    output, words,
};
use anyhow::{Context as _, bail};
use clap::{Args, Subcommand, ValueEnum};
use rialto_kernel::{Clock as _, OsRandom, SystemClock, from_micros};
use rialto_plugin_host::{
    PackageError, Supply, SupplyConfig,
    package::{self, PublicKey, SecretKey},
    supply::{Credentials, Reference, Source},
};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// Keys that sign plugins
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Make a signing key; whoever has the file signs as you
    Create {
        /// The file to write, readable by its owner only
        file: PathBuf,
    },
    /// Show the public half of a signing key
    Show {
        /// The file of `rialto plugin key create`
        file: PathBuf,
    },
    /// Trust a public key to sign the plugins of a publisher
    Trust {
        /// The public key, as `rialto plugin key create` shows it
        public_key: PublicKey,
        /// The first half of the ids of its plugins
        #[arg(long)]
        publisher: String,
        /// Whose key it is, and how one knows
        #[arg(long, default_value = "")]
        note: String,
        #[command(flatten)]
        target: Target,
    },
    /// List the keys that are trusted, and those that are revoked
    List(#[command(flatten)] Target),
    /// Revoke a key for ever: what only it signed is refused and activated no more
    Revoke {
        /// The key's name: 32 hex digits
        key: String,
        /// Why, in a sentence
        #[arg(long)]
        reason: String,
        /// Disable what serves with it; runs in flight finish
        #[arg(long)]
        stop: bool,
        #[command(flatten)]
        target: Target,
    },
}

/// Sign a plugin file
#[derive(Debug, Args)]
pub struct Sign {
    /// The plugin file
    file: PathBuf,
    /// The signing key's file
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The file to write; the plugin file itself when left out
    #[arg(long, short)]
    out: Option<PathBuf>,
}

/// Publish a plugin file in an OCI registry
#[derive(Debug, Args)]
pub struct Publish {
    /// Where: oci://host/repository:tag
    to: String,
    /// The plugin file
    file: PathBuf,
    /// Move the tag if it holds other bytes
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    login: Login,
}

/// Give an installation another version
#[derive(Debug, Args)]
pub struct Upgrade {
    /// The installation's name or id
    installation: String,
    /// The plugin file, https://…#sha256:…, or oci://host/repository:tag
    source: String,
    /// Let it serve at once if it wishes no more than is granted
    #[arg(long)]
    activate: bool,
    /// Take it although it is older than what is here
    #[arg(long)]
    allow_older: bool,
    #[command(flatten)]
    login: Login,
    #[command(flatten)]
    target: Target,
}

/// Revoke a package
#[derive(Debug, Args)]
pub struct Revoke {
    /// The package's SHA-256
    digest: String,
    /// Why, in a sentence
    #[arg(long, required_unless_present = "undo")]
    reason: Option<String>,
    /// Disable what serves with it; runs in flight finish
    #[arg(long, conflicts_with = "undo")]
    stop: bool,
    /// Take the revocation back; what was stopped stays stopped
    #[arg(long)]
    undo: bool,
    #[command(flatten)]
    target: Target,
}

/// What becomes of packages that no trusted key signed
#[derive(Debug, Args)]
pub struct Policy {
    /// What to do from now on; it is only shown when left out
    #[arg(long, value_enum)]
    unsigned: Option<Unsigned>,
    #[command(flatten)]
    target: Target,
}

/// What to do with packages that no trusted key signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Unsigned {
    /// Take them
    Allow,
    /// Take them, and say so
    Warn,
    /// Refuse them
    Refuse,
}

/// Who a registry knows
#[derive(Debug, Clone, Default, Args)]
pub struct Login {
    /// The registry's user
    #[arg(long = "registry-user", value_name = "NAME", env = "RIALTO_REGISTRY_USER")]
    user: Option<String>,
    /// The registry's password or token
    #[arg(long = "registry-password", value_name = "TEXT", env = "RIALTO_REGISTRY_PASSWORD", hide_env_values = true)]
    password: Option<String>,
}

impl Login {
    fn credentials(self) -> Option<Credentials> {
        let Self { user, password } = self;
        Some(Credentials { user: user.unwrap_or_default(), password: password?.into() })
    }
}

impl Key {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<()> {
        match self {
            Self::Create { file } => {
                let key = SecretKey::generate(&OsRandom);
                create_private(&file, key.to_text().as_bytes()).with_context(|| file.display().to_string())?;
                show(common, &file, &key.public())
            }
            Self::Show { file } => show(common, &file, &secret(&file)?.public()),
            Self::Trust { public_key, publisher, note, target } => wait(async {
                let new = json!({ "publisher": publisher, "public_key": public_key, "note": note });
                let made = Client::open(&target, common).await?.post("/publisher-keys", &new).await?;
                output::answer(common.json, &made, key_line)
            }),
            Self::List(target) => wait(async {
                let page = Client::open(&target, common).await?.get("/publisher-keys?limit=500").await?;
                output::answer(common.json, &page, |page| {
                    page["items"].as_array().into_iter().flatten().map(key_line).collect::<Vec<_>>().join("\n")
                })
            }),
            Self::Revoke { key, reason, stop, target } => wait(async {
                let body = json!({ "reason": reason, "stop": stop });
                let path = format!("/publisher-keys/{key}/revoke");
                let done = Client::open(&target, common).await?.post(&path, &body).await?;
                output::answer(common.json, &done, |done| format!("revoked {key}{}", versions(&done["versions"])))
            }),
        }
    }
}

fn show(common: &Common, file: &Path, key: &PublicKey) -> anyhow::Result<()> {
    let shown = json!({ "file": file, "key": key.id(), "public_key": key });
    output::answer(common.json, &shown, |_| format!("{key}\nkey     {}", key.id()))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or("")
}

fn key_line(key: &Value) -> String {
    let field = |name| text(key, name);
    format!("{}  {:8} {:24} {}", field("key"), field("state"), field("publisher"), field("note"))
}

/// The versions that a revocation concerns, a line each.
fn versions(list: &Value) -> String {
    let line = |one: &Value| {
        let field = |name| text(one, name);
        format!("\n{:8} {} {} ({})", field("now"), field("name"), field("version_label"), field("installation"))
    };
    list.as_array().into_iter().flatten().map(line).collect()
}

/// A signing key, from its file.
pub(super) fn secret(file: &Path) -> anyhow::Result<SecretKey> {
    let at = || file.display().to_string();
    let text = zeroize::Zeroizing::new(std::fs::read_to_string(file).with_context(at)?);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if std::fs::metadata(file).with_context(at)?.permissions().mode() & 0o077 != 0 {
            bail!("others may read the signing key: run `chmod 600 {}`", file.display());
        }
    }
    SecretKey::from_text(&text).with_context(at)
}

/// A plugin file, if it is not over the bound: told from its size, before it is read.
pub(super) fn read(file: &Path, limit: u64) -> anyhow::Result<Vec<u8>> {
    let at = || file.display().to_string();
    let bytes = std::fs::metadata(file).with_context(at)?.len();
    if bytes > limit {
        return Err(PackageError::TooLarge { bytes, limit }).with_context(at);
    }
    std::fs::read(file).with_context(at)
}

/// Whether it is a source that a host fetches from, and no file.
fn is_source(text: &str) -> bool {
    ["oci://", "https://", "http://"].iter().any(|scheme| text.starts_with(scheme))
}

fn supply(settings: &Settings) -> Supply {
    Supply::new(SupplyConfig {
        registries: settings.registries.clone(),
        package_bytes: settings.limits.plugin_bytes_max,
        ..SupplyConfig::default()
    })
}

/// The bytes of a plugin file or of what a source names.
pub(super) fn bytes_of(settings: &Settings, source: &str, login: Login) -> anyhow::Result<Vec<u8>> {
    if !is_source(source) {
        return read(Path::new(source), settings.limits.plugin_bytes_max);
    }
    let source = Source::parse(source, None)?;
    wait(async {
        let spinner = output::spinner("fetching");
        let fetched = supply(settings).fetch(&source, login.credentials().as_ref()).await;
        spinner.finish_and_clear();
        Ok(fetched?.bytes)
    })
}

/// Send a host a package: the bytes of a file, or the source it is to fetch.
pub(super) async fn send(
    client: &Client,
    path: &str,
    source: &str,
    login: Login,
    settings: &Settings,
) -> anyhow::Result<Value> {
    if !is_source(source) {
        let bytes = read(Path::new(source), settings.limits.plugin_bytes_max)?;
        return client.post_bytes(path, "application/wasm", bytes).await;
    }
    let spinner = output::spinner("fetching");
    let mut body = Map::from_iter([("source".to_owned(), Value::from(source))]);
    let known = [("user", login.user), ("password", login.password)];
    body.extend(known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))));
    let answer = client.post(path, &Value::Object(body)).await;
    spinner.finish_and_clear();
    answer
}

/// Give a host a package to keep.
pub(super) async fn upload(
    client: &Client,
    source: &str,
    login: Login,
    allow_older: bool,
    settings: &Settings,
) -> anyhow::Result<Value> {
    let path = if allow_older { "/plugins?allow_older=true" } else { "/plugins" };
    let package = send(client, path, source, login, settings).await?;
    if let Some(detail) = package["trust"]["detail"].as_str() {
        eprintln!("{}", words::lines(&format!("warning: {detail}")));
    }
    Ok(package)
}

impl Sign {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<()> {
        let settings = Settings::read(common)?;
        let bytes = read(&self.file, settings.limits.plugin_bytes_max)?;
        let signed = package::sign(&bytes, &secret(&self.key)?)?;
        super::write(common, self.out.as_deref().unwrap_or(&self.file), &signed)
    }
}

impl Publish {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<()> {
        let settings = Settings::read(common)?;
        let Some(reference) = self.to.strip_prefix("oci://") else {
            bail!("write where to publish as oci://host/repository:tag");
        };
        let reference: Reference = reference.parse()?;
        let bytes = read(&self.file, settings.limits.plugin_bytes_max)?;
        let created = from_micros(SystemClock.now_us()).to_string();
        let credentials = self.login.credentials();
        let published = wait(async {
            let spinner = output::spinner("publishing");
            let supply = supply(&settings);
            let published = supply.publish(&reference, bytes, &created, self.replace, credentials.as_ref()).await;
            spinner.finish_and_clear();
            Ok(published?)
        })?;
        let (digest, package) = (published.manifest.to_hex(), published.package.to_hex());
        let shown =
            json!({ "reference": reference.to_string(), "digest": format!("sha256:{digest}"), "package": package });
        output::answer(common.json, &shown, |_| format!("{reference}@sha256:{digest}\npackage {package}"))
    }
}

impl Upgrade {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let settings = Settings::read(common)?;
        let client = Client::open(&self.target, common).await?;
        let page = client.get("/installations?limit=500").await?;
        let named = |one: &&Value| one["name"] == self.installation || one["id"] == self.installation;
        let Some(installation) = page["items"].as_array().into_iter().flatten().find(named) else {
            bail!("there is no installation `{}`; `rialto plugin list` shows them", self.installation);
        };
        let package = upload(&client, &self.source, self.login, self.allow_older, &settings).await?;
        let new = json!({
            "package": package["digest"], "activate": self.activate, "allow_older": self.allow_older,
        });
        let path = format!("/installations/{}/versions", text(installation, "id"));
        let added = client.post(&path, &new).await?;
        output::answer(common.json, &added, |added| {
            let field = |name| text(added, name);
            format!("{}  {}  {}", field("id"), field("version"), field("state"))
        })
    }
}

impl Revoke {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let client = Client::open(&self.target, common).await?;
        let digest = self.digest.trim_start_matches("sha256:").to_ascii_lowercase();
        if self.undo {
            client.delete(&format!("/package-revocations/{digest}")).await?;
            let shown = json!({ "digest": digest, "revoked": false });
            return output::answer(common.json, &shown, |_| format!("no longer revoked: {digest}"));
        }
        let body = json!({ "digest": digest, "reason": self.reason, "stop": self.stop });
        let done = client.post("/package-revocations", &body).await?;
        output::answer(common.json, &done, |done| format!("revoked {digest}{}", versions(&done["versions"])))
    }
}

impl Policy {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let client = Client::open(&self.target, common).await?;
        let policy = match self.unsigned.and_then(|unsigned| unsigned.to_possible_value()) {
            Some(unsigned) => client.put("/package-policy", &json!({ "unsigned": unsigned.get_name() })).await?,
            None => client.get("/package-policy").await?,
        };
        output::answer(common.json, &policy, |policy| format!("unsigned packages: {}", text(policy, "unsigned")))
    }
}
