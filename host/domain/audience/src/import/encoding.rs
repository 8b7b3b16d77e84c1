//! Which encoding a file is in, and turning it into UTF-8. A line in another
//! encoding than the rest of its file is never turned: it is marked by a byte
//! that UTF-8 has no use for, and the reader tells it as a bad row.

use crate::limits::{IMPORT_ROW_BYTES_MAX, IMPORT_SAMPLE_BYTES};
use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek as _, SeekFrom, Write},
    path::Path,
};

/// Begins a line whose bytes are not in the file's encoding.
pub(super) const MARK: u8 = 0xff;
/// Bytes turned at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// What a file's bytes say about its encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Guess {
    pub encoding: &'static Encoding,
    /// Bytes of the byte order mark.
    pub mark: usize,
    /// Lines of the sample that are in UTF-8 and in GB18030: both at once is a
    /// file put together of two.
    pub utf8_lines: usize,
    pub gb_lines: usize,
}

impl Guess {
    /// Whether the sample holds lines of two encodings.
    pub(super) fn mixed(&self) -> bool {
        self.utf8_lines > 0 && self.gb_lines > 0
    }
}

/// An encoding by name; every name of the WHATWG standard is known, GBK and
/// GB2312 are read as the GB18030 that holds them.
pub(crate) fn named(name: &str) -> Result<&'static Encoding, String> {
    let name = name.trim();
    let label = match name.to_ascii_lowercase().as_str() {
        "utf16" | "utf-16" => "utf-16le",
        "cp936" | "936" | "gbk" | "gb2312" => "gb18030",
        _ => name,
    }
    .to_owned();
    Encoding::for_label(label.as_bytes())
        .filter(|known| known.is_ascii_compatible() || *known == UTF_16LE || *known == UTF_16BE)
        .ok_or_else(|| {
            format!("`{}` is no encoding such as UTF-8, GB18030, UTF-16LE or windows-1252", name.escape_debug())
        })
}

/// Look at a file: its byte order mark, else what its first lines beyond ASCII
/// decode as.
pub(super) fn guess(path: &Path, wanted: Option<&'static Encoding>) -> io::Result<Guess> {
    let file = File::open(path)?;
    let mut head = Vec::new();
    sample(&file, &mut head)?;
    let (marked, mark) = Encoding::for_bom(&head).map_or((None, 0), |(encoding, length)| (Some(encoding), length));
    let plain = |encoding| Guess { encoding, mark: 0, utf8_lines: 0, gb_lines: 0 };
    if let Some(encoding) = marked.filter(|found| wanted.is_none_or(|wanted| wanted == *found)) {
        return Ok(Guess { mark, ..count(&head[mark..], encoding) });
    }
    if let Some(encoding) = wanted {
        return Ok(plain(encoding));
    }
    if let Some(encoding) = wide(&head) {
        return Ok(plain(encoding));
    }
    // Most of a large file may be ASCII before its first name: look at that place.
    while head.is_ascii() && !head.is_empty() {
        head.clear();
        sample(&file, &mut head)?;
    }
    let seen = count(&head, UTF_8);
    let encoding = match (seen.utf8_lines, seen.gb_lines) {
        (0, 0) if head.is_ascii() || std::str::from_utf8(&head).is_ok() => UTF_8,
        (0, 0) => WINDOWS_1252,
        (utf8, gb) if gb > utf8 => GB18030,
        _ => UTF_8,
    };
    Ok(Guess { encoding, ..seen })
}

fn sample(file: &File, into: &mut Vec<u8>) -> io::Result<usize> {
    file.take(IMPORT_SAMPLE_BYTES as u64).read_to_end(into)
}

/// UTF-16 without a mark: text that is half zeros, all on one side.
fn wide(head: &[u8]) -> Option<&'static Encoding> {
    let zeros = |side: usize| head.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    // A line end alone is half zeros too: a few bytes tell nothing.
    let many = (head.len() / 20).max(1);
    match (even > many, odd > many) {
        (false, true) => Some(UTF_16LE),
        (true, false) => Some(UTF_16BE),
        _ => None,
    }
}

