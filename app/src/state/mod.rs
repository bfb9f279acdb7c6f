//! What a page knows about the rooms: plain structs that change by `apply`. No Leptos and no browser in here, so that every rule
//! is tested on the host.

pub mod backoff;
mod changes;
pub mod clock;
mod outbox;
mod reactions;
mod room;
mod rows;
mod typing;
mod unread;

pub use outbox::{Deed, Kept, Outbox, Pending, Status, Then};
pub use reactions::{Chip, reacts};
pub use room::{Applied, Missed, RoomState};
pub use rows::{Mark, MessageRow, Row, RowKey, quote, rows, with_new_line};
pub use typing::{Typing, TypingThrottle};
pub use unread::Unread;

#[cfg(test)]
pub(crate) mod testing;
