//! Where nothing may be public: strangers are shown the way in and nothing else, whatever they ask for.

use app::context::Caller;
use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use chat::Chat;

/// Pages for those who have no account yet, or cannot use theirs.
const OPEN: [&str; 6] = ["/login", "/register", "/i/", "/reset/", "/suspended/", "/api/"];

/// Leads a stranger to the sign-in page, in the same way from an address where there is something as from one where there is nothing.
pub(crate) async fn close(State(chat): State<Chat>, request: Request, next: Next) -> Response {
    let is_stranger = request.extensions().get::<Caller>().is_none_or(|caller| caller.session.is_none());
    let path = request.uri().path();
    let is_open = OPEN.iter().any(|open| match open.strip_suffix('/') {
        Some(_) => path.starts_with(open),
        None => path == *open,
    });
    if !is_stranger || is_open || chat.settings().public_rooms {
        return next.run(request).await;
    }
    let here = request.uri().path_and_query().map_or("/", |here| here.as_str());
    (StatusCode::SEE_OTHER, [(header::LOCATION, app::way_in("/login", here)), (header::CACHE_CONTROL, "no-store".to_owned())])
        .into_response()
}
