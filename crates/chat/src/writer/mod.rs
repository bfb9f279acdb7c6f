//! The one writer of all room logs (engine floor).
//!
//! Everything durable that happens in a room goes through this queue, in its order: use cases hand in [`Work`], of which the writer
//! knows nothing. Work that can be shared ([`SharedWork`]: sends) and waits at the same time has one transaction, and so one fsync. Each is
//! answered, and what happened is published, after the commit (G1, G3).

mod job;
mod queue;
mod transaction;
mod work;

pub(crate) use job::Answer;
pub(crate) use queue::{Writer, wait};
pub(crate) use transaction::Transaction;
pub(crate) use work::{SharedWork, Work};
