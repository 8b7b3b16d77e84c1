//! What a plugin wishes, and what counts of it once an admin has granted
//! something. A wish can only narrow.

use crate::{
    grants::{Grants, HostGrant, Permission, Place},
    limits::Limits,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A wish and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Wish {
    /// One sentence for the admin.
    pub reason: String,
    /// For `state`: how many bytes.
    #[serde(default)]
    pub bytes: Option<u64>,
    /// For `fields`: which columns.
    #[serde(default)]
    pub columns: BTreeSet<String>,
}

/// A host it wishes to reach, and why. The host name may be a whole
/// placeholder `{{setting:name}}`, filled from the settings at approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WishedHost {
    /// The host pattern, or `{{setting:name}}`.
    pub host: String,
    /// One sentence for the admin.
    pub reason: String,
    /// Ports; 443 when none is named.
    #[serde(default)]
    pub ports: BTreeSet<u16>,
    /// Methods; GET, HEAD and POST when none is named.
    #[serde(default)]
    pub methods: BTreeSet<String>,
    /// Secrets that go there.
    #[serde(default)]
    pub secrets: BTreeSet<String>,
    /// Where in a request they stand; header, path and query when none is
    /// named.
    #[serde(default)]
    pub places: BTreeSet<Place>,
    /// The fields of a body in which they stand, such as `api_key` or
    /// `auth.token`.
    #[serde(default)]
    pub fields: BTreeSet<String>,
    /// Whether a delivery's address goes there.
    #[serde(default)]
    pub address: bool,
}

/// All wishes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Wishes {
    /// Hosts to reach.
    pub http: Vec<WishedHost>,
    /// Mails to hand over.
    pub mail: Option<Wish>,
    /// Keys and values to keep.
    pub state: Option<Wish>,
    /// Metrics to ask for.
    pub query: Option<Wish>,
    /// Personal data columns to see.
    pub fields: Option<Wish>,
    /// Addresses in the clear.
    pub clear_address: Option<Wish>,
}

/// Bounds it can live with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct WishedLimits {
    /// Bytes of memory.
    pub memory_bytes: Option<u64>,
    /// Processor time of one entry.
    pub cpu_entry_ms: Option<u64>,
    /// Processor time of a run.
    pub cpu_run_ms: Option<u64>,
    /// Time of a run.
    pub wall_run_ms: Option<u64>,
}

impl Wishes {
    /// The wishes as grants: what counts when an admin approves them all.
    /// Hosts that are placeholders are left out; fill them first.
    #[must_use]
    pub fn as_grants(&self) -> Grants {
        Grants {
            http: self.http.iter().filter(|h| !h.host.contains("{{")).map(WishedHost::as_grant).collect(),
            mail: self.mail.is_some(),
            state_bytes: self.state.as_ref().and_then(|w| w.bytes).unwrap_or(0),
            query: self.query.is_some(),
            fields: self.fields.as_ref().map(|w| w.columns.clone()).unwrap_or_default(),
            clear_address: self.clear_address.is_some(),
        }
    }
}

impl Wishes {
    /// What counts of these grants: only what is wished. Whether a host is in
    /// one's own house (private, plain HTTP) is the admin's to say, and where
    /// the wish leaves the host to the settings, so are its name and ports.
    #[must_use]
    pub fn narrow(&self, granted: &Grants) -> Grants {
        let wished = self.as_grants();
        let fixed: Vec<HostGrant> =
            wished.http.iter().cloned().map(|h| HostGrant { plain_http: true, private: true, ..h }).collect();
        let open: Vec<&WishedHost> = self.http.iter().filter(|h| h.host.contains("{{")).collect();
        let mut http = Grants { http: fixed, ..Grants::default() }.meet(granted).http;
        for grant in &granted.http {
            if http.iter().any(|met| met.host == grant.host) {
                continue;
            }
            if let Some(wish) = open.first() {
                http.push(HostGrant {
                    secrets: grant.secrets.intersection(&wish.secrets).cloned().collect(),
                    places: grant.places.intersection(&wish.as_grant().places).copied().collect(),
                    fields: grant.fields.intersection(&wish.fields).cloned().collect(),
                    address: grant.address && wish.address,
                    ..grant.clone()
                });
            }
        }
        Grants { http, ..wished.meet(granted) }
    }

