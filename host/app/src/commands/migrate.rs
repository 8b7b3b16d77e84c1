//! `rialto migrate`

use crate::{
    config::{Common, Settings},
    open, output,
};
use anyhow::bail;
use clap::Args;
use serde_json::json;

/// Bring the database's schema up to date
#[derive(Debug, Args)]
pub struct Migrate {
    /// Only look; fails when something is missing
    #[arg(long)]
    check: bool,
}

impl Migrate {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let settings = Settings::read(common)?;
        let store = open::store(&settings).await?;
        if self.check {
            let missing = open::migrations_missing(&store).await?;
            output::answer(common.json, &json!({ "missing": missing }), |_| match missing.as_slice() {
                [] => "the schema is up to date".to_owned(),
                missing => format!("missing: {}", missing.join(", ")),
            })?;
            if !missing.is_empty() {
                bail!("the schema is not up to date: run `rialto migrate`");
            }
            return Ok(());
        }
        let spinner = output::spinner("migrating");
        let applied = store.migrate().await?;
        spinner.finish_and_clear();
        store.close().await;
        output::answer(common.json, &json!({ "applied": applied }), |_| match applied.as_slice() {
            [] => "the schema was up to date".to_owned(),
            applied => format!("applied: {}", applied.join(", ")),
        })
    }
}
