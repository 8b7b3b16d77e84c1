//! What a report may ask: the metrics catalogue and nothing else, with every
//! cell withheld that one to four people stand behind. Where just one row of a
//! breakdown would be withheld, the next smallest is too, so that subtracting
//! the others from the whole does not give it away. A zero is nobody's.

use super::{Answer, AnswerRow, Question, answer, home, unit};
use crate::metrics;
use async_trait::async_trait;
use jiff::Timestamp;
use rialto_kernel::{Locale, Problem, WorkspaceId};
use rialto_plugin_host::{
    Fault,
    capability::{self, Metric, QueryAnswer, QueryDoor},
};
use rialto_slice::Host;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A cell is shown when so many people stand behind it.
pub const PEOPLE_MIN: i64 = 5;
/// The most questions one run of a report may ask.
pub const QUESTIONS_MAX: usize = 1_000;

/// The catalogue as a report sees it.
#[derive(Debug)]
pub struct CatalogueDoor {
    host: Host,
    workspace: WorkspaceId,
    locale: Locale,
    asked: AtomicUsize,
}

impl CatalogueDoor {
    /// The catalogue of this workspace, in this language.
    #[must_use]
    pub fn new(host: &Host, workspace: WorkspaceId, locale: Locale) -> Self {
        Self { host: host.clone(), workspace, locale, asked: AtomicUsize::new(0) }
    }

    async fn ask_one(&self, question: &capability::Question) -> Result<QueryAnswer, Fault> {
        if self.asked.fetch_add(1, Ordering::Relaxed) >= QUESTIONS_MAX {
            return Err(Fault::new("limit", format!("over the limit `questions` of {QUESTIONS_MAX}")));
        }
        let question = translated(question)?;
        let mut conn = self.host.store.read(self.workspace).await.map_err(|cause| fault(cause.into()))?;
        let found = answer(&mut conn, self.workspace, self.locale, &question, true).await;
        Ok(withheld(found.map_err(|cause| fault(cause.into()))?))
    }
}

#[async_trait]
impl QueryDoor for CatalogueDoor {
    async fn metrics(&self) -> Vec<Metric> {
        let home = match self.host.store.read(self.workspace).await {
            Ok(mut conn) => home(&mut conn, self.workspace).await,
            Err(cause) => Err(cause.into()),
        };
        let Ok(home) = home else { return Vec::new() };
        metrics::catalogue()
            .map(|metric| Metric {
                name: metric.name.to_owned(),
                title: metric.title.of(self.locale).to_owned(),
                definition: metric.definition.of(self.locale).to_owned(),
                unit: unit(metric, home.currency),
                dimensions: metric.dimensions().iter().map(|dimension| dimension.as_str().to_owned()).collect(),
            })
            .collect()
    }

    async fn ask(&self, questions: &[capability::Question]) -> Vec<Result<QueryAnswer, Fault>> {
        let mut answers = Vec::with_capacity(questions.len());
        for question in questions {
            answers.push(self.ask_one(question).await);
        }
        answers
    }
}

fn fault(problem: Problem) -> Fault {
    let code = match problem.status {
        404 | 422 => "invalid-input",
        503 => "unavailable",
        _ => "internal",
    };
    Fault::new(code, problem.detail)
}

fn translated(asked: &capability::Question) -> Result<Question, Fault> {
    let instant = |us: Option<i64>| us.map(Timestamp::from_microsecond).transpose();
    let outside = |_| Fault::invalid("`start` and `end` must be instants that a calendar has");
    let mut question = Question {
        metric: asked.metric.clone(),
        by: asked.by.clone(),
        start: instant(asked.start).map_err(outside)?,
        end: instant(asked.end).map_err(outside)?,
        ..Question::default()
    };
    for (dimension, value) in &asked.filter {
        question.filter.entry(dimension.clone()).or_default().push(value.clone());
    }
    for (name, json) in &asked.options {
        let read = || serde_json::from_str(json).map_err(|cause| Fault::invalid(format!("option `{name}`: {cause}")));
        match name.as_str() {
            "limit" => {
                question.limit =
                    Some(serde_json::from_value(read()?).map_err(|c| Fault::invalid(format!("option `limit`: {c}")))?)
            }
            "order" => {
                question.order =
                    serde_json::from_value(read()?).map_err(|c| Fault::invalid(format!("option `order`: {c}")))?
            }
            _ => {}
        }
    }
    Ok(question)
}

