//! What an installation is allowed. What counts is wished ∩ granted ∩ the
//! host's ceiling; an import without its grant is not linked.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What is granted to one installation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Grants {
    /// Hosts it may send requests to.
    pub http: Vec<HostGrant>,
    /// May hand mails to the host's SMTP pool.
    pub mail: bool,
    /// Bytes of keys and values it may keep; 0 means no state.
    pub state_bytes: u64,
    /// May ask the metrics catalogue.
    pub query: bool,
    /// Personal data columns it may see, such as `profile.first-name`;
    /// `hashed.profile.first-name` hands over the value hashed for this
    /// installation alone.
    pub fields: BTreeSet<String>,
    /// May see addresses in the clear.
    pub clear_address: bool,
}

/// One host that may be reached, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostGrant {
    /// `api.example.com`, or `*.example.com` for every name below it (never
    /// `example.com` itself), or an address literal.
    pub host: String,
    /// Ports; 443 when none is named.
    #[serde(default = "https_port")]
    pub ports: BTreeSet<u16>,
    /// Methods, upper case; GET, HEAD and POST when none is named.
    #[serde(default = "usual_methods")]
    pub methods: BTreeSet<String>,
    /// Plain `http` too. Never the default.
    #[serde(default)]
    pub plain_http: bool,
    /// The host may resolve to private and loopback addresses. For services
    /// in one's own house and for tests; never the default.
    #[serde(default)]
    pub private: bool,
    /// Names of the secrets that may be sent there.
    #[serde(default)]
    pub secrets: BTreeSet<String>,
    /// Where in a request they may stand: never in the body unless said, for
    /// what people write may stand there too.
    #[serde(default = "usual_places")]
    pub places: BTreeSet<Place>,
    /// The fields of a body, JSON or form, in which they may stand where
    /// `places` has `field`: `api_key`, or `auth.token` for one inside another.
    #[serde(default)]
    pub fields: BTreeSet<String>,
    /// `{{address}}` may be filled in requests to it.
    #[serde(default)]
    pub address: bool,
}

/// A place in a request where a secret may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A header's value, signatures included.
    Header,
    /// A segment of the path.
    Path,
    /// The query.
    Query,
    /// One named field of a JSON or form body.
    Field,
    /// Anywhere in the body.
    Body,
}

impl Place {
    /// Every place, the narrowest first.
    pub const ALL: [Self; 5] = [Self::Header, Self::Path, Self::Query, Self::Field, Self::Body];

    /// The name as text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Path => "path",
            Self::Query => "query",
            Self::Field => "field",
            Self::Body => "body",
        }
    }
}

fn usual_places() -> BTreeSet<Place> {
    BTreeSet::from([Place::Header, Place::Path, Place::Query])
}

fn https_port() -> BTreeSet<u16> {
    BTreeSet::from([443])
}

fn usual_methods() -> BTreeSet<String> {
    ["GET", "HEAD", "POST"].into_iter().map(str::to_owned).collect()
}

/// A permission, as errors, reports and the console name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// Send requests to named hosts.
    Http,
    /// Hand over mails.
    Mail,
    /// Keep keys and values.
    State,
    /// Ask the metrics catalogue.
    Query,
    /// See a personal data column.
    Field,
    /// See addresses in the clear.
    ClearAddress,
}

impl Permission {
    /// The name as text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Mail => "mail",
            Self::State => "state",
            Self::Query => "query",
            Self::Field => "field",
            Self::ClearAddress => "clear-address",
        }
    }
}

impl HostGrant {
    /// HTTPS to this host on port 443 with the usual methods.
    #[must_use]
    pub fn https(host: &str) -> Self {
        Self {
            host: host.to_ascii_lowercase(),
            ports: https_port(),
            methods: usual_methods(),
            plain_http: false,
            private: false,
            secrets: BTreeSet::new(),
            places: usual_places(),
            fields: BTreeSet::new(),
            address: false,
        }
    }

    /// A service in one's own house: plain HTTP to a private address.
    #[must_use]
    pub fn house(host: &str, port: u16) -> Self {
        Self { ports: BTreeSet::from([port]), plain_http: true, private: true, ..Self::https(host) }
    }

