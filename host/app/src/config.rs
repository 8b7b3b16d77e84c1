//! Every setting, and the only place that reads the environment. A setting is
//! taken from the command line, else from a variable `RIALTO_…`, else from
//! `rialto.toml` in the data folder (or `--config`), else it has a default.

use anyhow::{Context as _, bail};
use clap::Args;
use ipnet::IpNet;
use rialto_jobs::HOST_NAME_MAX;
use rialto_kernel::{Keys, Locale, Randomness};
use rialto_plugin_host::{BodyPolicy, Recording, supply::Origin};
use rialto_slice::Limits;
use rialto_store::StoreOptions;
use rialto_telemetry::{LogFormat, LogOptions};
use serde::Deserialize;
use std::{
    fs,
    io::Write as _,
    net::IpAddr,
    path::{Path, PathBuf},
};

/// The variable that may hold the master key, as 64 hex digits.
const MASTER_KEY: &str = "RIALTO_MASTER_KEY";
/// The one that may hold the master key before it, while that is replaced.
const MASTER_KEY_PREVIOUS: &str = "RIALTO_MASTER_KEY_PREVIOUS";
/// Where the data is when nobody says.
const DATA_DEFAULT: &str = "rialto-data";
/// Where the host listens when nobody says.
pub const LISTEN_DEFAULT: &str = "127.0.0.1:7420";
/// Of a hundred runs of a connector that went well, how many are recorded word
/// for word when nobody says.
const SAMPLE_PERCENT_DEFAULT: u8 = 5;
/// Connections to PostgreSQL when nobody says.
const CONNECTIONS_DEFAULT: u32 = 16;

/// What every command takes.
#[derive(Debug, Clone, Default, Args)]
pub struct Common {
    /// The data folder: database, keys, uploads, compiled plugins
    #[arg(long, global = true, value_name = "DIR", env = "RIALTO_DATA")]
    pub data: Option<PathBuf>,
    /// A PostgreSQL address (postgres://…) to use instead of the embedded database
    #[arg(long, global = true, value_name = "URL", env = "RIALTO_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
    /// The settings file; `rialto.toml` in the data folder when left out
    #[arg(long, global = true, value_name = "FILE", env = "RIALTO_CONFIG")]
    pub config: Option<PathBuf>,
    /// The language of messages: en or zh-CN
    #[arg(long, global = true, value_name = "TAG", env = "RIALTO_LANG")]
    pub lang: Option<Locale>,
    /// Answer in JSON, for programs
    #[arg(long, global = true)]
    pub json: bool,
}

/// The settings file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SettingsFile {
    name: Option<String>,
    listen: Option<String>,
    public_url: Option<String>,
    database: Option<String>,
    database_connections: Option<u32>,
    key_file: Option<PathBuf>,
    log_filter: Option<String>,
    log_format: Option<String>,
    private_hosts: Option<bool>,
    registries: Vec<String>,
    trusted_proxies: Vec<IpNet>,
    limits: LimitsFile,
    recorder: RecorderFile,
}

/// Its section `[recorder]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RecorderFile {
    /// `sampled`: runs that fail and a sample; `failed`; `never`.
    words: Words,
    sample_percent: u8,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Words {
    Sampled,
    Failed,
    Never,
}

impl Default for RecorderFile {
    fn default() -> Self {
        Self { words: Words::Sampled, sample_percent: SAMPLE_PERCENT_DEFAULT }
    }
}

impl RecorderFile {
    fn checked(&self) -> anyhow::Result<Recording> {
        if self.sample_percent > 100 {
            bail!("recorder.sample_percent must be 0 to 100, not {}", self.sample_percent);
        }
        let policy = match self.words {
            Words::Sampled => BodyPolicy::Sampled,
            Words::Failed => BodyPolicy::OnFailure,
            Words::Never => BodyPolicy::Never,
        };
        Ok(Recording { policy, sample_percent: self.sample_percent })
    }
}

