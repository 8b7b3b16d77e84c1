//! An uploaded package: the raw bytes as `application/wasm`, or the first file
//! of a form.

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, Multipart, Request},
    http::header,
};
use rialto_kernel::Problem;
use rialto_slice::Host;
use rialto_web::{ApiError, ApiResult};

/// The bytes of an uploaded package.
pub(crate) struct PackageBytes(pub(crate) Vec<u8>);

impl FromRequest<Host> for PackageBytes {
    type Rejection = ApiError;

    async fn from_request(request: Request, host: &Host) -> ApiResult<Self> {
        let max = host.limits.plugin_bytes_max;
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
        let bytes = if kind.starts_with("multipart/form-data") {
            from_form(request, host, max).await?
        } else {
            raw(request.into_body(), max).await?
        };
        if bytes.is_empty() {
            return Err(Problem::invalid("file", "send the .wasm file as the body, or as a file of a form").into());
        }
        Ok(Self(bytes))
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
