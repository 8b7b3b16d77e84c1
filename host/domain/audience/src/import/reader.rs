//! Cutting a file into rows, from any offset. Every row is bounded, and a
//! broken one costs only itself: after an unclosed quote the reader goes on
//! with the next line.

use super::{encoding, workbook::FRAME};
use crate::limits::{IMPORT_COLUMNS_MAX, IMPORT_LINE_BYTES_MAX, IMPORT_ROW_BYTES_MAX};
use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    path::Path,
};

/// What may separate cells, in the order in which ties are decided.
pub(super) const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Bytes read at once.
const CHUNK_BYTES: usize = 256 * 1024;

/// A row as it was cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cut {
    /// Its cells: their text run together, and where each ends.
    Cells { text: String, ends: Vec<u32>, raw: Vec<u8> },
    /// What is wrong with it.
    Broken { message: String, raw: Vec<u8> },
}

/// Reads rows one after another.
pub(super) struct RowReader {
    file: File,
    core: csv_core::Reader,
    delimiter: u8,
    /// Cells a row must have, once known.
    width: Option<usize>,
    /// The encoding that the file was in, to name it.
    encoding: &'static str,
    buffer: Vec<u8>,
    begin: usize,
    /// Where `buffer[begin]` is in the file.
    offset: u64,
    at_end: bool,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl RowReader {
    /// A reader of the file from an offset on.
    pub(super) fn open(path: &Path, offset: u64, delimiter: u8, width: Option<usize>) -> io::Result<Self> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        let core = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        Ok(Self {
            file,
            core,
            delimiter,
            width,
            encoding: "UTF-8",
            buffer: Vec::with_capacity(2 * CHUNK_BYTES),
            begin: 0,
            offset,
            at_end: false,
            text: vec![0; 4096],
            ends: vec![0; 64],
        })
    }

    /// The encoding to name where a row is not in it.
    pub(super) fn told_as(mut self, encoding: &'static str) -> Self {
        self.encoding = encoding;
        self
    }

