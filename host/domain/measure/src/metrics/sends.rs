//! What became of the rows of the send ledger.

use crate::catalogue::{Aggregate, Formula, Kind, Metric, Part, Unit, fact, words};

const DISPATCHED: &str = "COALESCE(s.dispatched_at, s.created_at)";
const SETTLED: &str = "COALESCE(s.settled_at, s.created_at)";

/// Rows of the ledger, counted.
macro_rules! rows {
    ($name:literal, $title:expr, $definition:expr, $formula:literal, $part:expr $(,)?) => {
        Metric {
            name: $name,
            title: $title,
            definition: $definition,
            unit: Unit::Count,
            kind: Kind::Additive,
            formula: $formula,
            computed: Formula::Sum(&[&[$part]]),
        }
    };
}

pub(super) const METRICS: &[Metric] = &[
    rows!(
        "waiting",
        words("Waiting", "待发送"),
        words(
            "Ledger rows that are still to be handed over, those to be tried again included.",
            "尚未交付渠道的台账记录，包括等待重试的记录。",
        ),
        "ledger rows in pending, leased or deferred",
        Part::of(&fact::SEND, Aggregate::Count).only("s.state IN ('pending', 'leased', 'deferred')"),
    ),
    rows!(
        "sends",
        words("Sends", "发送数"),
        words(
            "Ledger rows that were handed over to a channel, whatever came of it, by the time they were handed over.",
            "已交给渠道的发送记录数（不论结果），按交付时间计。",
        ),
        "ledger rows in dispatching, submitted, accepted, rejected or uncertain",
        Part::of(&fact::SEND, Aggregate::Count)
            .only("s.state IN ('dispatching', 'submitted', 'accepted', 'rejected', 'uncertain')")
            .at(DISPATCHED),
    ),
    rows!(
        "accepted",
        words("Accepted (delivered)", "已送达（已接收）"),
        words(
            "Sends that the receiving side took over. A later bounce is counted under bounces.",
            "被接收方接收的发送数。之后的退信计入退信数。",
        ),
        "ledger rows in accepted",
        Part::of(&fact::SEND, Aggregate::Count).only("s.state = 'accepted'").at(SETTLED),
    ),
    rows!(
        "rejected",
        words("Rejected", "被拒收"),
        words("Sends that the receiving side refused for good.", "被接收方永久拒收的发送数。"),
        "ledger rows in rejected",
        Part::of(&fact::SEND, Aggregate::Count).only("s.state = 'rejected'").at(SETTLED),
    ),
    rows!(
        "uncertain",
        words("Uncertain", "结果未知（待核实）"),
        words(
            "Sends that were handed over without an answer: they may have arrived, and nobody sends them twice by chance.",
            "已交付但未获得答复的发送数：可能已经到达，不会被意外重复发送。",
        ),
        "ledger rows in uncertain",
        Part::of(&fact::SEND, Aggregate::Count).only("s.state = 'uncertain'").at(SETTLED),
    ),
    rows!(
        "not-sent",
        words("Not sent", "未发数"),
        words(
            "Ledger rows of people who were deliberately not reached; break it down by reason to see why.",
            "有意未触达的台账记录数；可按未发原因查看。",
        ),
        "ledger rows in not_sent",
        Part::of(&fact::SEND, Aggregate::Count).only("s.state = 'not_sent'").at(SETTLED),
    ),
];
