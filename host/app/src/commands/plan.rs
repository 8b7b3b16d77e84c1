//! `rialto plan`

mod line;
mod preflight;

use crate::{
    client::{Client, Target},
    config::Common,
    output,
};
use clap::{Args, Subcommand};
use line::{AddLine, ChangeLine, RemoveLine};
use serde_json::{Value, json};
use uuid::Uuid;

/// The plan of a campaign and its money
#[derive(Debug, Subcommand)]
pub enum Plan {
    /// Show the budget against what was spent; with --csv as a file for a spreadsheet
    Budget {
        #[command(flatten)]
        of: Of,
        /// Print it as CSV
        #[arg(long)]
        csv: bool,
    },
    /// Show the lines of the budget with their ids
    Lines(#[command(flatten)] Of),
    /// Plan a line of the budget
    AddLine(AddLine),
    /// Change a line of the budget
    ChangeLine(ChangeLine),
    /// Take a line of the budget away; what was spent on it stays spent, without a line
    RemoveLine(RemoveLine),
    /// Count what a launch would do: who would get it, and who not, by reason
    Preflight {
        #[command(flatten)]
        of: Of,
        /// Have a job count, however small the audience is
        #[arg(long)]
        background: bool,
    },
    /// Show the goals: expected, so far, left
    Goals {
        #[command(flatten)]
        of: Of,
        /// The conversion definition, where there are several
        #[arg(long)]
        conversion: Option<String>,
    },
    /// Show the return on investment against plan, in one sentence
    Roi {
        #[command(flatten)]
        of: Of,
        /// The conversion definition, where there are several
        #[arg(long)]
        conversion: Option<String>,
    },
    /// Show the plan's version and whether it is approved
    Show(#[command(flatten)] Of),
    /// Ask for the plan to be approved
    Request {
        #[command(flatten)]
        of: Of,
        /// What is to be said about it
        #[arg(long, default_value = "")]
        comment: String,
    },
    /// Approve what was asked for last
    Approve {
        #[command(flatten)]
        of: Of,
        /// What is to be said about it
        #[arg(long, default_value = "")]
        comment: String,
    },
    /// Refuse what was asked for last
    Refuse {
        #[command(flatten)]
        of: Of,
        /// Why
        #[arg(long)]
        comment: String,
    },
    /// Set how plans are approved in this workspace
    Settings {
        /// Whether a launch needs an approved plan
        #[arg(long)]
        approval_required: bool,
        /// Whether whoever asked may approve
        #[arg(long)]
        self_approval: bool,
        /// Only plans of at least so much need approval, minor units
        #[arg(long, value_name = "MINOR")]
        threshold: Option<i64>,
        #[command(flatten)]
        target: Target,
    },
    /// Show the comments on a campaign
    Comments(#[command(flatten)] Of),
    /// Comment on a campaign
    Comment {
        #[command(flatten)]
        of: Of,
        /// The text
        text: String,
    },
    /// Show what happened on days
    Annotations {
        /// Those of this campaign and of the whole workspace
        #[arg(long)]
        campaign: Option<Uuid>,
        #[command(flatten)]
        target: Target,
    },
    /// Say what happened on a day, for charts
    Annotate {
        /// When, such as 2026-03-01T09:00:00Z
        at: jiff::Timestamp,
        /// What: one line
        text: String,
        /// The campaign it belongs to; all if absent
        #[arg(long)]
        campaign: Option<Uuid>,
        #[command(flatten)]
        target: Target,
    },
    /// Show the exchange rates
    Rates(#[command(flatten)] Target),
    /// Note an exchange rate: one FROM is worth RATE TO from DATE on
    AddRate {
        /// Such as EUR
        from: String,
        /// Such as CNY
        to: String,
        /// From this day on, such as 2026-03-01
        date: String,
        /// How many, such as 7.8512
        rate: String,
        #[command(flatten)]
        target: Target,
    },
}

/// A campaign and where it is.
#[derive(Debug, Args)]
pub struct Of {
    /// The campaign's id
    campaign: Uuid,
    #[command(flatten)]
    target: Target,
}

impl Plan {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        match self {
            Self::Budget { of, csv: true } => {
                let text = of.get(common, "budget.csv").await?;
                output::say(text.as_str().unwrap_or_default().trim_end())
            }
            Self::Budget { of, csv: false } => output::answer(common.json, &of.get(common, "budget").await?, budget),
            Self::Lines(of) => line::list(&of, common).await,
            Self::AddLine(line) => line.run(common).await,
            Self::ChangeLine(line) => line.run(common).await,
            Self::RemoveLine(line) => line.run(common).await,
            Self::Preflight { of, background } => preflight::run(of, background, common).await,
            Self::Goals { of, conversion } => {
                let list = of.get(common, &with_conversion("goals", conversion)).await?;
                output::answer(common.json, &list, |list| lines(list, goal))
            }
            Self::Roi { of, conversion } => {
                output::answer(common.json, &of.get(common, &with_conversion("roi", conversion)).await?, roi)
            }
            Self::Show(of) => output::answer(common.json, &of.get(common, "plan").await?, state),
            Self::Request { of, comment } => {
                let asked = of.post(common, "approvals", &json!({ "comment": comment })).await?;
                output::answer(common.json, &asked, approval)
            }
            Self::Approve { of, comment } => decide(common, of, true, comment).await,
            Self::Refuse { of, comment } => decide(common, of, false, comment).await,
            Self::Settings { approval_required, self_approval, threshold, target } => {
                let change = json!({
                    "approval_required": approval_required, "self_approval": self_approval, "threshold_minor": threshold,
                });
                let set = Client::open(&target, common).await?.put("/plan-settings", &change).await?;
                output::answer(common.json, &set, ToString::to_string)
            }
            other => other.notes(common).await,
        }
    }

    async fn notes(self, common: &Common) -> anyhow::Result<()> {
        match self {
            Self::Comments(of) => {
                let list = of.get(common, "comments").await?;
                output::answer(common.json, &list, |list| lines(list, |c| row(c, &["created_at", "author", "body"])))
            }
            Self::Comment { of, text } => {
                let made = of.post(common, "comments", &json!({ "body": text })).await?;
                output::answer(common.json, &made, |made| word(made, "id"))
            }
            Self::Annotations { campaign, target } => {
                let path = campaign.map_or_else(String::new, |id| format!("?campaign={id}"));
                let list = Client::open(&target, common).await?.get(&format!("/annotations{path}")).await?;
                output::answer(common.json, &list, |list| lines(list, |a| row(a, &["at", "text"])))
            }
            Self::Annotate { at, text, campaign, target } => {
                let new = json!({ "at": at, "text": text, "campaign": campaign });
                let made = Client::open(&target, common).await?.post("/annotations", &new).await?;
                output::answer(common.json, &made, |made| word(made, "id"))
            }
            Self::Rates(target) => {
                let list = Client::open(&target, common).await?.get("/exchange-rates?limit=500").await?;
                output::answer(common.json, &list, |list| {
                    lines(list, |r| row(r, &["from", "to", "date", "rate", "source"]))
                })
            }
            Self::AddRate { from, to, date, rate, target } => {
                let new = json!({ "from": from, "to": to, "date": date, "rate": rate, "source": "command line" });
                let made = Client::open(&target, common).await?.post("/exchange-rates", &new).await?;
                output::answer(common.json, &made, |made| row(made, &["from", "to", "date", "rate"]))
            }
            _ => Ok(()),
        }
    }
}

impl Of {
    async fn get(&self, common: &Common, what: &str) -> anyhow::Result<Value> {
        Client::open(&self.target, common).await?.get(&format!("/campaigns/{}/{what}", self.campaign)).await
    }

    async fn post(&self, common: &Common, what: &str, body: &Value) -> anyhow::Result<Value> {
        Client::open(&self.target, common).await?.post(&format!("/campaigns/{}/{what}", self.campaign), body).await
    }
}

async fn decide(common: &Common, of: Of, approved: bool, comment: String) -> anyhow::Result<()> {
    let client = Client::open(&of.target, common).await?;
    let list = client.get(&format!("/campaigns/{}/approvals?limit=1", of.campaign)).await?;
    let Some(latest) = list["items"][0]["id"].as_str() else { anyhow::bail!("nobody asked for approval of this plan") };
    let path = format!("/campaigns/{}/approvals/{latest}/decide", of.campaign);
    let done = client.post(&path, &json!({ "approved": approved, "comment": comment })).await?;
    output::answer(common.json, &done, approval)
}

fn with_conversion(path: &str, conversion: Option<String>) -> String {
    conversion.map_or_else(|| path.to_owned(), |code| format!("{path}?conversion={code}"))
}

fn word(value: &Value, name: &str) -> String {
    match &value[name] {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    }
}

fn row(value: &Value, names: &[&str]) -> String {
    names.iter().map(|name| word(value, name)).collect::<Vec<_>>().join("  ")
}

fn lines(list: &Value, line: impl Fn(&Value) -> String) -> String {
    list["items"].as_array().into_iter().flatten().map(line).collect::<Vec<_>>().join("\n")
}

fn budget(budget: &Value) -> String {
    let amounts = |of: &Value| {
        let names = ["planned_minor", "committed_minor", "actual_minor", "left_minor"];
        names.map(|name| format!("{:>14}", word(of, name))).join("")
    };
    let head = ["planned", "committed", "spent", "left"].map(|name| format!("{name:>14}")).join("");
    let mut out = vec![format!("{:24}{head}  (minor units of {})", "", word(budget, "currency"))];
    for status in budget["lines"].as_array().into_iter().flatten() {
        out.push(format!("{:24}{}", word(&status["line"], "name"), amounts(status)));
    }
    out.push(format!("{:24}{}", "total", amounts(&budget["totals"])));
    let warnings = budget["warnings"].as_array().into_iter().flatten();
    out.extend(warnings.map(|warning| format!("! {}", word(warning, "message"))));
    out.join("\n")
}

fn goal(goal: &Value) -> String {
    let why = if goal["why"].is_null() { String::new() } else { format!("  ({})", word(goal, "why")) };
    format!(
        "{:28} expected {}, so far {}, left {} [{}] {}{why}",
        word(goal, "metric"),
        word(goal, "expected"),
        word(goal, "so_far"),
        word(goal, "left"),
        word(goal, "unit"),
        word(goal, "state"),
    )
}

fn roi(answer: &Value) -> String {
    let mut out: Vec<String> = answer["sentence"].as_str().map(str::to_owned).into_iter().collect();
    out.extend(answer["cannot"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
    out.join("\n")
}

fn state(plan: &Value) -> String {
    let latest =
        if plan["latest"].is_null() { "nobody asked for approval".to_owned() } else { approval(&plan["latest"]) };
    format!(
        "{} approved: {} (needed: {})\n{latest}",
        word(plan, "plan"),
        word(plan, "approved"),
        word(plan, "required")
    )
}

fn approval(approval: &Value) -> String {
    let changed: Vec<&str> = approval["changed"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let since = if changed.is_empty() { String::new() } else { format!(", changed since: {}", changed.join(", ")) };
    format!("{} {}{since}", word(approval, "state"), word(approval, "plan"))
}
