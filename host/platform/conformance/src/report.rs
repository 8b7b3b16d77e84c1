//! What a report must bear: a catalogue that knows nothing, or tells nothing of
//! fewer than five people, parameters nobody described, tables without end,
//! readers of two languages. A number that is missing or withheld is never shown
//! as one.

use crate::{
    example::{example, with_property},
    model::{Finding, HOLDS, Miss, answer_or_fault, ensure, failed, not_applicable},
    subject::Subject,
    suite::{Check, check},
    texts::is_chinese,
    world::{Catalogue, World},
};
use rialto_contract::report::Document;
use serde_json::{Value, json};

pub(crate) const CHECKS: &[Check] = &[
    check!(Report, "report.describe", describe, "describes itself in both languages, with a schema of its parameters"),
    check!(Report, "report.builds", builds, "writes a document of the catalogue's numbers"),
    check!(
        Report,
        "report.languages",
        languages,
        "writes it in English and in Chinese, and bears a language it does not know"
    ),
    check!(Report, "report.no-data", no_data, "shows no number where the catalogue has none"),
    check!(Report, "report.unknown-metrics", unknown_metrics, "bears a catalogue that knows none of its metrics"),
    check!(Report, "report.hidden", hidden, "never shows a withheld number, nor a zero in its place"),
    check!(
        Report,
        "report.unknown-parameters",
        unknown_parameters,
        "answers parameters that its schema does not allow with a fault or a document"
    ),
    check!(Report, "report.big-tables", big_tables, "bears thousands of rows within its bounds"),
    check!(Report, "report.bad-unicode", bad_unicode, "bears odd texts as names of what numbers are broken down by"),
    check!(Report, "report.deterministic", deterministic, "writes the same document of the same numbers"),
];

const LOCALES: [&str; 2] = ["en", "zh-CN"];

/// The schema of its parameters.
async fn schema(subject: &Subject) -> Result<Value, Miss> {
    let told = subject.describe_report("en").await?;
    serde_json::from_str(&told.parameters).map_err(|_| failed("`parameters` is not JSON"))
}

async fn parameters(subject: &Subject) -> Result<Value, Miss> {
    let schema = schema(subject).await?;
    example(&schema).map_err(|why| not_applicable(format!("its parameters: {why}")))
}

async fn document(subject: &Subject, catalogue: Catalogue, locale: &str) -> Result<Document, Miss> {
    let (settings, parameters) = (subject.settings()?, parameters(subject).await?.to_string());
    Ok(subject.build(&World::catalogue(catalogue), &settings, locale, &parameters).await?)
}

/// The same, where a fault is an answer too.
async fn document_or_fault(subject: &Subject, catalogue: Catalogue) -> Result<Option<Document>, Miss> {
    let (settings, parameters) = (subject.settings()?, parameters(subject).await?.to_string());
    answer_or_fault(subject.build(&World::catalogue(catalogue), &settings, "en", &parameters).await)
}

async fn describe(subject: &Subject) -> Finding {
    for locale in LOCALES {
        let told = subject.describe_report(locale).await?;
        ensure(!told.title.trim().is_empty(), || format!("the title in {locale} is empty"))?;
        ensure(is_chinese(&told.title) == (locale == "zh-CN"), || {
            format!("the title in {locale} is `{}`", told.title)
        })?;
        let schema: Value = serde_json::from_str(&told.parameters).unwrap_or_default();
        ensure(schema["type"] == "object", || "`parameters` is no JSON Schema of an object".to_owned())?;
        let options = jsonschema::options().with_pattern_options(jsonschema::PatternOptions::regex());
        options
            .build(&schema)
            .map_err(|cause| failed(format!("`parameters` is no JSON Schema: {}", cause.masked())))?;
    }
    HOLDS
}

async fn builds(subject: &Subject) -> Finding {
    let document = document(subject, Catalogue::Rows(3), "en").await?;
    ensure(!document.title.trim().is_empty(), || "the document has no title".to_owned())?;
    ensure(!document.blocks.is_empty(), || "the document is empty".to_owned())?;
    let numbers = document.blocks.iter().flat_map(|block| &block.columns).any(|column| !column.numbers.is_empty());
    ensure(numbers, || "no number of the catalogue stands in the document".to_owned())?;
    Ok(Some(format!("{} blocks", document.blocks.len())))
}

/// What people read of a document.
fn read(document: &Document) -> impl Iterator<Item = &str> {
    let blocks = document.blocks.iter().map(|block| block.text.as_str()).filter(|text| !text.trim().is_empty());
    std::iter::once(document.title.as_str()).chain(blocks)
}

