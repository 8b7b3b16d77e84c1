//! Who bought.

use crate::catalogue::{Aggregate, Formula, Kind, Metric, Part, Unit, fact, words};

pub(super) const METRICS: &[Metric] = &[Metric {
    name: "customers",
    title: words("Customers", "购买客户数"),
    definition: words(
        "Different people who bought: contacts with at least one order that was not cancelled. Merged contacts count once; orders of \
         nobody we know are left out.",
        "购买过的不同客户数：至少有一笔未取消订单的客户。合并后的客户只计一次；未知客户的订单不计。",
    ),
    unit: Unit::Count,
    kind: Kind::Distinct,
    formula: "different contacts over orders",
    computed: Formula::Sum(&[&[
        Part::of(&fact::ORDER, Aggregate::People).only("o.contact IS NOT NULL"),
        Part::of(&fact::ORDER_LINE, Aggregate::People).only("o.contact IS NOT NULL"),
    ]]),
}];
