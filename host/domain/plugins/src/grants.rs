//! What an installation is allowed, and how two versions differ in it. What
//! counts is wished ∩ granted ∩ the host's ceiling; the host computes it, and
//! here it is only told to people.

use rialto_plugin_host::{Grants, HostGrant, Inspection, Permission, Place, grants::has_field, package::WishedHost};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// One permission that a version has and the other has not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PermissionChange)]
pub struct Change {
    /// `http`, `mail`, `state`, `query`, `field`, `clear-address`.
    pub permission: String,
    /// What exactly: the host, the bytes, the column.
    pub detail: String,
    /// Why the plugin wishes it, in its own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How a version differs from the one that serves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = VersionDifference)]
pub struct Difference {
    /// The version that serves; absent at the first installation.
    pub from: Option<String>,
    /// The version that waits.
    pub to: String,
    /// Whether somebody has to approve it: it asks for more than is granted.
    #[serde(default)]
    pub needs_approval: bool,
    /// Permissions it wants beyond those granted.
    pub added: Vec<Change>,
    /// Permissions granted that it no longer wants.
    pub removed: Vec<Change>,
    /// Abilities it has and the other has not.
    pub abilities_added: Vec<String>,
    /// Abilities it no longer has.
    pub abilities_removed: Vec<String>,
    /// Data fields it wishes to see and the other may not.
    #[serde(default)]
    pub fields_added: Vec<String>,
    /// Data fields it no longer wishes to see.
    #[serde(default)]
    pub fields_removed: Vec<String>,
    /// Packages of the contract, with their versions, that only it was built
    /// with.
    #[serde(default)]
    pub contracts_added: Vec<String>,
    /// Packages of the contract, with their versions, that only the other was
    /// built with.
    #[serde(default)]
    pub contracts_removed: Vec<String>,
    /// Settings it knows and the other does not.
    pub settings_added: Vec<String>,
    /// Settings it no longer knows.
    pub settings_removed: Vec<String>,
    /// Settings it requires that are not set.
    pub settings_missing: Vec<String>,
}

/// What a package wishes, with hosts that are settings filled in.
pub(crate) fn wished(inspection: &Inspection, settings: &Map<String, Value>) -> Grants {
    let wishes = &inspection.manifest.wishes;
    let mut grants = wishes.as_grants();
    if inspection.manifest_derived {
        // Nothing is said of itself: its imports speak for it.
        let needs = inspection.permissions();
        grants.mail = needs.contains(&Permission::Mail);
        grants.query = needs.contains(&Permission::Query);
    }
    for wish in wishes.http.iter().filter(|w| w.host.contains("{{")) {
        grants.http.extend(filled(wish, settings));
    }
    grants
}

/// A wish whose host is a setting, with the host, port and scheme that the
/// setting names: `api.example.com`, `api.example.com:8443` or a URL.
fn filled(wish: &WishedHost, settings: &Map<String, Value>) -> Option<HostGrant> {
    let name = wish.host.trim().strip_prefix("{{setting:")?.strip_suffix("}}")?;
    let value = settings.get(name)?.as_str()?.trim();
    let (scheme, rest) = value.split_once("://").unwrap_or(("https", value));
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && !host.ends_with(':') => (host, port.parse::<u16>().ok()),
        _ => (authority, None),
    };
    if host.is_empty() {
        return None;
    }
    let plain_http = scheme.eq_ignore_ascii_case("http");
    let usual = if plain_http { 80 } else { 443 };
    let ports = match port {
        Some(port) => BTreeSet::from([port]),
        None if wish.ports.is_empty() => BTreeSet::from([usual]),
        None => wish.ports.clone(),
    };
    Some(HostGrant { host: host.to_ascii_lowercase(), ports, plain_http, ..wish.as_grant() })
}

