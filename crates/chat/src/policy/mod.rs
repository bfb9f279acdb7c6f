//! Who may do what: two tables, without I/O, that every door asks.

mod house;
mod room;
pub(crate) mod scopes;

use protocol::{ErrorCode, UserId};

pub use self::scopes::{Need, Scopes};
pub(crate) use self::{
    house::{HouseAction, HouseRules, permit},
    room::{Access, Action, may_still_edit},
};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody is signed in.
    Guest,
    /// An account.
    User(UserId),
}

impl Actor {
    /// The account.
    ///
    /// # Errors
    /// `not_authenticated` for a guest.
    pub fn user(self) -> Result<UserId, ErrorCode> {
        match self {
            Self::Guest => Err(ErrorCode::NotAuthenticated),
            Self::User(id) => Ok(id),
        }
    }
}
