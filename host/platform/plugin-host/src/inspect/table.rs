//! The one table that puts every import, types-only ones included, under
//! *free*, *granted* or *refused*. What is not in it is refused.

use crate::{grants::Permission, kind::PluginKind};

/// How an interface stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Anyone may import it.
    Free,
    /// Needs a permission, and makes sense for these kinds.
    Granted(Permission, &'static [PluginKind]),
    /// Never linked; the text says why and what to do.
    Refused(&'static str),
}

/// The version track of our own packages.
pub(crate) const RIALTO_TRACK: (u64, u64) = (0, 1);
/// The version track of WASI.
pub(crate) const WASI_TRACK: (u64, u64) = (0, 2);

use PluginKind::{Connector, Recommender, Report};
use Standing::{Free, Granted, Refused};

const TABLE: &[(&str, Standing)] = &[
    ("rialto:types/types", Free),
    ("rialto:log/log", Free),
    ("rialto:http/http", Granted(Permission::Http, &[Connector, Recommender])),
    ("rialto:mail/mail", Granted(Permission::Mail, &[Connector])),
    ("rialto:state/state", Granted(Permission::State, &[Connector, Recommender])),
    ("rialto:query/query", Granted(Permission::Query, &[Report])),
    // Types only: the shapes that a recommender's exports speak of.
    ("rialto:recommender/inputs", Free),
    // Virtual and inert; what a standard library imports whether it uses it or not.
    ("wasi:io/error", Free),
    ("wasi:io/poll", Free),
    ("wasi:io/streams", Free),
    ("wasi:cli/environment", Free),
    ("wasi:cli/exit", Free),
    ("wasi:cli/stdin", Free),
    ("wasi:cli/stdout", Free),
    ("wasi:cli/stderr", Free),
    ("wasi:cli/terminal-input", Free),
    ("wasi:cli/terminal-output", Free),
    ("wasi:cli/terminal-stdin", Free),
    ("wasi:cli/terminal-stdout", Free),
    ("wasi:cli/terminal-stderr", Free),
    ("wasi:clocks/monotonic-clock", Free),
    ("wasi:clocks/wall-clock", Free),
    ("wasi:random/random", Free),
    ("wasi:random/insecure", Free),
    ("wasi:random/insecure-seed", Free),
    ("wasi:filesystem/preopens", Free),
    ("wasi:filesystem/types", Free),
];

/// Whole packages that are refused, with what to use instead.
const REFUSED: &[(&str, &str)] = &[
    ("wasi:sockets/", "plugins have no sockets; use `rialto:http`, which needs the permission `http`"),
    ("wasi:http/", "requests go through the host's own door; use `rialto:http`, which needs the permission `http`"),
    ("wasi:keyvalue/", "use `rialto:state`, which needs the permission `state`"),
    ("wasi:config/", "settings are given to each call; there is no other configuration"),
    ("wasi:logging/", "use `rialto:log`, which is free"),
    ("wasi:nn/", "this host has no such capability"),
    ("rialto:", "this host does not know this interface; a newer host may"),
    ("wasi:", "this host does not provide this part of WASI"),
];

/// How the interface with this name (without version) stands.
pub(crate) fn standing(interface: &str) -> Standing {
    TABLE
        .iter()
        .find(|(name, _)| *name == interface)
        .map(|(_, standing)| *standing)
        .or_else(|| REFUSED.iter().find(|(prefix, _)| interface.starts_with(prefix)).map(|(_, why)| Refused(why)))
        .unwrap_or(Refused("this host does not know this interface"))
}

/// Whether this host speaks any interface of a package, such as `rialto:http`.
pub(crate) fn speaks(package: &str) -> bool {
    let of = |interface: &str| interface.strip_prefix(package).is_some_and(|rest| rest.starts_with('/'));
    let kinds = PluginKind::ALL.iter();
    TABLE.iter().any(|(name, _)| of(name)) || kinds.map(|kind| kind.interface()).any(of)
}

/// The version track that the host offers an interface on.
pub(crate) fn track(interface: &str) -> (u64, u64) {
    if interface.starts_with("wasi:") { WASI_TRACK } else { RIALTO_TRACK }
}

/// `a:b/c@0.1.2` as name and version.
pub(crate) fn split_version(name: &str) -> (&str, Option<semver::Version>) {
    match name.rsplit_once('@') {
        Some((interface, version)) => (interface, semver::Version::parse(version).ok()),
        None => (name, None),
    }
}

/// Whether a version is on a track, as the component linker sees it: a
/// prerelease is on none.
pub(crate) fn on_track(version: Option<&semver::Version>, track: (u64, u64)) -> bool {
    version.is_some_and(|v| v.pre.is_empty() && (v.major, v.minor) == track)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_listed_is_refused() {
        assert_eq!(standing("rialto:types/types"), Free);
        assert!(matches!(standing("rialto:http/http"), Granted(Permission::Http, _)));
        for name in ["wasi:sockets/tcp", "wasi:http/types", "rialto:telepathy/read", "evil:corp/x", "", "wasi:io/poll2"]
        {
            assert!(matches!(standing(name), Refused(_)), "{name}");
        }
    }

    #[test]
    fn tracks_follow_the_linker() {
        let on = |text: &str| on_track(split_version(text).1.as_ref(), track(split_version(text).0));
        assert!(on("wasi:io/poll@0.2.6"));
        assert!(on("rialto:log/log@0.1.7"));
        for name in ["rialto:log/log@0.2.0", "rialto:log/log", "rialto:log/log@0.1.0-rc.1", "wasi:io/poll@0.3.0"] {
            assert!(!on(name), "{name}");
        }
    }
}
