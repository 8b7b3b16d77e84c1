//! Custom sections in and out of a component. Unknown sections are kept; ours
//! are replaced, so that packing twice gives the same bytes.

use super::{
    ICON_SECTION, IconKind, MANIFEST_SECTION, README_SECTION, SDK_SECTION, SIGNATURE_SECTION, check_kind_of_file,
};
use crate::error::PackageError;
use std::borrow::Cow;
use wasm_encoder::{ComponentSection as _, CustomSection};
use wasmparser::{Parser, Payload};

/// What a package carries besides its code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    /// The text of `rialto.toml`.
    pub manifest: Option<String>,
    /// The icon.
    pub icon: Option<Vec<u8>>,
    /// The readme.
    pub readme: Option<String>,
    /// What the SDK says of itself.
    pub sdk: Option<String>,
}

/// The most bytes one of our sections may have.
const SECTION_BYTES_MAX: usize = 512 * 1024;

impl Parts {
    /// Read them off a component.
    ///
    /// # Errors
    /// When the file cannot be read to its end, or a section of ours is not
    /// text or too large.
    pub fn read(bytes: &[u8]) -> Result<Self, PackageError> {
        let mut parts = Self::default();
        for section in custom(bytes)? {
            parts.take(section.name, section.data)?;
        }
        Ok(parts)
    }

    fn take(&mut self, name: &str, data: &[u8]) -> Result<(), PackageError> {
        if !name.starts_with("rialto:") {
            return Ok(());
        }
        if data.len() > SECTION_BYTES_MAX {
            return Err(PackageError::Excessive {
                detail: format!("the section `{name}` has more than {SECTION_BYTES_MAX} bytes"),
            });
        }
        // One reader would take the first and another the last: nobody is to choose.
        let there = match name {
            MANIFEST_SECTION => self.manifest.replace(text(name, data)?).is_some(),
            README_SECTION => self.readme.replace(text(name, data)?).is_some(),
            SDK_SECTION => self.sdk.replace(text(name, data)?).is_some(),
            ICON_SECTION => self.icon.replace(data.to_vec()).is_some(),
            _ => false,
        };
        if there {
            return Err(PackageError::Invalid {
                detail: format!("the section `{name}` is there twice; pack it again"),
            });
        }
        Ok(())
    }

    /// What the icon is, if there is one.
    ///
    /// # Errors
    /// When it is no picture that can be shown.
    pub fn icon_kind(&self) -> Result<Option<IconKind>, PackageError> {
        self.icon.as_deref().map(IconKind::of).transpose()
    }
}

fn text(name: &str, data: &[u8]) -> Result<String, PackageError> {
    String::from_utf8(data.to_vec())
        .map_err(|_| PackageError::Invalid { detail: format!("the section `{name}` is not UTF-8") })
}

/// Write manifest, icon, readme and SDK name into a component.
///
/// # Errors
/// When `component` is not one.
pub fn pack(component: &[u8], parts: &Parts) -> Result<Vec<u8>, PackageError> {
    check_kind_of_file(component, u64::MAX)?;
    let mut packed = without_ours(component)?;
    let texts = [
        (MANIFEST_SECTION, parts.manifest.as_deref().map(str::as_bytes)),
        (ICON_SECTION, parts.icon.as_deref()),
        (README_SECTION, parts.readme.as_deref().map(str::as_bytes)),
        (SDK_SECTION, parts.sdk.as_deref().map(str::as_bytes)),
    ];
    for (name, data) in texts {
        if let Some(data) = data {
            CustomSection { name: Cow::Borrowed(name), data: Cow::Borrowed(data) }.append_to_component(&mut packed);
        }
    }
    Ok(packed)
}

/// The component without the sections that packing and signing write.
fn without_ours(component: &[u8]) -> Result<Vec<u8>, PackageError> {
    const OURS: [&str; 5] = [MANIFEST_SECTION, ICON_SECTION, README_SECTION, SDK_SECTION, SIGNATURE_SECTION];
    let mut kept = Vec::with_capacity(component.len());
    let mut copied = 0;
    for section in custom(component)?.into_iter().filter(|section| OURS.contains(&section.name)) {
        kept.extend_from_slice(&component[copied..section.start]);
        copied = section.end;
    }
    kept.extend_from_slice(&component[copied..]);
    Ok(kept)
}

/// A custom section at the top of a component.
pub(super) struct Custom<'a> {
    pub(super) name: &'a str,
    pub(super) data: &'a [u8],
    /// Where it begins, id and size included.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
}

/// The sections at the top with this name.
pub(super) fn find<'a>(component: &'a [u8], name: &str) -> Result<Vec<Custom<'a>>, PackageError> {
    Ok(custom(component)?.into_iter().filter(|section| section.name == name).collect())
}

/// Every custom section at the top, in order.
fn custom(component: &[u8]) -> Result<Vec<Custom<'_>>, PackageError> {
    let mut found = Vec::new();
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(component) {
        match payload.map_err(invalid)? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CustomSection(section) if depth == 0 => {
                let range = section.range();
                let start = section_start(component, range.clone())?;
                found.push(Custom { name: section.name(), data: section.data(), start, end: range.end });
            }
            _ => {}
        }
    }
    Ok(found)
}

/// Where a section whose body has this range begins: before the body stand its
/// id (0, one byte) and its size (LEB128, which encoders may pad to 5 bytes).
fn section_start(component: &[u8], body: std::ops::Range<usize>) -> Result<usize, PackageError> {
    (1..=5_usize)
        .filter_map(|len| body.start.checked_sub(len + 1).map(|start| (start, len)))
        .find(|&(start, len)| {
            let size = &component[start + 1..start + 1 + len];
            let value = size.iter().rev().fold(0_usize, |v, byte| v << 7 | usize::from(byte & 0x7f));
            let well_formed = size.iter().rev().skip(1).all(|b| b & 0x80 != 0) && size[len - 1] & 0x80 == 0;
            component[start] == 0 && well_formed && value == body.len()
        })
        .map(|(start, _)| start)
        .ok_or_else(|| PackageError::Invalid { detail: "a custom section has no readable size".to_owned() })
}

pub(crate) fn invalid(cause: wasmparser::BinaryReaderError) -> PackageError {
    PackageError::Invalid { detail: format!("{} at byte {}", cause.message(), cause.offset()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    #[test]
    fn what_is_packed_is_read_and_packing_again_replaces() {
        let parts = Parts {
            manifest: Some("id = \"a/b\"".into()),
            icon: Some(vec![1; 300]),
            readme: Some("# hi".into()),
            sdk: None,
        };
        let packed = pack(EMPTY, &parts).unwrap();
        assert_eq!(Parts::read(&packed).unwrap(), parts);
        assert_eq!(pack(&packed, &parts).unwrap(), packed);
        let other = Parts { readme: Some("# other".into()), ..Parts::default() };
        let again = pack(&packed, &other).unwrap();
        assert_eq!(Parts::read(&again).unwrap(), other);
    }

    #[test]
    fn only_components_are_packed() {
        assert_eq!(pack(b"\0asm\x01\0\0\0", &Parts::default()), Err(PackageError::CoreModule));
        assert_eq!(pack(b"hello", &Parts::default()), Err(PackageError::NotWasm));
        assert!(matches!(pack(b"\0asm\x0d", &Parts::default()), Err(PackageError::Invalid { .. })));
        assert_eq!(pack(b"\x7fELF....", &Parts::default()), Err(PackageError::Precompiled));
    }
}
