//! Trust: keys, revoked packages, the policy for unsigned ones. A revocation
//! stops every later activation; what serves goes on serving unless the caller
//! says `stop`, and then runs in flight still finish.

use crate::{
    Error,
    model::{AffectedRow, KeyRow, PolicyRow, RevocationRow, VersionRow},
    rollout::{VersionState, canary},
    sql,
    trust::{self, Known, Standing, Trust, Unsigned, publisher_of},
};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Id, Problem, WorkspaceId};
use rialto_plugin_host::{
    Inspection,
    package::{KeyId, PublicKey},
};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::{Actor, Caller, IfMatch};
use serde_json::json;
use std::collections::BTreeMap;

/// The longest reason or note, in characters.
const NOTE_CHARS_MAX: usize = 500;
/// The most versions that a revocation lists, and stops, at once.
pub(crate) const AFFECTED_MAX: u32 = 500;

/// How a package stands with the workspace.
pub(crate) async fn trust_of(conn: &mut Conn, workspace: WorkspaceId, inspection: &Inspection) -> Result<Trust, Error> {
    let plugin = &inspection.manifest.id;
    let mut known = Known {
        unsigned: policy_of(conn, workspace).await?.0,
        publisher: sql::publisher_known(conn, workspace, publisher_of(plugin)).await?,
        keys: Vec::new(),
        revoked: sql::revocation_find(conn, workspace, &inspection.digest.to_hex()).await?.map(|row| row.reason),
    };
    for signed in &inspection.signatures {
        known.keys.extend(sql::key_find(conn, workspace, &signed.key.to_string()).await?);
    }
    Ok(trust::judge(plugin, &inspection.signatures, &known))
}

/// Refuse a version whose package may not serve: a new one by all that is asked
/// of packages, one that served before only where it was revoked.
pub(crate) async fn check_serves(
    conn: &mut Conn,
    workspace: WorkspaceId,
    digest: &str,
    served_before: bool,
) -> Result<(), Error> {
    let inspection = super::package(conn, workspace, digest).await?.inspection()?;
    let trust = trust_of(conn, workspace, &inspection).await?;
    if served_before { trust.readmit() } else { trust.admit() }
}

/// Why a version may not serve, where [`check_serves`] refuses it: for whoever
/// goes another way then.
pub(crate) async fn barred(
    conn: &mut Conn,
    workspace: WorkspaceId,
    version: &VersionRow,
) -> Result<Option<(Standing, String)>, Error> {
    match check_serves(conn, workspace, &version.digest, version.activated_at.is_some()).await {
        Ok(()) => Ok(None),
        Err(Error::NotTrusted { state, detail }) => Ok(Some((state, detail))),
        Err(other) => Err(other),
    }
}

/// The policy and its version; 0 where nobody set one.
async fn policy_of(conn: &mut Conn, workspace: WorkspaceId) -> Result<(Unsigned, i64), Error> {
    let row = sql::policy_find(conn, workspace).await?;
    Ok(row.map_or((Unsigned::default(), 0), |row| (Unsigned::of(&row.unsigned), row.version)))
}

/// The policy, as it is stored or as it is when nobody set one.
pub(crate) async fn policy_get(host: &Host, workspace: WorkspaceId) -> Result<(Unsigned, i64), Error> {
    let mut conn = host.store.read(workspace).await?;
    policy_of(&mut conn, workspace).await
}

/// Set the policy.
pub(crate) async fn policy_put(
    host: &Host,
    caller: &Caller,
    expected: IfMatch,
    unsigned: Unsigned,
) -> Result<i64, Error> {
    let (before, version) = policy_get(host, caller.workspace).await?;
    expected.check(version)?;
    let row = PolicyRow {
        unsigned: unsigned.as_str().to_owned(),
        version: version + 1,
        updated_by: caller.actor.to_string(),
        updated_at: host.now_us(),
    };
    let workspace = caller.workspace;
    let entry = AuditEntry::new(host, caller, "plugins.package-policy", "workspace", workspace.0)
        .detail(json!({ "unsigned": unsigned, "before": before }));
    host.store
        .write(workspace, "plugins.package-policy", move |conn| {
            Box::pin(async move {
                if !sql::policy_set(conn, workspace, &row).await? {
                    let detail = "it was changed since you read it; read it again, then repeat";
                    return Err(Error::Other(Problem::new(412, "changed", detail)));
                }
                audit(conn, &entry).await?;
                Ok(row.version)
            })
        })
        .await
}