fn count(sample: &[u8], encoding: &'static Encoding) -> Guess {
    let mut guess = Guess { encoding, mark: 0, utf8_lines: 0, gb_lines: 0 };
    if encoding != UTF_8 {
        return guess;
    }
    // The last line of a sample may be cut in two.
    let whole = sample.iter().rposition(|byte| *byte == b'\n').map_or(sample.len(), |at| at + 1);
    for line in sample[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_ascii()) {
        if std::str::from_utf8(line).is_ok() {
            guess.utf8_lines += 1;
        } else if is_gb(line) {
            guess.gb_lines += 1;
        }
    }
    guess
}

fn is_gb(line: &[u8]) -> bool {
    GB18030.decode_without_bom_handling_and_without_replacement(line).is_some()
}

/// Whether bytes that should be in a legacy encoding are UTF-8 instead: valid
/// as such, with a character of three bytes or more. Chinese text in GB18030
/// is practically never both.
fn is_utf8(line: &[u8]) -> bool {
    line.iter().any(|byte| *byte >= 0xe0) && std::str::from_utf8(line).is_ok()
}

/// Write the file as UTF-8. Lines in another encoding are written as they
/// are, behind a [`MARK`].
pub(super) fn to_utf8(path: &Path, guess: Guess, out: &mut impl Write) -> io::Result<()> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(guess.mark as u64))?;
    let mut file = BufReader::with_capacity(CHUNK_BYTES, file);
    if guess.encoding == UTF_16LE || guess.encoding == UTF_16BE {
        return wide_to_utf8(&mut file, guess.encoding, out);
    }
    let mut line = Vec::new();
    loop {
        line.clear();
        if (&mut file).take(IMPORT_ROW_BYTES_MAX as u64 + 1).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        match guess.encoding.decode_without_bom_handling_and_without_replacement(&line) {
            _ if line.is_ascii() => out.write_all(&line)?,
            Some(text) if guess.encoding == UTF_8 || !is_utf8(&line) => out.write_all(text.as_bytes())?,
            _ => {
                out.write_all(&[MARK])?;
                out.write_all(&line)?;
            }
        }
    }
}

fn wide_to_utf8(file: &mut impl Read, encoding: &'static Encoding, out: &mut impl Write) -> io::Result<()> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (mut from, mut to) = (vec![0; CHUNK_BYTES], vec![0; 2 * CHUNK_BYTES]);
    loop {
        let got = read_full(file, &mut from)?;
        let last = got < from.len();
        let mut rest = &from[..got];
        loop {
            let (result, read, written) = decoder.decode_to_utf8_without_replacement(rest, &mut to, last);
            out.write_all(&to[..written])?;
            rest = &rest[read..];
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => out.write_all(&[MARK])?,
            }
        }
        if last {
            return Ok(());
        }
    }
}

