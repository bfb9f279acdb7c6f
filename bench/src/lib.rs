//! What the bench is made of: the load side in this process, the servers in processes of their own.

pub mod budgets;
pub mod dialect;
pub mod figures;
pub mod frames;
pub mod http;
pub mod kind;
pub mod machine;
pub mod pages;
pub mod report;
pub mod server;
pub mod stats;
pub mod swarm;
pub mod tally;

/// What went wrong, in words; the bench stops with it.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
