//! What can be done in this area: each a function that checks who asks, writes
//! in one transaction with its audit entry, and answers.

mod audit_search;
mod clock;
mod text;
mod token;
mod unit;
mod user;
mod user_access;
mod workspace;

pub use audit_search::{AuditQuery, audit_search};
pub use clock::{CLOCK_MOVED, CLOCKS_EVERY, clock_put, clocks_read};
pub use token::{TOKENS_MAX, token_create, token_get, token_list, token_revoke};
pub use unit::{UNIT_DEPTH_MAX, UNITS_MAX, unit_create, unit_delete, unit_get, unit_list, unit_patch, unit_path};
pub use user::{ROLES_PER_USER_MAX, USERS_MAX, user_create, user_get, user_list, user_patch, user_self};
pub use user_access::{invitation_accept, password_change, user_invite, user_role_add, user_role_remove};
pub use workspace::{
    WORKSPACES_MAX, workspace_create, workspace_default, workspace_find_slug, workspace_get, workspace_list,
    workspace_name, workspace_patch,
};

use text::{email, line};
