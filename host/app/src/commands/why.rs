//! `rialto why`

use crate::{
    client::{Client, Target},
    config::Common,
    output,
};
use anyhow::bail;
use clap::Args;
use serde_json::Value;

/// Why did this person get, or not get, what a campaign sent?
#[derive(Debug, Args)]
pub struct Why {
    /// The campaign's id or code
    #[arg(long)]
    campaign: String,
    /// The contact's id, or an identity of theirs such as an email address
    #[arg(long)]
    contact: String,
    #[command(flatten)]
    target: Target,
}

impl Why {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let client = Client::open(&self.target, common).await?;
        let contact = match uuid::Uuid::parse_str(&self.contact) {
            Ok(id) => id.to_string(),
            Err(_) => find(&client, &self.contact).await?,
        };
        let path = format!("/contacts/{contact}/why?campaign={}", escaped(&self.campaign));
        let why = client.get(&path).await?;
        output::answer(common.json, &why, lines)
    }
}

/// The one contact with this identity.
async fn find(client: &Client, identity: &str) -> anyhow::Result<String> {
    let page = client.get(&format!("/contacts?limit=2&q={}", escaped(identity))).await?;
    let found: Vec<&str> =
        page["items"].as_array().into_iter().flatten().filter_map(|one| one["id"].as_str()).collect();
    match found.as_slice() {
        [one] => Ok((*one).to_owned()),
        [] => bail!("there is no contact `{identity}`"),
        _ => bail!("several contacts answer to `{identity}`; give an id"),
    }
}

/// A value as it stands in a query.
fn escaped(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    value.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn lines(why: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let mut lines = vec![text(&why["answer"])];
    let audience = &why["audience"];
    if audience.is_object() {
        let member = if audience["member"] == true { "in" } else { "not in" };
        let taken = text(&audience["taken_at"]);
        lines.push(format!("audience    {member} the {} frozen at {taken}", audience["size"]));
    }
    for arm in why["experiments"].as_array().into_iter().flatten() {
        lines.push(format!("experiment  {}: {}", text(&arm["name"]), text(&arm["arm"])));
    }
    for why in why["sends"].as_array().into_iter().flatten() {
        let send = &why["send"];
        if let Some(record) = send["consent"].as_array().and_then(|all| all.first()) {
            let (state, at, proof) = (text(&record["state"]), text(&record["at"]), text(&record["proof"]));
            lines.push(format!("consent     {state} at {at}: {proof}"));
        }
        for cap in why["caps"].as_array().into_iter().flatten().filter(|cap| cap["applies"] == true) {
            lines.push(format!("cap         {} of {} in {} days", cap["counted"], cap["sends"], cap["days"]));
        }
        lines.push(format!("policy      version {}", why["policy_version"]));
        if why["content"].is_object() {
            let content = &why["content"];
            lines.push(format!("content     version {}, {}", content["message_version"], text(&content["digest"])));
        }
        if why["connector"].is_object() {
            let connector = &why["connector"];
            lines.push(format!("connector   {} {}", text(&connector["version"]), text(&connector["digest"])));
        }
        for attempt in send["attempts"].as_array().into_iter().flatten() {
            let (state, code) = (text(&attempt["state"]), text(&attempt["code"]));
            lines.push(format!("attempt {}   {state} {code} at {}", attempt["attempt"], text(&attempt["started_at"])));
        }
        for report in send["reports"].as_array().into_iter().flatten() {
            lines.push(format!("report      {} at {}", text(&report["kind"]), text(&report["at"])));
        }
    }
    lines.join("\n")
}
