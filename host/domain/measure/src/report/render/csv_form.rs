//! The tables of a report as CSV, one after another, each under its title. A
//! text that a spreadsheet would take for a formula is defused.

use super::{clean, format, is_numeric, rows, title};
use rialto_contract::report::{Block, Column, Document};
use rialto_kernel::Locale;

/// Read by spreadsheets as a sign of UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The tables. Money is in major units, ratios are plain numbers.
#[must_use]
pub fn csv(document: &Document, locale: Locale) -> String {
    let mut sections = vec![vec![vec![text(&document.title)]]];
    let figures: Vec<Vec<String>> =
        document.blocks.iter().filter(|block| block.kind == "figure").filter_map(figure).collect();
    if !figures.is_empty() {
        let head = [locale.pick("Figure", "指标"), locale.pick("Value", "数值"), locale.pick("Unit", "单位")];
        sections.push([vec![head.map(str::to_owned).to_vec()], figures].concat());
    }
    for block in document.blocks.iter().filter(|block| block.kind != "figure" && rows(block) > 0) {
        let mut section = vec![vec![text(&block.text)], block.columns.iter().map(header).collect()];
        section.extend((0..rows(block)).map(|row| block.columns.iter().map(|column| cell(column, row)).collect()));
        sections.push(section);
    }
    let sections: Vec<String> = sections.into_iter().map(written).collect();
    format!("{BYTE_ORDER_MARK}{}", sections.join("\n"))
}

fn figure(block: &Block) -> Option<Vec<String>> {
    let column = block.columns.first()?;
    let unit = format::plain_unit(&column.unit).unwrap_or(&column.unit);
    Some(vec![text(&block.text), cell(column, 0), text(unit)])
}

fn written(records: Vec<Vec<String>>) -> String {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for record in records {
        // Writing to memory does not fail.
        let _ = writer.write_record(record);
    }
    String::from_utf8_lossy(&writer.into_inner().unwrap_or_default()).into_owned()
}

fn header(column: &Column) -> String {
    let name = text(title(column));
    match format::plain_unit(&column.unit).filter(|_| is_numeric(column)) {
        Some(unit) => format!("{name} ({})", clean(unit)),
        None => name,
    }
}

fn cell(column: &Column, row: usize) -> String {
    match column.numbers.get(row) {
        Some(number) => format::plain(*number, &column.unit),
        None => column.texts.get(row).map_or_else(String::new, |t| text(t)),
    }
}

/// A text that stays one: an apostrophe goes before what would be computed.
fn text(raw: &str) -> String {
    let clean = clean(raw);
    let computed = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
    match clean.trim_start().starts_with(computed) {
        true => format!("'{clean}"),
        false => clean,
    }
}
