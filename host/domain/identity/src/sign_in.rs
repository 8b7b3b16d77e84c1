//! Signing in and out. Failures are counted by account and by address, at most
//! five in fifteen minutes, and every refusal looks and takes the same, whether
//! or not there is such an account.

use crate::{
    AuditEntry, IdentityError, actions, audit, password, secret,
    sql::{NewSession, session_delete, session_insert, session_trim, user_credentials},
    unscoped::{self, sign_in_fail, sign_in_failures, sign_in_purge, sign_in_succeed, sign_in_turn},
};
use rialto_kernel::{Id, Problem, WorkspaceId};
use rialto_slice::Host;
use rialto_store::{Conn, Scope, StoreError};
use rialto_web::{Actor, Caller};
use serde_json::json;
use std::{
    net::IpAddr,
    sync::atomic::{AtomicI64, Ordering},
};

/// Failures of one account, or from one address, within [`WINDOW_US`].
pub const FAILURES_MAX: i64 = 5;
/// The window failures are counted in.
pub const WINDOW_US: i64 = 15 * 60 * 1_000_000;
/// How long a session lives at most.
pub(crate) const SESSION_US: i64 = 7 * 24 * 3_600 * 1_000_000;
/// Sessions of one user; the oldest make way.
pub const SESSIONS_PER_USER_MAX: u32 = 20;

/// Who wants in.
pub(crate) struct Attempt {
    pub(crate) workspace: Option<String>,
    pub(crate) email: String,
    pub(crate) password: String,
    pub(crate) address: Option<IpAddr>,
    pub(crate) user_agent: String,
}

/// A session that began.
pub(crate) struct SignedIn {
    pub(crate) workspace: WorkspaceId,
    pub(crate) user: Id,
    pub(crate) token: String,
    pub(crate) lives_s: i64,
}

/// Begin a session, always under a new token.
pub(crate) async fn sign_in(host: &Host, attempt: Attempt) -> Result<SignedIn, IdentityError> {
    let email = attempt.email.trim().to_lowercase();
    let slug = attempt.workspace.as_deref().unwrap_or("").to_owned();
    let workspace = workspace_of(host, attempt.workspace.as_deref()).await?;
    let counted = count(host, subjects(host, &slug, &email, attempt.address)).await?;
    let known = match workspace {
        Some(workspace) => {
            let mut conn = host.store.read(workspace).await?;
            user_credentials(&mut conn, workspace, &email).await?
        }
        None => None,
    };
    let hash = known.as_ref().filter(|(_, state, _)| state == "active").map(|(_, _, hash)| hash.clone());
    let fits = password::verify(bounded(attempt.password), hash).await?;
    let (Some(workspace), Some((user, _, _)), true) = (workspace, known, fits) else {
        note_failure(host, workspace, attempt.address).await?;
        return Err(IdentityError::SignIn);
    };
    begin(host, workspace, user, attempt.user_agent, Some(counted)).await
}

/// Begin a session for a user whose credentials were just checked.
pub(crate) async fn begin(
    host: &Host,
    workspace: WorkspaceId,
    user: Id,
    user_agent: String,
    counted: Option<Counted>,
) -> Result<SignedIn, IdentityError> {
    let token = secret::make("session_", host.random.as_ref());
    let at = host.now_us();
    let session = NewSession {
        workspace,
        hash: secret::hash(&token),
        user,
        user_agent: user_agent.chars().filter(|c| !c.is_control()).take(200).collect(),
        at,
        expires_at: at + SESSION_US,
    };
    let entry = AuditEntry::by(host, workspace, &Actor::User(user), "session.begin", "user", user);
    let write = host.store.write(workspace, "session.begin", move |conn| {
        Box::pin(async move {
            session_insert(conn, &session).await?;
            session_trim(conn, workspace, user, at, SESSIONS_PER_USER_MAX).await?;
            audit(conn, &entry).await
        })
    });
    write.await.map_err(|error: StoreError| error)?;
    if let Some(counted) = counted {
        // Failures are the host's, not a workspace's: a transaction of their own.
        let write = host
            .store
            .write(Scope::Host, "session.forget", move |conn| Box::pin(async move { counted.forget(conn).await }));
        write.await?;
    }
    Ok(SignedIn { workspace, user, token, lives_s: SESSION_US / 1_000_000 })
}

/// End the session of this token.
pub(crate) async fn sign_out(host: &Host, caller: &Caller, token: &str) -> Result<(), IdentityError> {
    let hash = secret::hash(token);
    let Actor::User(user) = caller.actor else { return Ok(()) };
    let entry = AuditEntry::new(host, caller, "session.end", "user", user);
    let workspace = caller.workspace;
    let write = host.store.write(workspace, "session.end", move |conn| {
        Box::pin(async move {
            session_delete(conn, workspace, &hash).await?;
            audit(conn, &entry).await
        })
    });
    Ok(write.await.map_err(|error: StoreError| error)?)
}

