//! Orders, and what one is worth on average.

use crate::catalogue::{Aggregate, Formula, Kind, Metric, Part, Unit, fact, words};

pub(super) const METRICS: &[Metric] = &[
    Metric {
        name: "orders",
        title: words("Orders", "订单数"),
        definition: words(
            "Orders that were not cancelled. By product: orders with at least one such line, so that parts may overlap.",
            "未取消的订单数。按商品拆分时：至少含一行该商品的订单，各部分可能重叠。",
        ),
        unit: Unit::Count,
        kind: Kind::Distinct,
        formula: "different orders",
        computed: Formula::Sum(&[&[
            Part::of(&fact::ORDER, Aggregate::Count),
            Part::of(&fact::ORDER_LINE, Aggregate::Distinct("l.sales_order")),
        ]]),
    },
    Metric {
        name: "average-order-value",
        title: words("Average order value", "客单价"),
        definition: words(
            "Revenue over orders. By product: the lines' revenue over the orders that have such a line.",
            "销售额与订单数之比。按商品拆分时：该商品行的销售额与含该商品的订单数之比。",
        ),
        unit: Unit::Money,
        kind: Kind::Ratio,
        formula: "revenue ÷ orders",
        computed: Formula::Quotient { over: "revenue", under: "orders" },
    },
];
