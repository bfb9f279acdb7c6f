//! Accounts (use cases): making one, changing it, and deleting it.

mod availability;
mod bot;
mod card;
mod change;
mod delete;
mod names;
mod password;
mod people;
mod picture;
mod profile;
mod register;
mod rename;
mod thumbnail;

pub use availability::{Availability, look_at_all, presence, set_availability, set_status};
pub(crate) use availability::{keep_seen, seen, status};
pub(crate) use bot::{insert_bot, rename_bot};
pub use card::{Card, card};
pub use change::{Changes, NewStatus, change};
pub use delete::{Ties, delete_own, ties};
pub(crate) use names::fill_looks;
pub use password::change_password;
pub use people::{PeoplePage, PeopleSearch, people};
pub(crate) use picture::{keep, made_from};
pub use picture::{picture, remove_picture, set_picture};
pub use profile::{Profile, ProfileEdit, edit_profile, profile};
pub(crate) use register::{Past, import};
pub use register::{Registration, Ticket, add, register, register_with};
pub use rename::rename;
