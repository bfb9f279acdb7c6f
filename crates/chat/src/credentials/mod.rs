//! What proves who somebody is, and how often it may be tried (ground floor): passwords, access tokens, refresh tokens.

mod access_token;
mod passwords;
mod refresh_token;
mod throttle;
mod typed;

pub(crate) use access_token::{Claims, Tokens};
pub use access_token::{NotAKey, SigningKey};
pub(crate) use passwords::Hasher;
pub use refresh_token::RefreshToken;
pub use throttle::Rate;
pub(crate) use throttle::Throttle;
pub(crate) use typed::{TypedPassword, new_password};
