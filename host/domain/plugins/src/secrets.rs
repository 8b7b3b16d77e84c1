//! Secrets of an installation: sealed at rest, opened only for the egress
//! door. Nothing here ever writes one into a log, an answer or a setting.

use crate::{Error, sql};
use async_trait::async_trait;
use rialto_kernel::{Id, Keys, Purpose, WorkspaceId};
use rialto_plugin_host::{Fault, SecretSource, SecretValue};
use rialto_slice::Host;
use rialto_store::Conn;
use std::collections::BTreeMap;
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
    opened: OnceCell<BTreeMap<String, SecretValue>>,
}

impl SealedSecrets {
    pub(crate) fn new(host: &Host, workspace: WorkspaceId, installation: Id) -> Self {
        Self { host: host.clone(), workspace, installation, opened: OnceCell::new() }
    }

    async fn open(&self) -> Result<BTreeMap<String, SecretValue>, Error> {
        let mut conn = self.host.store.read(self.workspace).await?;
        open_all(&self.host, &mut conn, self.workspace, self.installation).await
    }
}

#[async_trait]
impl SecretSource for SealedSecrets {
    async fn secret(&self, name: &str) -> Result<Option<SecretValue>, Fault> {
        let opened = self.opened.get_or_try_init(|| self.open()).await.map_err(|cause| {
            tracing::warn!(%cause, "secrets of an installation do not open");
            Fault::unavailable("the secrets of this installation cannot be opened")
        })?;
        Ok(opened.get(name).cloned())
    }
}
