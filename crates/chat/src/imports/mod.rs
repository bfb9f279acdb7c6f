//! Bringing people, rooms and messages along from another server (use cases), on the word of whoever has the machine.

mod carried;
mod django;
mod found;
mod ids;
mod messages;
mod people;
mod report;
mod rooms;
mod source;

pub use carried::{TEXT, carried};
pub use django::django;
pub use report::{Fault, Report, Tally};