async fn languages(subject: &Subject) -> Finding {
    let english = document(subject, Catalogue::Rows(3), "en").await?;
    if let Some(text) = read(&english).find(|text| is_chinese(text)) {
        return Err(failed(format!("asked for English, it writes `{text}`")));
    }
    let chinese = document(subject, Catalogue::Rows(3), "zh-CN").await?;
    ensure(is_chinese(&chinese.title), || format!("asked for Chinese, its title is `{}`", chinese.title))?;
    // A chart's title may be a name; a sentence is in the reader's language.
    let sentences = chinese.blocks.iter().filter(|block| block.kind == "text" || block.kind == "callout");
    if let Some(block) = sentences.into_iter().find(|block| !block.text.is_empty() && !is_chinese(&block.text)) {
        return Err(failed(format!("asked for Chinese, it writes `{}`", block.text)));
    }
    for locale in ["fr", "", "\u{0}"] {
        document_in(subject, locale).await?;
    }
    HOLDS
}

async fn document_in(subject: &Subject, locale: &str) -> Result<(), Miss> {
    let (settings, parameters) = (subject.settings()?, parameters(subject).await?.to_string());
    answer_or_fault(subject.build(&World::fine(), &settings, locale, &parameters).await).map(drop)
}

/// A figure: one number that stands out.
fn figure(document: &Document) -> Option<&str> {
    let with_number = |block: &&rialto_contract::report::Block| {
        block.kind == "figure" && block.columns.iter().any(|column| !column.numbers.is_empty())
    };
    document.blocks.iter().find(with_number).map(|block| block.text.as_str())
}

async fn no_data(subject: &Subject) -> Finding {
    let Some(document) = document_or_fault(subject, Catalogue::Empty).await? else {
        return Ok(Some("it answers a fault".to_owned()));
    };
    figure(&document)
        .map_or(HOLDS, |text| Err(failed(format!("the catalogue has no row, and the figure `{text}` has a number"))))
}

async fn unknown_metrics(subject: &Subject) -> Finding {
    let Some(document) = document_or_fault(subject, Catalogue::Unknown).await? else {
        return Ok(Some("it answers a fault".to_owned()));
    };
    figure(&document).map_or(HOLDS, |text| {
        Err(failed(format!("the catalogue knows no metric, and the figure `{text}` has a number")))
    })
}

async fn hidden(subject: &Subject) -> Finding {
    if let Some(document) = document_or_fault(subject, Catalogue::Hidden).await? {
        if let Some(text) = figure(&document) {
            return Err(failed(format!("every number is withheld, and the figure `{text}` has one")));
        }
        zeros(&document, "every number is withheld")?;
    }
    if let Some(document) = document_or_fault(subject, Catalogue::HalfHidden).await? {
        zeros(&document, "no number is zero, and some are withheld")?;
    }
    HOLDS
}

/// A zero where there is none can only be a withheld number.
fn zeros(document: &Document, when: &str) -> Result<(), Miss> {
    for block in &document.blocks {
        for column in &block.columns {
            ensure(column.numbers.iter().all(|number| *number != 0.0), || {
                format!("{when}, and `{}` shows a zero in `{}`", column.title, block.text)
            })?;
        }
    }
    Ok(())
}

async fn unknown_parameters(subject: &Subject) -> Finding {
    let (settings, schema) = (subject.settings()?, schema(subject).await?);
    let good = example(&schema).unwrap_or_else(|_| json!({}));
    let mut all = vec![json!({}), json!([]), json!(null), json!("x")];
    all.push(with_property(&good, "no-such-parameter", json!({"deep": [1, 2, 3]})));
    for name in schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name) {
        for wrong in [json!(null), json!([]), json!({"a": 1}), json!("\u{0}\u{202e}"), json!(1e300)] {
            all.push(with_property(&good, name, wrong));
        }
    }
    for parameters in all {
        answer_or_fault(subject.build(&World::fine(), &settings, "en", &parameters.to_string()).await)?;
    }
    answer_or_fault(subject.build(&World::fine(), &settings, "en", "{\"cut\": ").await)?;
    HOLDS
}

async fn big_tables(subject: &Subject) -> Finding {
    let rows = subject.effort().rows;
    let document = document(subject, Catalogue::Rows(rows), "en").await?;
    let most =
        document.blocks.iter().flat_map(|block| &block.columns).map(|c| c.texts.len().max(c.numbers.len())).max();
    Ok(Some(format!("of {rows} rows the longest table shows {}", most.unwrap_or(0))))
}

async fn bad_unicode(subject: &Subject) -> Finding {
    document(subject, Catalogue::OddRows, "en").await?;
    HOLDS
}

async fn deterministic(subject: &Subject) -> Finding {
    let first = document(subject, Catalogue::Rows(7), "en").await?;
    let again = document(subject, Catalogue::Rows(7), "en").await?;
    ensure(first == again, || "the same numbers make another document the second time".to_owned())?;
    HOLDS
}

/// Good parameters for a bench.
pub(crate) async fn bench_parameters(subject: &Subject) -> Result<String, Miss> {
    Ok(parameters(subject).await?.to_string())
}
