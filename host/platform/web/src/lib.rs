//! The HTTP house style: problem+json errors, typed extractors whose refusals
//! name the field, who is calling, cursor pages, ETags, idempotency, progress
//! streams, the layers around every request and the server. It knows no area.
//!
//! A handler reads `async fn f(State(host), caller: Caller, Json(body): Json<New>) -> ApiResult<Json<Thing>>`,
//! calls one action and answers; it holds no SQL and no rule.

mod caller;
pub mod docs;
mod error;
mod extract;
mod forwarded;
mod idempotency;
mod layers;
mod patient;
mod reseal;
pub mod server;
mod site;
mod sql;
mod sse;
mod titles;
mod told;
mod verbs;

pub use caller::{Actor, Authenticate, Caller, Grant, UnitScope};
pub use error::{ApiError, ApiResult, ProblemDocument};
pub use extract::{BODY_BYTES_MAX, IfMatch, Json, Path, Query, etag, parse_json};
pub use forwarded::behind;
pub use idempotency::{IDEMPOTENT_BYTES_MAX, Idempotency, KEY_CHARS_MAX, idempotent};
pub use layers::{BODY_SILENCE_MAX, BODY_TIME_MAX, Dress, RequestId, dress};
pub use reseal::answers_reseal;
pub use site::{SiteFile, site};
pub use sse::{Look, STREAM_TIME_MAX, Stopping, watch};
pub use titles::title;
pub use told::Told;
pub use verbs::verbs;
