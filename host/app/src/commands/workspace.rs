//! `rialto workspace`

use crate::{
    client::{Client, Target},
    config::{Common, Settings},
    open, output,
};
use clap::{Args, Subcommand};
use jiff::Timestamp;
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
    /// Stand a workspace in the past, move its clock on, or let it go with the present
    Clock(Clock),
}

/// Stand a workspace in the past, move its clock on, or let it go with the present
#[derive(Debug, Args)]
pub struct Clock {
    /// Stand at this instant, such as 2017-10-29T23:59:59Z: nothing later is seen
    #[arg(long, value_name = "INSTANT", conflicts_with = "present")]
    at: Option<Timestamp>,
    /// Go with the present again
    #[arg(long)]
    present: bool,
    #[command(flatten)]
    target: Target,
}

impl Clock {
    async fn run(self, common: &Common) -> anyhow::Result<()> {
        let client = Client::open(&self.target, common).await?;
        let workspace = if self.at.is_some() || self.present {
            client.put("/workspace/clock", &json!({ "stands_at": self.at })).await?
        } else {
            client.get("/workspace").await?
        };
        output::answer(common.json, &workspace, |workspace| match workspace["stands_at"].as_str() {
            Some(at) => format!("{} stands at {at}", workspace["slug"].as_str().unwrap_or_default()),
            None => format!("{} goes with the present", workspace["slug"].as_str().unwrap_or_default()),
        })
    }
}

impl Workspace {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        match self {
            Self::Clock(clock) => clock.run(common).await,
            Self::List => list(common).await,
            Self::Create { slug, name, locale, zone, currency } => {
                let settings = Settings::read(common)?;
                let app = open::app(&settings).await?;
                let name = name.unwrap_or_else(|| slug.clone());
                let locale = locale.unwrap_or(settings.locale);
                let made = workspace_create(&app.host, NewWorkspace { slug, name, locale, zone, currency }).await?;
                app.host.store.close().await;
                output::answer(common.json, &made, |made| format!("{}  {}", made.id, made.slug))
            }
        }
    }
}

async fn list(common: &Common) -> anyhow::Result<()> {
    let app = open::app(&Settings::read(common)?).await?;
    let known = workspace_list(&app.host).await?;
    app.host.store.close().await;
    let shown: Vec<_> = known.iter().map(|(id, slug)| json!({ "id": id, "slug": slug })).collect();
    output::answer(common.json, &shown, |_| {
        known.iter().map(|(id, slug)| format!("{id}  {slug}")).collect::<Vec<_>>().join("\n")
    })
}
