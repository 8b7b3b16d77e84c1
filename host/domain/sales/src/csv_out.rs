//! Lists as CSV that a spreadsheet opens without running anything: RFC 4180
//! quoting, and text cells that would begin a formula are defused.

use crate::{EXPORT_PAGE_ROWS, SalesError};
use axum::{
    body::{Body, Bytes},
    http::{HeaderName, HeaderValue, header},
};
use rialto_kernel::Currency;
use std::borrow::Cow;

/// A text cell that no spreadsheet takes for a formula: one that begins with
/// `=`, `+`, `-`, `@`, a tab or a return gets an apostrophe before it.
#[must_use]
pub fn defused(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Minor units as a plain decimal, `-12.50`: a number, so it needs no defusing.
#[must_use]
pub fn money_text(minor: i64, currency: Currency) -> String {
    let shown = rialto_kernel::Money { minor, currency }.to_string();
    shown.split(' ').next().unwrap_or_default().to_owned()
}

/// One cell.
pub(crate) enum Cell {
    /// Text that people or files gave us.
    Text(String),
    /// What we wrote ourselves: numbers, ids, instants.
    Plain(String),
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn plain(value: impl ToString) -> Self {
        Self::Plain(value.to_string())
    }

    pub(crate) fn maybe(value: Option<impl ToString>) -> Self {
        Self::Plain(value.map(|value| value.to_string()).unwrap_or_default())
    }
}

fn push_row(out: &mut String, cells: impl IntoIterator<Item = Cell>) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        let text = match &cell {
            Cell::Text(text) => defused(text),
            Cell::Plain(text) => Cow::Borrowed(text.as_str()),
        };
        if text.contains(['"', ',', '\n', '\r']) {
            out.push('"');
            out.push_str(&text.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&text);
        }
    }
    out.push_str("\r\n");
}

/// A CSV answer, read and sent a page at a time: `next` gives the rows after a
/// cursor, each with its own cursor; fewer than [`EXPORT_PAGE_ROWS`] are the last.
pub(crate) fn csv_answer<C, F, R>(name: &'static str, header: &'static [&'static str], next: F) -> CsvAnswer
where
    C: Clone + Send + 'static,
    F: Fn(Option<C>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Vec<(C, Vec<Cell>)>, SalesError>> + Send,
{
    struct State<C, F> {
        next: F,
        after: Option<C>,
        begun: bool,
        ended: bool,
    }
    let state = State { next, after: None, begun: false, ended: false };
    let pages = futures::stream::try_unfold(state, move |mut state| async move {
        if state.ended {
            return Ok(None);
        }
        let rows = (state.next)(state.after.clone()).await?;
        let mut text = String::new();
        if !state.begun {
            text.push('\u{feff}');
            push_row(&mut text, header.iter().map(Cell::plain));
            state.begun = true;
        }
        state.ended = rows.len() < EXPORT_PAGE_ROWS as usize;
        for (cursor, cells) in rows {
            push_row(&mut text, cells);
            state.after = Some(cursor);
        }
        Ok::<_, SalesError>(Some((Bytes::from(text), state)))
    });
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .unwrap_or(HeaderValue::from_static("attachment"));
    (
        [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        Body::from_stream(pages),
    )
}

/// Headers and a body that is read as it is sent.
pub(crate) type CsvAnswer = ([(HeaderName, HeaderValue); 2], Body);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_a_formula() {
        let mut out = String::new();
        let cells = ["=1+1", "+1", "-1", "@x", "\tx", "plain", "a \"b\", c"].map(Cell::text);
        push_row(&mut out, cells.into_iter().chain([Cell::plain(-5)]));
        assert_eq!(out, "'=1+1,'+1,'-1,'@x,'\tx,plain,\"a \"\"b\"\", c\",-5\r\n");
    }

    #[test]
    fn money_is_exact() {
        assert_eq!(money_text(-5, "USD".parse().unwrap()), "-0.05");
        assert_eq!(money_text(459_603_958, "USD".parse().unwrap()), "4596039.58");
        assert_eq!(money_text(300, "JPY".parse().unwrap()), "300");
    }
}
