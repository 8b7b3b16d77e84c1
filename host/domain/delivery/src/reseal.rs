//! Passwords and signing keys of mail servers, sealed anew under a new master
//! key.

use crate::{
    Error,
    sql::{self, SealedServer},
};
use rialto_kernel::{Id, Keys, WorkspaceId};
use rialto_slice::{
    Host,
    sealed::{Resealed, STEP_ROWS, Sealed},
};

pub(crate) const SEALED: &[Sealed] = &[Sealed {
    what: "secrets of mail servers",
    reseal: |host, ws, at_most| Box::pin(async move { Ok(walk(&host, ws, at_most).await?) }),
}];

async fn walk(host: &Host, ws: WorkspaceId, at_most: u64) -> Result<Resealed, Error> {
    let (mut told, mut after) = (Resealed::default(), Id::nil());
    loop {
        let rows = {
            let mut conn = host.store.read(ws).await?;
            sql::sealed_servers(&mut conn, ws, after, STEP_ROWS).await?
        };
        let Some(last) = rows.last() else { return Ok(told) };
        after = last.id;
        for row in rows {
            if told.done >= at_most {
                return Ok(told);
            }
            one(host, ws, &row, &mut told).await?;
        }
    }
}

/// Both values of one server, in one transaction.
async fn one(host: &Host, ws: WorkspaceId, row: &SealedServer, told: &mut Resealed) -> Result<(), Error> {
    let mut anew = |what: &str, sealed: &Option<Vec<u8>>| {
        let before = sealed.clone()?;
        let anew = told.anew(host, &Keys::context(ws, row.id, what), &before)?;
        Some((before, anew))
    };
    let (password, key) = (anew("password", &row.password), anew("dkim-key", &row.dkim_key));
    if password.is_none() && key.is_none() {
        return Ok(());
    }
    let id = row.id;
    host.store
        .write(ws, "delivery.reseal", move |conn| {
            Box::pin(async move {
                if let Some((before, anew)) = &password {
                    sql::sealed_password_put(conn, ws, id, before, anew).await?;
                }
                if let Some((before, anew)) = &key {
                    sql::sealed_dkim_put(conn, ws, id, before, anew).await?;
                }
                Ok(())
            })
        })
        .await
}
