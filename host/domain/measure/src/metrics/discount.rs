//! What customers were spared.

use crate::catalogue::{Aggregate, Formula, Kind, Metric, Part, Unit, fact, words};

pub(super) const METRICS: &[Metric] = &[Metric {
    name: "discount",
    title: words("Discount", "优惠金额"),
    definition: words(
        "What was taken off the price of orders that were not cancelled. By product: what was taken off the lines.",
        "未取消订单的减免金额。按商品拆分时取订单行的减免。",
    ),
    unit: Unit::Money,
    kind: Kind::Additive,
    formula: "sum of order discounts",
    computed: Formula::Sum(&[&[
        Part::of(&fact::ORDER, Aggregate::Sum("o.discount_minor")),
        Part::of(&fact::ORDER_LINE, Aggregate::Sum("l.discount_minor")),
    ]]),
}];
