//! People who asked for no more.

use crate::{
    catalogue::{Aggregate, Formula, Kind, Metric, Part, Unit, fact, words},
    names::UNSUBSCRIBED,
};

pub(super) const METRICS: &[Metric] = &[Metric {
    name: "unsubscribes",
    title: words("Unsubscribes", "退订人数"),
    definition: words("Different people who opted out.", "选择退订的不同客户数。"),
    unit: Unit::Count,
    kind: Kind::Distinct,
    formula: "different contacts over unsubscribe events",
    computed: Formula::Sum(&[&[Part::of(&fact::EVENT, Aggregate::People).only(UNSUBSCRIBED)]]),
}];
