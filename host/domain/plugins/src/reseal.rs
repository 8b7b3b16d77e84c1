//! What installations hold sealed, sealed anew under a new master key. Of a
//! recorded run that is the key of its file; the file itself stays as it is.

use crate::{
    Error, recording,
    sql::{self, SealedRow},
    token,
};
use rialto_kernel::{Id, Keys, Purpose, WorkspaceId};
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
    Sealed {
        what: "keys of recorded runs",
        reseal: |host, ws, at_most| Box::pin(async move { Ok(recordings(&host, ws, at_most).await?) }),
    },
];

async fn recordings(host: &Host, workspace: WorkspaceId, at_most: u64) -> Result<Resealed, Error> {
    let (mut told, mut after) = (Resealed::default(), Id::nil());
    loop {
        let rows = {
            let mut conn = host.store.read(workspace).await?;
            sql::sealed_recordings(&mut conn, workspace, after, STEP_ROWS).await?
        };
        let Some((last, _)) = rows.last() else { return Ok(told) };
        after = *last;
        let mut changed: Vec<(Id, Vec<u8>, Vec<u8>)> = Vec::new();
        for (run, sealed) in rows {
            if told.done == at_most {
                break;
            }
            let context = recording::context(workspace, run);
            if let Some(anew) = told.anew_for(Purpose::Recording, host, &context, &sealed) {
                changed.push((run, sealed, anew));
            }
        }
        put_recordings(host, workspace, changed).await?;
        if told.done == at_most {
            return Ok(told);
        }
    }
}

async fn put_recordings(
    host: &Host,
    workspace: WorkspaceId,
    changed: Vec<(Id, Vec<u8>, Vec<u8>)>,
) -> Result<(), Error> {
    if changed.is_empty() {
        return Ok(());
    }
    host.store
        .write(workspace, "plugins.reseal", move |conn| {
            Box::pin(async move {
                for (run, before, anew) in &changed {
                    sql::sealed_recording_put(conn, workspace, *run, (before, anew)).await?;
                }
                Ok(())
            })
        })
        .await
}

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
