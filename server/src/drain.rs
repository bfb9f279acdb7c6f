//! What a request still sends when it has been answered.
//!
//! Clients that are sending do not look for an answer: browsers show a broken connection in its place, and programs that keep connections take one
//! that is about to be closed. So what nobody has read is read to its end before the answer goes out.

use std::{
    future::poll_fn,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    body::{Body, BodyDataStream, HttpBody},
    extract::Request,
    http::header::EXPECT,
};
use bytes::Bytes;
use futures::{StreamExt, stream};
use parking_lot::Mutex;
use tokio::time::timeout;

use crate::pictures::UPLOAD_MAX_BYTES;

/// More than this is not read for the sake of an answer.
const DRAINED_MAX_BYTES: usize = 4 * UPLOAD_MAX_BYTES;

/// Nor for longer than this.
const DRAINED_MAX: Duration = Duration::from_secs(10);

/// What will be left of a body.
#[derive(Clone)]
pub(crate) struct Remainder(Arc<Mutex<Pieces>>);

struct Pieces {
    /// Nothing, once it has ended.
    stream: Option<BodyDataStream>,
    /// Whether the client sends nothing of it before it is asked to (`Expect: 100-continue`; RFC 9110, 10.1.1). Reading asks.
    is_withheld: bool,
}

impl Remainder {
    /// The request, for whoever is to read it, and what they leave of its body, if it has one.
    pub(crate) fn of(request: Request) -> (Request, Option<Self>) {
        if request.body().is_end_stream() {
            return (request, None);
        }
        let (parts, body) = request.into_parts();
        let is_withheld = parts.headers.contains_key(EXPECT);
        let remainder = Self(Arc::new(Mutex::new(Pieces { stream: Some(body.into_data_stream()), is_withheld })));
        let pieces = remainder.clone();
        let body = Body::from_stream(stream::poll_fn(move |context| pieces.poll(context)));
        (Request::from_parts(parts, body), Some(remainder))
    }

    /// Reads it to its end. `false` where something stays: it is too much, or has not been asked for.
    pub(crate) async fn drain(self) -> bool {
        match &*self.0.lock() {
            Pieces { stream: None, .. } => return true,
            Pieces { is_withheld: true, .. } => return false,
            Pieces { .. } => {}
        }
        let to_its_end = async {
            let mut bytes = 0;
            while let Some(Ok(piece)) = poll_fn(|context| self.poll(context)).await {
                bytes += piece.len();
                if bytes > DRAINED_MAX_BYTES {
                    return false;
                }
            }
            true
        };
        timeout(DRAINED_MAX, to_its_end).await.unwrap_or(false)
    }

    fn poll(&self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, axum::Error>>> {
        let mut pieces = self.0.lock();
        pieces.is_withheld = false;
        let Some(stream) = &mut pieces.stream else { return Poll::Ready(None) };
        let piece = ready!(stream.poll_next_unpin(context));
        if !matches!(piece, Some(Ok(_))) {
            pieces.stream = None;
        }
        Poll::Ready(piece)
    }
}