fn read_full(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while got < buffer.len() {
        match file.read(&mut buffer[got..]) {
            Ok(0) => break,
            Ok(n) => got += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(got)
}

/// A bad line as a person can read it, and what it looks like: marks are taken
/// out, and what is no UTF-8 is tried as GB18030.
pub(super) fn shown(raw: &[u8]) -> (String, &'static str) {
    let plain: Vec<u8> = raw.iter().copied().filter(|byte| *byte != MARK).collect();
    match std::str::from_utf8(&plain) {
        Ok(text) => (text.to_owned(), "UTF-8"),
        Err(_) => match GB18030.decode_without_bom_handling_and_without_replacement(&plain) {
            Some(text) => (text.into_owned(), "GB18030"),
            None => (String::from_utf8_lossy(&plain).into_owned(), "none that is known"),
        },
    }
}

/// A text in an encoding, where it has every character of it.
///
/// # Errors
/// The first character it does not have.
pub(crate) fn encoded(text: &str, encoding: &'static Encoding) -> Result<Vec<u8>, char> {
    let mut encoder = encoding.new_encoder();
    let most = encoder.max_buffer_length_from_utf8_without_replacement(text.len()).unwrap_or(4 * text.len() + 16);
    let mut bytes = Vec::with_capacity(most);
    match encoder.encode_from_utf8_to_vec_without_replacement(text, &mut bytes, true).0 {
        encoding_rs::EncoderResult::Unmappable(c) => Err(c),
        encoding_rs::EncoderResult::InputEmpty | encoding_rs::EncoderResult::OutputFull => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(bytes: &[u8]) -> (Guess, Vec<u8>) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let guess = guess(file.path(), None).unwrap();
        let mut out = Vec::new();
        to_utf8(file.path(), guess, &mut out).unwrap();
        (guess, out)
    }

    const TEXT: &str = "姓名,城市\n欧阳娜娜,哈尔滨\n李雷,上海\n";

    #[test]
    fn each_encoding_is_told_and_read_as_the_same_text() {
        let wide = |mark: bool, low_first: bool| -> Vec<u8> {
            let units = mark.then_some(0xfeff).into_iter().chain(TEXT.encode_utf16());
            units.flat_map(|unit| if low_first { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
        };
        let gb = encoded(TEXT, GB18030).unwrap();
        let marked = [b"\xef\xbb\xbf", TEXT.as_bytes()].concat();
        for (bytes, expected) in [
            (TEXT.as_bytes().to_vec(), UTF_8),
            (marked, UTF_8),
            (gb, GB18030),
            (wide(true, true), UTF_16LE),
            (wide(true, false), UTF_16BE),
            (wide(false, true), UTF_16LE),
            (wide(false, false), UTF_16BE),
        ] {
            let (guess, out) = look(&bytes);
            assert_eq!(guess.encoding, expected);
            assert!(!guess.mixed());
            assert_eq!(String::from_utf8(out).unwrap(), TEXT, "{}", expected.name());
        }
        assert_eq!(look(b"plain,ascii\n").0.encoding, UTF_8);
        assert_eq!(look(b"caf\xe9,1\n").0.encoding, WINDOWS_1252);
        assert!(named("GBK").is_ok_and(|e| e == GB18030) && named("klingon").is_err() && named("iso-2022-jp").is_err());
    }

    #[test]
    fn lines_of_another_encoding_are_marked_not_mended() {
        let mut bytes = encoded("姓名,城市\n张三,北京\n王五,天津\n", GB18030).unwrap();
        bytes.extend("李四,上海\n".as_bytes());
        let (guess, out) = look(&bytes);
        assert!(guess.mixed() && guess.encoding == GB18030);
        let lines: Vec<&[u8]> = out.split(|b| *b == b'\n').collect();
        assert_eq!(lines[1], "张三,北京".as_bytes());
        assert_eq!(lines[3], [&[MARK][..], "李四,上海".as_bytes()].concat());
        assert_eq!(shown(lines[3]), ("李四,上海".to_owned(), "UTF-8"));
        let gb = encoded("张三", GB18030).unwrap();
        assert_eq!(shown(&gb), ("张三".to_owned(), "GB18030"));
    }

    #[test]
    fn half_a_surrogate_is_marked() {
        let bytes: Vec<u8> = [0xfeff_u16, 0x61, 0xd800, 0x0a].iter().flat_map(|unit| unit.to_le_bytes()).collect();
        assert_eq!(look(&bytes).1, [b'a', MARK, b'\n']);
    }

    #[test]
    fn a_character_an_encoding_lacks_is_named() {
        assert_eq!(encoded("a😀", WINDOWS_1252), Err('😀'));
        assert!(encoded("😀龘", GB18030).is_ok());
    }
}
