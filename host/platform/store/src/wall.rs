//! PostgreSQL's row-level security: the wall behind the one in every text.
//! Whoever connects owns the tables and works in neither role; each
//! transaction and each reader steps down to the role of its scope first. It
//! knows no table: the schema's own function puts every table with a workspace
//! behind the wall.

use crate::{Conn, Dialect, Scope, StoreError, conn::Inner, query::sql_dynamic};
use sqlx::{AssertSqlSafe, Executor as _, raw_sql};
use std::sync::atomic::Ordering;

/// Sees the rows of one workspace: the one its transaction names.
pub const TENANT_ROLE: &str = "rialto_tenant";
/// Sees all rows; the few texts in `unscoped.rs` files run as it.
pub const HOST_ROLE: &str = "rialto_host";

/// What was found of the wall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wall {
    /// The embedded database has none: one file is one host's.
    NotNeeded,
    /// It stands around this many tables.
    Stands {
        /// Tables behind it.
        tables: u64,
    },
    /// These tables, or the roles, are not as they must be.
    Open(Vec<String>),
}

/// Raise the wall around whatever is not behind it yet. The connection is the
/// owner's, and the migrations are applied.
pub(crate) async fn raise(conn: &mut Conn) -> Result<(), StoreError> {
    roles_make(conn).await?;
    let _: (i64,) = sql_dynamic("SELECT row_security_raise()".to_owned()).fetch_one(conn).await?;
    if let Some(ground) = &conn.ground {
        ground.walled.store(true, Ordering::Release);
    }
    Ok(())
}

/// Whether the tables of this database are behind a wall.
pub(crate) async fn stands(conn: &mut Conn) -> Result<bool, StoreError> {
    let (known,): (bool,) = sql_dynamic(
        "SELECT EXISTS (SELECT 1 FROM pg_policies WHERE schemaname = current_schema() AND policyname = 'rialto_tenant')".to_owned(),
    )
    .fetch_one(conn)
    .await?;
    Ok(known)
}

/// Look whether every table with a workspace is behind the wall.
pub(crate) async fn look(conn: &mut Conn) -> Result<Wall, StoreError> {
    if conn.dialect() == Dialect::Sqlite {
        return Ok(Wall::NotNeeded);
    }
    let tables: Vec<(String, bool)> = sql_dynamic(
        "SELECT CAST(c.relname AS TEXT),
                c.relrowsecurity AND c.relforcerowsecurity
                AND (c.relispartition OR EXISTS (SELECT 1 FROM pg_policy p
                     WHERE p.polrelid = c.oid AND p.polname = 'rialto_tenant'))
         FROM pg_class c
         WHERE c.relnamespace = CAST(current_schema() AS REGNAMESPACE) AND c.relkind IN ('r', 'p')
           AND (c.relname = 'workspace' OR EXISTS (SELECT 1 FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attname = 'workspace' AND NOT a.attisdropped))
         ORDER BY c.relname"
            .to_owned(),
    )
    .fetch_all(conn)
    .await?;
    let mut open: Vec<String> = tables.iter().filter(|(_, good)| !good).map(|(name, _)| name.clone()).collect();
    let strong: Vec<(String,)> = sql_dynamic(
        "SELECT CAST(rolname AS TEXT) FROM pg_roles
         WHERE rolname IN ('rialto_tenant', 'rialto_host') AND NOT rolsuper AND NOT rolbypassrls"
            .to_owned(),
    )
    .fetch_all(conn)
    .await?;
    if strong.len() != 2 {
        open.push(format!("the roles {TENANT_ROLE} and {HOST_ROLE}"));
    }
    Ok(if open.is_empty() { Wall::Stands { tables: tables.len() as u64 } } else { Wall::Open(open) })
}

/// Make the two roles where they are missing, and see that this user may step
/// down to them. They are the cluster's, not the database's.
async fn roles_make(conn: &mut Conn) -> Result<(), StoreError> {
    let missing = conn
        .raw(
            "DO $$ BEGIN
               IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'rialto_tenant') THEN
                 BEGIN CREATE ROLE rialto_tenant NOLOGIN;
                 EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END;
               END IF;
               IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'rialto_host') THEN
                 BEGIN CREATE ROLE rialto_host NOLOGIN;
                 EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END;
               END IF;
             END $$",
        )
        .await;
    if missing.is_err() {
        return Err(roles_wanted(conn).await);
    }
    if step_down(conn).await.is_err() {
        let granted = conn.raw("GRANT rialto_tenant, rialto_host TO CURRENT_USER").await;
        if granted.is_err() || step_down(conn).await.is_err() {
            return Err(roles_wanted(conn).await);
        }
    }
    Ok(())
}

/// Try both roles, and come back.
async fn step_down(conn: &mut Conn) -> Result<(), StoreError> {
    conn.raw("SET ROLE rialto_tenant; SET ROLE rialto_host; RESET ROLE").await
}

/// What a superuser has to run once, where this user may not.
async fn roles_wanted(conn: &mut Conn) -> StoreError {
    let user: Result<(String,), _> =
        sql_dynamic("SELECT CAST(quote_ident(current_user) AS TEXT)".to_owned()).fetch_one(conn).await;
    let user = user.map_or_else(|_| "the_user_of_rialto".to_owned(), |(user,)| user);
    StoreError::Migration {
        name: "row security".to_owned(),
        reason: format!(
            "this database user may not make the roles that wall workspaces off. Run once as a superuser: \
             CREATE ROLE {TENANT_ROLE} NOLOGIN; CREATE ROLE {HOST_ROLE} NOLOGIN; \
             GRANT {TENANT_ROLE}, {HOST_ROLE} TO {user};"
        ),
    }
}

impl Conn {
    /// Begin a PostgreSQL transaction in this scope, in one round trip.
    pub(crate) async fn begin(&mut self, scope: Scope) -> Result<(), StoreError> {
        let walled = self.walled();
        let Inner::Postgres(conn) = &mut self.inner else { return Ok(()) };
        let text = match scope {
            _ if !walled => "BEGIN".to_owned(),
            Scope::Host => {
                "BEGIN; SET LOCAL ROLE rialto_host; SELECT set_config('rialto.workspace', '', true)".to_owned()
            }
            // A UUID prints as hex and dashes only.
            Scope::Workspace(id) => {
                format!("BEGIN; SET LOCAL ROLE rialto_tenant; SELECT set_config('rialto.workspace', '{}', true)", id.0)
            }
        };
        conn.execute(raw_sql(AssertSqlSafe(text))).await.map(drop)?;
        Ok(())
    }

    /// Step into a scope to read. The next who is given this connection steps
    /// into theirs first, so nothing of it has to be taken back.
    pub(crate) async fn enter(&mut self, scope: Scope) -> Result<(), StoreError> {
        if !self.walled() {
            return Ok(());
        }
        let Inner::Postgres(conn) = &mut self.inner else { return Ok(()) };
        let text = match scope {
            Scope::Host => "SET ROLE rialto_host; SELECT set_config('rialto.workspace', '', false)".to_owned(),
            Scope::Workspace(id) => {
                format!("SET ROLE rialto_tenant; SELECT set_config('rialto.workspace', '{}', false)", id.0)
            }
        };
        conn.execute(raw_sql(AssertSqlSafe(text))).await.map(drop)?;
        Ok(())
    }

    fn walled(&self) -> bool {
        self.ground.as_ref().is_some_and(|ground| ground.walled.load(Ordering::Acquire))
    }
}