/// Trust a key to sign for a publisher.
pub(crate) async fn key_trust(
    host: &Host,
    caller: &Caller,
    publisher: &str,
    public_key: &str,
    note: &str,
) -> Result<KeyRow, Error> {
    let key: PublicKey = public_key
        .parse()
        .map_err(|cause: rialto_plugin_host::PackageError| Problem::invalid("public_key", cause.to_string()))?;
    let row = KeyRow {
        key_id: key.id().to_string(),
        publisher: checked_publisher(publisher)?,
        public_key: key.to_string(),
        note: checked_text("note", note, true)?,
        created_by: caller.actor.to_string(),
        created_at: host.now_us(),
        revoked_by: None,
        revoked_at: None,
        revoked_reason: None,
    };
    let workspace = caller.workspace;
    let entry = AuditEntry::new(host, caller, "plugins.trust-key", "publisher-key", &row.key_id)
        .detail(json!({ "publisher": row.publisher, "public_key": row.public_key }));
    host.store
        .write(workspace, "plugins.trust-key", move |conn| {
            Box::pin(async move {
                let known = sql::key_find(conn, workspace, &row.key_id).await?;
                if known.iter().any(|known| known.revoked_at.is_some()) {
                    return Err(Error::KeyRevoked(row.key_id));
                }
                if known.iter().any(|known| known.publisher == row.publisher) {
                    return Err(Error::KeyKnown { key: row.key_id, publisher: row.publisher });
                }
                sql::key_insert(conn, workspace, &row).await?;
                audit(conn, &entry).await?;
                Ok(row)
            })
        })
        .await
}

/// Why something is revoked, and whether what serves of it is to stop.
pub(crate) struct Revoking {
    pub(crate) reason: String,
    pub(crate) stop: bool,
}

/// Revoke a key, for every publisher. Again it changes nothing but, with `stop`,
/// stops what still serves.
pub(crate) async fn key_revoke(
    host: &Host,
    caller: &Caller,
    key: &str,
    revoking: Revoking,
) -> Result<(Vec<KeyRow>, Vec<AffectedRow>), Error> {
    let key = key.parse::<KeyId>().map_err(|_| Error::Unknown("publisher key"))?.to_string();
    let reason = checked_text("reason", &revoking.reason, false)?;
    let (workspace, now_us, actor) = (caller.workspace, host.now_us(), caller.actor.clone());
    let host_too = host.clone();
    let entry = AuditEntry::new(host, caller, "plugins.revoke-key", "publisher-key", &key)
        .detail(json!({ "reason": reason, "stop": revoking.stop }));
    host.store
        .write(workspace, "plugins.revoke-key", move |conn| {
            Box::pin(async move {
                if sql::key_find(conn, workspace, &key).await?.is_empty() {
                    return Err(Error::Unknown("publisher key"));
                }
                sql::key_revoke(conn, workspace, &key, &actor.to_string(), &reason, now_us).await?;
                let affected = sql::affected_by_key(conn, workspace, &key, AFFECTED_MAX).await?;
                if revoking.stop {
                    stop(conn, &host_too, workspace, &affected, &actor).await?;
                }
                let rows = sql::key_find(conn, workspace, &key).await?;
                audit(conn, &entry).await?;
                Ok((rows, affected))
            })
        })
        .await
}

