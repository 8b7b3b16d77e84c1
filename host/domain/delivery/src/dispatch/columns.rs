//! The personal columns a connector may see: what its grants name and nothing
//! else.

use super::render::Rendered;
use rialto_kernel::{Id, Keys, Purpose, WorkspaceId};
use rialto_plugin_host::{Grants, grants::HASHED};

/// The column of addresses in the clear, which has a grant of its own.
const CLEAR_ADDRESS: &str = "address";

/// The names of the columns that these grants allow.
pub(crate) fn granted(grants: &Grants) -> Vec<String> {
    let mut names: Vec<String> = grants.fields.iter().filter(|name| *name != CLEAR_ADDRESS).cloned().collect();
    if grants.clear_address {
        names.push(CLEAR_ADDRESS.to_owned());
    }
    names
}

/// A person's value; empty where there is none. A hashed one is hashed for one
/// installation, so that two plugins cannot join.
pub(crate) fn value(keys: &Keys, installation: Id, ws: WorkspaceId, row: &Rendered, name: &str) -> String {
    match name.strip_prefix(HASHED) {
        Some(clear) => hashed(keys, installation, ws, clear, &plain(row, clear)),
        None => plain(row, name),
    }
}

fn plain(row: &Rendered, name: &str) -> String {
    match name {
        CLEAR_ADDRESS => row.due.address.clone().unwrap_or_default(),
        "profile.name" => row.person.name.clone(),
        "profile.first-name" => row.person.first_name.clone(),
        "profile.last-name" => row.person.last_name.clone(),
        "profile.locale" => row.person.locale.clone(),
        "profile.zone" => row.person.zone.clone(),
        _ => name.strip_prefix("trait.").and_then(|key| row.person.traits.get(key)).map(text).unwrap_or_default(),
    }
}

/// The first half of a keyed hash, as hex. What is no address is told apart by
/// its column: the same word in two of them hashes differently.
fn hashed(keys: &Keys, installation: Id, ws: WorkspaceId, column: &str, value: &str) -> String {
    if value.is_empty() {
        return String::new();
    }
    let mut parts = vec![ws.0.as_bytes().as_slice(), installation.as_bytes()];
    if column != CLEAR_ADDRESS {
        parts.push(column.as_bytes());
    }
    parts.push(value.as_bytes());
    keys.mac(Purpose::Pseudonym, &parts)[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_holds_for_one_installation_and_one_column() {
        let keys = Keys::new([3; 32]);
        let (ws, one, two) = (WorkspaceId(Id::from_u128(9)), Id::from_u128(1), Id::from_u128(2));
        let hash = |installation, column, value| hashed(&keys, installation, ws, column, value);
        let ann = hash(one, "profile.name", "Ann");
        assert_eq!((ann.len(), ann.clone()), (32, hash(one, "profile.name", "Ann")));
        assert_ne!(ann, hash(two, "profile.name", "Ann"), "two plugins cannot join");
        assert_ne!(ann, hash(one, "profile.first-name", "Ann"));
        assert_eq!(hash(one, "profile.name", ""), "");
    }
}