    /// The same, where these secrets may go too.
    #[must_use]
    pub fn with_secrets<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.secrets.extend(names.into_iter().map(str::to_owned));
        self
    }

    /// The same, where secrets may stand in these places alone. Fields are
    /// named beside.
    #[must_use]
    pub fn in_places(mut self, places: impl IntoIterator<Item = Place>) -> Self {
        self.places = places.into_iter().collect();
        self
    }

    /// The same, where a secret may stand in these fields of a body.
    #[must_use]
    pub fn in_fields<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.places.insert(Place::Field);
        self.fields.extend(names.into_iter().map(str::to_owned));
        self
    }

    /// The same, where a delivery's address may go too.
    #[must_use]
    pub fn with_address(mut self) -> Self {
        self.address = true;
        self
    }

    /// Whether `host` (lower case, no trailing dot) falls under the pattern.
    #[must_use]
    pub fn matches_host(&self, host: &str) -> bool {
        let pattern = self.host.to_ascii_lowercase();
        match pattern.strip_prefix("*.") {
            Some(suffix) => {
                host.strip_suffix(suffix).and_then(|rest| rest.strip_suffix('.')).is_some_and(|label| !label.is_empty())
            }
            None => host == pattern,
        }
    }

    /// Whether everything this grant allows is allowed by `other` too.
    #[must_use]
    pub fn within(&self, other: &Self) -> bool {
        let host = match self.host.strip_prefix("*.") {
            Some(suffix) => self.host == other.host || other.matches_host(suffix) && other.host.starts_with("*."),
            None => other.matches_host(&self.host),
        };
        host && self.ports.is_subset(&other.ports)
            && self.methods.is_subset(&other.methods)
            && (!self.plain_http || other.plain_http)
            && (!self.private || other.private)
            && self.secrets.is_subset(&other.secrets)
            && (self.secrets.is_empty() || self.places.is_subset(&other.places) && self.fields.is_subset(&other.fields))
            && (!self.address || other.address)
    }

    /// What both allow, if the narrower host pattern falls under the wider.
    fn meet(&self, other: &Self) -> Option<Self> {
        let bare = |g: &Self| Self::https(&g.host);
        let host = if bare(self).within(&bare(other)) {
            &self.host
        } else if bare(other).within(&bare(self)) {
            &other.host
        } else {
            return None;
        };
        let met = Self {
            host: host.clone(),
            ports: self.ports.intersection(&other.ports).copied().collect(),
            methods: self.methods.intersection(&other.methods).cloned().collect(),
            plain_http: self.plain_http && other.plain_http,
            private: self.private && other.private,
            secrets: self.secrets.intersection(&other.secrets).cloned().collect(),
            places: self.places.intersection(&other.places).copied().collect(),
            fields: self.fields.intersection(&other.fields).cloned().collect(),
            address: self.address && other.address,
        };
        (!met.ports.is_empty() && !met.methods.is_empty()).then_some(met)
    }
}

impl Grants {
    /// Everything that does not depend on names: mail, query and this much
    /// state. For harnesses and tests.
    #[must_use]
    pub fn capabilities(state_bytes: u64) -> Self {
        Self { mail: true, query: true, state_bytes, ..Self::default() }
    }

    /// The same, with one more host.
    #[must_use]
    pub fn with_host(mut self, grant: HostGrant) -> Self {
        self.http.push(grant);
        self
    }

    /// Whether the permission is granted at all.
    #[must_use]
    pub fn has(&self, permission: Permission) -> bool {
        match permission {
            Permission::Http => !self.http.is_empty(),
            Permission::Mail => self.mail,
            Permission::State => self.state_bytes > 0,
            Permission::Query => self.query,
            Permission::Field => !self.fields.is_empty(),
            Permission::ClearAddress => self.clear_address,
        }
    }

    /// What both allow: `wished.meet(&granted).meet(&ceiling)` counts.
    #[must_use]
    pub fn meet(&self, other: &Self) -> Self {
        Self {
            http: self.http.iter().flat_map(|a| other.http.iter().filter_map(|b| a.meet(b))).collect(),
            mail: self.mail && other.mail,
            state_bytes: self.state_bytes.min(other.state_bytes),
            query: self.query && other.query,
            fields: meet_fields(&self.fields, &other.fields),
            clear_address: self.clear_address && other.clear_address,
        }
    }

