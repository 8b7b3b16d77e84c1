//! Every statement of the identity area that carries a workspace, by resource.

mod audit;
mod clock;
mod retention;
mod role;
mod session;
mod token;
mod unit;
mod user;
mod workspace;

pub(crate) use audit::*;
pub(crate) use clock::*;
pub(crate) use retention::*;
pub(crate) use role::*;
pub(crate) use session::*;
pub(crate) use token::*;
pub(crate) use unit::*;
pub(crate) use user::*;
pub(crate) use workspace::*;
