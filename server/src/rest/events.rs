//! `/api/v1/events` and `/api/v1/frame`: what a socket does, where no WebSocket gets through.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, Uri},
    response::Response,
};
use chat::{Need, rooms};
use protocol::{ClientFrame, EpochId, ErrorCode, RoomRef, Seq, ServerFrame};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{asker::Asker, extract::Payload, openapi::Refused};
use crate::{
    AppState,
    answers::Refusal,
    caller::bearer,
    connections::Link,
    ws::{Cursor, streams},
};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(listen)).routes(routes!(post_frame))
}

/// What happens in rooms, and what is said to the account, as Server-Sent Events: the `data` of each is a frame, as on the socket. The
/// first event is named `stream` and says the id of the stream for `/api/v1/frame`; the last one, `close`, says why it ends.
#[utoipa::path(
    get,
    path = "/api/v1/events",
    operation_id = "listen_to_events",
    tag = "events",
    params(
        ("room" = Option<Vec<String>>, Query, description = "Id or address of each room, with `:` and the last place that you have, and with another `:` and its epoch."),
        ("last-event-id" = Option<String>, Header, description = "The `id` of the last event that you have: what you have missed comes first. It goes before the places of the query."),
    ),
    responses((status = 200, content_type = "text/event-stream", body = String, description = "The events, until you go."), Refused),
)]
async fn listen(
    State(state): State<AppState>,
    asker: Asker,
    link: Option<Extension<Arc<Link>>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refusal> {
    asker.may_list(Need::Read)?;
    let cursor: Cursor = match headers.get("last-event-id") {
        Some(id) => id.to_str().ok().and_then(|id| id.parse().ok()).ok_or(ErrorCode::BadRequest)?,
        None => Cursor::default(),
    };
    let mut frames: Vec<_> = cursor
        .rooms
        .iter()
        .map(|(room, (epoch, seq))| ClientFrame::Subscribe { room: (*room).into(), after: Some(*seq), epoch: Some(*epoch) })
        .collect();
    for Place { room, after, epoch } in places(&uri)? {
        let known = match (&room, cursor.rooms.is_empty()) {
            (_, true) => None,
            (RoomRef::Id(id), false) => Some(*id),
            // What is wrong with it is said on the stream.
            (RoomRef::Slug(_), false) => rooms::locate(&state.chat, &room).await.ok(),
        };
        if known.is_none_or(|id| !cursor.rooms.contains_key(&id)) {
            frames.push(ClientFrame::Subscribe { room, after, epoch });
        }
    }
    let token = bearer(&headers).map(str::to_owned);
    streams::open(&state, from(&asker, link), token, frames, cursor).await
}

fn from(asker: &Asker, link: Option<Extension<Arc<Link>>>) -> streams::From {
    let link = link.map(|Extension(link)| link);
    streams::From { session: asker.session_id(), address: asker.address(), link }
}

/// A room, and how far somebody has read it.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    room: RoomRef,
    after: Option<Seq>,
    epoch: Option<EpochId>,
}

/// The rooms of a query: `room=lobby&room=tea:17&room=…:17:epoch`.
fn places(uri: &Uri) -> Result<Vec<Place>, ErrorCode> {
    let query = uri.query().unwrap_or_default();
    let pairs: Vec<(String, String)> = axum::extract::Query::try_from_uri(uri).map_err(|_| ErrorCode::BadRequest)?.0;
    if query.len() > QUERY_MAX {
        return Err(ErrorCode::TooLarge);
    }
    pairs.into_iter().map(|(name, value)| if name == "room" { place(&value) } else { Err(ErrorCode::BadRequest) }).collect()
}

/// Longest query: that of as many rooms as one may listen to.
const QUERY_MAX: usize = 24 * 1024;

fn place(text: &str) -> Result<Place, ErrorCode> {
    let mut parts = text.split(':');
    let room = parts.next().unwrap_or_default().to_owned().into();
    let after = parts.next().map(str::parse).transpose().map_err(|_| ErrorCode::BadRequest)?;
    let epoch = parts.next().map(str::parse).transpose().map_err(|_| ErrorCode::BadRequest)?;
    if parts.next().is_some() { Err(ErrorCode::BadRequest) } else { Ok(Place { room, after, epoch }) }
}

/// A frame of the client.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Posted {
    /// The stream that it is for, as its first event says. `send`, `edit`, `delete` and `react` need none.
    stream: Option<Uuid>,
    frame: ClientFrame,
}

/// What a socket would answer.
#[derive(Serialize, ToSchema)]
struct Answered {
    /// None where there is no answer, or where it comes on the stream: `subscribed`, `unsubscribed`, `presence`.
    frames: Vec<ServerFrame>,
}

/// Does what a frame asks for, for the stream that it names.
#[utoipa::path(
    post,
    path = "/api/v1/frame",
    operation_id = "send_frame",
    tag = "events",
    request_body = Posted,
    responses((status = 200, body = Answered), Refused),
)]
async fn post_frame(
    State(state): State<AppState>,
    asker: Asker,
    Payload(Posted { stream, frame }): Payload<Posted>,
) -> Result<Json<Answered>, Refusal> {
    let actor = match need(&frame) {
        (need, Some(room)) => asker.may_in(&state, need, &room).await?,
        (need, None) => asker.may(need)?,
    };
    let answer = streams::post(&state, from(&asker, None), actor, stream, frame).await?;
    Ok(Json(Answered { frames: answer.into_iter().collect() }))
}

/// What a token has to be for, and in which room.
fn need(frame: &ClientFrame) -> (Need, Option<RoomRef>) {
    match frame {
        ClientFrame::Subscribe { room, .. } | ClientFrame::Unsubscribe { room } => (Need::Read, Some(room.clone())),
        ClientFrame::WatchPeople { .. } | ClientFrame::Ping => (Need::Read, None),
        ClientFrame::Send { room, .. }
        | ClientFrame::Edit { room, .. }
        | ClientFrame::Delete { room, .. }
        | ClientFrame::React { room, .. }
        | ClientFrame::Typing { room } => (Need::Write, Some(room.clone())),
        ClientFrame::Read { room, .. } => (Need::Write, Some((*room).into())),
        ClientFrame::Presence { .. } => (Need::Write, None),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(query: &str) -> Result<Vec<Place>, ErrorCode> {
        places(&format!("/api/v1/events?{query}").parse().unwrap())
    }

    #[test]
    fn rooms_may_have_a_place_and_an_epoch() {
        let epoch = EpochId::generate();
        let place = |room: &str, after, epoch| Place { room: room.to_owned().into(), after, epoch };
        assert_eq!(
            read(&format!("room=lobby&room=tea%3A17&room=den:0:{epoch}")).unwrap(),
            [place("lobby", None, None), place("tea", Some(Seq(17)), None), place("den", Some(Seq(0)), Some(epoch))]
        );
        assert_eq!(read("").unwrap(), []);
        for query in ["room=lobby:", "room=lobby:x", "room=lobby:-1", "room=lobby:1:x", "room=a:1:b:c", "rooms=lobby"] {
            assert_eq!(read(query), Err(ErrorCode::BadRequest), "{query}");
        }
    }
}
