//! Whether messages can be stored now, asked by anybody and as often as they like: one try at a time, and an answer within a second.

use std::{sync::Arc, time::Duration};

use futures::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use parking_lot::Mutex;
use sea_orm::DbErr;
use tokio::time::{Instant, timeout};

/// How long whoever asks waits: load balancers give up after a second.
const ANSWER_MAX: Duration = Duration::from_millis(800);
/// How long a try may take before another one begins.
const TRY_MAX: Duration = Duration::from_secs(4);
/// How long an answer holds.
pub(crate) const HOLDS: Duration = Duration::from_secs(1);

/// Why nothing can be stored now.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NotReady {
    /// The database takes its time.
    #[error("the database does not answer")]
    Silent,
    /// It says no.
    #[error("the database takes no writes: {0}")]
    Refused(Arc<str>),
}

type Try = Shared<BoxFuture<'static, Result<(), NotReady>>>;

/// The last try.
#[derive(Default)]
pub(crate) struct Readiness(Mutex<Option<(Instant, Try)>>);

impl Readiness {
    /// The outcome of the last try, or of another one if that is some time ago.
    pub(crate) async fn ask<F>(&self, attempt: impl FnOnce() -> F) -> Result<(), NotReady>
    where
        F: Future<Output = Result<(), DbErr>> + Send + 'static,
    {
        let current = {
            let mut last = self.0.lock();
            let holds = |(begun, outcome): &&(Instant, Try)| {
                begun.elapsed() < HOLDS || (outcome.peek().is_none() && begun.elapsed() < TRY_MAX)
            };
            match last.as_ref().filter(holds) {
                Some((_, current)) => current.clone(),
                None => last.insert((Instant::now(), begin(attempt()))).1.clone(),
            }
        };
        timeout(ANSWER_MAX, current).await.unwrap_or(Err(NotReady::Silent))
    }
}

/// Goes on when nobody waits any longer: what is cut off in the middle would cost a connection each time.
fn begin(attempt: impl Future<Output = Result<(), DbErr>> + Send + 'static) -> Try {
    let task = tokio::spawn(timeout(TRY_MAX, attempt));
    let outcome = task.map(|done| match done {
        Ok(Ok(Ok(()))) => Ok(()),
        Ok(Ok(Err(error))) => Err(NotReady::Refused(error.to_string().into())),
        Ok(Err(_)) | Err(_) => Err(NotReady::Silent),
    });
    outcome.boxed().shared()
}

#[cfg(test)]
mod tests {
    use std::{
        future::{pending, ready},
        sync::atomic::{AtomicUsize, Ordering},
    };

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn many_who_ask_are_one_try_and_nobody_waits_for_one_that_hangs() {
        let (readiness, tries) = (Readiness::default(), AtomicUsize::new(0));
        let ask = || {
            readiness.ask(|| {
                tries.fetch_add(1, Ordering::Relaxed);
                pending()
            })
        };
        let begun = Instant::now();
        let answers = futures::future::join_all((0..100).map(|_| ask())).await;
        assert!(answers.iter().all(|answer| matches!(answer, Err(NotReady::Silent))));
        assert!(begun.elapsed() < Duration::from_secs(1));
        assert!(ask().await.is_err() && tries.load(Ordering::Relaxed) == 1);
        // It goes on as soon as the database does.
        tokio::time::advance(TRY_MAX).await;
        assert!(readiness.ask(|| ready(Ok(()))).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_holds_for_a_second() {
        let readiness = Readiness::default();
        assert!(readiness.ask(|| ready(Ok(()))).await.is_ok());
        let full = || ready(Err(DbErr::Custom("disk full".to_owned())));
        assert!(readiness.ask(full).await.is_ok());
        tokio::time::advance(HOLDS).await;
        let refused = readiness.ask(full).await;
        assert!(matches!(&refused, Err(NotReady::Refused(why)) if why.contains("disk full")), "{refused:?}");
    }
}
