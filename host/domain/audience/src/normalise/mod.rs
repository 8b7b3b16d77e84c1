//! One spelling for each identity, so that the same person is found again.
//! Normaliser v1: its output is hashed into suppressions that are never
//! rotated, so a change here is a new version beside this one, never an edit.

mod email;
mod phone;

use crate::{Error, error::Result};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use utoipa::ToSchema;

/// Bytes of any identity's value.
pub const IDENTITY_BYTES_MAX: usize = 254;

/// What names a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentityKind {
    /// The id in the customer's own system of record.
    External,
    /// The id a signed-in visitor has (`userId` of the tracking calls).
    UserId,
    /// A membership number; its issuer is the programme.
    Member,
    /// An email address.
    Email,
    /// A telephone number in E.164.
    Phone,
    /// An id that a platform gives per app; its issuer is the app.
    OpenId,
    /// The id a browser made up before anyone signed in.
    AnonymousId,
}

impl IdentityKind {
    /// All kinds, the surest first: the order in which a row's identities are tried.
    pub const ALL: [Self; 7] =
        [Self::External, Self::UserId, Self::Member, Self::OpenId, Self::Email, Self::Phone, Self::AnonymousId];

    /// As stored and as written in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::External => "external",
            Self::UserId => "user_id",
            Self::Member => "member",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::OpenId => "open_id",
            Self::AnonymousId => "anonymous_id",
        }
    }

    /// The kind of address a channel writes to; `None` where a channel has no
    /// address of its own (paid search, display).
    #[must_use]
    pub fn of_channel(channel: &str) -> Option<Self> {
        Some(match channel {
            "email" => Self::Email,
            "sms" | "voice" | "whatsapp" => Self::Phone,
            "wechat" => Self::OpenId,
            "webhook" => Self::External,
            _ => return None,
        })
    }
}

impl FromStr for IdentityKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.iter().map(|kind| kind.as_str()).collect();
            format!("`{}` is not a kind of identity ({})", text.escape_debug(), known.join(", "))
        })
    }
}

/// The one spelling of an identity of this kind.
///
/// # Errors
/// When the text is none; the message says what is wrong with it.
pub fn normalise(kind: IdentityKind, raw: &str) -> Result<String> {
    match kind {
        IdentityKind::Email => email::normalise(raw),
        IdentityKind::Phone => phone::normalise(raw),
        _ => opaque(raw),
    }
    .map_err(|message| Error::field(kind.as_str(), message))
}

/// The one spelling of an address of this channel.
///
/// # Errors
/// When the channel has no addresses, or the text is none.
pub fn normalise_address(channel: &str, raw: &str) -> Result<String> {
    let kind = IdentityKind::of_channel(channel)
        .ok_or_else(|| Error::field("channel", format!("`{}` has no addresses", channel.escape_debug())))?;
    normalise(kind, raw)
}

/// An id of somebody else's making: kept as it is but for the space around it.
fn opaque(raw: &str) -> Result<String, String> {
    let text = raw.trim();
    if text.is_empty() {
        return Err("must not be empty".to_owned());
    }
    if text.len() > IDENTITY_BYTES_MAX {
        return Err(format!("is longer than {IDENTITY_BYTES_MAX} bytes"));
    }
    if text.chars().any(char::is_control) {
        return Err("holds a control character".to_owned());
    }
    Ok(text.to_owned())
}

/// A short name as stored: a key, a tag, a channel, a topic.
///
/// # Errors
/// When it is empty, too long or holds control characters.
pub(crate) fn short_name(field: &str, raw: &str, bytes_max: usize) -> Result<String> {
    let text = raw.trim();
    if text.is_empty() {
        return Err(Error::field(field, "must not be empty"));
    }
    bounded(field, text, bytes_max)
}

/// A text as stored, which may be empty.
///
/// # Errors
/// When it is too long or holds control characters.
pub(crate) fn bounded(field: &str, raw: &str, bytes_max: usize) -> Result<String> {
    let text = raw.trim();
    if text.len() > bytes_max {
        return Err(Error::field(field, format!("is longer than {bytes_max} bytes")));
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(Error::field(field, "holds a control character"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_read_back_as_written() {
        for kind in IdentityKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert!("mail".parse::<IdentityKind>().unwrap_err().contains("anonymous_id"));
    }

    #[test]
    fn foreign_ids_are_kept_but_bounded() {
        assert_eq!(normalise(IdentityKind::UserId, "  u-1 ").unwrap(), "u-1");
        assert_eq!(normalise(IdentityKind::UserId, "U-1").unwrap(), "U-1");
        assert!(normalise(IdentityKind::UserId, "a\0b").is_err());
        assert!(normalise(IdentityKind::UserId, &"x".repeat(255)).is_err());
        assert!(normalise(IdentityKind::UserId, " ").is_err());
    }
}
