//! Everything that happened.

use crate::{
    catalogue::{Aggregate, Formula, Kind, Metric, Part, Unit, fact, words},
    names::ACTIVE,
};

pub(super) const METRICS: &[Metric] = &[
    Metric {
        name: "events",
        title: words("Events", "事件数"),
        definition: words("Events of any name; break it down by event.", "任意名称的事件数；可按事件拆分。"),
        unit: Unit::Count,
        kind: Kind::Additive,
        formula: "count of events",
        computed: Formula::Sum(&[&[Part::of(&fact::EVENT, Aggregate::Count)]]),
    },
    Metric {
        name: "active-people",
        title: words("Active people", "活跃人数"),
        definition: words(
            "Different people with at least one event that they caused: exposures and targetings do not count.",
            "至少产生过一次主动事件的不同客户数：曝光与定向投放不计。",
        ),
        unit: Unit::Count,
        kind: Kind::Distinct,
        formula: "different contacts over events that people cause",
        computed: Formula::Sum(&[&[Part::of(&fact::EVENT, Aggregate::People).only(ACTIVE)]]),
    },
];
