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
