#[cfg(feature = "hydrate")]
use protocol::{ClientId, Error, RoomPage, RoomsUnread};
use protocol::{RoomId, Seq};

#[cfg(feature = "hydrate")]
use super::{connection::Input, token::StoredToken};
#[cfg(feature = "hydrate")]
use crate::state::Pending;

/// What the loop that holds the connection is to take up next.
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser has a connection that takes them up"))]
pub(super) enum Command {
    /// The watched rooms or the outbox have changed.
    Synchronize,
    /// Events of this room are missing.
    CatchUp(RoomId),
    /// What the reader may do in this room has changed: read it anew and ask again for its events.
    ReadAnew(RoomId),
    /// The reader is typing in this room.
    Typing(RoomId),
    /// The reader has read this room up to here.
    Read(RoomId, Seq),
    /// The reader marks this room as unread: what they have read of it is not said any more.
    Hold(RoomId),
    /// The reader leaves the page.
    #[cfg(feature = "hydrate")]
    Leave,
    /// A script of the page says this.
    #[cfg(feature = "hydrate")]
    Say(String),
    /// The timer has ticked.
    #[cfg(feature = "hydrate")]
    Tick,
    /// Something for the connection.
    #[cfg(feature = "hydrate")]
    Input(Input),
    /// The connection of this number has brought a text.
    #[cfg(feature = "hydrate")]
    Frame(u32, String),
    /// The connection of this number is gone, with the code of the close frame.
    #[cfg(feature = "hydrate")]
    Closed(u32, u16),
    /// A token has come.
    #[cfg(feature = "hydrate")]
    Token(StoredToken),
    /// A room was read anew.
    #[cfg(feature = "hydrate")]
    Page(RoomId, Result<RoomPage, Error>),
    /// Another tab is about to delete a message; if it is closed before that, this one does it.
    #[cfg(feature = "hydrate")]
    Adopt(Box<Pending>),
    /// What is new was read.
    #[cfg(feature = "hydrate")]
    Unread(Result<RoomsUnread, Error>),
    /// Another tab has sent a message, or thrown it away.
    #[cfg(feature = "hydrate")]
    SettledElsewhere(ClientId),
}
