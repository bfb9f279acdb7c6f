//! `snug send`: one message, for cron jobs and scripts.

use std::{
    io::{self, Read},
    time::Duration,
};

use protocol::ClientId;
use reqwest::Method;
use serde_json::json;
use tokio::time::sleep;

use super::client::{Client, Fault, named};
use crate::{config::SendOptions, failure::Failure};

/// How often it is tried: a server that restarts is back in a moment.
const TRIES: u32 = 4;
/// Before the second try; then twice as long each time.
const PAUSE: Duration = Duration::from_secs(1);
/// Longer than this nobody waits, whatever the server says.
const PAUSE_MAX: Duration = Duration::from_secs(60);

pub(super) async fn run(options: &SendOptions) -> Result<(), Failure> {
    let client = Client::new(&options.client)?;
    if !client.has_token() {
        return Err(Failure::Server("set SNUG_TOKEN to an access token that may write; one makes it under Settings".to_owned()));
    }
    let text = match &options.text {
        Some(text) => text.clone(),
        None => typed()?,
    };
    let room = String::from(named(&options.room));
    // The same in each try: however often it arrives, it is said once.
    let message = json!({ "client_id": ClientId::generate(), "body": text.trim_end() });
    let mut pause = PAUSE;
    for _ in 1..TRIES {
        match send(&client, &room, &message).await {
            Err(Fault::Passing(_, wanted)) => sleep(wanted.unwrap_or(pause).min(PAUSE_MAX)).await,
            done => return Ok(done?),
        }
        pause *= 2;
    }
    Ok(send(&client, &room, &message).await?)
}

async fn send(client: &Client, room: &str, message: &serde_json::Value) -> Result<(), Fault> {
    let request = client.request(Method::POST, &["api", "v1", "rooms", room, "messages"]).json(message);
    client.ask(request).await.map(|_| ())
}

fn typed() -> Result<String, Failure> {
    let mut text = String::new();
    let read = io::stdin().read_to_string(&mut text);
    read.map_err(|error| Failure::Server(format!("standard input cannot be read: {error}")))?;
    Ok(text)
}
