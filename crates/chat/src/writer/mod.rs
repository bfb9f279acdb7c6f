//! The one writer of all room logs.
//!
//! Everything durable that happens in a room goes through this task, in the order of its queue. Sends that wait at the same time
//! share one transaction, and so one fsync; each is answered, and its event published, after the commit (G1, G3).

mod log;
mod membership;
mod sends;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use protocol::{Body, ClientId, Room, RoomId, RoomName, RoomRef, Slug, Topic, UserId, Visibility};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Error, Result,
    db::Db,
    hub::{Broker, Published, Signal},
    messages::Sent,
};

/// Commands that may wait. At a thousand a second this is more than a send's patience.
const QUEUE: usize = 8192;
/// Sends in one transaction at most.
const BATCH: usize = 256;
/// Bytes of text in one transaction, about: what is committed at once is delivered at once, and waits in every mailbox.
const BATCH_BYTES: usize = 128 * 1024;

/// Longest time for a transaction. A database that answers no more must not hold up the next try, and below the 5 s of G7.
const COMMIT_MAX: Duration = Duration::from_secs(4);
/// Tries for a transaction that lost a race against another node.
const TRIES: u32 = 3;

/// Where the answer to a command goes.
type Reply<T> = oneshot::Sender<Result<T>>;

/// What the writer can do.
pub(crate) enum Command {
    Send(Send),
    CreateRoom {
        /// The first member; nobody for the lobby of a new server.
        founder: Option<UserId>,
        slug: Slug,
        name: RoomName,
        topic: Topic,
        visibility: Visibility,
        reply: Reply<Room>,
    },
    Join {
        room: RoomId,
        user: UserId,
        reply: Reply<()>,
    },
    Leave {
        room: RoomId,
        user: UserId,
        reply: Reply<()>,
    },
}

/// A message to be stored.
pub(crate) struct Send {
    pub(crate) author: UserId,
    pub(crate) room: RoomRef,
    pub(crate) client_id: ClientId,
    pub(crate) body: Body,
    pub(crate) reply: Reply<Sent>,
}

/// The way to the writer.
pub(crate) struct Writer {
    queue: mpsc::Sender<Command>,
    closing: CancellationToken,
    tasks: TaskTracker,
}

impl Writer {
    /// Starts the writer.
    pub(crate) fn start(db: Db, broker: Arc<dyn Broker>) -> Self {
        let (queue, commands) = mpsc::channel(QUEUE);
        let (closing, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(run(Task { db, broker }, commands, closing.clone()));
        tasks.close();
        Self { queue, closing, tasks }
    }

    /// Takes no more commands and finishes those that wait.
    pub(crate) async fn close(&self) {
        self.closing.cancel();
        self.tasks.wait().await;
    }

    /// Queues a command at once.
    ///
    /// # Errors
    /// `unavailable` when the queue is full or the server shuts down.
    pub(crate) fn queue(&self, command: Command) -> Result<()> {
        self.queue.try_send(command).map_err(|refused| Error::unavailable(refused.to_string()))
    }

    /// Queues a command and waits for its answer.
    ///
    /// # Errors
    /// Those of the command, and those of [`Self::queue`].
    pub(crate) async fn run<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        self.queue(command(reply))?;
        answer.await.map_err(Error::unavailable)?
    }
}

struct Task {
    db: Db,
    broker: Arc<dyn Broker>,
}

async fn run(task: Task, mut commands: mpsc::Receiver<Command>, closing: CancellationToken) {
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        let received = tokio::select! {
            biased;
            () = closing.cancelled(), if !commands.is_closed() => {
                // From here on senders are refused, and the queue runs dry.
                commands.close();
                continue;
            }
            received = commands.recv_many(&mut batch, BATCH) => received,
        };
        if received == 0 {
            break;
        }
        metrics::gauge!("snug_writer_queue").set(commands.len() as f64);
        let (mut sends, mut bytes) = (Vec::new(), 0);
        for command in batch.drain(..) {
            match command {
                Command::Send(send) => {
                    bytes += send.body.as_str().len();
                    sends.push(send);
                    if bytes >= BATCH_BYTES {
                        task.store(std::mem::take(&mut sends)).await;
                        bytes = 0;
                    }
                }
                other => {
                    task.store(std::mem::take(&mut sends)).await;
                    bytes = 0;
                    task.change(other).await;
                }
            }
        }
        task.store(sends).await;
    }
}

impl Task {
    async fn store(&self, sends: Vec<Send>) {
        if sends.is_empty() {
            return;
        }
        let started = Instant::now();
        metrics::histogram!("snug_batch_sends").record(sends.len() as f64);
        match attempt(|| sends::store(&self.db, &sends)).await {
            Ok((verdicts, events)) => {
                metrics::histogram!("snug_commit_seconds").record(started.elapsed());
                self.publish(events).await;
                for (send, verdict) in sends.into_iter().zip(verdicts) {
                    // Whoever asked may have gone; the message is stored all the same.
                    let _ = send.reply.send(verdict.map_err(Error::from));
                }
            }
            Err(error) => {
                tracing::error!(%error, sends = sends.len(), "sends were not stored");
                for send in sends {
                    let _ = send.reply.send(Err(Error::unavailable("the batch of this send was not committed")));
                }
            }
        }
    }

    async fn change(&self, command: Command) {
        match command {
            Command::Send(send) => self.store(vec![send]).await,
            Command::CreateRoom { founder, slug, name, topic, visibility, reply } => {
                let new = membership::New { founder, slug, name, topic, visibility };
                self.answer(reply, attempt(|| membership::create_room(&self.db, new.clone())).await).await;
            }
            Command::Join { room, user, reply } => {
                self.answer(reply, attempt(|| membership::join(&self.db, room, user)).await).await;
            }
            Command::Leave { room, user, reply } => {
                self.answer(reply, attempt(|| membership::leave(&self.db, room, user)).await).await;
            }
        }
    }

    async fn answer<T>(&self, reply: Reply<T>, result: Result<(T, Option<Published>)>) {
        let answer = match result {
            Ok((value, event)) => {
                self.publish(event).await;
                Ok(value)
            }
            Err(error) => Err(error),
        };
        let _ = reply.send(answer);
    }

    async fn publish(&self, events: impl IntoIterator<Item = Published>) {
        let signals: Vec<Signal> = events.into_iter().map(Signal::Event).collect();
        if !signals.is_empty() {
            self.broker.publish(signals).await;
        }
    }
}

/// Runs a transaction in bounded time, and again when another node took what it wanted (a client id, a slug, a membership): then it
/// is there to be found. What is cut off may have been committed all the same: the hub looks it up, and a retry finds it (G2).
async fn attempt<T, F: Future<Output = Result<T>>>(mut transaction: impl FnMut() -> F) -> Result<T> {
    let mut tries = 1;
    loop {
        match timeout(COMMIT_MAX, transaction()).await.map_err(Error::unavailable)? {
            Err(error) if error.is_lost_race() && tries < TRIES => {
                tracing::debug!(%error, "a transaction is run again");
                tries += 1;
            }
            result => return result,
        }
    }
}
