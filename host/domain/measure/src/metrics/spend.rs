//! What campaigns cost.

use crate::catalogue::{Aggregate, Formula, Kind, Metric, Part, Unit, fact, words};

pub(super) const METRICS: &[Metric] = &[
    PLANNED,
    COMMITTED,
    Metric {
        name: "spend",
        title: words("Spend", "实际花费"),
        definition: words(
            "What was actually spent: the unit cost of sends as the ledger keeps it, and the spend recorded for campaigns.",
            "实际花费：台账记录的发送单位成本，加上为营销活动登记的花费。",
        ),
        unit: Unit::Money,
        kind: Kind::Additive,
        formula: "cost of sends + recorded spend",
        computed: Formula::Sum(&[
            &[Part::of(&fact::SEND_COST, Aggregate::Sum("s.cost_minor"))],
            &[Part::of(&fact::SPEND, Aggregate::Sum("x.amount_minor"))],
        ]),
    },
];

const PLANNED: Metric = Metric {
    name: "planned-cost",
    title: words("Planned cost", "计划费用"),
    definition: words(
        "What the lines of budgets plan, converted at the rate of the day each is priced at. The bound on sends is no line.",
        "预算科目的计划金额，按各科目定价日的汇率折算。发送费用上限不属于预算科目。",
    ),
    unit: Unit::Money,
    kind: Kind::Additive,
    formula: "sum of planned budget lines",
    computed: Formula::Sum(&[&[Part::of(&fact::BUDGET_LINE, Aggregate::Sum("b.planned_minor"))]]),
};

const COMMITTED: Metric = Metric {
    name: "committed-cost",
    title: words("Committed cost", "已承诺费用"),
    definition: words(
        "What is ordered or signed already, by the lines of budgets.",
        "预算科目中已下单或已签约的金额。",
    ),
    unit: Unit::Money,
    kind: Kind::Additive,
    formula: "sum of committed budget lines",
    computed: Formula::Sum(&[&[Part::of(&fact::BUDGET_LINE, Aggregate::Sum("b.committed_minor"))]]),
};
