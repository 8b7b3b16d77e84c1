//! Pages that are part of the program: files under one prefix, compressed
//! beforehand. Names with a digest in them are kept for ever, the page itself
//! never; whatever is no file leads to the page, which finds its own way. It
//! answers only below its prefix, so it can hide no other address.

use crate::ApiError;
use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use rialto_kernel::{Problem, SharedRandom};

/// The page that every address leads to that is no file.
const PAGE: &str = "index.html";
/// Files below here have a digest in their names: what one holds never changes.
const HASHED: &str = "assets/";
/// The empty sheet that the page shows a stranger's HTML on, in a frame: a document
/// with a policy of its own, since one without an address would have the page's.
const SHEET: &str = "sheet.html";
/// A sheet takes styles and pictures as a mail program does, and no script: neither
/// its own, nor one that is laid on it. The page that frames it writes it.
const SHEET_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; base-uri 'none'; \
                            form-action 'none'; frame-ancestors 'self'; sandbox allow-same-origin";
/// What stands in the page for the value of its content policy.
const NONCE: &str = "__NONCE__";
const NONCE_BYTES: usize = 16;

/// One file of a site.
#[derive(Debug, Clone, Copy)]
pub struct SiteFile {
    /// Its path below the prefix, such as `assets/index-1a2b3c.js`.
    pub path: &'static str,
    /// Its media type.
    pub kind: &'static str,
    /// Its digest, as an `ETag` without quotes.
    pub digest: &'static str,
    /// Its bytes.
    pub plain: &'static [u8],
    /// The same, compressed with Brotli; absent where that is not smaller.
    pub brotli: Option<&'static [u8]>,
    /// The same, compressed with gzip.
    pub gzip: Option<&'static [u8]>,
}

#[derive(Debug, Clone)]
struct Site {
    files: &'static [SiteFile],
    random: SharedRandom,
}

impl Site {
    fn file(&self, path: &str) -> Option<&'static SiteFile> {
        self.files.iter().find(|file| file.path == path)
    }
}

/// The routes of a site below `prefix` (such as `/console`); none where there is
/// no page.
pub fn site(prefix: &str, files: &'static [SiteFile], random: SharedRandom) -> Router {
    let site = Site { files, random };
    if site.file(PAGE).is_none() {
        return Router::new();
    }
    let page_at = format!("{prefix}/");
    Router::new()
        .route(&page_at, get(page))
        .route(&format!("{prefix}/{{*path}}"), get(file_or_page))
        .with_state(site)
        .route(
            prefix,
            get(move || {
                let page_at = page_at.clone();
                async move { Redirect::to(&page_at) }
            }),
        )
}

async fn page(State(site): State<Site>) -> Response {
    shown(&site)
}

async fn file_or_page(State(site): State<Site>, Path(path): Path<String>, asked: HeaderMap) -> Response {
    match site.file(&path) {
        Some(file) if file.path == SHEET => sheet(file, &asked),
        Some(file) if file.path != PAGE => served(file, &asked),
        Some(_) => shown(&site),
        // A file of an earlier build: a page in its place would be run as a script.
        None if path.starts_with(HASHED) => ApiError(Problem::not_found("address")).into_response(),
        None => shown(&site),
    }
}

/// The page, with a fresh value that it and its content policy share.
fn shown(site: &Site) -> Response {
    let Some(text) = site.file(PAGE).and_then(|file| std::str::from_utf8(file.plain).ok()) else {
        return ApiError(Problem::not_found("address")).into_response();
    };
    let mut bytes = [0_u8; NONCE_BYTES];
    site.random.fill(&mut bytes);
    let nonce = STANDARD.encode(bytes);
    let mut response = text.replace(NONCE, &nonce).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(policy) = HeaderValue::from_str(&policy(&nonce)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The page runs its own files, frames its own sheet and calls this host, and
/// nothing else: no inline script, no `eval`, no other frame, no form that leaves.
/// Its kit writes styles at run time, each with the nonce.
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; \
         font-src 'self'; connect-src 'self'; frame-src 'self'; manifest-src 'self'; frame-ancestors 'none'; \
         base-uri 'none'; form-action 'none'; object-src 'none'"
    )
}

fn sheet(file: &'static SiteFile, asked: &HeaderMap) -> Response {
    let mut response = served(file, asked);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SHEET_POLICY));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    response
}

