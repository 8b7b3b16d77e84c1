//! Packages: checked, or checked and kept. Nothing of one is run here.

use super::supply::trust_of;
use crate::{
    Error,
    model::{OriginRow, PackageRow},
    report::{PluginReport, report},
    sql,
};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::Id;
use rialto_plugin_host::Inspection;
use rialto_slice::Host;
use rialto_web::Caller;
use semver::Version;
use serde_json::json;

/// Read a package. Validating is processor time, so it leaves the async
/// threads.
async fn read(host: &Host, bytes: Vec<u8>) -> Result<(Inspection, Vec<u8>), Error> {
    let plugins = host.plugins.clone();
    let read = tokio::task::spawn_blocking(move || plugins.inspect(&bytes).map(|inspection| (inspection, bytes)));
    Ok(read.await.map_err(|cause| rialto_kernel::Problem::internal(format!("the inspection stopped: {cause}")))??)
}

/// Say how a package fits this host, how it stands with the workspace, and what
/// it changes against what serves in an installation. Nothing is stored.
pub(crate) async fn check(
    host: &Host,
    caller: &Caller,
    bytes: Vec<u8>,
    origin: OriginRow,
    installation: Option<Id>,
) -> Result<PluginReport, Error> {
    let (inspection, _) = read(host, bytes).await?;
    let beside = match installation {
        None => None,
        Some(id) => Some(super::version::beside(host, caller, id, &inspection.manifest.id).await?),
    };
    let trust = {
        let mut conn = host.store.read(caller.workspace).await?;
        trust_of(&mut conn, caller.workspace, &inspection).await?
    };
    Ok(report(inspection, beside.as_ref()).with(trust, origin))
}

/// Keep a package that the workspace's trust lets in. The same bytes again
/// change nothing.
pub(crate) async fn upload(
    host: &Host,
    caller: &Caller,
    bytes: Vec<u8>,
    origin: OriginRow,
    allow_older: bool,
) -> Result<PackageRow, Error> {
    let (inspection, bytes) = read(host, bytes).await?;
    report(inspection.clone(), None).refuse()?;
    let row = PackageRow {
        digest: inspection.digest.to_hex(),
        plugin: inspection.manifest.id.clone(),
        version: inspection.manifest.version.clone(),
        size_bytes: i64::try_from(inspection.bytes).unwrap_or(i64::MAX),
        inspection: serde_json::to_string(&inspection)?,
        created_by: caller.actor.to_string(),
        created_at: host.now_us(),
    };
    let entry = AuditEntry::new(host, caller, "plugins.upload", "plugin", &row.digest).detail(json!({
        "plugin": row.plugin, "version": row.version, "bytes": row.size_bytes,
        "source": origin.reference, "resolved": origin.resolved,
    }));
    let (workspace, kinds) = (caller.workspace, inspection.kinds());
    let suite = (host.limits.conformance_s_max > 0).then(|| (host.id(), host.now_us()));
    host.store
        .write(workspace, "plugins.upload", move |conn| {
            Box::pin(async move {
                trust_of(conn, workspace, &inspection).await?.admit()?;
                if let Some(known) = sql::package_find(conn, workspace, &row.digest).await? {
                    return Ok(known);
                }
                let known = sql::package_versions(conn, workspace, &row.plugin).await?;
                check_version(&row, &known, allow_older)?;
                sql::package_insert(conn, workspace, row.clone(), &kinds, bytes).await?;
                let signers: Vec<String> = inspection.signatures.iter().map(|s| s.key.to_string()).collect();
                sql::provenance_insert(conn, workspace, &row.digest, &signers, &origin).await?;
                if let Some((job, now_us)) = suite {
                    super::conformance::queue(conn, workspace, &row.digest, job, now_us).await?;
                }
                audit(conn, &entry).await?;
                Ok(row)
            })
        })
        .await
}

/// A version is one set of bytes, and going back is said.
fn check_version(new: &PackageRow, known: &[(String, String)], allow_older: bool) -> Result<(), Error> {
    if known.iter().any(|(version, digest)| *version == new.version && *digest != new.digest) {
        return Err(Error::SameVersion { plugin: new.plugin.clone(), version: new.version.clone() });
    }
    let parsed = |text: &str| Version::parse(text).ok();
    let newest = known.iter().filter_map(|(version, _)| parsed(version)).max();
    match (newest, parsed(&new.version)) {
        (Some(newest), Some(version)) if version < newest && !allow_older => Err(Error::OlderVersion {
            plugin: new.plugin.clone(),
            version: new.version.clone(),
            newest: newest.to_string(),
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(version: &str, digest: &str) -> PackageRow {
        PackageRow {
            digest: digest.to_owned(),
            plugin: "a/b".to_owned(),
            version: version.to_owned(),
            size_bytes: 1,
            inspection: String::new(),
            created_by: String::new(),
            created_at: 0,
        }
    }

    #[test]
    fn versions_neither_change_nor_go_back_unsaid() {
        let known = [("1.9.0".to_owned(), "aa".to_owned()), ("1.10.0".to_owned(), "bb".to_owned())];
        assert!(check_version(&row("1.11.0", "cc"), &known, false).is_ok());
        assert!(matches!(check_version(&row("1.9.0", "cc"), &known, true), Err(Error::SameVersion { .. })));
        assert!(matches!(check_version(&row("1.9.1", "cc"), &known, false), Err(Error::OlderVersion { .. })));
        assert!(check_version(&row("1.9.1", "cc"), &known, true).is_ok());
        assert!(check_version(&row("1.10.0-rc.1", "cc"), &known, false).is_err());
    }
}
