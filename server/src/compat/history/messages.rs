//! `/chat/api/messages/`: messages of a chat, one page at a time.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::IntoResponse,
    routing::get,
};
use chat::{
    Deed,
    messages::{self, NewText, Outgoing},
    reads,
};
use protocol::{ClientId, ErrorCode, Message, MessageId, RoomId, Seq, UserId, Window};
use serde_json::{Value, json};

use super::{
    super::{answer::Detail, body::Body, people, times::iso, who::Who},
    chats::named,
    extra,
};
use crate::AppState;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/chat/api/messages/", get(list).post(create))
        .route("/chat/api/messages/{message}/", get(read).put(change).patch(change).delete(delete))
}

/// A page of a chat, the oldest first: the newest messages, or those before one of them.
async fn list(
    State(state): State<AppState>,
    who: Who,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Detail> {
    let chat = query.get("refChat").ok_or(Detail::Field("refChat", "This field is required."))?;
    let window = match query.get("before") {
        Some(id) => Window::Before(found(&state, &who, id).await?.1.seq),
        None => Window::Latest,
    };
    let page = messages::page(&state.chat, who.actor(), &named(chat)?, window).await?;
    let (room, me) = (page.room.id, who.session.user.id);
    let last_read = last_read(&state, &who, room).await?;
    let kept = page.messages.iter().filter(|message| !message.deleted);
    Ok(Json(kept.map(|message| shown(message, room, (me, last_read))).collect()))
}

/// Writes a message.
async fn create(State(state): State<AppState>, who: Who, body: Body) -> Result<impl IntoResponse, Detail> {
    let room = named(body.required("refChat")?)?;
    let message = outgoing(&body, &who, room)?;
    state.chat.admit(Deed::Send, who.address)?;
    let sent = messages::send(&state.chat, who.actor(), message).await?;
    let message = messages::message(&state.chat, who.actor(), &sent.room.into(), sent.seq).await?;
    Ok((StatusCode::CREATED, Json(shown(&message, sent.room, (who.session.user.id, sent.seq)))))
}

/// What is to be sent, in the name of whoever holds the token.
fn outgoing(body: &Body, who: &Who, room: protocol::RoomRef) -> Result<Outgoing, Detail> {
    if !author_is(body, &who.session.user) {
        return Err(Detail::Field("author", FOREIGN_AUTHOR));
    }
    let extra = extra::accept(body)?;
    Ok(Outgoing { extra, ..Outgoing::new(room, ClientId::generate(), body.required("message")?.to_owned()) })
}

/// What is said to somebody who would write for somebody else.
pub(super) const FOREIGN_AUTHOR: &str = "A message is by whoever holds the token.";

/// Whether a message names this person as its author, or nobody.
pub(super) fn author_is(body: &Body, user: &protocol::User) -> bool {
    match body.get("author") {
        None | Some(Value::Null) => true,
        Some(Value::String(said)) => said.is_empty() || people::is_meant(said, user),
        Some(Value::Object(said)) => said.get("id").and_then(Value::as_str).is_some_and(|id| people::is_meant(id, user)),
        Some(_) => false,
    }
}

async fn read(State(state): State<AppState>, who: Who, Path(id): Path<String>) -> Result<Json<Value>, Detail> {
    let (room, message) = found(&state, &who, &id).await?;
    let last_read = last_read(&state, &who, room).await?;
    Ok(Json(shown(&message, room, (who.session.user.id, last_read))))
}

/// Changes the text of one's own message, and whether one has read what others wrote. What is not said stays.
async fn change(State(state): State<AppState>, who: Who, Path(id): Path<String>, body: Body) -> Result<Json<Value>, Detail> {
    let (room, message) = found(&state, &who, &id).await?;
    extra::unchanged(&body, message.extra.as_ref())?;
    if body.get("message").is_some() && body.required("message")? != message.body {
        state.chat.admit(Deed::Send, who.address)?;
        let text = body.text("message").to_owned();
        let new = NewText { room: room.into(), seq: message.seq, body: text, revision: message.revision };
        messages::edit(&state.chat, who.actor(), new).await?;
    }
    match body.get("isRead") {
        Some(Value::Bool(true)) => reads::read_now(&state.chat, who.actor(), &room.into(), message.seq).await?,
        Some(Value::Bool(false)) if message.author.id != who.session.user.id => {
            reads::mark_unread(&state.chat, who.actor(), &room.into(), message.seq).await?;
        }
        _ => {}
    }
    read(State(state), who, Path(id)).await
}

async fn delete(State(state): State<AppState>, who: Who, Path(id): Path<String>) -> Result<StatusCode, Detail> {
    let (room, message) = found(&state, &who, &id).await?;
    state.chat.admit(Deed::Send, who.address)?;
    messages::delete(&state.chat, who.actor(), &room.into(), message.seq).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn found(state: &AppState, who: &Who, id: &str) -> Result<(RoomId, Arc<Message>), Detail> {
    let id: MessageId = id.parse().map_err(|_| ErrorCode::NotFound)?;
    let (room, seq) = messages::locate(&state.chat, id).await?;
    let message = messages::message(&state.chat, who.actor(), &room.into(), seq).await?;
    if message.deleted { Err(ErrorCode::NotFound.into()) } else { Ok((room, message)) }
}

/// Up to where somebody has read a room.
async fn last_read(state: &AppState, who: &Who, room: RoomId) -> Result<Seq, Detail> {
    let unread = reads::list(&state.chat, who.actor()).await?;
    Ok(unread.rooms.iter().find(|mark| mark.room == room).map_or(Seq::ZERO, |mark| mark.last_read))
}

/// A message, as somebody sees it who has read so far.
fn shown(message: &Message, room: RoomId, (me, last_read): (UserId, Seq)) -> Value {
    let mut shown = json!({
        "id": message.id,
        "refChat": room,
        "author": message.author.id,
        "message": message.body,
        "isRead": message.author.id == me || message.seq <= last_read,
        "createdAt": iso(message.at),
    });
    extra::show(&mut shown, message.extra.as_ref());
    shown
}
