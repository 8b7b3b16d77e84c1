//! Whom campaigns addressed.

use crate::catalogue::{Aggregate, Formula, Kind, Metric, Part, Unit, fact, words};

pub(super) const METRICS: &[Metric] = &[
    Metric {
        name: "audience",
        title: words("Audience", "触达人群"),
        definition: words(
            "Different people that campaigns addressed: everyone with a row in the send ledger, sent or not, or with a recorded \
             targeting. Merged contacts count once.",
            "营销活动面向的不同客户数：发送台账中有记录的人（无论是否已发送），或有定向投放记录的人。合并后的客户只计一次。",
        ),
        unit: Unit::Count,
        kind: Kind::Distinct,
        formula: "different contacts over ledger rows and targetings",
        computed: Formula::Sum(&[&[Part::of(&fact::ADDRESSED, Aggregate::People)]]),
    },
    Metric {
        name: "recipients",
        title: words("Ledger rows", "台账记录数"),
        definition: words(
            "Rows of the send ledger: one a person, channel and occurrence. Always waiting + sends + not-sent.",
            "发送台账的记录数：每人、每渠道、每批次一条。恒等于 待发送 + 已发送 + 未发。",
        ),
        unit: Unit::Count,
        kind: Kind::Additive,
        formula: "count of ledger rows",
        computed: Formula::Sum(&[&[Part::of(&fact::SEND, Aggregate::Count)]]),
    },
];
