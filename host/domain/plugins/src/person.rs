//! What plugins hold of a person: what they wrote into the log while they
//! delivered to them, and state in which the person is named.

use rialto_slice::person::{By, HOLDING, Holding, Words};

pub(crate) const HOLDINGS: &[Holding] = &[
    Holding {
        table: "plugin_run",
        erase: Some(Words::Both(
            "UPDATE plugin_run SET logs = '[]', error = NULL WHERE workspace = $1 AND id IN (
                 SELECT p.id FROM plugin_run p
                 JOIN send_attempt a ON a.workspace = p.workspace AND a.run = p.id
                 JOIN send s ON s.workspace = a.workspace AND s.id = a.send
                 WHERE p.workspace = $1 AND s.contact = $2 AND (p.logs <> '[]' OR p.error IS NOT NULL) LIMIT $3)",
        )),
        left: "that a plugin ran, what it cost, and digests of what it was told",
        ..HOLDING
    },
    // The key of its file goes with the row: from then on nothing opens it.
    Holding {
        table: "plugin_recording",
        erase: Some(Words::Both(
            "DELETE FROM plugin_recording WHERE workspace = $1 AND run IN (
                 SELECT r.run FROM plugin_recording r WHERE r.workspace = $1
                   AND (r.about = 'everyone' OR (r.about = 'contacts' AND EXISTS (
                       SELECT 1 FROM plugin_recording_contact c
                       WHERE c.workspace = r.workspace AND c.run = r.run AND c.contact = $2)))
                 LIMIT $3)",
        )),
        left: "files of recorded runs that nothing opens any more, for at most an hour",
        ..HOLDING
    },
    Holding {
        table: "plugin_recording_contact",
        columns: &["contact"],
        erase: Some(Words::Both(
            "DELETE FROM plugin_recording_contact WHERE workspace = $1 AND contact = $2 AND run IN (
                 SELECT c.run FROM plugin_recording_contact c WHERE c.workspace = $1 AND c.contact = $2 LIMIT $3)",
        )),
        ..HOLDING
    },
    Holding {
        table: "plugin_state",
        by: By::Value,
        erase: Some(Words::Pair(
            "DELETE FROM plugin_state WHERE workspace = $1 AND (installation, key) IN (
                 SELECT installation, key FROM plugin_state WHERE workspace = $1
                   AND (key LIKE $2 ESCAPE '\\' OR CAST(value AS TEXT) LIKE $2 ESCAPE '\\') LIMIT $3)",
            "DELETE FROM plugin_state WHERE workspace = $1 AND (installation, key) IN (
                 SELECT installation, key FROM plugin_state WHERE workspace = $1
                   AND (key LIKE $2 ESCAPE '\\' OR encode(value, 'escape') LIKE $2 ESCAPE '\\') LIMIT $3)",
        )),
        ..HOLDING
    },
];
