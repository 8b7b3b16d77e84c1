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
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let mut put = |record: Vec<String>| {
        // Writing to memory does not fail.
        let _ = writer.write_record(record);
    };
    put(vec![text(&document.title)]);
    let figures: Vec<&Block> = document.blocks.iter().filter(|block| block.kind == "figure").collect();
    if !figures.is_empty() {
        put(vec![String::new()]);
        put([locale.pick("Figure", "指标"), locale.pick("Value", "数值"), locale.pick("Unit", "单位")]
            .map(str::to_owned)
            .to_vec());
        for block in figures {
            let Some(column) = block.columns.first() else { continue };
            put(vec![
                text(&block.text),
                cell(column, 0),
                text(format::plain_unit(&column.unit).unwrap_or(&column.unit)),
            ]);
        }
    }
    for block in document.blocks.iter().filter(|block| block.kind != "figure" && rows(block) > 0) {
        put(vec![String::new()]);
        put(vec![text(&block.text)]);
        put(block.columns.iter().map(header).collect());
        for row in 0..rows(block) {
            put(block.columns.iter().map(|column| cell(column, row)).collect());
        }
    }
    let bytes = writer.into_inner().unwrap_or_default();
    format!("{BYTE_ORDER_MARK}{}", String::from_utf8_lossy(&bytes))
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
