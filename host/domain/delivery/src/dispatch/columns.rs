//! The personal columns a connector may see: what its grants name and nothing
//! else.

use super::render::Rendered;
use rialto_kernel::{Id, Keys, Purpose, WorkspaceId};
use rialto_plugin_host::Grants;

/// The column of addresses in the clear, which has a grant of its own.
const CLEAR_ADDRESS: &str = "address";
/// The column of addresses hashed for one installation, so that two plugins
/// cannot join.
const HASHED_ADDRESS: &str = "hashed.address";

/// The names of the columns that these grants allow.
pub(crate) fn granted(grants: &Grants) -> Vec<String> {
    let mut names: Vec<String> = grants.fields.iter().filter(|name| *name != CLEAR_ADDRESS).cloned().collect();
    if grants.clear_address {
        names.push(CLEAR_ADDRESS.to_owned());
    }
    names
}

/// A person's value; empty where there is none.
pub(crate) fn value(keys: &Keys, installation: Id, ws: WorkspaceId, row: &Rendered, name: &str) -> String {
    let address = row.due.address.as_deref().unwrap_or("");
    match name {
        CLEAR_ADDRESS => address.to_owned(),
        HASHED_ADDRESS if !address.is_empty() => {
            let parts = [ws.0.as_bytes().as_slice(), installation.as_bytes(), address.as_bytes()];
            keys.mac(Purpose::Pseudonym, &parts)[..16].iter().map(|byte| format!("{byte:02x}")).collect()
        }
        "profile.name" => row.person.name.clone(),
        "profile.first-name" => row.person.first_name.clone(),
        "profile.last-name" => row.person.last_name.clone(),
        "profile.locale" => row.person.locale.clone(),
        "profile.zone" => row.person.zone.clone(),
        _ => name.strip_prefix("trait.").and_then(|key| row.person.traits.get(key)).map(text).unwrap_or_default(),
    }
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
