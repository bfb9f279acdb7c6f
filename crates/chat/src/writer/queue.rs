//! The queue of the writer, and the task that works through it.

use std::{sync::Arc, time::Duration};

use hub::{Broker, Signal};
use parking_lot::Mutex;
use tokio::{
    sync::mpsc,
    time::{Instant, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    SharedWork, Transaction, Work,
    job::{Answer, Job, Shared, Single},
};
use crate::{Error, Result, db::Db};

/// What has no result by then has failed, and may be tried again (G7): many that stand in the queue while the database does not answer each take as
/// long as a transaction may.
const PATIENCE: Duration = Duration::from_secs(5);
/// Jobs that may wait. At a thousand a second this is more than a send's patience.
const QUEUE: usize = 8192;
/// Jobs that are taken from the queue at once.
const AT_ONCE: usize = 256;
/// Longest time for a transaction. A database that answers no more must not hold up the next try, and below the 5 s of G7.
const COMMIT_MAX: Duration = Duration::from_secs(4);
/// What the log gets of one that took longer.
const SILENT: &str = "the database did not answer in time";
/// Tries for a transaction that lost a race against another node.
const TRIES: u32 = 3;

/// The way to the writer.
pub(crate) struct Writer {
    queue: mpsc::Sender<Box<dyn Job>>,
    closing: CancellationToken,
    tasks: TaskTracker,
    written: Written,
}

/// When something was committed last.
type Written = Arc<Mutex<Option<Instant>>>;

impl Writer {
    /// Starts the writer.
    pub(crate) fn start(db: Db, broker: Arc<dyn Broker>) -> Self {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let (closing, tasks, written) = (CancellationToken::new(), TaskTracker::new(), Written::default());
        tasks.spawn(run(Task { db, broker, written: written.clone() }, jobs, closing.clone()));
        tasks.close();
        Self { queue, closing, tasks, written }
    }

    /// Takes no more work and finishes what waits.
    pub(crate) async fn close(&self) {
        self.closing.cancel();
        self.tasks.wait().await;
    }

    /// Whether something was committed a moment ago, and more can be.
    pub(crate) fn has_written_within(&self, time: Duration) -> bool {
        !self.closing.is_cancelled() && self.written.lock().is_some_and(|written| written.elapsed() < time)
    }

    /// Queues work and waits for its answer.
    ///
    /// # Errors
    /// Those of the work, and `unavailable` when the queue is full, the server shuts down, or there is no answer in time.
    pub(crate) async fn run<W: Work>(&self, work: W) -> Result<W::Answer> {
        let (job, answer) = Single::new(work);
        self.enqueue(Box::new(job))?;
        wait(answer).await
    }

    /// Queues work that can share a transaction, at once: the order of the calls is the order of the commits.
    ///
    /// # Errors
    /// `unavailable` when the queue is full or the server shuts down.
    pub(crate) fn share<W: SharedWork>(&self, work: W) -> Result<Answer<W::Answer>> {
        let (job, answer) = Shared::new(work);
        self.enqueue(Box::new(job))?;
        Ok(answer)
    }

    fn enqueue(&self, job: Box<dyn Job>) -> Result<()> {
        self.queue.try_send(job).map_err(|refused| Error::unavailable(refused.to_string()))
    }
}

/// Waits for an answer, within bounds.
///
/// # Errors
/// Those of the work, and `unavailable` when there is none in time.
pub(crate) async fn wait<T>(answer: Answer<T>) -> Result<T> {
    timeout(PATIENCE, answer).await.map_err(Error::unavailable)?.map_err(Error::unavailable)?
}

async fn run(task: Task, mut jobs: mpsc::Receiver<Box<dyn Job>>, closing: CancellationToken) {
    let mut taken = Vec::with_capacity(AT_ONCE);
    loop {
        let received = tokio::select! {
            biased;
            () = closing.cancelled(), if !jobs.is_closed() => {
                // From here on senders are refused, and the queue runs dry.
                jobs.close();
                continue;
            }
            received = jobs.recv_many(&mut taken, AT_ONCE) => received,
        };
        if received == 0 {
            break;
        }
        metrics::gauge!("snug_writer_queue").set(jobs.len() as f64);
        let mut current: Option<Box<dyn Job>> = None;
        for next in taken.drain(..) {
            let apart = match &mut current {
                Some(job) => job.take_along(next),
                None => Some(next),
            };
            if let Some(next) = apart
                && let Some(done) = current.replace(next)
            {
                task.work(done).await;
            }
        }
        if let Some(job) = current {
            task.work(job).await;
        }
    }
}

struct Task {
    db: Db,
    broker: Arc<dyn Broker>,
    written: Written,
}

impl Task {
    /// Does a job, tells the hubs what happened, and then whoever asked (G1).
    async fn work(&self, mut job: Box<dyn Job>) {
        let started = Instant::now();
        metrics::histogram!("snug_batch_sends").record(job.count() as f64);
        let outcome = match self.attempt(&mut *job).await {
            Ok(happened) => {
                *self.written.lock() = Some(Instant::now());
                metrics::histogram!("snug_commit_seconds").record(started.elapsed());
                if !happened.is_empty() {
                    self.broker.publish(happened).await;
                }
                Ok(())
            }
            Err(error) => Err(error),
        };
        job.answer(outcome);
    }

    /// Runs a transaction in bounded time, and again when another one took what it wanted (a client id, a slug, a membership, a place):
    /// then it is there to be found. What is cut off may have been committed all the same: the hub reads it, and a retry finds it (G2).
    async fn attempt(&self, job: &mut dyn Job) -> Result<Vec<Signal>> {
        let mut tries = 1;
        loop {
            match timeout(COMMIT_MAX, self.once(job, tries > 1)).await.map_err(|_| Error::unavailable(SILENT))? {
                Err(error) if error.is_lost_race() && tries < TRIES => {
                    tracing::debug!(%error, "a transaction is run again");
                    tries += 1;
                }
                Err(error) => {
                    // Whoever asked is told, and writes the cause to the log.
                    tracing::debug!(%error, jobs = job.count(), "nothing was written");
                    return Err(error);
                }
                done => return done,
            }
        }
    }

    async fn once(&self, job: &mut dyn Job, is_repeated: bool) -> Result<Vec<Signal>> {
        let mut transaction = Transaction::begin(&self.db, is_repeated).await?;
        job.run(&mut transaction).await?;
        transaction.commit().await
    }
}