/// How `new` differs from what was granted to the version that serves.
pub(crate) fn difference(
    old: Option<(&Inspection, &Grants)>,
    new: &Inspection,
    settings: &Map<String, Value>,
    secrets_set: &[String],
) -> Difference {
    let none = Grants::default();
    let granted = old.map_or(&none, |(_, granted)| granted);
    let wants = wished(new, settings);
    let (had, has) = (old.map(|(i, _)| abilities(i)).unwrap_or_default(), abilities(new));
    let (spoke, speaks) = (old.map(|(i, _)| contracts(i)).unwrap_or_default(), contracts(new));
    let added = beyond(&wants, granted, Some(new));
    let removed = beyond(granted, &wants, None);
    let (knew, knows) = (old.map(|(i, _)| properties(i)).unwrap_or_default(), properties(new));
    Difference {
        from: old.map(|(i, _)| i.manifest.version.clone()),
        to: new.manifest.version.clone(),
        needs_approval: !added.is_empty(),
        fields_added: fields(&added),
        fields_removed: fields(&removed),
        added,
        removed,
        contracts_added: speaks.difference(&spoke).cloned().collect(),
        contracts_removed: spoke.difference(&speaks).cloned().collect(),
        abilities_added: has.difference(&had).cloned().collect(),
        abilities_removed: had.difference(&has).cloned().collect(),
        settings_added: knows.difference(&knew).cloned().collect(),
        settings_removed: knew.difference(&knows).cloned().collect(),
        settings_missing: required(new)
            .into_iter()
            .filter(|name| !settings.contains_key(name) && !secrets_set.contains(name))
            .collect(),
    }
}

/// What `wants` holds beyond `granted`.
pub(crate) fn beyond(wants: &Grants, granted: &Grants, of: Option<&Inspection>) -> Vec<Change> {
    let wishes = of.map(|i| &i.manifest.wishes);
    let reason = |pick: fn(&rialto_plugin_host::package::Wishes) -> Option<String>| wishes.and_then(pick);
    let change = |permission: Permission, detail: String, reason: Option<String>| Change {
        permission: permission.as_str().to_owned(),
        detail,
        reason,
    };
    let mut changes = Vec::new();
    for host in wants.http.iter().filter(|h| !granted.http.iter().any(|g| h.within(g))) {
        let why = wishes.and_then(|w| {
            let exact = w.http.iter().find(|wish| wish.host == host.host);
            exact.or_else(|| w.http.iter().find(|wish| wish.host.contains("{{"))).map(|wish| wish.reason.clone())
        });
        changes.push(change(Permission::Http, sentence(host), why));
    }
    if wants.mail && !granted.mail {
        let why = reason(|w| w.mail.as_ref().map(|m| m.reason.clone()));
        changes.push(change(Permission::Mail, "hand mails to the SMTP pool".to_owned(), why));
    }
    if wants.state_bytes > granted.state_bytes {
        let why = reason(|w| w.state.as_ref().map(|s| s.reason.clone()));
        changes.push(change(Permission::State, format!("keep {} bytes", wants.state_bytes), why));
    }
    if wants.query && !granted.query {
        let why = reason(|w| w.query.as_ref().map(|q| q.reason.clone()));
        changes.push(change(Permission::Query, "ask the metrics catalogue".to_owned(), why));
    }
    for column in wants.fields.iter().filter(|column| !has_field(&granted.fields, column)) {
        let why = reason(|w| w.fields.as_ref().map(|f| f.reason.clone()));
        changes.push(change(Permission::Field, column.clone(), why));
    }
    if wants.clear_address && !granted.clear_address {
        let why = reason(|w| w.clear_address.as_ref().map(|c| c.reason.clone()));
        changes.push(change(Permission::ClearAddress, "see addresses in the clear".to_owned(), why));
    }
    changes
}

fn fields(changes: &[Change]) -> Vec<String> {
    changes.iter().filter(|c| c.permission == Permission::Field.as_str()).map(|c| c.detail.clone()).collect()
}

fn contracts(inspection: &Inspection) -> BTreeSet<String> {
    inspection.contracts().into_iter().map(|c| format!("{}@{}", c.package, c.version)).collect()
}

