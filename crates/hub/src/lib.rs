//! Delivery: from a committed event to the sockets that want it.
//!
//! Whoever committed something hands it to a [`Broker`], which carries it to the [`Hub`] of every node. The hub puts it into the
//! mailbox of each connection that is subscribed to the room, and writes to the sockets what they take at once. An event is encoded
//! once, whatever the number of readers. The broker may lose something: each feed knows the last place that it delivered, and
//! [`catch_up`] reads from the log what did not come (G5).
//!
//! This crate knows no database and no use case: where a room's log can be read it is told by [`RoomLog`].

mod accounts;
mod activity;
mod broker;
pub mod catch_up;
mod feed;
mod frame;
pub mod heartbeat;
mod hub;
mod mailbox;
pub mod presence;
mod seen;
mod signal;
mod streams;

pub use broker::{Broker, InProcess, RedisBroker, in_process, probe_redis};
pub use catch_up::RoomLog;
pub use frame::Frame;
pub use hub::{Hub, Refusal};
pub use mailbox::{Mailbox, Outlet, Queue};
pub use seen::{NodeId, Seen};
pub use signal::{Audience, Bars, Call, ConnectionId, Published, Signal};
pub use streams::{Named, Post, Streams};
