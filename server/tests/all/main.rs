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
mod bots;
mod bots_doc;
mod cli;
mod commands;
mod compat;
mod composer;
mod compression;
mod cors;
mod doors;
mod edits;
mod events;
mod feeds;
mod hooks;
mod house;
mod limits;
mod logs;
#[cfg(target_os = "linux")]
mod memory;
mod openapi;
mod outgoing;
mod pages;
mod people;
mod probes;
mod process;
mod protocol_doc;
mod protocol_examples;
mod reactions;
mod reads;
mod rest_admin;
mod rest_edge;
mod rest_me;
mod rest_messages;
mod rest_people;
mod rest_rooms;
mod rest_table;
mod rights;
mod rooms;
mod security;
mod send_tail;
mod settings;
mod signed_in;
mod slash;
mod slow_clients;
mod throttle;
mod tls;
mod tokens;
mod upkeep;
mod ws;
mod ws_outage;
mod ws_resume;
mod ws_sends;
mod ws_sessions;
mod ws_slow;
mod ws_typing;
mod ws_wire;
