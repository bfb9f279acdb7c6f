//! Saying something in a room, or asking a program where it is a command.

use futures::future::{Either, FutureExt};
use outbound::{Post, signature};
use protocol::{Answers, Body, ClientId, ErrorCode, Room, RoomId, UserId};
use sea_orm::prelude::Uuid;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    call::Written,
    manage::{self, Known},
};
use crate::{
    Chat, Error, Result,
    db::{entity::user, now, users},
    messages::{self, Outgoing, Sent},
    policy::{Action, Actor},
    rooms,
    throttle::Deed,
};

/// What became of what somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// It is stored, for all in the room.
    Stored(Sent),
    /// It was a command. This is for whoever wrote it, and nobody else; empty where there is nothing to say.
    Told {
        /// The room.
        room: RoomId,
        /// What the program answers.
        text: String,
    },
}

/// Hands a message to the writer at once, as [`messages::submit`] does; what is a command goes to its program instead.
///
/// # Errors
/// As [`messages::submit`]; `unknown_command` and `command_failed`.
pub fn say(chat: &Chat, actor: Actor, message: Outgoing) -> impl Future<Output = Result<Said>> + Send + use<> {
    match Written::of(&message.body) {
        Written::Text(text) => {
            let text = (text.len() < message.body.len()).then(|| text.to_owned());
            let body = text.unwrap_or(message.body);
            let stored = messages::submit(chat, actor, Outgoing { body, ..message });
            Either::Left(stored.map(|sent| sent.map(Said::Stored)))
        }
        Written::Command { word, args } => {
            let (word, args) = (word.to_lowercase(), args.to_owned());
            Either::Right(ask(chat.clone(), actor, message, word, args))
        }
    }
}

/// What is posted.
#[derive(Serialize)]
struct Question<'a> {
    r#type: &'static str,
    /// The client's own id: the same one again is the same command.
    delivery: ClientId,
    command: &'a str,
    text: &'a str,
    room: Place<'a>,
    author: Author<'a>,
}

#[derive(Serialize)]
struct Place<'a> {
    id: RoomId,
    slug: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct Author<'a> {
    id: UserId,
    username: &'a str,
    name: &'a str,
}

/// What comes back.
#[derive(Default, Deserialize)]
struct Reply {
    #[serde(default)]
    text: String,
    #[serde(default)]
    response_type: ResponseType,
}

/// For whom it is.
#[derive(Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum ResponseType {
    /// For whoever asked.
    #[default]
    Ephemeral,
    /// For all in the room.
    InChannel,
}

async fn ask(chat: Chat, actor: Actor, message: Outgoing, word: String, args: String) -> Result<Said> {
    let asks = actor.user()?;
    Body::parse(&message.body)?;
    let db = chat.db().read();
    let author = users::by_id(db, asks).await?;
    // A program that writes a slash means a slash: two of them could ask each other for ever.
    if author.bot {
        return messages::send(&chat, actor, message).await.map(Said::Stored);
    }
    chat.deeds().by(asks, Deed::Send)?;
    let found = rooms::load(db, actor, &message.room).await?;
    found.access.permit(Action::Write)?;
    let room = found.room;
    let known = manage::find(db, room.id, &word).await?.ok_or(ErrorCode::UnknownCommand)?;
    let reply = post(&chat, &known, question(&message, &word, &args, &room, &author)?).await?;
    let text = reply.text.trim();
    if reply.response_type == ResponseType::InChannel && !text.is_empty() {
        let Answers { thread_of, only_in_thread, .. } = message.answers;
        let answers = Answers { reply_to: None, thread_of, only_in_thread };
        let once = answer_id(asks, message.client_id);
        match messages::speak(&chat, known.bot, room.id, once, text.to_owned(), answers).await {
            // It was asked before, and answered otherwise: that stands.
            Err(error) if error.public().code == ErrorCode::Conflict => {}
            said => _ = said?,
        }
        return Ok(Said::Told { room: room.id, text: String::new() });
    }
    // No longer than a message may be.
    let text = text.chars().take(protocol::limits::BODY_MAX).collect();
    Ok(Said::Told { room: room.id, text })
}

fn question(message: &Outgoing, word: &str, args: &str, room: &Room, author: &user::Model) -> Result<(ClientId, String)> {
    let question = Question {
        r#type: "command",
        delivery: message.client_id,
        command: &["/", word].concat(),
        text: args,
        room: Place { id: room.id, slug: &room.slug, name: &room.name },
        author: Author { id: UserId(author.id), username: &author.username, name: &author.name },
    };
    Ok((message.client_id, serde_json::to_string(&question).map_err(Error::internal)?))
}

async fn post(chat: &Chat, known: &Known, (delivery, body): (ClientId, String)) -> Result<Reply> {
    let failed = |why: String| Error::from(protocol::Error::from(ErrorCode::CommandFailed).with_detail(why));
    let signed = signature(&known.secret, now() / 1000, &body);
    let headers = vec![("snug-delivery", delivery.to_string()), ("snug-signature", signed)];
    let answer = chat.outbound().post(&Post { url: known.url.clone(), headers, body }).await;
    let answer = answer.map_err(|failure| failed(format!("It says: {failure}.")))?;
    if !answer.is_success() {
        return Err(failed(format!("It answered with the status {}.", answer.status)));
    }
    if answer.body.trim_ascii().is_empty() {
        return Ok(Reply::default());
    }
    serde_json::from_slice(&answer.body).map_err(|_| failed("Its answer cannot be read.".to_owned()))
}

/// Under which a program answers one command of one person, so that it does so once.
fn answer_id(asks: UserId, client_id: ClientId) -> ClientId {
    let digest = Sha256::new().chain_update(asks.0).chain_update(client_id.0).finalize();
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest.as_slice()).for_each(|(byte, digest)| *byte = *digest);
    ClientId(Uuid::from_bytes(bytes))
}
