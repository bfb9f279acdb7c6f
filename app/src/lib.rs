//! The pages of Snug. A page is a function from a request to a document ([`pages`]). The page of a room lives on: it is rendered on the
//! server and then brought to life in the browser, from the same components. All others are documents that the server alone renders.

#![allow(unreachable_pub, reason = "#[component] writes `pub` items into whatever module it is used in")]

#[cfg(feature = "ssr")]
mod api;
mod build;
mod components;
#[cfg(feature = "ssr")]
pub mod context;
#[cfg(feature = "ssr")]
pub mod cookies;
mod endpoints;
#[cfg(feature = "ssr")]
mod error;
mod fetch;
mod head;
mod json;
mod next;
#[cfg(feature = "ssr")]
pub mod pages;
mod room;
pub mod socket;
pub mod state;
#[cfg(feature = "ssr")]
mod status;

pub use build::build_id;
#[cfg(feature = "ssr")]
pub use error::{AppError, Typed};
#[cfg(feature = "ssr")]
pub use next::way_in;
#[cfg(feature = "hydrate")]
pub use room::hydrate;
