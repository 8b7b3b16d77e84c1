//! The mail servers of a workspace: set up by an admin, tried out, used by the
//! host's own mail clients. A plugin never names one. An admin may name a
//! server on this machine or in the house; nobody else can make the host
//! connect there.

use crate::{
    Error,
    smtp::{Connection, Security, Server, Signer},
    sql::{self, MailServerRow},
};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Id, Keys, Page, PageQuery, Purpose, WorkspaceId, from_micros};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::{Caller, IfMatch};
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Instant};
use utoipa::ToSchema;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Connections that one server may be given.
const CONNECTIONS_MAX: i64 = 200;
const CONNECTIONS_DEFAULT: i64 = 10;
const RATE_MAX: i64 = 100_000;
const TEXT_CHARS_MAX: usize = 253;

/// A mail server.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MailServer {
    /// The id.
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is protected; there is no falling back.
    pub security: Security,
    /// User to sign in as; empty for none.
    pub username: String,
    /// Whether a password is kept. It can never be read back.
    pub password_set: bool,
    /// Mails under way at once.
    pub connections: i64,
    /// Mails a second, at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_per_second: Option<i64>,
    /// Domain whose mail is handed to `POST /bounces`; each send bounces to an
    /// address of its own there. Empty: bounces go to the sender.
    pub bounce_domain: String,
    /// The domain that mails are signed for; empty where they are not signed.
    pub dkim_domain: String,
    /// Where in that domain's DNS the public key stands.
    pub dkim_selector: String,
    /// Whether a signing key is kept. It can never be read back.
    pub dkim_key_set: bool,
    /// For `If-Match`.
    pub version: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: jiff::Timestamp,
}

/// A mail server to be set up, or what of it is to change.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MailServerChange {
    /// What people call it; unique.
    pub name: Option<String>,
    /// Host name or address.
    pub host: Option<String>,
    /// Port.
    pub port: Option<u16>,
    /// `none`, `starttls` or `tls`.
    pub security: Option<Security>,
    /// User to sign in as; empty for none.
    pub username: Option<String>,
    /// Its password; empty takes it away.
    pub password: Option<String>,
    /// Mails under way at once, 1 to 200.
    pub connections: Option<i64>,
    /// Mails a second; 0 for no bound.
    pub rate_per_second: Option<i64>,
    /// Where bounces come back to.
    pub bounce_domain: Option<String>,
    /// The domain that mails are signed for by DKIM.
    pub dkim_domain: Option<String>,
    /// Where in that domain's DNS the public key stands.
    pub dkim_selector: Option<String>,
    /// The key: RSA in PKCS #1 PEM, or Ed25519 in Base64; empty takes it away.
    pub dkim_key: Option<String>,
}

/// What trying a mail server out showed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MailServerTest {
    /// Whether it can be used.
    pub ok: bool,
    /// Whether the connection is protected by TLS.
    pub encrypted: bool,
    /// How long it took, milliseconds.
    pub took_ms: u64,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Set one up.
