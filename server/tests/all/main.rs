//! The real router behind a real listener, with a database of its own per test (`SNUG_TEST_DATABASE` says of which kind); where it
//! matters, the real binary. The modules follow the addresses.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

mod api_fn;
mod api_v1;
mod around;
mod assets;
mod bad_input;
mod behind_nginx;
mod cli;
mod commands;
mod composer;
mod compression;
mod doors;
mod edits;
mod feeds;
mod hooks;
mod house;
mod limits;
mod logs;
#[cfg(target_os = "linux")]
mod memory;
mod openapi;
mod pages;
mod people;
mod probes;
mod process;
mod protocol_doc;
mod reactions;
mod reads;
mod rights;
mod rooms;
mod security;
mod settings;
mod signed_in;
mod slow_clients;
mod throttle;
mod tls;
mod upkeep;
mod ws;
mod ws_outage;
mod ws_resume;
mod ws_sends;
mod ws_sessions;
mod ws_slow;
mod ws_typing;
mod ws_wire;
