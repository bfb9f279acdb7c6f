//! What the two sides of Snug agree on: ids, models, frames, error and close codes, limits, the rules for what people type, and
//! the one markdown renderer. Pure types and functions: no I/O, and everything builds for WASM.

mod arrangement;
mod bad_frame;
mod codes;
mod extra;
mod fields;
mod frames;
mod ids;
pub mod json;
pub mod limits;
pub mod markdown;
mod models;
mod palette;
mod presence;
mod unread;
mod visible;

pub use arrangement::{Arrangement, Section};
pub use bad_frame::BadFrame;
pub use codes::{Advice, CloseCode, Error, ErrorCode, Retry};
pub use extra::Extra;
pub use fields::{
    Bio, Body, DisplayName, Field, FieldError, Password, Problem, Pronouns, RoomName, Slug, StatusEmoji, StatusText, Topic,
    Username, single_line,
};
pub use frames::{BEARER_PREFIX, ClientFrame, SUBPROTOCOL, ServerFrame};
pub use ids::{AlertId, ClientId, EpochId, MessageId, NoPlace, RoomId, RoomRef, Seq, SessionId, UserId};
pub use models::{
    Alert, AlertKind, Alerts, Answers, Change, Event, HouseRole, Mention, Message, MessageKind, NewMessage, Quote, Reaction,
    Rights, Room, RoomPage, RoomRole, RoomSummary, Standing, Thread, TokenGrant, User, Visibility, Window,
};
pub use palette::{Destinations, PalettePerson, PaletteRoom, PaletteThread};
pub use presence::{Activity, PersonPresence, Presence, Status};
pub use unread::{Level, News, Quiet, RoomUnread, RoomsUnread, count_of};
pub use visible::{first_character, is_ignorable, is_visible, shortened};
