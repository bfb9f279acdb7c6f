//! What the writer is given to do. It knows none of it: each is a value in the file of its use case.

use super::Transaction;
use crate::Result;

/// Something that is written in a transaction of its own.
///
/// One value says it all: who asks, whether they may, what is written, what happened (entered by [`Transaction::record`]), and what is
/// answered.
pub(crate) trait Work: Send + Sync + 'static {
    /// What whoever asked is told.
    type Answer: Send + 'static;

    /// Does it. It is done again from the start, in another transaction, when another node was first with something that there is
    /// only one of. On an error nothing is written.
    fn run(&self, transaction: &mut Transaction) -> impl Future<Output = Result<Self::Answer>> + Send;
}

/// Something of which many share a transaction, and so one fsync.
pub(crate) trait SharedWork: Send + Sync + Sized + 'static {
    /// What whoever asked is told.
    type Answer: Send + 'static;

    /// About how many bytes it makes: what is committed at once is delivered at once, and waits in every mailbox.
    fn bytes(&self) -> usize;

    /// Does all of them, in this order, and answers each. As with [`Work::run`], all may be done again, and on an error none is written.
    fn run_all(works: &[Self], transaction: &mut Transaction) -> impl Future<Output = Result<Vec<Result<Self::Answer>>>> + Send;

    /// Those that are answered are committed: what was found out for them may be kept.
    fn committed(works: &[Self], answers: &[Result<Self::Answer>]);
}
