//! The frame around every page, and the parts that pages share.

mod avatar;
mod brand;
mod field;
mod form;
mod icon;
mod layout;
mod rooms;
mod sidebar;
mod theme;

pub(crate) use avatar::{hue, initials};
pub(crate) use brand::Brand;
pub(crate) use field::TextField;
pub(crate) use form::{PostForm, Posting};
pub(crate) use icon::{Glyph, Icon};
pub(crate) use layout::Layout;
pub(crate) use rooms::WithRooms;
#[cfg(feature = "ssr")]
pub(crate) use theme::Theme;
pub(crate) use theme::ThemeSwitch;
