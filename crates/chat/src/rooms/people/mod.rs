//! The people of a room: who is there, who comes in by others, who has a say, who is kept out.

mod add;
mod ban;
mod candidates;
mod list;
mod mute;
mod named;
mod remove;
mod role;
mod span;
mod subject;

pub use add::add;
pub use ban::{Ban, Banned, ban, ban_named, banned, unban};
pub use candidates::{candidates, correspondents};
pub use list::{Member, MembersPage, Search as MembersSearch, members};
pub use mute::mute;
pub use named::named;
pub use remove::remove;
pub use role::{add_as, set_role};
pub use span::FOR_GOOD;

pub(super) use subject::is_last_owner;
pub(crate) use subject::lock;
