//! `rialto key`

use super::rotate::RotateMaster;
use crate::{
    config::{Common, Settings},
    open, output,
};
use clap::{Subcommand, ValueEnum};
use rialto_identity::{NewToken, TokenKind, token_create, token_list, token_revoke};
use rialto_kernel::{Id, PageQuery};
use rialto_web::Caller;
use serde_json::json;

/// API keys
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Make a key; its secret is shown this once
    Create {
        /// What it is for
        #[arg(long, value_enum)]
        kind: Kind,
        /// What to call it
        #[arg(long, default_value = "command line")]
        name: String,
        /// What a key of kind `api` may do: admin, manager, marketer, analyst, developer, viewer
        #[arg(long, required_if_eq("kind", "api"))]
        role: Option<String>,
        /// When it stops to work, such as 2027-01-01T00:00:00Z; never when left out
        #[arg(long)]
        expires: Option<jiff::Timestamp>,
        /// The workspace's short name
        #[arg(long)]
        workspace: Option<String>,
    },
    /// List keys, without their secrets
    List {
        /// The workspace's short name
        #[arg(long)]
        workspace: Option<String>,
    },
    /// Revoke a key: it stops to work at once
    Revoke {
        /// Its id
        id: Id,
        /// The workspace's short name
        #[arg(long)]
        workspace: Option<String>,
    },
    /// Replace the master key: what is sealed is sealed anew. May be stopped and begun again
    RotateMaster(RotateMaster),
}

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Delivers events, and nothing else
    Write,
    /// Does everything in the workspace
    Admin,
    /// Does what its role allows
    Api,
}

impl Key {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        if let Self::RotateMaster(command) = self {
            return command.run(common).await;
        }
        let settings = Settings::read(common)?;
        let app = open::app(&settings).await?;
        match self {
            // Done above, without a host.
            Self::RotateMaster(_) => {}
            Self::Create { kind, name, role, expires, workspace } => {
                let workspace = open::workspace(&app.host, workspace.as_deref(), settings.locale).await?;
                let kind = match kind {
                    Kind::Write => TokenKind::Write,
                    Kind::Admin => TokenKind::Admin,
                    Kind::Api => TokenKind::Api,
                };
                let new = NewToken { kind, name, role, unit: None, expires_at: expires };
                let made = token_create(&app.host, &Caller::local(workspace), new).await?;
                let shown = json!({
                    "id": made.token.id, "kind": made.token.kind, "name": made.token.name, "role": made.token.role,
                    "workspace": workspace, "secret": made.secret, "expires_at": made.token.expires_at,
                });
                output::answer(common.json, &shown, |_| made.secret.clone())?;
            }
            Self::List { workspace } => {
                let workspace = open::workspace(&app.host, workspace.as_deref(), settings.locale).await?;
                let page = PageQuery { limit: Some(500), cursor: None };
                let keys = token_list(&app.host, &Caller::local(workspace), &page).await?.items;
                output::answer(common.json, &keys, |keys| {
                    let state =
                        |key: &rialto_identity::Token| if key.revoked_at.is_some() { "revoked" } else { "live" };
                    let line = |key| {
                        format!(
                            "{}  {:5}  {:9}  {:7}  {}  {}",
                            key_id(key),
                            key.kind,
                            key.role,
                            state(key),
                            key.hint,
                            key.name
                        )
                    };
                    keys.iter().map(line).collect::<Vec<_>>().join("\n")
                })?;
            }
            Self::Revoke { id, workspace } => {
                let workspace = open::workspace(&app.host, workspace.as_deref(), settings.locale).await?;
                token_revoke(&app.host, &Caller::local(workspace), id).await?;
                output::answer(common.json, &json!({ "id": id, "revoked": true }), |_| format!("revoked {id}"))?;
            }
        }
        app.host.store.close().await;
        Ok(())
    }
}

fn key_id(key: &rialto_identity::Token) -> Id {
    key.id
}
