//! The signed names of sends in links: 60 characters that say which workspace,
//! send and link, and that nobody else can write. No destination is in them.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rialto_kernel::{Id, Keys, Purpose, WorkspaceId};
use subtle::ConstantTimeEq as _;

/// Bytes of the signature: 88 bits, which nobody guesses over a network.
const TAG_BYTES: usize = 11;
const BODY_BYTES: usize = 16 + 16 + 2;
/// Characters of a token.
pub(crate) const TOKEN_CHARS: usize = 60;

/// What a token is for; one for opening does not unsubscribe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// The open pixel.
    Open,
    /// A click on a link, by its number.
    Click,
    /// Leaving.
    Unsubscribe,
    /// Choosing what one gets.
    Preferences,
    /// Reading the message in a browser.
    View,
}

impl Use {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Open => b"open",
            Self::Click => b"click",
            Self::Unsubscribe => b"unsubscribe",
            Self::Preferences => b"preferences",
            Self::View => b"view",
        }
    }
}

/// What a token names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) workspace: WorkspaceId,
    pub(crate) send: Id,
    /// The number of the link, for clicks.
    pub(crate) link: u16,
}

/// Write a token.
pub(crate) fn write(keys: &Keys, purpose: Use, named: Named) -> String {
    let body = body(named);
    let tag = keys.mac(Purpose::Link, &[purpose.label(), &body]);
    URL_SAFE_NO_PAD.encode([&body[..], &tag[..TAG_BYTES]].concat())
}

/// Read a token; `None` unless every byte is as it was written.
pub(crate) fn read(keys: &Keys, purpose: Use, token: &str) -> Option<Named> {
    if token.len() != TOKEN_CHARS {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (body, tag) = bytes.split_at_checked(BODY_BYTES)?;
    let expected = keys.mac(Purpose::Link, &[purpose.label(), body]);
    if !bool::from(expected[..TAG_BYTES].ct_eq(tag)) {
        return None;
    }
    let id = |bytes: &[u8]| Id::from_slice(bytes).ok();
    let link = u16::from_be_bytes(body.get(32..34)?.try_into().ok()?);
    Some(Named { workspace: WorkspaceId(id(body.get(..16)?)?), send: id(body.get(16..32)?)?, link })
}

fn body(named: Named) -> [u8; BODY_BYTES] {
    let mut body = [0; BODY_BYTES];
    body[..16].copy_from_slice(named.workspace.0.as_bytes());
    body[16..32].copy_from_slice(named.send.as_bytes());
    body[32..].copy_from_slice(&named.link.to_be_bytes());
    body
}

/// The local part of the address bounces of a send come back to. Mail systems
/// may change its case, so it is written in digits and small letters.
pub(crate) fn bounce_local(keys: &Keys, send: Id) -> String {
    format!("b-{}-{}", send.simple(), bounce_tag(keys, send))
}

/// The send that a bounce address names.
pub(crate) fn read_bounce_local(keys: &Keys, local: &str) -> Option<Id> {
    let local = local.to_ascii_lowercase();
    let (id, tag) = local.strip_prefix("b-")?.split_once('-')?;
    let send = Id::try_parse(id).ok()?;
    bool::from(bounce_tag(keys, send).as_bytes().ct_eq(tag.as_bytes())).then_some(send)
}

fn bounce_tag(keys: &Keys, send: Id) -> String {
    keys.mac(Purpose::Link, &[b"bounce", send.as_bytes()])[..10].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named() -> Named {
        Named { workspace: WorkspaceId(Id::from_u128(5)), send: Id::from_u128(6), link: 513 }
    }

    #[test]
    fn a_token_is_short_and_reads_back() {
        let keys = Keys::new([3; 32]);
        let token = write(&keys, Use::Click, named());
        assert_eq!(token.len(), TOKEN_CHARS);
        assert_eq!(read(&keys, Use::Click, &token), Some(named()));
    }

    #[test]
    fn no_byte_can_be_changed_and_no_use_swapped() {
        let keys = Keys::new([3; 32]);
        let token = write(&keys, Use::Click, named());
        assert_eq!(read(&keys, Use::Open, &token), None);
        assert_eq!(read(&Keys::new([4; 32]), Use::Click, &token), None);
        for at in 0..token.len() {
            for other in ["A", "b", "_", "=", "é"] {
                let mut bad = token.clone();
                bad.replace_range(at..=at, other);
                if bad != token {
                    assert_eq!(read(&keys, Use::Click, &bad), None, "{bad}");
                }
            }
        }
    }

    #[test]
    fn a_bounce_address_survives_a_change_of_case() {
        let keys = Keys::new([3; 32]);
        let local = bounce_local(&keys, Id::from_u128(9));
        assert!(local.len() <= 64);
        assert_eq!(read_bounce_local(&keys, &local.to_ascii_uppercase()), Some(Id::from_u128(9)));
        assert_eq!(read_bounce_local(&keys, &local.replace("b-0", "b-1")), None);
    }
}
