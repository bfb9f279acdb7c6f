//! The guarantees under fire: the real binary as processes, with clients that log every send, acknowledgement and delivery, while
//! something goes wrong. At the end all of it is held against the database.
//!
//! A load phase lasts some seconds; `SNUG_FAULTS_SECONDS` makes it longer.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../all/support/mod.rs"]
mod support;

mod client;
mod crowd;
mod fresh;
mod journal;
mod line;
mod node;
mod screen;
mod services;
mod steward;

mod away;
mod clocks;
mod deaf_visitors;
mod disk_full;
mod floods;
mod kills;
mod network;
mod postgres;
mod redis;
mod restored;
mod rolling;
mod slow_readers;

use std::time::Duration;

/// How long clients send while things go wrong, or between two things that do.
fn load_time() -> Duration {
    let seconds = std::env::var("SNUG_FAULTS_SECONDS").map_or(8, |text| text.parse().expect("SNUG_FAULTS_SECONDS is a number"));
    Duration::from_secs(seconds)
}

/// A number from 0 to below `bound`. Ids of version 7 have enough randomness at their end.
fn dice(bound: u64) -> u64 {
    (uuid::Uuid::now_v7().as_u128() & u128::from(u32::MAX)) as u64 % bound
}

/// A pause of this length, half of it more or less: clients that lost the same server come back one by one.
fn jitter(around: Duration) -> Duration {
    around / 2 + Duration::from_micros(dice(u64::try_from(around.as_micros()).expect("short") + 1))
}