/// Its section `[limits]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LimitsFile {
    import_bytes_max: Option<u64>,
    plugin_bytes_max: Option<u64>,
    compile_s_max: Option<u64>,
    conformance_s_max: Option<u64>,
    intake_events_max: Option<usize>,
    intake_bytes_max: Option<usize>,
}

/// The settings, resolved.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The data folder.
    pub data_dir: PathBuf,
    /// This host's name among those on one database, where it is given.
    pub name: Option<String>,
    /// Where to listen.
    pub listen: String,
    /// How the outside reaches this host, where it is not the listen address.
    pub public_url: Option<String>,
    /// The database.
    pub store: StoreOptions,
    /// The file of the master key.
    pub key_file: PathBuf,
    /// How to log.
    pub log: LogOptions,
    /// Whether a grant may let a plugin reach private addresses.
    pub private_hosts: bool,
    /// Registries of one's own house, which plugins may come from over plain
    /// http and from private addresses.
    pub registries: Vec<Origin>,
    /// Proxies that are believed about who the client is.
    pub trusted_proxies: Vec<IpNet>,
    /// Bounds.
    pub limits: Limits,
    /// Of which runs of plugins the words are kept.
    pub recording: Recording,
    /// The language of messages.
    pub locale: Locale,
}

impl Settings {
    /// Read them all.
    ///
    /// # Errors
    /// When the file cannot be read or has a setting nobody knows.
    pub fn read(common: &Common) -> anyhow::Result<Self> {
        let data_dir = common.data.clone().unwrap_or_else(|| PathBuf::from(DATA_DEFAULT));
        let file = read_file(common.config.as_deref(), &data_dir)?;
        let database = common.database.clone().or(file.database);
        let store = store_of(database, &data_dir, file.database_connections)?;
        let key_file = file.key_file.unwrap_or_else(|| data_dir.join("master.key"));
        let mut log = LogOptions::default();
        if let Some(filter) = variable("RIALTO_LOG").or(file.log_filter) {
            log.filter = filter;
        }
        if let Some(format) = variable("RIALTO_LOG_FORMAT").or(file.log_format) {
            log.format = format.parse::<LogFormat>().map_err(anyhow::Error::msg)?;
        }
        Ok(Self {
            name: variable("RIALTO_NAME").or(file.name),
            listen: variable("RIALTO_LISTEN").or(file.listen).unwrap_or_else(|| LISTEN_DEFAULT.to_owned()),
            public_url: variable("RIALTO_PUBLIC_URL").or(file.public_url).map(|url| checked_url(&url)).transpose()?,
            private_hosts: flag("RIALTO_PRIVATE_HOSTS")?.or(file.private_hosts).unwrap_or(false),
            registries: match variable("RIALTO_REGISTRIES") {
                Some(text) => registries(text.split(',').map(str::trim))?,
                None => registries(file.registries.iter().map(String::as_str))?,
            },
            trusted_proxies: match variable("RIALTO_TRUSTED_PROXIES") {
                Some(text) => networks(&text)?,
                None => file.trusted_proxies,
            },
            limits: file.limits.over(Limits::default()),
            recording: file.recorder.checked()?,
            locale: common.lang.unwrap_or_else(system_locale),
            data_dir,
            store,
            key_file,
            log,
        })
    }

