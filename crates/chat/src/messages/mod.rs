//! Messages (use cases): sending them, the one door for every writer, reading history, deleting and reporting them.

mod batch;
mod delete;
mod find;
mod known;
mod page;
mod report;
mod send;
mod sent;

pub use delete::{Asked, deletable, delete};
pub use page::{page, page_and_rooms};
pub use report::{Report, close_report, report, reportable, reports};
pub use send::{Outgoing, send, submit};
pub use sent::Sent;
