//! The report: a number and its days.

use crate::{Settings, dice};
use rialto_sdk::{
    Fault, Report,
    query::{self, Question},
    report::{Column, Description, Document},
    serde_json::{Value, json},
};

/// The report.
pub struct Daily;

impl Report for Daily {
    type Settings = Settings;
    type Parameters = Value;

    fn describe(locale: &str) -> Description {
        let title = if locale == "zh-CN" { "每日报告" } else { "Daily report" };
        let campaign = json!({ "type": "string" });
        let schema = json!({ "type": "object", "required": ["campaign"], "properties": { "campaign": campaign } });
        Description::new(title, schema)
    }

    fn build(settings: Settings, locale: &str, parameters: Value) -> Result<Document, Fault> {
        let wrong = |name: &str| settings.is(name);
        let campaign = parameters["campaign"].as_str();
        assert!(campaign.is_some() || !wrong("report.unknown-parameters"), "everybody names a campaign");
        let campaign = campaign.ok_or_else(|| Fault::invalid_input("`campaign` must be a text"))?;
        let chinese = locale == "zh-CN" && !wrong("report.languages");
        let mut document = Document::new(if chinese { "每日报告" } else { "Daily report" });
        if wrong("report.builds") {
            return Ok(document);
        }
        if wrong("report.deterministic") {
            document.text(dice().to_string());
        }
        let about = Question::metric("sends").only("campaign", campaign);
        let mut answers = query::ask(&[about.clone(), about.by("day")]).into_iter();
        number(&mut document, &settings, answers.next(), chinese);
        if let Some(Ok(days)) = answers.next() {
            table(&mut document, &settings, &days);
        }
        Ok(document)
    }
}

type Answer = Option<Result<query::Answer, Fault>>;

fn number(document: &mut Document, settings: &Settings, answer: Answer, chinese: bool) {
    let wrong = |name: &str| settings.is(name);
    let title = if chinese { "发送数" } else { "Sends" };
    let shown = match &answer {
        Some(Ok(answer)) => match answer.rows().next() {
            Some(row) => row.value.or(wrong("report.hidden").then_some(0.0)),
            None => wrong("report.no-data").then_some(0.0),
        },
        _ => wrong("report.unknown-metrics").then_some(0.0),
    };
    match shown {
        Some(number) => document.figure("sends", title, "count", number),
        None => document.callout("warning", if chinese { "没有可显示的数字。" } else { "There is no number to show." }),
    };
}

fn table(document: &mut Document, settings: &Settings, answer: &query::Answer) {
    let rows: Vec<_> = answer.rows().collect();
    let key = |row: &query::Row<'_>| row.keys.first().cloned().unwrap_or_default();
    if settings.is("report.bad-unicode") {
        assert!(rows.iter().all(|row| !key(row).chars().any(char::is_control)), "days have plain names");
    }
    if settings.is("report.big-tables") {
        for row in &rows {
            document.text(key(row));
        }
        return;
    }
    let value = |row: &query::Row<'_>| row.value.map_or("withheld".to_owned(), |number| number.to_string());
    let days = Column::texts("day", "Day", rows.iter().map(key).collect());
    document.table("", vec![days, Column::texts("sends", "Sends", rows.iter().map(value).collect())]);
}
