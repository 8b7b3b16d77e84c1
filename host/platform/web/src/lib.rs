//! The HTTP house style: problem+json errors, typed extractors whose refusals
//! name the field, who is calling, cursor pages, ETags. It knows no area.
//!
//! A handler reads `async fn f(State(host), caller: Caller, Json(body): Json<New>) -> ApiResult<Json<Thing>>`,
//! calls one action and answers; it holds no SQL and no rule.

mod caller;
mod error;
mod extract;

pub use caller::{Actor, Authenticate, Caller, UnitScope};
pub use error::{ApiError, ApiResult};
pub use extract::{BODY_BYTES_MAX, IfMatch, Json, Path, Query, etag};
