//! What people say about campaigns: comments in threads, with mentions; and
//! annotations, which say in a chart what happened on a day.

pub(crate) mod actions;
pub(crate) mod api;
mod model;
pub(crate) mod sql;

pub use actions::annotations_between;
pub use model::{Annotation, Comment, CommentPatch, NewAnnotation, NewComment};

/// Users one comment mentions.
pub const MENTIONS_MAX: usize = 20;
