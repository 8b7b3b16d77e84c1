//! What was sold, in money.

use crate::catalogue::{Aggregate, Formula, Kind, Metric, Part, Unit, fact, words};

pub(super) const METRICS: &[Metric] = &[Metric {
    name: "revenue",
    title: words("Revenue", "销售额"),
    definition: words(
        "What customers paid: the totals of orders that were not cancelled, after discounts, in one currency; orders in another \
         currency are converted at the rate of their day. By product: the amounts of the lines.",
        "客户实付金额：未取消订单的折后总额，按单一币种；其他币种的订单按当日汇率折算。按商品拆分时取订单行金额。",
    ),
    unit: Unit::Money,
    kind: Kind::Additive,
    formula: "sum of order totals",
    computed: Formula::Sum(&[&[
        Part::of(&fact::ORDER, Aggregate::Sum("o.total_minor")),
        Part::of(&fact::ORDER_LINE, Aggregate::Sum("l.amount_minor")),
    ]]),
}];
