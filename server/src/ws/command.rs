//! What a client asks for on its connection.

use chat::Need;
use futures::{FutureExt, future::Fuse};
use protocol::{BadFrame, ClientFrame, ClientId, ErrorCode, RoomRef, ServerFrame};

use super::{
    deeds,
    end::{End, Step},
    listener::Listener,
    said::Reply,
};
use crate::answers::told;

impl Listener<'_> {
    /// Does what a frame asks for, or begins to, or says why not.
    pub(super) fn handle(&mut self, frame: ClientFrame, reply: Reply) -> Step {
        let connection = self.connection.clone();
        match frame {
            ClientFrame::Subscribe { room, after, epoch } => self.ask(async move {
                let done = connection.subscribe(&room, after, epoch).await;
                (room, reply, done)
            }),
            ClientFrame::Unsubscribe { room } => self.ask(async move {
                let done = connection.unsubscribe(&room).await;
                (room, reply, done)
            }),
            ClientFrame::Ping => self.give(reply, ServerFrame::Pong),
            _ if self.is_guest() => return self.sign_in(None, None, reply),
            // Not answered: an error about a room would be taken for one about a subscription.
            ClientFrame::Typing { room } => {
                self.hint = async move { connection.typing(&room).await }.boxed().fuse();
                reply.done();
            }
            ClientFrame::Read { room, seq } => {
                connection.read(room, seq);
                reply.done();
            }
            // Neither fails for somebody who is signed in.
            ClientFrame::Presence { state } => {
                let _ = connection.act(state);
                reply.done();
            }
            ClientFrame::WatchPeople { people } => {
                let _ = connection.watch_people(people);
                reply.done();
            }
            ClientFrame::Send { .. } | ClientFrame::Edit { .. } | ClientFrame::Delete { .. } | ClientFrame::React { .. } => {
                if let ClientFrame::Send { room, .. } = &frame {
                    self.hint = Fuse::terminated();
                    connection.sent(room);
                }
                let allow = |room| connection.admit(Need::Write, room);
                if let Ok(answer) = deeds::begin(self.chat, connection.actor(), self.address, &allow, frame) {
                    self.sends.push(answer.map(|answer| (reply, answer)).boxed());
                }
            }
        }
        Ok(())
    }

    fn ask(&mut self, question: impl Future<Output = (RoomRef, Reply, chat::Result<()>)> + Send + 'static) {
        self.asked = question.boxed().fuse();
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

    /// Gives an answer where it belongs.
    pub(super) fn give(&self, reply: Reply, answer: ServerFrame) {
        if let Some(answer) = reply.give(answer) {
            self.socket.mailbox.enqueue(&answer);
        }
    }

    /// Something that guests may not do: who asked by a request is told so, and goes on listening.
    fn sign_in(&self, client_id: Option<ClientId>, room: Option<RoomRef>, reply: Reply) -> Step {
        if !reply.is_awaited() {
            return Err(End::sign_in());
        }
        self.give(reply, ServerFrame::Error { client_id, room, error: ErrorCode::NotAuthenticated.into() });
        Ok(())
    }

    pub(super) fn or_refuse(&self, room: RoomRef, reply: Reply, result: chat::Result<()>) -> Step {
        let Err(error) = result else {
            reply.done();
            return Ok(());
        };
        let error = told(&error);
        // To a guest, what is not public and what does not exist are the same: the way on is to sign in.
        let for_members = matches!(error.code, ErrorCode::NotAuthenticated | ErrorCode::NotFound | ErrorCode::NotAMember);
        if for_members && self.is_guest() {
            return self.sign_in(None, Some(room), reply);
        }
        self.give(reply, ServerFrame::Error { client_id: None, room: Some(room), error });
        Ok(())
    }
}
