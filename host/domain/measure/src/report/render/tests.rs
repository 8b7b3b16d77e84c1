//! What every form must hold: nothing a text says is taken for markup, and a
//! whole document reads as it did.

use super::*;
use rialto_contract::{report::Document, with_option};
use rialto_kernel::Locale;

const HOSTILE: &str =
    "<script>alert(1)</script> [x](javascript:alert(1)) ![i](http://e.example/p.png) | `a` \u{202e}evil\" onload='x'";

fn column(name: &str, unit: &str, texts: &[&str], numbers: &[f64]) -> Column {
    Column {
        name: name.into(),
        title: format!("The {name}"),
        unit: unit.into(),
        texts: texts.iter().map(|t| (*t).to_owned()).collect(),
        numbers: numbers.to_vec(),
    }
}

fn block(kind: &str, text: &str, columns: Vec<Column>, options: &[(&str, &str)]) -> Block {
    let options = options.iter().map(|(name, value)| with_option(name, value)).collect();
    Block { kind: kind.into(), text: text.into(), columns, options }
}

fn hostile() -> Document {
    let columns = || vec![column("name", "text", &[HOSTILE, "=1+1"], &[]), column("n", "count", &[], &[1.0, 2.0])];
    let mut blocks: Vec<Block> = ["heading", "text", "callout", "table", "mystery"]
        .iter()
        .map(|kind| block(kind, HOSTILE, columns(), &[("tone", HOSTILE)]))
        .collect();
    for mark in ["bar", "line", "area", "pie", HOSTILE] {
        blocks.push(block("chart", HOSTILE, columns(), &[("mark", mark), ("x", "name"), ("y", "n")]));
    }
    blocks.push(block("figure", HOSTILE, vec![column("n", HOSTILE, &[], &[1.0])], &[]));
    Document { title: HOSTILE.into(), blocks, options: vec![] }
}

fn ordinary() -> Document {
    let channels = || {
        vec![
            column("channel", "text", &["email", "mailer", "display"], &[]),
            column("conversions", "count", &[], &[120.5, 60.25, 19.25]),
            column("value", "money:USD", &[], &[1_234_500.0, 600_050.0, 99.0]),
            column("share", "ratio", &[], &[0.6025, 0.301_25, 0.096_25]),
        ]
    };
    let days = vec![
        column("day", "text", &["2017-03-01", "2017-03-02", "2017-03-03", "2017-03-04"], &[]),
        column("orders", "count", &[], &[10.0, 14.0, 0.0, 7.0]),
    ];
    let mut heading = block("heading", "Results", vec![], &[]);
    heading.options = vec![with_option("level", &2)];
    Document {
        title: "Spring coupons".into(),
        blocks: vec![
            block("text", "One paragraph.\nStill it.\n\nAnother one.", vec![], &[]),
            heading,
            block("figure", "Audience", vec![column("audience", "count", &[], &[2_469.0])], &[]),
            block("figure", "Revenue", vec![column("revenue", "money:USD", &[], &[459_603_958.0])], &[]),
            block("callout", "Few conversions: read with care.", vec![], &[("tone", "warning")]),
            block("table", "Credit by channel", channels(), &[]),
            block(
                "chart",
                "Conversions by channel",
                channels(),
                &[("mark", "bar"), ("x", "channel"), ("y", "conversions")],
            ),
            block("chart", "Orders by day", days, &[("mark", "line"), ("x", "day"), ("y", "orders")]),
            block("chart", "Shares", channels(), &[("mark", "pie"), ("x", "channel"), ("y", "value")]),
        ],
        options: vec![],
    }
}

#[test]
fn nothing_a_text_says_becomes_markup() {
    let page = html(&hostile(), Locale::En);
    for bad in ["<script", "onload='", "\" onload", "\u{202e}", "<img"] {
        assert!(!page.contains(bad), "{bad}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));

    let text = markdown(&hostile(), Locale::En);
    for bad in ["<script", "](javascript", "![i]", "http://", "\u{202e}"] {
        assert!(!text.contains(bad), "{bad}: {text}");
    }
    let table_rows = text.lines().filter(|line| line.starts_with("| ")).count();
    let whole =
        text.lines().filter(|line| line.starts_with("| ") && line.replace("\\|", "").matches('|').count() == 3).count();
    assert_eq!(table_rows, whole, "a cell broke out of its row:\n{text}");
}

#[test]
fn a_spreadsheet_computes_nothing() {
    let cells = ["=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1)", "  =1", "＝1+1", "\t=1", "plain"];
    let table = block("table", "=HYPERLINK(\"http://e.example\")", vec![column("=n", "text", &cells, &[])], &[]);
    let document = Document { title: "@title".into(), blocks: vec![table], options: vec![] };
    let text = csv(&document, Locale::En);
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut seen = 0;
    for record in reader.records() {
        for cell in &record.unwrap() {
            seen += 1;
            let first = cell.trim_start().chars().next().unwrap_or(' ');
            assert!(!"=+-@＝＋－＠".contains(first), "{cell}");
        }
    }
    assert!(seen > cells.len());
}

#[test]
fn numbers_stay_numbers_in_csv() {
    let table =
        block("table", "t", vec![column("a", "money:USD", &[], &[-1_234.0]), column("b", "ratio", &[], &[0.5])], &[]);
    let text = csv(&Document { title: "t".into(), blocks: vec![table], options: vec![] }, Locale::En);
    assert!(text.contains("The a (USD),The b\n-12.34,0.5"), "{text}");
}

#[test]
fn a_page_fetches_nothing() {
    for document in [ordinary(), hostile()] {
        let page = html(&document, Locale::ZhCn);
        for door in [" src=", "href=", "url(", "@import", "<link", "<iframe"] {
            assert!(!page.contains(door), "{door}");
        }
        assert!(page.contains("<html lang=\"zh-CN\">"));
    }
}

#[test]
fn a_whole_report_reads_as_it_did() {
    insta::assert_snapshot!("report_html", html(&ordinary(), Locale::En));
    insta::assert_snapshot!("report_markdown_zh", markdown(&ordinary(), Locale::ZhCn));
    insta::assert_snapshot!("report_csv", csv(&ordinary(), Locale::En));
}

#[test]
fn odd_charts_draw_or_fall_back_to_a_table() {
    let with = |numbers: &[f64], mark: &str| {
        let names: Vec<&str> = numbers.iter().map(|_| "x").collect();
        let columns = vec![column("x", "text", &names, &[]), column("y", "count", &[], numbers)];
        let chart = block("chart", "c", columns, &[("mark", mark), ("x", "x"), ("y", "y")]);
        html(&Document { title: "t".into(), blocks: vec![chart], options: vec![] }, Locale::En)
    };
    for mark in ["bar", "line", "area", "pie", "cloud"] {
        for numbers in [&[0.0][..], &[-3.0, 5.0], &[1e300, 1.0], &[0.0, 0.0], &[7.0]] {
            let page = with(numbers, mark);
            assert!(page.contains("<svg") && !page.contains("NaN") && !page.contains("inf\""), "{mark} {numbers:?}");
        }
        assert!(!with(&[], mark).contains("<svg"));
    }
}
