//! Access tokens of an installation's accounts: got by the host when one is
//! first needed, kept sealed, got anew before they end. One host at a time gets
//! one, under a lease in the database, so that a refresh token that works only
//! once is used only once.

use crate::{
    Error,
    secrets::Opened,
    sql::{self, TokenRow},
};
use rialto_kernel::{Id, Keys, Purpose, WorkspaceId};
use rialto_plugin_host::{
    Fault, Grants, SecretValue,
    egress::oauth2::{Account, Exchange, OAuth2, Token},
};
use rialto_slice::Host;
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};

/// A token is got anew so long before it ends.
const MARGIN_S: i64 = 60;
/// How long one host may take to get one; longer than a token server may.
const LEASE_US: i64 = 30_000_000;
/// How often somebody who waits for another's token looks again …
const LOOK: Duration = Duration::from_millis(100);
/// … and how many times.
const LOOKS_MAX: u32 = 120;
/// A token this young is not thrown away because a server refused it.
const YOUNG_US: i64 = 30_000_000;

/// A token that is wanted, and all that it takes to get it.
pub(crate) struct Wanted {
    pub(crate) host: Host,
    pub(crate) workspace: WorkspaceId,
    pub(crate) installation: Id,
    /// The setting.
    pub(crate) name: String,
    pub(crate) spec: OAuth2,
    pub(crate) account: Account,
    pub(crate) grants: Arc<Grants>,
    pub(crate) opened: Arc<Opened>,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Kept {
    access: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh: Option<String>,
}

impl Wanted {
    /// The token that holds now.
    pub(crate) async fn current(self) -> Result<SecretValue, Fault> {
        let name = self.name.clone();
        // A task of its own: a run that is given up must not take the answer
        // with it, for a refresh token may be spent by then.
        let got = tokio::spawn(async move { self.get().await }).await;
        got.unwrap_or_else(|_| Err(Fault::unavailable(format!("the token of the setting `{name}` was not got"))))
    }

    async fn get(&self) -> Result<SecretValue, Fault> {
        for look in 0..LOOKS_MAX {
            let row = self.row().await.map_err(|cause| self.failed(&cause))?;
            let now = self.host.now_us();
            let kept = row.as_ref().and_then(|row| open(&self.host, self.workspace, self.installation, row));
            if let (Some(row), Some(kept)) = (&row, &kept)
                && row.renew_at > now
            {
                return Ok(SecretValue::new(kept.access.as_str()));
            }
            let claim = self.host.id();
            if self.claim(claim, now).await.map_err(|cause| self.failed(&cause))? {
                return self.renew(claim, row, kept).await;
            }
            tracing::trace!(look, setting = %self.name, "another is getting the token");
            tokio::time::sleep(LOOK).await;
        }
        Err(Fault::unavailable(format!("another host is getting the token of the setting `{}` and is slow", self.name)))
    }

    /// Get another token under this claim. Where that fails and the present
    /// one still holds, it serves on.
    async fn renew(&self, claim: Id, row: Option<TokenRow>, kept: Option<Kept>) -> Result<SecretValue, Fault> {
        // Looked at again: it may have come while the claim was being made.
        let row = self.row().await.ok().flatten().or(row);
        let kept = row.as_ref().and_then(|row| open(&self.host, self.workspace, self.installation, row)).or(kept);
        let holds = |row: &TokenRow, at: fn(&TokenRow) -> i64| at(row) > self.host.now_us();
        if let (Some(row), Some(kept)) = (&row, &kept)
            && holds(row, |row| row.renew_at)
        {
            self.release(claim).await;
            return Ok(SecretValue::new(kept.access.as_str()));
        }
        let refresh = kept.as_ref().and_then(|kept| kept.refresh.as_deref()).map(SecretValue::new);
        let exchange = Exchange {
            spec: &self.spec,
            account: &self.account,
            refresh: refresh.as_ref(),
            setting: &self.name,
            settings: &self.opened.settings,
            hosts: &self.grants.http,
        };
        match exchange.run(self.host.plugins.egress()).await {
            Ok(token) => {
                let access = token.access.clone();
                self.settle(claim, token, refresh).await.map_err(|cause| self.failed(&cause))?;
                Ok(access)
            }
            Err(fault) => {
                self.release(claim).await;
                tracing::warn!(setting = %self.name, installation = %self.installation, cause = %fault.message, "no token");
                match (&row, &kept) {
                    (Some(row), Some(kept)) if holds(row, |row| row.expires_at) => {
                        Ok(SecretValue::new(kept.access.as_str()))
                    }
                    _ => Err(fault),
                }
            }
        }
    }

