//! What numbers are broken down and narrowed by.

use super::{Words, words};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Something to break a number down by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Days of the workspace's zone.
    Day,
    /// Weeks from Monday, of the workspace's zone.
    Week,
    /// Months of the workspace's zone.
    Month,
    /// Marketing channel.
    Channel,
    /// Campaign.
    Campaign,
    /// Occurrence (one wave of sends).
    Occurrence,
    /// Why something was not sent, or why it came back.
    Reason,
    /// State of a ledger row.
    State,
    /// Arm of a message.
    Variant,
    /// Language of a message or of a person.
    Locale,
    /// Name of an event.
    Event,
    /// Where a row came from.
    Source,
    /// Sales channel.
    SalesChannel,
    /// Product department.
    Department,
    /// Product category.
    Category,
    /// Product brand.
    Brand,
    /// Offer.
    Offer,
    /// Region of a person.
    Region,
    /// Conversion definition.
    Conversion,
    /// Attribution model.
    Model,
    /// Attribution run.
    Run,
}

/// What the values of a dimension are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// A day, week or month.
    Time,
    /// Ids, shown by a name.
    Ids,
    /// Words.
    Texts,
}

impl Dimension {
    /// Every dimension.
    pub const ALL: [Self; 21] = [
        Self::Day,
        Self::Week,
        Self::Month,
        Self::Channel,
        Self::Campaign,
        Self::Occurrence,
        Self::Reason,
        Self::State,
        Self::Variant,
        Self::Locale,
        Self::Event,
        Self::Source,
        Self::SalesChannel,
        Self::Department,
        Self::Category,
        Self::Brand,
        Self::Offer,
        Self::Region,
        Self::Conversion,
        Self::Model,
        Self::Run,
    ];

    /// The word for it in questions.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Channel => "channel",
            Self::Campaign => "campaign",
            Self::Occurrence => "occurrence",
            Self::Reason => "reason",
            Self::State => "state",
            Self::Variant => "variant",
            Self::Locale => "locale",
            Self::Event => "event",
            Self::Source => "source",
            Self::SalesChannel => "sales_channel",
            Self::Department => "department",
            Self::Category => "category",
            Self::Brand => "brand",
            Self::Offer => "offer",
            Self::Region => "region",
            Self::Conversion => "conversion",
            Self::Model => "model",
            Self::Run => "run",
        }
    }

    /// What a person reads.
    #[must_use]
    pub fn title(self) -> Words {
        match self {
            Self::Day => words("Day", "日"),
            Self::Week => words("Week", "周"),
            Self::Month => words("Month", "月"),
            Self::Channel => words("Channel", "触达渠道"),
            Self::Campaign => words("Campaign", "营销活动"),
            Self::Occurrence => words("Occurrence", "发送批次"),
            Self::Reason => words("Reason", "原因"),
            Self::State => words("State", "状态"),
            Self::Variant => words("Variant", "版本"),
            Self::Locale => words("Language", "语言"),
            Self::Event => words("Event", "事件"),
            Self::Source => words("Source", "来源"),
            Self::SalesChannel => words("Sales channel", "销售渠道"),
            Self::Department => words("Department", "商品部类"),
            Self::Category => words("Category", "商品品类"),
            Self::Brand => words("Brand", "品牌"),
            Self::Offer => words("Offer", "优惠"),
            Self::Region => words("Region", "地区"),
            Self::Conversion => words("Conversion definition", "转化定义"),
            Self::Model => words("Attribution model", "归因模型"),
            Self::Run => words("Attribution run", "归因运行"),
        }
    }

    /// What its values are.
    #[must_use]
    pub fn values(self) -> Values {
        match self {
            Self::Day | Self::Week | Self::Month => Values::Time,
            Self::Campaign | Self::Occurrence | Self::SalesChannel | Self::Offer | Self::Conversion | Self::Run => {
                Values::Ids
            }
            _ => Values::Texts,
        }
    }

    /// Whether it is a span of time.
    #[must_use]
    pub fn is_time(self) -> bool {
        self.values() == Values::Time
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Dimension {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|d| d.as_str() == word).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|d| d.as_str()).collect();
            format!("`{}` is not a dimension; there are {}", word.escape_debug(), known.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_back_to_their_dimension() {
        for dimension in Dimension::ALL {
            assert_eq!(dimension.as_str().parse(), Ok(dimension));
            assert_eq!(serde_json::to_value(dimension).unwrap(), dimension.as_str());
        }
        assert!("colour".parse::<Dimension>().unwrap_err().contains("sales_channel"));
    }
}
