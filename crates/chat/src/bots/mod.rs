//! Bots (use cases): accounts of programs. Nobody signs in with one; it speaks by its tokens, and a person answers for it.

mod change;
mod create;
mod delete;
mod keeper;
mod list;
mod owner;
mod rooms;

pub use change::{BotEdit, change, remove_picture, set_picture};
pub use create::{NewBot, create, may_create};
pub use delete::delete;
pub(crate) use keeper::keeper;
pub use list::{Bot, all, bot, list};
pub use owner::hand_over;
pub use rooms::{add_to_room, remove_from_room, rooms};
