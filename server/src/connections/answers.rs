//! What answers take of the memory while they wait to be read.

use std::sync::Arc;

use axum::{
    body::{Body, HttpBody, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use bytes::Bytes;
use parking_lot::Mutex;
use protocol::ErrorCode;

use super::{Connections, link::Link, register::Register};
use crate::{AppState, answers::Door};

/// Smaller ones fit into what the kernel takes at once.
const COUNTED_MIN_BYTES: u64 = 8 * 1024;

/// Counts what an answer holds until its last byte is written, so that readers who do not read cannot make the server hold more and
/// more (G6).
pub(crate) async fn hold(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (door, link) = (Door::of(&request), request.extensions().get::<Arc<Link>>().cloned());
    let response = next.run(request).await;
    let Some(link) = link.filter(|_| response.body().size_hint().lower() >= COUNTED_MIN_BYTES) else { return response };
    let (head, body) = response.into_parts();
    // No bound here: it is our own, whole already.
    match to_bytes(body, usize::MAX).await {
        Ok(body) => Response::from_parts(head, Body::from(state.connections.held(link, body))),
        Err(_) => door.refuse(ErrorCode::Internal),
    }
}

impl Connections {
    /// The same bytes, counted as long as any of them is there.
    fn held(&self, link: Arc<Link>, body: Bytes) -> Bytes {
        self.open.lock().hold(&link, body.len(), self.limits.answers);
        Bytes::from_owner(Held { body, open: self.open.clone(), link })
    }
}

/// An answer that waits to be read.
struct Held {
    body: Bytes,
    open: Arc<Mutex<Register>>,
    link: Arc<Link>,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.open.lock().release(&self.link, self.body.len());
    }
}
