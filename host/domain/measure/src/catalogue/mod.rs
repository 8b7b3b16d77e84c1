//! What a metric, a dimension and a fact are. A **fact** is a kind of row that
//! can be counted or summed (a send, an event, an order …), a **dimension**
//! something it can be broken down by, a **metric** a named number over facts
//! or over other metrics. All of it is static: nothing here runs a query, and
//! no text from outside ever becomes part of one.

pub mod dimension;
pub mod fact;
pub mod metric;

pub use dimension::Dimension;
pub use fact::{Fact, FactSource, Shape};
pub use metric::{Aggregate, Formula, Kind, Metric, Part, Unit};

use rialto_kernel::Locale;

/// A text in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// English.
    pub en: &'static str,
    /// 简体中文.
    pub zh: &'static str,
}

impl Words {
    /// The text of this language.
    #[must_use]
    pub fn of(self, locale: Locale) -> &'static str {
        locale.pick(self.en, self.zh)
    }
}

/// Both languages at once.
#[must_use]
pub const fn words(en: &'static str, zh: &'static str) -> Words {
    Words { en, zh }
}
