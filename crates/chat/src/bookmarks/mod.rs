//! Bookmarks (use cases): messages that somebody keeps for themselves.

mod keep;
mod list;

pub use keep::{Keeping, bookmark, keeping};
pub use list::{Bookmark, Bookmarks, list};
