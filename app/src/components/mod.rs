//! The frame around every page, and the parts that pages share.

mod avatar;
mod brand;
mod dynamic;
mod icon;
mod layout;
mod list;
mod page;
mod presence;
mod sidebar;
mod theme;

pub(crate) use avatar::avatar;
pub(crate) use brand::{House, brand};
pub(crate) use dynamic::{Dynamic, Part, dynamic, dynamic_view};
pub(crate) use icon::{Glyph, Icon};
pub(crate) use layout::Layout;
#[cfg(feature = "ssr")]
pub(crate) use list::END as LIST_END;
pub(crate) use list::list;
pub(crate) use page::PageContext;
#[cfg(feature = "hydrate")]
pub(crate) use page::refresh;
pub(crate) use presence::presence_dot;
pub(crate) use theme::Theme;
