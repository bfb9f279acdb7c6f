//! `Idempotency-Key` on POSTs: what is sent again is done once, and answered as it was the first time. Messages have a `client_id` for that,
//! and sign-ins are no business of an account.

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use chat::{
    Chat,
    idempotency::{self, Answer, Begun, Claim, Key},
};
use protocol::{Error, ErrorCode, UserId};

use super::asker::Asker;
use crate::{
    AppState,
    answers::{Door, Refusal},
    hosts::the_only,
};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says of an answer that it is one of before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Headers that belong to an answer.
static KEPT: [HeaderName; 4] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG, header::LINK];

/// Seconds after which it is worth to ask again what is being done.
const GOING_SECONDS: u64 = 1;

/// Does a request with a key once.
pub(super) async fn once(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if !request.headers().contains_key(KEY) || !is_counted(&request) {
        return next.run(request).await;
    }
    let Some(key) = the_only(request.headers(), KEY).ok().flatten().and_then(Key::parse) else {
        let detail = "An Idempotency-Key has 1 to 255 visible characters of ASCII.".to_owned();
        return Door::Rest.refuse(Error::from(ErrorCode::BadRequest).with_detail(detail));
    };
    let (mut parts, body) = request.into_parts();
    // It is here already, and bounded.
    let Ok(body) = to_bytes(body, usize::MAX).await else { return Door::Rest.refuse(ErrorCode::BadRequest) };
    let asker = match Asker::from_request_parts(&mut parts, &state).await {
        // Without a look at the account the key would count for nothing.
        Err(refusal) if refusal.is_unavailable() => return refusal.into_response(),
        asker => asker.ok(),
    };
    let asker = asker.and_then(|asker| Some((asker.actor().user().ok()?, asker.session_id()?)));
    // A token that is for less than another one of the account does not read what that one was answered.
    let mut content = asker.map(|(_, session)| session.to_string()).unwrap_or_default().into_bytes();
    content.push(b'\n');
    content.extend_from_slice(parts.uri.to_string().as_bytes());
    content.push(b'\n');
    content.extend_from_slice(&body);
    let request = Request::from_parts(parts, Body::from(body));
    // Whoever has no account is told so where it is done.
    let Some((asker, _)) = asker else { return next.run(request).await };
    done_once(state.chat.clone(), (asker, key), &content, async move { next.run(request).await }).await
}

/// Does something once for an account and a key, and goes on with it when nobody waits any more: who lost the answer and asks again has to
/// find what became of it.
async fn done_once(
    chat: Chat,
    (asker, key): (UserId, Key),
    content: &[u8],
    work: impl Future<Output = Response> + Send + 'static,
) -> Response {
    match idempotency::begin(&chat, asker, key, content).await {
        Ok(Begun::New(claim)) => {
            let done = tokio::spawn(async move { note(&chat, claim, work.await).await });
            done.await.unwrap_or_else(|_| Door::Rest.refuse(ErrorCode::Internal))
        }
        Ok(Begun::Answered(answer)) => again(answer),
        Ok(Begun::Done) => {
            let detail = "It was done with this Idempotency-Key, and its answer is shown once.".to_owned();
            Door::Rest.refuse(Error::from(ErrorCode::Conflict).with_detail(detail))
        }
        Ok(Begun::Going) => {
            let error = Error { retry_after: Some(GOING_SECONDS), ..ErrorCode::Unavailable.into() };
            let error = error.with_detail("The first request with this Idempotency-Key is still being done.".to_owned());
            Refusal::from(error).with_status(StatusCode::CONFLICT).into_response()
        }
        Err(error) => Refusal::from(error).into_response(),
    }
}

fn is_counted(request: &Request) -> bool {
    let path = request.uri().path();
    // What has a `client_id` of its own is done once by that.
    let is_send = path == "/api/v1/frame" || (path.starts_with("/api/v1/rooms/") && path.ends_with("/messages"));
    *request.method() == Method::POST && !is_send && !path.starts_with("/api/v1/auth/")
}

/// Keeps the answer of what was done. What was refused was not done, and the key is free again.
async fn note(chat: &Chat, claim: Claim, response: Response) -> Response {
    let (head, body) = response.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else { return Door::Rest.refuse(ErrorCode::Internal) };
    let is_secret = head.headers.get(header::CACHE_CONTROL).is_some_and(|value| value.as_bytes() == b"no-store");
    let noted = match std::str::from_utf8(&body) {
        _ if !head.status.is_success() => claim.release(chat).await,
        Ok(text) if !is_secret => {
            let answer = Answer { status: head.status.as_u16(), headers: lines(&head.headers), body: text.to_owned() };
            claim.answered(chat, answer).await
        }
        _ => claim.done(chat, head.status.as_u16()).await,
    };
    if let Err(error) = noted {
        tracing::warn!(%error, "an answer is not kept: the same request may be done again in a minute");
    }
    Response::from_parts(head, Body::from(body))
}

fn lines(headers: &HeaderMap) -> String {
    let kept =
        KEPT.iter().flat_map(|name| headers.get_all(name).iter().filter_map(move |value| Some((name, value.to_str().ok()?))));
    kept.map(|(name, value)| format!("{name}: {value}\n")).collect()
}

