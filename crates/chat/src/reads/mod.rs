//! What is new (use cases): up to where people have read, taking it back, and what they want to hear of.

mod all;
mod level;
mod list;
mod mark;

pub use all::{read_all, undo};
pub use level::{Notifications, Span, mute, notifications, set_level};
pub use list::list;
pub use mark::{mark_unread, read};
