//! Segments: a rule over what is known of people, compiled into one query
//! with bound values. Preview, overlap, lists and the snapshot at launch run
//! the same compiled query; no text of a rule ever becomes text of a query.

mod actions;
mod ask;
mod compile;
mod families;
mod model;
mod parse;
mod rule;
mod snapshot;
pub(crate) mod sql;
mod suggest;

pub use actions::{overlap, people_of, preview, segment_create, segment_find, segment_known, segment_patch};
pub use compile::{Compiled, compile};
pub use model::{NewSegment, Overlap, OverlapQuestion, Preview, PreviewQuestion, RuleSource, Segment, SegmentPatch};
pub use rule::Rule;
pub(crate) use snapshot::snapshot_list;
pub use snapshot::{
    NewSnapshot, Snapshot, SnapshotJob, snapshot_begin, snapshot_create, snapshot_fill, snapshot_find,
    snapshot_members, snapshot_of,
};
pub use suggest::{AcceptedSuggestion, Suggestion, Suggestions, suggestion_accept, suggestions};
