//! `rialto plugin versions | approve | activate | canary | rollback | release |
//! rollout | health | denials`: the rollout of an installation, by the same
//! HTTP API that everybody else uses.

use super::super::{attribution::setting, wait};
use crate::{
    client::{Client, Target},
    config::Common,
    output,
};
use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

/// The rollout of an installation.
#[derive(Debug, Subcommand)]
pub enum Rollout {
    /// List the versions of an installation and where each stands
    Versions(Installed),
    /// Approve a version: all that it wishes
    Approve {
        #[command(flatten)]
        of: OfVersion,
        /// Let it serve at once
        #[arg(long, conflicts_with = "canary")]
        activate: bool,
        /// Give it a share of the runs at once, beside the one that serves
        #[arg(long)]
        canary: bool,
    },
    /// Let an approved version serve; runs in flight finish on the old one
    Activate {
        #[command(flatten)]
        of: OfVersion,
        /// It may serve although its shadow run differs
        #[arg(long)]
        accept_differences: bool,
    },
    /// Give an approved version a share of the runs beside the one that serves
    Canary {
        #[command(flatten)]
        of: OfVersion,
        /// Its share, 1 to 90 in a hundred; the policy's when left out
        #[arg(long)]
        percent: Option<u32>,
        /// It may try although its shadow run differs
        #[arg(long)]
        accept_differences: bool,
    },
    /// Go back: from a canary to the version beside it, else to the version before
    Rollback(Installed),
    /// Release a version from quarantine
    Release(OfVersion),
    /// Show how an installation takes new versions and lives with failures, or change it
    #[command(name = "rollout")]
    Terms {
        #[command(flatten)]
        of: Installed,
        /// What to change, such as updates=canary or canary.percent=50
        #[arg(long = "set", value_name = "FIELD=VALUE", value_parser = setting)]
        set: Vec<(String, Value)>,
    },
    /// How an installation fares, version by version
    Health(Installed),
    /// What an installation asked for and was not allowed
    Denials(Installed),
}

/// An installation.
#[derive(Debug, Args)]
pub struct Installed {
    /// The installation, by name or id
    installation: String,
    #[command(flatten)]
    target: Target,
}

/// A version of an installation.
#[derive(Debug, Args)]
pub struct OfVersion {
    /// The installation, by name or id
    installation: String,
    /// The version, such as 2.0.0, or its id
    #[arg(id = "wanted", value_name = "VERSION")]
    version: String,
    #[command(flatten)]
    target: Target,
}

impl Rollout {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<()> {
        wait(self.act(common))
    }

    async fn act(self, common: &Common) -> anyhow::Result<()> {
        match self {
            Self::Versions(of) => versions(of, common).await,
            Self::Approve { of, activate, canary } => {
                of.post("approve", &json!({ "activate": activate, "canary": canary }), common).await
            }
            Self::Activate { of, accept_differences } => {
                of.post("activate", &json!({ "accept_differences": accept_differences }), common).await
            }
            Self::Canary { of, percent, accept_differences } => {
                of.post("canary", &json!({ "percent": percent, "accept_differences": accept_differences }), common)
                    .await
            }
            Self::Rollback(of) => rollback(of, common).await,
            Self::Release(of) => of.post("release", &json!({}), common).await,
            Self::Terms { of, set } => policy(of, set, common).await,
            Self::Health(of) => health(of, common).await,
            Self::Denials(of) => denials(of, common).await,
        }
    }
}

impl Installed {
    async fn open(&self, common: &Common) -> anyhow::Result<(Client, String)> {
        let client = Client::open(&self.target, common).await?;
        let id = find(&client, &self.installation).await?;
        Ok((client, id))
    }
}

impl OfVersion {
    async fn post(self, verb: &str, body: &Value, common: &Common) -> anyhow::Result<()> {
        let client = Client::open(&self.target, common).await?;
        let id = find(&client, &self.installation).await?;
        let version = find_version(&client, &id, &self.version).await?;
        let view = client.post(&format!("/installations/{id}/versions/{version}/{verb}"), body).await?;
        shown(common, &view)
    }
}

/// The id of an installation that is named, or given by its id.
pub(in crate::commands) async fn find(client: &Client, wanted: &str) -> anyhow::Result<String> {
    let mut path = "/installations?limit=500".to_owned();
    loop {
        let page = client.get(&path).await?;
        for one in list(&page["items"]) {
            let (id, name) = (text(one, "id"), text(one, "name"));
            if id == wanted || name == wanted {
                return Ok(id.to_owned());
            }
        }
        match page["next"].as_str() {
            Some(next) => path = format!("/installations?limit=500&cursor={next}"),
            None => bail!("there is no installation `{wanted}`: see `rialto plugin list`"),
        }
    }
}

/// The id of a version that is named by its number, or given by its id.
pub(in crate::commands) async fn find_version(
    client: &Client,
    installation: &str,
    wanted: &str,
) -> anyhow::Result<String> {
    let page = client.get(&format!("/installations/{installation}/versions")).await?;
    let gone = |one: &&Value| text(one, "state") != "removed";
    let found = list(&page["items"])
        .iter()
        .filter(gone)
        .find(|one| text(one, "id") == wanted || text(one, "version") == wanted);
    match found {
        Some(one) => Ok(text(one, "id").to_owned()),
        None => bail!("the installation has no version `{wanted}`: see `rialto plugin versions {installation}`"),
    }
}