/// The answer that was given before.
fn again(answer: Answer) -> Response {
    let mut response = answer.body.into_response();
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or_default();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    for (name, value) in answer.headers.lines().filter_map(|line| line.split_once(": ")) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::{
        net::IpAddr,
        sync::{
            Arc,
            atomic::{AtomicU32, Ordering},
        },
    };

    use chat::{
        Limits, Options, SigningKey,
        accounts::{self, Registration},
    };
    use tempfile::TempDir;
    use tokio::sync::Notify;

    use super::*;

    /// A house, and somebody in it.
    async fn house() -> (TempDir, Chat, UserId) {
        let folder = tempfile::tempdir().unwrap();
        let signing_key = SigningKey::load_or_create(&folder.path().join("signing.key")).unwrap();
        let database_url = testkit::database_url(folder.path()).await;
        let chat = Chat::open(Options { database_url, redis_url: None, signing_key, limits: Limits::default() }).await.unwrap();
        let new = Registration { username: "ada", display_name: "", password: "seven small boats" };
        let ada = accounts::register(&chat, new, IpAddr::from([127, 0, 0, 1])).await.unwrap().session.user.id;
        (folder, chat, ada)
    }

    fn key() -> Key {
        Key::parse("one").unwrap()
    }

    async fn text(response: Response) -> (StatusCode, HeaderMap, String) {
        let (head, body) = response.into_parts();
        (head.status, head.headers, String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().into()).unwrap())
    }

    #[tokio::test]
    async fn the_second_request_gets_the_first_answer() {
        let (_folder, chat, ada) = house().await;
        let done = Arc::new(AtomicU32::new(0));
        let ask = |content: &'static str| {
            let done = done.clone();
            let work = async move {
                done.fetch_add(1, Ordering::Relaxed);
                (StatusCode::CREATED, [(header::ETAG, "\"7\""), (header::SERVER, "x")], axum::Json("made")).into_response()
            };
            done_once(chat.clone(), (ada, key()), content.as_bytes(), work)
        };
        let (status, headers, body) = text(ask("a").await).await;
        assert_eq!((status, body.as_str(), headers.contains_key(REPLAYED)), (StatusCode::CREATED, "\"made\"", false));
        let (status, headers, body) = text(ask("a").await).await;
        assert_eq!((status, body.as_str()), (StatusCode::CREATED, "\"made\""));
        let kept = [header::CONTENT_TYPE, header::ETAG, REPLAYED].map(|name| headers[name].to_str().unwrap().to_owned());
        assert_eq!(kept, ["application/json", "\"7\"", "true"]);
        assert!(!headers.contains_key(header::SERVER));
        let (status, _, body) = text(ask("b").await).await;
        assert!(status == StatusCode::CONFLICT && body.contains("\"conflict\"") && body.contains("Idempotency-Key"), "{body}");
        assert_eq!(done.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn what_was_refused_may_be_asked_again_and_secrets_are_shown_once() {
        let (_folder, chat, ada) = house().await;
        let ask = |response: Response| done_once(chat.clone(), (ada, key()), b"", async { response });
        for _ in 0..2 {
            assert_eq!(ask(Door::Rest.refuse(ErrorCode::NotFound)).await.status(), StatusCode::NOT_FOUND);
        }
        let secret = ([(header::CACHE_CONTROL, "no-store")], "snug_pat_x").into_response();
        assert_eq!(text(ask(secret).await).await.2, "snug_pat_x");
        let (status, _, body) = text(ask(StatusCode::OK.into_response()).await).await;
        assert!(status == StatusCode::CONFLICT && !body.contains("snug_pat_x"), "{body}");
    }

    #[tokio::test]
    async fn who_goes_away_finds_what_became_of_it() {
        let (_folder, chat, ada) = house().await;
        let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let work = {
            let (begun, go) = (begun.clone(), go.clone());
            async move {
                begun.notify_one();
                go.notified().await;
                "done".into_response()
            }
        };
        let first = tokio::spawn({
            let chat = chat.clone();
            async move { done_once(chat, (ada, key()), b"", work).await }
        });
        begun.notified().await;
        first.abort();
        let ask = || done_once(chat.clone(), (ada, key()), b"", async { "again".into_response() });
        let (status, headers, body) = text(ask().await).await;
        assert!(status == StatusCode::CONFLICT && body.contains("\"retry\":true"), "{body}");
        assert_eq!(headers[header::RETRY_AFTER], "1");
        go.notify_one();
        let answer = loop {
            let (status, _, body) = text(ask().await).await;
            if status != StatusCode::CONFLICT {
                break body;
            }
            tokio::task::yield_now().await;
        };
        assert_eq!(answer, "done");
    }

    #[test]
    fn what_has_a_client_id_of_its_own_needs_no_key() {
        let counted = |path: &str| is_counted(&Request::post(path).body(Body::empty()).unwrap());
        assert!(counted("/api/v1/rooms") && counted("/api/v1/rooms/lobby/hooks"));
        assert!(!counted("/api/v1/frame") && !counted("/api/v1/rooms/lobby/messages") && !counted("/api/v1/auth/token"));
    }
}
