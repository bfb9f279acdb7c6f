//! Every page by name: a function from a [`Visit`] to a [`Page`]. Nothing in here reaches the browser.

mod account;
mod assets;
mod composed;
mod device;
mod document;
mod edit_room;
mod escape;
mod failure;
mod field;
mod form;
mod home;
mod namesake;
mod new_message;
mod new_room;
mod not_sent;
mod room;
mod security;
mod settings;
mod shell;
mod visibility;
mod visit;
mod written;

pub use account::{login, register};
pub use assets::Assets;
pub use composed::Written;
pub use edit_room::edit_room;
pub use failure::not_found;
pub use home::home;
pub use new_message::new_message;
pub use new_room::new_room;
pub use room::{room, write};
pub use security::security;
pub use shell::Page;
pub use visit::Visit;
