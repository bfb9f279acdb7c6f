//! Pages and JSON go compressed (RFC 9110, 8.4).
//!
//! What holds a secret is left as it is: the size of a compressed body tells about its content, and who can add to a body and see its
//! size finds a secret in it bit by bit (BREACH). Answers that hold a token are JSON that is marked `no-store`, or set a cookie.

use std::io::Write;

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header, response::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use protocol::ErrorCode;

use crate::answers::Door;

/// Smaller bodies fit into a packet as they are.
const MIN_BYTES: usize = 1024;
/// Beyond this, a page gets a little smaller and takes several times as long.
const LEVEL: Compression = Compression::new(2);

/// Compresses what comes by, for those who take it.
pub(crate) async fn compress(request: Request, next: Next) -> Response {
    let (door, takes_gzip) = (Door::of(&request), accepts(request.headers(), "gzip"));
    let (mut head, body) = next.run(request).await.into_parts();
    if !is_compressible(&head) {
        return Response::from_parts(head, body);
    }
    head.headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    if !takes_gzip {
        return Response::from_parts(head, body);
    }
    // No bound here: it is our own rendering, whole already.
    let Ok(body) = to_bytes(body, usize::MAX).await else { return door.refuse(ErrorCode::Internal) };
    match gzip(&body) {
        Some(compressed) => {
            head.headers.remove(header::CONTENT_LENGTH);
            head.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            (head, Body::from(compressed)).into_response()
        }
        None => (head, Body::from(body)).into_response(),
    }
}

/// Whether it is text that nobody has encoded yet, and that holds no secret.
fn is_compressible(head: &Parts) -> bool {
    let value = |name| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is = |kind| value(header::CONTENT_TYPE).starts_with(kind);
    let (is_page, is_json) = (is("text/html"), is("application/json"));
    let has_token = is_json && value(header::CACHE_CONTROL).contains("no-store") || head.headers.contains_key(header::SET_COOKIE);
    let has_body = !matches!(head.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) && !head.status.is_informational();
    (is_page || is_json) && has_body && !has_token && !head.headers.contains_key(header::CONTENT_ENCODING)
}

fn gzip(body: &Bytes) -> Option<Vec<u8>> {
    if body.len() < MIN_BYTES {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 3), LEVEL);
    encoder.write_all(body).ok()?;
    encoder.finish().ok()
}

/// Whether `Accept-Encoding` takes this coding: it is named and its weight is not zero.
pub(crate) fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|item| {
        let (name, weight) = item.split_once(';').unwrap_or((item, ""));
        let weight = weight.trim().strip_prefix("q=").and_then(|q| q.trim().parse::<f32>().ok()).unwrap_or(1.0);
        name.trim().eq_ignore_ascii_case(coding) && weight > 0.0
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn head(headers: &[(&'static str, &'static str)]) -> Parts {
        let mut response = Response::new(Body::empty());
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
        *response.headers_mut() = headers.collect();
        response.into_parts().0
    }

    #[test]
    fn text_is_compressed_and_what_holds_a_secret_or_is_encoded_is_not() {
        assert!(is_compressible(&head(&[("content-type", "text/html; charset=utf-8")])));
        assert!(is_compressible(&head(&[("content-type", "text/html"), ("cache-control", "no-store")])));
        assert!(is_compressible(&head(&[("content-type", "application/json")])));
        assert!(!is_compressible(&head(&[("content-type", "image/png")])));
        assert!(!is_compressible(&head(&[("content-type", "application/json"), ("cache-control", "no-store")])));
        assert!(!is_compressible(&head(&[("content-type", "application/json"), ("set-cookie", "snug_session=x")])));
        assert!(!is_compressible(&head(&[("content-type", "text/html"), ("content-encoding", "gzip")])));
    }

    #[test]
    fn a_coding_is_taken_when_it_is_named_and_not_refused() {
        let accepts =
            |value| accepts(&[(header::ACCEPT_ENCODING, HeaderValue::from_static(value))].into_iter().collect(), "gzip");
        assert!(accepts("gzip") && accepts("br, GZIP;q=0.5") && accepts("deflate,gzip ; q=1"));
        assert!(!accepts("") && !accepts("br") && !accepts("gzip;q=0") && !accepts("xgzip"));
    }
}
