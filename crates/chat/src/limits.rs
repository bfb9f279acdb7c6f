//! How much of what is allowed on a node.

use std::{num::NonZeroU32, time::Duration};

use crate::credentials::Rate;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// How much of what is allowed on this node.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Tries to sign in or register per address (IPv6: per /64).
    pub per_address: Rate,
    /// Tries to sign in per account.
    pub per_account: Rate,
    /// Lifetime of an access token, in seconds.
    pub access_token_seconds: u64,
    /// Successors of one refresh token that are given so shortly after one another, in milliseconds, went to tabs of one browser at the
    /// same time: which answer came last, and so which of them it kept, is not known. Those that are older give way to the new one.
    pub refresh_grace_ms: i64,
    /// How long a session lasts after it was last used, in seconds.
    pub session_seconds: i64,
    /// How long a session lasts after its sign-in, however much it is used, in seconds.
    pub session_max_seconds: i64,
    /// Bytes that may wait for a slow reader before its socket is closed.
    pub mailbox_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let rate = |burst: u32, seconds| Rate {
            burst: NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN),
            each: Duration::from_secs(seconds),
        };
        Self {
            per_address: rate(20, 3),
            per_account: rate(10, 6),
            access_token_seconds: 15 * 60,
            refresh_grace_ms: 10_000,
            session_seconds: 30 * DAY_SECONDS,
            session_max_seconds: 90 * DAY_SECONDS,
            mailbox_bytes: 256 * 1024,
        }
    }
}
