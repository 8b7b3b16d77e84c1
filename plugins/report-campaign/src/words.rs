//! The report's words in English and 简体中文.

/// The reader's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// 简体中文.
    Chinese,
}

impl Language {
    /// By locale; English where it is neither.
    pub fn of(locale: &str) -> Self {
        match locale.to_ascii_lowercase().starts_with("zh") {
            true => Self::Chinese,
            false => Self::English,
        }
    }

    /// One of two texts.
    pub fn either<'a>(self, english: &'a str, chinese: &'a str) -> &'a str {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }

    /// Whether it is 简体中文.
    pub fn is_chinese(self) -> bool {
        self == Self::Chinese
    }

    /// A list in a sentence.
    pub fn list(self, items: &[String]) -> String {
        items.join(self.either(", ", "、"))
    }

    /// A metric's name.
    pub fn metric(self, name: &str) -> &str {
        self.known(name, &METRICS)
    }

    /// Why something was not sent.
    pub fn reason(self, code: &str) -> &str {
        self.known(code, &REASONS)
    }

    /// An attribution model.
    pub fn model(self, code: &str) -> &str {
        self.known(code, &MODELS)
    }

    /// The word of a table; a code it does not hold is shown as it is.
    fn known<'a>(self, code: &'a str, table: &[(&str, &'static str, &'static str)]) -> &'a str {
        let word = table.iter().find(|(name, ..)| *name == code);
        word.map_or(code, |(_, english, chinese)| self.either(english, chinese))
    }
}

const METRICS: [(&str, &str, &str); 19] = [
    ("audience", "Audience", "目标人数"),
    ("sends", "Sends", "发送记录"),
    ("accepted", "Delivered", "送达"),
    ("not-sent", "Not sent", "未发"),
    ("bounces", "Bounces", "退信"),
    ("opens", "Opens", "打开"),
    ("unique-opens", "People who opened", "打开人数"),
    ("clicks", "Clicks", "点击"),
    ("unique-clicks", "People who clicked", "点击人数"),
    ("unsubscribes", "Unsubscribes", "退订"),
    ("conversions", "Conversions", "转化"),
    ("conversion-rate", "Conversion rate", "转化率"),
    ("conversion-value", "Conversion value", "转化金额"),
    ("redemptions", "Redemptions", "核销"),
    ("spend", "Spend", "花费"),
    ("cost-per-conversion", "Cost per conversion", "单次转化成本"),
    ("roi", "Return on investment", "投资回报率（ROI）"),
    ("attributed-conversions", "Credited conversions", "归因转化"),
    ("attributed-revenue", "Credited revenue", "归因收入"),
];

const REASONS: [(&str, &str, &str); 10] = [
    ("held_out", "held out (control group)", "对照组未发"),
    ("capped", "over the frequency cap", "超频未发"),
    ("suppressed", "suppressed", "禁发"),
    ("no_address", "no address", "无地址"),
    ("no_consent", "no consent", "未获同意"),
    ("over_budget", "budget used up", "预算用尽"),
    ("duplicate_person", "same address as another person", "地址重复"),
    ("expired", "too late to be of use", "已过期"),
    ("policy", "forbidden by a rule of the channel", "渠道规则禁止"),
    ("cancelled", "cancelled", "已取消"),
];

const MODELS: [(&str, &str, &str); 8] = [
    ("first", "First touch", "首次触点"),
    ("last", "Last touch", "末次触点"),
    ("last-non-direct", "Last non-direct touch", "末次非直接触点"),
    ("linear", "Linear", "线性"),
    ("time-decay", "Time decay", "时间衰减"),
    ("position", "Position", "位置（U 型）"),
    ("markov", "Markov", "马尔可夫"),
    ("shapley", "Shapley", "夏普利值"),
];
