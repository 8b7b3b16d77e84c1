//! Opening what the settings name: data folder, key, database, plugin host.

use crate::{
    App, commands, compose,
    config::{Settings, create_private_dir},
    keyring,
};
use anyhow::{Context as _, bail};
use rialto_identity::{NewWorkspace, clocks_read, workspace_default, workspace_find_slug};
use rialto_kernel::{Ids, Keys, Locale, OsRandom, SharedClock, SharedRandom, SystemClock, WorkspaceId};
use rialto_plugin_host::{CompileChild, HostConfig, PluginHost};
use rialto_slice::{Host, HostParts};
use rialto_store::{MIGRATIONS, Scope, Store, unscoped::migrations_applied};
use std::{
    fs::{File, TryLockError},
    sync::Arc,
};

/// The parts of a host. Brings the schema up to date.
pub(crate) async fn parts(settings: &Settings, public_url: String) -> anyhow::Result<HostParts> {
    let store = store(settings).await?;
    store.migrate().await?;
    let clock: SharedClock = Arc::new(SystemClock);
    let random: SharedRandom = Arc::new(OsRandom);
    let keys = keyring::check_in(&store, settings.keys(random.as_ref())?, random.as_ref(), clock.now_us()).await?;
    let plugins = plugin_host(settings, keys.clone(), &clock, &random)?;
    let id = Ids::new(Arc::clone(&clock), Arc::clone(&random)).make().simple().to_string();
    Ok(HostParts {
        store,
        clock,
        random,
        keys,
        plugins,
        data_dir: settings.data_dir.clone(),
        public_url,
        name: format!("rialto-{}", &id[id.len() - 8..]),
        limits: settings.limits.clone(),
    })
}

/// The database, its schema left alone.
pub(crate) async fn store(settings: &Settings) -> anyhow::Result<Store> {
    create_private_dir(&settings.data_dir)
        .with_context(|| format!("the data folder {}", settings.data_dir.display()))?;
    Store::open_unmigrated(&settings.store).await.context("the database cannot be opened")
}

/// What runs plugins.
pub(crate) fn plugin_host(
    settings: &Settings,
    keys: Keys,
    clock: &SharedClock,
    random: &SharedRandom,
) -> anyhow::Result<PluginHost> {
    create_private_dir(&settings.data_dir)?;
    let config = HostConfig {
        cache_dir: Some(settings.data_dir.join("plugin-cache")),
        package_bytes: settings.limits.plugin_bytes_max,
        private_hosts: settings.private_hosts,
        registries: settings.registries.clone(),
        compile_ms: settings.limits.compile_s_max.saturating_mul(1_000),
        compile_child: compile_child().map(|child| CompileChild { cpu_s: settings.limits.compile_s_max, ..child }),
        recording: settings.recording,
        ..HostConfig::default()
    };
    Ok(PluginHost::new(config, keys, Arc::clone(clock), Arc::clone(random))?)
}

/// This program, as the process that compiles a stranger's component.
pub(crate) fn compile_child() -> Option<CompileChild> {
    match std::env::current_exe() {
        Ok(program) => Some(CompileChild::of(program, commands::COMPILE)),
        Err(cause) => {
            tracing::warn!(%cause, "this program does not know where it is: plugins are compiled in the host itself");
            None
        }
    }
}

/// A whole host for a command that works on the data folder itself.
pub(crate) async fn app(settings: &Settings) -> anyhow::Result<App> {
    let url = settings.public_url.clone().unwrap_or_else(|| format!("http://{}", settings.listen));
    let app = compose(parts(settings, url).await?)?;
    clocks_read(&app.host).await?;
    Ok(app)
}

/// Names of the migrations that are not applied yet.
pub(crate) async fn migrations_missing(store: &Store) -> anyhow::Result<Vec<&'static str>> {
    let mut conn = store.read(Scope::Host).await?;
    // A database that nobody used yet has not even the table of migrations.
    let applied = migrations_applied(&mut conn).await.unwrap_or_default();
    Ok(MIGRATIONS.iter().map(|m| m.name).filter(|name| !applied.iter().any(|known| known == name)).collect())
}

/// Holds the embedded database for one process that works on jobs. Commands
/// may write beside it.
pub(crate) struct WorkLock(#[allow(dead_code, reason = "held until dropped")] Option<File>);

/// Take the lock; `None` when another process has it.
pub(crate) fn work_lock(settings: &Settings) -> anyhow::Result<Option<WorkLock>> {
    if settings.sqlite_file().is_none() {
        // Any number of hosts share one PostgreSQL.
        return Ok(Some(WorkLock(None)));
    }
    create_private_dir(&settings.data_dir)?;
    let path = settings.data_dir.join("rialto.lock");
    let at = || format!("the lock file {}", path.display());
    let file = File::options().create(true).truncate(false).write(true).open(&path).with_context(at)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(WorkLock(Some(file)))),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(cause)) => Err(cause).with_context(at),
    }
}

/// The workspace a command is about: the one it names, or the only one, which
/// is made when there is none.
pub(crate) async fn workspace(host: &Host, slug: Option<&str>, locale: Locale) -> anyhow::Result<WorkspaceId> {
    if let Some(slug) = slug {
        return match workspace_find_slug(host, slug).await? {
            Some(workspace) => Ok(workspace),
            None => bail!("there is no workspace `{slug}`; `rialto workspace list` shows them"),
        };
    }
    let known = rialto_identity::workspace_list(host).await?;
    if known.len() > 1 {
        let names: Vec<_> = known.iter().take(10).map(|(_, slug)| slug.as_str()).collect();
        bail!("name the workspace with --workspace, one of: {}", names.join(", "));
    }
    let new = NewWorkspace {
        slug: "default".to_owned(),
        name: locale.pick("My company", "我的公司").to_owned(),
        locale,
        zone: "UTC".to_owned(),
        currency: locale.pick("USD", "CNY").to_owned(),
    };
    Ok(workspace_default(host, new).await?)
}