/// Revoke a package, whether it is here or not.
pub(crate) async fn package_revoke(
    host: &Host,
    caller: &Caller,
    digest: &str,
    revoking: Revoking,
) -> Result<(RevocationRow, Vec<AffectedRow>), Error> {
    let digest = rialto_plugin_host::PackageDigest::from_hex(digest.trim().trim_start_matches("sha256:"))
        .ok_or_else(|| Problem::invalid("digest", "must be 64 hex digits"))?
        .to_hex();
    let new = RevocationRow {
        digest,
        reason: checked_text("reason", &revoking.reason, false)?,
        created_by: caller.actor.to_string(),
        created_at: host.now_us(),
    };
    let (workspace, host_too, actor) = (caller.workspace, host.clone(), caller.actor.clone());
    let entry = AuditEntry::new(host, caller, "plugins.revoke-package", "plugin", &new.digest)
        .detail(json!({ "reason": new.reason, "stop": revoking.stop }));
    host.store
        .write(workspace, "plugins.revoke-package", move |conn| {
            Box::pin(async move {
                sql::revocation_insert(conn, workspace, &new).await?;
                let affected = sql::affected_by_digest(conn, workspace, &new.digest, AFFECTED_MAX).await?;
                if revoking.stop {
                    stop(conn, &host_too, workspace, &affected, &actor).await?;
                }
                let row = sql::revocation_find(conn, workspace, &new.digest).await?;
                audit(conn, &entry).await?;
                Ok((row.unwrap_or(new), affected))
            })
        })
        .await
}

/// Take a package's revocation back. What was stopped stays stopped.
pub(crate) async fn package_reinstate(host: &Host, caller: &Caller, digest: &str) -> Result<(), Error> {
    let (workspace, digest) = (caller.workspace, digest.to_ascii_lowercase());
    let entry = AuditEntry::new(host, caller, "plugins.reinstate-package", "plugin", &digest);
    host.store
        .write(workspace, "plugins.reinstate-package", move |conn| {
            Box::pin(async move {
                if !sql::revocation_delete(conn, workspace, &digest).await? {
                    return Err(Error::Unknown("revocation"));
                }
                audit(conn, &entry).await?;
                Ok(())
            })
        })
        .await
}

/// The packages among an installation's versions that are revoked, and why.
pub(crate) async fn revoked_of(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
) -> Result<BTreeMap<String, String>, Error> {
    let by_key = sql::revoked_by_key(conn, workspace, installation).await?.into_iter().map(|(digest, key, reason)| {
        (digest, format!("the key {key} that signed it is revoked: {}", reason.unwrap_or_default()))
    });
    let mut revoked: BTreeMap<String, String> = by_key.collect();
    for (digest, reason) in sql::revoked_digests(conn, workspace, installation).await? {
        revoked.insert(digest, format!("the package is revoked: {reason}"));
    }
    Ok(revoked)
}

/// Whether a version that a revocation concerns gets runs: all of them, or a
/// canary's share.
pub(crate) fn serves(row: &AffectedRow) -> bool {
    row.enabled && (leads(row) || row.state == VersionState::Canary.as_str())
}

fn leads(row: &AffectedRow) -> bool {
    row.active_version == Some(row.version)
}

/// Disable what serves; of a version that only tries, its canary is stopped.
async fn stop(
    conn: &mut Conn,
    host: &Host,
    workspace: WorkspaceId,
    affected: &[AffectedRow],
    actor: &Actor,
) -> Result<(), Error> {
    for row in affected.iter().filter(|row| serves(row)) {
        let found = super::installation(conn, workspace, row.installation).await?;
        if !leads(row) {
            canary::stop(conn, host, workspace, found, "revoked", actor).await?;
        } else if found.enabled {
            let reason = "its package was revoked";
            super::installation::switched(conn, host, workspace, found, false, actor, reason).await?;
        }
    }
    Ok(())
}

fn checked_publisher(text: &str) -> Result<String, Problem> {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if (1..=64).contains(&text.len()) && text.bytes().all(fits) && !text.starts_with('-') && !text.ends_with('-') {
        return Ok(text.to_owned());
    }
    Err(Problem::invalid(
        "publisher",
        "must be the first half of a plugin's id: lower-case letters, digits and hyphens",
    ))
}

fn checked_text(field: &str, text: &str, may_be_empty: bool) -> Result<String, Problem> {
    let text = text.trim();
    if text.is_empty() && !may_be_empty {
        return Err(Problem::invalid(field, "say why, in a sentence"));
    }
    if text.chars().count() > NOTE_CHARS_MAX {
        return Err(Problem::invalid(field, format!("must have at most {NOTE_CHARS_MAX} characters")));
    }
    Ok(text.to_owned())
}
