//! Which callers reach an installation: by the unit it belongs to, or, where
//! it belongs to the whole workspace, by what they may do in all of it. Reading
//! such a one needs the permission somewhere.

use crate::Error;
use rialto_identity::unit_path;
use rialto_kernel::Id;
use rialto_store::Conn;
use rialto_web::Caller;

/// Refuse unless the permission is held where the installation belongs.
pub(crate) async fn require(conn: &mut Conn, caller: &Caller, unit: Option<Id>, permission: &str) -> Result<(), Error> {
    match unit {
        Some(unit) => {
            let path = unit_path(conn, caller.workspace, unit).await.map_err(rialto_kernel::Problem::from)?;
            caller.require_in(permission, &path)?;
        }
        None if permission.ends_with(".read") => caller.require(permission)?,
        None => caller.require_everywhere(permission)?,
    }
    Ok(())
}