fn sentence(host: &HostGrant) -> String {
    let join = |parts: Vec<String>| parts.join(", ");
    let scheme = if host.plain_http { "http and https" } else { "https" };
    let ports = join(host.ports.iter().map(u16::to_string).collect());
    let methods = join(host.methods.iter().cloned().collect());
    let mut text = format!("{methods} over {scheme} to {} port {ports}", host.host);
    if !host.secrets.is_empty() {
        text.push_str(&format!(", with the secrets {}", join(host.secrets.iter().cloned().collect())));
        let places = join(host.places.iter().map(|at| place(*at, host)).collect());
        text.push_str(&format!(", which may stand in {places}"));
    }
    if host.address {
        text.push_str(", with a delivery's address");
    }
    if host.private {
        text.push_str(", private addresses too");
    }
    text
}

/// Where a secret may stand; the fields of a body by name.
fn place(at: Place, host: &HostGrant) -> String {
    match at {
        Place::Field => format!("the fields {}", host.fields.iter().cloned().collect::<Vec<_>>().join(" ")),
        Place::Header | Place::Path | Place::Query | Place::Body => format!("the {}", at.as_str()),
    }
}

fn abilities(inspection: &Inspection) -> BTreeSet<String> {
    let roles = inspection.roles.iter();
    roles
        .flat_map(|role| {
            let kind = role.kind.as_str();
            let more = role.abilities.iter().map(move |a| format!("{kind}.{}", a.as_str()));
            std::iter::once(kind.to_owned()).chain(more)
        })
        .collect()
}

fn properties(inspection: &Inspection) -> BTreeSet<String> {
    let schema = inspection.manifest.settings.get("properties").and_then(Value::as_object);
    schema.map(|properties| properties.keys().cloned().collect()).unwrap_or_default()
}

fn required(inspection: &Inspection) -> Vec<String> {
    let names = inspection.manifest.settings.get("required").and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn wish(host: &str) -> WishedHost {
        serde_json::from_value(json!({ "host": host, "reason": "to deliver", "secrets": ["key"] })).unwrap()
    }

    fn fill(value: &str) -> Option<(String, Vec<u16>, bool)> {
        let settings = json!({ "endpoint": value }).as_object().cloned().unwrap();
        filled(&wish("{{setting:endpoint}}"), &settings).map(|g| (g.host, g.ports.into_iter().collect(), g.plain_http))
    }

    #[test]
    fn a_host_that_is_a_setting_is_read_off_whatever_was_set() {
        let host = |name: &str, port, plain| Some((name.to_owned(), vec![port], plain));
        assert_eq!(fill("Api.Example.com"), host("api.example.com", 443, false));
        assert_eq!(fill("api.example.com:8443"), host("api.example.com", 8443, false));
        assert_eq!(fill("https://api.example.com/hook?a=1"), host("api.example.com", 443, false));
        assert_eq!(fill("http://127.0.0.1:8025/x"), host("127.0.0.1", 8025, true));
        assert_eq!(fill("https://evil.test@api.example.com/"), host("api.example.com", 443, false));
        assert_eq!(fill("https://"), None);
    }

    #[test]
    fn what_goes_beyond_is_named_one_by_one() {
        let granted = Grants::capabilities(100).with_host(HostGrant::https("*.example.com"));
        let wants = Grants { state_bytes: 200, ..Grants::capabilities(0) }
            .with_host(HostGrant::https("api.example.com"))
            .with_host(HostGrant::https("other.test").with_secrets(["key"]));
        let told = beyond(&wants, &granted, None);
        let names: Vec<_> = told.iter().map(|c| c.permission.as_str()).collect();
        assert_eq!(names, ["http", "state"]);
        assert!(told[0].detail.contains("other.test") && told[0].detail.contains("key"), "{}", told[0].detail);
        assert!(beyond(&granted, &granted, None).is_empty());
    }

    #[test]
    fn a_secret_is_told_with_the_places_it_may_stand_in() {
        let narrow = HostGrant::https("api.example.com").with_secrets(["key"]).in_places([Place::Header]);
        let told = sentence(&narrow);
        assert!(told.ends_with("with the secrets key, which may stand in the header"), "{told}");
        let told = sentence(&narrow.in_fields(["api_key", "auth.token"]));
        assert!(told.ends_with("in the header, the fields api_key auth.token"), "{told}");
        assert!(!sentence(&HostGrant::https("api.example.com")).contains("stand in"));
    }
}
