//! What delivery holds of a person: the ledger keeps its rows, without the
//! address, under the number of the erased contact.

use rialto_slice::person::{HOLDING, Holding, Words};

pub(crate) const HOLDINGS: &[Holding] = &[
    Holding {
        table: "delivery_report",
        about: ("what was reported about messages to you: delivered, bounced, complained", "关于发给您的消息的回执：送达、退回、投诉"),
        find: Some(
            "SELECT r.id, r.send, r.kind, r.at, r.detail FROM delivery_report r
             JOIN send s ON s.workspace = r.workspace AND s.id = r.send
             WHERE r.workspace = $1 AND s.contact = $2 ORDER BY r.at, r.id LIMIT $3 OFFSET $4",
        ),
        erase: Some(Words::Both(
            "DELETE FROM delivery_report WHERE workspace = $1 AND id IN (
                 SELECT r.id FROM delivery_report r JOIN send s ON s.workspace = r.workspace AND s.id = r.send
                 WHERE r.workspace = $1 AND s.contact = $2 LIMIT $3)",
        )),
        ..HOLDING
    },
    Holding {
        table: "send_attempt",
        about: ("each try at delivering a message to you", "每一次向您投递消息的尝试"),
        find: Some(
            "SELECT a.send, a.attempt, a.started_at, a.ended_at, a.state, a.code, a.detail FROM send_attempt a
             JOIN send s ON s.workspace = a.workspace AND s.id = a.send
             WHERE a.workspace = $1 AND s.contact = $2 ORDER BY a.send, a.attempt LIMIT $3 OFFSET $4",
        ),
        erase: Some(Words::Both(
            "UPDATE send_attempt SET detail = NULL WHERE workspace = $1 AND (send, attempt) IN (
                 SELECT a.send, a.attempt FROM send_attempt a JOIN send s ON s.workspace = a.workspace AND s.id = a.send
                 WHERE a.workspace = $1 AND s.contact = $2 AND a.detail IS NOT NULL AND a.ended_at IS NOT NULL LIMIT $3)",
        )),
        left: "when a send was tried and how it ended",
        ..HOLDING
    },
    Holding {
        table: "send",
        about: ("messages sent, or to be sent, to you, and those that were not sent with the reason", "已发、待发给您的消息，以及未发送的消息和原因"),
        columns: &["contact", "address", "address_hash"],
        find: Some(
            "SELECT id, occurrence, campaign, contact, channel, address, state, reason, locale, variant, topic, code,
                    detail, created_at, dispatched_at, settled_at
             FROM send WHERE workspace = $1 AND contact = $2 ORDER BY id LIMIT $3 OFFSET $4",
        ),
        // One that was to be sent is not; one that is on its way is erased when it is over.
        erase: Some(Words::Both(
            "UPDATE send SET address = NULL, address_hash = NULL, provider_id = NULL, detail = NULL, locale = '',
                    settled_at = CASE WHEN state IN ('pending', 'deferred') THEN due_at ELSE settled_at END,
                    reason = CASE WHEN state IN ('pending', 'deferred') THEN 'erased' ELSE reason END,
                    state = CASE WHEN state IN ('pending', 'deferred') THEN 'not_sent' ELSE state END
             WHERE workspace = $1 AND id IN (
                 SELECT id FROM send WHERE workspace = $1 AND contact = $2 AND state NOT IN ('leased', 'dispatching')
                   AND (address IS NOT NULL OR address_hash IS NOT NULL OR provider_id IS NOT NULL
                        OR detail IS NOT NULL OR locale <> '' OR state IN ('pending', 'deferred')) LIMIT $3)",
        )),
        busy: Some(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM send
             WHERE workspace = $1 AND contact = $2 AND state IN ('leased', 'dispatching')",
        ),
        left: "that something was sent or not, when, by which channel and campaign, under the erased contact's number",
        ..HOLDING
    },
];