    /// Why this permission is wished; the first reason where there are several.
    #[must_use]
    pub fn reason(&self, permission: Permission) -> Option<String> {
        let of = |wish: &Option<Wish>| wish.as_ref().map(|w| w.reason.clone());
        match permission {
            Permission::Http => self.http.first().map(|h| h.reason.clone()),
            Permission::Mail => of(&self.mail),
            Permission::State => of(&self.state),
            Permission::Query => of(&self.query),
            Permission::Field => of(&self.fields),
            Permission::ClearAddress => of(&self.clear_address),
        }
    }

    /// Whether this permission is wished at all.
    #[must_use]
    pub fn has(&self, permission: Permission) -> bool {
        match permission {
            Permission::Http => !self.http.is_empty(),
            Permission::Mail => self.mail.is_some(),
            Permission::State => self.state.is_some(),
            Permission::Query => self.query.is_some(),
            Permission::Field => self.fields.is_some(),
            Permission::ClearAddress => self.clear_address.is_some(),
        }
    }
}

impl WishedHost {
    /// The wish as a grant.
    #[must_use]
    pub fn as_grant(&self) -> HostGrant {
        let usual = HostGrant::https(&self.host);
        let mut places = if self.places.is_empty() { usual.places.clone() } else { self.places.clone() };
        places.extend((!self.fields.is_empty()).then_some(Place::Field));
        HostGrant {
            ports: if self.ports.is_empty() { usual.ports.clone() } else { self.ports.clone() },
            methods: if self.methods.is_empty() { usual.methods.clone() } else { self.methods.clone() },
            secrets: self.secrets.clone(),
            places,
            fields: self.fields.clone(),
            address: self.address,
            ..usual
        }
    }
}

impl WishedLimits {
    /// These limits, lowered as wished. A wish never raises one.
    #[must_use]
    pub fn narrow(&self, limits: &Limits) -> Limits {
        let lower = |wish: Option<u64>, now: u64| wish.map_or(now, |w| w.min(now));
        Limits {
            memory_bytes: lower(self.memory_bytes, limits.memory_bytes),
            cpu_entry_ms: lower(self.cpu_entry_ms, limits.cpu_entry_ms),
            cpu_run_ms: lower(self.cpu_run_ms, limits.cpu_run_ms),
            wall_run_ms: lower(self.wall_run_ms, limits.wall_run_ms),
            ..limits.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(host: &str) -> WishedHost {
        WishedHost {
            host: host.into(),
            reason: "r".into(),
            ports: BTreeSet::new(),
            methods: BTreeSet::new(),
            secrets: BTreeSet::from(["key".to_owned()]),
            places: BTreeSet::new(),
            fields: BTreeSet::new(),
            address: false,
        }
    }

    fn narrowed(wish: WishedHost, granted: HostGrant) -> Vec<HostGrant> {
        let wishes = Wishes { http: vec![wish], ..Wishes::default() };
        wishes.narrow(&Grants::default().with_host(granted)).http
    }

    #[test]
    fn a_grant_beyond_the_wish_does_not_count() {
        assert_eq!(narrowed(wish("a.example"), HostGrant::https("b.example")), []);
        let met = narrowed(wish("*.example.com"), HostGrant::https("api.example.com").with_secrets(["key", "other"]));
        assert_eq!(met, [HostGrant::https("api.example.com").with_secrets(["key"])]);
        let granted = Grants::capabilities(10);
        assert_eq!(Wishes::default().narrow(&granted), Grants::default());
    }

    #[test]
    fn where_the_host_is_a_setting_the_admin_names_it() {
        let house = HostGrant::house("127.0.0.1", 8080).with_secrets(["key", "other"]).with_address();
        let met = narrowed(wish("{{setting:host}}"), house);
        assert_eq!(met, [HostGrant::house("127.0.0.1", 8080).with_secrets(["key"])]);
    }

    #[test]
    fn a_wish_never_raises_a_limit() {
        let limits = Limits::of(crate::PluginKind::Connector);
        let wish = WishedLimits { memory_bytes: Some(u64::MAX), cpu_run_ms: Some(5), ..WishedLimits::default() };
        assert_eq!(wish.narrow(&limits), Limits { cpu_run_ms: 5, ..limits });
    }
}
