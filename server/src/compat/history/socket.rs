//! `/ws/chat/{uuid}/?token=…`: one chat.

use std::net::IpAddr;

use axum::{
    Router,
    extract::{Path, Request, State},
    http::StatusCode,
    response::Response,
    routing::any,
};
use chat::{Session, messages::Outgoing};
use protocol::{ClientId, ErrorCode, Event, Room};
use serde_json::{Value, json};

use super::{
    super::{
        answer::Detail,
        body::Body,
        public::message_of,
        rooms::{joined, refusal},
        who::{address, session_of, token_of},
    },
    extra,
    messages::{FOREIGN_AUTHOR, author_is},
};
use crate::{
    AppState,
    ws::{self, Dialect, End, Line},
};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/ws/chat/{chat}/", any(talk))
}

/// Refuses strangers as Channels does: before there is a socket.
async fn talk(State(state): State<AppState>, Path(name): Path<String>, request: Request) -> Result<Response, Detail> {
    let unknown = Detail::Said(StatusCode::FORBIDDEN, "Given token not valid for any token type", Some("token_not_valid"));
    let session = match session_of(&state.chat, token_of(&request).as_deref()).await {
        Err(error) if error.public().code == ErrorCode::NotAuthenticated => return Err(unknown),
        session => session?,
    };
    let room = joined(&state.chat, &session, &name).await?;
    let from = address(&request)?;
    Ok(ws::open(&state, request, Talk { session, room, from }))
}

struct Talk {
    session: Session,
    room: Room,
    from: IpAddr,
}

impl Dialect for Talk {
    async fn enter(&mut self, line: &mut Line) -> Result<(), End> {
        line.hear(&self.session, self.room.id, translate).await
    }

    async fn answer(&self, line: &Line, text: &str) -> Option<Value> {
        let Some(frame) = Body::of_text(text) else { return Some(refusal(&ErrorCode::BadRequest.into())) };
        if !author_is(&frame, &self.session.user) {
            return Some(json!({ "error": FOREIGN_AUTHOR, "code": ErrorCode::NotAllowed }));
        }
        let chat = frame.text("refChat");
        if !chat.is_empty() && chat != self.room.id.to_string() && chat != self.room.slug {
            return Some(json!({ "error": "This socket is for another chat.", "code": ErrorCode::NotAllowed }));
        }
        let extra = match extra::accept(&frame) {
            Ok(extra) => extra,
            Err(_) => return Some(json!({ "error": "type is a text, and extraData is JSON.", "code": ErrorCode::BadRequest })),
        };
        let text = Outgoing::new(self.room.id.into(), ClientId::generate(), frame.text("message").to_owned());
        let message = Outgoing { extra, ..text };
        line.send(self.from, message).await.err().map(|error| refusal(&error))
    }
}

fn translate(event: &Event) -> Option<Value> {
    Some(json!({ "message": message_of(event)?.body }))
}
