//! Work with the way to whoever waits for its answer, as it stands in the queue.

use std::any::Any;

use futures::{FutureExt, future::BoxFuture};
use tokio::sync::oneshot;

use super::{SharedWork, Transaction, Work};
use crate::{Error, Result};

/// Shared work in one transaction at most.
const SHARING_MAX: usize = 256;
/// Bytes of it in one transaction, about.
const SHARING_MAX_BYTES: usize = 128 * 1024;

/// Where an answer comes from.
pub(crate) type Answer<T> = oneshot::Receiver<Result<T>>;

/// What the writer does in one transaction.
pub(super) trait Job: Any + Send {
    /// Takes another one along, if the two can share a transaction; else gives it back.
    fn take_along(&mut self, next: Box<dyn Job>) -> Option<Box<dyn Job>>;

    /// How much work it is.
    fn count(&self) -> usize;

    /// Does it, and keeps the answers.
    fn run<'a>(&'a mut self, transaction: &'a mut Transaction) -> BoxFuture<'a, Result<()>>;

    /// It is committed, or was not done: whoever asked is told. They may have gone; what was done is done all the same.
    fn answer(self: Box<Self>, outcome: Result<()>);
}

/// Work that has a transaction for itself.
pub(super) struct Single<W: Work> {
    work: W,
    answer: Option<W::Answer>,
    reply: oneshot::Sender<Result<W::Answer>>,
}

impl<W: Work> Single<W> {
    pub(super) fn new(work: W) -> (Self, Answer<W::Answer>) {
        let (reply, answer) = oneshot::channel();
        (Self { work, answer: None, reply }, answer)
    }
}

impl<W: Work> Job for Single<W> {
    fn take_along(&mut self, next: Box<dyn Job>) -> Option<Box<dyn Job>> {
        Some(next)
    }

    fn count(&self) -> usize {
        1
    }

    fn run<'a>(&'a mut self, transaction: &'a mut Transaction) -> BoxFuture<'a, Result<()>> {
        async move {
            self.answer = Some(self.work.run(transaction).await?);
            Ok(())
        }
        .boxed()
    }

    fn answer(self: Box<Self>, outcome: Result<()>) {
        let Self { answer, reply, .. } = *self;
        let _ = reply.send(outcome.and_then(|()| answer.ok_or_else(|| Error::internal("work without an answer"))));
    }
}

/// Work that shares a transaction.
pub(super) struct Shared<W: SharedWork> {
    works: Vec<W>,
    bytes: usize,
    answers: Vec<Result<W::Answer>>,
    replies: Vec<oneshot::Sender<Result<W::Answer>>>,
}

impl<W: SharedWork> Shared<W> {
    pub(super) fn new(work: W) -> (Self, Answer<W::Answer>) {
        let (reply, answer) = oneshot::channel();
        (Self { bytes: work.bytes(), works: vec![work], answers: Vec::new(), replies: vec![reply] }, answer)
    }
}

impl<W: SharedWork> Job for Shared<W> {
    fn take_along(&mut self, next: Box<dyn Job>) -> Option<Box<dyn Job>> {
        let is_full = self.works.len() >= SHARING_MAX || self.bytes >= SHARING_MAX_BYTES;
        if is_full || !(&*next as &dyn Any).is::<Self>() {
            return Some(next);
        }
        let next = (next as Box<dyn Any>).downcast::<Self>().ok()?;
        self.bytes += next.bytes;
        self.works.extend(next.works);
        self.replies.extend(next.replies);
        None
    }

    fn count(&self) -> usize {
        self.works.len()
    }

    fn run<'a>(&'a mut self, transaction: &'a mut Transaction) -> BoxFuture<'a, Result<()>> {
        async move {
            self.answers = W::run_all(&self.works, transaction).await?;
            Ok(())
        }
        .boxed()
    }

    fn answer(self: Box<Self>, outcome: Result<()>) {
        let (answers, cause) = match outcome {
            Ok(()) => (self.answers, "work without an answer".to_owned()),
            Err(Error::Failed { cause, .. }) => (Vec::new(), cause.to_string()),
            Err(refused) => (Vec::new(), refused.to_string()),
        };
        W::committed(&self.works, &answers);
        let mut answers = answers.into_iter();
        for reply in self.replies {
            let _ = reply.send(answers.next().unwrap_or_else(|| Err(Error::unavailable(cause.as_str()))));
        }
    }
}
