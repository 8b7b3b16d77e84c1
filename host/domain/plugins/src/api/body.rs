//! A package as it is sent: the raw bytes as `application/wasm`, the first file
//! of a form, or as JSON the source that the host is to fetch it from.

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, Multipart, Request},
    http::header,
};
use rialto_kernel::Problem;
use rialto_slice::Host;
use rialto_web::{ApiError, ApiResult, parse_json};
use serde::Deserialize;
use utoipa::ToSchema;

/// The most bytes of a source, as JSON.
const SOURCE_BYTES_MAX: u64 = 16 * 1024;

/// Where the host is to fetch a package from.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PackageSource {
    /// `https://host/file.wasm#sha256:…`, `oci://host/repository:tag` or
    /// `oci://host/repository@sha256:…`.
    pub(crate) source: String,
    /// The SHA-256, where it does not stand in the source: of the file, or of
    /// the artifact's manifest.
    #[serde(default)]
    pub(crate) digest: Option<String>,
    /// Who the registry knows; kept nowhere.
    #[serde(default)]
    pub(crate) user: Option<String>,
    /// The registry's password or token; kept nowhere.
    #[serde(default)]
    pub(crate) password: Option<String>,
}

/// A package as it is sent.
pub(crate) enum PackageSent {
    Bytes(Vec<u8>),
    Source(PackageSource),
}

impl FromRequest<Host> for PackageSent {
    type Rejection = ApiError;

    async fn from_request(request: Request, host: &Host) -> ApiResult<Self> {
        let max = host.limits.plugin_bytes_max;
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
        if kind.starts_with("application/json") {
            let body = to_bytes(request.into_body(), usize::try_from(SOURCE_BYTES_MAX).unwrap_or(usize::MAX)).await;
            let body = body.map_err(|_| Problem::too_large("source-bytes", SOURCE_BYTES_MAX))?;
            return Ok(Self::Source(parse_json(&body)?));
        }
        let bytes = if kind.starts_with("multipart/form-data") {
            from_form(request, host, max).await?
        } else {
            raw(request.into_body(), max).await?
        };
        if bytes.is_empty() {
            return Err(Problem::invalid("file", "send the .wasm file as the body, or as a file of a form").into());
        }
        Ok(Self::Bytes(bytes))
    }
}

async fn raw(body: Body, max: u64) -> Result<Vec<u8>, Problem> {
    let bound = usize::try_from(max).unwrap_or(usize::MAX);
    let bytes = to_bytes(body, bound).await.map_err(|_| Problem::too_large("plugin-bytes", max))?;
    Ok(bytes.to_vec())
}

async fn from_form(request: Request, host: &Host, max: u64) -> Result<Vec<u8>, Problem> {
    let broken = |cause: axum::extract::multipart::MultipartError| match cause.status().as_u16() {
        413 => Problem::too_large("plugin-bytes", max),
        _ => Problem::malformed(format!("the form cannot be read: {}", cause.body_text())),
    };
    let mut form =
        Multipart::from_request(request, host).await.map_err(|cause| Problem::malformed(cause.body_text()))?;
    while let Some(field) = form.next_field().await.map_err(broken)? {
        if field.file_name().is_none() && field.name() != Some("file") {
            continue;
        }
        let bytes = field.bytes().await.map_err(broken)?;
        if bytes.len() as u64 > max {
            return Err(Problem::too_large("plugin-bytes", max));
        }
        return Ok(bytes.to_vec());
    }
    Ok(Vec::new())
}
