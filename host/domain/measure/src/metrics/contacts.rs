//! How many people we may address.

use crate::catalogue::{Aggregate, Formula, Kind, Metric, Part, Unit, fact, words};

pub(super) const METRICS: &[Metric] = &[
    Metric {
        name: "contacts",
        title: words("Contacts", "客户数"),
        definition: words(
            "Contacts in the workspace now, merged ones left out; a span of time does not change it.",
            "工作空间当前的客户数，不含已合并的；不受时间范围影响。",
        ),
        unit: Unit::Count,
        kind: Kind::Additive,
        formula: "count of contacts",
        computed: Formula::Sum(&[&[Part::of(&fact::CONTACT_NOW, Aggregate::Count)]]),
    },
    Metric {
        name: "new-contacts",
        title: words("New contacts", "新增客户数"),
        definition: words(
            "Contacts added in the span, merged ones left out.",
            "所选时段内新增的客户数，不含已合并的。",
        ),
        unit: Unit::Count,
        kind: Kind::Additive,
        formula: "count of contacts by the time they were added",
        computed: Formula::Sum(&[&[Part::of(&fact::CONTACT, Aggregate::Count)]]),
    },
    Metric {
        name: "new-customers",
        title: words("New customers", "新购买客户数"),
        definition: words("People whose first order falls into the span.", "首单落在所选时段内的客户数。"),
        unit: Unit::Count,
        kind: Kind::Additive,
        formula: "count of first orders of contacts",
        computed: Formula::Sum(&[&[Part::of(&fact::FIRST_ORDER, Aggregate::Count)]]),
    },
];
