//! Contacts that this area still needs: asked before an import of contacts is
//! taken back.

use crate::sql::contacts_named;
use async_trait::async_trait;
use rialto_audience::import::Uses;
use rialto_kernel::{Id, Problem, WorkspaceId};
use rialto_store::Conn;

/// Answers for orders and redemptions.
#[derive(Debug, Clone, Copy)]
pub struct SalesUses;

#[async_trait]
impl Uses for SalesUses {
    async fn used(
        &self,
        conn: &mut Conn,
        workspace: WorkspaceId,
        object: &str,
        ids: &[Id],
    ) -> Result<Vec<(Id, &'static str)>, Problem> {
        if object != "contact" {
            return Ok(Vec::new());
        }
        Ok(contacts_named(conn, workspace, ids).await?)
    }
}
