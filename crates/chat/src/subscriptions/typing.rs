//! Saying that somebody is typing: a hint that is never kept.

use std::time::Instant;

use hub::{Frame, Signal};
use protocol::{ErrorCode, RoomRef, ServerFrame};

use super::connection::Connection;
use crate::{
    Result,
    policy::{Action, Need},
    rooms,
};

impl Connection {
    /// Tells those who listen in a room that this person is writing there. Too many of these are dropped without a word, and before
    /// anything is looked up: clients say it while somebody types.
    ///
    /// # Errors
    /// `not_authenticated`, `not_found`, `not_a_member`, `unavailable`.
    pub async fn typing(&self, room: &RoomRef) -> Result<()> {
        let user = &self.session().ok_or(ErrorCode::NotAuthenticated)?.user;
        if !self.typing.lock().allows(room, Instant::now()) {
            return Ok(());
        }
        let room = self.admit(Need::Write, room.clone())?;
        let found = rooms::load(self.chat.db().read(), self.actor(), &room).await?;
        found.access.permit(Action::Write)?;
        let frame = Frame::of(&ServerFrame::Typing { room: found.room.id, user: user.clone() });
        self.chat.signal(Signal::Typing { room: found.room.id, user: user.id, frame }).await;
        Ok(())
    }

    /// This person has sent a message there: that they are typing the next one may be said at once.
    pub fn sent(&self, room: &RoomRef) {
        self.typing.lock().forget(room);
    }
}
