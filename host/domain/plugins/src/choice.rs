//! Which version of an installation gets a run: the one that serves, or the
//! candidate of a canary, told by the run's id alone.

use crate::{
    Error,
    rollout::{
        CanaryTerms, RolloutPolicy, VersionState,
        canary::{self, Side, Trial},
    },
    sql::{self, Serving},
};
use rialto_kernel::{Id, WorkspaceId};
use rialto_plugin_host::Grants;
use rialto_slice::Host;

/// A version that may get the run.
pub(crate) struct Choice {
    pub(crate) version: Id,
    pub(crate) version_label: String,
    pub(crate) digest: String,
    pub(crate) grants: Grants,
    pub(crate) state: VersionState,
    pub(crate) trial: Option<Trial>,
}

/// What is known of an installation when a run of it opens.
pub(crate) struct Found {
    pub(crate) name: String,
    pub(crate) settings: String,
    pub(crate) secret_names: Vec<String>,
    pub(crate) policy: RolloutPolicy,
    pub(crate) serving: Choice,
    /// The candidate, when the run falls to it.
    pub(crate) candidate: Option<Choice>,
}

pub(crate) async fn find(
    host: &Host,
    workspace: WorkspaceId,
    installation: Id,
    second: bool,
    run: Id,
) -> Result<Found, Error> {
    let mut conn = host.store.read(workspace).await?;
    let Some(serving) = sql::serving_find(&mut conn, workspace, installation).await? else {
        return Err(match sql::installation_find(&mut conn, workspace, installation).await? {
            Some(_) => Error::NothingActive,
            None => Error::Unknown("installation"),
        });
    };
    if !serving.enabled {
        return Err(Error::Disabled);
    }
    let tries = match serving.canary {
        Some(id) => sql::candidate_find(&mut conn, workspace, id).await?.map(|candidate| (id, candidate)),
        None => None,
    };
    let secret_names = sql::secret_names(&mut conn, workspace, installation).await?;
    let mut candidate = None;
    let mut trial = None;
    if let Some((id, found)) = tries {
        let terms: CanaryTerms = serde_json::from_str(&found.policy)?;
        trial = Some(Trial { canary: id, side: Side::Old });
        if !second && canary::side(id, terms.percent, run) == Side::New {
            candidate = Some(Choice {
                version: found.version,
                version_label: found.version_label,
                digest: found.digest,
                grants: serde_json::from_str(&found.grants)?,
                state: known(&found.state),
                trial: Some(Trial { canary: id, side: Side::New }),
            });
        }
    }
    let Serving { name, settings, version, digest, version_label, grants, state, rollout, .. } = serving;
    let grants = serde_json::from_str(&grants)?;
    Ok(Found {
        name,
        settings,
        secret_names,
        policy: serde_json::from_str(&rollout)?,
        serving: Choice { version, version_label, digest, grants, state: known(&state), trial },
        candidate,
    })
}

fn known(state: &str) -> VersionState {
    state.parse().unwrap_or(VersionState::Active)
}