    /// The master key: from the environment, or from its file, which is made at
    /// first, readable by its owner only.
    ///
    /// # Errors
    /// When it cannot be read or made, or others may read it.
    pub fn keys(&self, random: &dyn Randomness) -> anyhow::Result<Keys> {
        if let Some(text) = variable(MASTER_KEY) {
            let read =
                |text: &str, name: &str| Keys::from_hex(text).with_context(|| format!("{name} does not hold a key"));
            let keys = read(&text, MASTER_KEY)?;
            return match variable(MASTER_KEY_PREVIOUS) {
                Some(before) => Ok(keys.after(&read(&before, MASTER_KEY_PREVIOUS)?)),
                None => Ok(keys),
            };
        }
        let at = || format!("the master key in {}", self.key_file.display());
        match fs::read_to_string(&self.key_file) {
            Ok(text) => {
                only_owner(&self.key_file)?;
                Keys::from_hex(&text).with_context(at)
            }
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
                let keys = Keys::generate(random);
                match create_private(&self.key_file, keys.to_hex().as_bytes()) {
                    Ok(()) => Ok(keys),
                    // Another process made it at the same moment: its key counts.
                    Err(cause) if cause.kind() == std::io::ErrorKind::AlreadyExists => {
                        Keys::from_hex(&fs::read_to_string(&self.key_file).with_context(at)?).with_context(at)
                    }
                    Err(cause) => Err(cause).with_context(at),
                }
            }
            Err(cause) => Err(cause).with_context(at),
        }
    }

    /// Whether there is a master key already.
    #[must_use]
    pub fn has_key(&self) -> bool {
        variable(MASTER_KEY).is_some() || self.key_file.exists()
    }

    /// Whether the master key comes from the environment.
    #[must_use]
    pub fn key_is_given(&self) -> bool {
        variable(MASTER_KEY).is_some()
    }

    /// Put another master key into the key file, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn replace_key(&self, keys: &Keys) -> anyhow::Result<()> {
        let at = || format!("the master key in {}", self.key_file.display());
        let mut name = self.key_file.clone().into_os_string();
        name.push(".new");
        let draft = PathBuf::from(name);
        // One that a rotation left behind when it was stopped.
        let _ = fs::remove_file(&draft);
        create_private(&draft, keys.to_hex().as_bytes()).with_context(at)?;
        fs::rename(&draft, &self.key_file).with_context(at)?;
        if let Some(folder) = self.key_file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::File::open(folder).and_then(|folder| folder.sync_all()).with_context(at)?;
        }
        Ok(())
    }

    /// Keep a master key that was brought along, readable by its owner only.
    ///
    /// # Errors
    /// When there is one already, or it cannot be written.
    pub fn keep_key(&self, keys: &Keys) -> anyhow::Result<()> {
        create_private(&self.key_file, keys.to_hex().as_bytes())
            .with_context(|| format!("the master key in {}", self.key_file.display()))
    }

    /// This host's name: `wanted`, or the one in the settings, or the one that
    /// is kept in the data folder, which is made at first.
    ///
    /// # Errors
    /// When the name is no name, or the folder cannot be read or written.
    pub fn host_name(&self, wanted: Option<String>, random: &dyn Randomness) -> anyhow::Result<String> {
        if let Some(name) = wanted.or_else(|| self.name.clone()) {
            return checked_name(&name);
        }
        let path = self.data_dir.join("host.name");
        let at = || format!("the host's name in {}", path.display());
        match fs::read_to_string(&path) {
            Ok(text) => checked_name(text.trim()).with_context(at),
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
                let mut bytes = [0_u8; 4];
                random.fill(&mut bytes);
                let name = format!("rialto-{:08x}", u32::from_be_bytes(bytes));
                create_private_dir(&self.data_dir)?;
                create_private(&path, name.as_bytes()).with_context(at)?;
                Ok(name)
            }
            Err(cause) => Err(cause).with_context(at),
        }
    }

    /// The embedded database's file, if it is the embedded one.
    #[must_use]
    pub fn sqlite_file(&self) -> Option<&Path> {
        match &self.store {
            StoreOptions::Sqlite { path } => Some(path),
            StoreOptions::Postgres { .. } => None,
        }
    }
}

