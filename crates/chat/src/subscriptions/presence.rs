//! Who is there: saying it of oneself, and asking it of others. Hints that are never kept.

use protocol::{Activity, ErrorCode, ServerFrame, UserId};

use super::connection::Connection;
use crate::Result;

impl Connection {
    /// Whether this person touches the device that the socket is on.
    ///
    /// # Errors
    /// `not_authenticated`.
    pub fn act(&self, activity: Activity) -> Result<()> {
        let user = self.session().ok_or(ErrorCode::NotAuthenticated)?.user.id;
        self.chat.hub().act(self.id, user, activity);
        Ok(())
    }

    /// Tells this socket from now on how these people are, and no longer how others are; at once of those that it was not told of before.
    /// Every account may see that of every other one, as it may see their cards.
    ///
    /// # Errors
    /// `not_authenticated`.
    pub fn watch_people(&self, people: Vec<UserId>) -> Result<()> {
        self.session().ok_or(ErrorCode::NotAuthenticated)?;
        if !self.hears_all() {
            return Err(ErrorCode::NotAllowed.into());
        }
        let people = self.chat.hub().watch_people(self.id, people);
        if !people.is_empty() {
            self.mailbox.enqueue(&ServerFrame::Presence { people });
        }
        Ok(())
    }
}
