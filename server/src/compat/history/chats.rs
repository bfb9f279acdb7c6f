//! `/chat/api/chats/`: rooms.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
    routing::get,
};
use chat::{
    Deed, accounts,
    rooms::{self, NewRoom, RoomEdit},
};
use protocol::{ErrorCode, Room, RoomRef};
use serde_json::{Value, json};

use super::super::{answer::Detail, body::Body, people, who::Who};
use crate::AppState;

/// People who are added at once.
const PARTICIPANTS_MAX: usize = 50;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/chat/api/chats/", get(list).post(create))
        .route("/chat/api/chats/{chat}/", get(read).put(change).patch(change).delete(delete))
}

/// The rooms that one is in.
async fn list(State(state): State<AppState>, who: Who) -> Result<Json<Value>, Detail> {
    let rooms = rooms::list(&state.chat, who.actor()).await?;
    Ok(Json(rooms.iter().map(shown).collect()))
}

/// Makes a room, for members only unless it is said otherwise, with these people in it.
async fn create(State(state): State<AppState>, who: Who, body: Body) -> Result<impl IntoResponse, Detail> {
    let visibility = match body.text("visibility") {
        "" => "private",
        visibility => visibility,
    };
    state.chat.admit(Deed::CreateRoom, who.address)?;
    let mut participants = participants(&body)?;
    participants.retain(|name| !people::is_meant(name, &who.session.user));
    // Before there is a room: who tries again with other names makes no second one.
    for name in &participants {
        accounts::card(&state.chat, &who.session, &people::username(name)).await?;
    }
    let new = NewRoom { name: body.required("name")?, topic: body.text("topic"), visibility, allow_duplicate: true };
    let room = rooms::create(&state.chat, who.actor(), new).await?;
    for name in &participants {
        rooms::add(&state.chat, who.actor(), &room.id.into(), &people::username(name)).await?;
    }
    Ok((StatusCode::CREATED, Json(shown(&room))))
}

/// Names of people.
fn participants(body: &Body) -> Result<Vec<String>, Detail> {
    let wrong = || Detail::Field("participants", "A list of user names.");
    let Some(list) = body.get("participants") else { return Ok(Vec::new()) };
    let names = list.as_array().filter(|list| list.len() <= PARTICIPANTS_MAX).ok_or_else(wrong)?;
    names.iter().map(|name| name.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
}

async fn read(State(state): State<AppState>, who: Who, Path(chat): Path<String>) -> Result<Json<Value>, Detail> {
    let (room, _) = rooms::seen(&state.chat, who.actor(), &named(&chat)?).await?;
    Ok(Json(shown(&room)))
}

/// Changes name and topic. What is not said stays.
async fn change(State(state): State<AppState>, who: Who, Path(chat): Path<String>, body: Body) -> Result<Json<Value>, Detail> {
    let (room, _) = rooms::seen(&state.chat, who.actor(), &named(&chat)?).await?;
    state.chat.admit(Deed::EditRoom, who.address)?;
    let said = |name: &'static str, now: &str| body.get(name).map_or_else(|| now.to_owned(), |_| body.text(name).to_owned());
    let (name, topic) = (said("name", &room.name), said("topic", &room.topic));
    let edit = RoomEdit { name: &name, topic: &topic, allow_duplicate: true };
    let room = rooms::edit(&state.chat, who.actor(), &room.id.into(), edit).await?;
    Ok(Json(shown(&room)))
}

async fn delete(State(state): State<AppState>, who: Who, Path(chat): Path<String>) -> Result<StatusCode, Detail> {
    let (room, _) = rooms::seen(&state.chat, who.actor(), &named(&chat)?).await?;
    state.chat.admit(Deed::EditRoom, who.address)?;
    rooms::delete(&state.chat, who.actor(), &room.id.into(), &room.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which room that is. What has not the form of a name is not there.
pub(super) fn named(chat: &str) -> Result<RoomRef, Detail> {
    chat.parse().map_err(|_| ErrorCode::NotFound.into())
}

fn shown(room: &Room) -> Value {
    json!({ "id": room.id, "name": room.name, "topic": room.topic, "slug": room.slug, "visibility": room.visibility })
}
