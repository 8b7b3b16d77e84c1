//! Secrets of an installation: sealed at rest, opened only for the egress
//! door. Nothing here ever writes one into a log, an answer or a setting.

use crate::{Error, sql, token};
use async_trait::async_trait;
use rialto_kernel::{Id, Keys, Purpose, WorkspaceId};
use rialto_plugin_host::{
    Fault, Grants, LoadedPlugin, SecretSource, SecretValue,
    egress::oauth2::{Account, OAuth2},
};
use rialto_slice::Host;
use rialto_store::Conn;
use serde_json::{Map, Value};
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::OnceCell;

/// Seal a secret for its installation and its name.
pub(crate) fn seal(
    host: &Host,
    workspace: WorkspaceId,
    installation: Id,
    name: &str,
    plain: &str,
) -> Result<Vec<u8>, Error> {
    let context = Keys::context(workspace, installation, name);
    Ok(host.keys.seal(Purpose::Secret, &context, plain.as_bytes(), host.random.as_ref())?)
}

/// Open every secret of an installation.
pub(crate) async fn open_all(
    host: &Host,
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
) -> Result<BTreeMap<String, SecretValue>, Error> {
    let mut opened = BTreeMap::new();
    for (name, sealed) in sql::secret_list(conn, workspace, installation).await? {
        let context = Keys::context(workspace, installation, &name);
        let plain = host.keys.open(Purpose::Secret, &context, &sealed)?;
        opened.insert(name, SecretValue::new(plain.to_vec()));
    }
    Ok(opened)
}

/// The secrets of one run, opened when the egress door first asks.
pub(crate) struct SealedSecrets {
    host: Host,
    workspace: WorkspaceId,
    installation: Id,
    /// How tokens of accounts are got, by setting.
    accounts: BTreeMap<String, OAuth2>,
    grants: Arc<Grants>,
    opened: OnceCell<Arc<Opened>>,
}

/// What was opened, with the settings that a token's address may name.
pub(crate) struct Opened {
    pub(crate) secrets: BTreeMap<String, SecretValue>,
    pub(crate) settings: Map<String, Value>,
}

impl SealedSecrets {
    pub(crate) fn new(host: &Host, workspace: WorkspaceId, installation: Id, plugin: &LoadedPlugin) -> Self {
        let accounts = plugin.inspection().manifest.oauth2_settings();
        let grants = Arc::clone(plugin.grants());
        Self { host: host.clone(), workspace, installation, accounts, grants, opened: OnceCell::new() }
    }

    async fn open(&self) -> Result<Arc<Opened>, Error> {
        let mut conn = self.host.store.read(self.workspace).await?;
        let secrets = open_all(&self.host, &mut conn, self.workspace, self.installation).await?;
        let settings = match sql::installation_find(&mut conn, self.workspace, self.installation).await? {
            Some(row) if !self.accounts.is_empty() => row.settings()?,
            _ => Map::new(),
        };
        Ok(Arc::new(Opened { secrets, settings }))
    }

    async fn opened(&self) -> Result<&Arc<Opened>, Fault> {
        self.opened.get_or_try_init(|| self.open()).await.map_err(|cause| {
            tracing::warn!(%cause, "secrets of an installation do not open");
            Fault::unavailable("the secrets of this installation cannot be opened")
        })
    }

    fn account(&self, name: &str, opened: &Arc<Opened>) -> Result<Option<token::Wanted>, Fault> {
        let Some(kept) = opened.secrets.get(name) else { return Ok(None) };
        let broken =
            |_| Fault::unavailable(format!("the account in the setting `{name}` cannot be read; set it again"));
        let account: Account = serde_json::from_slice(kept.expose()).map_err(broken)?;
        Ok(self.accounts.get(name).map(|spec| token::Wanted {
            host: self.host.clone(),
            workspace: self.workspace,
            installation: self.installation,
            name: name.to_owned(),
            spec: spec.clone(),
            account,
            grants: Arc::clone(&self.grants),
            opened: Arc::clone(opened),
        }))
    }
}

#[async_trait]
impl SecretSource for SealedSecrets {
    async fn secret(&self, name: &str) -> Result<Option<SecretValue>, Fault> {
        let opened = self.opened().await?;
        if !self.accounts.contains_key(name) {
            return Ok(opened.secrets.get(name).cloned());
        }
        match self.account(name, opened)? {
            Some(wanted) => wanted.current().await.map(Some),
            None => Ok(None),
        }
    }

    async fn all(&self) -> Result<Vec<SecretValue>, Fault> {
        let opened = self.opened().await?;
        let mut all = Vec::new();
        for (name, value) in &opened.secrets {
            match self.account(name, opened) {
                Ok(Some(wanted)) => all.extend(wanted.account.secrets()),
                _ => all.push(value.clone()),
            }
        }
        if !self.accounts.is_empty() {
            all.extend(token::known(&self.host, self.workspace, self.installation).await?);
        }
        Ok(all)
    }

    async fn refused(&self, name: &str) {
        if self.accounts.contains_key(name) {
            token::spoil(&self.host, self.workspace, self.installation, name).await;
        }
    }
}
