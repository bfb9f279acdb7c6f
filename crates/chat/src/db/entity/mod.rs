//! The tables. Ids are bare UUIDs and times unix milliseconds here; the rest of the crate speaks in the types of `protocol`.

pub(crate) mod device;
pub(crate) mod membership;
pub(crate) mod message;
pub(crate) mod refresh_token;
pub(crate) mod room;
pub(crate) mod room_event;
pub(crate) mod session;
pub(crate) mod user;
