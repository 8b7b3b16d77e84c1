//! Whether a package may be taken and let serve: who signed it, whom the
//! workspace trusts to sign for its publisher, and what was revoked. Pure: what
//! is known is read elsewhere. A signature that is not over the package's bytes
//! is worse than none, and never passes.

use crate::{Error, model::KeyRow};
use rialto_plugin_host::package::Signed;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What becomes of packages that no trusted key signed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = UnsignedPackages)]
pub(crate) enum Unsigned {
    /// They are taken.
    Allow,
    /// They are taken, and say so wherever they are shown.
    #[default]
    Warn,
    /// They are refused.
    Refuse,
}

impl Unsigned {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Refuse => "refuse",
        }
    }

    /// What is stored; a word of a newer host is read as the strictest.
    pub(crate) fn of(text: &str) -> Self {
        match text {
            "allow" => Self::Allow,
            "warn" => Self::Warn,
            _ => Self::Refuse,
        }
    }
}

/// How a package stands with the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = PackageTrustState)]
pub enum Standing {
    /// A key that is trusted for its publisher signed it.
    Trusted,
    /// Nobody signed it.
    Unsigned,
    /// Signed, by a key that the workspace does not know.
    UnknownKey,
    /// The workspace knows its publisher's keys, and none of them signed it.
    OtherKey,
    /// A signature is not over these bytes.
    Broken,
    /// The package, or the key that signed it, is revoked.
    Revoked,
}

impl Standing {
    /// The word for a refusal because of it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Broken => "bad-signature",
            Self::OtherKey => "other-key",
            Self::Trusted | Self::Unsigned | Self::UnknownKey => "not-trusted",
        }
    }
}

/// How a package stands, and what follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PackageTrust)]
pub(crate) struct Trust {
    pub(crate) state: Standing,
    /// Whether it may be taken, and a version of it let serve.
    pub(crate) allowed: bool,
    /// The key that decided, where one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<String>,
    /// Why it is not simply trusted; a warning where it is allowed all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<String>,
}

/// What a workspace knows that bears on a package.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) unsigned: Unsigned,
    /// Whether a key was ever trusted for the package's publisher.
    pub(crate) publisher: bool,
    /// The keys that signed the package, as far as the workspace knows them.
    pub(crate) keys: Vec<KeyRow>,
    /// Why the package is revoked, if it is.
    pub(crate) revoked: Option<String>,
}

/// The first half of a plugin's id.
pub(crate) fn publisher_of(plugin: &str) -> &str {
    plugin.split('/').next().unwrap_or(plugin)
}

/// How a package of this plugin with these signatures stands.
pub(crate) fn judge(plugin: &str, signatures: &[Signed], known: &Known) -> Trust {
    let told = |state, allowed, key: Option<&str>, detail: String| Trust {
        state,
        allowed,
        key: key.map(str::to_owned),
        detail: Some(detail),
    };
    if let Some(reason) = &known.revoked {
        return told(Standing::Revoked, false, None, format!("the package is revoked: {reason}"));
    }
    if let Some(broken) = signatures.iter().find(|signed| !signed.intact) {
        let key = broken.key.to_string();
        let detail = format!("the signature of the key {key} is not over these bytes: they were changed after it");
        return told(Standing::Broken, false, Some(&key), detail);
    }
    let publisher = publisher_of(plugin);
    let trusts = |row: &&KeyRow| row.revoked_at.is_none() && row.publisher == publisher;
    if let Some(row) = known.keys.iter().find(trusts) {
        return Trust { state: Standing::Trusted, allowed: true, key: Some(row.key_id.clone()), detail: None };
    }
    if let Some(row) = known.keys.iter().find(|row| row.revoked_at.is_some()) {
        let reason = row.revoked_reason.as_deref().unwrap_or_default();
        let detail = format!("the key {} that signed it is revoked: {reason}", row.key_id);
        return told(Standing::Revoked, false, Some(&row.key_id), detail);
    }
    if known.publisher {
        let detail =
            format!("the workspace knows the keys of {publisher}, and none that it trusts signed this package");
        return told(Standing::OtherKey, false, None, detail);
    }
    let allowed = known.unsigned != Unsigned::Refuse;
    match signatures.first() {
        None => told(Standing::Unsigned, allowed, None, "nobody signed the package".to_owned()),
        Some(signed) => {
            let key = signed.key.to_string();
            let detail = format!("the package is signed by the key {key}, which the workspace does not trust");
            told(Standing::UnknownKey, allowed, Some(&key), detail)
        }
    }
}

