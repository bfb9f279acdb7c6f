//! Messages (use cases): sending them, the one door for every writer, and reading history.

mod batch;
mod page;
mod send;

pub use batch::Sent;
pub use page::{page, page_and_rooms};
pub use send::{Outgoing, send, submit};
