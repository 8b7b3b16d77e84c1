//! What a plugin answers to `describe`, asked once before it is activated and
//! kept with the version. It runs with no effects.

use crate::{Error, run};
use rialto_contract::{connector, report};
use rialto_kernel::{Id, Locale, WorkspaceId};
use rialto_plugin_host::{LoadedPlugin, PluginKind};
use rialto_slice::Host;
use serde_json::{Map, Value, json};

/// Ask each kind that has something to describe.
pub(crate) async fn describe(
    host: &Host,
    workspace: WorkspaceId,
    installation: Id,
    plugin: &LoadedPlugin,
) -> Result<Value, Error> {
    let mut described = Map::new();
    for kind in plugin.inspection().kinds() {
        let told = match kind {
            PluginKind::Connector => describe_connector(host, workspace, installation, plugin).await?,
            PluginKind::Report => describe_report(host, workspace, installation, plugin).await?,
            // An instance that comes to be is all that these can show.
            kind => {
                run::open_inert(host, workspace, installation, kind, plugin).await?.finish().await;
                continue;
            }
        };
        described.insert(kind.as_str().to_owned(), told);
    }
    Ok(Value::Object(described))
}

async fn describe_connector(
    host: &Host,
    workspace: WorkspaceId,
    installation: Id,
    plugin: &LoadedPlugin,
) -> Result<Value, Error> {
    let mut run = run::open_inert(host, workspace, installation, PluginKind::Connector, plugin).await?;
    let answer = connector::describe(&mut run).await;
    run.finish().await;
    let told = answer?;
    Ok(json!({ "channels": told.channels, "parts": told.parts, "batch": told.batch, "options": told.options }))
}

async fn describe_report(
    host: &Host,
    workspace: WorkspaceId,
    installation: Id,
    plugin: &LoadedPlugin,
) -> Result<Value, Error> {
    let mut by_locale = Map::new();
    for locale in [Locale::En, Locale::ZhCn] {
        let mut run = run::open_inert(host, workspace, installation, PluginKind::Report, plugin).await?;
        let answer = report::describe(&mut run, locale.tag()).await;
        run.finish().await;
        let told = answer?;
        let parameters: Value = serde_json::from_str(&told.parameters)?;
        let one = json!({ "title": told.title, "parameters": parameters, "options": told.options });
        by_locale.insert(locale.tag().to_owned(), one);
    }
    Ok(Value::Object(by_locale))
}
