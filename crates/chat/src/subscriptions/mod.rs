//! What a socket does (use cases): hear rooms, and say that somebody is typing.

mod connection;
mod pace;
mod presence;
mod typing;

pub use connection::Connection;
