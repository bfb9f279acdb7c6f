//! The chat on a real SQLite file: what its doors promise, without the doors.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)]

mod accounts;
mod delivery;
mod history;
mod rooms;
mod scene;
mod sending;
mod sessions;
