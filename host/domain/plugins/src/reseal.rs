//! What installations hold sealed, sealed anew under a new master key.

use crate::{
    Error,
    sql::{self, SealedRow},
    token,
};
use rialto_kernel::{Id, Keys, WorkspaceId};
use rialto_slice::{
    Host,
    sealed::{Resealed, STEP_ROWS, Sealed},
};

pub(crate) const SEALED: &[Sealed] = &[
    Sealed {
        what: "secrets of plugins",
        reseal: |host, ws, at_most| Box::pin(async move { Ok(walk(&host, ws, at_most, false).await?) }),
    },
    Sealed {
        what: "tokens of plugins",
        reseal: |host, ws, at_most| Box::pin(async move { Ok(walk(&host, ws, at_most, true).await?) }),
    },
];

async fn walk(host: &Host, workspace: WorkspaceId, at_most: u64, tokens: bool) -> Result<Resealed, Error> {
    let (mut told, mut after) = (Resealed::default(), (Id::nil(), String::new()));
    loop {
        let rows = {
            let mut conn = host.store.read(workspace).await?;
            match tokens {
                false => sql::sealed_secrets(&mut conn, workspace, &after, STEP_ROWS).await?,
                true => sql::sealed_tokens(&mut conn, workspace, &after, STEP_ROWS).await?,
            }
        };
        let Some(last) = rows.last() else { return Ok(told) };
        after = (last.installation, last.name.clone());
        let mut changed: Vec<(SealedRow, Vec<u8>)> = Vec::new();
        for row in rows.into_iter().filter(|row| !row.sealed.is_empty()) {
            if told.done == at_most {
                break;
            }
            let context = match tokens {
                false => Keys::context(workspace, row.installation, &row.name),
                true => token::context(workspace, row.installation, &row.name),
            };
            if let Some(anew) = told.anew(host, &context, &row.sealed) {
                changed.push((row, anew));
            }
        }
        put(host, workspace, changed, tokens).await?;
        if told.done == at_most {
            return Ok(told);
        }
    }
}

async fn put(
    host: &Host,
    workspace: WorkspaceId,
    changed: Vec<(SealedRow, Vec<u8>)>,
    tokens: bool,
) -> Result<(), Error> {
    if changed.is_empty() {
        return Ok(());
    }
    host.store
        .write(workspace, "plugins.reseal", move |conn| {
            Box::pin(async move {
                for (row, anew) in &changed {
                    match tokens {
                        false => sql::sealed_secret_put(conn, workspace, row, anew).await?,
                        true => sql::sealed_token_put(conn, workspace, row, anew).await?,
                    }
                }
                Ok(())
            })
        })
        .await
}
