//! `rialto plugin check`: the compatibility report that the HTTP API gives,
//! made by the same function; against a file without a host, against an
//! installation by the host that has it.

use crate::{
    client::{Client, Target},
    config::{Common, Settings},
    output,
};
use anyhow::{Context as _, bail};
use rialto_plugin_host::{Inspection, inspect::inspect};
use rialto_plugins::{Beside, report};
use serde_json::Value;
use std::path::Path;

/// Report on a file, and on what it changes against another.
pub(super) fn check(common: &Common, file: &Path, beside: Option<&Path>) -> anyhow::Result<()> {
    let settings = Settings::read(common)?;
    let read = |file: &Path| -> anyhow::Result<Inspection> {
        let at = || file.display().to_string();
        let bytes = std::fs::read(file).with_context(at)?;
        inspect(&bytes, settings.limits.plugin_bytes_max).with_context(at)
    };
    let inspection = read(file)?;
    let beside = beside.map(read).transpose()?.map(Beside::file);
    let report = report(inspection, beside.as_ref());
    show(common, file, &serde_json::to_value(&report)?)
}

/// The report of a host, against what serves in one of its installations.
pub(super) async fn check_there(
    common: &Common,
    file: &Path,
    installation: &str,
    target: &Target,
) -> anyhow::Result<()> {
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    let client = Client::open(target, common).await?;
    let path = format!("/plugins/check?installation={installation}");
    let report = client.post_bytes(&path, "application/wasm", bytes).await?;
    show(common, file, &report)
}

fn show(common: &Common, file: &Path, report: &Value) -> anyhow::Result<()> {
    output::answer(common.json, report, describe)?;
    match report["refusal"].as_str() {
        None => Ok(()),
        Some(why) => bail!("this host cannot load {}: {why}", file.display()),
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
