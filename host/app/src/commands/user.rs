//! `rialto user`

use crate::{
    config::{Common, Settings},
    open, output,
};
use anyhow::Context as _;
use clap::Subcommand;
use rialto_identity::{NewRole, NewUser, user_create};
use rialto_web::Caller;
use std::io::Read as _;

/// The longest password read from standard input.
const PASSWORD_BYTES_MAX: u64 = 1_024;

/// People who can sign in
#[derive(Debug, Subcommand)]
pub enum User {
    /// Make a user; without a password the answer holds an invitation
    Create {
        /// The address they sign in with
        #[arg(long)]
        email: String,
        /// Their name
        #[arg(long)]
        name: String,
        /// What they may do: admin, manager, marketer, analyst, developer, viewer
        #[arg(long, default_value = "admin")]
        role: String,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
        /// The workspace's short name
        #[arg(long)]
        workspace: Option<String>,
    },
}

impl User {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let Self::Create { email, name, role, password_stdin, workspace } = self;
        let settings = Settings::read(common)?;
        let app = open::app(&settings).await?;
        let workspace = open::workspace(&app.host, workspace.as_deref(), settings.locale).await?;
        let password = if password_stdin { Some(read_password()?) } else { None };
        let roles = vec![NewRole { role, unit: None }];
        let new = NewUser { email, name, locale: Some(settings.locale), roles, password };
        let made = user_create(&app.host, &Caller::local(workspace), new).await?;
        app.host.store.close().await;
        output::answer(common.json, &made, |made| match &made.invitation {
            Some(invitation) => {
                format!("{} is invited; the invitation (valid once): {}", made.user.email, invitation.token)
            }
            None => format!("{} can sign in", made.user.email),
        })
    }
}

fn read_password() -> anyhow::Result<String> {
    let mut text = String::new();
    std::io::stdin().take(PASSWORD_BYTES_MAX).read_to_string(&mut text).context("the password")?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
