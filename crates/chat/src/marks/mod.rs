//! Up to where people have read their rooms (engine floor). Marks are gathered and written together: where thousands read along, each message
//! makes thousands of them.

mod count;
mod gather;

pub(crate) use count::{of_room, of_rows, rooms_of, select_of_rooms};
pub(crate) use gather::{Marks, keep_writing, write};