    async fn row(&self) -> Result<Option<TokenRow>, Error> {
        let mut conn = self.host.store.read(self.workspace).await?;
        let rows = sql::token_list(&mut conn, self.workspace, self.installation).await?;
        Ok(rows.into_iter().find(|row| row.name == self.name))
    }

    async fn claim(&self, claim: Id, now_us: i64) -> Result<bool, Error> {
        let (workspace, installation, name) = (self.workspace, self.installation, self.name.clone());
        let until_us = now_us.saturating_add(LEASE_US);
        self.host
            .store
            .write(workspace, "plugins.token.claim", move |conn| {
                Box::pin(async move {
                    Ok(sql::token_claim(conn, workspace, installation, &name, claim, now_us, until_us).await?)
                })
            })
            .await
    }

    async fn settle(&self, claim: Id, token: Token, before: Option<SecretValue>) -> Result<(), Error> {
        let (workspace, installation) = (self.workspace, self.installation);
        let text = |value: &SecretValue| String::from_utf8_lossy(value.expose()).into_owned();
        let kept = Kept { access: text(&token.access), refresh: token.refresh.or(before).as_ref().map(text) };
        let plain = zeroize::Zeroizing::new(serde_json::to_string(&kept)?);
        let now = self.host.now_us();
        let margin = MARGIN_S.min(token.lifetime_s / 2);
        let row = TokenRow {
            sealed: self.host.keys.seal(
                Purpose::Secret,
                &context(workspace, installation, &self.name),
                plain.as_bytes(),
                self.host.random.as_ref(),
            )?,
            name: self.name.clone(),
            renew_at: now.saturating_add((token.lifetime_s - margin).saturating_mul(1_000_000)),
            expires_at: now.saturating_add(token.lifetime_s.saturating_mul(1_000_000)),
            updated_at: now,
        };
        self.host
            .store
            .write(workspace, "plugins.token.settle", move |conn| {
                Box::pin(async move { Ok(sql::token_settle(conn, workspace, installation, claim, &row).await?) })
            })
            .await
    }

    /// A claim that is not given free ends by itself, so failing to is no harm.
    async fn release(&self, claim: Id) {
        let (workspace, installation, name) = (self.workspace, self.installation, self.name.clone());
        let freed = self.host.store.write(workspace, "plugins.token.release", move |conn| {
            Box::pin(async move { Ok(sql::token_release(conn, workspace, installation, &name, claim).await?) })
        });
        let freed: Result<(), Error> = freed.await;
        if let Err(cause) = freed {
            tracing::warn!(%cause, "the claim on a token was not given free");
        }
    }

    fn failed(&self, cause: &Error) -> Fault {
        tracing::warn!(%cause, setting = %self.name, "the token of an account is not to be had");
        Fault::unavailable(format!("the token of the setting `{}` is not to be had now", self.name))
    }
}

/// Every token that an installation holds, so that none comes back.
pub(crate) async fn known(host: &Host, workspace: WorkspaceId, installation: Id) -> Result<Vec<SecretValue>, Fault> {
    let failed = |_| Fault::unavailable("the tokens of this installation cannot be read");
    let mut conn = host.store.read(workspace).await.map_err(failed)?;
    let rows = sql::token_list(&mut conn, workspace, installation).await.map_err(failed)?;
    let kept = rows.iter().filter_map(|row| open(host, workspace, installation, row));
    Ok(kept.flat_map(|kept| [Some(kept.access), kept.refresh]).flatten().map(SecretValue::new).collect())
}

/// A server said that the token is not good: the next run gets another.
pub(crate) async fn spoil(host: &Host, workspace: WorkspaceId, installation: Id, name: &str) {
    let (name, before) = (name.to_owned(), host.now_us().saturating_sub(YOUNG_US));
    let written = host.store.write(workspace, "plugins.token.spoil", move |conn| {
        Box::pin(async move { Ok(sql::token_spoil(conn, workspace, installation, &name, before).await?) })
    });
    let written: Result<(), Error> = written.await;
    if let Err(cause) = written {
        tracing::warn!(%cause, "a token that was refused stays for now");
    }
}

/// A token that does not open (another key, a changed row) is as good as none.
fn open(host: &Host, workspace: WorkspaceId, installation: Id, row: &TokenRow) -> Option<Kept> {
    if row.sealed.is_empty() {
        return None;
    }
    let plain = host.keys.open(Purpose::Secret, &context(workspace, installation, &row.name), &row.sealed).ok()?;
    serde_json::from_slice(&plain).ok()
}

/// What a token is sealed for: never what the account is sealed for.
pub(crate) fn context(workspace: WorkspaceId, installation: Id, name: &str) -> Vec<u8> {
    Keys::context(workspace, installation, &format!("token:{name}"))
}
