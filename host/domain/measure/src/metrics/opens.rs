//! Opens of messages. What a mail client fetches by itself counts too, where
//! it cannot be told from a person.

use crate::{
    catalogue::{Aggregate, Formula, Kind, Metric, Part, Unit, fact, words},
    names::OPENED,
};

pub(super) const METRICS: &[Metric] = &[
    Metric {
        name: "opens",
        title: words("Opens", "打开次数"),
        definition: words(
            "Times a message was opened, as its pixel tells; every time counts.",
            "触达内容被打开的次数（以像素为准），每次都计。",
        ),
        unit: Unit::Count,
        kind: Kind::Additive,
        formula: "count of open events",
        computed: Formula::Sum(&[&[Part::of(&fact::EVENT, Aggregate::Count).only(OPENED)]]),
    },
    Metric {
        name: "unique-opens",
        title: words("Unique opens", "打开人次（去重）"),
        definition: words("Different sends that were opened at least once.", "至少被打开过一次的不同发送记录数。"),
        unit: Unit::Count,
        kind: Kind::Distinct,
        formula: "different sends over open events",
        computed: Formula::Sum(&[
            &[Part::of(&fact::EVENT, Aggregate::Distinct("COALESCE(e.send, e.id)")).only(OPENED)],
        ]),
    },
    Metric {
        name: "open-rate",
        title: words("Open rate", "打开率"),
        definition: words(
            "Different sends that were opened, over sends that were accepted.",
            "被打开的不同发送记录数与已送达数之比。",
        ),
        unit: Unit::Ratio,
        kind: Kind::Ratio,
        formula: "unique-opens ÷ accepted",
        computed: Formula::Quotient { over: "unique-opens", under: "accepted" },
    },
];
