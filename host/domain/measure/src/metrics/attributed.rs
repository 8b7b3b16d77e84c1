//! The credit of attribution runs.

use crate::catalogue::{Aggregate, Formula, Kind, Metric, Part, Unit, fact, words};

pub(super) const METRICS: &[Metric] = &[
    Metric {
        name: "attributed-conversions",
        title: words("Attributed conversions", "归因转化数"),
        definition: words(
            "The share of a run's conversions that its model credits; the channels sum to the run's conversions. Where no run is named, \
             the latest finished run of each model speaks.",
            "归因模型所分配的转化数；各渠道之和等于该次归因运行的转化数。未指定归因运行时，取每个模型最近完成的一次。",
        ),
        unit: Unit::Count,
        kind: Kind::Additive,
        formula: "sum of credit",
        computed: Formula::Sum(&[&[Part::of(&fact::CREDIT, Aggregate::Sum("k.conversions_micro / 1000000.0"))]]),
    },
    Metric {
        name: "attributed-revenue",
        title: words("Attributed revenue", "归因金额"),
        definition: words(
            "The share of the value of a run's conversions that its model credits, allotted in minor units so that it sums exactly. \
             Where no run is named, the latest finished run of each model speaks.",
            "归因模型所分配的转化金额，按最小货币单位分配，合计精确相等。未指定归因运行时，取每个模型最近完成的一次。",
        ),
        unit: Unit::Money,
        kind: Kind::Additive,
        formula: "sum of credited value",
        computed: Formula::Sum(&[&[Part::of(&fact::CREDIT, Aggregate::Sum("k.value_minor"))]]),
    },
];
