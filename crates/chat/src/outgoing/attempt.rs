//! One try to deliver.

use outbound::{Failure, Post, signature};
use protocol::{Answers, ClientId, MessageId, RoomId, Seq, User, UserId};
use sea_orm::{ConnectionTrait, prelude::Uuid};
use serde::{Deserialize, Serialize};

use super::hook::{begins_with, columns, words_of};
use crate::{
    Chat, Error, Result,
    db::{Sql, now, users},
    messages,
};

/// A delivery that is due, with its message as it is now.
pub(super) struct Due {
    pub(super) id: Uuid,
    pub(super) attempts: i64,
    pub(super) since: i64,
    url: String,
    secret: String,
    words: Vec<String>,
    bot: UserId,
    room: Room,
    message: Option<(Message, User)>,
}

/// What came of a try.
pub(super) struct Outcome {
    pub(super) taken: bool,
    pub(super) status: Option<u16>,
    pub(super) error: String,
}

/// What is posted.
#[derive(Serialize)]
struct Body<'a> {
    r#type: &'static str,
    delivery: Uuid,
    hook: Uuid,
    room: &'a Room,
    message: &'a Message,
    author: Author<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    word: Option<&'a str>,
}

#[derive(Serialize)]
struct Room {
    id: RoomId,
    slug: String,
    name: String,
}

#[derive(Serialize)]
struct Message {
    id: MessageId,
    seq: Seq,
    at: i64,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<Seq>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_of: Option<Seq>,
    only_in_thread: bool,
}

#[derive(Serialize)]
struct Author<'a> {
    id: UserId,
    username: &'a str,
    name: &'a str,
}

/// What may come back.
#[derive(Deserialize)]
struct Reply {
    #[serde(default)]
    text: String,
}

/// The delivery of a hook that is to be tried next, if one is due.
pub(super) async fn next(db: &impl ConnectionTrait, hook: Uuid) -> Result<Option<Due>> {
    let at = now();
    let select = Sql::new(db.get_database_backend(), "SELECT d.id, d.attempts, d.since, h.url, h.secret, h.words, h.bot_id, r.id, r.slug, r.name, ")
        .text("m.id, m.seq, m.created_at, m.body, m.reply_to, m.thread_of, m.in_room, a.id, a.username, a.name, a.ambiguous, a.picture, a.bot ")
        .text("FROM outgoing_deliveries d JOIN outgoing_hooks h ON h.id = d.hook_id JOIN rooms r ON r.id = h.room_id ")
        .text("LEFT JOIN messages m ON m.room_id = h.room_id AND m.seq = d.seq AND m.deleted_at IS NULL ")
        .text("LEFT JOIN users a ON a.id = m.author_id WHERE d.hook_id = ")
        .value(hook)
        .text(" AND d.state = 'waiting' AND d.next_at <= ")
        .value(at)
        .text(" AND h.paused_at IS NULL AND h.hold_until <= ")
        .value(at)
        .text(" ORDER BY d.attempts, d.seq")
        .limit(1);
    let Some(row) = db.query_one_raw(select.done()).await? else { return Ok(None) };
    let (id, attempts, since, url, secret, words): (Uuid, i64, i64, String, String, String) = columns(&row)?;
    let bot: Uuid = row.try_get_by_index(6)?;
    let room = Room { id: RoomId(row.try_get_by_index(7)?), slug: row.try_get_by_index(8)?, name: row.try_get_by_index(9)? };
    let message = match row.try_get_by_index::<Option<Uuid>>(10)? {
        None => None,
        Some(id) => {
            let place = |index| row.try_get_by_index::<Option<i64>>(index).map(|seq| seq.map(Seq));
            let in_room: bool = row.try_get_by_index(16)?;
            let message = Message {
                id: MessageId(id),
                seq: Seq(row.try_get_by_index(11)?),
                at: row.try_get_by_index(12)?,
                text: row.try_get_by_index(13)?,
                reply_to: place(14)?,
                thread_of: place(15)?,
                only_in_thread: !in_room,
            };
            Some((message, users::of_row(&row, 17)?))
        }
    };
    Ok(Some(Due { id, attempts, since, url, secret, words: words_of(&words), bot: UserId(bot), room, message }))
}

/// Tries it; nothing where the message has gone, and with it what there is to deliver. What comes back is posted, once.
pub(super) async fn attempt(chat: &Chat, hook: Uuid, due: &Due) -> Result<Option<Outcome>> {
    let Some((message, author)) = &due.message else { return Ok(None) };
    let body = Body {
        r#type: "message",
        delivery: due.id,
        hook,
        room: &due.room,
        message,
        author: Author { id: author.id, username: &author.username, name: &author.name },
        word: begins_with(&due.words, &message.text),
    };
    let body = serde_json::to_string(&body).map_err(Error::internal)?;
    let signed = signature(&due.secret, now() / 1000, &body);
    let headers = vec![("snug-delivery", due.id.to_string()), ("snug-signature", signed)];
    let answer = match chat.outbound().post(&Post { url: due.url.clone(), headers, body }).await {
        Ok(answer) => answer,
        Err(failure) => return Ok(Some(failure.into())),
    };
    let status = Some(answer.status);
    if !answer.is_success() {
        return Ok(Some(Outcome { taken: false, status, error: format!("answered {}", answer.status) }));
    }
    let reply = serde_json::from_slice::<Reply>(&answer.body).map(|reply| reply.text).unwrap_or_default();
    let mut error = String::new();
    if !reply.trim().is_empty()
        && let Err(refused) = post_back(chat, due, message, reply).await
    {
        error = ["the answer was not posted: ", &refused.public().message()].concat();
    }
    Ok(Some(Outcome { taken: true, status, error }))
}

/// Under the id of the delivery: when it is delivered twice, the answer stands there once.
async fn post_back(chat: &Chat, due: &Due, message: &Message, text: String) -> Result<()> {
    let answers = Answers { reply_to: None, thread_of: message.thread_of, only_in_thread: message.only_in_thread };
    match messages::speak(chat, due.bot, due.room.id, ClientId(due.id), text, answers).await {
        // It answers otherwise than the first time, which stands.
        Err(error) if error.public().code == protocol::ErrorCode::Conflict => Ok(()),
        said => said.map(|_| ()),
    }
}

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        Self { taken: false, status: None, error: failure.to_string() }
    }
}
