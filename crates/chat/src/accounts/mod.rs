//! Accounts (use cases): making one, changing it, and deleting it.

mod delete;
mod names;
mod password;
mod register;
mod rename;

pub use delete::{Ties, delete_own, ties};
pub(crate) use names::fill_looks;
pub use password::change_password;
pub use register::{Registration, Ticket, add, register, register_with};
pub use rename::rename;
