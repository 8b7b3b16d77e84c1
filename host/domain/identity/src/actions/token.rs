//! Making, listing and revoking API tokens. Nobody makes one that may do more
//! than they may themselves.

use super::{line, unit::parent_of};
use crate::{
    AuditEntry, IdentityError, NewToken, Token, TokenKind, TokenMade, audit,
    role::{INTAKE_ROLE, covers, grant, role},
    secret::{self, TOKEN_PREFIX},
    sql::{
        TokenRow, token_count_live, token_find, token_insert, token_list as tokens_before, token_revoke as end_token,
    },
};
use rialto_kernel::{Id, Page, PageQuery, Problem, to_micros};
use rialto_slice::Host;
use rialto_web::Caller;
use serde_json::json;

/// Live tokens of a workspace.
pub const TOKENS_MAX: i64 = 1_000;

/// Make a token. Its secret is in the answer and nowhere else.
///
/// # Errors
/// When a field is wrong, or the caller may not, or not as much as the token.
pub async fn token_create(host: &Host, caller: &Caller, new: NewToken) -> Result<TokenMade, IdentityError> {
    caller.require("tokens.write")?;
    let name = line("name", &new.name, 200)?;
    let role = role_of(&new)?;
    let (workspace, now) = (caller.workspace, host.now_us());
    let expires_at = new.expires_at.map(to_micros);
    if expires_at.is_some_and(|end| end <= now) {
        return Err(Problem::invalid("expires_at", "must lie in the future").into());
    }
    let secret = secret::make(&format!("{TOKEN_PREFIX}{}_", new.kind.name()), host.random.as_ref());
    let hash = secret::hash(&secret);
    let mut row = TokenRow {
        id: host.id(),
        kind: new.kind.name().to_owned(),
        name,
        hint: secret::hint(&secret),
        role,
        unit: Id::nil(),
        created_by: caller.actor.to_string(),
        created_at: now,
        expires_at,
        revoked_at: None,
        last_used_at: None,
    };
    let (caller_in, entry) = (caller.clone(), AuditEntry::new(host, caller, "token.create", "token", row.id));
    let write = host.store.write(workspace, "token.create", move |conn| {
        Box::pin(async move {
            let unit = parent_of(conn, workspace, new.unit).await?;
            let wanted = grant(&row.role, &unit.path, unit.parent.is_none());
            if !wanted.is_some_and(|wanted| covers(&caller_in.grants, &wanted)) {
                return Err(too_much().into());
            }
            if token_count_live(conn, workspace, now).await? >= TOKENS_MAX {
                return Err(IdentityError::TooMany { limit: "tokens", value: TOKENS_MAX });
            }
            row.unit = unit.id;
            token_insert(conn, workspace, &row, &hash).await?;
            let detail = json!({ "kind": row.kind, "name": row.name, "role": row.role, "unit": row.unit });
            audit(conn, &entry.detail(detail)).await?;
            Ok(row)
        })
    });
    Ok(TokenMade { token: write.await?.into(), secret })
}

fn role_of(new: &NewToken) -> Result<String, Problem> {
    match (new.kind, new.role.as_deref()) {
        (TokenKind::Admin, None) => Ok("admin".to_owned()),
        (TokenKind::Write, None) => Ok(INTAKE_ROLE.to_owned()),
        (TokenKind::Api, Some(name)) if role(name).is_some() => Ok(name.to_owned()),
        (TokenKind::Api, _) => Err(super::user_access::unknown_role()),
        (_, Some(_)) => Err(Problem::invalid("role", "only a token of kind `api` is given a role")),
    }
}

/// 403: nobody hands on more than they have.
pub(crate) fn too_much() -> Problem {
    Problem::new(403, "forbidden", "you cannot hand on more than you may do yourself")
}

/// One token.
///
/// # Errors
/// When there is none, or the caller may not.
pub async fn token_get(host: &Host, caller: &Caller, id: Id) -> Result<Token, IdentityError> {
    caller.require("tokens.read")?;
    let mut conn = host.store.read(caller.workspace).await?;
    Ok(token_find(&mut conn, caller.workspace, id).await?.ok_or(IdentityError::NotFound("token"))?.into())
}

/// Tokens, newest first.
///
/// # Errors
/// When the caller may not, or the query is wrong.
pub async fn token_list(host: &Host, caller: &Caller, page: &PageQuery) -> Result<Page<Token>, IdentityError> {
    caller.require("tokens.read")?;
    let limit = page.limit()?;
    let before = page.after::<Id>()?;
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = tokens_before(&mut conn, caller.workspace, before, limit + 1).await?;
    Ok(Page::from_rows(rows, limit, |row| row.id)?.map(Token::from))
}

/// Revoke a token: it stops to work at once.
///
/// # Errors
/// When there is none, or the caller may not.
pub async fn token_revoke(host: &Host, caller: &Caller, id: Id) -> Result<(), IdentityError> {
    caller.require("tokens.write")?;
    let (workspace, now) = (caller.workspace, host.now_us());
    let (caller_in, entry) = (caller.clone(), AuditEntry::new(host, caller, "token.revoke", "token", id));
    let write = host.store.write(workspace, "token.revoke", move |conn| {
        Box::pin(async move {
            let row = token_find(conn, workspace, id).await?.ok_or(IdentityError::NotFound("token"))?;
            let unit = parent_of(conn, workspace, Some(row.unit)).await?;
            let held = grant(&row.role, &unit.path, unit.parent.is_none());
            if !held.is_some_and(|held| covers(&caller_in.grants, &held)) {
                return Err(too_much().into());
            }
            if end_token(conn, workspace, id, now).await? == 1 {
                audit(conn, &entry.detail(json!({ "name": row.name }))).await?;
            }
            Ok(())
        })
    });
    write.await
}
