//! Incoming webhooks (use cases): addresses at which other programs post into a room, in the ways that they know already. Each has an account
//! of its own, a member of the room like any other: what it may is what a member may.

mod change;
mod create;
mod list;
mod post;
mod remove;
mod secret;

pub use change::{HookChange, change, renew};
pub use create::create;
pub use list::{Hook, Hooks, list};
pub use post::{Delivery, Format, Posted, Proof, post};
pub use remove::remove;
pub use secret::HookSecret;
