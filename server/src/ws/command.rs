//! What a client asks for on the socket.

use chat::messages;
use futures::FutureExt;
use protocol::{ClientFrame, ClientId, ErrorCode, RoomRef, ServerFrame};

use super::{
    listener::Listener,
    socket::{End, Step},
};
use crate::answers::told;

impl Listener<'_> {
    /// Does what a frame asks for, or says why not. What reads the database is in a box: its state would otherwise take its place in
    /// every socket that does nothing.
    pub(super) async fn obey(&mut self, frame: ClientFrame) -> Step {
        match frame {
            ClientFrame::Subscribe { room, after } => {
                let subscribed = self.connection.subscribe(&room, after).boxed().await;
                self.or_refuse(room, subscribed)
            }
            ClientFrame::Unsubscribe { room } => {
                let unsubscribed = self.connection.unsubscribe(&room).boxed().await;
                self.or_refuse(room, unsubscribed)
            }
            ClientFrame::Send { room, client_id, body } => self.send(room, client_id, body),
            ClientFrame::Typing { room } => {
                let told = self.connection.typing(&room).boxed().await;
                hinted(told)
            }
            ClientFrame::Ping => {
                self.socket.mailbox.tell(&ServerFrame::Pong);
                Ok(())
            }
        }
    }

    /// Hands the message over at once, so that sends are committed in the order in which they came; the answer comes later.
    fn send(&mut self, room: RoomRef, client_id: ClientId, body: String) -> Step {
        if self.is_guest() {
            return Err(End::sign_in());
        }
        let outgoing = messages::Outgoing { room: room.clone(), client_id, body };
        let answer = messages::submit(self.chat, self.connection.actor(), outgoing).map(move |sent| match sent {
            Ok(sent) => ServerFrame::Ack { client_id, room: sent.room, message: sent.message, seq: sent.seq, at: sent.at },
            Err(error) => ServerFrame::Error { client_id: Some(client_id), room: Some(room), error: told(&error) },
        });
        self.sends.push(answer.boxed());
        Ok(())
    }

    fn is_guest(&self) -> bool {
        self.connection.session().is_none()
    }

    fn or_refuse(&self, room: RoomRef, result: chat::Result<()>) -> Step {
        let Err(error) = result else { return Ok(()) };
        let error = told(&error);
        // To a guest, what is not public and what does not exist are the same: the way on is to sign in.
        let for_members = matches!(error.code, ErrorCode::NotAuthenticated | ErrorCode::NotFound | ErrorCode::NotAMember);
        if for_members && self.is_guest() {
            return Err(End::sign_in());
        }
        self.socket.mailbox.tell(&ServerFrame::Error { client_id: None, room: Some(room), error });
        Ok(())
    }
}

/// A hint is not answered: an error about a room would be taken for one about a subscription. Guests are told what they always are.
fn hinted(result: chat::Result<()>) -> Step {
    match result {
        Err(error) if error.public().code == ErrorCode::NotAuthenticated => Err(End::sign_in()),
        _ => Ok(()),
    }
}
