//! Packing: `rialto.toml`, icon, readme and the SDK's stamp go into custom
//! sections, so that one `.wasm` file is the package. The host reads them
//! without running anything.

use std::{borrow::Cow, path::Path};

use wasm_encoder::{ComponentSection as _, CustomSection};
use wasmparser::{Encoding, Parser, Payload};

use crate::Error;

/// What is packed besides the code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    /// The text of `rialto.toml`.
    pub manifest: Option<String>,
    /// `icon.svg` or `icon.png`.
    pub icon: Option<Vec<u8>>,
    /// The text of `README.md`.
    pub readme: Option<String>,
    /// Language and version of the SDK, where the code does not carry them.
    pub sdk: Option<String>,
}

impl Parts {
    /// The parts that a plugin's folder holds.
    ///
    /// # Errors
    /// When one is there and cannot be read.
    pub fn of(dir: &Path) -> Result<Self, Error> {
        let icon = match bytes(&dir.join("icon.svg"))? {
            None => bytes(&dir.join("icon.png"))?,
            svg => svg,
        };
        Ok(Self { manifest: text(&dir.join("rialto.toml"))?, icon, readme: text(&dir.join("README.md"))?, sdk: None })
    }
}

fn bytes(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(Error::file(path)(cause)),
    }
}

fn text(path: &Path) -> Result<Option<String>, Error> {
    let Some(bytes) = bytes(path)? else { return Ok(None) };
    let text = String::from_utf8(bytes).map_err(|cause| std::io::Error::new(std::io::ErrorKind::InvalidData, cause));
    text.map(Some).map_err(Error::file(path))
}

/// Pack a component as the build left it.
///
/// # Errors
/// When it is not a component.
pub fn pack(component: &[u8], parts: &Parts) -> Result<Vec<u8>, Error> {
    let sdk = sdk_stamp(component)?.or_else(|| parts.sdk.clone());
    let sections: [(&str, Option<&[u8]>); 4] = [
        ("rialto:manifest", parts.manifest.as_deref().map(str::as_bytes)),
        ("rialto:icon", parts.icon.as_deref()),
        ("rialto:readme", parts.readme.as_deref().map(str::as_bytes)),
        ("rialto:sdk", sdk.as_deref().map(str::as_bytes)),
    ];
    let mut packed = component.to_vec();
    for (name, data) in sections {
        if let Some(data) = data {
            CustomSection { name: Cow::Borrowed(name), data: Cow::Borrowed(data) }.append_to_component(&mut packed);
        }
    }
    Ok(packed)
}

/// What the SDK stamped into the code: language and version.
///
/// # Errors
/// When it is not a component.
pub fn sdk_stamp(component: &[u8]) -> Result<Option<String>, Error> {
    let mut stamp = None;
    for (index, payload) in Parser::new(0).parse_all(component).enumerate() {
        match payload.map_err(|cause| Error::NotComponent(cause.to_string()))? {
            Payload::Version { encoding, .. } if index == 0 && encoding != Encoding::Component => {
                return Err(Error::NotComponent("it is a core module; build for wasm32-wasip2".to_owned()));
            }
            Payload::CustomSection(section) if section.name() == "rialto:sdk" => {
                stamp = Some(String::from_utf8_lossy(section.data()).into_owned());
            }
            _ => {}
        }
    }
    Ok(stamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    #[test]
    fn only_components_are_packed() {
        let parts = Parts { manifest: Some("id = \"a/b\"".to_owned()), ..Parts::default() };
        let packed = pack(EMPTY, &parts).unwrap();
        assert!(packed.starts_with(EMPTY) && packed.len() > EMPTY.len());
        assert_eq!(sdk_stamp(&packed).unwrap(), None);
        for wrong in [&b"\0asm\x01\0\0\0"[..], b"hello", b""] {
            assert!(matches!(pack(wrong, &parts), Err(Error::NotComponent(_))), "{wrong:?}");
        }
    }
}
