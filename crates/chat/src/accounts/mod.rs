//! Accounts (use cases): making one.

mod register;

pub use register::{Registration, register};
