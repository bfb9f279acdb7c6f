//! Sending a message.

use protocol::{Answers, Body, ClientId, ErrorCode, Extra, RoomId, RoomRef, UserId, limits, markdown};

use super::{
    mentions::here,
    sent::{Send, Sent},
};
use crate::{
    Chat, Result,
    db::users,
    policy::Actor,
    throttle::Deed,
    writer::{self, Answer},
};

/// A message on its way.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Where to.
    pub room: RoomRef,
    /// The client's own id of it (G2).
    pub client_id: ClientId,
    /// Markdown source.
    pub body: String,
    /// What it answers, and where it stands.
    pub answers: Answers,
    /// What programs keep with it.
    pub extra: Option<Extra>,
}

impl Outgoing {
    /// One that stands in the room, answers nothing and has nothing kept with it.
    #[must_use]
    pub fn new(room: RoomRef, client_id: ClientId, body: String) -> Self {
        Self { room, client_id, body, answers: Answers::default(), extra: None }
    }
}

/// Hands a message to the writer at once, so that the order of the calls is the order of the commits; what it returns waits for the
/// commit.
///
/// # Errors
/// `invalid`, `not_authenticated`, `not_found` (also for a message that it answers and that is not there), `not_a_member`, `conflict` (the
/// client id was used for something else), `bad_request` (under a message that itself stands in a thread), `too_large` (what is kept with it), `throttled`, and `unavailable` after 5 s at most: then the same send may be repeated, and gives the first result if there was one (G2).
pub fn submit(chat: &Chat, actor: Actor, message: Outgoing) -> impl Future<Output = Result<Sent>> + std::marker::Send + use<> {
    let queued = enqueue(chat, actor, message);
    let (marks, author) = (chat.marks().clone(), actor.user());
    async move {
        let sent = match queued {
            Ok(answer) => writer::wait(answer).await,
            Err(refused) => Err(refused),
        };
        // Who writes has read what stands before it.
        if let (Ok(sent), Ok(author)) = (&sent, author) {
            marks.note(author, sent.room, sent.seq);
        }
        let result = if sent.is_ok() { "ok" } else { "error" };
        metrics::counter!("snug_sends_total", "result" => result).increment(1);
        sent
    }
}

/// Sends a message and waits until it is committed.
///
/// # Errors
/// As [`submit`].
pub async fn send(chat: &Chat, actor: Actor, message: Outgoing) -> Result<Sent> {
    submit(chat, actor, message).await
}

fn enqueue(chat: &Chat, actor: Actor, message: Outgoing) -> Result<Answer<Sent>> {
    let author = actor.user()?;
    let body = Body::parse(&message.body)?;
    chat.deeds().by(author, Deed::Send)?;
    let (seats, answers) = (chat.seats().clone(), message.answers);
    if answers.only_in_thread && answers.thread_of.is_none() {
        return Err(ErrorCode::BadRequest.into());
    }
    let (extra, words) = (message.extra, markdown::called(body.as_str()));
    if extra.as_ref().is_some_and(|extra| extra.as_str().len() > limits::EXTRA_MAX_BYTES) {
        return Err(ErrorCode::TooLarge.into());
    }
    let here = here(chat, &words);
    let (room, client_id, guest) = (message.room, message.client_id, None);
    chat.writer().share(Send { author, room, client_id, body, answers, extra, words, here, guest, seats })
}

/// Has a program say something in a room where it was asked, whether or not it is a member. It calls nobody who is not named.
///
/// # Errors
/// As [`submit`].
pub(crate) async fn speak(
    chat: &Chat,
    bot: UserId,
    room: RoomId,
    client_id: ClientId,
    text: String,
    answers: Answers,
) -> Result<Sent> {
    let body = Body::parse(&text)?;
    chat.deeds().by(bot, Deed::Send)?;
    let guest = Some(users::person(chat.db().read(), bot).await?);
    let mut words = markdown::called(body.as_str());
    words.retain(|word| !markdown::calls_all(word));
    let (here, seats) = (Vec::new(), chat.seats().clone());
    let (room, extra) = (room.into(), None);
    let send = Send { author: bot, room, client_id, body, answers, extra, words, here, guest, seats };
    writer::wait(chat.writer().share(send)?).await
}
