//! The master key and the database: the keys that outlive a master key are kept
//! sealed under it, and what is sealed is sealed anew when it is replaced. It
//! never writes a key in the clear anywhere but into the key file.
//!
//! A rotation is: both keys known to every host → [`keep`] → [`reseal`] until
//! nothing is left → the old key forgotten. Each part can be stopped anywhere
//! and begun again; a value opens under one of the two at every moment.

mod unscoped;

use anyhow::{Context as _, bail};
use rialto_identity::workspace_list;
use rialto_kernel::{KeptKeys, Keys, Purpose, Randomness, WorkspaceId};
use rialto_slice::{
    Host,
    sealed::{Resealed, Sealed, declare, sealed},
};
use rialto_store::{Scope, Store, StoreError};
use rialto_web::answers_reseal;
use zeroize::Zeroizing;

const SEALED: &[Sealed] = &[Sealed {
    what: "kept answers",
    reseal: |host, ws, at_most| {
        Box::pin(async move {
            let (done, broken) = answers_reseal(&host.store, &host.keys, host.random.as_ref(), ws, at_most).await?;
            Ok(Resealed { done, broken })
        })
    },
}];

/// Say what the host's own layers seal.
pub(crate) fn enter(host: &Host) {
    declare(host, SEALED);
}

/// The row by which a wrong master key is known before it does harm.
const CHECK: &str = "check";

/// The keys as the database knows them: those that outlived their master key
/// taken from it.
///
/// # Errors
/// When the database's keys open under neither the master key nor the one
/// before it.
pub async fn ready(store: &Store, keys: Keys) -> anyhow::Result<Keys> {
    Ok(known(store, keys).await?.0)
}

/// As [`ready`], and the mark by which a wrong master key is known left where
/// there is none.
///
/// # Errors
/// As for [`ready`].
pub(crate) async fn check_in(store: &Store, keys: Keys, random: &dyn Randomness, now_us: i64) -> anyhow::Result<Keys> {
    let (keys, marked) = known(store, keys).await?;
    if marked || keys.previous().is_some() {
        return Ok(keys);
    }
    let sealed = keys.seal(Purpose::Kept, CHECK.as_bytes(), CHECK.as_bytes(), random)?;
    store
        .write(Scope::Host, "keyring.check-in", move |conn| {
            Box::pin(async move { unscoped::kept_key_put(conn, CHECK, &sealed, now_us).await })
        })
        .await?;
    Ok(keys)
}

/// The keys, and whether the database has anything to know them by.
async fn known(store: &Store, keys: Keys) -> anyhow::Result<(Keys, bool)> {
    let mut conn = store.read(Scope::Host).await?;
    let rows = unscoped::kept_keys(&mut conn).await?;
    drop(conn);
    let marked = !rows.is_empty();
    let mut kept = KeptKeys::new();
    for (purpose, sealed) in rows {
        let plain = keys.open(Purpose::Kept, purpose.as_bytes(), &sealed).map_err(|_| {
            anyhow::anyhow!(
                "the master key is not the one that this database is sealed under: give that one, or both while it is being replaced"
            )
        })?;
        if purpose == CHECK {
            continue;
        }
        let key: [u8; 32] = plain.as_slice().try_into().ok().context("a kept key has not 32 bytes")?;
        kept.insert(purpose, Zeroizing::new(key));
    }
    Ok((if kept.is_empty() { keys } else { keys.keeping(kept) }, marked))
}

/// Keep the keys that must outlive the master key before this one, sealed under
/// this one. Doing it again changes nothing that matters.
///
/// # Errors
/// When the store fails.
pub async fn keep(store: &Store, keys: &Keys, random: &dyn Randomness, now_us: i64) -> anyhow::Result<()> {
    let mut rows = vec![(CHECK.to_owned(), keys.seal(Purpose::Kept, CHECK.as_bytes(), CHECK.as_bytes(), random)?)];
    for (purpose, key) in keys.kept() {
        let sealed = keys.seal(Purpose::Kept, purpose.as_bytes(), key.as_ref(), random)?;
        rows.push((purpose, sealed));
    }
    store
        .write(Scope::Host, "keyring.keep", move |conn| {
            Box::pin(async move {
                for (purpose, sealed) in &rows {
                    unscoped::kept_key_put(conn, purpose, sealed, now_us).await?;
                }
                Ok::<_, StoreError>(())
            })
        })
        .await?;
    Ok(())
}

/// Seal at most so many values of every workspace anew; `told` hears of each
/// workspace that is done.
///
/// # Errors
/// When the store fails.
pub async fn reseal(host: &Host, at_most: u64, mut told: impl FnMut(u64)) -> anyhow::Result<Resealed> {
    if host.keys.previous().is_none() {
        bail!("there is no master key before this one, so nothing is sealed under it");
    }
    let mut all = Resealed::default();
    for (workspace, _) in workspace_list(host).await? {
        let of_it = of_workspace(host, workspace, at_most.saturating_sub(all.done)).await?;
        all.done += of_it.done;
        all.broken += of_it.broken;
        told(all.done);
        if all.done == at_most {
            break;
        }
    }
    Ok(all)
}

async fn of_workspace(host: &Host, workspace: WorkspaceId, at_most: u64) -> anyhow::Result<Resealed> {
    let mut all = Resealed::default();
    for values in sealed(host) {
        let left = at_most - all.done;
        let of_them = (values.reseal)(host.clone(), workspace, left).await.with_context(|| values.what.to_owned())?;
        if of_them.broken > 0 {
            tracing::warn!(%workspace, values.what, count = of_them.broken, "sealed values open under no key");
        }
        all.done += of_them.done;
        all.broken += of_them.broken;
    }
    Ok(all)
}
