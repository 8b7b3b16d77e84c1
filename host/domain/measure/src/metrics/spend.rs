//! What campaigns cost.

use crate::catalogue::{Aggregate, Formula, Kind, Metric, Part, Unit, fact, words};

pub(super) const METRICS: &[Metric] = &[Metric {
    name: "spend",
    title: words("Spend", "实际花费"),
    definition: words(
        "What was actually spent: the unit cost of sends as the ledger keeps it, and the spend recorded for campaigns.",
        "实际花费:台账记录的发送单位成本,加上为营销活动登记的花费。",
    ),
    unit: Unit::Money,
    kind: Kind::Additive,
    formula: "cost of sends + recorded spend",
    computed: Formula::Sum(&[
        &[Part::of(&fact::SEND_COST, Aggregate::Sum("s.cost_minor"))],
        &[Part::of(&fact::SPEND, Aggregate::Sum("x.amount_minor"))],
    ]),
}];
