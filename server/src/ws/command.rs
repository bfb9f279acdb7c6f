//! What a client asks for on the socket.

use std::time::Duration;

use chat::{
    Actor, Chat, Deed,
    commands::{self, Said},
    messages::{self, Done, NewText, Sent},
};
use futures::{FutureExt, future::Fuse};
use protocol::{Answers, BadFrame, ClientFrame, ClientId, ErrorCode, RoomRef, ServerFrame};
use tokio::time::sleep;

use super::{
    end::{End, Step},
    listener::Listener,
};
use crate::answers::told;

/// What comes too often is refused after this time, in which it counts among the sends that are under way: a flood is read no faster.
const REFUSAL_PAUSE: Duration = Duration::from_millis(200);

impl Listener<'_> {
    /// Does what a frame asks for, or begins to, or says why not.
    pub(super) fn handle(&mut self, frame: ClientFrame) -> Step {
        let connection = self.connection.clone();
        match frame {
            ClientFrame::Subscribe { room, after, epoch } => self.ask(async move {
                let done = connection.subscribe(&room, after, epoch).await;
                (room, done)
            }),
            ClientFrame::Unsubscribe { room } => self.ask(async move {
                let done = connection.unsubscribe(&room).await;
                (room, done)
            }),
            ClientFrame::Send { .. }
            | ClientFrame::Edit { .. }
            | ClientFrame::Delete { .. }
            | ClientFrame::React { .. }
            | ClientFrame::Read { .. }
            | ClientFrame::Presence { .. }
            | ClientFrame::WatchPeople { .. }
            | ClientFrame::Typing { .. }
                if self.is_guest() =>
            {
                return Err(End::sign_in());
            }
            ClientFrame::Send { room, client_id, body, reply_to, thread_of, only_in_thread } => {
                let answers = Answers { reply_to, thread_of, only_in_thread };
                self.send(messages::Outgoing { room, client_id, body, answers });
            }
            ClientFrame::Edit { room, client_id, seq, body, revision } => {
                self.change(client_id, room, move |chat, actor, room| async move {
                    messages::edit(&chat, actor, NewText { room, seq, body, revision }).await
                })
            }
            ClientFrame::Delete { room, client_id, seq } => {
                self.change(
                    client_id,
                    room,
                    move |chat, actor, room| async move { messages::delete(&chat, actor, &room, seq).await },
                )
            }
            ClientFrame::React { room, client_id, seq, emoji, on } => {
                self.change(client_id, room, move |chat, actor, room| async move {
                    messages::react(&chat, actor, &room, seq, &emoji, on).await
                });
            }
            // Not answered: an error about a room would be taken for one about a subscription.
            ClientFrame::Typing { room } => self.hint = async move { connection.typing(&room).await }.boxed().fuse(),
            ClientFrame::Read { room, seq } => connection.read(room, seq),
            // Neither fails for somebody who is signed in.
            ClientFrame::Presence { state } => _ = connection.act(state),
            ClientFrame::WatchPeople { people } => _ = connection.watch_people(people),
            ClientFrame::Ping => self.socket.mailbox.enqueue(&ServerFrame::Pong),
        }
        Ok(())
    }

    fn ask(&mut self, question: impl Future<Output = (RoomRef, chat::Result<()>)> + Send + 'static) {
        self.asked = question.boxed().fuse();
    }

    /// Changes something about a message; the answer comes when it is committed.
    fn change<F: Future<Output = chat::Result<Done>> + Send + 'static>(
        &mut self,
        client_id: ClientId,
        room: RoomRef,
        change: impl FnOnce(Chat, Actor, RoomRef) -> F,
    ) {
        let admitted = self.chat.admit(Deed::Send, self.address);
        let changed = admitted.map(|()| change(self.chat.clone(), self.connection.actor(), room.clone()));
        let answer = async move {
            match async { changed?.await }.await {
                Ok(done) => ServerFrame::Done { client_id, room: done.room.id, seq: done.seq },
                Err(error) => refused(client_id, room, told(&error)).await,
            }
        };
        self.sends.push(answer.boxed());
    }

    /// Hands the message over at once, so that sends are committed in the order in which they came; the answer comes later.
    fn send(&mut self, outgoing: messages::Outgoing) {
        let (room, client_id) = (outgoing.room.clone(), outgoing.client_id);
        self.hint = Fuse::terminated();
        self.connection.sent(&room);
        let admitted = self.chat.admit(Deed::Send, self.address);
        let sent = admitted.map(|()| commands::say(self.chat, self.connection.actor(), outgoing));
        let answer = async move {
            match async { sent?.await }.await {
                Ok(Said::Told { room, text }) => ServerFrame::Told { client_id, room, text },
                Ok(Said::Stored(Sent { room, message, seq, at, unreached, .. })) => {
                    ServerFrame::Ack { client_id, room, message, seq, at, unreached }
                }
                Err(error) => refused(client_id, room, told(&error)).await,
            }
        };
        self.sends.push(answer.boxed());
    }

    /// Refuses what is no frame as it has to be. The socket stays if the client can tell from the answer which one it was.
    pub(super) fn refuse(&self, text: &str) -> Step {
        let Some(BadFrame { client_id, room }) = BadFrame::of(text) else { return Err(End::bad_frame()) };
        if client_id.is_some() && self.is_guest() {
            return Err(End::sign_in());
        }
        self.socket.mailbox.enqueue(&ServerFrame::Error { client_id, room, error: ErrorCode::BadRequest.into() });
        Ok(())
    }

    fn is_guest(&self) -> bool {
        self.connection.session().is_none()
    }

    pub(super) fn or_refuse(&self, room: RoomRef, result: chat::Result<()>) -> Step {
        let Err(error) = result else { return Ok(()) };
        let error = told(&error);
        // To a guest, what is not public and what does not exist are the same: the way on is to sign in.
        let for_members = matches!(error.code, ErrorCode::NotAuthenticated | ErrorCode::NotFound | ErrorCode::NotAMember);
        if for_members && self.is_guest() {
            return Err(End::sign_in());
        }
        self.socket.mailbox.enqueue(&ServerFrame::Error { client_id: None, room: Some(room), error });
        Ok(())
    }
}

/// Says why it was not done.
async fn refused(client_id: ClientId, room: RoomRef, error: protocol::Error) -> ServerFrame {
    if error.code == ErrorCode::Throttled {
        sleep(REFUSAL_PAUSE).await;
    }
    ServerFrame::Error { client_id: Some(client_id), room: Some(room), error }
}
