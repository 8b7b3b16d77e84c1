//! `rialto plan add-line`, `change-line`, `remove-line` and `lines`.

use super::{Of, lines, row, word};
use crate::{
    client::{Client, Target},
    config::Common,
    output,
};
use anyhow::bail;
use clap::Args;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Plan a line of the budget
#[derive(Debug, Args)]
pub struct AddLine {
    /// The campaign's id
    campaign: Uuid,
    /// media, production, prizes, venue, staff, tool, sends or other
    kind: String,
    /// The currency; the campaign's if absent
    #[arg(long)]
    currency: Option<String>,
    #[command(flatten)]
    fields: Fields,
    #[command(flatten)]
    target: Target,
}

/// Change a line of the budget
#[derive(Debug, Args)]
pub struct ChangeLine {
    /// The campaign's id
    campaign: Uuid,
    /// The line's id, or its name where no other line has it
    line: String,
    #[command(flatten)]
    fields: Fields,
    #[command(flatten)]
    target: Target,
}

/// Take a line of the budget away
#[derive(Debug, Args)]
pub struct RemoveLine {
    /// The campaign's id
    campaign: Uuid,
    /// The line's id, or its name where no other line has it
    line: String,
    #[command(flatten)]
    target: Target,
}

/// What a line says.
#[derive(Debug, Args)]
struct Fields {
    /// What people call it
    #[arg(long)]
    name: Option<String>,
    /// For which channel; all if absent
    #[arg(long)]
    channel: Option<String>,
    /// What is planned, minor units
    #[arg(long, value_name = "MINOR")]
    planned: Option<i64>,
    /// What is committed already, minor units
    #[arg(long, value_name = "MINOR")]
    committed: Option<i64>,
    /// What one costs, minor units; with --quantity in place of --planned
    #[arg(long, value_name = "MINOR")]
    unit_cost: Option<i64>,
    /// How many
    #[arg(long)]
    quantity: Option<i64>,
    /// What else is to be known
    #[arg(long)]
    note: Option<String>,
}

impl Fields {
    /// Those that were given.
    fn given(&self) -> Map<String, Value> {
        let fields = [
            ("name", self.name.as_ref().map(|name| json!(name))),
            ("channel", self.channel.as_ref().map(|channel| json!(channel))),
            ("planned_minor", self.planned.map(|minor| json!(minor))),
            ("committed_minor", self.committed.map(|minor| json!(minor))),
            ("unit_cost_minor", self.unit_cost.map(|minor| json!(minor))),
            ("quantity", self.quantity.map(|count| json!(count))),
            ("note", self.note.as_ref().map(|note| json!(note))),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

impl AddLine {
    pub(super) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let mut new = self.fields.given();
        new.insert("kind".to_owned(), json!(self.kind));
        if let Some(currency) = self.currency {
            new.insert("currency".to_owned(), json!(currency));
        }
        let client = Client::open(&self.target, common).await?;
        let made = client.post(&path(self.campaign, None), &Value::Object(new)).await?;
        output::answer(common.json, &made, |made| word(made, "id"))
    }
}

impl ChangeLine {
    pub(super) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let change = self.fields.given();
        if change.is_empty() {
            bail!("say what is to change, such as --planned 120000");
        }
        let client = Client::open(&self.target, common).await?;
        let line = line_id(&client, self.campaign, &self.line).await?;
        let changed = client.patch(&path(self.campaign, Some(line)), &Value::Object(change)).await?;
        output::answer(common.json, &changed, shown)
    }
}

impl RemoveLine {
    pub(super) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let client = Client::open(&self.target, common).await?;
        let line = line_id(&client, self.campaign, &self.line).await?;
        client.delete(&path(self.campaign, Some(line))).await?;
        output::answer(common.json, &json!({ "removed": line }), |gone| word(gone, "removed"))
    }
}

/// Every line with its id.
pub(super) async fn list(of: &Of, common: &Common) -> anyhow::Result<()> {
    let list = of.get(common, "budget-lines").await?;
    output::answer(common.json, &list, |list| lines(list, shown))
}

fn path(campaign: Uuid, line: Option<Uuid>) -> String {
    let line = line.map(|line| format!("/{line}")).unwrap_or_default();
    format!("/campaigns/{campaign}/budget-lines{line}")
}

/// The id of a line that is named by its id or its name.
async fn line_id(client: &Client, campaign: Uuid, named: &str) -> anyhow::Result<Uuid> {
    if let Ok(id) = named.parse() {
        return Ok(id);
    }
    let list = client.get(&path(campaign, None)).await?;
    let all = list["items"].as_array().into_iter().flatten();
    let found: Vec<&str> = all.filter(|line| line["name"] == named).filter_map(|line| line["id"].as_str()).collect();
    match found[..] {
        [id] => Ok(id.parse()?),
        [] => bail!("no line of this budget is called `{named}`; see `rialto plan lines`"),
        _ => bail!("several lines of this budget are called `{named}`: give the id, see `rialto plan lines`"),
    }
}

fn shown(line: &Value) -> String {
    let amount = |name: &str| format!("{} {}", word(&line[name], "minor"), word(&line[name], "currency"));
    let (planned, committed) = (amount("planned"), amount("committed"));
    format!("{}  planned {planned}  committed {committed}", row(line, &["id", "kind", "name", "channel"]))
}
