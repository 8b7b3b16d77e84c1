//! A segment's rule: a tree of groups and conditions. It keeps the JSON it was
//! read from, so that what is stored is what was written.

use super::parse;
use crate::{Error, error::Result, normalise::IdentityKind};
use rialto_kernel::{Currency, Id};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value as Json;

/// A rule, read and checked.
///
/// ```json
/// {"all": [
///   {"on": "trait", "key": "plan", "op": "is", "value": "pro"},
///   {"any": [
///     {"on": "event", "name": "Order Completed", "within_days": 90, "count": {"op": "gte", "value": 2}},
///     {"not": {"on": "tag", "name": "churned"}}
///   ]}
/// ]}
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    json: Json,
    pub(super) node: Node,
}

impl Rule {
    /// Read a rule.
    ///
    /// # Errors
    /// Every mistake, each with the JSON pointer of its place.
    pub fn parse(json: Json) -> Result<Self> {
        let node = parse::rule(&json).map_err(Error::Fields)?;
        Ok(Self { json, node })
    }

    /// The rule that everyone fits.
    #[must_use]
    pub fn everyone() -> Self {
        Self { json: serde_json::json!({"all": []}), node: Node::All(Vec::new()) }
    }

    /// The rule that those fit who fit both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self {
            json: serde_json::json!({"all": [self.json, other.json]}),
            node: Node::All(vec![self.node.clone(), other.node.clone()]),
        }
    }

    /// As it was written.
    #[must_use]
    pub fn json(&self) -> &Json {
        &self.json
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.json.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::parse(Json::deserialize(from)?).map_err(|error| {
            let problem = rialto_kernel::Problem::from(error);
            serde::de::Error::custom(problem.detail)
        })
    }
}

/// A group or a condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    If(Condition),
}

/// One condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    /// A column of the contact itself.
    Contact { column: &'static str, test: Test },
    /// A typed fact.
    Trait { key: String, test: Test },
    /// A tag that holds now.
    Tag { name: String },
    /// What was said of a channel and a topic.
    Consent { channel: String, topic: String, state: Said },
    /// Having an identity of a kind.
    Identity { kind: IdentityKind, issuer: Option<String> },
    /// Being on a fixed list of people.
    Snapshot { id: Id },
    /// Having done something so often, so much, so lately.
    Activity(Activity),
}

/// What was said about a channel and a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Granted,
    Withdrawn,
    Nothing,
}

/// A test of one value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    Is(Scalar),
    IsNot(Scalar),
    In(Vec<Scalar>),
    NotIn(Vec<Scalar>),
    StartsWith(String),
    Contains(String),
    Compare(Compare, f64),
    Between(f64, f64),
    /// Before an instant (UTC microseconds).
    Before(i64),
    /// At or after an instant.
    After(i64),
    /// In the last so many microseconds.
    InLast(i64),
    /// In the next so many microseconds.
    InNext(i64),
    Exists,
    Missing,
}

/// A value to compare with.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar {
    Text(String),
    Number(f64),
    Id(Id),
}

/// How to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compare {
    Eq,
    Ne,
    Lt,
    Lte,
    Gt,
    Gte,
}

impl Compare {
    pub(super) const NAMES: [(&'static str, Self); 6] = [
        ("eq", Self::Eq),
        ("ne", Self::Ne),
        ("lt", Self::Lt),
        ("lte", Self::Lte),
        ("gt", Self::Gt),
        ("gte", Self::Gte),
    ];

    pub(super) fn sql(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "<>",
            Self::Lt => "<",
            Self::Lte => "<=",
            Self::Gt => ">",
            Self::Gte => ">=",
        }
    }

    pub(super) fn opposite(self) -> Self {
        match self {
            Self::Eq => Self::Ne,
            Self::Ne => Self::Eq,
            Self::Lt => Self::Gte,
            Self::Lte => Self::Gt,
            Self::Gt => Self::Lte,
            Self::Gte => Self::Lt,
        }
    }

    pub(super) fn holds(self, a: i64, b: i64) -> bool {
        match self {
            Self::Eq => a == b,
            Self::Ne => a != b,
            Self::Lt => a < b,
            Self::Lte => a <= b,
            Self::Gt => a > b,
            Self::Gte => a >= b,
        }
    }
}

/// Something people do, filtered and measured.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Activity {
    /// Which, by its place in the fixed map.
    pub family: &'static super::families::Family,
    /// Columns and the values they may have.
    pub filters: Vec<(&'static super::families::Field, Vec<Scalar>)>,
    /// When.
    pub window: Window,
    /// How often, how much or how lately.
    pub measure: Measure,
}

/// The time in which an activity counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Window {
    /// The last so many microseconds.
    pub within: Option<i64>,
    /// At or after this instant.
    pub from: Option<i64>,
    /// Before this instant.
    pub to: Option<i64>,
}

/// What is measured of an activity.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Measure {
    /// How many times; none is 0.
    Count(Compare, i64),
    /// How much, in minor units of one currency; none is 0.
    Sum(Compare, i64, Currency),
    /// How long ago the last time was, in microseconds; never is not in it.
    LastAgo(Compare, i64),
}
