//! Which column stands where: the file's header against what a kind reads.

use super::{
    kind::{Extra, ImportKind},
    model::{ColumnUse, ImportOptions, ImportReport},
};
use crate::{Error, error::Result};
use sha2::{Digest as _, Sha256};
use std::collections::HashSet;

/// Columns that our own error files add: never data.
pub const RESERVED_PREFIX: &str = "rialto_";

/// Where each column of a kind stands in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// The place of each column of [`ImportKind::columns`], in their order.
    pub columns: Vec<Option<usize>>,
    /// Headers handed over beyond those (`trait:age` mapped is `age`), and their places.
    pub extras: Vec<(String, usize)>,
    /// Cells a row must have.
    pub width: usize,
}

/// Names a header for good: the same columns of the same kind of file give the
/// same digest, however they are cased or spaced.
pub(super) fn fingerprint(kind: &str, headers: &[String]) -> String {
    let mut hash = Sha256::new();
    for text in std::iter::once(kind.to_owned()).chain(headers.iter().map(|header| folded(header))) {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    hex::encode(hash.finalize())
}

/// Match a header.
///
/// # Errors
/// When a required column is missing, one is there twice, or the map names
/// what is not there.
pub(super) fn matched(
    kind: &dyn ImportKind,
    headers: &[String],
    options: &ImportOptions,
) -> Result<(Mapping, ImportReport)> {
    let known = kind.columns();
    let mut mapping = Mapping { columns: vec![None; known.len()], extras: Vec::new(), width: headers.len() };
    let mut report = ImportReport::default();
    check_map(kind, headers, options)?;
    let mut extras: HashSet<String> = HashSet::new();
    for (place, header) in headers.iter().enumerate() {
        let used = match options.map.get(header).map(String::as_str) {
            Some("ignore") => continue,
            Some(column) => column.to_owned(),
            None if folded(header).starts_with(RESERVED_PREFIX) => continue,
            None => match known.iter().find(|column| means(column, header)) {
                Some(column) => column.name.to_owned(),
                // As our own exports name them.
                None if kind.extra() != Extra::Report && header.len() > 6 && header.starts_with("trait:") => {
                    header.clone()
                }
                None if kind.knows(header) => format!("trait:{header}"),
                None if takes_extra(kind, options) && !header.trim().is_empty() => format!("trait:{header}"),
                None => {
                    report.unknown.push(header.clone());
                    continue;
                }
            },
        };
        if let Some(key) = used.strip_prefix("trait:") {
            if !extras.insert(key.to_owned()) {
                return Err(Error::field(header, "stands in the header twice"));
            }
            mapping.extras.push((key.to_owned(), place));
        } else if let Some(at) = known.iter().position(|column| column.name == used)
            && let Some(held) = mapping.columns.get_mut(at)
            && held.replace(place).is_some()
        {
            return Err(Error::field(header, format!("is a second column for `{used}`; map one of them to ignore")));
        }
        report.columns.push(ColumnUse { header: header.clone(), column: used });
    }
    missing(kind, &mapping)?;
    Ok((mapping, report))
}

fn takes_extra(kind: &dyn ImportKind, options: &ImportOptions) -> bool {
    match kind.extra() {
        Extra::Keep => true,
        Extra::OnRequest => options.keep_unknown,
        Extra::Report => false,
    }
}

fn check_map(kind: &dyn ImportKind, headers: &[String], options: &ImportOptions) -> Result<()> {
    for (header, column) in &options.map {
        if !headers.contains(header) {
            return Err(Error::field("map", format!("the file has no column `{}`", header.escape_debug())));
        }
        let kept = column.strip_prefix("trait:").is_some_and(|key| !key.is_empty()) && kind.extra() != Extra::Report;
        if column != "ignore" && !kept && !kind.columns().iter().any(|known| known.name == column) {
            let names: Vec<&str> = kind.columns().iter().map(|known| known.name).collect();
            let message = format!("`{}` is none of {}, ignore", column.escape_debug(), names.join(", "));
            return Err(Error::field("map", message));
        }
    }
    Ok(())
}

fn missing(kind: &dyn ImportKind, mapping: &Mapping) -> Result<()> {
    let absent: Vec<&str> = kind
        .columns()
        .iter()
        .zip(&mapping.columns)
        .filter(|(column, place)| column.required && place.is_none())
        .map(|(column, _)| column.name)
        .collect();
    if absent.is_empty() {
        return Ok(());
    }
    let message = format!("the file has no column {}; rename one, or map one to it", absent.join(", "));
    Err(Error::field("header", message))
}

fn means(column: &super::Column, header: &str) -> bool {
    let header = folded(header);
    folded(column.name) == header || column.aliases.iter().any(|alias| folded(alias) == header)
}

/// A header without case, spaces and punctuation, but for the underscore that
/// begins our own.
fn folded(header: &str) -> String {
    let text: String = header.trim().to_lowercase();
    if text.starts_with(RESERVED_PREFIX) {
        return text;
    }
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::ContactsImport;
    use super::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn headers_are_met_by_name_alias_and_map() {
        let mut options = ImportOptions::default();
        options.map.insert("Code".to_owned(), "external_id".to_owned());
        let headers = names(&["E-Mail", "First Name", "Code", "rialto_error", "Shoe size"]);
        let (mapping, report) = matched(&ContactsImport, &headers, &options).unwrap();
        assert_eq!(report.unknown, ["Shoe size"]);
        let used: Vec<&str> = report.columns.iter().map(|used| used.column.as_str()).collect();
        assert_eq!(used, ["email", "first_name", "external_id"]);
        assert!(mapping.extras.is_empty());
        options.keep_unknown = true;
        let (mapping, _) = matched(&ContactsImport, &headers, &options).unwrap();
        assert_eq!(mapping.extras, [("Shoe size".to_owned(), 4)]);
    }

    #[test]
    fn what_cannot_be_matched_is_told() {
        let options = ImportOptions::default();
        let twice = matched(&ContactsImport, &names(&["email", "E-mail"]), &options).unwrap_err();
        assert!(twice.to_string().contains("second column"), "{twice}");
        let mut options = ImportOptions::default();
        options.map.insert("x".to_owned(), "email".to_owned());
        assert!(
            matched(&ContactsImport, &names(&["email"]), &options).unwrap_err().to_string().contains("no column `x`")
        );
    }
}
