//! An export as CSV (RFC 4180), a page at a time.

use super::{Cell, ExportAsk, ExportFrom, ExportKind};
use crate::{error::Error, import::encoding};
use axum::body::{Body, Bytes};
use encoding_rs::{Encoding, GB18030, UTF_8};
use rialto_kernel::Problem;
use std::sync::Arc;

/// How its bytes are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writing {
    encoding: &'static Encoding,
    mark: bool,
}

impl Writing {
    pub(super) fn of(ask: &ExportAsk) -> Result<Self, Error> {
        let wrong = || Error::field("encoding", "must be UTF-8 or GB18030, which hold every character");
        let encoding = match ask.encoding.as_deref().map(encoding::named) {
            None => UTF_8,
            Some(Ok(encoding)) if encoding == UTF_8 || encoding == GB18030 => encoding,
            Some(_) => return Err(wrong()),
        };
        Ok(Self { encoding, mark: encoding == UTF_8 && ask.bom.unwrap_or(true) })
    }

    pub(super) fn media(self) -> &'static str {
        if self.encoding == UTF_8 { "text/csv; charset=utf-8" } else { "text/csv; charset=gb18030" }
    }

    fn bytes(self, text: String) -> Result<Bytes, Problem> {
        if self.encoding == UTF_8 {
            return Ok(Bytes::from(text));
        }
        let lacking = |c: char| Problem::internal(format!("{} lacks U+{:04X}", self.encoding.name(), u32::from(c)));
        encoding::encoded(&text, self.encoding).map(Bytes::from).map_err(lacking)
    }
}

struct State {
    kind: Arc<dyn ExportKind>,
    from: ExportFrom,
    after: Option<String>,
    begun: bool,
    ended: bool,
}

/// The body: each page is read when the one before has left.
pub(super) fn stream(kind: Arc<dyn ExportKind>, from: ExportFrom, writing: Writing) -> Body {
    let state = State { kind, from, after: None, begun: false, ended: false };
    Body::from_stream(futures::stream::try_unfold(state, move |mut state| async move {
        if state.ended {
            return Ok(None);
        }
        let page = state.kind.page(&state.from, state.after.take()).await.map_err(told)?;
        let mut text = String::new();
        if !state.begun {
            if writing.mark {
                text.push('\u{feff}');
            }
            csv_row(&mut text, state.from.header.iter().map(|name| Cell::text(name.as_str())));
            state.begun = true;
        }
        for row in page.rows {
            csv_row(&mut text, row);
        }
        state.ended = page.next.is_none();
        state.after = page.next;
        Ok::<_, std::io::Error>(Some((writing.bytes(text).map_err(told)?, state)))
    }))
}

/// A file that breaks off must not look whole: the connection ends with it.
fn told(problem: Problem) -> std::io::Error {
    tracing::error!(detail = problem.detail, "an export broke off");
    std::io::Error::other(problem.detail)
}

/// Add a row: cells that need it in quotes, texts that would run as formulas guarded.
pub(crate) fn csv_row(out: &mut String, cells: impl IntoIterator<Item = Cell>) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        let text = cell.shown();
        if text.contains(['"', ',', '\n', '\r']) || text.starts_with(char::is_whitespace) {
            out.push('"');
            out.push_str(&text.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&text);
        }
    }
    out.push_str("\r\n");
}
