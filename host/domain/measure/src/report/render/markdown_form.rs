//! A report as Markdown. Characters that mean something in it are escaped, so
//! that a title cannot become a link or an image.

use super::{clean, format, is_numeric, level, rows, title, tone};
use rialto_contract::report::{Block, Column, Document};
use rialto_kernel::Locale;
use std::fmt::Write as _;

/// The text.
#[must_use]
pub fn markdown(document: &Document, locale: Locale) -> String {
    let mut out = format!("# {}\n", line(&document.title));
    let mut after_figure = false;
    for block in &document.blocks {
        let figure = block.kind == "figure";
        if !(figure && after_figure) {
            out.push('\n');
        }
        after_figure = figure;
        match block.kind.as_str() {
            "heading" => {
                let marks = "#".repeat(usize::from(level(block).max(2)));
                let _ = writeln!(out, "{marks} {}", line(&block.text));
            }
            "figure" => {
                let value = block.columns.first().map_or_else(String::new, |column| cell(column, 0, locale));
                let _ = writeln!(out, "- **{}**: {value}", line(&block.text));
            }
            "callout" => {
                let mark = if tone(block) == "warning" { "⚠ " } else { "" };
                for (at, text) in escaped_lines(&block.text).iter().enumerate() {
                    let _ = writeln!(out, "> {}{text}", if at == 0 { mark } else { "" });
                }
            }
            "table" | "chart" => {
                if !block.text.is_empty() {
                    let _ = writeln!(out, "**{}**\n", line(&block.text));
                }
                table(&mut out, block, locale);
            }
            _ => {
                for text in escaped_lines(&block.text) {
                    let _ = writeln!(out, "{text}");
                }
                if rows(block) > 0 {
                    out.push('\n');
                    table(&mut out, block, locale);
                }
            }
        }
    }
    out
}

fn table(out: &mut String, block: &Block, locale: Locale) {
    let mut row = |cells: Vec<String>| {
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    };
    row(block.columns.iter().map(|column| line(title(column))).collect());
    row(block.columns.iter().map(|column| if is_numeric(column) { "---:" } else { "---" }.to_owned()).collect());
    for at in 0..rows(block) {
        row(block.columns.iter().map(|column| cell(column, at, locale)).collect());
    }
}

fn cell(column: &Column, row: usize, locale: Locale) -> String {
    match column.numbers.get(row) {
        Some(number) => line(&format::number(*number, &column.unit, locale)),
        None => column.texts.get(row).map_or_else(String::new, |text| line(text)),
    }
}

/// A text on one line.
fn line(text: &str) -> String {
    escaped_lines(text).join(" ")
}

/// A text line by line, escaped; blank lines stay.
fn escaped_lines(text: &str) -> Vec<String> {
    clean(text).trim().split('\n').map(|line| escape(line.trim())).collect()
}

fn escape(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let numbered = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(' ');
    let list = numbered.len() < line.len() && numbered.strip_prefix(['.', ')']).is_some_and(ends);
    for (at, c) in line.char_indices() {
        let begins = at == 0 && matches!(c, '-' | '+' | '=' | ':');
        let numbers = list && at == line.len() - numbered.len();
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' | '(' | ')' => {
                out.push('\\');
                out.push(c);
            }
            c if begins || numbers => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    // An address alone becomes a link in many readers.
    out.replace("://", ":\\//").replace("www.", "www\\.")
}