    /// Where the next row begins.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// The next row; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Cut>> {
        if !self.skip_blank()? {
            return Ok(None);
        }
        loop {
            if self.buffer[self.begin..].starts_with(&FRAME) {
                return self.framed().map(Some);
            }
            match self.attempt() {
                Attempt::Row { taken, cells, size } if size == 0 && self.blank(cells) => {
                    self.advance(taken);
                    if !self.skip_blank()? {
                        return Ok(None);
                    }
                }
                Attempt::Row { taken, cells, size } => return Ok(Some(self.row(taken, cells, size))),
                Attempt::TooManyCells => {
                    return self.too_long(format!("has more than {IMPORT_COLUMNS_MAX} cells")).map(Some);
                }
                Attempt::More if self.buffer.len() - self.begin > IMPORT_ROW_BYTES_MAX => {
                    let message =
                        format!("is longer than {IMPORT_ROW_BYTES_MAX} bytes, or has a quote that is not closed");
                    return self.too_long(message).map(Some);
                }
                Attempt::More => self.fill()?,
            }
        }
    }

    /// Whether a row without any text is one that spreadsheets leave behind.
    fn blank(&self, cells: usize) -> bool {
        self.width == Some(cells) && cells > 1
    }

    /// A row of a workbook that was bad already there.
    fn framed(&mut self) -> io::Result<Cut> {
        const HEAD: usize = FRAME.len() + 8;
        let mut size = HEAD;
        loop {
            let held = &self.buffer[self.begin..];
            if let Some(head) = held.get(FRAME.len()..HEAD) {
                let length = |at: usize| {
                    head.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes) as usize
                };
                size = HEAD + length(0) + length(4);
                if let Some(body) = held.get(HEAD..size) {
                    let (message, raw) = body.split_at(length(0));
                    let cut = Cut::Broken { message: String::from_utf8_lossy(message).into_owned(), raw: raw.to_vec() };
                    self.advance(size);
                    return Ok(cut);
                }
            }
            if self.at_end {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, format!("a row of {size} bytes is cut off")));
            }
            self.fill()?;
        }
    }

    /// Skip empty lines; whether anything is left.
    fn skip_blank(&mut self) -> io::Result<bool> {
        loop {
            while let Some(b'\r' | b'\n') = self.buffer.get(self.begin) {
                self.advance(1);
            }
            if self.begin < self.buffer.len() {
                return Ok(true);
            }
            if self.at_end {
                return Ok(false);
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.begin);
        self.begin = 0;
        let held = self.buffer.len();
        self.buffer.resize(held + CHUNK_BYTES, 0);
        let mut got = 0;
        while got < CHUNK_BYTES {
            match self.file.read(&mut self.buffer[held + got..]) {
                Ok(0) => {
                    self.at_end = true;
                    break;
                }
                Ok(n) => got += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.buffer.truncate(held + got);
        Ok(())
    }

    fn advance(&mut self, bytes: usize) {
        self.begin += bytes;
        self.offset += bytes as u64;
    }

    /// Cut the row that begins here, if all of it is in the buffer.
    fn attempt(&mut self) -> Attempt {
        use csv_core::ReadRecordResult as Cutting;
        self.core.reset();
        let (mut taken, mut size, mut cells) = (0, 0, 0);
        loop {
            let input = &self.buffer[self.begin + taken..];
            if input.is_empty() && !self.at_end {
                return Attempt::More;
            }
            let (result, nin, nout, nend) =
                self.core.read_record(input, &mut self.text[size..], &mut self.ends[cells..]);
            taken += nin;
            size += nout;
            cells += nend;
            match result {
                Cutting::InputEmpty => {}
                Cutting::OutputFull => self.text.resize(self.text.len() * 2, 0),
                Cutting::OutputEndsFull if cells > IMPORT_COLUMNS_MAX => return Attempt::TooManyCells,
                Cutting::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                Cutting::Record => return Attempt::Row { taken, cells, size },
                Cutting::End => return Attempt::Row { taken, cells, size },
            }
            if taken > IMPORT_ROW_BYTES_MAX {
                return Attempt::More;
            }
        }
    }

    fn row(&mut self, taken: usize, cells: usize, size: usize) -> Cut {
        let raw = self.buffer[self.begin..self.begin + taken].to_vec();
        let lines = lines_of(&raw);
        let wrong_width = self.width.is_some_and(|width| width != cells);
        let unclosed = self.at_end && self.begin + taken == self.buffer.len() && ends_in_quotes(&raw, self.delimiter);
        if unclosed || (lines > 1 && wrong_width) {
            return self.broken("has a quote that is opened and not closed".to_owned());
        }
        self.advance(taken);
        if let Some(width) = self.width.filter(|width| *width != cells) {
            return Cut::Broken { message: format!("has {cells} cells; the header has {width}"), raw };
        }
        match std::str::from_utf8(&self.text[..size]) {
            Ok(text) if text.contains('\0') => Cut::Broken { message: "holds U+0000".to_owned(), raw },
            Ok(text) => {
                let ends = self.ends[..cells].iter().map(|end| u32::try_from(*end).unwrap_or(u32::MAX)).collect();
                Cut::Cells { text: text.to_owned(), ends, raw }
            }
            Err(_) => self.misread(&raw),
        }
    }

    /// A row that is not in the encoding of its file, as it can be read.
    fn misread(&self, raw: &[u8]) -> Cut {
        let (text, looks) = encoding::shown(raw);
        let message = if self.encoding == looks {
            format!("holds bytes that are no text in {looks}")
        } else {
            format!(
                "is not in {}; it looks like {looks}: save the whole file in one encoding, or say which with `encoding`",
                self.encoding
            )
        };
        Cut::Broken { message, raw: text.into_bytes() }
    }

    /// Give up the line that begins here, and go on after it.
    fn broken(&mut self, message: String) -> Cut {
        let rest = &self.buffer[self.begin..];
        let line = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1);
        let raw = rest[..line].to_vec();
        self.advance(line);
        Cut::Broken { message, raw }
    }

    /// Give up a line longer than any row may be, without holding it.
    fn too_long(&mut self, message: String) -> io::Result<Cut> {
        let mut kept = self.buffer[self.begin..].iter().take(IMPORT_LINE_BYTES_MAX).copied().collect::<Vec<u8>>();
        loop {
            let rest = &self.buffer[self.begin..];
            if let Some(at) = rest.iter().position(|byte| *byte == b'\n') {
                kept.truncate(at + 1);
                self.advance(at + 1);
                break;
            }
            let all = rest.len();
            self.advance(all);
            if self.at_end {
                break;
            }
            self.fill()?;
        }
        Ok(Cut::Broken { message, raw: kept })
    }
}

enum Attempt {
    Row { taken: usize, cells: usize, size: usize },
    TooManyCells,
    More,
}

fn lines_of(raw: &[u8]) -> usize {
    let body = raw.strip_suffix(b"\n").unwrap_or(raw);
    let body = body.strip_suffix(b"\r").unwrap_or(body);
    1 + body.iter().filter(|byte| **byte == b'\n').count()
}

/// Whether a row ends inside a quoted cell.
fn ends_in_quotes(raw: &[u8], delimiter: u8) -> bool {
    let (mut quoted, mut cell_begins) = (false, true);
    let mut bytes = raw.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if quoted {
            if byte == b'"' {
                if bytes.peek() == Some(&b'"') {
                    bytes.next();
                } else {
                    quoted = false;
                }
            }
        } else if byte == b'"' && cell_begins {
            quoted = true;
        }
        cell_begins = !quoted && byte == delimiter;
    }
    quoted
}