impl LimitsFile {
    fn over(self, limits: Limits) -> Limits {
        Limits {
            import_bytes_max: self.import_bytes_max.unwrap_or(limits.import_bytes_max),
            plugin_bytes_max: self.plugin_bytes_max.unwrap_or(limits.plugin_bytes_max),
            compile_s_max: self.compile_s_max.unwrap_or(limits.compile_s_max).max(1),
            conformance_s_max: self.conformance_s_max.unwrap_or(limits.conformance_s_max),
            intake_events_max: self.intake_events_max.unwrap_or(limits.intake_events_max),
            intake_bytes_max: self.intake_bytes_max.unwrap_or(limits.intake_bytes_max),
        }
    }
}

fn read_file(named: Option<&Path>, data_dir: &Path) -> anyhow::Result<SettingsFile> {
    let path = named.map_or_else(|| data_dir.join("rialto.toml"), Path::to_owned);
    match fs::read_to_string(&path) {
        Ok(text) => toml::from_str(&text)
            .map_err(|cause| anyhow::anyhow!("{}: {}", path.display(), one_line(&cause.to_string()))),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound && named.is_none() => Ok(SettingsFile::default()),
        Err(cause) => Err(cause).with_context(|| format!("the settings file {}", path.display())),
    }
}

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

fn store_of(database: Option<String>, data_dir: &Path, connections: Option<u32>) -> anyhow::Result<StoreOptions> {
    match database {
        None => Ok(StoreOptions::Sqlite { path: data_dir.join("rialto.db") }),
        Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
            Ok(StoreOptions::Postgres { url, connections: connections.unwrap_or(CONNECTIONS_DEFAULT) })
        }
        Some(_) => bail!("the database address must begin with postgres:// (leave it out for the embedded database)"),
    }
}

fn checked_name(name: &str) -> anyhow::Result<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if name.is_empty() || name.len() > HOST_NAME_MAX || !name.chars().all(fits) {
        bail!(
            "the host's name `{}` must be 1 to {HOST_NAME_MAX} of the letters a-z, digits, dot, dash, underscore",
            name.escape_debug()
        );
    }
    Ok(name.to_owned())
}

/// `http://127.0.0.1:5000, https://registry.internal`
fn registries<'a>(texts: impl Iterator<Item = &'a str>) -> anyhow::Result<Vec<Origin>> {
    texts.map(|text| text.parse().map_err(|why| anyhow::anyhow!("the setting `registries`: {why}"))).collect()
}

/// `10.0.0.0/8, 127.0.0.1`
fn networks(text: &str) -> anyhow::Result<Vec<IpNet>> {
    let read = |part: &str| part.parse::<IpNet>().or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
    text.split(',')
        .map(|part| read(part.trim()).with_context(|| format!("RIALTO_TRUSTED_PROXIES: `{part}` is not a network")))
        .collect()
}

fn checked_url(text: &str) -> anyhow::Result<String> {
    let url = url::Url::parse(text).with_context(|| format!("the public URL `{text}`"))?;
    if !matches!(url.scheme(), "http" | "https") || url.query().is_some() || url.fragment().is_some() {
        bail!("the public URL `{text}` must be http:// or https:// without a query");
    }
    Ok(text.trim_end_matches('/').to_owned())
}

#[allow(clippy::disallowed_methods, reason = "this is the one door to the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn flag(name: &str) -> anyhow::Result<Option<bool>> {
    match variable(name).as_deref() {
        None => Ok(None),
        Some("1" | "true" | "yes") => Ok(Some(true)),
        Some("0" | "false" | "no") => Ok(Some(false)),
        Some(other) => bail!("{name} must be true or false, not `{other}`"),
    }
}

/// The language to speak before the arguments are understood: `--lang`, then
/// `RIALTO_LANG`, then the system's.
pub fn language(arguments: impl Iterator<Item = String>) -> Locale {
    let mut arguments = arguments.skip(1);
    let mut named = variable("RIALTO_LANG");
    while let Some(argument) = arguments.next() {
        if argument == "--lang" {
            named = arguments.next();
        } else if let Some(tag) = argument.strip_prefix("--lang=") {
            named = Some(tag.to_owned());
        }
    }
    // A tag that is none is refused when the arguments are read.
    named.and_then(|tag| tag.parse().ok()).unwrap_or_else(system_locale)
}

