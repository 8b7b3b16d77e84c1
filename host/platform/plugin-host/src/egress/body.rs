//! Response bodies, within their bounds before and after decompression.

use crate::{capability::Fault, limits::LimitName};
use flate2::bufread::MultiGzDecoder;
use std::io::Read as _;

/// A body may unpack to this many times its size …
const RATIO_MAX: u64 = 20;
/// … once it is larger than this.
const RATIO_FROM_BYTES: u64 = 64 * 1024;

/// Read a body to its end or its bound.
pub(crate) async fn read(response: &mut reqwest::Response, limit: u64) -> Result<Vec<u8>, Fault> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                if (body.len() + chunk.len()) as u64 > limit {
                    return Err(Fault::limit(LimitName::HttpResponseBytes, limit));
                }
                body.extend_from_slice(&chunk);
            }
            Ok(None) => return Ok(body),
            Err(_) => return Err(Fault::unavailable("the response broke off")),
        }
    }
}

/// Unpack a gzip body, unless it grows past its bound or its ratio.
pub(crate) fn gunzip(packed: &[u8], limit: u64) -> Result<Vec<u8>, Fault> {
    let ratio_limit = (packed.len() as u64).saturating_mul(RATIO_MAX).max(RATIO_FROM_BYTES);
    let bound = limit.min(ratio_limit);
    let mut body = Vec::new();
    MultiGzDecoder::new(packed)
        .take(bound + 1)
        .read_to_end(&mut body)
        .map_err(|_| Fault::unavailable("the response is not the gzip it says it is"))?;
    if body.len() as u64 > bound {
        return Err(Fault::limit(LimitName::HttpResponseBytes, bound));
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write as _;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let mib = 1024 * 1024;
        assert_eq!(gunzip(&gzip(b"hello"), mib).unwrap(), b"hello");
        assert_eq!(gunzip(&gzip(&vec![0; 60_000]), mib).unwrap().len(), 60_000, "small ones may be dense");
        let bomb = gzip(&vec![0; 50 * 1024 * 1024]);
        assert_eq!(gunzip(&bomb, mib).unwrap_err().code, "limit");
        assert_eq!(gunzip(&gzip(&vec![0; 500_000]), mib).unwrap_err().code, "limit", "over 20 to 1");
        assert_eq!(gunzip(b"not gzip", mib).unwrap_err().code, "unavailable");
    }
}
