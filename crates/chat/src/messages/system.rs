//! What the house itself says in a room, on the word of whoever sees to it.

use std::sync::Arc;

use protocol::{Answers, Body, ClientId, RoomRef, markdown};

use super::sent::{Send, Sent};
use crate::{
    Chat, Error, Result,
    db::users,
    house::{self, By},
    policy::Action,
    rooms::Steward,
    seats::Seats,
    throttle::Deed,
    writer::{SharedWork, Transaction, Work},
};

/// Says something in a room for the house, which need not be in it, and waits until it is committed. It calls nobody who is not named.
///
/// # Errors
/// `invalid`; `not_allowed` for whoever does not see to the house, and in conversations; `not_found`, `archived`, `not_authenticated`,
/// `throttled`, `unavailable`.
pub async fn send_system(chat: &Chat, by: By, room: &RoomRef, text: &str) -> Result<Sent> {
    let body = Body::parse(text)?;
    let steward = Steward::new(chat, by, room, Deed::Send)?;
    let (client_id, words) = (ClientId::generate(), markdown::called(body.as_str()));
    chat.writer().run(Say { steward, body, client_id, words, seats: chat.seats().clone() }).await
}

struct Say {
    steward: Steward,
    body: Body,
    client_id: ClientId,
    words: Vec<String>,
    seats: Arc<Seats>,
}

impl Work for Say {
    type Answer = Sent;

    async fn run(&self, transaction: &mut Transaction) -> Result<Sent> {
        let charge = self.steward.take(&**transaction, Action::Write).await?;
        let author = users::house(&**transaction).await?;
        let send = Send {
            author,
            room: charge.room.id.into(),
            client_id: self.client_id,
            body: self.body.clone(),
            answers: Answers::default(),
            extra: None,
            words: self.words.clone(),
            here: Vec::new(),
            guest: Some(users::person(&**transaction, author).await?),
            seats: self.seats.clone(),
        };
        let sent =
            Send::run_all(&[send], transaction).await?.pop().ok_or_else(|| Error::internal("a message without an answer"))??;
        // Not what it says: that goes with the message.
        charge.audit(&**transaction, house::Deed::SendSystemMessage, format!("message {}", sent.seq)).await?;
        Ok(sent)
    }
}
