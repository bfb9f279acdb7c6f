//! The broker between nodes: Redis pub/sub. Losing it costs latency, never a message (G5).

use std::{io, time::Duration};

use futures::{FutureExt, StreamExt, future::BoxFuture};
use redis::{
    AsyncTypedCommands, Client, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig, PubSub},
};
use tokio::{
    sync::mpsc,
    time::{error::Elapsed, sleep, timeout},
};
use uuid::Uuid;

use super::{Broker, in_process::InProcess, wire};
use crate::Signal;

/// The one channel. Every node hears everything: a node serves people of most rooms anyway.
const CHANNEL: &str = "snug";
/// Commits that may wait for Redis. What does not fit is not told; the other nodes look it up.
const QUEUE: usize = 256;
/// A node that has nothing to say says so after this time, so that silence means a dead connection.
const HEARTBEAT: Duration = Duration::from_secs(3);
/// Even this node's own heartbeats do not come back: connect anew.
const SILENCE_MAX: Duration = Duration::from_secs(10);
/// Longest time for a command or for connecting.
const PATIENCE: Duration = Duration::from_secs(2);
/// Pause before the next try to connect.
const PAUSE: Duration = Duration::from_millis(500);

/// Tells the own hub at once, and the other nodes through Redis.
pub struct RedisBroker {
    own: InProcess,
    others: mpsc::Sender<Vec<Signal>>,
}

impl RedisBroker {
    /// A broker for the node whose own queue this is, and the work that keeps it going. A Redis that is not there yet is waited for.
    ///
    /// # Errors
    /// The URL is none of Redis.
    pub fn new(url: &str, own: InProcess) -> RedisResult<(Self, BoxFuture<'static, ()>)> {
        let client = Client::open(url)?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(0);
        let manager = ConnectionManager::new_lazy_with_config(client.clone(), config)?;
        let node = Uuid::new_v4();
        let (others, outgoing) = mpsc::channel(QUEUE);
        let work = futures::future::join(send(manager, node, outgoing), receive(client, node, own.clone()));
        Ok((Self { own, others }, work.map(|_| ()).boxed()))
    }
}

impl Broker for RedisBroker {
    fn publish(&self, signals: Vec<Signal>) -> BoxFuture<'_, ()> {
        // Never waits for Redis: the writer must not.
        if self.others.try_send(signals.clone()).is_err() {
            metrics::counter!("snug_broker_dropped_total").increment(1);
        }
        self.own.publish(signals)
    }
}

async fn send(mut manager: ConnectionManager, node: Uuid, mut outgoing: mpsc::Receiver<Vec<Signal>>) {
    let mut well = true;
    loop {
        let signals = match timeout(HEARTBEAT, outgoing.recv()).await {
            Ok(Some(signals)) => signals,
            Ok(None) => return,
            Err(_) => Vec::new(),
        };
        let told = match wire::encode(node, &signals) {
            Ok(message) => manager.publish(CHANNEL, message).await.map(|_| ()).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = &told
            && well
        {
            tracing::warn!(%error, "the other nodes are not told: they will look into the database");
        }
        well = told.is_ok();
        metrics::gauge!("snug_broker_up").set(f64::from(u8::from(well)));
    }
}

async fn receive(client: Client, node: Uuid, own: InProcess) {
    loop {
        match listen(&client, node, &own).await {
            Ok(()) => tracing::warn!("Redis has gone silent: connecting anew"),
            Err(error) => tracing::warn!(%error, "cannot listen to Redis: trying again"),
        }
        sleep(PAUSE).await;
    }
}

/// Passes on what other nodes say until the connection ends.
async fn listen(client: &Client, node: Uuid, own: &InProcess) -> RedisResult<()> {
    let Ok(listener) = timeout(PATIENCE, subscribe(client)).await else { return Ok(()) };
    let mut messages = listener?.into_on_message();
    while let Ok(Some(message)) = timeout(SILENCE_MAX, messages.next()).await {
        match wire::decode(node, message.get_payload_bytes()) {
            Ok(signals) if signals.is_empty() => {}
            Ok(signals) => own.publish(signals).await,
            Err(error) => tracing::warn!(%error, "a message on the channel {CHANNEL} is none of ours"),
        }
    }
    Ok(())
}

/// Looks whether Redis does what nodes need of it, and says where it is, or what is wrong with it there.
/// # Errors
/// What is wrong, for the operator.
pub async fn probe(url: &str) -> Result<String, String> {
    let client = Client::open(url).map_err(|error| error.to_string())?;
    let place = client.get_connection_info().addr().to_string();
    let in_time = |outcome: Result<RedisResult<()>, Elapsed>| match outcome {
        Ok(outcome) => outcome.map_err(|error| error.to_string()),
        Err(_) => Err(format!("nothing came within {} s", PATIENCE.as_secs())),
    };
    let answers = async { client.get_multiplexed_async_connection().await?.ping().await.map(|_| ()) };
    in_time(timeout(PATIENCE, answers).await).map_err(|fault| format!("{place} does not answer: {fault}"))?;
    let carries = timeout(PATIENCE, carries(&client)).await;
    in_time(carries).map_err(|fault| format!("{place} does not pass on what is published on the channel {CHANNEL}: {fault}"))?;
    Ok(place)
}

/// Until this process hears what it has published itself: a heartbeat, of which nodes at work make nothing.
async fn carries(client: &Client) -> RedisResult<()> {
    let heartbeat = wire::encode(Uuid::new_v4(), &[]).unwrap_or_default();
    let mut messages = subscribe(client).await?.into_on_message();
    client.get_multiplexed_async_connection().await?.publish(CHANNEL, &heartbeat).await?;
    while let Some(message) = messages.next().await {
        if message.get_payload_bytes() == heartbeat {
            return Ok(());
        }
    }
    Err(io::Error::from(io::ErrorKind::UnexpectedEof).into())
}

async fn subscribe(client: &Client) -> RedisResult<PubSub> {
    let mut listener = client.get_async_pubsub().await?;
    listener.subscribe(CHANNEL).await?;
    Ok(listener)
}
