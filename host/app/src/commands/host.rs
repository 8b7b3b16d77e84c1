//! `rialto host …`

use crate::{
    client::{Client, Target},
    config::{Common, Settings},
    open, output,
    standing::{self, Standing},
};
use anyhow::bail;
use clap::Subcommand;
use rialto_jobs::host_list;
use rialto_kernel::{OsRandom, from_micros};
use serde_json::{Value, json};
use uuid::Uuid;

/// The host itself
#[derive(Debug, Subcommand)]
pub enum Host {
    /// Who works on this database, and whether a host of this data folder sends
    Show,
    /// Say that this database is the one: a host that held back after a restore sends again
    Confirm,
    /// List the backups that were made over HTTP, or remove one
    Backups {
        /// Remove the backup of this id, and its file
        #[arg(long, value_name = "ID")]
        delete: Option<Uuid>,
        #[command(flatten)]
        target: Target,
    },
}

impl Host {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        if let Self::Backups { delete, target } = self {
            return backups(delete, &target, common).await;
        }
        let settings = Settings::read(common)?;
        let store = open::store(&settings).await?;
        let missing = open::migrations_missing(&store).await?;
        if !missing.is_empty() {
            bail!("the schema is not up to date: run `rialto migrate`");
        }
        if matches!(self, Self::Confirm) {
            standing::confirm(&store, &settings.data_dir, &OsRandom).await?;
        }
        let held = match standing::look(&store, &settings.data_dir).await? {
            Standing::Doubtful(why) => Some(why),
            Standing::New | Standing::Own => None,
        };
        let hosts = host_list(&store).await?;
        store.close().await;
        let rows: Vec<_> = hosts
            .iter()
            .map(|row| {
                json!({
                    "name": row.name, "sends": !row.held,
                    "started_at": from_micros(row.started_at), "heartbeat_at": from_micros(row.heartbeat_at),
                })
            })
            .collect();
        output::answer(common.json, &json!({ "sends": held.is_none(), "held": held, "hosts": rows }), |_| {
            let mut lines = vec![match held {
                None => "a host of this data folder sends".to_owned(),
                Some(why) => format!("a host of this data folder sends nothing: {why}"),
            }];
            lines.extend(hosts.iter().map(|row| {
                let sends = if row.held { "held" } else { "sends" };
                format!("{}  {sends}  last seen {}", row.name, from_micros(row.heartbeat_at))
            }));
            lines.join("\n")
        })
    }
}

/// The backups a host keeps, without one that is to go.
async fn backups(delete: Option<Uuid>, target: &Target, common: &Common) -> anyhow::Result<()> {
    let client = Client::open(target, common).await?;
    if let Some(id) = delete {
        client.delete(&format!("/backups/{id}")).await?;
    }
    let page = client.get("/backups").await?;
    output::answer(common.json, &page, |page| {
        let text = |row: &Value, name: &str| row[name].as_str().unwrap_or("").to_owned();
        let line = |row: &Value| {
            let bytes = row["bytes"].as_i64().map(|bytes| format!("{bytes} bytes")).unwrap_or_default();
            let (id, state, at, name) =
                (text(row, "id"), text(row, "state"), text(row, "created_at"), text(row, "name"));
            format!("{id}  {state}  {at}  {bytes}  {name}")
        };
        let lines: Vec<String> = page["items"].as_array().into_iter().flatten().map(line).collect();
        if lines.is_empty() { "no backups were made over HTTP".to_owned() } else { lines.join("\n") }
    })
}