/// The answer with small cells withheld. Rows without a value are left out:
/// there is no number to show.
fn withheld(answer: Answer) -> QueryAnswer {
    let rows: Vec<&AnswerRow> = answer.rows.iter().filter(|row| row.value.is_some()).collect();
    let hidden = hidden(&rows);
    let labels: Vec<&String> = rows.iter().flat_map(|row| &row.labels).collect();
    let value = |(row, hidden): (&&AnswerRow, &bool)| if *hidden { 0.0 } else { row.value.unwrap_or(0.0) };
    QueryAnswer {
        unit: answer.unit,
        keys: rows.iter().flat_map(|row| row.keys.iter().cloned()).collect(),
        values: rows.iter().zip(&hidden).map(value).collect(),
        options: vec![
            ("labels".to_owned(), serde_json::to_string(&labels).unwrap_or_else(|_| "[]".to_owned())),
            ("truncated".to_owned(), answer.truncated.to_string()),
        ],
        hidden,
    }
}

fn hidden(rows: &[&AnswerRow]) -> Vec<bool> {
    let few = |row: &&AnswerRow| row.people.is_some_and(|people| (1..PEOPLE_MIN).contains(&people));
    let mut hidden: Vec<bool> = rows.iter().map(few).collect();
    if hidden.iter().filter(|hidden| **hidden).count() == 1 && rows.len() > 1 {
        let counted = |at: &usize| rows[*at].people.filter(|people| *people > 0);
        let next = (0..rows.len()).filter(|at| !hidden[*at] && counted(at).is_some()).min_by_key(counted);
        if let Some(next) = next {
            hidden[next] = true;
        }
    }
    hidden
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(key: &str, value: f64, people: Option<i64>) -> AnswerRow {
        AnswerRow { keys: vec![key.into()], labels: vec![key.into()], value: Some(value), people, compared: None }
    }

    fn shown(rows: Vec<AnswerRow>) -> Vec<Option<f64>> {
        let answer = Answer {
            metric: "sends".into(),
            title: String::new(),
            unit: "count".into(),
            kind: "additive".into(),
            by: vec!["channel".into()],
            zone: "UTC".into(),
            rows,
            total: None,
            truncated: false,
            comparison: None,
        };
        let answer = withheld(answer);
        answer.values.iter().zip(&answer.hidden).map(|(value, hidden)| (!hidden).then_some(*value)).collect()
    }

    #[test]
    fn cells_of_one_to_four_people_are_withheld() {
        let rows =
            vec![row("a", 40.0, Some(4)), row("b", 7.0, Some(1)), row("c", 5.0, Some(5)), row("d", 0.0, Some(0))];
        assert_eq!(shown(rows), [None, None, Some(5.0), Some(0.0)]);
    }

    #[test]
    fn one_withheld_cell_takes_the_next_smallest_with_it() {
        let rows =
            vec![row("a", 2.0, Some(2)), row("b", 90.0, Some(90)), row("c", 50.0, Some(6)), row("d", 0.0, Some(0))];
        assert_eq!(shown(rows), [None, Some(90.0), None, Some(0.0)]);
        assert_eq!(shown(vec![row("a", 2.0, Some(2))]), [None]);
    }

    #[test]
    fn what_no_person_stands_behind_is_shown() {
        assert_eq!(shown(vec![row("a", 12.5, None)]), [Some(12.5)]);
    }
}