/// Where a file's header begins, and what separates its cells.
pub(super) struct Opening {
    pub offset: u64,
    pub delimiter: u8,
}

/// Look at the beginning of a file in UTF-8, after its byte order mark: a line
/// `sep=;` as Excel writes it says the delimiter, else the header does.
pub(super) fn opening(path: &Path, mark: usize, wanted: Option<u8>) -> io::Result<Opening> {
    let mut head = Vec::new();
    File::open(path)?.take(IMPORT_ROW_BYTES_MAX as u64).read_to_end(&mut head)?;
    let body = head.get(mark..).unwrap_or(&[]);
    let begin = body.iter().position(|b| !matches!(b, b'\r' | b'\n')).unwrap_or(body.len());
    let line = body[begin..].split(|b| *b == b'\n').next().unwrap_or(&[]);
    if let Some([said]) = line.trim_ascii_end().strip_prefix(b"sep=")
        && DELIMITERS.contains(said)
    {
        let offset = mark + begin + line.len();
        return Ok(Opening { offset: offset as u64, delimiter: wanted.unwrap_or(*said) });
    }
    Ok(Opening { offset: mark as u64, delimiter: wanted.unwrap_or_else(|| guess(line)) })
}

/// The delimiter that a header has most of outside quotes.
fn guess(line: &[u8]) -> u8 {
    let mut counts = [0_usize; DELIMITERS.len()];
    let mut quoted = false;
    for byte in line {
        quoted ^= *byte == b'"';
        if let Some(at) = DELIMITERS.iter().position(|d| d == byte && !quoted) {
            counts[at] += 1;
        }
    }
    let best = counts.iter().copied().max().unwrap_or(0);
    counts.iter().position(|count| *count == best).map_or(b',', |at| DELIMITERS[at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn file(text: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text).unwrap();
        file.flush().unwrap();
        file
    }

    fn cuts(text: &[u8], width: usize) -> Vec<String> {
        let file = file(text);
        let mut reader = RowReader::open(file.path(), 0, b',', Some(width)).unwrap();
        let mut all = Vec::new();
        while let Some(cut) = reader.next().unwrap() {
            all.push(match cut {
                Cut::Cells { text, ends, .. } => {
                    let mut begin = 0;
                    let cells: Vec<String> = ends
                        .iter()
                        .map(|end| {
                            let cell = text[begin..*end as usize].to_owned();
                            begin = *end as usize;
                            cell
                        })
                        .collect();
                    cells.join("·")
                }
                Cut::Broken { message, raw } => {
                    format!("!{}:{}", message.split(' ').nth(2).unwrap_or(""), String::from_utf8_lossy(&raw).trim_end())
                }
            });
        }
        all
    }

    #[test]
    fn rows_are_cut_as_rfc_4180_says() {
        assert_eq!(
            cuts(b"a,b\r\n\"x, y\",\"say \"\"hi\"\"\"\n\n\"two\nlines\",z", 2),
            ["a·b", "x, y·say \"hi\"", "two\nlines·z"]
        );
    }

    #[test]
    fn a_broken_row_costs_only_itself() {
        assert_eq!(cuts(b"1,a\n2\n3,c\n", 2), ["1·a", "!cells;:2", "3·c"]);
        assert_eq!(cuts(b"1,\"a\n2,b\n3,c\n", 2), ["!quote:1,\"a", "2·b", "3·c"]);
        assert_eq!(cuts(b"1,a\n2,\"b", 2), ["1·a", "!quote:2,\"b"]);
        assert_eq!(cuts(b"1,5\" pipe\n2,b\n", 2), ["1·5\" pipe", "2·b"]);
        assert_eq!(cuts(b"1,\xe9\xff\n2,b\n", 2), ["!in:1,\u{fffd}", "2·b"]);
        assert_eq!(cuts(b"1,a\0\n2,b\n", 2)[1], "2·b");
    }

    #[test]
    fn a_huge_row_is_bounded() {
        let mut text = b"1,".to_vec();
        text.extend(std::iter::repeat_n(b'x', 3 * CHUNK_BYTES));
        text.extend(b"\n2,b\n");
        let all = cuts(&text, 2);
        assert!(all[0].starts_with('!') && all[0].len() < IMPORT_LINE_BYTES_MAX + 100);
        assert_eq!(all[1], "2·b");
        let mut open = b"1,\"".to_vec();
        open.extend(std::iter::repeat_n(*b"x\n", 2 * CHUNK_BYTES).flatten());
        assert!(cuts(&open, 2)[0].starts_with('!'));
    }

    #[test]
    fn any_row_boundary_is_a_place_to_go_on_from() {
        let text: Vec<u8> = (0..500).flat_map(|n| format!("{n},\"v {n}\n\"\r\n").into_bytes()).collect();
        let whole = cuts(&text, 2);
        let file = file(&text);
        let mut reader = RowReader::open(file.path(), 0, b',', Some(2)).unwrap();
        let mut at = 0;
        while reader.next().unwrap().is_some() {
            at += 1;
            let mut rest = RowReader::open(file.path(), reader.offset(), b',', Some(2)).unwrap();
            let next = rest.next().unwrap();
            assert_eq!(next.is_some(), at < whole.len());
        }
        assert_eq!(at, 500);
    }

    #[test]
    fn the_delimiter_is_guessed_or_said() {
        for (line, expected) in
            [(&b"a;b;c,d"[..], b';'), (b"a\tb", b'\t'), (b"a", b','), (b"\"a;b\",c", b','), (b"a|b", b'|')]
        {
            assert_eq!(guess(line), expected);
        }
        let bom = file(b"\xef\xbb\xbfa;b\n");
        let seen = opening(bom.path(), 3, None).unwrap();
        assert_eq!((seen.offset, seen.delimiter), (3, b';'));
        let said = file(b"sep=|\r\na,b|c\n");
        let seen = opening(said.path(), 0, None).unwrap();
        assert_eq!((seen.offset, seen.delimiter), (6, b'|'));
    }

    #[test]
    fn rows_without_any_text_are_left_out() {
        assert_eq!(cuts(b"1,a\n,\n2,b\r\n,\r\n", 2), ["1\u{b7}a", "2\u{b7}b"]);
    }

    #[test]
    fn a_row_of_a_million_cells_is_one_bad_row() {
        let mut text = b"1,a\n".to_vec();
        text.extend(std::iter::repeat_n(b',', 1_000_000));
        text.extend(b"\n2,b\n");
        let all = cuts(&text, 2);
        assert_eq!((all.len(), all[2].as_str()), (3, "2\u{b7}b"));
        assert!(all[1].starts_with('!'));
    }

    #[test]
    fn a_framed_row_says_its_own_message() {
        let mut text = b"1,a\n".to_vec();
        text.extend(FRAME);
        text.extend(3_u32.to_le_bytes());
        text.extend(6_u32.to_le_bytes());
        text.extend(b"a\nb\"x\n,\n2,b\n");
        let file = file(&text);
        let mut reader = RowReader::open(file.path(), 4, b',', Some(2)).unwrap();
        let Some(Cut::Broken { message, raw }) = reader.next().unwrap() else { panic!("not broken") };
        assert_eq!((message.as_str(), raw.as_slice()), ("a\nb", &b"\"x\n,\n2"[..]));
    }
}
