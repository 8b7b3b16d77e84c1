//! Offers used at a till.

use crate::catalogue::{Aggregate, Formula, Kind, Metric, Part, Unit, fact, words};

pub(super) const METRICS: &[Metric] = &[
    Metric {
        name: "redemptions",
        title: words("Redemptions", "核销数"),
        definition: words("Times an offer was redeemed.", "优惠被核销的次数。"),
        unit: Unit::Count,
        kind: Kind::Additive,
        formula: "count of redemptions",
        computed: Formula::Sum(&[&[Part::of(&fact::REDEMPTION, Aggregate::Count)]]),
    },
    Metric {
        name: "redeemers",
        title: words("Redeemers", "核销人数"),
        definition: words("Different people who redeemed an offer.", "核销过优惠的不同客户数。"),
        unit: Unit::Count,
        kind: Kind::Distinct,
        formula: "different contacts over redemptions",
        computed: Formula::Sum(&[&[Part::of(&fact::REDEMPTION, Aggregate::People).only("r.contact IS NOT NULL")]]),
    },
    Metric {
        name: "redemption-rate",
        title: words("Redemption rate", "核销率"),
        definition: words(
            "Different people who redeemed an offer, over the different people addressed.",
            "核销优惠的不同客户数与触达人群之比。",
        ),
        unit: Unit::Ratio,
        kind: Kind::Ratio,
        formula: "redeemers ÷ audience",
        computed: Formula::Quotient { over: "redeemers", under: "audience" },
    },
];
