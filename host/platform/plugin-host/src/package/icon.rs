//! The icon of a package: a small PNG or SVG. It is a stranger's picture, so
//! its kind is told from its bytes, and what could run or fetch is refused.

use crate::error::PackageError;
use serde::{Deserialize, Serialize};

/// The most bytes of an icon.
pub const ICON_BYTES_MAX: usize = 256 * 1024;
/// The most pixels of a side of an icon.
pub const ICON_PIXELS_MAX: u32 = 1_024;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// What an icon is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IconKind {
    /// Portable Network Graphics.
    Png,
    /// Scalable Vector Graphics.
    Svg,
}

impl IconKind {
    /// What these bytes are.
    ///
    /// # Errors
    /// When they are neither, are too large, or could do more than be looked at.
    pub fn of(bytes: &[u8]) -> Result<Self, PackageError> {
        if bytes.len() > ICON_BYTES_MAX {
            return Err(bad(format!("it has more than {ICON_BYTES_MAX} bytes")));
        }
        if bytes.starts_with(PNG) {
            return png(bytes);
        }
        match std::str::from_utf8(bytes) {
            Ok(text) if text.contains("<svg") => svg(text),
            _ => Err(bad("it is neither a PNG nor an SVG")),
        }
    }

    /// As HTTP names it.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Svg => "image/svg+xml",
        }
    }
}

fn bad(detail: impl Into<String>) -> PackageError {
    PackageError::Icon { detail: detail.into() }
}

/// The first chunk of a PNG is its header, which begins with width and height.
fn png(bytes: &[u8]) -> Result<IconKind, PackageError> {
    let side = |at: usize| {
        let bytes = bytes.get(at..at + 4)?;
        Some(u32::from_be_bytes(bytes.try_into().ok()?))
    };
    if bytes.get(12..16) != Some(b"IHDR") {
        return Err(bad("the PNG has no header"));
    }
    match (side(16), side(20)) {
        (Some(width), Some(height)) if (1..=ICON_PIXELS_MAX).contains(&width.max(height)) && width.min(height) > 0 => {
            Ok(IconKind::Png)
        }
        _ => Err(bad(format!("its sides must have 1 to {ICON_PIXELS_MAX} pixels"))),
    }
}

/// Whoever shows it shows it as an image, in which nothing runs; what is only
/// of use where it would run is refused all the same.
fn svg(text: &str) -> Result<IconKind, PackageError> {
    const NEVER: &[&str] = &["<script", "<foreignobject", "<!doctype", "<!entity", "javascript:", "<iframe"];
    let lower = text.to_ascii_lowercase();
    match NEVER.iter().find(|word| lower.contains(**word)) {
        Some(word) => Err(bad(format!("an SVG must not hold `{word}`"))),
        None => Ok(IconKind::Svg),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png_of(width: u32, height: u32) -> Vec<u8> {
        [PNG, &[0, 0, 0, 13], b"IHDR", &width.to_be_bytes(), &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat()
    }

    #[test]
    fn pictures_are_told_from_their_bytes() {
        assert_eq!(IconKind::of(&png_of(64, 64)).unwrap(), IconKind::Png);
        assert_eq!(IconKind::of(b"<svg xmlns='http://www.w3.org/2000/svg'/>").unwrap(), IconKind::Svg);
        let bad: &[&[u8]] = &[
            b"",
            b"GIF89a",
            PNG,
            &png_of(0, 64),
            &png_of(64, 1_025),
            b"<svg><script>alert(1)</script></svg>",
            b"<!DOCTYPE svg [<!ENTITY x 'y'>]><svg/>",
        ];
        for bytes in bad {
            assert!(matches!(IconKind::of(bytes), Err(PackageError::Icon { .. })), "{bytes:?}");
        }
        assert!(IconKind::of(&vec![b' '; ICON_BYTES_MAX + 1]).is_err());
    }
}
