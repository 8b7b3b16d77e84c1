//! What the audience's own tables hold of a person. Tables are erased in the
//! order in which they stand here, and who somebody is goes last: what is found
//! by their addresses must be found before.

use rialto_jobs::person::{JOB_FORGET, OUTBOX_FORGET_POSTGRES, OUTBOX_FORGET_SQLITE};
use rialto_slice::person::{By, HOLDING, Holding, Words};

/// The audience's holdings, and those of the queue.
pub(crate) const HOLDINGS: &[Holding] = &[
    Holding { table: "job", by: By::Value, erase: Some(Words::Both(JOB_FORGET)), ..HOLDING },
    Holding {
        table: "outbox",
        by: By::Value,
        erase: Some(Words::Pair(OUTBOX_FORGET_SQLITE, OUTBOX_FORGET_POSTGRES)),
        ..HOLDING
    },
    Holding {
        table: "import_error",
        by: By::Value,
        erase: Some(Words::Both(
            "UPDATE import_error SET line = '', message = 'erased' WHERE workspace = $1 AND (import, row, field) IN (
                 SELECT import, row, field FROM import_error WHERE workspace = $1
                   AND (line LIKE $2 ESCAPE '\\' OR message LIKE $2 ESCAPE '\\') LIMIT $3)",
        )),
        left: "the number of the bad row",
        ..HOLDING
    },
    Holding {
        table: "event_seen",
        by: By::Value,
        erase: Some(Words::Both(
            "DELETE FROM event_seen WHERE workspace = $1 AND message_id IN (
                 SELECT message_id FROM event_seen WHERE workspace = $1 AND message_id LIKE $2 ESCAPE '\\' LIMIT $3)",
        )),
        ..HOLDING
    },
    Holding {
        table: "waiting",
        columns: &["contact"],
        erase: Some(Words::Both(
            "DELETE FROM waiting WHERE workspace = $1 AND (at, id) IN (
                 SELECT at, id FROM waiting WHERE workspace = $1 AND contact = $2 LIMIT $3)",
        )),
        ..HOLDING
    },
    Holding {
        table: "event",
        about: ("what happened: visits, opens, clicks, purchases", "发生过的事：访问、打开、点击、购买"),
        columns: &["contact"],
        find: Some(
            "SELECT id, at, kind, name, contact, channel, campaign, send, source, value_minor, currency, properties
             FROM event WHERE workspace = $1 AND contact = $2 ORDER BY at, id LIMIT $3 OFFSET $4",
        ),
        erase: Some(Words::Both(
            "UPDATE event SET contact = NULL, send = NULL, properties = '{}' WHERE workspace = $1 AND (at, id) IN (
                 SELECT at, id FROM event WHERE workspace = $1 AND contact = $2 LIMIT $3)",
        )),
        left: "that it happened, when, by which channel and campaign and of what value, as nobody's",
        ..HOLDING
    },
    Holding {
        table: "trait",
        about: ("what is known about you, one fact a line", "我们所知的关于您的信息，每行一项"),
        columns: &["contact"],
        find: Some(
            "SELECT contact, key, kind, text, number, source, at FROM trait
             WHERE workspace = $1 AND contact = $2 ORDER BY key LIMIT $3 OFFSET $4",
        ),
        erase: Some(Words::Both(
            "DELETE FROM trait WHERE workspace = $1 AND contact = $2 AND key IN (
                 SELECT key FROM trait WHERE workspace = $1 AND contact = $2 LIMIT $3)",
        )),
        ..HOLDING
    },
    Holding {
        table: "tag",
        about: ("words you are marked with", "给您打的标签"),
        columns: &["contact"],
        find: Some(
            "SELECT contact, name, source, at, expires_at FROM tag
             WHERE workspace = $1 AND contact = $2 ORDER BY name LIMIT $3 OFFSET $4",
        ),
        erase: Some(Words::Both(
            "DELETE FROM tag WHERE workspace = $1 AND contact = $2 AND name IN (
                 SELECT name FROM tag WHERE workspace = $1 AND contact = $2 LIMIT $3)",
        )),
        ..HOLDING
    },
    Holding {
        table: "consent",
        about: ("what you agreed to or declined, as it stands now", "您目前同意或拒绝的事项"),
        columns: &["contact"],
        find: Some(
            "SELECT contact, channel, topic, state, record, at FROM consent
             WHERE workspace = $1 AND contact = $2 ORDER BY channel, topic LIMIT $3 OFFSET $4",
        ),
        erase: Some(Words::Both(
            "DELETE FROM consent WHERE workspace = $1 AND contact = $2 AND (channel, topic) IN (
                 SELECT channel, topic FROM consent WHERE workspace = $1 AND contact = $2 LIMIT $3)",
        )),
        ..HOLDING
    },
    Holding {
        table: "consent_record",
        about: ("each time you agreed or declined, with the proof", "您每一次同意或拒绝，及其凭证"),
        columns: &["contact"],
        find: Some(
            "SELECT id, contact, channel, topic, state, source, proof, actor, at FROM consent_record
             WHERE workspace = $1 AND contact = $2 ORDER BY at, id LIMIT $3 OFFSET $4",
        ),
        erase: Some(Words::Both(
            "UPDATE consent_record SET proof = '', source = 'erased', actor = '' WHERE workspace = $1 AND id IN (
                 SELECT id FROM consent_record WHERE workspace = $1 AND contact = $2
                   AND (proof <> '' OR source <> 'erased' OR actor <> '') LIMIT $3)",
        )),
        left: "that consent was given or withdrawn, when and for what, under the erased contact's number: the duty to show it",
        ..HOLDING
    },
    Holding { table: "gate", columns: &["contact"], left: "a counter under the erased contact's number", ..HOLDING },
    Holding {
        table: "audience_member",
        about: ("lists you were on when they were frozen", "冻结名单时包含您的名单"),
        columns: &["contact"],
        find: Some(
            "SELECT m.snapshot, s.name, m.contact FROM audience_member m
             JOIN audience_snapshot s ON s.workspace = m.workspace AND s.id = m.snapshot
             WHERE m.workspace = $1 AND m.contact = $2 ORDER BY m.snapshot LIMIT $3 OFFSET $4",
        ),
        left: "the erased contact's number on lists that were frozen",
        ..HOLDING
    },
    Holding {
        table: "experiment_assignment",
        about: ("experiments you were part of", "您参与过的实验"),
        columns: &["contact"],
        find: Some(
            "SELECT experiment, contact, place, at FROM experiment_assignment
             WHERE workspace = $1 AND contact = $2 ORDER BY experiment LIMIT $3 OFFSET $4",
        ),
        left: "which arm the erased contact's number was in",
        ..HOLDING
    },
    Holding {
        table: "contact_merge",
        about: ("records that were found to be you and were joined", "被认定为您并合并的记录"),
        columns: &["winner", "loser"],
        find: Some(
            "SELECT id, winner, loser, reason, actor, at, undone_at FROM contact_merge
             WHERE workspace = $1 AND (winner = $2 OR loser = $2) ORDER BY at, id LIMIT $3 OFFSET $4",
        ),
        erase: Some(Words::Both(
            "UPDATE contact_merge SET reason = '', actor = '' WHERE workspace = $1 AND id IN (
                 SELECT id FROM contact_merge WHERE workspace = $1 AND (winner = $2 OR loser = $2)
                   AND (reason <> '' OR actor <> '') LIMIT $3)",
        )),
        left: "which erased contacts were one person",
        ..HOLDING
    },
    Holding {
        table: "suppression",
        columns: &["address_hash"],
        left: "keyed hashes of the addresses, so that nobody writes to them again",
        ..HOLDING
    },
    Holding {
        table: "person_document",
        erase: Some(Words::Both(
            "DELETE FROM person_document WHERE workspace = $1 AND (request, part) IN (
                 SELECT d.request, d.part FROM person_document d
                 JOIN person_request r ON r.workspace = d.workspace AND r.id = d.request
                 WHERE d.workspace = $1 AND r.contact = $2 LIMIT $3)",
        )),
        ..HOLDING
    },
    Holding {
        table: "person_request",
        about: ("requests about your data", "关于您的数据的请求"),
        columns: &["contact"],
        find: Some(
            "SELECT id, kind, contact, state, reason, created_by, created_at, finished_at FROM person_request
             WHERE workspace = $1 AND contact = $2 ORDER BY id LIMIT $3 OFFSET $4",
        ),
        left: "what was asked for, and this certificate",
        ..HOLDING
    },
    Holding {
        table: "contact",
        about: ("your names and your language, zone and region", "您的姓名、语言、时区与地区"),
        columns: &["id", "merged_into"],
        find: Some(
            "SELECT id, unit, name, first_name, last_name, locale, zone, region, source, merged_into, version,
                    created_at, updated_at
             FROM contact WHERE workspace = $1 AND id = $2 ORDER BY id LIMIT $3 OFFSET $4",
        ),
        erase: Some(Words::Both(
            "UPDATE contact SET unit = NULL, name = '', first_name = '', last_name = '', locale = '', zone = '',
                    region = '', source = 'erased', version = version + 1
             WHERE workspace = $1 AND id IN (
                 SELECT id FROM contact WHERE workspace = $1 AND id = $2 AND source <> 'erased' LIMIT $3)",
        )),
        left: "an empty row with a number, so that what stays has something to point at",
        ..HOLDING
    },
    Holding {
        table: "identity",
        about: ("your addresses and numbers", "您的地址与号码"),
        columns: &["contact", "value", "shown"],
        find: Some(
            "SELECT kind, issuer, value, contact, shown, source, created_at FROM identity
             WHERE workspace = $1 AND contact = $2 ORDER BY kind, issuer, value LIMIT $3 OFFSET $4",
        ),
        erase: Some(Words::Both(
            "DELETE FROM identity WHERE workspace = $1 AND (kind, issuer, value) IN (
                 SELECT kind, issuer, value FROM identity WHERE workspace = $1 AND contact = $2 LIMIT $3)",
        )),
        ..HOLDING
    },
];
