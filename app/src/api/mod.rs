//! Server functions: what pages and forms ask the server for. Each one names the use case of `chat` that decides; forms reach the
//! same functions without JavaScript, hence the URL-encoded arguments and the fixed addresses.

mod accounts;
mod messages;
mod rooms;

pub(crate) use crate::next::{next_page, with_next};
#[cfg(feature = "hydrate")]
pub(crate) use accounts::renew_token;
pub(crate) use accounts::{Login, Logout, Register, SetTheme};
pub(crate) use messages::{RoomPageWithForm, SendMessage, room_page};
pub(crate) use rooms::{CreateRoom, JoinRoom, LeaveRoom, join_room, leave_room, rooms};