async fn versions(of: Installed, common: &Common) -> anyhow::Result<()> {
    let (client, id) = of.open(common).await?;
    let page = client.get(&format!("/installations/{id}/versions")).await?;
    output::answer(common.json, &page, |page| {
        let line = |one: &Value| {
            let asks = list(&one["difference"]["added"]).len();
            let more = if asks == 0 { String::new() } else { format!("  asks for {asks} more") };
            format!("{}  {:10} {}{more}", text(one, "id"), text(one, "version"), text(one, "state"))
        };
        list(&page["items"]).iter().map(line).collect::<Vec<_>>().join("\n")
    })
}

async fn rollback(of: Installed, common: &Common) -> anyhow::Result<()> {
    let (client, id) = of.open(common).await?;
    let view = client.post(&format!("/installations/{id}/rollback"), &json!({})).await?;
    shown(common, &view)
}

async fn policy(of: Installed, set: Vec<(String, Value)>, common: &Common) -> anyhow::Result<()> {
    let (client, id) = of.open(common).await?;
    let path = format!("/installations/{id}/rollout");
    let mut policy = client.get(&path).await?;
    if !set.is_empty() {
        if let Some(fields) = policy.as_object_mut() {
            fields.remove("allowed_failure");
            for (name, value) in set {
                put(fields, &name, value)?;
            }
        }
        policy = client.put(&path, &policy).await?;
    }
    output::answer(common.json, &policy, |policy| {
        let mut lines = Vec::new();
        flat("", policy, &mut lines);
        lines.join("\n")
    })
}

/// Put a value at `canary.percent` of an object.
fn put(fields: &mut Map<String, Value>, name: &str, value: Value) -> anyhow::Result<()> {
    let Some((first, rest)) = name.split_once('.') else {
        fields.insert(name.to_owned(), value);
        return Ok(());
    };
    match fields.entry(first).or_insert_with(|| json!({})) {
        Value::Object(inner) => put(inner, rest, value),
        _ => bail!("`{first}` has no fields of its own"),
    }
}

fn flat(at: &str, value: &Value, lines: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                flat(&if at.is_empty() { name.clone() } else { format!("{at}.{name}") }, value, lines);
            }
        }
        value => lines.push(format!("{at:26} {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))),
    }
}

async fn health(of: Installed, common: &Common) -> anyhow::Result<()> {
    let (client, id) = of.open(common).await?;
    let health = client.get(&format!("/installations/{id}/health")).await?;
    let canaries = client.get(&format!("/installations/{id}/canaries")).await?;
    let shown = json!({ "health": health, "canary": canaries["items"][0] });
    output::answer(common.json, &shown, |_| told(&health, &canaries["items"][0]))
}

fn told(health: &Value, canary: &Value) -> String {
    let mut lines = vec![format!("{:10} {:12} share   runs failed p50 µs  p99 µs  breaker", "version", "state")];
    for one in list(&health["versions"]) {
        lines.push(format!(
            "{:10} {:12} {:>3} %  {:>5} {:>6} {:>7} {:>7}  {}",
            text(one, "version"),
            text(one, "state"),
            one["share_percent"].to_string(),
            one["runs"].to_string(),
            one["failed"].to_string(),
            one["p50_wall_us"].to_string(),
            one["p99_wall_us"].to_string(),
            text(&one["breaker"], "state"),
        ));
        for (limit, count) in one["failures_by_limit"].as_object().into_iter().flatten() {
            lines.push(format!("{:10} {count} over the limit `{limit}`", ""));
        }
    }
    let queue = &health["queue"];
    lines.push(format!(
        "{} running (at most {}), {} waiting (at most {}), {} calls denied",
        queue["running"], queue["running_max"], queue["waiting"], queue["waiting_max"], health["denied_calls"],
    ));
    if !canary.is_null() {
        let why = text(&canary["verdict"], "detail");
        lines.push(format!("canary {} {}", text(canary, "state"), why).trim_end().to_owned());
    }
    lines.join("\n")
}

async fn denials(of: Installed, common: &Common) -> anyhow::Result<()> {
    let (client, id) = of.open(common).await?;
    let page = client.get(&format!("/installations/{id}/denials")).await?;
    output::answer(common.json, &page, |page| {
        let items = list(&page["items"]);
        if items.is_empty() {
            return "nothing was denied".to_owned();
        }
        let line = |one: &Value| {
            let (capability, target) = (text(one, "capability"), text(one, "target"));
            format!("{:>8}  {capability:6} {target}  {}", one["calls"].to_string(), text(one, "reason"))
        };
        items.iter().map(line).collect::<Vec<_>>().join("\n")
    })
}

fn shown(common: &Common, view: &Value) -> anyhow::Result<()> {
    output::answer(common.json, view, |view| {
        let of = |at: &str| text(&view[at], "version").to_owned();
        let mut line = format!("{}  {}  serves {}", text(view, "name"), text(view, "state"), of("active"));
        if !view["candidate"].is_null() {
            let percent = &view["canary"]["terms"]["percent"];
            line.push_str(&format!(", {} has {percent} of 100 runs", of("candidate")));
        }
        line
    })
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_set_where_its_dots_say() {
        let mut policy = json!({ "updates": "ask", "canary": { "percent": 10, "runs": 5 } });
        let fields = policy.as_object_mut().unwrap();
        put(fields, "canary.percent", json!(50)).unwrap();
        put(fields, "updates", json!("canary")).unwrap();
        put(fields, "breaker.consecutive", json!(2)).unwrap();
        assert!(put(fields, "updates.deep", json!(1)).is_err());
        let told = json!({
            "updates": "canary", "canary": { "percent": 50, "runs": 5 }, "breaker": { "consecutive": 2 },
        });
        assert_eq!(policy, told);
    }
}
