//! Sessions (use cases): signing in, staying signed in, and ending it.
//!
//! A session is the family of refresh tokens that descend from one log-in. Drawing an access token gives the refresh token a successor.
//! Whoever shows one after a successor of it was used has a copy, thief or owner, and nobody can tell which: the whole family ends
//! (RFC 9700, 4.14.2).

mod devices;
mod lifetime;
mod list;
mod lookup;
mod pair;
mod prove;
mod renew;
mod revoke;
mod session;
mod sign_in;
mod succession;

pub use crate::credentials::LASTING_TOKEN_LENGTH;
pub use devices::Source;
pub(crate) use lifetime::shorten;
pub use list::{Listed, list};
pub(crate) use lookup::by_claims;
pub use lookup::{Visitor, by_access_token, by_refresh_token, expires_in};
pub use pair::{Pair, pair, renew_pair, verify_either};
pub(crate) use prove::prove;
pub use renew::{Renewed, grant, renew};
pub(crate) use revoke::{cut, end_all};
pub use revoke::{revoke, revoke_by_refresh_token, revoke_others, revoke_own};
pub use session::Session;
pub(crate) use sign_in::open;
pub use sign_in::{REFUSALS, SignedIn, sign_in};
