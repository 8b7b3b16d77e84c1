//! From a document of typed blocks to HTML, Markdown and CSV. Texts come from a
//! plugin and from data: they are escaped everywhere and are never markup. Pure.

mod chart;
mod csv_form;
mod format;
mod html_form;
mod markdown_form;

pub(in crate::report) use chart::ANNOTATIONS;
pub use csv_form::csv;
pub use html_form::html;
pub use markdown_form::markdown;

use rialto_contract::{
    option,
    report::{Block, Column},
};

/// How many rows a block's columns have.
fn rows(block: &Block) -> usize {
    block.columns.iter().map(|column| column.texts.len().max(column.numbers.len())).max().unwrap_or(0)
}

/// Whether a column holds numbers.
fn is_numeric(column: &Column) -> bool {
    !column.numbers.is_empty()
}

/// What a column is called.
fn title(column: &Column) -> &str {
    if column.title.is_empty() { &column.name } else { &column.title }
}

/// A heading's level, 1 to 4.
fn level(block: &Block) -> u8 {
    option::<u8>(&block.options, "level").unwrap_or(2).clamp(1, 4)
}

/// What a callout is: `warning` or `info`.
fn tone(block: &Block) -> &'static str {
    match option::<String>(&block.options, "tone").as_deref() {
        Some("warning") => "warning",
        _ => "info",
    }
}

/// A text without control characters; line breaks stay.
fn clean(text: &str) -> String {
    text.chars().filter(|c| *c == '\n' || !c.is_control()).filter(|c| !is_direction(*c)).collect()
}

/// Characters that turn the reading direction of what follows.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests;
