//! Accounts (use cases): making one.

mod names;
mod register;

pub(crate) use names::fill_looks;
pub use register::{Registration, Ticket, add, register, register_with};
