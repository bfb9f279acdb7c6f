//! The pages, apart from the room itself.

mod account;
mod home;
mod new_room;
mod not_found;

pub(crate) use account::{Login, Register};
pub(crate) use home::Home;
pub(crate) use new_room::NewRoom;
pub(crate) use not_found::NotFound;
