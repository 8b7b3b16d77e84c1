//! The states of a version and the ways between them. What is not listed here
//! does not happen, and is refused with its reason.

use crate::Error;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Where a version stands.
///
/// ```text
/// received → inspected → precompiled → waiting → approved → shadow → canary → active ⇄ degraded
///                             └──────────────────────┘ asks no more than is granted
/// ```
///
/// From `active` or `degraded` it becomes `superseded`, `disabled` or
/// `quarantined`; every version that neither serves nor tries may be `removed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VersionState {
    /// Its bytes are here.
    Received,
    /// Its imports and exports were read.
    Inspected,
    /// It compiles.
    Precompiled,
    /// It asks for more than is granted: a person decides.
    Waiting,
    /// It may run, and does not yet.
    Approved,
    /// Recorded runs are replayed on it; nothing of it has an effect.
    Shadow,
    /// It gets a share of the runs.
    Canary,
    /// It serves.
    Active,
    /// It serves, and its breaker is open.
    Degraded,
    /// It served; another serves now.
    Superseded,
    /// It failed too often: it is not started again without a person.
    Quarantined,
    /// It would serve; its installation is switched off.
    Disabled,
    /// Gone.
    Removed,
}

use VersionState::{
    Active, Approved, Canary, Degraded, Disabled, Inspected, Precompiled, Quarantined, Received, Removed, Shadow,
    Superseded, Waiting,
};

impl VersionState {
    /// Every state, in the order of a life.
    pub const ALL: [Self; 13] = [
        Received,
        Inspected,
        Precompiled,
        Waiting,
        Approved,
        Shadow,
        Canary,
        Active,
        Degraded,
        Superseded,
        Quarantined,
        Disabled,
        Removed,
    ];

    /// The word for it in tables and answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Received => "received",
            Inspected => "inspected",
            Precompiled => "precompiled",
            Waiting => "waiting",
            Approved => "approved",
            Shadow => "shadow",
            Canary => "canary",
            Active => "active",
            Degraded => "degraded",
            Superseded => "superseded",
            Quarantined => "quarantined",
            Disabled => "disabled",
            Removed => "removed",
        }
    }

    /// Whether it is the one that the installation's pointer names.
    #[must_use]
    pub fn leads(self) -> bool {
        matches!(self, Active | Degraded | Disabled)
    }

    /// The states that may follow.
    #[must_use]
    pub fn next(self) -> &'static [Self] {
        match self {
            Received => &[Inspected, Removed],
            Inspected => &[Precompiled, Removed],
            Precompiled => &[Waiting, Approved, Removed],
            Waiting => &[Approved, Removed],
            Approved => &[Shadow, Canary, Active, Disabled, Removed],
            Shadow => &[Approved, Canary, Active, Disabled, Removed],
            Canary => &[Active, Approved, Quarantined],
            Active => &[Degraded, Superseded, Quarantined, Disabled],
            Degraded => &[Active, Superseded, Quarantined, Disabled],
            Superseded => &[Shadow, Canary, Active, Disabled, Removed],
            Quarantined => &[Approved, Removed],
            Disabled => &[Active, Superseded],
            Removed => &[],
        }
    }

    /// Whether it may become `to`. A state may always stay what it is.
    ///
    /// # Errors
    /// [`Error::State`] with the reason.
    pub fn allow(self, to: Self) -> Result<(), Error> {
        if self == to || self.next().contains(&to) {
            return Ok(());
        }
        Err(match (self, to) {
            (Received | Inspected | Precompiled | Waiting, Shadow | Canary | Active | Disabled) => Error::NotApproved,
            (Quarantined, _) => Error::Quarantined,
            _ => Error::State { from: self, to, reason: self.refusal(to) },
        })
    }

    fn refusal(self, to: Self) -> &'static str {
        match (self, to) {
            (Removed, _) => "it was removed; add it again",
            (_, Received | Inspected | Precompiled) => {
                "a version is received, inspected and compiled once; add another"
            }
            (Active | Degraded | Disabled, Removed) => "it leads the installation; let another version serve first",
            (Canary, Removed | Superseded | Disabled | Degraded | Shadow) => {
                "it serves a share of the runs; roll back first"
            }
            (Active | Degraded | Disabled, Canary | Shadow) => "it leads the installation already",
            (_, Waiting) => "only a new version waits; to allow it less, approve it with fewer grants",
            (_, Degraded) => "only the version that serves can be degraded",
            (_, Quarantined) => "only a version that serves, or tries to, is quarantined",
            (_, Superseded) => "only the version that serves can be superseded",
            (_, Approved) => "it is approved already",
            _ => "its life does not go that way",
        }
    }
}

impl fmt::Display for VersionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for VersionState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| format!("`{text}` is no state"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every one of the 169 pairs: allowed, or refused with its reason.
    #[test]
    fn what_may_follow_what() {
        let allowed: &[(VersionState, &[VersionState])] = &[
            (Received, &[Inspected, Removed]),
            (Inspected, &[Precompiled, Removed]),
            (Precompiled, &[Waiting, Approved, Removed]),
            (Waiting, &[Approved, Removed]),
            (Approved, &[Shadow, Canary, Active, Disabled, Removed]),
            (Shadow, &[Approved, Canary, Active, Disabled, Removed]),
            (Canary, &[Approved, Active, Quarantined]),
            (Active, &[Degraded, Superseded, Quarantined, Disabled]),
            (Degraded, &[Active, Superseded, Quarantined, Disabled]),
            (Superseded, &[Shadow, Canary, Active, Disabled, Removed]),
            (Quarantined, &[Approved, Removed]),
            (Disabled, &[Active, Superseded]),
            (Removed, &[]),
        ];
        let mut seen = 0;
        for (from, follow) in allowed {
            for to in VersionState::ALL {
                let told = from.allow(to);
                if *from == to || follow.contains(&to) {
                    assert!(told.is_ok(), "{from} → {to}");
                    seen += 1;
                } else {
                    assert!(!told.unwrap_err().to_string().is_empty(), "{from} → {to}");
                }
            }
        }
        assert_eq!(seen, 13 + allowed.iter().map(|(_, follow)| follow.len()).sum::<usize>());
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let said = |from: VersionState, to| from.allow(to).unwrap_err().to_string();
        for to in [Shadow, Canary, Active] {
            assert!(matches!(Waiting.allow(to), Err(Error::NotApproved)), "{to}");
            assert!(matches!(Quarantined.allow(to), Err(Error::Quarantined)), "{to}");
        }
        assert!(said(Active, Removed).contains("let another version serve first"));
        assert!(said(Canary, Removed).contains("roll back first"));
        assert!(said(Removed, Active).contains("add it again"));
        assert!(said(Active, Waiting).contains("approve it with fewer grants"));
        assert!(said(Active, Received).contains("add another"));
        assert!(said(Waiting, Superseded).contains("only the version that serves"));
        assert!(said(Active, Canary).contains("leads the installation already"));
    }

    #[test]
    fn words_read_back() {
        for state in VersionState::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        assert!("asleep".parse::<VersionState>().is_err());
    }
}
