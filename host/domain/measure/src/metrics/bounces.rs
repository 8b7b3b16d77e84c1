//! Messages that came back, and complaints about them.

use crate::{
    catalogue::{Aggregate, Formula, Kind, Metric, Part, Unit, fact, words},
    names::{BOUNCED, COMPLAINED},
};

pub(super) const METRICS: &[Metric] = &[
    Metric {
        name: "bounces",
        title: words("Bounces", "退信数"),
        definition: words("Different sends that came back, hard or soft.", "被退回的不同发送记录数，含硬退与软退。"),
        unit: Unit::Count,
        kind: Kind::Distinct,
        formula: "different sends over bounce events",
        computed: Formula::Sum(&[&[
            Part::of(&fact::EVENT, Aggregate::Distinct("COALESCE(e.send, e.id)")).only(BOUNCED)
        ]]),
    },
    Metric {
        name: "complaints",
        title: words("Complaints", "投诉数"),
        definition: words("Different sends that were reported as unwanted.", "被举报为垃圾信息的不同发送记录数。"),
        unit: Unit::Count,
        kind: Kind::Distinct,
        formula: "different sends over complaint events",
        computed: Formula::Sum(&[&[
            Part::of(&fact::EVENT, Aggregate::Distinct("COALESCE(e.send, e.id)")).only(COMPLAINED)
        ]]),
    },
];
