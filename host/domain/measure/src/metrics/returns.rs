//! What came back for what was spent.

use crate::catalogue::{Formula, Kind, Metric, Unit, words};

pub(super) const METRICS: &[Metric] = &[
    Metric {
        name: "roi",
        title: words("Return on investment (ROI)", "投资回报率（ROI）"),
        definition: words(
            "Conversion value beyond spend, over spend: 0 is break-even, 1 is a gain as large as the spend.",
            "转化金额减去花费后与花费之比：0 为盈亏平衡，1 表示收益与花费相等。",
        ),
        unit: Unit::Ratio,
        kind: Kind::Ratio,
        formula: "(conversion-value − spend) ÷ spend",
        computed: Formula::Return { gain: "conversion-value", cost: "spend" },
    },
    Metric {
        name: "roas",
        title: words("Return on ad spend (ROAS)", "广告支出回报率（ROAS）"),
        definition: words("Conversion value over spend.", "转化金额与花费之比。"),
        unit: Unit::Ratio,
        kind: Kind::Ratio,
        formula: "conversion-value ÷ spend",
        computed: Formula::Quotient { over: "conversion-value", under: "spend" },
    },
];
