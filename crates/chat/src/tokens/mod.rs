//! Access tokens (use cases): by which programs come, without a password and for no more than they need.
//!
//! Only somebody who has signed in makes and ends them: a token makes no tokens, so that one that was stolen ends when it is ended.

mod create;
mod holder;
mod list;
mod revoke;

pub use create::{Made, NewToken, create};
pub(crate) use holder::hold;
pub use holder::{Holder, holder};
pub use list::{ListedToken, list};
pub use revoke::{revoke, revoke_all};
