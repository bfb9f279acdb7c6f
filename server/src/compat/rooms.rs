//! Rooms by their number: `/ws/chat/room/{id}` talks, `/chat/room/{id}/` is the page for those who have joined.

use std::net::IpAddr;

use app::cookies;
use axum::{
    Router,
    extract::{Path, Request, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{any, get},
};
use chat::{Actor, Chat, Session, messages::Outgoing, rooms};
use protocol::{ClientId, ErrorCode, Event, Room, RoomRef, Standing};
use serde_json::{Value, json};

use super::{
    answer::Detail,
    body::Body,
    public::message_of,
    who::{address, session_of, token_of},
};
use crate::{
    AppState,
    answers::{NO_STORE, told},
    caller::Client,
    security::has_own_origin,
    ws::{self, Dialect, End, Line},
};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/ws/chat/room/{room}", any(talk))
        .route("/ws/chat/room/{room}/", any(talk))
        .route("/chat/room/{room}/", get(page))
        .route("/chat/room/{room}", get(page))
}

/// The room, for a member. Whoever has not joined hears the same of a room that is there and of one that is not.
pub(super) async fn joined(chat: &Chat, session: &Session, room: &str) -> Result<Room, Detail> {
    let forbidden = || Detail::Said(StatusCode::FORBIDDEN, "You have not joined this room.", Some("not_a_member"));
    let room: RoomRef = room.parse().map_err(|_| forbidden())?;
    match rooms::seen(chat, Actor::from(Some(session)), &room).await {
        Ok((room, Standing::Member)) => Ok(room),
        Ok(_) => Err(forbidden()),
        Err(error) if error.public().code == ErrorCode::NotFound => Err(forbidden()),
        Err(error) => Err(error.into()),
    }
}

/// What shows whose request it is: a token, or the cookie of a page of our own. It does not count for pages of other ports.
fn key(state: &AppState, request: &Request) -> Option<String> {
    let secure = request.extensions().get::<Client>().is_some_and(|client| client.secure);
    let cookie = || cookies::session_token(request.headers(), secure).filter(|_| has_own_origin(request, &state.hosts));
    token_of(request).or_else(cookie)
}

async fn session(chat: &Chat, key: Option<String>) -> Result<Session, Detail> {
    session_of(chat, key.as_deref()).await.map_err(|error| forbidden(&error))
}

/// As there: who is not signed in may not, as who has not joined.
fn forbidden(error: &chat::Error) -> Detail {
    match told(error).code {
        ErrorCode::NotAuthenticated => {
            Detail::Said(StatusCode::FORBIDDEN, "Authentication credentials were not provided.", Some("not_authenticated"))
        }
        _ => Detail::Error(told(error)),
    }
}

/// The page of the room is our own.
async fn page(State(state): State<AppState>, Path(room): Path<String>, request: Request) -> Result<Response, Detail> {
    let session = session(&state.chat, key(&state, &request)).await?;
    let room = joined(&state.chat, &session, &room).await?;
    let page = Redirect::to(&format!("/r/{}", room.slug));
    Ok((NO_STORE, page).into_response())
}

async fn talk(State(state): State<AppState>, Path(name): Path<String>, request: Request) -> Result<Response, Detail> {
    let from = address(&request)?;
    let session = session(&state.chat, key(&state, &request)).await?;
    let room = joined(&state.chat, &session, &name).await?;
    Ok(ws::open(&state, request, Talk { session, room, name, from }))
}

/// One room.
struct Talk {
    session: Session,
    room: Room,
    /// What the client calls it.
    name: String,
    from: IpAddr,
}

impl Talk {
    async fn say(&self, line: &Line, text: &str) -> chat::Result<()> {
        let frame = Body::of_text(text).ok_or(ErrorCode::BadRequest)?;
        // Who it is from and for says the socket, whatever the frame does.
        let message = Outgoing::new(self.room.id.into(), ClientId::generate(), frame.text("message").to_owned());
        line.send(self.from, message).await.map(|_| ())
    }
}

impl Dialect for Talk {
    async fn enter(&mut self, line: &mut Line) -> Result<(), End> {
        let name = self.name.clone();
        line.hear(&self.session, self.room.id, move |event| translate(&name, event)).await
    }

    async fn answer(&self, line: &Line, text: &str) -> Option<Value> {
        self.say(line, text).await.err().map(|error| refusal(&error))
    }
}

fn translate(name: &str, event: &Event) -> Option<Value> {
    let message = message_of(event)?;
    Some(json!({ "message": message.body, "username": event.actor.username, "room_id": name }))
}

/// Why a frame was not done. It has no message, which a page would show as one.
pub(super) fn refusal(error: &chat::Error) -> Value {
    let error = told(error);
    json!({ "error": error.message(), "code": error.code, "retry_after": error.retry_after })
}
