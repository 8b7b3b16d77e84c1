//! Answers that are kept for repeated requests, sealed anew under a new master
//! key.

use crate::{
    idempotency::context,
    sql::{KeyOf, idempotency_sealed, idempotency_sealed_put},
};
use rialto_kernel::{Keys, Purpose, Randomness, WorkspaceId};
use rialto_store::{Store, StoreError};

/// Answers looked at in one step.
const STEP_ROWS: u32 = 200;

/// Seal at most so many kept answers of a workspace anew; answers how many were
/// and how many no key opens.
///
/// # Errors
/// When the store fails.
pub async fn answers_reseal(
    store: &Store,
    keys: &Keys,
    random: &dyn Randomness,
    workspace: WorkspaceId,
    at_most: u64,
) -> Result<(u64, u64), StoreError> {
    let (mut done, mut broken) = (0, 0);
    let mut after = (String::new(), String::new());
    loop {
        let rows = {
            let mut conn = store.read(workspace).await?;
            idempotency_sealed(&mut conn, workspace, &after, STEP_ROWS).await?
        };
        let Some(last) = rows.last() else { return Ok((done, broken)) };
        after = (last.actor.clone(), last.key.clone());
        for row in rows {
            if done == at_most {
                return Ok((done, broken));
            }
            let of = KeyOf { workspace, actor: row.actor, key: row.key };
            let Ok(anew) = keys.reseal(Purpose::Secret, &context(&of), &row.body, random) else {
                broken += 1;
                continue;
            };
            if let Some(anew) = anew {
                store
                    .write(workspace, "idempotency.reseal", move |conn| {
                        Box::pin(async move { idempotency_sealed_put(conn, &of, &row.body, &anew).await })
                    })
                    .await?;
                done += 1;
            }
        }
    }
}
