//! Pictures of people and the icon of the house: taking them in, and showing them.

use app::{
    context::Caller,
    pages::{UPLOAD_REFUSED, UPLOADED},
};
use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, Multipart, Path, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chat::{Deed, accounts, bots, house};
use protocol::{ErrorCode, UserId, limits::PICTURE_MAX_BYTES};
use serde_json::json;

use crate::{
    AppState,
    answers::{Door, Refusal},
};

/// Largest form with a picture.
pub(crate) const UPLOAD_MAX_BYTES: usize = PICTURE_MAX_BYTES + 64 * 1024;

/// A picture never changes under its address.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// `POST /settings/picture`: a form with a file. It is read when it is known whose it is.
pub(crate) async fn upload(State(state): State<AppState>, request: Request) -> Response {
    let door = Door::of(&request);
    let Some(caller) = request.extensions().get::<Caller>().cloned() else { return door.refuse(ErrorCode::Internal) };
    let Some(session) = &caller.session else { return door.refuse(ErrorCode::NotAuthenticated) };
    if let Err(error) = state.chat.admit(Deed::EditRoom, caller.address) {
        return Refusal::from(error).at(door);
    }
    let Some(file) = file(request).await else { return lead_to(UPLOAD_REFUSED) };
    match accounts::set_picture(&state.chat, session, file).await {
        Ok(()) => lead_to(UPLOADED),
        Err(error) if error.public().code == ErrorCode::Invalid => lead_to(UPLOAD_REFUSED),
        Err(error) => Refusal::from(error).at(door),
    }
}

/// `POST /settings/bots/{bot}/picture`: the same for a bot.
pub(crate) async fn upload_of_bot(State(state): State<AppState>, Path(bot): Path<String>, request: Request) -> Response {
    let door = Door::of(&request);
    let Ok(bot) = bot.parse::<UserId>() else { return door.refuse(ErrorCode::NotFound) };
    let Some(caller) = request.extensions().get::<Caller>().cloned() else { return door.refuse(ErrorCode::Internal) };
    let Some(session) = &caller.session else { return door.refuse(ErrorCode::NotAuthenticated) };
    if let Err(error) = bots::bot(&state.chat, session, bot).await.and_then(|_| state.chat.admit(Deed::EditRoom, caller.address))
    {
        return Refusal::from(error).at(door);
    }
    let page = format!("/settings/bots/{bot}");
    let Some(file) = file(request).await else { return lead_to(&format!("{page}?refused=picture")) };
    match bots::set_picture(&state.chat, session, bot, file).await {
        Ok(()) => lead_to(&format!("{page}?done=changed")),
        Err(error) if error.public().code == ErrorCode::Invalid => lead_to(&format!("{page}?refused=picture")),
        Err(error) => Refusal::from(error).at(door),
    }
}

/// `POST /admin/icon`: a form with a file. It is read when it is known that it is an owner's.
pub(crate) async fn upload_icon(State(state): State<AppState>, request: Request) -> Response {
    let door = Door::of(&request);
    let Some(caller) = request.extensions().get::<Caller>().cloned() else { return door.refuse(ErrorCode::Internal) };
    let actor = caller.session.as_ref().into();
    if let Err(error) = house::may_settle(&state.chat, actor).await {
        return Refusal::from(error).at(door);
    }
    if let Err(error) = state.chat.admit(Deed::EditRoom, caller.address) {
        return Refusal::from(error).at(door);
    }
    let (done, refused) = match request.uri().query() {
        Some("welcome") => ("/welcome", "/welcome?refused=true"),
        _ => ("/admin/settings?done", "/admin/settings?refused"),
    };
    let Some(file) = file(request).await else { return lead_to(refused) };
    match house::set_icon(&state.chat, actor, file).await {
        Ok(()) => lead_to(done),
        Err(error) if error.public().code == ErrorCode::Invalid => lead_to(refused),
        Err(error) => Refusal::from(error).at(door),
    }
}

/// The file in the form; nothing where there is none, or one that is too large.
async fn file(request: Request) -> Option<Vec<u8>> {
    let (head, body) = request.into_parts();
    let whole = Request::from_parts(head, Body::from(read(body).await?));
    let mut form = Multipart::from_request(whole, &()).await.ok()?;
    while let Some(field) = form.next_field().await.ok()? {
        if field.name() == Some("picture") {
            return Some(field.bytes().await.ok()?.to_vec());
        }
    }
    None
}

/// What is sent, unless it is too large.
pub(crate) async fn read(body: Body) -> Option<Vec<u8>> {
    Some(to_bytes(body, UPLOAD_MAX_BYTES).await.ok()?.into())
}

fn lead_to(page: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, page.to_owned())]).into_response()
}

/// `GET /u/{person}/picture/{etag}`: what was made from it, and nothing that a browser could take for a page.
pub(crate) async fn picture(
    State(state): State<AppState>,
    Path((person, etag)): Path<(String, String)>,
    request: Request,
) -> Response {
    let door = Door::of(&request);
    let found = match person.parse::<UserId>() {
        Ok(person) => accounts::picture(&state.chat, person, &etag).await,
        Err(_) => Ok(None),
    };
    show(found, door)
}

/// `GET /icon/{etag}`: that of the house.
pub(crate) async fn icon(State(state): State<AppState>, Path(etag): Path<String>, request: Request) -> Response {
    show(house::icon(&state.chat, &etag).await, Door::of(&request))
}

/// `GET /icon/{etag}/manifest.webmanifest`: the house as something to be installed. Its name may change, so browsers ask again.
pub(crate) async fn manifest(State(state): State<AppState>, Path(etag): Path<String>) -> Response {
    let settings = state.chat.settings();
    let manifest = json!({
        "name": settings.name,
        "short_name": settings.name,
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#fbf8f3",
        "theme_color": "#fbf8f3",
        "icons": [{ "src": format!("/icon/{etag}"), "sizes": "256x256", "purpose": "any" }],
    });
    let headers = [(header::CONTENT_TYPE, "application/manifest+json"), (header::CACHE_CONTROL, "no-cache")];
    (headers, manifest.to_string()).into_response()
}

fn show(found: chat::Result<Option<Vec<u8>>>, door: Door) -> Response {
    match found {
        Ok(Some(image)) => {
            let kind = if image.starts_with(b"\x89PNG") { "image/png" } else { "image/jpeg" };
            let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, FOREVER)];
            (headers, image).into_response()
        }
        Ok(None) => door.refuse(ErrorCode::NotFound),
        Err(error) => Refusal::from(error).at(door),
    }
}
