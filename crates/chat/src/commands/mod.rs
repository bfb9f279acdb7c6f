//! Slash commands (use cases): `/word and more` in a room asks a program elsewhere instead of being said.

mod ask;
mod call;
mod manage;

pub use ask::{Said, say};
pub use manage::{Command, MadeCommand, NewCommand, Offered, create, delete, list, offered};
