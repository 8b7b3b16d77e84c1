//! `rialto metrics`

use crate::{
    client::{Client, Target},
    config::Common,
    output,
};
use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

/// Numbers from the metrics catalogue
#[derive(Debug, Subcommand)]
pub enum Metrics {
    /// Ask for a metric
    Query(Query),
    /// List the metrics and what they mean
    List(#[command(flatten)] Target),
}

/// Ask for a metric
#[derive(Debug, Args)]
pub struct Query {
    /// Which, such as revenue
    metric: String,
    /// What to break it down by, such as day or campaign; may be given again
    #[arg(long)]
    by: Vec<String>,
    /// Narrow a dimension, such as campaign=spring; may be given again
    #[arg(long = "where", value_name = "DIMENSION=VALUE")]
    filter: Vec<String>,
    /// From this instant, such as 2026-01-01T00:00:00Z
    #[arg(long)]
    start: Option<jiff::Timestamp>,
    /// To this instant
    #[arg(long)]
    end: Option<jiff::Timestamp>,
    /// For money: which currency
    #[arg(long)]
    currency: Option<String>,
    /// Also answer for another span: previous-period or previous-year
    #[arg(long)]
    compare: Option<String>,
    /// How rows are sorted: keys or value-descending
    #[arg(long)]
    order: Option<String>,
    /// Rows wanted
    #[arg(long)]
    limit: Option<u32>,
    #[command(flatten)]
    target: Target,
}

impl Metrics {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        match self {
            Self::Query(query) => query.run(common).await,
            Self::List(target) => {
                let list = Client::open(&target, common).await?.get("/metrics").await?;
                output::answer(common.json, &list, |list| {
                    let line = |metric: &Value| {
                        let text = |name: &str| metric[name].as_str().unwrap_or("").to_owned();
                        format!("{:32} {}", text("name"), text("title"))
                    };
                    list["items"].as_array().into_iter().flatten().map(line).collect::<Vec<_>>().join("\n")
                })
            }
        }
    }
}

impl Query {
    async fn run(self, common: &Common) -> anyhow::Result<()> {
        let question = self.question()?;
        let client = Client::open(&self.target, common).await?;
        let answer = client.post("/metrics/query", &question).await?;
        output::answer(common.json, &answer, table)
    }

    fn question(&self) -> anyhow::Result<Value> {
        let mut filter: Map<String, Value> = Map::new();
        for text in &self.filter {
            let Some((dimension, value)) = text.split_once('=') else {
                bail!("--where `{text}`: write it as DIMENSION=VALUE");
            };
            let values = filter.entry(dimension).or_insert_with(|| json!([]));
            if let Some(values) = values.as_array_mut() {
                values.push(json!(value));
            }
        }
        let mut question = json!({ "metric": self.metric, "by": self.by, "where": filter });
        let optional = [
            ("start", self.start.map(|at| json!(at))),
            ("end", self.end.map(|at| json!(at))),
            ("currency", self.currency.as_ref().map(|code| json!(code))),
            ("compare", self.compare.as_ref().map(|span| json!(span))),
            ("order", self.order.as_ref().map(|order| json!(order))),
            ("limit", self.limit.map(|limit| json!(limit))),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                question[name] = value;
            }
        }
        Ok(question)
    }
}

fn table(answer: &Value) -> String {
    let number = |value: &Value| value.as_f64().map_or_else(|| "-".to_owned(), |number| number.to_string());
    let mut lines = vec![format!(
        "{} ({})  total {}",
        answer["title"].as_str().unwrap_or(""),
        answer["unit"].as_str().unwrap_or(""),
        number(&answer["total"]),
    )];
    for row in answer["rows"].as_array().into_iter().flatten() {
        let labels: Vec<_> = row["labels"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        lines.push(format!("{:>20}  {}", number(&row["value"]), labels.join("  ")));
    }
    if answer["truncated"] == json!(true) {
        lines.push("… more rows than the limit let through".to_owned());
    }
    lines.join("\n")
}
