//! The frame around every page, and the parts that pages share.

mod avatar;
mod brand;
mod field;
mod form;
mod icon;
mod layout;
mod sidebar;
mod theme;

pub(crate) use avatar::{hue, initials};
pub(crate) use brand::Brand;
pub(crate) use field::{Refusal, TextField, typed};
pub(crate) use form::{ErrorSummary, SubmitButton};
pub(crate) use icon::{Glyph, Icon};
pub(crate) use layout::Layout;
#[cfg(feature = "ssr")]
pub(crate) use theme::Theme;
pub(crate) use theme::ThemeSwitch;
