//! Takes secrets out of what comes back, in every encoding that a server
//! commonly echoes them in.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use memchr::memmem;
use zeroize::Zeroizing;

/// Shorter secrets stand in half of all texts; taking them out would only
/// tell where they stand.
const SECRET_BYTES_MIN: usize = 4;
/// What stands in their place.
const MARK: &[u8] = b"[secret]";

/// The secrets of one run, in all their spellings.
#[derive(Default)]
pub struct Redactor {
    spellings: Vec<Zeroizing<Vec<u8>>>,
}

impl Redactor {
    /// Take this value out from now on.
    pub fn learn(&mut self, secret: &[u8]) {
        if secret.len() < SECRET_BYTES_MIN {
            return;
        }
        for spelling in spellings(secret) {
            if !self.spellings.iter().any(|known| **known == spelling) {
                self.spellings.push(Zeroizing::new(spelling));
            }
        }
        // The longest first, or a short spelling would split a longer one.
        self.spellings.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
    }

    /// Whether it knows of no secret.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spellings.is_empty()
    }

    /// The bytes without secrets.
    #[must_use]
    pub fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let mut clean = bytes.to_vec();
        for spelling in &self.spellings {
            if memmem::find(&clean, spelling).is_some() {
                clean = replaced(&clean, spelling);
            }
        }
        clean
    }

    /// The text without secrets.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        if self.spellings.is_empty() {
            return text.to_owned();
        }
        String::from_utf8_lossy(&self.bytes(text.as_bytes())).into_owned()
    }
}

fn replaced(bytes: &[u8], needle: &[u8]) -> Vec<u8> {
    let mut clean = Vec::with_capacity(bytes.len());
    let mut copied = 0;
    for at in memmem::find_iter(bytes, needle) {
        clean.extend_from_slice(&bytes[copied..at]);
        clean.extend_from_slice(MARK);
        copied = at + needle.len();
    }
    clean.extend_from_slice(&bytes[copied..]);
    clean
}

fn spellings(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![secret.to_vec(), hex::encode(secret).into(), hex::encode_upper(secret).into()];
    for (sparing, upper) in [(true, true), (true, false), (false, true), (false, false)] {
        all.push(percent(secret, sparing, upper));
    }
    if let Ok(text) = std::str::from_utf8(secret) {
        let json = serde_json::Value::from(text).to_string();
        all.push(json.trim_matches('"').as_bytes().to_vec());
        all.push(json.trim_matches('"').replace('/', "\\/").into());
        all.push(html(text).into());
        all.push(json_ascii(text).into());
    }
    for shift in 0..3 {
        all.extend(base64_inside(secret, shift));
    }
    all.retain(|spelling| spelling.len() >= SECRET_BYTES_MIN);
    all.sort();
    all.dedup();
    all
}

/// Base64 of a secret that stands `shift` bytes into a longer text: the
/// characters that depend on the secret alone.
fn base64_inside(secret: &[u8], shift: usize) -> Vec<Vec<u8>> {
    let mut padded = vec![0; shift];
    padded.extend_from_slice(secret);
    let skip = (shift * 8).div_ceil(6);
    let whole = padded.len() * 8 / 6;
    let inner = |text: String| text.as_bytes().get(skip..whole).map(<[u8]>::to_vec).unwrap_or_default();
    let mut found = vec![inner(STANDARD_NO_PAD.encode(&padded)), inner(URL_SAFE_NO_PAD.encode(&padded))];
    found.retain(|spelling| spelling.len() >= 6);
    found
}

/// Percent-encoded: only what must be, or everything but letters and digits.
fn percent(secret: &[u8], sparing: bool, upper: bool) -> Vec<u8> {
    let kept = |b: u8| b.is_ascii_alphanumeric() || sparing && matches!(b, b'-' | b'_' | b'.' | b'~');
    let mut text = Vec::new();
    for byte in secret {
        match (kept(*byte), upper) {
            (true, _) => text.push(*byte),
            (false, true) => text.extend_from_slice(format!("%{byte:02X}").as_bytes()),
            (false, false) => text.extend_from_slice(format!("%{byte:02x}").as_bytes()),
        }
    }
    text
}

/// JSON in which everything beyond ASCII is escaped, as many servers write it.
fn json_ascii(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    let mut ascii = String::new();
    for unit in json.trim_matches('"').encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => ascii.push(char::from(byte)),
            _ => ascii.push_str(&format!("\\u{unit:04x}")),
        }
    }
    ascii
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    const SECRET: &str = "s3cr/t+\"valüe&1";

    #[test]
    fn every_encoding_is_taken_out() {
        let mut redactor = Redactor::default();
        redactor.learn(SECRET.as_bytes());
        let json = serde_json::json!({ "echo": SECRET }).to_string();
        let lower: String = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
        let mut echoes = vec![SECRET.to_owned(), json, lower.replace('+', "%20")];
        echoes.push("s3cr/t+\\\"val\\u00fce&1".to_owned());
        echoes.push(hex::encode(SECRET));
        echoes.push(hex::encode_upper(SECRET));
        for user in ["", "u", "us", "use", "user:"] {
            echoes.push(STANDARD.encode(format!("{user}{SECRET}")));
            echoes.push(URL_SAFE.encode(format!("{user}{SECRET}:tail")));
        }
        for echo in echoes {
            let clean = redactor.text(&format!("before {echo} after"));
            assert!(clean.contains("[secret]"), "{echo} -> {clean}");
            assert!(clean.starts_with("before ") && clean.ends_with(" after"), "{clean}");
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        let mut redactor = Redactor::default();
        redactor.learn(b"abc");
        redactor.learn(b"");
        assert_eq!(redactor.text("abcdef"), "abcdef");
        redactor.learn(b"canary-77");
        assert_eq!(redactor.text("a canary-78 sings"), "a canary-78 sings");
    }
}
