//! A program elsewhere that is asked over HTTP, and remembers what it was asked.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use chat::Limits;
use parking_lot::Mutex;
use serde_json::Value;
use tokio::net::TcpListener;

use super::{eventually, limits};

/// The limits of tests, with this machine as a network of the operator's own.
pub(crate) fn reachable() -> Limits {
    Limits { outbound: vec!["127.0.0.1/32".parse().unwrap()], ..limits() }
}

/// What it was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Whether this secret has signed it.
    pub(crate) fn is_signed_by(&self, secret: &str) -> bool {
        let signature = self.header("snug-signature");
        let at = signature.split(',').next().unwrap().strip_prefix("t=").unwrap().parse().unwrap();
        outbound::signature(secret, at, &self.body) == signature
    }
}

type Answer = dyn Fn(&Asked) -> Option<Response> + Send + Sync;

struct Inner {
    asked: Mutex<Vec<Asked>>,
    answer: Mutex<Arc<Answer>>,
}

/// It.
#[derive(Clone)]
pub(crate) struct Elsewhere {
    pub(crate) url: String,
    inner: Arc<Inner>,
}

impl Elsewhere {
    /// One that takes everything and says nothing.
    pub(crate) async fn start() -> Self {
        let answer: Arc<Answer> = Arc::new(|_| Some(StatusCode::NO_CONTENT.into_response()));
        let inner = Arc::new(Inner { asked: Mutex::default(), answer: Mutex::new(answer) });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let router = Router::new().fallback(take).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, inner }
    }

    /// Has it answer in this way from now on; with nothing it never does.
    pub(crate) fn answers(&self, answer: impl Fn(&Asked) -> Option<Response> + Send + Sync + 'static) {
        *self.inner.answer.lock() = Arc::new(answer);
    }

    /// The first so many requests, when they have come.
    pub(crate) async fn asked(&self, count: usize) -> Vec<Asked> {
        let what = format!("{count} requests");
        eventually(&what, async || Some(self.inner.asked.lock().clone()).filter(|asked| asked.len() >= count)).await
    }

    pub(crate) fn count(&self) -> usize {
        self.inner.asked.lock().len()
    }
}

async fn take(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let asked = Asked { headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() };
    inner.asked.lock().push(asked.clone());
    let answer = inner.answer.lock().clone();
    match answer(&asked) {
        Some(response) => response,
        None => std::future::pending().await,
    }
}
