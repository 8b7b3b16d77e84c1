//! `rialto plugin check`: the compatibility report that the HTTP API gives,
//! made by the same function; against a file without a host, against an
//! installation by the host that has it. Without a host it is compiled too, in
//! the limited process that a host would use, and nothing is kept.

use super::super::wait;
use super::supply::{self, Login};
use crate::{
    client::{Client, Target},
    config::{Common, Settings},
    open, output,
};
use anyhow::{Context as _, bail};
use rialto_kernel::{Keys, OsRandom, SharedRandom, SystemClock};
use rialto_plugin_host::{HostConfig, Inspection, PluginHost, inspect::inspect};
use rialto_plugins::{Beside, report};
use serde_json::Value;
use std::{path::Path, sync::Arc};

/// Report on a file or on what a source names, and on what it changes against
/// another file.
pub(super) fn check(common: &Common, source: &str, login: Login, beside: Option<&Path>) -> anyhow::Result<()> {
    let settings = Settings::read(common)?;
    let max = settings.limits.plugin_bytes_max;
    let bytes = supply::bytes_of(&settings, source, login)?;
    let inspection = inspect(&bytes, max).with_context(|| source.to_owned())?;
    let read = |file: &Path| -> anyhow::Result<Inspection> {
        inspect(&supply::read(file, max)?, max).with_context(|| file.display().to_string())
    };
    let beside = beside.map(read).transpose()?.map(Beside::file);
    let report = report(inspection, beside.as_ref());
    let compiled = report.loads().then(|| wait(compiles(max, bytes)));
    let mut shown = serde_json::to_value(&report)?;
    if let Some(compiled) = &compiled {
        shown["compiles"] = compiled.is_ok().into();
    }
    show(common, source, &shown)?;
    compiled.unwrap_or(Ok(())).with_context(|| source.to_owned())
}

/// Compile it in the limited process that a host would use, and keep nothing.
async fn compiles(package_bytes: u64, bytes: Vec<u8>) -> anyhow::Result<()> {
    let random: SharedRandom = Arc::new(OsRandom);
    let config = HostConfig { package_bytes, compile_child: open::compile_child(), ..HostConfig::default() };
    let host = PluginHost::new(config, Keys::generate(random.as_ref()), Arc::new(SystemClock), random)?;
    Ok(host.precompile(bytes).await?)
}

/// The report of a host, against what serves in one of its installations. What
/// a source names is fetched by that host.
pub(super) async fn check_there(
    common: &Common,
    source: &str,
    login: Login,
    installation: &str,
    target: &Target,
) -> anyhow::Result<()> {
    let settings = Settings::read(common)?;
    let client = Client::open(target, common).await?;
    let path = format!("/plugins/check?installation={installation}");
    let report = supply::send(&client, &path, source, login, &settings).await?;
    show(common, source, &report)
}

fn show(common: &Common, source: &str, report: &Value) -> anyhow::Result<()> {
    output::answer(common.json, report, describe)?;
    if list(&report["package"]["signatures"]).iter().any(|signed| signed["intact"] == false) {
        bail!("{source} was changed after it was signed: a signature is not over its bytes");
    }
    match report["refusal"].as_str() {
        None => Ok(()),
        Some(why) => bail!("this host cannot load {source}: {why}"),
    }
}

fn describe(report: &Value) -> String {
    let package = &report["package"];
    let kinds: Vec<&str> = list(&package["roles"]).iter().map(|role| text(role, "kind")).collect();
    let mut lines = vec![
        format!("{} {} ({})", text(package, "plugin"), text(package, "version"), kinds.join(", ")),
        format!("sha256   {}", text(package, "digest")),
        format!("bytes    {}", package["bytes"]),
        format!("loads    {}", if report["loads"] == true { "yes" } else { "no" }),
    ];
    if let Some(compiles) = report["compiles"].as_bool() {
        lines.push(format!("compiles {}", if compiles { "yes" } else { "no" }));
    }
    lines.extend(vouched(package));
    for made in list(&package["producers"]) {
        lines.push(format!("made by  {} {}", text(made, "name"), text(made, "version")).trim_end().to_owned());
    }
    for contract in list(&report["contracts"]) {
        let fits = if contract["fits"] == true { "fits" } else { "does not fit" };
        lines.push(format!("contract {}@{}  {fits}", text(contract, "package"), text(contract, "version")));
    }
    for wish in list(&package["wishes"]) {
        lines.push(format!(
            "wishes   {}: {}  {}",
            text(wish, "permission"),
            text(wish, "detail"),
            text(wish, "reason")
        ));
    }
    for (word, list_of) in [("import", &package["imports"]), ("export", &package["exports"])] {
        for one in list(list_of) {
            lines.push(format!("{word:8} {}  {}", text(one, "name"), text(one, "detail")));
        }
    }
    lines.extend(changes(&report["difference"]));
    lines.join("\n")
}

/// What comes along with it, who signed it, and how it stands where a host has
/// said so.
fn vouched(package: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(icon) = package["icon"].as_str() {
        lines.push(format!("icon     {icon}"));
    }
    if let Some(readme) = package["readme"].as_str() {
        lines.push(format!("readme   {} bytes", readme.len()));
    }
    let signatures = list(&package["signatures"]);
    if signatures.is_empty() {
        lines.push("signed   by nobody".to_owned());
    }
    for signed in signatures {
        let state = if signed["intact"] == true { "intact" } else { "broken" };
        lines.push(format!("signed   {}  {state}", text(signed, "key")));
    }
    let trust = &package["trust"];
    if !trust.is_null() {
        lines.push(format!("trust    {}  {}", text(trust, "state"), text(trust, "detail")).trim_end().to_owned());
    }
    lines
}

/// What changes against the version beside it, a line each.
fn changes(difference: &Value) -> Vec<String> {
    let Some(all) = difference.as_object() else { return Vec::new() };
    let mut lines = vec![match difference["needs_approval"] == true {
        true => "it asks for more than is granted: it waits for approval".to_owned(),
        false => "it asks for no more than is granted".to_owned(),
    }];
    for (name, what) in all {
        for one in list(what) {
            let told = one
                .as_str()
                .map_or_else(|| format!("{}: {}", text(one, "permission"), text(one, "detail")), str::to_owned);
            lines.push(format!("{name:18} {told}"));
        }
    }
    lines
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or("")
}