impl Trust {
    /// Refuse what may not be taken.
    pub(crate) fn admit(&self) -> Result<(), Error> {
        if self.allowed {
            return Ok(());
        }
        Err(Error::NotTrusted { state: self.state, detail: self.detail.clone().unwrap_or_default() })
    }

    /// Refuse what may not serve again although it served before: only what is
    /// revoked or broken, whatever the policy says of new packages.
    pub(crate) fn readmit(&self) -> Result<(), Error> {
        match self.state {
            Standing::Revoked | Standing::Broken => self.admit(),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rialto_kernel::SeededRandom;
    use rialto_plugin_host::package::{PublicKey, SecretKey};

    fn key(seed: u64) -> PublicKey {
        SecretKey::generate(&SeededRandom::new(seed)).public()
    }

    fn package(signers: &[(u64, bool)]) -> Vec<Signed> {
        let signed =
            |(seed, intact): &(u64, bool)| Signed { key: key(*seed).id(), public_key: key(*seed), intact: *intact };
        signers.iter().map(signed).collect()
    }

    fn row(seed: u64, publisher: &str, revoked: bool) -> KeyRow {
        KeyRow {
            key_id: key(seed).id().to_string(),
            publisher: publisher.to_owned(),
            public_key: key(seed).to_string(),
            note: String::new(),
            created_by: String::new(),
            created_at: 1,
            revoked_by: None,
            revoked_at: revoked.then_some(2),
            revoked_reason: revoked.then(|| "lost".to_owned()),
        }
    }

    fn stands(signers: &[(u64, bool)], known: &Known) -> (Standing, bool) {
        let trust = judge("acme/mailer", &package(signers), known);
        assert_eq!(trust.admit().is_ok(), trust.allowed);
        assert_eq!(trust.detail.is_none(), trust.state == Standing::Trusted);
        (trust.state, trust.allowed)
    }

    #[test]
    fn who_signed_decides() {
        let strict = || Known { unsigned: Unsigned::Refuse, ..Known::default() };
        assert_eq!(stands(&[], &Known::default()), (Standing::Unsigned, true));
        assert_eq!(stands(&[], &strict()), (Standing::Unsigned, false));
        assert_eq!(stands(&[(1, true)], &Known::default()), (Standing::UnknownKey, true));
        assert_eq!(stands(&[(1, true)], &strict()), (Standing::UnknownKey, false));
        let known = || Known { publisher: true, keys: vec![row(1, "acme", false)], ..strict() };
        assert_eq!(stands(&[(1, true)], &known()), (Standing::Trusted, true));
        assert_eq!(stands(&[(1, true), (2, true)], &known()), (Standing::Trusted, true));
        // A signature over other bytes spoils the whole, whoever else signed.
        assert_eq!(stands(&[(1, true), (2, false)], &known()), (Standing::Broken, false));
        // Once a publisher's keys are known, nothing of theirs passes without one.
        let named = Known { unsigned: Unsigned::Allow, publisher: true, ..Known::default() };
        assert_eq!(stands(&[], &named), (Standing::OtherKey, false));
        assert_eq!(stands(&[(2, true)], &named), (Standing::OtherKey, false));
        // A key that is trusted for another publisher is none of this one's.
        let foreign = Known { keys: vec![row(1, "other", false)], ..Known::default() };
        assert_eq!(stands(&[(1, true)], &foreign), (Standing::UnknownKey, true));
    }

    #[test]
    fn what_is_revoked_is_out_and_a_second_key_saves() {
        let revoked = Known { publisher: true, keys: vec![row(1, "acme", true)], ..Known::default() };
        assert_eq!(stands(&[(1, true)], &revoked), (Standing::Revoked, false));
        let both =
            Known { publisher: true, keys: vec![row(1, "acme", true), row(2, "acme", false)], ..Known::default() };
        assert_eq!(stands(&[(1, true), (2, true)], &both), (Standing::Trusted, true));
        let killed =
            Known { revoked: Some("a hole".to_owned()), keys: vec![row(1, "acme", false)], ..Known::default() };
        assert_eq!(stands(&[(1, true)], &killed), (Standing::Revoked, false));
        let trust = judge("acme/mailer", &[], &Known { unsigned: Unsigned::Refuse, ..Known::default() });
        assert!(trust.admit().is_err() && trust.readmit().is_ok(), "what served may serve again");
        assert!(judge("acme/mailer", &package(&[(1, true)]), &revoked).readmit().is_err());
    }
}
