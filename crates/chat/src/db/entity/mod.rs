//! The tables. Ids are bare UUIDs and times unix milliseconds here; the rest of the crate speaks in the types of `protocol`.

pub(crate) mod alert;
pub(crate) mod audit;
pub(crate) mod bookmark;
pub(crate) mod device;
pub(crate) mod follow;
pub(crate) mod hook;
pub(crate) mod inbox;
pub(crate) mod invite;
pub(crate) mod link;
pub(crate) mod membership;
pub(crate) mod message;
pub(crate) mod message_text;
pub(crate) mod picture;
pub(crate) mod pin;
pub(crate) mod reaction;
pub(crate) mod refresh_token;
pub(crate) mod report;
pub(crate) mod room;
pub(crate) mod room_address;
pub(crate) mod room_ban;
pub(crate) mod room_event;
pub(crate) mod session;
pub(crate) mod setting;
pub(crate) mod user;