    /// Whether everything these grants allow is allowed by `other` too. An
    /// update that stays within needs no new approval.
    #[must_use]
    pub fn within(&self, other: &Self) -> bool {
        self.http.iter().all(|a| other.http.iter().any(|b| a.within(b)))
            && (!self.mail || other.mail)
            && self.state_bytes <= other.state_bytes
            && (!self.query || other.query)
            && self.fields.iter().all(|name| has_field(&other.fields, name))
            && (!self.clear_address || other.clear_address)
    }
}

/// What a column's name begins with when it is handed over hashed.
pub const HASHED: &str = "hashed.";

/// Whether these columns hold one: who sees it in the clear may see it hashed.
#[must_use]
pub fn has_field(fields: &BTreeSet<String>, name: &str) -> bool {
    fields.contains(name) || name.strip_prefix(HASHED).is_some_and(|clear| fields.contains(clear))
}

/// Columns that both hold; one that either holds only hashed is hashed.
fn meet_fields(a: &BTreeSet<String>, b: &BTreeSet<String>) -> BTreeSet<String> {
    let hashed = |name: &String| format!("{HASHED}{name}");
    let mut met: BTreeSet<String> = a.iter().filter(|name| has_field(b, name)).cloned().collect();
    met.extend(b.iter().filter(|name| has_field(a, name)).cloned());
    // Wished in the clear, granted hashed: that is how it arrives.
    met.extend(a.iter().filter(|name| !b.contains(*name)).map(hashed).filter(|name| b.contains(name)));
    met.extend(b.iter().filter(|name| !a.contains(*name)).map(hashed).filter(|name| a.contains(name)));
    met
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_labels() {
        let exact = HostGrant::https("api.example.com");
        assert!(exact.matches_host("api.example.com"));
        assert!(!exact.matches_host("xapi.example.com"));
        assert!(!exact.matches_host("api.example.com.evil.test"));
        let below = HostGrant::https("*.example.com");
        assert!(below.matches_host("a.example.com"));
        assert!(below.matches_host("a.b.example.com"));
        assert!(!below.matches_host("example.com"));
        assert!(!below.matches_host("badexample.com"));
        assert!(!below.matches_host(".example.com"));
    }

    #[test]
    fn what_counts_is_what_all_allow() {
        let wished = Grants::capabilities(100).with_host(HostGrant::https("*.example.com").with_secrets(["token"]));
        let granted = Grants { mail: false, ..Grants::capabilities(50) }
            .with_host(HostGrant::https("api.example.com").with_secrets(["token", "other"]));
        let met = wished.meet(&granted);
        assert!(!met.mail);
        assert_eq!(met.state_bytes, 50);
        assert_eq!(met.http, vec![HostGrant::https("api.example.com").with_secrets(["token"])]);
        assert!(met.within(&wished) && met.within(&granted));
        assert!(!wished.within(&granted));
    }

    #[test]
    fn a_narrower_wildcard_is_within_a_wider_one() {
        let narrow = HostGrant::https("*.eu.example.com");
        let wide = HostGrant::https("*.example.com");
        assert!(narrow.within(&wide));
        assert!(!wide.within(&narrow));
        assert!(!HostGrant { private: true, ..narrow }.within(&wide));
    }

    #[test]
    fn a_column_is_clear_hashed_or_absent() {
        let fields =
            |names: &[&str]| Grants { fields: names.iter().map(|n| (*n).to_owned()).collect(), ..Grants::default() };
        let met = |a: &[&str], b: &[&str]| fields(a).meet(&fields(b)).fields.into_iter().collect::<Vec<_>>();
        assert_eq!(met(&["profile.name"], &["profile.name"]), ["profile.name"]);
        assert_eq!(met(&["profile.name"], &["hashed.profile.name"]), ["hashed.profile.name"]);
        assert_eq!(met(&["hashed.profile.name"], &["profile.name"]), ["hashed.profile.name"]);
        assert_eq!(met(&["profile.name"], &[]), Vec::<String>::new());
        assert_eq!(
            met(&["profile.name", "trait.age"], &["trait.age", "hashed.profile.name"]),
            ["hashed.profile.name", "trait.age"]
        );
        assert!(fields(&["hashed.profile.name"]).within(&fields(&["profile.name"])));
        assert!(!fields(&["profile.name"]).within(&fields(&["hashed.profile.name"])));
    }
}
