//! Rooms (use cases): making, finding, joining, leaving and changing them.

mod address;
mod archive;
mod arrange;
mod beside;
mod bounds;
mod create;
mod delete;
mod direct;
mod edit;
mod list;
mod listed;
mod load;
mod lobby;
mod membership;
mod namesake;
mod order;
mod palette;
mod people;
mod search;
mod settings;
mod shared;
mod slow;
mod steward;
mod summary;
mod visibility;

pub use address::{moved, set_address};
pub use archive::archive;
pub(crate) use arrange::parse as parse_arrangement;
pub use arrange::{arrangement, fold, order_by_activity, star};
pub(crate) use beside::beside_and_load;
pub use beside::{Beside, beside};
pub(crate) use create::import;
pub use create::{NewRoom, create, establish};
pub use delete::delete;
pub(crate) use delete::finish_deletions;
pub(crate) use direct::show;
pub use direct::{converse, hide};
pub use edit::{RoomEdit, edit};
pub use list::list;
pub use listed::listed;
pub(crate) use load::{Found, load, load_counted, load_invited};
pub use load::{locate, seen};
pub(crate) use lobby::{LOBBY, ensure_lobby};
pub(crate) use membership::let_in;
pub use membership::{join, leave};
pub(crate) use namesake::fill_looks;
pub use namesake::namesake;
pub use palette::palette;
pub(crate) use people::lock;
pub use people::{
    Ban, Banned, FOR_GOOD, Member, MembersPage, MembersSearch, add, add_as, ban, ban_named, banned, candidates, correspondents,
    members, mute, named, remove, set_role, unban,
};
pub use search::{RoomsPage, Search, search};
pub use settings::{Settings, settings};
pub use shared::known;
pub(crate) use shared::{readable, shared};
pub use slow::{SLOW_SECONDS, slow_down};
pub(crate) use steward::Steward;
pub use summary::summary;
pub use visibility::set_visibility;
