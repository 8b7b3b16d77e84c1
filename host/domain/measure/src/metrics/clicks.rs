//! Clicks on tracked links.

use crate::{
    catalogue::{Aggregate, Formula, Kind, Metric, Part, Unit, fact, words},
    names::CLICKED,
};

pub(super) const METRICS: &[Metric] = &[
    Metric {
        name: "clicks",
        title: words("Clicks", "点击次数"),
        definition: words("Times a tracked link was followed; every time counts.", "跟踪链接被点击的次数，每次都计。"),
        unit: Unit::Count,
        kind: Kind::Additive,
        formula: "count of click events",
        computed: Formula::Sum(&[&[Part::of(&fact::EVENT, Aggregate::Count).only(CLICKED)]]),
    },
    Metric {
        name: "unique-clicks",
        title: words("Unique clicks", "点击人次（去重）"),
        definition: words(
            "Different sends in which at least one link was followed.",
            "至少点击过一次链接的不同发送记录数。",
        ),
        unit: Unit::Count,
        kind: Kind::Distinct,
        formula: "different sends over click events",
        computed: Formula::Sum(&[&[
            Part::of(&fact::EVENT, Aggregate::Distinct("COALESCE(e.send, e.id)")).only(CLICKED)
        ]]),
    },
    Metric {
        name: "click-rate",
        title: words("Click rate", "点击率"),
        definition: words(
            "Different sends with a click, over sends that were accepted.",
            "有点击的不同发送记录数与已送达数之比。",
        ),
        unit: Unit::Ratio,
        kind: Kind::Ratio,
        formula: "unique-clicks ÷ accepted",
        computed: Formula::Quotient { over: "unique-clicks", under: "accepted" },
    },
];
