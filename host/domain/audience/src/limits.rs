//! Every bound of the audience area, by name.

/// Contacts whose pointers may end at one root.
pub const CLUSTER_CONTACTS_MAX: usize = 1_000;
/// Identities of one contact.
pub const CONTACT_IDENTITIES_MAX: usize = 50;
/// Tags of one contact.
pub const CONTACT_TAGS_MAX: usize = 500;
/// Traits of one contact.
pub const CONTACT_TRAITS_MAX: usize = 500;
/// Bytes of a trait's key, a tag's name, a channel or a topic.
pub const KEY_BYTES_MAX: usize = 80;
/// Bytes of a trait's text.
pub const TRAIT_TEXT_BYTES_MAX: usize = 2_000;
/// Bytes of a name, a zone, a region or a source.
pub const NAME_BYTES_MAX: usize = 300;
/// Bytes of a proof of consent.
pub const PROOF_BYTES_MAX: usize = 2_000;
/// Bytes of one event's properties.
pub const PROPERTIES_BYTES_MAX: usize = 32 * 1024;
/// Bytes of an event's name and of a message id.
pub const EVENT_NAME_BYTES_MAX: usize = 200;
/// How long a message id is remembered.
pub const EVENT_SEEN_DAYS: i64 = 30;
/// Forgotten message ids removed a batch.
pub const EVENT_SEEN_PRUNE_ROWS: i64 = 500;
/// Intake requests a host works on at once; more are told to come back.
pub const INTAKE_REQUESTS_MAX: usize = 256;
/// Levels of a segment rule.
pub const RULE_DEPTH_MAX: usize = 8;
/// Conditions of a segment rule.
pub const RULE_CONDITIONS_MAX: usize = 64;
/// Values of one list in a condition.
pub const RULE_VALUES_MAX: usize = 500;
/// Contacts of one snapshot.
pub const SNAPSHOT_MEMBERS_MAX: usize = 5_000_000;
/// Contacts shown by a preview.
pub const PREVIEW_SAMPLE_MAX: u32 = 100;
/// Rows of one import batch: one transaction.
pub const IMPORT_BATCH_ROWS: usize = 1_000;
/// Rows of one import batch of a kind that asks for more, because many of its
/// rows become one.
pub const IMPORT_BATCH_ROWS_MAX: usize = 20_000;
/// Bytes of one import row; a longer one is a row error.
pub const IMPORT_ROW_BYTES_MAX: usize = 256 * 1024;
/// Bytes of the rows of one batch.
pub const IMPORT_BATCH_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Columns of an import.
pub const IMPORT_COLUMNS_MAX: usize = 500;
/// Row errors kept; more are only counted.
pub const IMPORT_ERRORS_MAX: u64 = 10_000;
/// Bytes of a bad line that are kept.
pub const IMPORT_LINE_BYTES_MAX: usize = 4_000;
/// Names kept by one import's cache of ids.
pub const IMPORT_CACHE_MAX: usize = 500_000;
/// Arms of one experiment.
pub const EXPERIMENT_ARMS_MAX: usize = 10;
/// Workspace-wide experiments that one launch looks at.
pub const EXPERIMENTS_WIDE_MAX: i64 = 4;
/// Bytes looked at to tell a file's encoding.
pub const IMPORT_SAMPLE_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of all parts of a workbook when unpacked; more is a bomb or belongs in a CSV file.
pub const IMPORT_WORKBOOK_BYTES_MAX: u64 = 1 << 30;
/// Bytes of a workbook's shared texts, which are held in memory.
pub const IMPORT_WORKBOOK_TEXTS_MAX: u64 = 256 << 20;
/// Parts of a workbook.
pub const IMPORT_WORKBOOK_PARTS_MAX: usize = 4_096;
/// Rows that a preview shows.
pub const IMPORT_PREVIEW_ROWS: usize = 20;
/// Rows that a preview tries out.
pub const IMPORT_PREVIEW_TRIED_ROWS: usize = 500;
/// Columns' meanings remembered by a workspace.
pub const IMPORT_MAPPINGS_MAX: i64 = 500;
