//! What no handler has to think of: the size of a request, the time it may take, a panic.

use std::{panic::AssertUnwindSafe, time::Duration};

use app::pages::{ICON_UPLOAD, UPLOAD};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header::CONNECTION},
    middleware::Next,
    response::Response,
};
use futures::FutureExt;
use protocol::ErrorCode;
use tokio::time::sleep;

use crate::{answers::Door, drain::Remainder, rest, ws::Sockets};

/// Largest body of a form or JSON request.
const BODY_MAX_BYTES: usize = 64 * 1024;
/// Largest form with a message. A form takes up to twelve bytes for a character, and a text that is too long comes back to be made
/// shorter, so there is room for several of the longest.
const MESSAGE_MAX_BYTES: usize = 512 * 1024;

/// Largest body that is posted to a hook: GitHub's tell much of each commit.
const HOOK_MAX_BYTES: usize = 1024 * 1024;

/// Longest time that a request may take, body included. Sockets are past it with the upgrade.
const TIME_MAX: Duration = Duration::from_secs(30);

/// Longest time that a stop waits for the other half of a request.
pub(crate) const HALF_MAX: Duration = Duration::from_millis(1500);

/// Bounds a request and survives its handler.
pub(crate) async fn guard(State(sockets): State<Sockets>, request: Request, next: Next) -> Response {
    let door = Door::of(&request);
    // `CONNECT host:port` and `OPTIONS *` name no address (RFC 9112, 3.2.3 and 3.2.4), and what comes after this expects one.
    if request.method() == Method::CONNECT || !request.uri().path().starts_with('/') {
        return door.refuse_with(StatusCode::METHOD_NOT_ALLOWED, &ErrorCode::BadRequest.into());
    }
    let answer = AssertUnwindSafe(tokio::time::timeout(TIME_MAX, bounded(door, &sockets, request, next))).catch_unwind().await;
    match answer {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => door.refuse(ErrorCode::Unavailable),
        // The panic hook has written the cause to the log.
        Err(_) => door.refuse(ErrorCode::Internal),
    }
}

/// Reads the body first, but that of an upload, which is read when it is known whose it is. Server functions read theirs without any
/// bound, and nothing here wants more than this in one piece. What is left of it is read before the answer goes out.
async fn bounded(door: Door, sockets: &Sockets, request: Request, next: Next) -> Response {
    let (request, remainder) = Remainder::of(request);
    let (parts, body) = request.into_parts();
    let body = if is_upload(parts.uri.path()) { Ok(body) } else { read(parts.uri.path(), body, sockets).await };
    let mut response = match body {
        Ok(body) => next.run(Request::from_parts(parts, body)).await,
        Err(refusal) => door.refuse(refusal),
    };
    let Some(remainder) = remainder else { return response };
    let is_over = tokio::select! {
        biased;
        is_over = remainder.drain() => is_over,
        () = sockets.stopped() => false,
    };
    if !is_over {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// All of a body, as large as it may be at that address.
async fn read(path: &str, body: Body, sockets: &Sockets) -> Result<Body, ErrorCode> {
    let max = match path {
        path if path.starts_with("/r/") => MESSAGE_MAX_BYTES,
        path if path.starts_with("/hooks/") => HOOK_MAX_BYTES,
        _ => BODY_MAX_BYTES,
    };
    tokio::select! {
        whole = to_bytes(body, max) => whole.map(Body::from).map_err(|_| ErrorCode::TooLarge),
        () = too_late(sockets) => Err(ErrorCode::Unavailable),
    }
}

/// Whether pictures are brought to this address: larger bodies than elsewhere.
fn is_upload(path: &str) -> bool {
    let is_of_bot = path.starts_with("/settings/bots/") && path.ends_with("/picture");
    is_of_bot || [UPLOAD, ICON_UPLOAD, rest::PICTURE, rest::ICON].contains(&path)
}

/// Until a stop waits for a request that has not come yet.
async fn too_late(sockets: &Sockets) {
    sockets.stopped().await;
    sleep(HALF_MAX).await;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use std::future::pending;

    use axum::{Router, middleware, routing::get};
    use tokio_util::sync::CancellationToken;
    use tower::ServiceExt;

    use super::*;
    use crate::ws::Limits;

    async fn ask(path: &str) -> (StatusCode, String) {
        let app = Router::new()
            .route("/api/v1/panic", get(async || -> StatusCode { panic!("a fault") }))
            .route("/api/fn/panic", get(async || -> StatusCode { panic!("a fault") }))
            .route("/panic", get(async || -> StatusCode { panic!("a fault") }))
            .route("/api/v1/hang", get(pending::<StatusCode>))
            .layer(middleware::from_fn_with_state(Sockets::new(Limits::default(), CancellationToken::new()), guard));
        let response = app.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), BODY_MAX_BYTES).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_in_the_shape_of_its_door() {
        for (path, start) in [
            ("/api/v1/panic", r#"{"error":{"code":"internal""#),
            ("/api/fn/panic", r#"{"code":"internal""#),
            ("/panic", "<!DOCTYPE html>"),
        ] {
            let (status, body) = ask(path).await;
            assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
            assert!(body.starts_with(start) && !body.contains("a fault"), "{body}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_hangs_is_answered() {
        let (status, body) = ask("/api/v1/hang").await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(body.starts_with(r#"{"error":{"code":"unavailable""#), "{body}");
    }
}
