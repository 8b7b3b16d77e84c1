//! Questions to the metrics catalogue (needs a grant), the only data a report
//! can read. A cell that fewer than five people stand behind is hidden, and a
//! hidden cell is never a zero: [`Row::value`] is `None` for it.

use crate::{Fault, bindings::host::rialto::query::query as wit};

pub use wit::{Answer, Metric, Question};

impl Question {
    /// One number of the catalogue.
    pub fn metric(name: impl Into<String>) -> Self {
        Self { metric: name.into(), by: Vec::new(), where_: Vec::new(), start: None, end: None, options: Vec::new() }
    }

    /// Break it down by one more dimension.
    pub fn by(mut self, dimension: impl Into<String>) -> Self {
        self.by.push(dimension.into());
        self
    }

    /// Only where the dimension has that value; several for one dimension mean
    /// any of them.
    pub fn only(mut self, dimension: impl Into<String>, value: impl Into<String>) -> Self {
        self.where_.push((dimension.into(), value.into()));
        self
    }

    /// From `start`, included, to `end`, excluded, in UTC microseconds.
    pub fn between(mut self, start: Option<i64>, end: Option<i64>) -> Self {
        self.start = start;
        self.end = end;
        self
    }
}

/// One row of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Row<'a> {
    /// The values of the dimensions asked by, in their order.
    pub keys: &'a [String],
    /// The number; `None` where it is withheld.
    pub value: Option<f64>,
}

impl Answer {
    /// Walk the rows. Rows the answer does not hold whole are left out.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let width = if self.values.is_empty() { 0 } else { self.keys.len() / self.values.len() };
        self.values.iter().enumerate().map(move |(index, value)| Row {
            keys: self.keys.get(index * width..(index + 1) * width).unwrap_or(&[]),
            value: (!self.hidden.get(index).copied().unwrap_or(false)).then_some(*value),
        })
    }

    /// The one number of an answer that was not broken down; `None` when there
    /// is none or it is withheld.
    pub fn number(&self) -> Option<f64> {
        self.rows().next().and_then(|row| row.value)
    }
}

/// The metrics this installation may ask for.
pub fn metrics() -> Vec<Metric> {
    call::metrics()
}

/// Ask; the answers come in the order of the questions.
pub fn ask(questions: &[Question]) -> Vec<Result<Answer, Fault>> {
    if questions.is_empty() {
        return Vec::new();
    }
    call::ask(questions)
}

#[cfg(target_arch = "wasm32")]
use wit as call;

#[cfg(not(target_arch = "wasm32"))]
mod call {
    //! Stands in outside the sandbox: there is no catalogue.
    use super::{Answer, Fault, Metric, Question};

    pub(super) fn metrics() -> Vec<Metric> {
        Vec::new()
    }

    pub(super) fn ask(questions: &[Question]) -> Vec<Result<Answer, Fault>> {
        let absent = || Fault::unavailable("query exists only under a host; test with the harness");
        questions.iter().map(|_| Err(absent())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_cell_is_not_a_zero() {
        let answer = Answer {
            unit: "count".to_owned(),
            keys: ["email", "mon", "sms", "mon"].map(str::to_owned).to_vec(),
            values: vec![12.0, 0.0],
            hidden: vec![false, true],
            options: Vec::new(),
        };
        let rows: Vec<_> = answer.rows().map(|row| (row.keys.join("/"), row.value)).collect();
        assert_eq!(rows, vec![("email/mon".to_owned(), Some(12.0)), ("sms/mon".to_owned(), None)]);
    }
}
