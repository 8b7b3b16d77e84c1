//! Files of paths: `path;conv;value;null`, channels joined by ` > `, counts per
//! row. Read as a stream into flat columns; channel names are kept once.

use std::{collections::HashMap, io::Read};

use csv::{ByteRecord, ReaderBuilder};

/// The most channels of a file.
pub const CHANNELS_MAX: usize = 100_000;
/// The most touches of one path.
pub const PATH_TOUCHES_MAX: usize = 100_000;

/// Paths in flat columns, as the contract carries them.
#[derive(Debug, Clone, PartialEq)]
pub struct PathsFile {
    /// Channel names, in the order they came.
    pub channels: Vec<String>,
    /// Path `p` owns the touches `offset[p] .. offset[p + 1]`.
    pub offset: Vec<u32>,
    /// A touch's channel.
    pub channel: Vec<u32>,
    /// Conversions along exactly this path.
    pub conversions: Vec<u32>,
    /// People along it who did not convert.
    pub nulls: Vec<u32>,
    /// Sum of the conversions' value.
    pub value: Vec<f64>,
}

/// What is wrong with a file, and where.
#[derive(Debug, thiserror::Error)]
pub enum PathsFileError {
    /// A field cannot be used.
    #[error("line {line}, column `{column}`: {what}")]
    Field {
        /// The line, from 1.
        line: u64,
        /// The column.
        column: &'static str,
        /// What is wrong and what to do.
        what: String,
    },
    /// The heading lacks a column.
    #[error("line 1: the column `{0}` is missing; the heading is path;conv;value;null")]
    Heading(&'static str),
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Read(#[from] csv::Error),
}

impl PathsFile {
    /// How many paths there are.
    pub fn len(&self) -> usize {
        self.conversions.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.conversions.is_empty()
    }

    /// As the contract carries them; times are not known.
    #[cfg(feature = "host")]
    pub fn to_paths(&self) -> rialto_contract::attribution::Paths {
        rialto_contract::attribution::Paths {
            offset: self.offset.clone(),
            channel: self.channel.clone(),
            at: Vec::new(),
            end: Vec::new(),
            conversions: self.conversions.clone(),
            nulls: self.nulls.clone(),
            value: self.value.clone(),
            extra: Vec::new(),
        }
    }
}

/// Read a file of paths. The heading names the columns, in any order; `value`
/// and `null` may be left out.
///
/// # Errors
/// A [`PathsFileError`] with line and column. Nothing is guessed.
pub fn parse(file: impl Read) -> Result<PathsFile, PathsFileError> {
    let mut reader = ReaderBuilder::new().delimiter(b';').has_headers(true).flexible(false).from_reader(file);
    let columns = Columns::of(reader.byte_headers()?)?;
    let mut paths = Reading::new();
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        let line = record.position().map_or(0, csv::Position::line);
        paths.row(&columns, &record).map_err(|(column, what)| PathsFileError::Field { line, column, what })?;
    }
    Ok(paths.file)
}

/// Where each column stands.
struct Columns {
    path: usize,
    conv: usize,
    value: Option<usize>,
    null: Option<usize>,
}

impl Columns {
    fn of(heading: &ByteRecord) -> Result<Self, PathsFileError> {
        let find = |name: &'static str| {
            heading.iter().position(|field| field.trim_ascii().trim_start_with_mark() == name.as_bytes())
        };
        Ok(Self {
            path: find("path").ok_or(PathsFileError::Heading("path"))?,
            conv: find("conv").ok_or(PathsFileError::Heading("conv"))?,
            value: find("value"),
            null: find("null"),
        })
    }
}

/// Spreadsheets put a byte order mark before the first column.
trait WithoutMark {
    fn trim_start_with_mark(&self) -> &[u8];
}

impl WithoutMark for [u8] {
    fn trim_start_with_mark(&self) -> &[u8] {
        self.strip_prefix(b"\xef\xbb\xbf").unwrap_or(self)
    }
}

