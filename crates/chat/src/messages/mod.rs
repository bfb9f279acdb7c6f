//! Messages (use cases): sending them, the one door for every writer, and reading history.

mod batch;
mod known;
mod page;
mod send;
mod sent;

pub use page::{page, page_and_rooms};
pub use send::{Outgoing, send, submit};
pub use sent::Sent;
