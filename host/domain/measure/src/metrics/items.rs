//! How many pieces were sold.

use crate::catalogue::{Aggregate, Formula, Kind, Metric, Part, Unit, fact, words};

pub(super) const METRICS: &[Metric] = &[Metric {
    name: "items",
    title: words("Items", "商品件数"),
    definition: words(
        "The quantities on the lines of orders that were not cancelled. Goods sold by weight count by their quantity.",
        "未取消订单各行的数量之和。称重商品按其数量计。",
    ),
    unit: Unit::Count,
    kind: Kind::Additive,
    formula: "sum of line quantities",
    computed: Formula::Sum(&[&[Part::of(&fact::ORDER_LINE, Aggregate::Sum("l.quantity"))]]),
}];
