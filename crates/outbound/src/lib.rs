//! The one HTTP client by which requests leave the house. People say where to, so it goes nowhere that they could not go themselves: to no
//! address of this machine or its network, whatever name or redirect leads there. It is bounded in time and in what it reads.

mod addresses;
mod client;
mod sign;

pub use addresses::is_public;
pub use client::{ANSWER_MAX, Answer, Client, Failure, PATIENCE, Post, host};
pub use ipnet::IpNet;
pub use sign::signature;
