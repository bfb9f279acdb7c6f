//! The chat on a real database: what its doors promise, without the doors. `SNUG_TEST_DATABASE` says on which (`testkit`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)]

mod accounts;
mod alerts;
mod changing;
mod delivery;
mod direct;
mod epoch;
mod floods;
mod history;
mod house;
mod invites;
mod members;
mod model;
mod moderation;
mod nodes;
mod office;
mod outage;
mod people;
mod quotas;
mod reactions;
mod readiness;
mod reads;
mod retention;
mod rights;
mod room_settings;
mod rooms;
mod scene;
mod security;
mod sending;
mod sessions;
mod socket;
mod succession;
mod tls;
mod typing;
mod upgrade;
mod upkeep;
