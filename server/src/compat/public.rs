//! The public chat: `/ws/auth/` signs in, `/ws/chat/?token=…` is the house's default room.

use std::net::IpAddr;

use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::any,
};
use chat::{
    Chat,
    accounts::{self, Registration},
    messages::Outgoing,
    rooms,
    sessions::{self, SignedIn, Source},
};
use protocol::{Change, ClientId, CloseCode, ErrorCode, Event, NewMessage, RoomRef, Standing, User};
use serde_json::{Value, json};

use super::{
    answer::Detail,
    body::Body,
    times::iso,
    who::{address, session_of, source, token_of},
};
use crate::{
    AppState,
    answers::told,
    ws::{self, Dialect, End, Line},
};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/ws/auth/", any(auth)).route("/ws/chat/", any(talk))
}

async fn auth(State(state): State<AppState>, request: Request) -> Response {
    let from = match address(&request) {
        Ok(from) => source(request.headers(), from),
        Err(code) => return Detail::from(code).into_response(),
    };
    ws::open(&state, request, Auth { chat: state.chat.clone(), from })
}

async fn talk(State(state): State<AppState>, request: Request) -> Response {
    let from = match address(&request) {
        Ok(from) => from,
        Err(code) => return Detail::from(code).into_response(),
    };
    let token = token_of(&request);
    ws::open(&state, request, Talk { chat: state.chat.clone(), token, from, room: None })
}

/// Registers people and signs them in.
struct Auth {
    chat: Chat,
    from: Source,
}

impl Auth {
    async fn take(&self, text: &str) -> chat::Result<Value> {
        let frame = Body::of_text(text).ok_or(ErrorCode::BadRequest)?;
        let (kind, data) = (frame.text("type"), frame.within("data").unwrap_or_default());
        let (name, username, password) = (data.text("name"), data.text("user_name"), data.text("password"));
        let SignedIn { session, refresh_token, .. } = match kind {
            "register" => {
                let new = Registration { username, display_name: name, password };
                accounts::register(&self.chat, new, self.from.clone()).await?
            }
            "login" => sessions::sign_in(&self.chat, username, password, self.from.clone()).await?,
            _ => return Err(ErrorCode::BadRequest.into()),
        };
        Ok(json!({ "type": kind, "data": { "token": refresh_token.as_str(), "user": person(&session.user) } }))
    }
}

impl Dialect for Auth {
    async fn enter(&mut self, line: &mut Line) -> Result<(), End> {
        line.connect(None, |_| None).await
    }

    async fn answer(&self, _: &Line, text: &str) -> Option<Value> {
        Some(self.take(text).await.unwrap_or_else(|error| refusal(&error)))
    }
}

/// Everybody in the default room.
struct Talk {
    chat: Chat,
    token: Option<String>,
    from: IpAddr,
    /// The room, when the client is in it.
    room: Option<RoomRef>,
}

impl Talk {
    /// The first of the rooms that new people join. Who has left it joins it again.
    async fn room(&self, line: &Line) -> chat::Result<RoomRef> {
        let slug = self.chat.settings().default_rooms.first().cloned().ok_or(ErrorCode::NotFound)?;
        let (room, standing) = rooms::seen(&self.chat, line.actor(), &RoomRef::Slug(slug)).await?;
        let room = room.id.into();
        if standing != Standing::Member {
            rooms::join(&self.chat, line.actor(), &room).await?;
        }
        line.subscribe(&room).await?;
        Ok(room)
    }

    async fn say(&self, line: &Line, text: &str) -> chat::Result<()> {
        let room = self.room.clone().ok_or(ErrorCode::NotFound)?;
        let frame = Body::of_text(text).ok_or(ErrorCode::BadRequest)?;
        let data = frame.within("data").filter(|_| frame.text("type") == "message").ok_or(ErrorCode::BadRequest)?;
        let message = Outgoing::new(room, ClientId::generate(), data.text("message").to_owned());
        line.send(self.from, message).await.map(|_| ())
    }
}

impl Dialect for Talk {
    async fn enter(&mut self, line: &mut Line) -> Result<(), End> {
        let session = match session_of(&self.chat, self.token.as_deref()).await {
            Ok(session) => session,
            Err(error) if error.public().code == ErrorCode::NotAuthenticated => {
                line.say(&json!({ "type": "message", "data": { "message": "Not Authenticated.." } }));
                line.say(&json!({ "type": "noAuth", "data": {} }));
                return Err(End::Close(CloseCode::SignIn));
            }
            Err(error) => return Err(closed(line, &error)),
        };
        line.connect(Some(&session), translate).await?;
        self.room = Some(self.room(line).await.map_err(|error| closed(line, &error))?);
        Ok(())
    }

    async fn answer(&self, line: &Line, text: &str) -> Option<Value> {
        self.say(line, text).await.err().map(|error| refusal(&error))
    }
}

fn closed(line: &Line, error: &chat::Error) -> End {
    line.say(&refusal(error));
    End::Close(CloseCode::Restart)
}

/// A message, as everybody in the room hears it.
fn translate(event: &Event) -> Option<Value> {
    let message = message_of(event)?;
    let data = json!({ "sender": person(&event.actor), "message": message.body, "date": iso(event.at) });
    Some(json!({ "type": "newMessage", "data": data }))
}

/// What was said in a room, if that is what happened.
pub(super) fn message_of(event: &Event) -> Option<&NewMessage> {
    match &event.change {
        Change::MessageCreated { message } if !message.deleted && !message.only_in_thread => Some(message),
        _ => None,
    }
}

fn person(user: &User) -> Value {
    json!({ "id": user.id, "userName": user.username, "name": user.name })
}

fn refusal(error: &chat::Error) -> Value {
    let error = told(error);
    json!({ "type": "error", "data": { "message": error.message(), "code": error.code, "retryAfter": error.retry_after } })
}
