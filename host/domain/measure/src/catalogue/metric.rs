//! Metrics: named numbers with a definition. A metric sums or counts facts, or
//! is made of other metrics.

use super::{Dimension, Fact, Words};

/// A named, defined, dimensioned number.
#[derive(Debug)]
pub struct Metric {
    /// Such as `unique-opens`.
    pub name: &'static str,
    /// What a person reads.
    pub title: Words,
    /// What it means, exactly.
    pub definition: Words,
    /// How it reads.
    pub unit: Unit,
    /// How it adds up.
    pub kind: Kind,
    /// The formula, for people.
    pub formula: &'static str,
    /// How it is computed.
    pub computed: Formula,
}

/// How a number reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// A share; 0.25 is a quarter.
    Ratio,
    /// Minor units of one currency.
    Money,
}

/// How a number adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Parts sum to the whole.
    Additive,
    /// One number over another: parts do not sum.
    Ratio,
    /// Different things counted once each: parts may overlap.
    Distinct,
}

impl Kind {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Additive => "additive",
            Self::Ratio => "ratio",
            Self::Distinct => "distinct",
        }
    }
}

/// How a metric is computed.
#[derive(Debug)]
pub enum Formula {
    /// The sum over parts. For each, the first alternative that has all the
    /// dimensions asked for is used.
    Sum(&'static [&'static [Part]]),
    /// One metric over another.
    Quotient {
        /// Above the line.
        over: &'static str,
        /// Below the line.
        under: &'static str,
    },
    /// What came back beyond what went in, over what went in.
    Return {
        /// What came back.
        gain: &'static str,
        /// What went in.
        cost: &'static str,
    },
}

/// An aggregate over one fact.
#[derive(Debug)]
pub struct Part {
    /// Over which rows.
    pub fact: &'static Fact,
    /// What is done with them.
    pub aggregate: Aggregate,
    /// Which of them; empty for all.
    pub only: &'static str,
    /// When a row counts, where it is not the fact's own time.
    pub at: &'static str,
}

/// What is done with rows.
#[derive(Debug, Clone, Copy)]
pub enum Aggregate {
    /// Count them.
    Count,
    /// Sum an expression.
    Sum(&'static str),
    /// Count different values of an expression.
    Distinct(&'static str),
    /// Count different people.
    People,
}

impl Part {
    /// An aggregate over all rows of a fact.
    #[must_use]
    pub const fn of(fact: &'static Fact, aggregate: Aggregate) -> Self {
        Self { fact, aggregate, only: "", at: "" }
    }

    /// Over these rows only.
    #[must_use]
    pub const fn only(mut self, only: &'static str) -> Self {
        self.only = only;
        self
    }

    /// Counted at this time.
    #[must_use]
    pub const fn at(mut self, at: &'static str) -> Self {
        self.at = at;
        self
    }

    /// When a row counts.
    #[must_use]
    pub fn time(&self) -> &'static str {
        if self.at.is_empty() { self.fact.at } else { self.at }
    }
}

impl Metric {
    /// What it can be broken down by.
    #[must_use]
    pub fn dimensions(&self) -> Vec<Dimension> {
        Dimension::ALL.into_iter().filter(|dimension| self.has(*dimension)).collect()
    }

    /// Whether it can be broken down by this.
    #[must_use]
    pub fn has(&self, dimension: Dimension) -> bool {
        if dimension == Dimension::Conversion {
            return self.needs_conversion();
        }
        match &self.computed {
            Formula::Sum(parts) => parts.iter().all(|options| options.iter().any(|part| part.fact.has(dimension))),
            Formula::Quotient { over, under } => both_have(over, under, dimension),
            Formula::Return { gain, cost } => both_have(gain, cost, dimension),
        }
    }

    /// The tables behind it.
    #[must_use]
    pub fn tables(&self) -> Vec<&'static str> {
        let mut tables: Vec<_> = match &self.computed {
            Formula::Sum(parts) => parts
                .iter()
                .flat_map(|options| options.iter())
                .flat_map(|part| part.fact.tables.iter().copied())
                .collect(),
            _ => self.ingredients().iter().flat_map(|metric| metric.tables()).collect(),
        };
        tables.sort_unstable();
        tables.dedup();
        tables
    }

    /// The metrics it is made of, if it is made of metrics.
    #[must_use]
    pub fn ingredients(&self) -> Vec<&'static Metric> {
        let names: &[&str] = match &self.computed {
            Formula::Sum(_) => &[],
            Formula::Quotient { over, under } => &[over, under],
            Formula::Return { gain, cost } => &[gain, cost],
        };
        names.iter().filter_map(|name| crate::metrics::find(name)).collect()
    }

    /// Whether it needs to be told which conversion definition is meant.
    #[must_use]
    pub fn needs_conversion(&self) -> bool {
        match &self.computed {
            Formula::Sum(parts) => parts.iter().any(|options| options.iter().any(|part| part.fact.is_conversion())),
            _ => self.ingredients().iter().any(|metric| metric.needs_conversion()),
        }
    }

    /// Whether it needs to be told which attribution run is meant.
    #[must_use]
    pub fn needs_run(&self) -> bool {
        match &self.computed {
            Formula::Sum(parts) => parts.iter().any(|options| options.iter().any(|part| part.fact.has(Dimension::Run))),
            _ => self.ingredients().iter().any(|metric| metric.needs_run()),
        }
    }

    /// Whether it is an amount of money, or made of one.
    #[must_use]
    pub fn is_money(&self) -> bool {
        self.unit == Unit::Money || self.ingredients().iter().any(|metric| metric.is_money())
    }
}

fn both_have(one: &str, other: &str, dimension: Dimension) -> bool {
    [one, other].iter().all(|name| crate::metrics::find(name).is_some_and(|metric| metric.has(dimension)))
}

impl Fact {
    /// Whether its rows are conversions of a definition.
    #[must_use]
    pub fn is_conversion(&self) -> bool {
        matches!(self.source, super::FactSource::Conversions)
    }
}
