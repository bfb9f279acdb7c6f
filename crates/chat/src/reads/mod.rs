//! What is new (use cases): up to where people have read, taking it back, and what they want to hear of.

mod all;
mod inbox;
mod level;
mod list;
mod mark;
mod quiet;

pub use all::{read_all, undo};
pub use inbox::{Call, Inbox, inbox};
pub use level::{Notifications, Span, mute, mute_until, notifications, set_level};
pub use list::list;
pub(crate) use list::{Account, select_account};
pub use mark::{mark_unread, read, read_now};
pub use quiet::{QuietHours, quiet_hours, set_quiet_hours};
