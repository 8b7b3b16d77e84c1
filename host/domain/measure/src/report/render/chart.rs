//! Charts as inline SVG, drawn from the same numbers as the table beneath:
//! bars lie, so that names can be read; lines and areas run from left to right.

use super::{format, html_form::escape, is_numeric, rows, title};
use rialto_contract::{
    option,
    report::{Block, Column},
};
use rialto_kernel::Locale;
use std::{f64::consts::TAU, fmt::Write as _};

/// The most bars or slices; the rest is in the table.
const BARS_MAX: usize = 40;
const SLICES_MAX: usize = 8;
const POINTS_MAX: usize = 2_000;
const MARKS_MAX: usize = 40;
/// The option of a chart by days that says what happened on them.
pub(in crate::report) const ANNOTATIONS: &str = "annotations";
const WIDTH: f64 = 720.0;
const NAME_CHARS_MAX: usize = 26;

/// The picture, if the block says what to draw.
pub(super) fn svg(block: &Block, locale: Locale) -> Option<String> {
    let y: String = option(&block.options, "y")?;
    let x: String = option(&block.options, "x")?;
    let find = |name: &str| block.columns.iter().find(|column| column.name == name);
    let (names, numbers) = (find(&x)?, find(&y).filter(|column| is_numeric(column))?);
    if rows(block) == 0 {
        return None;
    }
    let data = Data { names, numbers, marks: marks(block, names), locale };
    Some(match option::<String>(&block.options, "mark")?.as_str() {
        "bar" => data.bars(&block.text),
        "pie" if numbers.numbers.iter().all(|n| *n >= 0.0) && numbers.numbers.iter().sum::<f64>() > 0.0 => {
            data.pie(&block.text)
        }
        "pie" => data.bars(&block.text),
        "area" => data.line(&block.text, true),
        _ => data.line(&block.text, false),
    })
}

struct Data<'a> {
    names: &'a Column,
    numbers: &'a Column,
    /// What happened at a row's day, by row.
    marks: Vec<(usize, String)>,
    locale: Locale,
}

/// Annotations of the block at the rows they belong to.
fn marks(block: &Block, names: &Column) -> Vec<(usize, String)> {
    let given: Vec<(String, String)> = option(&block.options, ANNOTATIONS).unwrap_or_default();
    let place = |(day, text): (String, String)| Some((names.texts.iter().position(|name| *name == day)?, text));
    given.into_iter().take(MARKS_MAX).filter_map(place).collect()
}

