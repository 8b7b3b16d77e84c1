//! Conversions, by a conversion definition.

use crate::catalogue::{Aggregate, Formula, Kind, Metric, Part, Unit, fact, words};

pub(super) const METRICS: &[Metric] = &[
    Metric {
        name: "conversions",
        title: words("Conversions", "转化数"),
        definition: words(
            "Conversions as their definition counts them (once a person, or every one). One order can be a conversion of several \
             campaigns: by campaign, parts may overlap.",
            "按转化定义计的转化数（每人一次或每次都计）。同一订单可能是多个营销活动的转化，按营销活动拆分时各部分可能重叠。",
        ),
        unit: Unit::Count,
        kind: Kind::Distinct,
        formula: "different conversions of one definition",
        computed: Formula::Sum(&[&[Part::of(&fact::CONVERSION, Aggregate::Count)]]),
    },
    Metric {
        name: "converted-people",
        title: words("People who converted", "转化人数"),
        definition: words("Different people with at least one conversion.", "至少转化一次的不同客户数。"),
        unit: Unit::Count,
        kind: Kind::Distinct,
        formula: "different contacts over conversions",
        computed: Formula::Sum(&[&[Part::of(&fact::CONVERSION, Aggregate::People)]]),
    },
    Metric {
        name: "conversion-rate",
        title: words("Conversion rate", "转化率"),
        definition: words(
            "Different people who converted, over the different people addressed. People who were not addressed can convert too, so it \
             says nothing about cause; a hold-out does.",
            "转化的不同客户数与触达人群之比。未被触达的人也可能转化，因此它不说明因果；对照组才能。",
        ),
        unit: Unit::Ratio,
        kind: Kind::Ratio,
        formula: "converted-people ÷ audience",
        computed: Formula::Quotient { over: "converted-people", under: "audience" },
    },
    Metric {
        name: "conversion-value",
        title: words("Conversion value", "转化金额"),
        definition: words(
            "The value of the conversions, as their definition says: the order's total, its qualifying lines, the event's value or a \
             fixed amount.",
            "按转化定义计的转化金额：订单总额、符合条件的订单行、事件价值或固定金额。",
        ),
        unit: Unit::Money,
        kind: Kind::Distinct,
        formula: "sum of the value of different conversions",
        computed: Formula::Sum(&[&[Part::of(&fact::CONVERSION, Aggregate::Sum("v.value_minor"))]]),
    },
    Metric {
        name: "value-per-person",
        title: words("Value per person who converted", "人均转化金额"),
        definition: words(
            "Conversion value over the different people who converted: audience × conversion-rate × value-per-person is the conversion \
             value.",
            "转化金额与转化人数之比：触达人群 × 转化率 × 人均转化金额 = 转化金额。",
        ),
        unit: Unit::Money,
        kind: Kind::Ratio,
        formula: "conversion-value ÷ converted-people",
        computed: Formula::Quotient { over: "conversion-value", under: "converted-people" },
    },
    Metric {
        name: "cost-per-conversion",
        title: words("Cost per conversion", "单次转化成本"),
        definition: words("Spend over conversions.", "花费与转化数之比。"),
        unit: Unit::Money,
        kind: Kind::Ratio,
        formula: "spend ÷ conversions",
        computed: Formula::Quotient { over: "spend", under: "conversions" },
    },
];
