//! What a run can reach, given per run by whoever starts it. An absent door
//! answers `denied`. The egress door for `http` is the host's own; here are
//! only the names, addresses and promises it needs from the caller.

use super::{Fault, MailContent, Metric, QueryAnswer, Question};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};
use zeroize::Zeroizing;

/// A secret's bytes; wiped when dropped and never printed.
#[derive(Clone)]
pub struct SecretValue(Arc<Zeroizing<Vec<u8>>>);

impl SecretValue {
    /// A secret of these bytes.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Arc::new(Zeroizing::new(bytes.into())))
    }

    /// The bytes, for the egress door alone.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretValue(..)")
    }
}

/// Takes mails for the host's SMTP pool.
#[async_trait]
pub trait MailDoor: Send + Sync {
    /// Queue the mail of one delivery; a second one is a fault.
    async fn submit(&self, delivery: &str, content: &MailContent) -> Result<(), Fault>;
}

/// A value and the version it had when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateEntry {
    /// The bytes.
    pub value: Vec<u8>,
    /// Rises with every change of the key.
    pub version: u64,
}

/// What the installation keeps already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StateUsage {
    /// How many keys.
    pub keys: u64,
    /// Bytes of keys and values.
    pub bytes: u64,
}

/// One write to be applied after the run, by compare-and-set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateWrite {
    /// The key.
    pub key: String,
    /// The new value; `None` deletes.
    pub value: Option<Vec<u8>>,
    /// The version the key must still have; `None`: it must not exist.
    pub expected: Option<u64>,
}

/// The state of one installation in one workspace.
#[async_trait]
pub trait StateDoor: Send + Sync {
    /// The value of a key.
    async fn get(&self, key: &str) -> Result<Option<StateEntry>, Fault>;
    /// Keys with this prefix after `after`, in byte order, at most `limit`.
    async fn keys(&self, prefix: &str, after: Option<&str>, limit: u32) -> Result<Vec<String>, Fault>;
    /// How much is kept.
    async fn usage(&self) -> Result<StateUsage, Fault>;
    /// Write at once, durably; answers the new version.
    async fn put_now(&self, key: &str, value: &[u8]) -> Result<u64, Fault>;
}

/// The metrics catalogue, as far as this installation may ask.
#[async_trait]
pub trait QueryDoor: Send + Sync {
    /// What may be asked for.
    async fn metrics(&self) -> Vec<Metric>;
    /// Answer each question, in order.
    async fn ask(&self, questions: &[Question]) -> Vec<Result<QueryAnswer, Fault>>;
}

/// The ledger's side of a dispatch.
#[async_trait]
pub trait DispatchDoor: Send + Sync {
    /// Commit `dispatching` for the delivery. Called before the first byte of
    /// any request but GET and HEAD that names it; a fault stops the request.
    /// Called again for a second request of the same delivery.
    async fn dispatching(&self, delivery: &str) -> Result<(), Fault>;
}

/// Addresses of the deliveries of this run.
#[async_trait]
pub trait AddressSource: Send + Sync {
    /// The address that `{{address}}` stands for.
    async fn address(&self, delivery: &str) -> Result<String, Fault>;
}

/// Secrets of the installation's settings.
#[async_trait]
pub trait SecretSource: Send + Sync {
    /// The value, if there is such a secret.
    async fn secret(&self, name: &str) -> Result<Option<SecretValue>, Fault>;
    /// Everything that must never come back in an answer, whether or not this
    /// run sends it.
    async fn all(&self) -> Result<Vec<SecretValue>, Fault>;
    /// A server answered 401 to a request that carried this one.
    async fn refused(&self, _name: &str) {}
}

/// What a run can reach.
#[derive(Clone, Default)]
pub struct Doors {
    /// For `mail`.
    pub mail: Option<Arc<dyn MailDoor>>,
    /// For `state`.
    pub state: Option<Arc<dyn StateDoor>>,
    /// For `query`.
    pub query: Option<Arc<dyn QueryDoor>>,
    /// For requests that name a delivery.
    pub dispatch: Option<Arc<dyn DispatchDoor>>,
    /// For `{{address}}`.
    pub address: Option<Arc<dyn AddressSource>>,
    /// For `{{secret:…}}` and signing.
    pub secrets: Option<Arc<dyn SecretSource>>,
}

impl fmt::Debug for Doors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Doors")
            .field("mail", &self.mail.is_some())
            .field("state", &self.state.is_some())
            .field("query", &self.query.is_some())
            .field("dispatch", &self.dispatch.is_some())
            .field("address", &self.address.is_some())
            .field("secrets", &self.secrets.is_some())
            .finish()
    }
}

#[async_trait]
impl SecretSource for std::collections::BTreeMap<String, SecretValue> {
    async fn secret(&self, name: &str) -> Result<Option<SecretValue>, Fault> {
        Ok(self.get(name).cloned())
    }

    async fn all(&self) -> Result<Vec<SecretValue>, Fault> {
        Ok(self.values().cloned().collect())
    }
}

#[async_trait]
impl AddressSource for std::collections::BTreeMap<String, String> {
    async fn address(&self, delivery: &str) -> Result<String, Fault> {
        self.get(delivery).cloned().ok_or_else(|| Fault::invalid("no such delivery in this run"))
    }
}
