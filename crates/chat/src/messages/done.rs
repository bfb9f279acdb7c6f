//! What comes of something that was done to a message.

use protocol::{Room, Seq};

/// Something was done to a message, now or before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The room that the message stands in.
    pub room: Room,
    /// A place in its log by which it had happened.
    pub seq: Seq,
}