type Wrong = (&'static str, String);

struct Reading {
    file: PathsFile,
    numbers: HashMap<Vec<u8>, u32>,
}

impl Reading {
    fn new() -> Self {
        let file = PathsFile {
            channels: Vec::new(),
            offset: vec![0],
            channel: Vec::new(),
            conversions: Vec::new(),
            nulls: Vec::new(),
            value: Vec::new(),
        };
        Self { file, numbers: HashMap::new() }
    }

    fn row(&mut self, columns: &Columns, record: &ByteRecord) -> Result<(), Wrong> {
        let field = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or(b"").trim_ascii();
        let conversions = count("conv", field(Some(columns.conv)))?;
        let nulls = count("null", field(columns.null))?;
        let value = amount(field(columns.value))?;
        if value != 0.0 && conversions == 0 {
            return Err(("value", format!("{value} without a conversion; count the conversions in `conv`")));
        }
        self.touches(field(Some(columns.path)))?;
        let end = u32::try_from(self.file.channel.len());
        self.file.offset.push(end.map_err(|_| ("path", "the file has more touches than can be counted".to_owned()))?);
        self.file.conversions.push(conversions);
        self.file.nulls.push(nulls);
        self.file.value.push(value);
        Ok(())
    }

    fn touches(&mut self, path: &[u8]) -> Result<(), Wrong> {
        let (mut rest, mut touches) = (path, 0);
        loop {
            let cut = rest.windows(3).position(|three| three == b" > ");
            let name = &rest[..cut.unwrap_or(rest.len())];
            let channel = self.number(name.trim_ascii())?;
            self.file.channel.push(channel);
            touches += 1;
            if touches > PATH_TOUCHES_MAX {
                return Err(("path", format!("has more than {PATH_TOUCHES_MAX} touches")));
            }
            match cut {
                Some(cut) => rest = &rest[cut + 3..],
                None => return Ok(()),
            }
        }
    }

    fn number(&mut self, name: &[u8]) -> Result<u32, Wrong> {
        if let Some(&number) = self.numbers.get(name) {
            return Ok(number);
        }
        let dangling = name.starts_with(b"> ") || name.ends_with(b" >") || name == b">";
        if name.is_empty() || dangling {
            return Err(("path", "a channel's name is empty; write channels as `a > b > c`".to_owned()));
        }
        if self.numbers.len() >= CHANNELS_MAX {
            return Err(("path", format!("the file has more than {CHANNELS_MAX} channels")));
        }
        let text = std::str::from_utf8(name).map_err(|_| ("path", "a channel's name is not UTF-8".to_owned()))?;
        let number = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        self.numbers.insert(name.to_owned(), number);
        self.file.channels.push(text.to_owned());
        Ok(number)
    }
}

fn count(column: &'static str, field: &[u8]) -> Result<u32, Wrong> {
    if field.is_empty() {
        return Ok(0);
    }
    let text = shown(field);
    let number = text.strip_suffix(".0").unwrap_or(&text).parse();
    number.map_err(|_| (column, format!("`{text}` is not a count; write a whole number from 0 to {}", u32::MAX)))
}

fn amount(field: &[u8]) -> Result<f64, Wrong> {
    if field.is_empty() {
        return Ok(0.0);
    }
    let text = shown(field);
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number >= 0.0 => Ok(number),
        _ => Err(("value", format!("`{text}` is not an amount; write a number from 0 with a point, such as 30.03"))),
    }
}

fn shown(field: &[u8]) -> String {
    String::from_utf8_lossy(field).chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_columns_and_names_are_kept_once() {
        let file = "path;conv;value;null\na > b > a;2;30.03;0\n\"b\";0;0;1\n";
        let found = parse(file.as_bytes()).unwrap();
        assert_eq!(found.channels, ["a", "b"]);
        assert_eq!((found.offset, found.channel), (vec![0, 3, 4], vec![0, 1, 0, 1]));
        assert_eq!((found.conversions, found.nulls, found.value), (vec![2, 0], vec![0, 1], vec![30.03, 0.0]));
    }

    #[test]
    fn columns_stand_in_any_order_and_some_may_be_missing() {
        let found = parse("\u{feff}conv;path\r\n1.0;x > y\r\n".as_bytes()).unwrap();
        assert_eq!((found.channels.len(), found.conversions), (2, vec![1]));
        assert!(parse("path;conv\n".as_bytes()).unwrap().is_empty());
    }

    #[test]
    fn mistakes_name_line_and_column() {
        let wrong = |file: &str| parse(file.as_bytes()).unwrap_err().to_string();
        assert!(wrong("path;conv\na;1\nb;x\n").starts_with("line 3, column `conv`: `x` is not a count"));
        assert!(wrong("path;conv\na;-1\n").starts_with("line 2, column `conv`"));
        assert!(wrong("path;conv;value\na;1;nan\n").starts_with("line 2, column `value`"));
        assert!(wrong("path;conv;value\na;0;5\n").contains("without a conversion"));
        assert!(wrong("path;conv\na > ;1\n").starts_with("line 2, column `path`"));
        assert!(wrong("path;conv\n;1\n").starts_with("line 2, column `path`"));
        assert!(wrong("path;value\na;1\n").contains("`conv` is missing"));
        assert!(wrong("path;conv\na;1;2\n").contains("line: 2"), "{}", wrong("path;conv\na;1;2\n"));
        assert!(wrong("").contains("`path` is missing"));
    }
}
