//! What a client asks for on the socket.

use chat::messages;
use futures::FutureExt;
use protocol::{ClientFrame, ClientId, ErrorCode, RoomRef, Seq, ServerFrame};

use super::socket::{End, Socket, Step};
use crate::answers::told;

impl Socket<'_> {
    /// Does what a frame asks for, or says why not.
    pub(super) async fn obey(&mut self, frame: ClientFrame) -> Step {
        match frame {
            ClientFrame::Subscribe { room, after } => self.subscribe(room, after).await,
            ClientFrame::Unsubscribe { room } => self.unsubscribe(room).await,
            ClientFrame::Send { room, client_id, body } => self.send(room, client_id, body).await,
            ClientFrame::Ping => self.write(&ServerFrame::Pong).await,
        }
    }

    async fn subscribe(&mut self, room: RoomRef, after: Option<Seq>) -> Step {
        let subscription = match self.connection.subscribe(&room, after).await {
            Ok(subscription) => subscription,
            Err(error) => return self.refuse(room, &error).await,
        };
        let frame = ServerFrame::Subscribed {
            room: subscription.room,
            slug: subscription.slug,
            head: subscription.head,
            reset: subscription.reset,
        };
        self.feed_frame(&frame).await?;
        // Before the next delivery: by this, missed and new events stand in one order (G4).
        for event in subscription.replay {
            self.feed(event).await?;
        }
        self.flush().await
    }

    async fn unsubscribe(&mut self, room: RoomRef) -> Step {
        match self.connection.unsubscribe(&room).await {
            Ok(room) => self.write(&ServerFrame::Unsubscribed { room }).await,
            Err(error) => self.refuse(room, &error).await,
        }
    }

    /// Hands the message over at once, so that sends are committed in the order in which they came; the answer comes later.
    async fn send(&mut self, room: RoomRef, client_id: ClientId, body: String) -> Step {
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

    async fn refuse(&mut self, room: RoomRef, error: &chat::Error) -> Step {
        let error = told(error);
        // To a guest, what is not public and what does not exist are the same: the way on is to sign in.
        let for_members = matches!(error.code, ErrorCode::NotAuthenticated | ErrorCode::NotFound | ErrorCode::NotAMember);
        if for_members && self.is_guest() {
            return Err(End::sign_in());
        }
        self.write(&ServerFrame::Error { client_id: None, room: Some(room), error }).await
    }
}
