//! What was paid back, and what is left of revenue after it.

use crate::catalogue::{Aggregate, Formula, Kind, Metric, Part, Unit, fact, words};

pub(super) const METRICS: &[Metric] = &[
    Metric {
        name: "refunds",
        title: words("Refunds", "退款金额"),
        definition: words(
            "What was paid back of lines of orders that were not cancelled, by the day it was paid back.",
            "未取消订单的订单行退款金额，按退款日期计。",
        ),
        unit: Unit::Money,
        kind: Kind::Additive,
        formula: "sum of refunds",
        computed: Formula::Sum(&[&[Part::of(&fact::REFUND, Aggregate::Sum("y.amount_minor"))]]),
    },
    Metric {
        name: "net-revenue",
        title: words("Net revenue", "净销售额"),
        definition: words(
            "Revenue less refunds. A refund counts on the day it was paid back, not on the day of its order: a day can be below zero.",
            "销售额减退款。退款计入退款当日而非下单当日，因此某一天可能为负。",
        ),
        unit: Unit::Money,
        kind: Kind::Additive,
        formula: "sum of order totals − sum of refunds",
        computed: Formula::Sum(&[
            &[
                Part::of(&fact::ORDER, Aggregate::Sum("o.total_minor")),
                Part::of(&fact::ORDER_LINE, Aggregate::Sum("l.amount_minor")),
            ],
            &[Part::of(&fact::REFUND, Aggregate::Sum("-y.amount_minor"))],
        ]),
    },
];