///
/// # Errors
/// When a field is missing or wrong, or the name is taken.
pub async fn mail_server_create(host: &Host, caller: &Caller, new: MailServerChange) -> Result<MailServer, Error> {
    let missing = |field| Error::Field { field, reason: "is needed".to_owned() };
    let row = MailServerRow {
        id: host.id(),
        name: new.name.clone().ok_or_else(|| missing("name"))?,
        host: new.host.clone().ok_or_else(|| missing("host"))?,
        port: i64::from(new.port.ok_or_else(|| missing("port"))?),
        security: new.security.ok_or_else(|| missing("security"))?.word().to_owned(),
        username: String::new(),
        password: None,
        connections: CONNECTIONS_DEFAULT,
        rate_per_second: None,
        bounce_domain: String::new(),
        dkim_domain: String::new(),
        dkim_selector: String::new(),
        dkim_key: None,
        version: 1,
        created_at: host.now_us(),
    };
    let row = applied(host, caller.workspace, row, new)?;
    let (ws, kept) = (caller.workspace, row.clone());
    let entry = AuditEntry::new(host, caller, "mail_server.create", "mail_server", row.id);
    host.store
        .write(ws, "delivery.mail-server", move |conn| {
            Box::pin(async move {
                sql::mail_server_insert(conn, ws, kept).await?;
                audit(conn, &entry).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(shown(row))
}

/// Change one.
///
/// # Errors
/// When it is not there, moved on, or a field is wrong.
pub async fn mail_server_patch(
    host: &Host,
    caller: &Caller,
    id: Id,
    if_match: IfMatch,
    change: MailServerChange,
) -> Result<MailServer, Error> {
    let ws = caller.workspace;
    let mut conn = host.store.read(ws).await?;
    let row = sql::mail_server_find(&mut conn, ws, id).await?.ok_or(Error::NotFound("mail server"))?;
    drop(conn);
    if_match.check(row.version)?;
    let moves = change.host.as_ref().is_some_and(|to| *to != row.host);
    if moves && change.password.is_none() && row.password.is_some() {
        let reason = "give the password again when the host changes, so that it is not shown to another".to_owned();
        return Err(Error::Field { field: "password", reason });
    }
    let mut row = applied(host, ws, row, change)?;
    row.version += 1;
    let kept = row.clone();
    let entry = AuditEntry::new(host, caller, "mail_server.change", "mail_server", id);
    host.store
        .write(ws, "delivery.mail-server", move |conn| {
            Box::pin(async move {
                if !sql::mail_server_update(conn, ws, kept).await? {
                    return Err(Error::Raced);
                }
                audit(conn, &entry).await?;
                Ok(())
            })
        })
        .await?;
    Ok(shown(row))
}

/// Take one away.
///
/// # Errors
/// When it is not there, or a campaign that is not over sends through it.
pub async fn mail_server_delete(host: &Host, caller: &Caller, id: Id) -> Result<(), Error> {
    let ws = caller.workspace;
    let entry = AuditEntry::new(host, caller, "mail_server.delete", "mail_server", id);
    host.store
        .write(ws, "delivery.mail-server", move |conn| {
            Box::pin(async move {
                if sql::mail_server_in_use(conn, ws, id).await? {
                    let remedy = "finish or cancel the campaigns that send through it first";
                    return Err(Error::State { state: "in use".to_owned(), remedy });
                }
                if !sql::mail_server_delete(conn, ws, id).await? {
                    return Err(Error::NotFound("mail server"));
                }
                audit(conn, &entry).await?;
                Ok(())
            })
        })
        .await
}

/// One mail server.
///
/// # Errors
/// When it is not there.
pub async fn mail_server_get(host: &Host, workspace: WorkspaceId, id: Id) -> Result<MailServer, Error> {
    let mut conn = host.store.read(workspace).await?;
    let row = sql::mail_server_find(&mut conn, workspace, id).await?;
    row.map(shown).ok_or(Error::NotFound("mail server"))
}

/// A page of them, in the order they were made.
///
/// # Errors
/// When the page is not one of this list.
pub async fn mail_servers(host: &Host, workspace: WorkspaceId, page: &PageQuery) -> Result<Page<MailServer>, Error> {
    let (limit, after) = (page.limit()?, page.after::<Id>()?.unwrap_or_default());
    let mut conn = host.store.read(workspace).await?;
    let rows = sql::mail_server_list(&mut conn, workspace, after, limit + 1).await?;
    Ok(Page::from_rows(rows, limit, |row| row.id)?.map(shown))
}

/// Connect, protect, sign in; send nothing.
///
/// # Errors
/// When the server is not there. That it does not answer is the answer.
pub async fn mail_server_test(host: &Host, workspace: WorkspaceId, id: Id) -> Result<MailServerTest, Error> {
    let mut conn = host.store.read(workspace).await?;
    let server = server_of(&mut conn, host, workspace, Some(id)).await?.ok_or(Error::NotFound("mail server"))?;
    drop(conn);
    let began = Instant::now();
    let opened = Connection::open(&server).await;
    let (encrypted, error) = match opened {
        Ok(mut connection) => {
            let (encrypted, answers) = (connection.encrypted(), connection.answers().await);
            connection.quit().await;
            (encrypted, (!answers).then(|| "stops answering after the greeting".to_owned()))
        }
        Err(error) => (false, Some(error)),
    };
    let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(MailServerTest { ok: error.is_none(), encrypted, took_ms, error })
}

/// The server to send through: the one named, or the workspace's first.
pub(crate) async fn server_of(
    conn: &mut Conn,
    host: &Host,
    ws: WorkspaceId,
    id: Option<Id>,
) -> Result<Option<Server>, Error> {
    let row = match id {
        Some(id) => sql::mail_server_find(conn, ws, id).await?,
        None => sql::mail_server_list(conn, ws, Id::nil(), 1).await?.pop(),
    };
    row.map(|row| server(&host.keys, ws, row)).transpose()
}

/// Whether the workspace has the named server, or any.
///
/// # Errors
/// When the store fails.
pub async fn mail_server_exists(conn: &mut Conn, workspace: WorkspaceId, id: Option<Id>) -> Result<bool, Error> {
    Ok(match id {
        Some(id) => sql::mail_server_find(conn, workspace, id).await?.is_some(),
        None => !sql::mail_server_list(conn, workspace, Id::nil(), 1).await?.is_empty(),
    })
}

fn server(keys: &Keys, ws: WorkspaceId, row: MailServerRow) -> Result<Server, Error> {
    let password = row.password.as_deref().map(|sealed| open(keys, ws, row.id, "password", sealed)).transpose()?;
    let key = row.dkim_key.as_deref().map(|sealed| open(keys, ws, row.id, "dkim-key", sealed)).transpose()?;
    let dkim = key.map(|key| Signer::new(&row.dkim_domain, &row.dkim_selector, &key)).transpose();
    Ok(Server {
        id: row.id,
        version: row.version,
        host: row.host,
        port: u16::try_from(row.port).map_err(|_| Error::Stored("port"))?,
        security: Security::from_word(&row.security).ok_or(Error::Stored("mail server security"))?,
        username: row.username,
        password,
        connections: usize::try_from(row.connections.clamp(1, CONNECTIONS_MAX)).unwrap_or(1),
        rate_per_second: row.rate_per_second.and_then(|rate| u32::try_from(rate).ok()),
        bounce_domain: row.bounce_domain,
        dkim: dkim.map_err(|_| Error::Stored("signing key"))?.map(Arc::new),
    })
}

fn open(keys: &Keys, ws: WorkspaceId, id: Id, what: &str, sealed: &[u8]) -> Result<Zeroizing<String>, Error> {
    let plain = keys.open(Purpose::Secret, &Keys::context(ws, id, what), sealed)?;
    let text = std::str::from_utf8(&plain).map_err(|_| Error::Stored("mail server secret"))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// A row with a change applied and checked.
fn applied(
    host: &Host,
    ws: WorkspaceId,
    mut row: MailServerRow,
    change: MailServerChange,
) -> Result<MailServerRow, Error> {
    row.name = text("name", change.name.unwrap_or(row.name), true)?;
    row.host = host_name(change.host.unwrap_or(row.host))?;
    row.port = i64::from(change.port.unwrap_or_else(|| u16::try_from(row.port).unwrap_or(0)));
    row.security = change.security.map_or(row.security, |security| security.word().to_owned());
    row.username = text("username", change.username.unwrap_or(row.username), false)?;
    row.connections = within("connections", change.connections.unwrap_or(row.connections), 1, CONNECTIONS_MAX)?;
    row.bounce_domain = domain("bounce_domain", change.bounce_domain.unwrap_or(row.bounce_domain))?;
    row.dkim_domain = domain("dkim_domain", change.dkim_domain.unwrap_or(row.dkim_domain))?;
    row.dkim_selector = domain("dkim_selector", change.dkim_selector.unwrap_or(row.dkim_selector))?;
    if row.port == 0 {
        return Err(Error::Field { field: "port", reason: "must be between 1 and 65535".to_owned() });
    }
    match change.rate_per_second {
        Some(0) => row.rate_per_second = None,
        Some(rate) => row.rate_per_second = Some(within("rate_per_second", rate, 0, RATE_MAX)?),
        None => {}
    }
    match change.password.map(Zeroizing::new) {
        Some(password) if password.is_empty() => row.password = None,
        Some(password) => {
            let context = Keys::context(ws, row.id, "password");
            let sealed = host.keys.seal(Purpose::Secret, &context, password.as_bytes(), host.random.as_ref())?;
            row.password = Some(sealed);
        }
        None => {}
    }
    match change.dkim_key.map(Zeroizing::new) {
        Some(key) if key.trim().is_empty() => row.dkim_key = None,
        Some(key) => row.dkim_key = Some(signing_key(host, ws, &row, &key)?),
        None => {}
    }
    if row.dkim_key.is_some() && (row.dkim_domain.is_empty() || row.dkim_selector.is_empty()) {
        let reason = "a signing key needs its `dkim_domain` and `dkim_selector`".to_owned();
        return Err(Error::Field { field: "dkim_domain", reason });
    }
    if row.security == Security::None.word() && row.password.is_some() && !on_this_machine(&row.host) {
        let reason = "a password is never sent in the clear over a network: use `starttls` or `tls`".to_owned();
        return Err(Error::Field { field: "security", reason });
    }
    Ok(row)
}

/// A signing key, tried out and sealed.
fn signing_key(host: &Host, ws: WorkspaceId, row: &MailServerRow, key: &str) -> Result<Vec<u8>, Error> {
    Signer::new(&row.dkim_domain, &row.dkim_selector, key)
        .map_err(|reason| Error::Field { field: "dkim_key", reason })?;
    let context = Keys::context(ws, row.id, "dkim-key");
    Ok(host.keys.seal(Purpose::Secret, &context, key.as_bytes(), host.random.as_ref())?)
}

fn on_this_machine(host: &str) -> bool {
    let address = host.parse::<std::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

fn text(field: &'static str, value: String, needed: bool) -> Result<String, Error> {
    let value = value.trim().to_owned();
    if (needed && value.is_empty()) || value.chars().count() > TEXT_CHARS_MAX || value.chars().any(char::is_control) {
        let reason = format!("must be {} to {TEXT_CHARS_MAX} plain characters", u8::from(needed));
        return Err(Error::Field { field, reason });
    }
    Ok(value)
}

fn host_name(value: String) -> Result<String, Error> {
    let value = text("host", value, true)?;
    let plain = value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '_'));
    if plain {
        Ok(value)
    } else {
        Err(Error::Field { field: "host", reason: "must be a host name or an address".to_owned() })
    }
}

fn domain(field: &'static str, value: String) -> Result<String, Error> {
    let value = text(field, value, false)?.to_ascii_lowercase();
    let plain = value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    if plain && !value.starts_with('.') && !value.ends_with('.') {
        Ok(value)
    } else {
        Err(Error::Field { field, reason: "must be a name such as bounce.example.com".to_owned() })
    }
}

fn within(field: &'static str, value: i64, min: i64, max: i64) -> Result<i64, Error> {
    if (min..=max).contains(&value) {
        Ok(value)
    } else {
        Err(Error::Field { field, reason: format!("must be between {min} and {max}") })
    }
}

fn shown(row: MailServerRow) -> MailServer {
    MailServer {
        id: row.id,
        name: row.name,
        host: row.host,
        port: u16::try_from(row.port).unwrap_or(0),
        security: Security::from_word(&row.security).unwrap_or(Security::Tls),
        username: row.username,
        password_set: row.password.is_some(),
        connections: row.connections,
        rate_per_second: row.rate_per_second,
        bounce_domain: row.bounce_domain,
        dkim_domain: row.dkim_domain,
        dkim_selector: row.dkim_selector,
        dkim_key_set: row.dkim_key.is_some(),
        version: row.version,
        created_at: from_micros(row.created_at),
    }
}
