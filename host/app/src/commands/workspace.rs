//! `rialto workspace`

use crate::{
    config::{Common, Settings},
    open, output,
};
use clap::Subcommand;
use rialto_identity::{NewWorkspace, workspace_create, workspace_list};
use rialto_kernel::Locale;
use serde_json::json;

/// Workspaces
#[derive(Debug, Subcommand)]
pub enum Workspace {
    /// Make a workspace
    Create {
        /// Its short name: lower-case letters, digits and dashes
        slug: String,
        /// Its name
        #[arg(long)]
        name: Option<String>,
        /// Its language: en or zh-CN
        #[arg(long)]
        locale: Option<Locale>,
        /// The IANA zone its days are counted in
        #[arg(long, default_value = "UTC")]
        zone: String,
        /// Its ISO 4217 currency
        #[arg(long, default_value = "USD")]
        currency: String,
    },
    /// List the workspaces
    List,
}

impl Workspace {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let settings = Settings::read(common)?;
        let app = open::app(&settings).await?;
        match self {
            Self::Create { slug, name, locale, zone, currency } => {
                let name = name.unwrap_or_else(|| slug.clone());
                let locale = locale.unwrap_or(settings.locale);
                let made = workspace_create(&app.host, NewWorkspace { slug, name, locale, zone, currency }).await?;
                output::answer(common.json, &made, |made| format!("{}  {}", made.id, made.slug))?;
            }
            Self::List => {
                let known = workspace_list(&app.host).await?;
                let shown: Vec<_> = known.iter().map(|(id, slug)| json!({ "id": id, "slug": slug })).collect();
                output::answer(common.json, &shown, |_| {
                    known.iter().map(|(id, slug)| format!("{id}  {slug}")).collect::<Vec<_>>().join("\n")
                })?;
            }
        }
        app.host.store.close().await;
        Ok(())
    }
}
