//! Rooms (use cases): making, finding, joining, leaving and changing them.

mod bounds;
mod create;
mod direct;
mod edit;
mod list;
mod load;
mod lobby;
mod membership;
mod namesake;
mod order;
mod search;
mod shared;
mod visibility;

pub use create::{NewRoom, add, create};
pub(crate) use direct::show;
pub use direct::{converse, hide};
pub use edit::{RoomEdit, edit, editable};
pub use list::list;
pub(crate) use list::list_and_load;
pub(crate) use load::{Found, load, load_counted, load_invited};
pub(crate) use lobby::{LOBBY, ensure_lobby};
pub(crate) use membership::let_in;
pub use membership::{join, leave};
pub(crate) use namesake::fill_looks;
pub use namesake::namesake;
pub use search::{RoomsPage, Search, search};
pub use shared::known;
pub(crate) use shared::shared;
