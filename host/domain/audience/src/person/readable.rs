//! An export as people read it: one archive with a table a CSV file, a text that
//! says what is what, and the document itself. It computes nothing and leaves
//! nothing out: what the document holds, the files hold.

use super::sql;
use crate::{
    Error,
    error::Result,
    export::{Cell, csv_row},
};
use rialto_kernel::{Locale, WorkspaceId, from_micros};
use rialto_slice::{
    Host,
    person::{Holding, holdings},
};
use serde_json::{Map, Value};
use std::io::{Cursor, Write as _};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// By which spreadsheets know that a file is in UTF-8.
const MARK: &str = "\u{feff}";

/// The archive of a document.
///
/// # Errors
/// When the document cannot be read, or the archive not be written.
pub(super) async fn archive(host: &Host, workspace: WorkspaceId, document: String) -> Result<Vec<u8>> {
    let locale = {
        let mut conn = host.store.read(workspace).await?;
        sql::workspace_locale(&mut conn, workspace).await?
    };
    let all = holdings(host);
    let done = tokio::task::spawn_blocking(move || pack(&document, &all, locale)).await;
    done.unwrap_or_else(|cause| Err(unwritten(std::io::Error::other(cause))))
}

fn unwritten(cause: impl Into<std::io::Error>) -> Error {
    Error::File { what: "the archive of the export could not be written".to_owned(), cause: cause.into() }
}

fn pack(document: &str, holdings: &[Holding], locale: Locale) -> Result<Vec<u8>> {
    let read: Value = serde_json::from_str(document).map_err(unwritten)?;
    let empty = Map::new();
    let tables = read["tables"].as_object().unwrap_or(&empty);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let how = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut put = |name: &str, text: &str| {
        zip.start_file(name, how).map_err(unwritten)?;
        zip.write_all(text.as_bytes()).map_err(unwritten)
    };
    put("README.txt", &format!("{MARK}{}", readme(&read, tables, holdings, locale)))?;
    for (table, rows) in tables {
        let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
        if !rows.is_empty() {
            put(&format!("{table}.csv"), &table_csv(rows))?;
        }
    }
    put("export.json", document)?;
    Ok(zip.finish().map_err(unwritten)?.into_inner())
}

/// Rows under the names of their columns, in the order in which they were read.
fn table_csv(rows: &[Value]) -> String {
    let mut columns: Vec<&str> = Vec::new();
    for row in rows.iter().filter_map(Value::as_object) {
        for name in row.keys() {
            if !columns.contains(&name.as_str()) {
                columns.push(name);
            }
        }
    }
    let mut text = MARK.to_owned();
    csv_row(&mut text, columns.iter().map(|name| Cell::text(*name)));
    for row in rows {
        csv_row(&mut text, columns.iter().map(|name| cell(name, &row[*name])));
    }
    text
}

fn cell(column: &str, value: &Value) -> Cell {
    let instant = column == "at" || column.ends_with("_at");
    match value {
        Value::Null => Cell::text(""),
        Value::Number(number) => match number.as_i64().filter(|_| instant) {
            Some(micros) => Cell::plain(Some(from_micros(micros))),
            None => Cell::number(number),
        },
        Value::String(text) => Cell::text(text),
        other => Cell::text(other.to_string()),
    }
}

fn readme(read: &Value, tables: &Map<String, Value>, holdings: &[Holding], locale: Locale) -> String {
    let text = |name: &str| read[name].as_str().unwrap_or("").to_owned();
    let (contact, as_of) = (text("contact"), text("as_of"));
    let mut lines = vec![
        locale.pick("All that is held about you", "我们保存的关于您的全部数据").to_owned(),
        String::new(),
        format!("{}{contact}", locale.pick("Your number here: ", "您在此处的编号：")),
        format!("{}{as_of}", locale.pick("As of: ", "截至：")),
        String::new(),
        locale.pick("The files:", "文件：").to_owned(),
    ];
    let rows = |value: &Value| value.as_array().map_or(0, Vec::len);
    let about = |table: &str| {
        let found = holdings.iter().find(|one| one.table == table && one.find.is_some());
        found.map_or("", |one| locale.pick(one.about.0, one.about.1))
    };
    for (table, value) in tables.iter().filter(|(_, value)| rows(value) > 0) {
        let count = rows(value);
        lines.push(match locale {
            Locale::En => format!("  {table}.csv: {} ({count} rows)", about(table)),
            Locale::ZhCn => format!("  {table}.csv：{}（{count} 行）", about(table)),
        });
    }
    lines.push(format!(
        "  export.json{}",
        locale.pick(": all of it once more, for programs", "：以上全部内容，供程序读取")
    ));
    let none: Vec<&str> = tables.iter().filter(|(_, value)| rows(value) == 0).map(|(table, _)| about(table)).collect();
    if !none.is_empty() {
        lines.push(String::new());
        lines.push(locale.pick("Nothing is held of:", "没有以下数据：").to_owned());
        lines.extend(none.into_iter().map(|what| format!("  {what}")));
    }
    lines.push(String::new());
    lines.extend(hints(locale).iter().map(|hint| (*hint).to_owned()));
    lines.join("\r\n") + "\r\n"
}

/// How to read the files.
fn hints(locale: Locale) -> [&'static str; 4] {
    [
        locale.pick(
            "The CSV files open in a spreadsheet such as Excel. Times are in UTC.",
            "CSV 文件可用 Excel 等电子表格打开。时间均为 UTC（协调世界时）。",
        ),
        locale.pick(
            "Amounts under a name that ends in _minor are in the smallest unit of their currency: 1250 in USD is 12.50.",
            "名称以 _minor 结尾的金额以该货币的最小单位计：CNY 的 1250 即 12.50 元。",
        ),
        locale.pick(
            "An apostrophe before a text that begins with =, +, - or @ is ours: without it a spreadsheet would compute it.",
            "以 =、+、- 或 @ 开头的文本前的撇号由我们添加，以免电子表格把它当作公式计算。",
        ),
        locale.pick(
            "Other people, campaigns and orders are named by numbers; nothing of other people is in here.",
            "其他人、活动和订单以编号表示；此处不含他人的任何数据。",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn cells_are_what_people_can_read() {
        for (column, value, expected) in [
            ("name", json!("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"\r\n"),
            ("value", json!("+8613800000000"), "'+8613800000000\r\n"),
            ("name", json!("王芳, 小姐"), "\"王芳, 小姐\"\r\n"),
            ("created_at", json!(1_500_000), "1970-01-01T00:00:01.5Z\r\n"),
            ("at", json!(0), "1970-01-01T00:00:00Z\r\n"),
            ("total_minor", json!(-1_250), "-1250\r\n"),
            ("format", json!(true), "true\r\n"),
            ("note", json!("two\nlines"), "\"two\nlines\"\r\n"),
            ("none", Value::Null, "\r\n"),
        ] {
            let mut out = String::new();
            csv_row(&mut out, [cell(column, &value)]);
            assert_eq!(out, expected, "{column}");
        }
    }
}
