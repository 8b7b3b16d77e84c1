//! Writing a document block by block. Text is plain, never markup.

use crate::{OptionBag as _, Options};

use super::{Block, Column, Document};

/// How a chart draws its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Bars, one a row.
    Bar,
    /// A line through the rows.
    Line,
    /// A filled line.
    Area,
    /// Shares of a whole.
    Pie,
}

impl Mark {
    fn word(self) -> &'static str {
        match self {
            Self::Bar => "bar",
            Self::Line => "line",
            Self::Area => "area",
            Self::Pie => "pie",
        }
    }
}

impl Document {
    /// An empty document.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), blocks: Vec::new(), options: Options::new() }
    }

    /// A heading; level 1 is the largest.
    pub fn heading(&mut self, level: u8, text: impl Into<String>) -> &mut Self {
        self.push("heading", text, Vec::new(), Options::new().with("level", level))
    }

    /// A paragraph.
    pub fn text(&mut self, text: impl Into<String>) -> &mut Self {
        self.push("text", text, Vec::new(), Options::new())
    }

    /// One number that stands out, with its unit (`count`, `ratio`, `money:EUR` …).
    pub fn figure(&mut self, name: &str, title: impl Into<String>, unit: &str, number: f64) -> &mut Self {
        let title = title.into();
        let column = Column::numbers(name, title.clone(), unit, vec![number]);
        self.push("figure", title, vec![column], Options::new())
    }

    /// A table.
    pub fn table(&mut self, text: impl Into<String>, columns: Vec<Column>) -> &mut Self {
        self.push("table", text, columns, Options::new())
    }

    /// A chart of the column `y` over the column `x`.
    pub fn chart(&mut self, text: impl Into<String>, mark: Mark, x: &str, y: &str, columns: Vec<Column>) -> &mut Self {
        self.push("chart", text, columns, Options::new().with("mark", mark.word()).with("x", x).with("y", y))
    }

    /// Something that must not be overlooked; `tone` is `info` or `warning`.
    pub fn callout(&mut self, tone: &str, text: impl Into<String>) -> &mut Self {
        self.push("callout", text, Vec::new(), Options::new().with("tone", tone))
    }

    fn push(&mut self, kind: &str, text: impl Into<String>, columns: Vec<Column>, options: Options) -> &mut Self {
        self.blocks.push(Block { kind: kind.to_owned(), text: text.into(), columns, options });
        self
    }
}

impl Column {
    /// A column of texts.
    pub fn texts(name: impl Into<String>, title: impl Into<String>, texts: Vec<String>) -> Self {
        Self { name: name.into(), title: title.into(), unit: "text".to_owned(), texts, numbers: Vec::new() }
    }

    /// A column of numbers with their unit.
    pub fn numbers(
        name: impl Into<String>,
        title: impl Into<String>,
        unit: impl Into<String>,
        numbers: Vec<f64>,
    ) -> Self {
        Self { name: name.into(), title: title.into(), unit: unit.into(), texts: Vec::new(), numbers }
    }
}
