//! The page of a room: `/r/{slug}` and `/r/{slug}/m/{seq}`.

mod about;
mod address;
mod answer;
mod app;
mod banner;
mod beside;
mod click;
mod composer;
mod context;
mod data;
mod edit;
mod footer;
mod head;
mod header;
#[cfg(feature = "hydrate")]
mod hydrate;
mod keep;
mod keys;
mod membership;
mod menu;
mod message;
#[cfg(feature = "hydrate")]
mod navigation;
mod notice;
mod place;
mod reactions;
mod reading;
#[cfg(feature = "ssr")]
mod rendered;
mod screen;
mod scroller;
mod target;
mod textarea;
mod thread;
mod timeline;
mod typing;
mod view;
mod zone;

#[cfg(feature = "hydrate")]
pub use hydrate::hydrate;
#[cfg(feature = "ssr")]
pub(crate) use {
    address::{Address, MISSING},
    app::App,
    data::{DATA, MESSAGES, PageData},
    head::head,
    notice::for_you,
};

/// What stood in the composer when it was sent without JavaScript and refused, as HTML.
#[cfg(feature = "ssr")]
#[derive(Clone)]
pub(crate) struct Typed(pub(crate) String);
