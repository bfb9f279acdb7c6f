//! Pages for guests, rendered once for all of them: a public room that many look at costs one rendering per change, not one per
//! reader. What is kept is thrown away as soon as anything is committed anywhere, and is never older than a second, should the
//! word of another node's commit be lost. Either way a page says up to which place it goes, and its socket goes on from there.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use app::{context::Caller, cookies};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use chat::Chat;
use leptos::nonce::Nonce;
use parking_lot::Mutex;
use protocol::ErrorCode;

use crate::{answers::Door, caller::Client, compression::accepts, template::Template};

/// Longest time for which a page is shown again.
const AGE_MAX: Duration = Duration::from_secs(1);
/// Pages that are kept. When there are more all go, and the ones that are asked for come back.
const PAGES_MAX: usize = 256;
/// Bytes of HTML that are kept; compressed, they take a quarter more.
const KEPT_MAX_BYTES: usize = 16 * 1024 * 1024;
/// Larger ones are rendered each time.
const PAGE_MAX_BYTES: usize = 1024 * 1024;

/// Everything that the page of a guest depends on, apart from the database.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    path: String,
    host: String,
    secure: bool,
    theme: Option<String>,
    zone: Option<String>,
}

struct Page {
    /// The count of commits before it was rendered.
    commits: u64,
    rendered: Instant,
    headers: HeaderMap,
    page: Arc<Template>,
}

/// The pages that were rendered last; cheap to clone.
#[derive(Clone, Default)]
pub struct Pages {
    kept: Arc<Mutex<HashMap<Key, Page>>>,
}

/// Shows a guest the page that another guest was shown, if it is still true.
pub(crate) async fn reuse(State(chat): State<Chat>, State(pages): State<Pages>, request: Request, next: Next) -> Response {
    let (Some(key), Some(nonce)) = (key(&request), request.extensions().get::<Nonce>().cloned()) else {
        return next.run(request).await;
    };
    let (nonce, commits) = (nonce.to_string(), chat.commits());
    let gzip = accepts(request.headers(), "gzip");
    if let Some(page) = pages.find(&key, commits, &nonce, gzip) {
        metrics::counter!("snug_pages_reused_total").increment(1);
        return page;
    }
    let (door, rendered) = (Door::of(&request), Instant::now());
    let (head, body) = next.run(request).await.into_parts();
    // No bound here: it is our own rendering, and whoever asked shall have it.
    let Ok(body) = to_bytes(body, usize::MAX).await else { return door.refuse(ErrorCode::Internal) };
    if head.status == StatusCode::OK
        && body.len() <= PAGE_MAX_BYTES
        && let Ok(html) = std::str::from_utf8(&body)
    {
        let page = Arc::new(Template::of(html, &nonce));
        pages.keep(key, Page { commits, rendered, headers: head.headers.clone(), page });
    }
    (head, body).into_response()
}

/// The key of a page that is the same for all guests: the list of rooms, and a room from its newest message up.
fn key(request: &Request) -> Option<Key> {
    let uri = request.uri();
    let shared = request.method() == Method::GET && uri.query().is_none() && (uri.path() == "/" || uri.path().starts_with("/r/"));
    let is_guest = request.extensions().get::<Caller>().is_some_and(|caller| caller.session.is_none());
    if !shared || !is_guest {
        return None;
    }
    let headers = request.headers();
    let cookie = |name| cookies::value(headers, name).map(str::to_owned);
    Some(Key {
        path: uri.path().to_owned(),
        host: headers.get(header::HOST)?.to_str().ok()?.to_owned(),
        secure: request.extensions().get::<Client>()?.secure,
        theme: cookie(cookies::THEME),
        zone: cookie(cookies::ZONE),
    })
}

impl Pages {
    fn find(&self, key: &Key, commits: u64, nonce: &str, gzip: bool) -> Option<Response> {
        let kept = self.kept.lock();
        let page = kept.get(key).filter(|page| page.commits == commits && page.rendered.elapsed() < AGE_MAX)?;
        let (mut headers, page) = (page.headers.clone(), page.page.clone());
        drop(kept);
        if !gzip {
            return Some((headers, Body::from(page.with(nonce))).into_response());
        }
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
        Some((headers, Body::from(page.gzipped_with(nonce))).into_response())
    }

    fn keep(&self, key: Key, page: Page) {
        let mut kept = self.kept.lock();
        let bytes = page.page.len() + kept.values().map(|page| page.page.len()).sum::<usize>();
        if kept.len() >= PAGES_MAX || bytes > KEPT_MAX_BYTES {
            kept.clear();
        }
        kept.insert(key, page);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn key(path: &str) -> Key {
        Key { path: path.to_owned(), host: "localhost".to_owned(), secure: false, theme: None, zone: None }
    }

    fn pages(commits: u64) -> Pages {
        let pages = Pages::default();
        let page = Arc::new(Template::of("<script nonce=old>…<style nonce=old>", "old"));
        pages.keep(key("/r/lobby"), Page { commits, rendered: Instant::now(), headers: HeaderMap::new(), page });
        pages
    }

    #[tokio::test]
    async fn a_page_is_shown_again_with_a_nonce_of_its_own() {
        let page = pages(7).find(&key("/r/lobby"), 7, "fresh", false).unwrap();
        let body = to_bytes(page.into_body(), PAGE_MAX_BYTES).await.unwrap();
        assert_eq!(body, "<script nonce=fresh>…<style nonce=fresh>");
    }

    #[test]
    fn a_commit_or_anything_else_about_the_request_makes_it_another_page() {
        let pages = pages(7);
        assert!(pages.find(&key("/r/lobby"), 8, "n", false).is_none());
        assert!(pages.find(&key("/r/shed"), 7, "n", false).is_none());
        assert!(pages.find(&Key { secure: true, ..key("/r/lobby") }, 7, "n", false).is_none());
        assert!(pages.find(&Key { theme: Some("dark".to_owned()), ..key("/r/lobby") }, 7, "n", false).is_none());
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let pages = pages(7);
        for n in 0..=PAGES_MAX {
            let page =
                Page { commits: 7, rendered: Instant::now(), headers: HeaderMap::new(), page: Arc::new(Template::of("", "x")) };
            pages.keep(key(&n.to_string()), page);
        }
        assert!(pages.kept.lock().len() <= PAGES_MAX);
    }
}
