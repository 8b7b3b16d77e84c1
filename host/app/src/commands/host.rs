//! `rialto host …`

use crate::{
    config::{Common, Settings},
    open, output,
    standing::{self, Standing},
};
use anyhow::bail;
use clap::Subcommand;
use rialto_jobs::host_list;
use rialto_kernel::{OsRandom, from_micros};
use serde_json::json;

/// The host itself
#[derive(Debug, Subcommand)]
pub enum Host {
    /// Who works on this database, and whether a host of this data folder sends
    Show,
    /// Say that this database is the one: a host that held back after a restore sends again
    Confirm,
}

impl Host {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
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
