//! Where the queue may repeat what a person is called: jobs that ended, and
//! outbox rows that nobody could take in. The audience's erasure runs these.

/// Take what ended jobs and schedules tell out of them, where it names somebody.
pub const JOB_FORGET: &str = "UPDATE job SET message = NULL, result = NULL, error = NULL, checkpoint = NULL
     WHERE workspace = $1 AND id IN (
         SELECT id FROM job WHERE workspace = $1 AND state NOT IN ('pending', 'running')
           AND (message LIKE $2 ESCAPE '\\' OR result LIKE $2 ESCAPE '\\' OR error LIKE $2 ESCAPE '\\'
                OR checkpoint LIKE $2 ESCAPE '\\') LIMIT $3)";

/// Forget rows of the outbox that failed and name somebody, on SQLite.
pub const OUTBOX_FORGET_SQLITE: &str = "DELETE FROM outbox WHERE workspace = $1 AND (id, consumer) IN (
         SELECT id, consumer FROM outbox WHERE workspace = $1 AND failures > 0
           AND CAST(payload AS TEXT) LIKE $2 ESCAPE '\\' LIMIT $3)";

/// As [`OUTBOX_FORGET_SQLITE`], on PostgreSQL.
pub const OUTBOX_FORGET_POSTGRES: &str = "DELETE FROM outbox WHERE workspace = $1 AND (id, consumer) IN (
         SELECT id, consumer FROM outbox WHERE workspace = $1 AND failures > 0
           AND encode(payload, 'escape') LIKE $2 ESCAPE '\\' LIMIT $3)";
