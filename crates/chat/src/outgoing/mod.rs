//! Outgoing webhooks (use cases): what is said in a room goes to a URL, signed, until it is taken.
//!
//! The log of the room is the queue: a hook has a place in it, and deliveries are made of what stands after that, beside the sends and not in
//! them. So a send costs the same with hooks as without, and none is lost whenever a process ends.

mod attempt;
mod change;
mod create;
mod deliveries;
mod hook;
mod queue;
mod record;
mod work;

pub use change::{HookEdit, change, delete};
pub(crate) use create::secret;
pub use create::{Made, NewHook, create};
pub use deliveries::{DeliveriesPage, Delivery, DeliveryState, deliveries, resend};
pub(crate) use hook::parse_url;
pub use hook::{Hook, list};
pub(crate) use work::keep_delivering;
