//! HTTP on a connection.

use std::{net::SocketAddr, pin::pin};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tower::Service;

use super::{Limits, Stream};
use crate::guard::HALF_MAX;

/// Largest head of a request.
const HEAD_MAX_BYTES: usize = 32 * 1024;
/// Most headers of a request.
const HEADERS_MAX: usize = 100;

/// HTTP/1.1 and nothing else: each stream of HTTP/2 would need bounds of its own beside those of its connection. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Http {
    protocol: http1::Builder,
    router: Router,
    ending: CancellationToken,
}

impl Http {
    /// Answers by this router. When `ending` is cancelled, each connection ends after the request that it is at.
    pub(crate) fn new(router: Router, limits: Limits, ending: CancellationToken) -> Self {
        let mut protocol = http1::Builder::new();
        protocol.timer(TokioTimer::new()).header_read_timeout(limits.head);
        protocol.max_headers(HEADERS_MAX).max_buf_size(HEAD_MAX_BYTES);
        Self { protocol, router, ending }
    }

    /// Answers the requests of a connection to its end.
    pub(crate) async fn serve(self, stream: Stream, peer: SocketAddr) {
        let link = stream.link();
        let service = service_fn(|request: Request<Incoming>| {
            let (mut router, link) = (self.router.clone(), link.clone());
            async move {
                link.begin();
                let mut request = request.map(Body::new);
                request.extensions_mut().insert(ConnectInfo(peer));
                request.extensions_mut().insert(link.clone());
                let answer = router.call(request).await;
                link.answered();
                answer
            }
        });
        let mut connection = pin!(self.protocol.serve_connection(TokioIo::new(stream), service).with_upgrades());
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = link.cut_off() => return,
            () = self.ending.cancelled() => {
                connection.as_mut().graceful_shutdown();
                tokio::select! {
                    ended = connection => ended,
                    () = link.cut_off() => return,
                    () = sleep(HALF_MAX), if !link.is_answering() => return,
                }
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "connection failed");
        }
    }
}
