//! What a step said and made, kept beside the demo's data: a later run says it
//! again and does nothing twice.

use super::Demo;
use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::BTreeMap, path::PathBuf};

/// What a step says, line by line, and what later steps need of it.
#[derive(Default, Serialize, Deserialize)]
pub struct Told {
    lines: Vec<String>,
    made: BTreeMap<String, Value>,
}

impl Told {
    /// Say a line now, and on later runs again.
    pub fn say(&mut self, line: impl Into<String>) {
        let line = line.into();
        println!("  {line}");
        self.lines.push(line);
    }

    /// Say the two languages of a sentence; a sentence that lacks one is none.
    pub fn say_both(&mut self, sentence: &Value) -> Result<()> {
        for locale in ["en", "zh-CN"] {
            let text = sentence[locale].as_str().filter(|text| !text.is_empty());
            self.say(format!("  {}", text.with_context(|| format!("the sentence lacks {locale}: {sentence}"))?));
        }
        Ok(())
    }

    /// Keep something for later steps.
    pub fn keep(&mut self, name: &str, value: impl Into<Value>) {
        self.made.insert(name.to_owned(), value.into());
    }

    /// What was kept.
    pub fn kept(&self, name: &str) -> Result<&Value> {
        self.made.get(name).with_context(|| format!("an earlier step kept no {name}"))
    }

    /// A text that was kept.
    pub fn text(&self, name: &str) -> Result<&str> {
        self.kept(name)?.as_str().with_context(|| format!("{name} is no text"))
    }

    /// A number that was kept.
    pub fn number(&self, name: &str) -> Result<f64> {
        self.kept(name)?.as_f64().with_context(|| format!("{name} is no number"))
    }
}

fn place(demo: &Demo, name: &str) -> PathBuf {
    demo.folder.join(format!("told-{name}.json"))
}

/// Whether this was done, by this run or an earlier one.
pub fn is_done(demo: &Demo, name: &str) -> bool {
    place(demo, name).exists()
}

/// Do this unless an earlier run did; then say what it said.
pub async fn once(demo: &Demo, name: &str, work: impl AsyncFnOnce(&mut Told) -> Result<()>) -> Result<Told> {
    if is_done(demo, name) {
        let told: Told = serde_json::from_slice(&std::fs::read(place(demo, name))?)?;
        println!("  (before)");
        told.lines.iter().for_each(|line| println!("  {line}"));
        return Ok(told);
    }
    let mut told = Told::default();
    work(&mut told).await?;
    // Whole or not at all: a run that is killed here does the step again.
    let draft = place(demo, name).with_extension("draft");
    std::fs::write(&draft, serde_json::to_vec(&told)?)?;
    std::fs::rename(&draft, place(demo, name))?;
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_told_comes_back_whole() {
        let mut told = Told::default();
        told.say("one");
        told.say_both(&json!({ "en": "two", "zh-CN": "二" })).unwrap();
        told.keep("campaign", "c");
        told.keep("people", 7);
        let again: Told = serde_json::from_slice(&serde_json::to_vec(&told).unwrap()).unwrap();
        assert_eq!(again.lines, ["one", "  two", "  二"]);
        assert_eq!((again.text("campaign").unwrap(), again.number("people").unwrap()), ("c", 7.0));
        assert!(again.text("people").is_err() && again.kept("other").is_err());
    }

    #[test]
    fn a_sentence_in_one_language_is_none() {
        assert!(Told::default().say_both(&json!({ "en": "two" })).is_err());
        assert!(Told::default().say_both(&json!({ "en": "two", "zh-CN": "" })).is_err());
    }
}
