//! What is done to messages, whichever way the frame came by.

use std::{net::IpAddr, time::Duration};

use chat::{
    Actor, Chat, Deed,
    commands::{self, Said},
    messages::{self, Done, NewText, Outgoing, Sent},
};
use futures::{FutureExt, future::BoxFuture};
use protocol::{Answers, ClientFrame, ClientId, ErrorCode, RoomRef, ServerFrame};
use tokio::time::sleep;

use crate::answers::told;

/// What comes too often is refused after this time, in which it counts among the sends that are under way: a flood is read no faster.
const REFUSAL_PAUSE: Duration = Duration::from_millis(200);

/// The room, if whoever asks has a token for writing there.
pub(super) type Allow<'a> = &'a dyn Fn(RoomRef) -> Result<RoomRef, ErrorCode>;

/// Begins what a frame asks for, at once, so that sends are committed in the order in which they came. The answer comes when it is
/// committed. A frame that asks for something else is given back.
pub(super) fn begin(
    chat: &Chat,
    actor: Actor,
    address: IpAddr,
    allow: Allow<'_>,
    frame: ClientFrame,
) -> Result<BoxFuture<'static, ServerFrame>, ClientFrame> {
    let door = Door { chat, actor, address, allow };
    Ok(match frame {
        ClientFrame::Send { room, client_id, body, reply_to, thread_of, only_in_thread, extra } => {
            let answers = Answers { reply_to, thread_of, only_in_thread };
            door.send(Outgoing { room, client_id, body, answers, extra })
        }
        ClientFrame::Edit { room, client_id, seq, body, revision } => {
            door.change(client_id, room, move |chat, actor, room| async move {
                messages::edit(&chat, actor, NewText { room, seq, body, revision }).await
            })
        }
        ClientFrame::Delete { room, client_id, seq } => {
            door.change(client_id, room, move |chat, actor, room| async move { messages::delete(&chat, actor, &room, seq).await })
        }
        ClientFrame::React { room, client_id, seq, emoji, on } => {
            door.change(client_id, room, move |chat, actor, room| async move {
                messages::react(&chat, actor, &room, seq, &emoji, on).await
            })
        }
        other => return Err(other),
    })
}

struct Door<'a> {
    chat: &'a Chat,
    actor: Actor,
    address: IpAddr,
    allow: Allow<'a>,
}

impl Door<'_> {
    /// Lets something be written in a room, as far as its address and its token go.
    fn admit(&self, room: &RoomRef) -> chat::Result<RoomRef> {
        self.chat.admit(Deed::Send, self.address)?;
        Ok((self.allow)(room.clone())?)
    }

    /// Changes something about a message.
    fn change<F: Future<Output = chat::Result<Done>> + Send + 'static>(
        self,
        client_id: ClientId,
        room: RoomRef,
        change: impl FnOnce(Chat, Actor, RoomRef) -> F,
    ) -> BoxFuture<'static, ServerFrame> {
        let changed = self.admit(&room).map(|room| change(self.chat.clone(), self.actor, room));
        let answer = async move {
            match async { changed?.await }.await {
                Ok(done) => ServerFrame::Done { client_id, room: done.room.id, seq: done.seq },
                Err(error) => refused(client_id, room, told(&error)).await,
            }
        };
        answer.boxed()
    }

    /// Hands the message over.
    fn send(self, outgoing: Outgoing) -> BoxFuture<'static, ServerFrame> {
        let (room, client_id) = (outgoing.room.clone(), outgoing.client_id);
        let admitted = self.admit(&room);
        let sent = admitted.map(|room| commands::say(self.chat, self.actor, Outgoing { room, ..outgoing }));
        let answer = async move {
            match async { sent?.await }.await {
                Ok(Said::Told { room, text }) => ServerFrame::Told { client_id, room, text },
                Ok(Said::Stored(Sent { room, message, seq, at, unreached, .. })) => {
                    ServerFrame::Ack { client_id, room, message, seq, at, unreached }
                }
                Err(error) => refused(client_id, room, told(&error)).await,
            }
        };
        answer.boxed()
    }
}

/// Lets a refusal wait that is one of a flood.
pub(super) async fn hold_back(code: ErrorCode) {
    if code == ErrorCode::Throttled {
        sleep(REFUSAL_PAUSE).await;
    }
}

/// Says why it was not done.
async fn refused(client_id: ClientId, room: RoomRef, error: protocol::Error) -> ServerFrame {
    hold_back(error.code).await;
    ServerFrame::Error { client_id: Some(client_id), room: Some(room), error }
}
