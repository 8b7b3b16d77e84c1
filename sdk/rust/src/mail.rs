//! Mail through the host's SMTP pool (needs a grant). The host sets envelope,
//! sender, recipient and unsubscribe headers: a plugin chooses words only.

use crate::{Fault, bindings::host::rialto::mail::mail as wit};

pub use wit::Content;

impl Content {
    /// A mail of plain text.
    pub fn text(subject: impl Into<String>, text: impl Into<String>) -> Self {
        Self { subject: subject.into(), html: None, text: text.into(), headers: Vec::new(), options: Vec::new() }
    }

    /// Add the HTML form.
    pub fn html(mut self, html: impl Into<String>) -> Self {
        self.html = Some(html.into());
        self
    }

    /// Add a header; those the host owns are refused.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// Queue the mail of one delivery and return at once; answer `submitted` for it.
///
/// # Errors
/// What the host says of the content, or that the delivery has its mail already.
pub fn submit(delivery: &str, content: Content) -> Result<(), Fault> {
    call(delivery, content)
}

#[cfg(target_arch = "wasm32")]
fn call(delivery: &str, content: Content) -> Result<(), Fault> {
    wit::submit(delivery, &content)
}

#[cfg(not(target_arch = "wasm32"))]
fn call(_: &str, _: Content) -> Result<(), Fault> {
    Err(Fault::unavailable("mail exists only under a host; test with the harness"))
}
