//! The one socket of a tab, and the rooms that it keeps up to date. On the server there is no connection behind the handle; the
//! rest is the same, so that the same components render on both sides.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "hydrate")]
mod client;
mod command;
#[cfg(any(feature = "hydrate", test))]
mod connection;
mod handle;
#[cfg(any(feature = "hydrate", test))]
mod news;
#[cfg(feature = "hydrate")]
mod renewal;
mod status;
pub(crate) mod storage;
#[cfg(any(feature = "hydrate", test))]
mod subscriptions;
#[cfg(any(feature = "hydrate", test))]
mod token;
#[cfg(feature = "hydrate")]
mod transport;

#[cfg(feature = "hydrate")]
pub(crate) use client::start;
pub(crate) use {
    handle::{SharedRoom, Socket},
    status::Status,
};
