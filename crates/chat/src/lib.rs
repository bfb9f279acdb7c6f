//! Every decision of Snug. Server functions, REST and the socket are doors to the functions in here; what they all see of the
//! database is types of `protocol`. Each floor uses those below it and none above (`make lint` holds it to that).

// The roof: puts the floors on each other.
mod open;

// Use cases, one file each: who asks, whether they may, what is written, what happened, what is answered.
pub mod accounts;
pub mod alerts;
pub mod bookmarks;
pub mod bots;
pub mod commands;
pub mod hooks;
pub mod house;
pub mod idempotency;
pub mod imports;
pub mod invites;
pub mod messages;
pub mod outgoing;
pub mod reads;
pub mod rooms;
pub mod sessions;
pub mod subscriptions;
pub mod tokens;
pub mod upkeep;

// The handle that they are given.
mod chat;

// What becomes of an account that is deleted, by itself or by the house.
mod former;

// Engine: the writer runs their work, the log holds what happened, and the crate `hub` delivers it.
mod account_log;
mod log;
mod marks;
mod writer;

// Ground.
pub mod clocks;
mod counted;
mod credentials;
mod db;
mod emoji;
mod error;
mod kept;
mod limits;
mod look;
mod policy;
mod quotas;
mod readiness;
mod recent;
mod seats;
mod settings;
pub mod threads;
mod throttle;

pub use chat::Chat;
pub use credentials::{DeviceToken, NotAKey, ProgramToken, RefreshToken, SigningKey};
pub use db::{http_date, now, rfc3339, urls, utc};
pub use error::{Error, Result};
pub use limits::Limits;
pub use open::Options;
pub use outbound::IpNet;
pub use policy::{Actor, Need, Scopes};
pub use quotas::{Quota, Quotas};
pub use readiness::NotReady;
pub use sessions::Session;
pub use settings::{RegistrationMode, Settings};
pub use throttle::{Allowance, Deed, Rate, counting, network_of};
