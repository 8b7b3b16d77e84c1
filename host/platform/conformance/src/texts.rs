//! Texts that people and machines really send, and that programs stumble over.

/// Marks that combine, right-to-left overrides, four-byte letters, joined emoji,
/// controls, a byte order mark, a lone replacement character, quotes and braces
/// that look like placeholders.
pub(crate) const ODD: &[&str] = &[
    "e\u{301}\u{301}\u{301} o\u{308}",
    "\u{202e}drawkcab\u{202c} \u{200f}שלום",
    "𠮷野家 𝒳 \u{10ffff}",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "a\u{0}b\u{7}\u{1b}[31m\u{85}",
    "\u{feff}bom \u{fffd}\u{fffd}",
    "\"quoted\" \\ back\\slash 'single' \u{2028}\u{2029}",
    "{{secret:other}} {{address}} %7B%7B ${x} {0}",
    "\t\r\n",
    "",
];

/// Whether a text holds a Chinese character.
pub(crate) fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// Bytes that are no UTF-8: a page of another encoding, cut in the middle.
pub(crate) const BAD_BYTES: &[u8] = b"<html>\xff\xfe\xc3\x28 caf\xe9 \xed\xa0\x80";
