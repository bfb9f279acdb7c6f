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

use crate::{answers::Door, caller::Client, compression::accepts, hosts::Host, template::Template};

/// Longest time for which a page is shown again.
const AGE_MAX: Duration = Duration::from_secs(1);
/// Bytes that all kept pages may take. While they do, what is new is rendered each time.
const KEPT_MAX_BYTES: usize = 16 * 1024 * 1024;
/// What a page takes beside its HTML: its key, its headers.
const PAGE_BYTES: usize = 2 * 1024;
/// Larger ones are rendered each time.
const PAGE_MAX_BYTES: usize = 1024 * 1024;

/// Everything that the page of a guest depends on, apart from the database. What a visitor can make up is no part of it as it came, but as
/// it was understood.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    path: String,
    host: String,
    secure: bool,
    theme: Option<&'static str>,
    zone: i32,
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
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    pages: HashMap<Key, Page>,
    /// What they take.
    bytes: usize,
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
    let shared = request.method() == Method::GET && uri.query().is_none() && is_shared(uri.path());
    let is_guest = request.extensions().get::<Caller>().is_some_and(|caller| caller.session.is_none());
    if !shared || !is_guest {
        return None;
    }
    let headers = request.headers();
    Some(Key {
        path: uri.path().to_owned(),
        host: request.extensions().get::<Host>()?.to_string(),
        secure: request.extensions().get::<Client>()?.secure,
        theme: cookies::theme(headers),
        zone: cookies::zone(headers),
    })
}

/// Whether it is the one address of such a page. Other ways to write it lead there too, but are not worth a place.
fn is_shared(path: &str) -> bool {
    let is_slug = |slug: &str| slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let is_place = |seq: &str| !seq.starts_with('0') && seq.bytes().all(|b| b.is_ascii_digit());
    match path.strip_prefix("/r/").map(|room| room.split_once("/m/").unwrap_or((room, "1"))) {
        Some((slug, seq)) => is_slug(slug) && is_place(seq),
        None => path == "/",
    }
}

impl Pages {
    fn find(&self, key: &Key, commits: u64, nonce: &str, gzip: bool) -> Option<Response> {
        let kept = self.kept.lock();
        let page = kept.pages.get(key).filter(|page| page.is_true(commits))?;
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

    /// Keeps a page, if there is room for it among those that are still true.
    fn keep(&self, key: Key, page: Page) {
        let mut kept = self.kept.lock();
        if kept.bytes + page.bytes() > KEPT_MAX_BYTES {
            kept.pages.retain(|_, kept| kept.is_true(page.commits));
            kept.bytes = kept.pages.values().map(Page::bytes).sum();
        }
        if kept.bytes + page.bytes() <= KEPT_MAX_BYTES {
            kept.bytes += page.bytes();
            let before = kept.pages.insert(key, page);
            kept.bytes -= before.map_or(0, |page| page.bytes());
        }
    }
}

impl Page {
    fn is_true(&self, commits: u64) -> bool {
        self.commits == commits && self.rendered.elapsed() < AGE_MAX
    }

    /// What it takes at most: compressed it is no larger than it is.
    fn bytes(&self) -> usize {
        PAGE_BYTES + 2 * self.page.len()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn key(path: &str) -> Key {
        Key { path: path.to_owned(), host: "localhost".to_owned(), secure: false, theme: None, zone: 0 }
    }

    /// When a page was rendered that does not grow old while a test is held up.
    fn lately() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    fn pages(commits: u64) -> Pages {
        let pages = Pages::default();
        let page = Arc::new(Template::of("<script nonce=old>…<style nonce=old>", "old"));
        pages.keep(key("/r/lobby"), Page { commits, rendered: lately(), headers: HeaderMap::new(), page });
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
        assert!(pages.find(&Key { theme: Some("dark"), ..key("/r/lobby") }, 7, "n", false).is_none());
    }

    fn page(bytes: usize) -> Page {
        let page = Arc::new(Template::of(&"x".repeat(bytes), "nonce"));
        Page { commits: 7, rendered: lately(), headers: HeaderMap::new(), page }
    }

    #[test]
    fn what_is_kept_is_bounded_in_bytes() {
        for bytes in [0, PAGE_MAX_BYTES] {
            let pages = Pages::default();
            for n in 0..10_000 {
                pages.keep(key(&n.to_string()), page(bytes));
                let kept = pages.kept.lock();
                assert!(kept.bytes <= KEPT_MAX_BYTES);
                if kept.bytes + PAGE_BYTES + 2 * bytes > KEPT_MAX_BYTES {
                    break;
                }
            }
            pages.keep(key("one more"), page(bytes));
            assert!(pages.kept.lock().bytes <= KEPT_MAX_BYTES);
            assert!(pages.find(&key("one more"), 7, "n", false).is_none());
            assert!(pages.find(&key("0"), 7, "n", false).is_some(), "what is true stays");
            pages.keep(key("next"), Page { commits: 8, ..page(bytes) });
            assert_eq!(pages.kept.lock().pages.len(), 1, "what is not true any longer makes room");
        }
    }

    #[test]
    fn a_page_that_is_kept_again_takes_its_place_once() {
        let pages = Pages::default();
        for _ in 0..3 {
            pages.keep(key("/"), page(100));
        }
        assert_eq!(pages.kept.lock().bytes, page(100).bytes());
    }

    #[test]
    fn a_page_has_one_address() {
        for path in ["/", "/r/lobby", "/r/room-2", "/r/lobby/m/17"] {
            assert!(is_shared(path), "{path}");
        }
        for path in
            ["/login", "/r/%6cobby", "/r/Lobby", "/r/lobby/", "/r/lobby/m/017", "/r/lobby/m/+17", "/r/lobby/m/x", "/r/lobby/edit"]
        {
            assert!(!is_shared(path), "{path}");
        }
    }
}
