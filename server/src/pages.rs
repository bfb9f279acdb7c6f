//! The one place where Leptos meets axum: pages, server functions, and what both are given of the request.

use std::future::Future;

use app::{
    AppError,
    context::Caller,
    pages::{self, Page, Visit},
};
use axum::{
    Form, Json, Router,
    extract::{DefaultBodyLimit, FromRequest, Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    middleware,
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use chat::{Actor, house};
use leptos::{
    context::{provide_context, use_context},
    nonce::Nonce,
    server_fn::{axum::server_fn_paths, error::ServerFnUrlError},
};
use leptos_axum::handle_server_fns_with_context;
use protocol::ErrorCode;
use serde::de::DeserializeOwned;

use crate::{
    AppState,
    answers::{Door, Refusal},
    assets, caller, feeds, gate, guests, pictures, security,
};

/// All pages and server functions, the files of the site, and a page for what is none of them.
pub(crate) fn routes(state: &AppState) -> Router<AppState> {
    let functions = server_fn_paths().fold(Router::new(), |router, (path, _)| router.route(path, post(server_function)));
    functions
        .route("/", page(pages::home))
        .route("/register", page(pages::register))
        .route("/login", page(pages::login))
        .route("/i/{code}", page(pages::invite))
        .route("/reset/{token}", page(pages::reset))
        .route("/suspended/{token}", page(pages::suspended))
        .route("/welcome", page(pages::welcome))
        .route("/invites", page(pages::house_invites))
        .route("/admin", page(pages::overview))
        .route("/admin/people", page(pages::people))
        .route("/admin/people/{username}", page(pages::person))
        .route("/admin/people/{username}/reset-link", posted(pages::reset_link))
        .route("/admin/people/{username}/export", post(export))
        .route("/admin/rooms", page(pages::rooms))
        .route("/admin/rooms/{room}", page(pages::house_room))
        .route("/admin/reports", page(pages::all_reports))
        .route("/admin/sessions", page(pages::sessions))
        .route("/admin/invites", page(pages::house_invites))
        .route("/admin/commands", page(pages::house_commands).post(make_house_command))
        .route("/admin/settings", page(pages::settings))
        .route(pages::ICON_UPLOAD, post(pictures::upload_icon).layer(DefaultBodyLimit::max(pictures::UPLOAD_MAX_BYTES)))
        .route("/admin/announce", page(pages::announcement))
        .route("/admin/audit", page(pages::audit))
        .route("/rooms/new", page(pages::new_room))
        .route("/messages/new", page(pages::new_message))
        .route("/messages/people", page(pages::correspondents))
        .route("/alerts", page(pages::alerts))
        .route("/inbox", page(pages::inbox).post(answer_call))
        .route("/bookmarks", page(pages::bookmarks))
        .route("/threads", page(pages::threads))
        .route("/keys", page(pages::keys))
        .route("/api", page(pages::api))
        .route("/settings/profile", page(pages::profile))
        .route("/settings/security", page(pages::security))
        .route("/settings/notifications", page(pages::notifications))
        .route("/settings/tokens", page(pages::tokens).post(make_token))
        .route("/settings/bots", page(pages::bots))
        .route("/settings/bots/{bot}", page(pages::bot).post(make_bot_token))
        .route(
            "/settings/bots/{bot}/picture",
            post(pictures::upload_of_bot).layer(DefaultBodyLimit::max(pictures::UPLOAD_MAX_BYTES)),
        )
        .route(pages::UPLOAD, post(pictures::upload).layer(DefaultBodyLimit::max(pictures::UPLOAD_MAX_BYTES)))
        .route("/u/{person}", page(pages::card))
        .route("/r/{slug}", page(pages::room).post(write))
        .route("/r/{slug}/commands", page(pages::room_commands).post(make_room_command))
        .route("/r/{slug}/edit", page(pages::edit_room))
        .route("/r/{slug}/feed.atom", get(feeds::feed))
        .route("/r/{slug}/hooks", page(pages::room_hooks).post(change_hooks))
        .route("/r/{slug}/invites", page(pages::room_invites))
        .route("/r/{slug}/members", page(pages::members))
        .route("/r/{slug}/notifications", page(pages::room_notifications))
        .route("/r/{slug}/outgoing", page(pages::outgoing).post(make_outgoing))
        .route("/r/{slug}/people", page(pages::candidates))
        .route("/r/{slug}/pins", page(pages::pins))
        .route("/r/{slug}/reports", page(pages::reports))
        .route("/r/{slug}/settings", page(pages::room_settings))
        .route("/r/{slug}/m/{seq}", page(pages::room))
        .route("/r/{slug}/m/{seq}/edit", page(pages::edit_message).post(save))
        .route("/r/{slug}/m/{seq}/history", page(pages::message_history))
        .route("/r/{slug}/t/{seq}", page(pages::room).post(write))
        .route("/r/{slug}/m/{seq}/delete", page(pages::delete_message))
        .route("/r/{slug}/m/{seq}/keep", page(pages::keep))
        .route("/r/{slug}/m/{seq}/reactions", page(pages::reactions))
        .route("/r/{slug}/m/{seq}/report", page(pages::report_message))
        .fallback(nothing)
        .layer(middleware::from_fn_with_state(state.clone(), guests::reuse))
        .layer(middleware::from_fn_with_state(state.clone(), gate::close))
        .layer(middleware::from_fn_with_state(state.clone(), caller::session))
        .layer(middleware::from_fn(security::page_policy))
        .layer(middleware::from_fn_with_state(state.clone(), feeds::keep_out))
        .layer(middleware::from_fn_with_state(state.clone(), assets::serve))
}

/// A page, by what renders it.
fn page<R, F>(render: R) -> MethodRouter<AppState>
where
    R: Fn(Visit) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Page> + Send,
{
    get(async move |state: State<AppState>, request: Request| answer(&state, request, render).await)
}

/// The page that a form without a server function leads to.
fn posted<R, F>(render: R) -> MethodRouter<AppState>
where
    R: Fn(Visit) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Page> + Send,
{
    post(async move |state: State<AppState>, request: Request| answer(&state, request, render).await)
}

/// What is kept about somebody, as a file.
async fn export(State(state): State<AppState>, Path(username): Path<String>, request: Request) -> Response {
    let door = Door::of(&request);
    let actor = Actor::from(request.extensions().get::<Caller>().and_then(|caller| caller.session.as_ref()));
    let exported = async {
        let account = house::person(&state.chat, actor, &username).await?.account;
        let value = house::export(&state.chat, actor, account.id).await?;
        Ok::<_, chat::Error>((account.username, value))
    };
    match exported.await {
        Ok((username, value)) => {
            let disposition = format!("attachment; filename=\"{username}.json\"");
            ([(header::CONTENT_DISPOSITION, disposition), (header::CACHE_CONTROL, "no-store".to_owned())], Json(value))
                .into_response()
        }
        Err(error) => match error.public().code {
            ErrorCode::NotAllowed | ErrorCode::NotAuthenticated => door.refuse(ErrorCode::NotFound),
            _ => Refusal::from(error).at(door),
        },
    }
}

/// A message from a composer without JavaScript. Pages with it send through the socket.
async fn write(state: State<AppState>, request: Request) -> Response {
    written(&state, request, pages::write).await
}

/// Another text for a message, without JavaScript.
async fn save(state: State<AppState>, request: Request) -> Response {
    written(&state, request, pages::save_message).await
}

/// An answer from the inbox. What a command says to whoever asked stands in no address.
async fn answer_call(state: State<AppState>, request: Request) -> Response {
    written(&state, request, pages::answer_call).await
}

/// What is to become of the hooks of a room.
async fn change_hooks(state: State<AppState>, request: Request) -> Response {
    written(&state, request, pages::change_hooks).await
}

/// An outgoing webhook. The answer shows its secret, so it leads nowhere else.
async fn make_outgoing(state: State<AppState>, request: Request) -> Response {
    written(&state, request, pages::make_outgoing).await
}

/// A command of a room, in the same way.
async fn make_room_command(state: State<AppState>, request: Request) -> Response {
    written(&state, request, pages::make_room_command).await
}

/// A command of the house, in the same way.
async fn make_house_command(state: State<AppState>, request: Request) -> Response {
    written(&state, request, pages::make_house_command).await
}

/// A token for one's programs: the page that shows it, once.
async fn make_token(state: State<AppState>, request: Request) -> Response {
    shown(&state, request, pages::make_token).await
}

/// A token for a bot.
async fn make_bot_token(state: State<AppState>, request: Request) -> Response {
    shown(&state, request, pages::make_bot_token).await
}

/// What a form leads to that is to stand in no address.
async fn shown<T: DeserializeOwned, F: Future<Output = Page>>(
    state: &AppState,
    request: Request,
    render: impl FnOnce(Visit, T) -> F,
) -> Response {
    let door = Door::of(&request);
    match filled(state, request).await {
        Some((visit, typed)) => render(visit, typed).await.into_response(),
        None => door.refuse(ErrorCode::BadRequest),
    }
}

/// Who sends a form, and what it holds.
async fn filled<T: DeserializeOwned>(state: &AppState, request: Request) -> Option<(Visit, T)> {
    let (parts, body) = request.into_parts();
    let Form(typed) = Form::<T>::from_request(Request::from_parts(parts.clone(), body), &()).await.ok()?;
    Some((visit(state, parts)?, typed))
}

/// What a form holds that is longer than an address may be: what is refused is answered with the page to do it better on.
async fn written<T, F>(state: &AppState, request: Request, take: impl FnOnce(Visit, T) -> F) -> Response
where
    T: DeserializeOwned,
    F: Future<Output = Result<String, Page>>,
{
    let door = Door::of(&request);
    let Some((visit, typed)) = filled(state, request).await else { return door.refuse(ErrorCode::BadRequest) };
    match take(visit, typed).await {
        Ok(place) => (StatusCode::FOUND, [(header::LOCATION, place)]).into_response(),
        Err(page) => page.into_response(),
    }
}

async fn nothing(state: State<AppState>, request: Request) -> Response {
    answer(&state, request, pages::not_found).await
}

async fn answer<F: Future<Output = Page>>(state: &AppState, request: Request, render: impl FnOnce(Visit) -> F) -> Response {
    let door = Door::of(&request);
    match visit(state, request.into_parts().0) {
        Some(visit) => render(visit).await.into_response(),
        None => door.refuse(ErrorCode::Internal),
    }
}

/// What the layers before this have found out about the request.
fn visit(state: &AppState, parts: Parts) -> Option<Visit> {
    Some(Visit {
        chat: state.chat.clone(),
        caller: parts.extensions.get::<Caller>()?.clone(),
        nonce: parts.extensions.get::<Nonce>()?.clone(),
        assets: state.site.links(),
        uri: parts.uri,
        headers: parts.headers,
    })
}

/// Leptos puts the head of the request into the context before it asks for the rest.
async fn server_function(State(state): State<AppState>, mut request: Request) -> Response {
    forget_refusal(request.headers_mut());
    let context = move || {
        provide_context(state.chat.clone());
        if let Some(caller) = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Caller>().cloned()) {
            provide_context(caller);
        }
    };
    handle_server_fns_with_context(context, request).await.into_response()
}

/// A form that is refused leads back to the page that it is on, with the error in the address. What was said the time before goes.
fn forget_refusal(headers: &mut HeaderMap) {
    let Some(mut page) = headers.get(header::REFERER).and_then(|page| page.to_str().ok()).map(str::to_owned) else { return };
    ServerFnUrlError::<AppError>::strip_error_info(&mut page);
    if let Ok(page) = HeaderValue::try_from(page) {
        headers.insert(header::REFERER, page);
    }
}