fn served(file: &'static SiteFile, asked: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", file.digest);
    let known = text(asked, header::IF_NONE_MATCH).split(',').any(|one| one.trim().trim_start_matches("W/") == tag);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let (bytes, encoding) = packed(file, text(asked, header::ACCEPT_ENCODING));
        let mut response = Bytes::from_static(bytes).into_response();
        if let Some(encoding) = encoding {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.kind));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let keep = if file.path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "public, no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
}

/// The smallest form that the client takes.
fn packed(file: &'static SiteFile, accepted: &str) -> (&'static [u8], Option<&'static str>) {
    let takes = |wanted: &str| {
        accepted.split(',').any(|one| {
            let (name, weight) = one.split_once(';').unwrap_or((one, ""));
            let refused =
                weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()).is_some_and(|q| q <= 0.0);
            name.trim().eq_ignore_ascii_case(wanted) && !refused
        })
    };
    match (file.brotli, file.gzip) {
        (Some(bytes), _) if takes("br") => (bytes, Some("br")),
        (_, Some(bytes)) if takes("gzip") => (bytes, Some("gzip")),
        _ => (file.plain, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::Body, http::Request};
    use http_body_util::BodyExt as _;
    use rialto_kernel::OsRandom;
    use std::sync::Arc;
    use tower::ServiceExt as _;

    const FILES: &[SiteFile] = &[
        SiteFile {
            path: "index.html",
            kind: "text/html; charset=utf-8",
            digest: "p",
            plain: b"<meta content=\"__NONCE__\">",
            brotli: None,
            gzip: None,
        },
        SiteFile {
            path: "sheet.html",
            kind: "text/html; charset=utf-8",
            digest: "s",
            plain: b"sheet",
            brotli: None,
            gzip: None,
        },
        SiteFile {
            path: "assets/a-1.js",
            kind: "text/javascript; charset=utf-8",
            digest: "d1",
            plain: b"plain",
            brotli: Some(b"br"),
            gzip: Some(b"gz"),
        },
    ];

    async fn ask(path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let router = site("/console", FILES, Arc::new(OsRandom));
        let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn every_address_that_is_no_file_leads_to_the_page_under_its_own_policy() {
        let mut seen = Vec::new();
        for path in ["/console/", "/console/campaigns/1?tab=people", "/console/index.html"] {
            let (status, headers, body) = ask(path, &[]).await;
            assert_eq!((status, headers["cache-control"].as_bytes()), (StatusCode::OK, &b"no-store"[..]), "{path}");
            let nonce = body.trim_start_matches("<meta content=\"").trim_end_matches("\">").to_owned();
            let policy = headers["content-security-policy"].to_str().unwrap();
            assert!(policy.contains(&format!("'nonce-{nonce}'")) && !policy.contains("unsafe"), "{policy}");
            assert!(policy.contains("; frame-src 'self';") && policy.contains("; frame-ancestors 'none';"), "{policy}");
            seen.push(nonce);
        }
        seen.dedup();
        assert_eq!(seen.len(), 3, "a nonce is used once");
        assert_eq!(ask("/console", &[]).await.1["location"], "/console/");
    }

    #[tokio::test]
    async fn a_sheet_may_be_framed_by_the_page_and_runs_nothing() {
        let (status, headers, body) = ask("/console/sheet.html", &[]).await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, "sheet"));
        assert_eq!(headers["x-frame-options"], "SAMEORIGIN");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'self'") && policy.contains("sandbox"), "{policy}");
        assert!(!policy.contains("script"), "{policy}");
        let page = ask("/console/", &[]).await.1["content-security-policy"].to_str().unwrap().to_owned();
        assert!(page.contains("frame-src 'self'") && page.contains("frame-ancestors 'none'"), "{page}");
    }

    #[tokio::test]
    async fn a_file_comes_as_small_as_it_is_taken_and_is_kept() {
        let at = "/console/assets/a-1.js";
        for (accepted, body) in [("gzip, deflate, br", "br"), ("gzip", "gz"), ("br;q=0, gzip", "gz"), ("", "plain")] {
            let (_, headers, told) = ask(at, &[("accept-encoding", accepted)]).await;
            assert_eq!(told, body, "{accepted}");
            assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable");
            assert_eq!(headers["vary"], "accept-encoding");
        }
        assert_eq!(ask(at, &[("if-none-match", "\"d1\"")]).await.0, StatusCode::NOT_MODIFIED);
        assert_eq!(ask("/console/assets/a-0.js", &[]).await.0, StatusCode::NOT_FOUND, "an earlier build's file");
    }
}
