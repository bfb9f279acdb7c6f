//! Invites (use cases): links by which people come into the house, or into a room too.

mod accept;
mod create;
mod list;
mod revoke;
mod show;

pub use accept::accept;
pub(crate) use accept::{come_in, take, take_for_registration};
pub use create::{NewInvite, create};
pub use list::{Invite, list};
pub use revoke::revoke;
pub use show::{Shown, show};
