//! Answers that are asked for again and again, and are mostly the same.

use axum::{
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use protocol::ErrorCode;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{answers::Refusal, compression, etag};

/// Answers with JSON, or that it is what this client has already. Each coding has a tag of its own (RFC 9110, 8.8.3.3).
pub(super) fn tagged(headers: &HeaderMap, body: &impl Serialize) -> Result<Response, Refusal> {
    let json = serde_json::to_vec(body).map_err(|_| ErrorCode::Internal)?;
    let coding = if compression::accepts(headers, "gzip") { "gzip" } else { "id" };
    let tag = format!("\"{}-{coding}\"", BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(&json)[..16]));
    let is_known = etag::is_known(headers, &tag);
    // It says what one account may see: nobody else is given it, and it is asked for each time.
    let kept: [(HeaderName, String); 3] = [
        (header::ETAG, tag),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::VARY, "authorization".to_owned()),
    ];
    if is_known {
        return Ok((StatusCode::NOT_MODIFIED, kept).into_response());
    }
    Ok((kept, [(header::CONTENT_TYPE, "application/json")], json).into_response())
}
