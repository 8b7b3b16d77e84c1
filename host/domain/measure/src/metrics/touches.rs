//! Marketing touches: events that carry a channel.

use crate::{
    catalogue::{Aggregate, Formula, Kind, Metric, Part, Unit, fact, words},
    names::TOUCH,
};

pub(super) const METRICS: &[Metric] = &[
    Metric {
        name: "touches",
        title: words("Touches", "触点数"),
        definition: words(
            "Marketing touches of contacts: events with a channel, except those that tell of a failure or an opt-out.",
            "客户的营销触点数：带触达渠道的事件，不含失败与退订类事件。",
        ),
        unit: Unit::Count,
        kind: Kind::Additive,
        formula: "count of events with a channel",
        computed: Formula::Sum(&[&[Part::of(&fact::EVENT, Aggregate::Count).only(TOUCH)]]),
    },
    Metric {
        name: "reached-people",
        title: words("People reached", "触达人数"),
        definition: words("Different people with at least one touch.", "至少有一个触点的不同客户数。"),
        unit: Unit::Count,
        kind: Kind::Distinct,
        formula: "different contacts over touches",
        computed: Formula::Sum(&[&[Part::of(&fact::EVENT, Aggregate::People).only(TOUCH)]]),
    },
];
