//! Calling reports.

use crate::{
    call::{accept, ask, given, hold, indices},
    tape::{Answered, Asked},
};
use rialto_plugin_host::{Payload, PluginKind, Run, RunError, wit::exports::rialto::report::report as report_export};

pub use rialto_plugin_host::wit::exports::rialto::report::report::{Block, Column, Description, Document};

/// The most blocks in a document.
pub const BLOCKS_MAX: usize = 500;

/// What the report is called and which parameters it takes.
///
/// # Errors
/// A [`RunError`].
pub async fn describe(run: &mut Run, locale: &str) -> Result<Description, RunError> {
    const ENTRY: &str = "describe";
    run.require(PluginKind::Report)?;
    let indices = indices(run, ENTRY, report_export::GuestIndices::new)?;
    let input = given(run, Payload::json(&locale), || Asked::DescribeReport { locale: locale.to_owned() });
    let locale = locale.to_owned();
    let answer = run
        .enter(ENTRY, input, move |store, instance| {
            Box::pin(async move { indices.load(&mut *store, &instance)?.call_describe(store, &locale).await })
        })
        .await?;
    let right = match serde_json::from_str::<serde_json::Value>(&answer.parameters) {
        Ok(serde_json::Value::Object(_)) => Ok(()),
        _ => Err("`parameters` is not a JSON object".to_owned()),
    };
    hold(run, ENTRY, right)?;
    accept(run, ENTRY, answer, Answered::Report)
}

/// Write the document.
///
/// # Errors
/// A [`RunError`].
pub async fn build(run: &mut Run, settings: &str, locale: &str, parameters: &str) -> Result<Document, RunError> {
    const ENTRY: &str = "build";
    run.require(PluginKind::Report)?;
    let indices = indices(run, ENTRY, report_export::GuestIndices::new)?;
    let digest = Payload::json(&(settings, locale, parameters));
    let (settings, locale, parameters) = (settings.to_owned(), locale.to_owned(), parameters.to_owned());
    let asked = || Asked::Build { settings: settings.clone(), locale: locale.clone(), parameters: parameters.clone() };
    let input = given(run, digest, asked);
    let answer = ask(run, ENTRY, input, move |store, instance| {
        Box::pin(async move {
            indices.load(&mut *store, &instance)?.call_build(store, &settings, &locale, &parameters).await
        })
    })
    .await?;
    hold(run, ENTRY, check_document(&answer))?;
    accept(run, ENTRY, answer, Answered::Document)
}

fn check_document(document: &Document) -> Result<(), String> {
    if document.blocks.len() > BLOCKS_MAX {
        return Err(format!("more than {BLOCKS_MAX} blocks"));
    }
    document
        .blocks
        .iter()
        .enumerate()
        .try_for_each(|(at, block)| check_block(block).map_err(|what| format!("block {at} (`{}`): {what}", block.kind)))
}

fn check_block(block: &Block) -> Result<(), String> {
    let mut rows = None;
    for column in &block.columns {
        if !column.texts.is_empty() && !column.numbers.is_empty() {
            return Err(format!("column `{}` has both texts and numbers", column.name));
        }
        let len = column.texts.len().max(column.numbers.len());
        if *rows.get_or_insert(len) != len {
            return Err(format!("column `{}` has {len} rows, the first has {}", column.name, rows.unwrap_or(0)));
        }
        if !column.numbers.iter().all(|n| n.is_finite()) {
            return Err(format!("column `{}` holds what is not a finite number", column.name));
        }
    }
    if block.kind == "figure" && !block.columns.is_empty() && rows != Some(1) {
        return Err("a figure has one row".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(texts: usize, numbers: &[f64]) -> Column {
        Column {
            name: "c".into(),
            title: "C".into(),
            unit: "count".into(),
            texts: vec!["x".into(); texts],
            numbers: numbers.to_vec(),
        }
    }

    fn table(columns: Vec<Column>) -> Block {
        Block { kind: "table".into(), text: String::new(), columns, options: vec![] }
    }

    #[test]
    fn columns_are_of_one_length_and_finite() {
        assert_eq!(check_block(&table(vec![column(2, &[]), column(0, &[1.0, 2.0])])), Ok(()));
        assert!(check_block(&table(vec![column(2, &[]), column(0, &[1.0])])).is_err());
        assert!(check_block(&table(vec![column(1, &[1.0])])).is_err());
        assert!(check_block(&table(vec![column(0, &[f64::NAN])])).is_err());
    }
}
