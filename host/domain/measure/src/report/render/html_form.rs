//! A report as one HTML page: nothing is fetched, nothing runs; it reads in
//! light and dark, and prints.

use super::{chart, clean, format, is_numeric, level, rows, title, tone};
use rialto_contract::report::{Block, Column, Document};
use rialto_kernel::Locale;
use std::fmt::Write as _;

const STYLE: &str = include_str!("report.css");

/// The page.
#[must_use]
pub fn html(document: &Document, locale: Locale) -> String {
    let name = escape(&document.title);
    let mut out = String::with_capacity(16 * 1024);
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{name}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{name}</h1>\n",
        locale.tag()
    );
    let mut blocks = document.blocks.iter().peekable();
    while let Some(block) = blocks.next() {
        if block.kind == "figure" {
            out.push_str("<dl class=\"figures\">\n");
            figure(&mut out, block, locale);
            while let Some(next) = blocks.next_if(|next| next.kind == "figure") {
                figure(&mut out, next, locale);
            }
            out.push_str("</dl>\n");
        } else {
            part(&mut out, block, locale);
        }
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn part(out: &mut String, block: &Block, locale: Locale) {
    match block.kind.as_str() {
        "heading" => {
            // The page's own title is the only h1.
            let level = (level(block)).max(2);
            let _ = writeln!(out, "<h{level}>{}</h{level}>", escape(&block.text));
        }
        "callout" => {
            let _ = writeln!(out, "<aside class=\"{}\" role=\"note\">{}</aside>", tone(block), paragraphs(&block.text));
        }
        "table" => table(out, block, &escape(&block.text), locale),
        "chart" => chart_block(out, block, locale),
        _ => {
            out.push_str(&paragraphs(&block.text));
            if rows(block) > 0 {
                table(out, block, "", locale);
            }
        }
    }
}

fn figure(out: &mut String, block: &Block, locale: Locale) {
    let value = block.columns.first().map_or_else(String::new, |column| cell(column, 0, locale));
    let _ = writeln!(out, "<div><dt>{}</dt><dd>{}</dd></div>", escape(&block.text), escape(&value));
}

fn chart_block(out: &mut String, block: &Block, locale: Locale) {
    let Some(svg) = chart::svg(block, locale) else {
        return table(out, block, &escape(&block.text), locale);
    };
    let _ = writeln!(out, "<figure>\n<figcaption>{}</figcaption>\n{svg}", escape(&block.text));
    let _ = writeln!(out, "<details><summary>{}</summary>", locale.pick("Numbers", "数据"));
    table(out, block, "", locale);
    out.push_str("</details>\n</figure>\n");
}

fn table(out: &mut String, block: &Block, caption: &str, locale: Locale) {
    out.push_str("<div class=\"table\"><table>\n");
    if !caption.is_empty() {
        let _ = writeln!(out, "<caption>{caption}</caption>");
    }
    out.push_str("<thead><tr>");
    for column in &block.columns {
        let class = if is_numeric(column) { " class=\"number\"" } else { "" };
        let _ = write!(out, "<th scope=\"col\"{class}>{}</th>", escape(title(column)));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in 0..rows(block) {
        out.push_str("<tr>");
        for column in &block.columns {
            let class = if is_numeric(column) { " class=\"number\"" } else { "" };
            let _ = write!(out, "<td{class}>{}</td>", escape(&cell(column, row, locale)));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table></div>\n");
}

fn cell(column: &Column, row: usize, locale: Locale) -> String {
    match column.numbers.get(row) {
        Some(number) => format::number(*number, &column.unit, locale),
        None => column.texts.get(row).cloned().unwrap_or_default(),
    }
}

fn paragraphs(text: &str) -> String {
    let text = clean(text);
    let mut out = String::new();
    for paragraph in text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        let _ = writeln!(out, "<p>{}</p>", escape(paragraph).replace('\n', "<br>\n"));
    }
    out
}

/// A text as it may stand in HTML, in an attribute too.
pub(super) fn escape(text: &str) -> String {
    rialto_kernel::html::escape(&clean(text))
}