/// The workspace somebody signs in to: the one they name, or the only one.
async fn workspace_of(host: &Host, slug: Option<&str>) -> Result<Option<WorkspaceId>, IdentityError> {
    if let Some(slug) = slug {
        return actions::workspace_find_slug(host, slug).await;
    }
    let mut conn = host.store.read(Scope::Host).await?;
    match unscoped::workspace_ids(&mut conn, 2).await?.as_slice() {
        [] => Ok(None),
        [(id, _)] => Ok(Some(WorkspaceId(*id))),
        _ => Err(Problem::invalid("workspace", "name the workspace: this host has several").into()),
    }
}

/// Attempts that count as failed until they succeed.
pub(crate) struct Counted {
    subjects: Vec<String>,
    at: i64,
    id: Id,
}

impl Counted {
    async fn forget(&self, conn: &mut Conn) -> Result<(), StoreError> {
        for subject in &self.subjects {
            sign_in_succeed(conn, subject, self.at, self.id).await?;
        }
        Ok(())
    }
}

/// Count an attempt, or refuse it: the account first, then the address, always
/// in this order, so that no two wait for each other.
async fn count(host: &Host, subjects: Vec<String>) -> Result<Counted, IdentityError> {
    let (at, id) = (host.now_us(), host.id());
    let counted = subjects.clone();
    let write = host.store.write(Scope::Host, "session.count", move |conn| {
        Box::pin(async move {
            for subject in &subjects {
                sign_in_turn(conn, subject, at).await?;
            }
            for subject in &subjects {
                let (failures, oldest) = sign_in_failures(conn, subject, at - WINDOW_US).await?;
                if failures >= FAILURES_MAX {
                    let wait = oldest.map_or(WINDOW_US, |oldest| oldest + WINDOW_US - at);
                    let retry_after_s = u64::try_from(wait / 1_000_000 + 1).unwrap_or(1);
                    return Err(IdentityError::TooManyAttempts { retry_after_s });
                }
            }
            for subject in &subjects {
                sign_in_fail(conn, subject, at, id).await?;
            }
            Ok(())
        })
    });
    write.await?;
    purge(host, at).await?;
    Ok(Counted { subjects: counted, at, id })
}

/// When this process last forgot old failures.
#[derive(Debug, Default)]
struct Purged(AtomicI64);

/// Forget what no longer counts, now and then, in a transaction of its own.
async fn purge(host: &Host, now: i64) -> Result<(), StoreError> {
    let purged = host.slot::<Purged>();
    let last = purged.0.load(Ordering::Relaxed);
    if now - last < WINDOW_US || purged.0.swap(now, Ordering::Relaxed) != last {
        return Ok(());
    }
    let write = host.store.write(Scope::Host, "session.purge", move |conn| {
        Box::pin(async move { sign_in_purge(conn, now - WINDOW_US).await })
    });
    write.await
}

/// What failures are counted by. Both are hashed: people type passwords into
/// the wrong field.
fn subjects(host: &Host, slug: &str, email: &str, address: Option<IpAddr>) -> Vec<String> {
    let nobody = WorkspaceId(Id::nil());
    let hashed = |text: String| hex::encode(host.keys.address_hash(nobody, &text));
    let mut subjects = vec![format!("account:{}", hashed(format!("{slug}\n{email}")))];
    if let Some(address) = address {
        subjects.push(format!("address:{}", hashed(network(address))));
    }
    subjects
}

/// An IPv4 address, or the /64 an IPv6 address lies in.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("{:?}", &address.segments()[..4]),
    }
}

/// No password is longer; a longer text is cut so that it cannot fit.
fn bounded(text: String) -> String {
    if text.len() > password::PASSWORD_BYTES_MAX { String::new() } else { text }
}

async fn note_failure(
    host: &Host,
    workspace: Option<WorkspaceId>,
    address: Option<IpAddr>,
) -> Result<(), IdentityError> {
    metrics::counter!("rialto_sign_in_failures_total").increment(1);
    let Some(workspace) = workspace else { return Ok(()) };
    let detail = json!({ "address": address.map(network) });
    let entry =
        AuditEntry::by(host, workspace, &Actor::System, "session.refuse", "workspace", workspace).detail(detail);
    let write =
        host.store.write(workspace, "session.refuse", move |conn| Box::pin(async move { audit(conn, &entry).await }));
    Ok(write.await.map_err(|error: StoreError| error)?)
}
