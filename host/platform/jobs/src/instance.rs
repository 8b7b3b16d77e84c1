//! The present start of a named host. A host that starts again takes back at
//! once what its earlier start had leased, and that start, should it still be
//! there, finds every one of its writes fenced and itself replaced. It decides
//! nothing about hosts of other names: their leases run out by time.

use crate::{JobError, unscoped};
use rialto_kernel::Id;
use rialto_store::{Scope, Store};
use std::time::Duration;

/// How often a host says that it lives.
pub const HEARTBEAT: Duration = Duration::from_secs(5);
/// The longest name of a host.
pub const HOST_NAME_MAX: usize = 64;

/// How a host starts.
#[derive(Debug, Clone)]
pub struct NewInstance {
    /// The host's name: the same at every start.
    pub name: String,
    /// This start, never seen before.
    pub instance: Id,
    /// Whether a lock proves that no other host works on the database, so that
    /// whatever is leased is leased by nobody.
    pub alone: bool,
    /// Whether it may not act outside yet.
    pub held: bool,
}

/// One start of a host.
#[derive(Debug, Clone)]
pub struct Instance {
    store: Store,
    name: String,
    instance: Id,
}

/// What a start took back from earlier ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TakenBack {
    /// Jobs that can be claimed again.
    pub jobs: u64,
    /// Outbox rows that can be claimed again.
    pub items: u64,
}

/// A host as the database knows it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HostRow {
    /// Its name.
    pub name: String,
    /// Its present start.
    pub instance: Id,
    /// Whether it may not act outside.
    pub held: bool,
    /// When it started, by the database's clock, UTC microseconds.
    pub started_at: i64,
    /// When it last said that it lives, by the database's clock.
    pub heartbeat_at: i64,
}

impl Instance {
    /// Enter this start as the present one of its name and take back what the
    /// one before had leased, in one transaction: from then on whatever that
    /// one still writes under its leases is refused, because the attempt moved on.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn begin(store: &Store, new: NewInstance) -> Result<(Self, TakenBack), JobError> {
        let (name, instance) = (new.name.clone(), new.instance);
        let taken = store
            .write(Scope::Host, "host.begin", move |conn| {
                Box::pin(async move {
                    let now = conn.lease_now().await?;
                    let before = unscoped::host_begin(conn, &new.name, new.instance, new.held, now).await?;
                    let owner = match (new.alone, before) {
                        (true, _) => String::new(),
                        (false, Some(before)) => owner(&new.name, before),
                        (false, None) => return Ok::<_, JobError>(TakenBack::default()),
                    };
                    let jobs = unscoped::jobs_take_back(conn, &owner).await?;
                    let items = unscoped::outbox_take_back(conn, &owner).await?;
                    conn.signal_on_commit();
                    Ok(TakenBack { jobs, items })
                })
            })
            .await?;
        Ok((Self { store: store.clone(), name, instance }, taken))
    }

    /// The name leases are held under: the host's, and which start of it.
    #[must_use]
    pub fn owner(&self) -> String {
        owner(&self.name, self.instance)
    }

    /// Say that this start lives; false when a later start has its place.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn beat(&self, held: bool) -> Result<bool, JobError> {
        let (name, instance) = (self.name.clone(), self.instance);
        self.store
            .write(Scope::Host, "host.beat", move |conn| {
                Box::pin(async move {
                    let now = conn.lease_now().await?;
                    Ok(unscoped::host_beat(conn, &name, instance, held, now).await?)
                })
            })
            .await
    }

    /// Whether this row is about this start.
    #[must_use]
    pub fn is(&self, row: &HostRow) -> bool {
        row.instance == self.instance
    }

    /// Take this start off the list: it has put all its work down.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end(&self) -> Result<(), JobError> {
        let (name, instance) = (self.name.clone(), self.instance);
        self.store
            .write(Scope::Host, "host.end", move |conn| {
                Box::pin(async move { Ok(unscoped::host_end(conn, &name, instance).await?) })
            })
            .await
    }
}

/// Hosts on this database, those that lived last first.
///
/// # Errors
/// When the store fails.
pub async fn host_list(store: &Store) -> Result<Vec<HostRow>, JobError> {
    let mut conn = store.read(Scope::Host).await?;
    Ok(unscoped::host_list(&mut conn).await?)
}

/// The mark of this database, if it has one.
///
/// # Errors
/// When the store fails.
pub async fn host_epoch(store: &Store) -> Result<Option<String>, JobError> {
    let mut conn = store.read(Scope::Host).await?;
    Ok(unscoped::epoch_find(&mut conn).await?)
}

/// Mark a database that has no mark; answers the mark it has then.
///
/// # Errors
/// When the store fails.
pub async fn host_epoch_first(store: &Store, epoch: String) -> Result<String, JobError> {
    store
        .write(Scope::Host, "host.epoch", move |conn| {
            Box::pin(async move {
                let now = conn.lease_now().await?;
                unscoped::epoch_insert(conn, &epoch, now).await?;
                Ok(unscoped::epoch_find(conn).await?.unwrap_or(epoch))
            })
        })
        .await
}

/// Mark a database that was filled from a backup anew, and forget the hosts
/// that worked on its original.
///
/// # Errors
/// When the store fails.
pub async fn host_restored(store: &Store, epoch: String) -> Result<(), JobError> {
    store
        .write(Scope::Host, "host.restored", move |conn| {
            Box::pin(async move {
                let now = conn.lease_now().await?;
                unscoped::hosts_forget(conn).await?;
                unscoped::epoch_insert(conn, &epoch, now).await?;
                Ok(unscoped::epoch_put(conn, &epoch, now).await?)
            })
        })
        .await
}

/// How many jobs that are due wait because the host may not act outside.
///
/// # Errors
/// When the store fails.
pub async fn jobs_waiting(store: &Store, kinds: &[&str], now_us: i64) -> Result<i64, JobError> {
    let mut conn = store.read(Scope::Host).await?;
    let list = format!(",{},", kinds.join(","));
    let lease_now = conn.lease_now().await?;
    Ok(unscoped::jobs_due_count(&mut conn, &list, now_us, lease_now).await?)
}

fn owner(name: &str, instance: Id) -> String {
    let text = instance.simple().to_string();
    format!("{name}/{}", &text[text.len() - 12..])
}