fn system_locale() -> Locale {
    let tag = variable("LC_ALL").or_else(|| variable("LC_MESSAGES")).or_else(|| variable("LANG"));
    tag.and_then(|tag| tag.parse().ok()).unwrap_or_default()
}

/// Make a folder that only its owner may enter.
///
/// # Errors
/// When it cannot be made.
pub fn create_private_dir(path: &Path) -> std::io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Write a new file that only its owner may read.
///
/// # Errors
/// When there is one already, or it cannot be written.
pub fn create_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.write_all(b"\n")?;
    file.sync_all()
}

#[cfg(unix)]
fn only_owner(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & 0o077 != 0 {
        bail!("others may read the master key: run `chmod 600 {}`", path.display());
    }
    Ok(())
}

#[cfg(not(unix))]
fn only_owner(_path: &Path) -> anyhow::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rialto_kernel::SeededRandom;

    fn common(data: &Path) -> Common {
        Common { data: Some(data.to_owned()), ..Common::default() }
    }

    #[test]
    fn the_file_is_read_and_a_setting_nobody_knows_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("rialto.toml");
        fs::write(
            &file,
            "listen = \"127.0.0.1:9\"\npublic_url = \"https://m.example.com/\"\n[limits]\nplugin_bytes_max = 1\n",
        )
        .unwrap();
        let settings = Settings::read(&common(dir.path())).unwrap();
        assert_eq!(settings.listen, "127.0.0.1:9");
        assert_eq!(settings.public_url.as_deref(), Some("https://m.example.com"));
        assert_eq!(settings.limits.plugin_bytes_max, 1);
        fs::write(&file, "registries = [\"http://127.0.0.1:5000\"]\n").unwrap();
        assert_eq!(Settings::read(&common(dir.path())).unwrap().registries[0].to_string(), "http://127.0.0.1:5000");
        fs::write(&file, "registries = [\"127.0.0.1:5000\"]\n").unwrap();
        assert!(Settings::read(&common(dir.path())).unwrap_err().to_string().contains("`registries`"));
        fs::write(&file, "lisen = \"x\"\n").unwrap();
        let error = Settings::read(&common(dir.path())).unwrap_err().to_string();
        assert!(error.contains("lisen") && !error.contains('\n'), "{error}");
    }

    #[test]
    fn the_key_is_made_once_and_for_its_owner_only() {
        let dir = tempfile::tempdir().unwrap();
        let settings = Settings::read(&common(dir.path())).unwrap();
        let first = settings.keys(&SeededRandom::new(1)).unwrap();
        let again = settings.keys(&SeededRandom::new(2)).unwrap();
        assert_eq!(*first.to_hex(), *again.to_hex());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&settings.key_file, fs::Permissions::from_mode(0o644)).unwrap();
            assert!(settings.keys(&SeededRandom::new(1)).unwrap_err().to_string().contains("chmod 600"));
        }
    }

    #[test]
    fn a_host_keeps_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let settings = Settings::read(&common(dir.path())).unwrap();
        let first = settings.host_name(None, &SeededRandom::new(1)).unwrap();
        assert_eq!(first, settings.host_name(None, &SeededRandom::new(2)).unwrap());
        assert_eq!(settings.host_name(Some("b-2".to_owned()), &SeededRandom::new(1)).unwrap(), "b-2");
        for bad in ["", "a/b", "名", &"x".repeat(65)] {
            assert!(settings.host_name(Some(bad.to_owned()), &SeededRandom::new(1)).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_postgres_addresses_are_databases() {
        let bad = Common { database: Some("mysql://x".to_owned()), ..Common::default() };
        assert!(Settings::read(&bad).is_err());
    }
}
