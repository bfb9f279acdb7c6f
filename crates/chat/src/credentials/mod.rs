//! What proves who somebody is (ground floor): passwords, access tokens, refresh tokens; and by what a device is known again.

mod access_token;
mod device;
mod django;
mod fingerprint;
mod passwords;
mod program_token;
mod random;
mod refresh_token;
mod typed;

pub(crate) use access_token::{Claims, Tokens, Wrapped};
pub use access_token::{NotAKey, SigningKey};
pub use device::DeviceToken;
pub(crate) use django::DjangoHash;
pub(crate) use fingerprint::fingerprint;
pub(crate) use passwords::{Hasher, Lane};
pub use program_token::ProgramToken;
pub(crate) use random::random_text;
pub use refresh_token::{LASTING_TOKEN_LENGTH, RefreshToken};
pub(crate) use typed::{TypedPassword, new_password};
