//! The words every other crate is written in: ids, time, randomness, money,
//! keys, problems, pages and locales. It does no I/O and knows nothing of
//! marketing.

pub mod clock;
pub mod html;
pub mod id;
pub mod keys;
pub mod locale;
pub mod mask;
pub mod money;
pub mod page;
pub mod problem;
pub mod random;
pub mod words;

pub use clock::{Clock, FixedClock, SharedClock, SystemClock, from_micros, to_micros};
pub use id::{Id, Ids, WorkspaceId};
pub use keys::{KeptKeys, Keys, Purpose};
pub use locale::Locale;
pub use money::{Currency, Money, allot};
pub use page::{Page, PageQuery};
pub use problem::Problem;
pub use random::{OsRandom, Randomness, SeededRandom, SharedRandom};
