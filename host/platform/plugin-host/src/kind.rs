//! The four kinds of plugin and what each may be able to do. Roles are read
//! off a component's exports, never from what it says of itself.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A kind of plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PluginKind {
    /// Carries messages over a channel, or brings data in from one.
    Connector,
    /// Shares conversions out among channels.
    Attribution,
    /// Ranks what it is shown, and says why.
    Recommender,
    /// Asks the metrics catalogue and answers with a document.
    Report,
}

impl PluginKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Connector, Self::Attribution, Self::Recommender, Self::Report];

    /// The word for it in manifests, addresses and tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connector => "connector",
            Self::Attribution => "attribution",
            Self::Recommender => "recommender",
            Self::Report => "report",
        }
    }

    /// The interface whose export makes a component one of this kind.
    #[must_use]
    pub fn interface(self) -> &'static str {
        match self {
            Self::Connector => "rialto:connector/connector",
            Self::Attribution => "rialto:attribution/model",
            Self::Recommender => "rialto:recommender/recommend",
            Self::Report => "rialto:report/report",
        }
    }

    /// The optional abilities of this kind.
    #[must_use]
    pub fn abilities(self) -> &'static [Ability] {
        match self {
            Self::Connector => &[Ability::Check, Ability::Deliver, Ability::Collect, Ability::Receive],
            Self::Attribution => &[Ability::Split],
            Self::Recommender => &[Ability::Learn, Ability::Draft],
            Self::Report => &[],
        }
    }
}

impl fmt::Display for PluginKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for PluginKind {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or_else(|| "must be one of connector, attribution, recommender, report".to_owned())
    }
}

/// Something a plugin of some kind may be able to do besides the minimum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ability {
    /// Check settings.
    Check,
    /// Deliver messages.
    Deliver,
    /// Bring observations in.
    Collect,
    /// Read inbound requests.
    Receive,
    /// Spread a channel's credit over its touches.
    Split,
    /// Take in outcomes.
    Learn,
    /// Write drafts.
    Draft,
}

impl Ability {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Deliver => "deliver",
            Self::Collect => "collect",
            Self::Receive => "receive",
            Self::Split => "split",
            Self::Learn => "learn",
            Self::Draft => "draft",
        }
    }

    /// The interface whose export is this ability.
    #[must_use]
    pub fn interface(self) -> &'static str {
        match self {
            Self::Check => "rialto:connector/check",
            Self::Deliver => "rialto:connector/deliver",
            Self::Collect => "rialto:connector/collect",
            Self::Receive => "rialto:connector/receive",
            Self::Split => "rialto:attribution/split",
            Self::Learn => "rialto:recommender/learn",
            Self::Draft => "rialto:recommender/draft",
        }
    }
}
