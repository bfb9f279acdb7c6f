//! Alerts (use cases): reading them, and being done with them. Who causes one enters it with what it is about
//! (`writer::Transaction::alert`).

mod list;
mod mark;
#[cfg(test)]
mod tests;

pub use list::list;
pub use mark::{Which, dismiss, mark_read};