impl Data<'_> {
    fn name(&self, row: usize) -> String {
        let name = match self.names.numbers.get(row) {
            Some(number) => format::number(*number, &self.names.unit, self.locale),
            None => self.names.texts.get(row).cloned().unwrap_or_default(),
        };
        match name.chars().count() > NAME_CHARS_MAX {
            true => format!("{}…", name.chars().take(NAME_CHARS_MAX - 1).collect::<String>()),
            false => name,
        }
    }

    fn number(&self, number: f64) -> String {
        format::number(number, &self.numbers.unit, self.locale)
    }

    fn open(&self, caption: &str, height: f64) -> String {
        let label = if caption.is_empty() { title(self.numbers) } else { caption };
        format!("<svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-label=\"{}\">\n", escape(label))
    }

    #[allow(clippy::cast_precision_loss, reason = "places on a page")]
    fn bars(&self, caption: &str) -> String {
        const LEFT: f64 = 190.0;
        const RIGHT: f64 = 110.0;
        const STEP: f64 = 26.0;
        let numbers: Vec<f64> = self.numbers.numbers.iter().take(BARS_MAX).copied().collect();
        let (least, most) = span(&numbers);
        let place = |number: f64| LEFT + (number - least) / (most - least) * (WIDTH - LEFT - RIGHT);
        let mut out = self.open(caption, numbers.len() as f64 * STEP + 8.0);
        for (row, number) in numbers.iter().enumerate() {
            let top = row as f64 * STEP + 4.0;
            let (from, to) = (place(number.min(0.0)), place(number.max(0.0)));
            let _ = writeln!(
                out,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\
                 <rect x=\"{from:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"18\" rx=\"2\" fill=\"var(--c1)\"/>\
                 <text class=\"soft\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                LEFT - 8.0,
                top + 13.0,
                escape(&self.name(row)),
                (to - from).max(1.0),
                to + 6.0,
                top + 13.0,
                escape(&self.number(*number)),
            );
        }
        out.push_str("</svg>");
        out
    }

    #[allow(clippy::cast_precision_loss, reason = "places on a page")]
    fn line(&self, caption: &str, filled: bool) -> String {
        const LEFT: f64 = 90.0;
        const TOP: f64 = 12.0;
        const BOTTOM: f64 = 240.0;
        let numbers: Vec<f64> = self.numbers.numbers.iter().take(POINTS_MAX).copied().collect();
        let (least, most) = span(&numbers);
        let across = |row: usize| match numbers.len() {
            1 => (LEFT + WIDTH - 20.0) / 2.0,
            count => LEFT + row as f64 / (count - 1) as f64 * (WIDTH - LEFT - 20.0),
        };
        let up = |number: f64| BOTTOM - (number - least) / (most - least) * (BOTTOM - TOP);
        let mut out = self.open(caption, 274.0);
        for part in 0..=4 {
            let number = least + (most - least) * f64::from(part) / 4.0;
            let _ = writeln!(
                out,
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
                 <text class=\"soft\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                WIDTH - 20.0,
                LEFT - 8.0,
                up(number) + 4.0,
                escape(&self.number(number)),
                y = up(number),
            );
        }
        let points: Vec<String> =
            numbers.iter().enumerate().map(|(row, n)| format!("{:.1},{:.1}", across(row), up(*n))).collect();
        if filled {
            let (first, last, ground) = (across(0), across(numbers.len() - 1), up(0.0_f64.clamp(least, most)));
            let _ = writeln!(
                out,
                "<polygon points=\"{first:.1},{ground:.1} {} {last:.1},{ground:.1}\" fill=\"var(--c1)\" fill-opacity=\"0.18\"/>",
                points.join(" ")
            );
        }
        let _ = writeln!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"var(--c1)\" stroke-width=\"2\" stroke-linejoin=\"round\"/>",
            points.join(" ")
        );
        for (row, text) in &self.marks {
            let _ = writeln!(
                out,
                "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{BOTTOM}\" stroke=\"var(--c2)\" stroke-dasharray=\"4 3\">\
                 <title>{text}</title></line><text class=\"soft\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">▾</text>",
                TOP - 2.0,
                x = across(*row),
                text = escape(text),
            );
        }
        if numbers.len() == 1 {
            let _ = writeln!(
                out,
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\" fill=\"var(--c1)\"/>",
                across(0),
                up(numbers[0])
            );
        }
        self.below(&mut out, numbers.len(), across);
        out.push_str("</svg>");
        out
    }

    /// A few names under a line: first, last and some between.
    fn below(&self, out: &mut String, count: usize, across: impl Fn(usize) -> f64) {
        let step = count.div_ceil(6).max(1);
        for row in (0..count).step_by(step) {
            let _ = writeln!(
                out,
                "<text class=\"soft\" x=\"{:.1}\" y=\"262\" text-anchor=\"middle\">{}</text>",
                across(row).clamp(50.0, WIDTH - 50.0),
                escape(&self.name(row))
            );
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "places on a page")]
    fn pie(&self, caption: &str) -> String {
        let mut slices: Vec<(String, f64)> =
            self.numbers.numbers.iter().enumerate().map(|(row, number)| (self.name(row), *number)).collect();
        slices.sort_by(|a, b| b.1.total_cmp(&a.1));
        if slices.len() > SLICES_MAX {
            let rest = slices.split_off(SLICES_MAX - 1).iter().map(|(_, number)| number).sum();
            slices.push((self.locale.pick("Others", "其他").to_owned(), rest));
        }
        let whole: f64 = slices.iter().map(|(_, number)| number).sum();
        let mut out = self.open(caption, 260.0);
        let mut from = 0.0;
        for (at, (name, number)) in slices.iter().enumerate() {
            let share = number / whole;
            let _ = writeln!(out, "<path d=\"{}\" fill=\"var(--c{})\"/>", slice(from, from + share), at + 1);
            let top = 34.0 + at as f64 * 26.0;
            let _ = writeln!(
                out,
                "<rect x=\"300\" y=\"{:.1}\" width=\"14\" height=\"14\" rx=\"2\" fill=\"var(--c{})\"/>\
                 <text x=\"322\" y=\"{top:.1}\">{}</text><text class=\"soft\" x=\"{}\" y=\"{top:.1}\" text-anchor=\"end\">{} · {}</text>",
                top - 12.0,
                at + 1,
                escape(name),
                WIDTH - 20.0,
                escape(&self.number(*number)),
                format::number(share, "ratio", self.locale),
            );
            from += share;
        }
        out.push_str("</svg>");
        out
    }
}

/// From zero, or below where numbers are, to the largest; never empty.
fn span(numbers: &[f64]) -> (f64, f64) {
    let least = numbers.iter().copied().fold(0.0, f64::min);
    let most = numbers.iter().copied().fold(0.0, f64::max);
    if most > least { (least, most) } else { (least, least + 1.0) }
}

/// A slice of a circle between two shares of the whole, from the top.
fn slice(from: f64, to: f64) -> String {
    const X: f64 = 140.0;
    const Y: f64 = 130.0;
    const R: f64 = 110.0;
    let to = to.min(from + 0.999_99);
    let point = |share: f64| (X + R * (share * TAU).sin(), Y - R * (share * TAU).cos());
    let ((x1, y1), (x2, y2)) = (point(from), point(to));
    let large = u8::from(to - from > 0.5);
    format!("M{X} {Y} L{x1:.2} {y1:.2} A{R} {R} 0 {large} 1 {x2:.2} {y2:.2} Z")
}
